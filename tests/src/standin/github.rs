//! A stand-in GitHub: GitHub.com's and GitHub Enterprise Server's REST API on real bare repositories.
//!
//! ```no_run
//! # async fn scene() -> Result<(), Box<dyn std::error::Error>> {
//! use countersign_tests::standin::github::{GitHub, NewRepository, Permission, Token};
//!
//! let github = GitHub::cloud()
//!     .account("alice", 101)
//!     .token("alice", Token::classic("ghp_alice", &["repo"]))
//!     .repository(NewRepository::named("acme/widgets").private().collaborator("alice", Permission::Push))
//!     .start()
//!     .await?;
//! println!("{} {}", github.url(), github.tls_addr());
//! # Ok(()) }
//! ```
//!
//! Inside: `world` is what exists, `builder` makes it, `api` takes one request through version, authentication and route,
//! `access` says who may see and change what, one file per resource answers, `shapes` are the objects in the answers,
//! `refusal` the errors. Speaks API version 2022-11-28 only; forks, merging, checks and webhooks are not spoken.

mod access;
mod account;
mod api;
mod authenticate;
mod branches;
mod builder;
mod call;
mod contents;
pub mod deviations;
pub mod faults;
mod paging;
mod pulls;
mod references;
mod refusal;
mod requested_reviewers;
mod route;
mod service;
mod shapes;
mod usual;
mod world;

use std::net::SocketAddr;
use std::sync::Arc;

use http::{Method, StatusCode};

pub use builder::{Builder, NewRepository, StartError};
pub use usual::token;
pub use world::{
    Access, Account, Block, Permission, Product, PullRequest, Repository, Token, TokenSort, TokenState, World,
};

use super::faults::Faults;
use super::git;
use super::listen::Listeners;
use super::record::{Record, Recorded};
use api::GitHubApi;

/// A running stand-in. Dropping it stops it and removes its repositories.
pub struct GitHub {
    api: Arc<GitHubApi>,
    listeners: Listeners,
    /// Every request so far.
    pub record: Record,
    /// What goes wrong next.
    pub faults: Faults,
}

impl GitHub {
    /// GitHub.com: the API at the root.
    pub fn cloud() -> Builder {
        Builder::new(Product::Cloud)
    }

    /// GitHub Enterprise Server of this version (`3.16.2`): the API under `/api/v3`.
    pub fn enterprise(version: &str) -> Builder {
        Builder::new(Product::Enterprise { version: version.to_owned() })
    }

    /// Root of the API over plain HTTP, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}{}", self.listeners.plain_addr(), self.api.product.api_prefix())
    }

    /// Where the API is served over TLS, under the certificate's name.
    pub fn tls_addr(&self) -> SocketAddr {
        self.listeners.tls_addr()
    }

    /// The certificate authority to trust for [`GitHub::tls_addr`].
    pub fn ca_pem(&self) -> &str {
        self.listeners.ca_pem()
    }

    /// Changes what exists: revoke a token, archive a repository, take a collaborator away.
    pub fn change<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        change(&mut self.api.world.write().expect("world lock"))
    }

    /// The git repository behind `owner/name`. Panics when there is none: a mistake in the test.
    pub fn git(&self, full_name: &str) -> git::Repository {
        self.change(|world| world.repository_mut(full_name).git.clone())
    }

    /// Pull requests of `owner/name`, oldest first. Panics when there is no such repository.
    pub fn pull_requests(&self, full_name: &str) -> Vec<PullRequest> {
        self.change(|world| world.repository_mut(full_name).pulls.lock().expect("pulls lock").clone())
    }

    /// Login of the account whose token made `branch` (short name) of `owner/name` through the API, also where the reply was
    /// lost; none when it was not made so.
    ///
    /// Looks at the record only: after [`Record::clear`] it knows nothing of before.
    pub fn who_made_branch(&self, full_name: &str, branch: &str) -> Option<String> {
        let wanted = format!("/repos/{full_name}/git/refs/heads/{}", call::encoded(branch));
        let made = |recorded: &Recorded| {
            let answer = recorded.answer.as_ref().filter(|answer| answer.status == StatusCode::CREATED);
            answer.and_then(|answer| answer.header("location")).is_some_and(|made| made.ends_with(&wanted))
        };
        let posts = self.record.matching(&Method::POST, "/git/refs");
        posts.into_iter().rev().find(made).and_then(|recorded| recorded.account)
    }
}

super::stand_in!(GitHub, |pull: PullRequest| super::PullRequest {
    number: pull.number.to_string(),
    title: pull.title,
    description: pull.body.unwrap_or_default(),
    source: pull.head,
    target: pull.base,
    draft: pull.draft,
    author: pull.author,
    reviewers: pull.requested_reviewers,
});
