//! A provider as a sandboxed component: a fresh instance for every call.

use async_trait::async_trait;
use tokio::time::error::Elapsed;
use tokio::time::timeout;
use wasmtime::component::Component;

use super::bindings::countersign::provider::types as wit;
use super::convert::{self, Malformed};
use super::guest::{Guest, Prepared};
use super::limits::{Exceeded, MAX_CALL_TIME};
use super::{ConnectError, Engine, Link, Provider};
use model::{
    Branch, BranchName, Connection, CreatedBranch, CreatedPullRequest, Deletion, Description, Failure, FailureReason,
    Identity, KindId, NewBranch, NewPullRequest, Page, PullRequest, Repository, RepositoryId, Revocation, Settings,
};

/// How a call ended: in time or not, with a trap or not, done or not.
type Ended<T> = Result<wasmtime::Result<Result<T, wit::Failure>>, Elapsed>;

/// Largest component taken, in bytes. The ones we ship are under 200 KB.
pub(super) const MAX_COMPONENT_BYTES: usize = 16 << 20;

/// Namespace of everything a component may import.
const CONTRACT: &str = "countersign:provider/";

/// Why a component is not taken as a provider.
#[derive(Debug, thiserror::Error)]
pub enum ComponentError {
    #[error("the component has {got} bytes; at most {MAX_COMPONENT_BYTES} are taken")]
    TooLarge { got: usize },
    #[error("this is not a WebAssembly component: {0}. Build providers with `countersign provider build`")]
    NotAComponent(String),
    #[error("the component imports `{0}`; a provider may import nothing but the interfaces of {CONTRACT}")]
    ForbiddenImport(String),
    #[error("the component does not fit the contract {CONTRACT} of this version: {0}")]
    NotAProvider(String),
    #[error("the component failed when it was asked to describe itself: {0}")]
    DescribeFailed(String),
    #[error("the provider's description of itself cannot be used: {0}")]
    BadDescription(#[from] Malformed),
}

pub struct WasmProvider {
    engine: Engine,
    prepared: Prepared,
    description: Description,
}

impl WasmProvider {
    /// Checks, compiles and links a component and has it describe itself. Compiling runs on a thread for blocking work.
    pub async fn load(engine: &Engine, component: Vec<u8>) -> Result<Self, ComponentError> {
        if component.len() > MAX_COMPONENT_BYTES {
            return Err(ComponentError::TooLarge { got: component.len() });
        }
        let compile = {
            let engine = engine.clone();
            move || prepare(&engine, &component)
        };
        let prepared = tokio::task::spawn_blocking(compile)
            .await
            .map_err(|error| ComponentError::NotAComponent(error.to_string()))??;
        let description = describe(engine, &prepared).await?;
        Ok(Self { engine: engine.clone(), prepared, description })
    }

    /// What a call came to, in values of the model.
    fn finish<T, U>(
        &self,
        link: &Link,
        ended: Ended<T>,
        read: impl FnOnce(T) -> Result<U, Malformed>,
    ) -> Result<U, Failure> {
        match ended.unwrap_or_else(|_| Err(Exceeded::Time.into())) {
            Ok(Ok(answer)) => read(answer).map_err(|malformed| {
                Failure::new(after(link), format!("The provider's answer cannot be used: {malformed}."))
            }),
            Ok(Err(failure)) => Err(convert::failure(failure, |text| link.redact(text))),
            Err(error) => Err(self.broken(&error, link)),
        }
    }

    /// A call that did not end in an answer.
    fn broken(&self, error: &wasmtime::Error, link: &Link) -> Failure {
        let provider = &self.description.id;
        let what = match error.downcast_ref::<Exceeded>() {
            Some(limit) => format!("The provider `{provider}` went over a limit: {limit}."),
            None => format!("The provider `{provider}` failed while it worked on this."),
        };
        tracing::error!(%provider, request_id = link.request_id(), error = %link.redact(format!("{error:#}")), "provider call failed");
        Failure::new(after(link), what)
    }
}

/// One call: a fresh store and instance, one exported function, everything dropped. (A function cannot say that the future
/// it is given is `Send` for every borrow of the store.)
macro_rules! call {
    ($self:ident, $link:ident, $function:ident($($argument:expr),*), $read:expr) => {{
        let engine = $self.engine.wasmtime();
        let mut store = Guest::store(engine, $self.description.id.as_str(), Some($link.clone()));
        let at = at(&$link);
        let run = async {
            let bindings = $self.prepared.instantiate_async(&mut store).await?;
            let credential = store.data_mut().lend()?;
            let exports = bindings.countersign_provider_provider();
            exports.$function(&mut store, &at, credential, $($argument),*).await
        };
        let ended = timeout(MAX_CALL_TIME, run).await;
        $self.finish(&$link, ended, $read)
    }};
}

#[async_trait]
impl Provider for WasmProvider {
    fn description(&self) -> &Description {
        &self.description
    }

    async fn connect(&self, kind: &KindId, settings: &Settings) -> Result<Connection, ConnectError> {
        let mut store = Guest::store(self.engine.wasmtime(), self.description.id.as_str(), None);
        let run = async {
            let bindings = self.prepared.instantiate_async(&mut store).await?;
            let exports = bindings.countersign_provider_provider();
            exports.call_connect(&mut store, kind.as_str(), &convert::settings(settings)).await
        };
        let failed = |what: String| ConnectError::Failed(Failure::new(FailureReason::ProviderFailed, what));
        match timeout(MAX_CALL_TIME, run).await.unwrap_or_else(|_| Err(Exceeded::Time.into())) {
            Ok(Ok(connection)) => convert::connection(connection).map_err(|malformed| failed(malformed.to_string())),
            Ok(Err(errors)) => Err(ConnectError::Settings(convert::field_errors(errors))),
            Err(error) => Err(failed(format!("The provider failed on these settings: {error:#}"))),
        }
    }

    async fn whoami(&self, link: Link) -> Result<Identity, Failure> {
        call!(self, link, call_whoami(), convert::identity)
    }

    async fn revoke_credential(&self, link: Link) -> Result<Revocation, Failure> {
        call!(self, link, call_revoke_credential(), convert::revocation)
    }

    async fn list_repositories(
        &self,
        link: Link,
        query: Option<String>,
        cursor: Option<String>,
    ) -> Result<Page<Repository>, Failure> {
        call!(self, link, call_list_repositories(query.as_deref(), cursor.as_deref()), convert::repositories)
    }

    async fn get_repository(&self, link: Link, repository: &RepositoryId) -> Result<Repository, Failure> {
        call!(self, link, call_get_repository(repository.as_str()), convert::repository)
    }

    async fn list_branches(
        &self,
        link: Link,
        repository: &RepositoryId,
        query: Option<String>,
        cursor: Option<String>,
    ) -> Result<Page<Branch>, Failure> {
        let repository = repository.as_str();
        call!(self, link, call_list_branches(repository, query.as_deref(), cursor.as_deref()), convert::branches)
    }

    async fn find_branch(
        &self,
        link: Link,
        repository: &RepositoryId,
        name: &BranchName,
    ) -> Result<Option<Branch>, Failure> {
        let read = |found: Option<wit::Branch>| found.map(convert::branch_at_its_tip).transpose();
        call!(self, link, call_find_branch(repository.as_str(), name.as_str()), read)
    }

    async fn create_branch(
        &self,
        link: Link,
        repository: &RepositoryId,
        branch: &NewBranch,
    ) -> Result<CreatedBranch, Failure> {
        let branch = wit::NewBranch { name: branch.name.to_string(), base: branch.base.to_string() };
        call!(self, link, call_create_branch(repository.as_str(), &branch), convert::created_branch)
    }

    async fn delete_branch(
        &self,
        link: Link,
        repository: &RepositoryId,
        name: &BranchName,
    ) -> Result<Deletion, Failure> {
        call!(self, link, call_delete_branch(repository.as_str(), name.as_str()), convert::deletion)
    }

    async fn create_pull_request(
        &self,
        link: Link,
        repository: &RepositoryId,
        pull_request: &NewPullRequest,
    ) -> Result<CreatedPullRequest, Failure> {
        let pull_request = convert::new_pull_request(pull_request);
        let read = convert::created_pull_request;
        call!(self, link, call_create_pull_request(repository.as_str(), &pull_request), read)
    }

    async fn pull_request_template(
        &self,
        link: Link,
        repository: &RepositoryId,
        target: &BranchName,
    ) -> Result<Option<String>, Failure> {
        let (repository, target) = (repository.as_str(), target.as_str());
        call!(self, link, call_pull_request_template(repository, target), convert::pull_request_template)
    }

    async fn find_pull_requests(
        &self,
        link: Link,
        repository: &RepositoryId,
        source: &BranchName,
        target: Option<&BranchName>,
        cursor: Option<String>,
    ) -> Result<Page<PullRequest>, Failure> {
        let (repository, source, target) = (repository.as_str(), source.as_str(), target.map(BranchName::as_str));
        let cursor = cursor.as_deref();
        call!(self, link, call_find_pull_requests(repository, source, target, cursor), convert::pull_requests)
    }
}

fn prepare(engine: &Engine, bytes: &[u8]) -> Result<Prepared, ComponentError> {
    let engine = engine.wasmtime();
    // From bytes that are WebAssembly only: precompiled code is never taken from outside.
    let component =
        Component::from_binary(engine, bytes).map_err(|error| ComponentError::NotAComponent(format!("{error:#}")))?;
    for (name, _item) in component.component_type().imports(engine) {
        if !name.starts_with(CONTRACT) {
            return Err(ComponentError::ForbiddenImport(name.to_owned()));
        }
    }
    let linker = Guest::linker(engine).map_err(|error| ComponentError::NotAProvider(format!("{error:#}")))?;
    linker
        .instantiate_pre(&component)
        .and_then(Prepared::new)
        .map_err(|error| ComponentError::NotAProvider(format!("{error:#}")))
}

async fn describe(engine: &Engine, prepared: &Prepared) -> Result<Description, ComponentError> {
    let mut store = Guest::store(engine.wasmtime(), "new", None);
    let run = async {
        let bindings = prepared.instantiate_async(&mut store).await?;
        bindings.countersign_provider_provider().call_describe(&mut store).await
    };
    let described = timeout(MAX_CALL_TIME, run).await.unwrap_or_else(|_| Err(Exceeded::Time.into()));
    let description = described.map_err(|error| ComponentError::DescribeFailed(format!("{error:#}")))?;
    Ok(convert::description(description)?)
}

/// What `at` is in the contract.
fn at(link: &Link) -> wit::Integration {
    wit::Integration { kind: link.kind().to_string(), settings: convert::settings(link.settings()) }
}

/// Whose fault a call without a usable answer is. Once a change may have gone out, nobody knows what became of it.
fn after(link: &Link) -> FailureReason {
    match link.change_may_be_sent() {
        true => FailureReason::OutcomeUnknown,
        false => FailureReason::ProviderFailed,
    }
}
