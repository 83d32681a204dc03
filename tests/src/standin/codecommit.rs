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
//! Inside: `world` is what exists, `builder` makes it and starts `server`, `api` takes one request through service, signature
//! and operation, `service` says which service and operation that is, `signature` is SigV4 as a server checks it, `authenticate`
//! goes from a signature to a user, `policy` and `access` say who may do what, one file per resource answers, `shapes` are the
//! objects in the answers, `refusal` the errors in both protocols, `description` the vendor's model to hold everything against.
//! Merging, approvals, comments and files are not spoken.

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
mod merge_conflicts;
mod paging;
mod policy;
mod pull_requests;
mod refusal;
mod repositories;
mod server;
mod service;
mod shapes;
pub mod signature;
mod usual;
mod world;
mod xml;

pub use builder::{Builder, NewRepository, Permission, StartError};
pub use policy::{Effect, Statement};
pub use server::CodeCommit;
pub use usual::token;
pub use world::{AccessKey, EncryptionKey, PullRequest, Repository, TokenState, User, World};
