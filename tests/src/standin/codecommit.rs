//! A stand-in AWS CodeCommit on real bare repositories, with as much of STS as says who one is.
//!
//! ```no_run
//! # async fn scene() -> Result<(), Box<dyn std::error::Error>> {
//! use countersign_tests::standin::codecommit::{AccessKey, CodeCommit, NewRepository, Permission, token};
//!
//! let codecommit = CodeCommit::region("us-east-1")
//!     .account("alice")
//!     .token("alice", AccessKey::new(&token::ALICE))
//!     .repository(NewRepository::named("widgets").collaborator("alice", Permission::Push))
//!     .start()
//!     .await?;
//! println!("{} {}", codecommit.url(), codecommit.tls_addr());
//! # Ok(()) }
//! ```
//!
//! Inside: `world` is what exists, `builder` makes it, `api` takes one request through service, signature and operation,
//! `signature` is SigV4 as a server checks it, `authenticate` goes from a signature to a user, `policy` and `access` say who may
//! do what, one file per resource answers, `shapes` are the objects in the answers, `refusal` the errors in both protocols,
//! `description` the vendor's model to hold everything against. Merging, approvals, comments and files are not spoken.

mod access;
mod api;
mod authenticate;
mod branches;
mod builder;
mod call;
pub mod description;
pub mod deviations;
pub mod faults;
mod identity;
mod paging;
mod policy;
mod pull_requests;
mod refusal;
mod repositories;
mod shapes;
pub mod signature;
mod usual;
mod world;
mod xml;

use std::net::SocketAddr;
use std::sync::Arc;

use http::StatusCode;

pub use builder::{Builder, NewRepository, Permission, StartError};
pub use policy::{Effect, Statement};
pub use usual::token;
pub use world::{AccessKey, EncryptionKey, PullRequest, Repository, TokenState, User, World};

use super::faults::Faults;
use super::git;
use super::listen::Listeners;
use super::record::{Record, Recorded};
use api::CodeCommitApi;

/// A running stand-in. Dropping it stops it and removes its repositories.
pub struct CodeCommit {
    api: Arc<CodeCommitApi>,
    listeners: Listeners,
    /// Every request so far, those to STS among them.
    pub record: Record,
    /// What goes wrong next.
    pub faults: Faults,
}

impl CodeCommit {
    /// CodeCommit and STS of one region (`us-east-1`) and one account.
    pub fn region(region: &str) -> Builder {
        Builder::new(region)
    }

    /// Root of both services over plain HTTP, without a slash at the end; the signature's scope says which is meant.
    pub fn url(&self) -> String {
        format!("http://{}", self.listeners.plain_addr())
    }

    /// Where both services are served over TLS, under the certificate's names.
    pub fn tls_addr(&self) -> SocketAddr {
        self.listeners.tls_addr()
    }

    /// The certificate authority to trust for [`CodeCommit::tls_addr`].
    pub fn ca_pem(&self) -> &str {
        self.listeners.ca_pem()
    }

    /// Changes what exists: revoke a key, change a user's policy, take away a repository's encryption key.
    pub fn change<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        change(&mut self.api.world.write().expect("world lock"))
    }

    /// The git repository behind a name. Panics when there is none: a mistake in the test.
    pub fn git(&self, name: &str) -> git::Repository {
        self.change(|world| world.repository_mut(name).git.clone())
    }

    /// Pull requests of a repository, oldest first.
    pub fn pull_requests(&self, name: &str) -> Vec<PullRequest> {
        let pulls = self.change(|world| world.pulls.lock().expect("pulls lock").clone());
        pulls.into_iter().filter(|pull| pull.repository == name).collect()
    }

    /// Login of the user whose key made `branch` (short name) of a repository through the API, also where the reply was lost;
    /// none when it was not made so.
    ///
    /// Looks at the record only: after [`Record::clear`] it knows nothing of before.
    pub fn who_made_branch(&self, name: &str, branch: &str) -> Option<String> {
        let made = |recorded: &Recorded| {
            let done = recorded.answer.as_ref().is_some_and(|answer| answer.status == StatusCode::OK);
            let input = recorded.request.json().unwrap_or_default();
            done && input["repositoryName"] == name && input["branchName"] == branch
        };
        self.requests_for("CreateBranch").into_iter().rev().find(made).and_then(|recorded| recorded.account)
    }

    /// Requests for this operation of CodeCommit, oldest first.
    pub fn requests_for(&self, operation: &str) -> Vec<Recorded> {
        let wanted = |recorded: &Recorded| api::operation(&recorded.request) == Some(operation);
        self.record.requests().into_iter().filter(wanted).collect()
    }

    /// Requests that may change something. [`Record::mutations`] cannot tell: everything is a POST here.
    pub fn mutations(&self) -> Vec<Recorded> {
        let reads = |name: &str| ["BatchGet", "Get", "List"].iter().any(|prefix| name.starts_with(prefix));
        let mutates = |recorded: &Recorded| api::operation(&recorded.request).is_some_and(|name| !reads(name));
        self.record.requests().into_iter().filter(mutates).collect()
    }
}

super::stand_in!(CodeCommit, |pull: PullRequest| super::PullRequest {
    number: pull.number.to_string(),
    title: pull.title,
    description: pull.description.unwrap_or_default(),
    source: pull.source,
    target: pull.target,
    draft: false,
    author: pull.author,
    reviewers: Vec::new(),
});
