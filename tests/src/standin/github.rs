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
//! Inside: `world` is what exists, `builder` makes it and starts `server`, `api` takes one request through version,
//! authentication, `limit` and route, `access` says who may see and change what, one file per resource answers, `shapes` are
//! the objects in the answers, `refusal` the errors. Speaks API version 2022-11-28 only; forks, merging, checks and webhooks
//! are not spoken.

mod access;
mod account;
mod api;
mod authenticate;
mod branches;
mod builder;
mod call;
mod comparison;
mod contents;
pub mod deviations;
pub mod faults;
mod limit;
mod paging;
mod pulls;
mod references;
mod refusal;
mod requested_reviewers;
mod route;
mod search;
mod server;
mod service;
mod shapes;
mod usual;
mod world;

pub use builder::{Builder, NewRepository, StartError};
pub use server::GitHub;
pub(crate) use shapes::repository::LINKS as REPOSITORY_LINKS;
pub use usual::token;
pub use world::{
    Access, Account, Block, OpenTo, Permission, Product, PullRequest, Repository, Token, TokenSort, TokenState, World,
};
