//! A stand-in GitLab: GitLab.com's and self-managed GitLab's REST API v4 on real bare repositories.
//!
//! ```no_run
//! # async fn scene() -> Result<(), Box<dyn std::error::Error>> {
//! use countersign_tests::standin::gitlab::{GitLab, NewRepository, Role, Token};
//!
//! let gitlab = GitLab::self_managed("16.11.2")
//!     .relative_root("/gitlab")
//!     .account("alice", 101)
//!     .group("acme", 900)
//!     .token("alice", Token::personal("glpat-alice", &["api"]))
//!     .repository(NewRepository::named("acme/widgets").private().collaborator("alice", Role::Developer))
//!     .start()
//!     .await?;
//! println!("{} {}", gitlab.url(), gitlab.tls_addr());
//! # Ok(()) }
//! ```
//!
//! Inside: `world` is what exists, `product` what differs between products and versions, `builder` makes it, `api` takes one
//! request through authentication, limit and route, `access` says who may see and change what, `params` reads a request's
//! parameters, one file per resource answers, `shapes` are the objects in the answers, `refusal` the errors.
//!
//! What GitLab calls a project is a repository here, and a merge request a pull request, as with every stand-in; in names of
//! files and in answers they are called as GitLab calls them. Forks, merging, pipelines and members of groups are not spoken.

mod access;
mod api;
mod authenticate;
mod branches;
mod builder;
mod call;
pub mod deviations;
pub mod faults;
mod files;
mod merge_requests;
mod paging;
mod params;
mod product;
mod projects;
mod refusal;
mod route;
mod service;
mod shapes;
mod tokens;
mod users;
mod usual;
mod world;

use std::net::SocketAddr;
use std::sync::Arc;

use http::{Method, StatusCode};
use serde_json::Value;

pub use builder::{Builder, NewRepository, StartError};
pub use product::Product;
pub use usual::token;
pub use world::{
    Account, AccountState, Group, PullRequest, PullState, Repository, Role, Token, TokenSort, TokenState, Visibility,
    World,
};

use super::faults::Faults;
use super::git;
use super::listen::Listeners;
use super::record::{Record, Recorded};
use api::GitLabApi;

/// A running stand-in. Dropping it stops it and removes its repositories.
pub struct GitLab {
    api: Arc<GitLabApi>,
    listeners: Listeners,
    /// Every request so far.
    pub record: Record,
    /// What goes wrong next.
    pub faults: Faults,
}

impl GitLab {
    /// GitLab.com: the newest version, the paid edition, and a limit on requests.
    pub fn cloud() -> Builder {
        Builder::new(Product::cloud())
    }

    /// Self-managed GitLab of this version (`16.11.2`), the paid edition.
    pub fn self_managed(version: &str) -> Builder {
        Builder::new(Product::self_managed(version))
    }

    /// Root of the API over plain HTTP, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}{}", self.listeners.plain_addr(), self.api.product.api_prefix())
    }

    /// What people open in a browser and an administrator types in, over plain HTTP: the API's root without `/api/v4`.
    pub fn web_url(&self) -> String {
        format!("http://{}{}", self.listeners.plain_addr(), self.api.product.relative_root)
    }

    /// Where the API is served over TLS, under the certificate's name.
    pub fn tls_addr(&self) -> SocketAddr {
        self.listeners.tls_addr()
    }

    /// The certificate authority to trust for [`GitLab::tls_addr`].
    pub fn ca_pem(&self) -> &str {
        self.listeners.ca_pem()
    }

    /// Changes what exists: revoke a token, archive a repository, take a collaborator away.
    pub fn change<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        change(&mut self.api.world.write().expect("world lock"))
    }

    /// The git repository behind `group/name`. Panics when there is none: a mistake in the test.
    pub fn git(&self, full_name: &str) -> git::Repository {
        self.change(|world| world.repository_mut(full_name).git.clone())
    }

    /// Pull requests of `group/name`, oldest first. Panics when there is no such repository.
    pub fn pull_requests(&self, full_name: &str) -> Vec<PullRequest> {
        self.change(|world| world.repository_mut(full_name).pulls.lock().expect("pulls lock").clone())
    }

    /// Login of the account whose token made `branch` (short name) of `group/name` through the API, also where the reply was
    /// lost; none when it was not made so.
    ///
    /// Looks at the record only: after [`Record::clear`] it knows nothing of before.
    pub fn who_made_branch(&self, full_name: &str, branch: &str) -> Option<String> {
        let page = self.api.product.page(full_name, &format!("tree/{}", call::encoded(branch)));
        let made = |recorded: &Recorded| {
            let answer = recorded.answer.as_ref().filter(|answer| answer.status == StatusCode::CREATED);
            let body = answer.and_then(|answer| answer.json_body()).unwrap_or(Value::Null);
            body["web_url"] == format!("{}{page}", recorded.request.origin)
        };
        let posts = self.record.matching(&Method::POST, "/repository/branches");
        posts.into_iter().rev().find(made).and_then(|recorded| recorded.account)
    }
}

super::stand_in!(GitLab, |pull: PullRequest| super::PullRequest {
    number: pull.number.to_string(),
    title: pull.title,
    description: pull.description.unwrap_or_default(),
    source: pull.source,
    target: pull.target,
    draft: pull.draft,
    author: pull.author,
    reviewers: pull.reviewers,
});
