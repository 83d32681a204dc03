//! A stand-in Azure DevOps: Azure DevOps Services under both of its hosts, and Team Foundation Server / Azure DevOps Server of
//! any version since 2015, on real bare repositories.
//!
//! ```no_run
//! # async fn scene() -> Result<(), Box<dyn std::error::Error>> {
//! use countersign_tests::standin::azure_devops::{AzureDevOps, NewRepository, Permission, Token};
//!
//! let azure = AzureDevOps::services("acme")
//!     .account("alice", 101)
//!     .token("alice", Token::pat("alice's", &["vso.code_write"]))
//!     .project("Platform")
//!     .repository(NewRepository::named("Platform/widgets").collaborator("alice", Permission::Contribute))
//!     .start()
//!     .await?;
//! println!("{} {}", azure.url(), azure.tls_addr());
//! # Ok(()) }
//! ```
//!
//! Inside: `product` is what differs between hosts and versions, `world` what exists, `builder` makes it, `api` takes one request
//! through authentication, version and route, `access` says who may see and change what, one file per resource answers, `shapes`
//! are the objects in the answers, `refusal` the errors. Forks, policies other than a protected name, completing and abandoning
//! pull requests, and sign-in of people are not spoken.

mod access;
mod api;
mod authenticate;
mod branches;
mod builder;
mod call;
mod connection;
pub mod deviations;
mod discovery;
pub mod faults;
mod identities;
mod items;
mod paging;
mod product;
mod projects;
mod pulls;
mod references;
mod refusal;
mod repositories;
mod reviewers;
mod route;
mod shapes;
mod usual;
mod version;
mod world;

use std::net::SocketAddr;
use std::sync::Arc;

use http::{Method, StatusCode};
use serde_json::Value;

pub use builder::{Builder, NewRepository, StartError};
pub use product::Product;
pub use usual::token;
pub use version::{ApiVersion, Newest};
pub use world::{
    Account, Known, Permission, Project, PullRequest, Repository, Token, TokenSort, TokenState, World, account_guid,
};

use super::faults::Faults;
use super::git;
use super::listen::Listeners;
use super::record::{Record, Recorded};
use api::AzureDevOpsApi;

/// A running stand-in. Dropping it stops it and removes its repositories.
pub struct AzureDevOps {
    api: Arc<AzureDevOpsApi>,
    listeners: Listeners,
    /// Every request so far.
    pub record: Record,
    /// What goes wrong next.
    pub faults: Faults,
}

impl AzureDevOps {
    /// Azure DevOps Services at `https://dev.azure.com/{organization}`.
    pub fn services(organization: &str) -> Builder {
        Builder::new(Product::Services { organization: organization.to_owned() })
    }

    /// The same service under its old host: `https://{account}.visualstudio.com`, with or without `/DefaultCollection`.
    pub fn visual_studio(account: &str) -> Builder {
        Builder::new(Product::VisualStudio { account: account.to_owned() })
    }

    /// A server of one's own, by the year of its release and the number of its update: `2015`, `2018.2`, `2022.1`.
    /// `directory` is where IIS serves it (`tfs`, or empty).
    ///
    /// Panics when there is no such release: a mistake in the test.
    pub fn server(release: &str, directory: &str, collection: &str) -> Builder {
        let newest = Newest::of_release(release).unwrap_or_else(|| panic!("no release {release}"));
        Builder::new(Product::Server { newest, directory: directory.to_owned(), collection: collection.to_owned() })
    }

    /// The collection over plain HTTP, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}{}", self.listeners.plain_addr(), self.api.product.prefix())
    }

    /// Where the API is served over TLS, under the certificate's names.
    pub fn tls_addr(&self) -> SocketAddr {
        self.listeners.tls_addr()
    }

    /// The certificate authority to trust for [`AzureDevOps::tls_addr`].
    pub fn ca_pem(&self) -> &str {
        self.listeners.ca_pem()
    }

    /// Changes what exists: revoke a token, disable a repository, take a collaborator away.
    pub fn change<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        change(&mut self.api.world.write().expect("world lock"))
    }

    /// The git repository behind `Project/repository`. Panics when there is none: a mistake in the test.
    pub fn git(&self, full_name: &str) -> git::Repository {
        self.change(|world| world.repository_mut(full_name).git.clone())
    }

    /// Pull requests of `Project/repository`, oldest first. Panics when there is no such repository.
    pub fn pull_requests(&self, full_name: &str) -> Vec<PullRequest> {
        self.change(|world| world.repository_mut(full_name).pulls.lock().expect("pulls lock").clone())
    }

    /// Login of the account whose token made `branch` (short name) of `Project/repository` through the API, also where the
    /// reply was lost; none when it was not made so.
    ///
    /// Looks at the record only: after [`Record::clear`] it knows nothing of before.
    pub fn who_made_branch(&self, full_name: &str, branch: &str) -> Option<String> {
        let id = self.change(|world| world.repository_mut(full_name).id.clone());
        let name = format!("refs/heads/{branch}");
        let made = |result: &Value| {
            let old = result["oldObjectId"].as_str();
            let created = old == Some(references::NO_OBJECT) && result["newObjectId"] != references::NO_OBJECT;
            result["success"] == true
                && created
                && result["name"] == name.as_str()
                && result["repositoryId"] == id.as_str()
        };
        let answered = |recorded: &Recorded| {
            let answer = recorded.answer.as_ref().filter(|answer| answer.status == StatusCode::OK);
            let results = answer.and_then(|answer| answer.json_body()).unwrap_or_default();
            results["value"].as_array().is_some_and(|results| results.iter().any(made))
        };
        let posts = self.record.matching(&Method::POST, "/refs");
        posts.into_iter().rev().find(answered).and_then(|recorded| recorded.account)
    }
}

super::stand_in!(AzureDevOps, |pull: PullRequest| super::PullRequest {
    number: pull.number.to_string(),
    title: pull.title,
    description: pull.description.unwrap_or_default(),
    source: pull.source,
    target: pull.target,
    draft: pull.draft,
    author: pull.author,
    reviewers: pull.reviewers,
});
