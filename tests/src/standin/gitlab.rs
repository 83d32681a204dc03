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
//! Inside: `world` is what exists, `product` what differs between products and versions, `builder` makes it and starts `server`,
//! `api` takes one request through authentication, `limit` and route, `access` says who may see and change what, `params` reads
//! a request's parameters, one file per resource answers, `shapes` are the objects in the answers, `refusal` the errors.
//!
//! What GitLab calls a project is a repository here, and a merge request a pull request, as with every stand-in; in names of
//! files and in answers they are called as GitLab calls them. Forks, merging, pipelines and members of groups are not spoken.

mod access;
mod api;
mod authenticate;
mod branches;
mod builder;
mod call;
mod commits;
pub mod deviations;
pub mod faults;
mod files;
mod limit;
mod merge_requests;
mod paging;
mod params;
mod product;
mod projects;
mod refusal;
mod route;
mod server;
mod service;
mod shapes;
mod templates;
mod tokens;
mod users;
mod usual;
mod world;

pub use builder::{Builder, NewRepository, StartError};
pub use product::Product;
pub use server::GitLab;
pub use usual::token;
pub use world::{
    Account, AccountState, Group, PullRequest, PullState, Repository, Role, Token, TokenSort, TokenState, Visibility,
    World,
};
