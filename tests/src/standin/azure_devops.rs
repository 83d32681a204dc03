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
//! Inside: `product` is what differs between hosts and versions, `world` what exists, `builder` makes it and starts `server`,
//! `api` takes one request through authentication, version and route, `access` says who may see and change what, one file per
//! resource answers, `shapes` are the objects in the answers, `refusal` the errors. Forks, policies other than a protected name,
//! completing and abandoning pull requests, and sign-in of people are not spoken.

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
mod server;
mod shapes;
mod usual;
mod version;
mod world;

pub use builder::{Builder, NewRepository, StartError};
pub use product::Product;
pub use server::AzureDevOps;
pub use usual::token;
pub use version::{ApiVersion, Newest};
pub use world::{
    Account, Known, Permission, Project, PullRequest, Repository, Token, TokenSort, TokenState, World, account_guid,
};
