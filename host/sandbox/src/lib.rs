//! Providers: sandboxed components that speak to git servers, and the only way out of the sandbox.
//!
//! A [`Provider`] is asked with values of the model and a [`Link`]: a lease and the route to one integration's origins.
//! What a component wants sent goes through [`egress`], where the origin and headers are checked before the lease is put
//! on. wasmtime is known in this crate only; the store is not known at all.
#![forbid(unsafe_code)]

mod bindings;
mod component;
mod convert;
mod egress;
mod engine;
mod guest;
pub mod lend;
mod limits;
mod registry;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;

pub use self::bindings::countersign::provider::lending::{
    Header as GuestHeader, Method as GuestMethod, Request as GuestRequest, Response as GuestResponse, SendFailure,
    SendFailureKind,
};
pub use self::component::{ComponentError, WasmProvider};
pub use self::egress::{Egress, Route, RouteError};
pub use self::engine::Engine;
pub use self::registry::{Registry, fingerprint};
use crate::lend::Lease;
use model::{
    Branch, BranchName, Clock, Connection, CreatedBranch, CreatedPullRequest, Deletion, Description, Failure,
    FieldError, Identity, KindId, NewBranch, NewPullRequest, Page, PullRequest, Repository, RepositoryId, Revocation,
    Settings,
};

/// A git server's API, spoken. One call is one fresh start: nothing is kept between calls.
///
/// The sandboxed component is one implementation; a benchmark links the same provider code natively as another.
#[async_trait]
pub trait Provider: Send + Sync {
    fn description(&self) -> &Description;
    async fn connect(&self, kind: &KindId, settings: &Settings) -> Result<Connection, ConnectError>;
    async fn whoami(&self, link: Link) -> Result<Identity, Failure>;
    async fn revoke_credential(&self, link: Link) -> Result<Revocation, Failure>;
    async fn list_repositories(
        &self,
        link: Link,
        query: Option<String>,
        cursor: Option<String>,
    ) -> Result<Page<Repository>, Failure>;
    async fn get_repository(&self, link: Link, repository: &RepositoryId) -> Result<Repository, Failure>;
    async fn list_branches(
        &self,
        link: Link,
        repository: &RepositoryId,
        query: Option<String>,
        cursor: Option<String>,
    ) -> Result<Page<Branch>, Failure>;
    async fn find_branch(
        &self,
        link: Link,
        repository: &RepositoryId,
        name: &BranchName,
    ) -> Result<Option<Branch>, Failure>;
    async fn create_branch(
        &self,
        link: Link,
        repository: &RepositoryId,
        branch: &NewBranch,
    ) -> Result<CreatedBranch, Failure>;
    async fn delete_branch(
        &self,
        link: Link,
        repository: &RepositoryId,
        name: &BranchName,
    ) -> Result<Deletion, Failure>;
    async fn create_pull_request(
        &self,
        link: Link,
        repository: &RepositoryId,
        pull_request: &NewPullRequest,
    ) -> Result<CreatedPullRequest, Failure>;
    async fn pull_request_template(
        &self,
        link: Link,
        repository: &RepositoryId,
        target: &BranchName,
    ) -> Result<Option<String>, Failure>;
    async fn find_pull_requests(
        &self,
        link: Link,
        repository: &RepositoryId,
        source: &BranchName,
        target: Option<&BranchName>,
        cursor: Option<String>,
    ) -> Result<Page<PullRequest>, Failure>;
}

/// Why settings make no connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    #[error("some settings cannot be used")]
    Settings(Vec<FieldError>),
    #[error("{}", .0.message)]
    Failed(Failure),
}

/// What one call may use: a lease, the route to one integration, and nothing else. Every call gets its own.
#[derive(Clone)]
pub struct Link(Arc<LinkInner>);

struct LinkInner {
    lease: Arc<Lease>,
    route: Arc<Route>,
    clock: Arc<dyn Clock>,
    kind: KindId,
    settings: Settings,
    request_id: String,
    changes_sent: AtomicU32,
}

impl Link {
    pub fn new(
        lease: Arc<Lease>,
        route: Arc<Route>,
        clock: Arc<dyn Clock>,
        kind: KindId,
        settings: Settings,
        request_id: String,
    ) -> Self {
        Self(Arc::new(LinkInner { lease, route, clock, kind, settings, request_id, changes_sent: AtomicU32::new(0) }))
    }

    /// The same loan for another call.
    pub fn fresh(&self) -> Self {
        let LinkInner { lease, route, clock, kind, settings, request_id, .. } = &*self.0;
        Self::new(lease.clone(), route.clone(), clock.clone(), kind.clone(), settings.clone(), request_id.clone())
    }

    pub fn kind(&self) -> &KindId {
        &self.0.kind
    }

    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    pub fn request_id(&self) -> &str {
        &self.0.request_id
    }

    /// Sends one request with the lease: the one way out of a provider.
    pub async fn send(&self, request: GuestRequest) -> Result<GuestResponse, SendFailure> {
        // What a provider says of itself here is only ever used to tell what its own broken call leaves open.
        let changes = !request.reads_only && !matches!(request.method, GuestMethod::Get | GuestMethod::Head);
        if changes {
            // Before it is sent: the call may be cut off while it waits for the answer.
            self.0.changes_sent.fetch_add(1, Ordering::Relaxed);
        }
        let sent = self.0.route.send(&self.0.lease, request, self.0.clock.now()).await;
        if changes && sent.as_ref().is_err_and(|failure| !failure.maybe_sent) {
            self.0.changes_sent.fetch_sub(1, Ordering::Relaxed);
        }
        sent
    }

    /// Whether a request that changes something may have reached the git server in this call.
    fn change_may_be_sent(&self) -> bool {
        self.0.changes_sent.load(Ordering::Relaxed) > 0
    }

    /// Takes the lent secret out of a text that came from a provider.
    fn redact(&self, text: String) -> String {
        self.0.lease.redact_text(text)
    }
}
