//! Stand-in git servers: what all kinds share lives beside the kinds, not inside one of them.
//!
//! | module | job |
//! |---|---|
//! | [`git`] | bare repositories on disk, through the `git` command |
//! | [`message`] | a request as received, an answer as decided |
//! | [`record`] | every request, in order, with whose token it carried |
//! | [`faults`] | what goes wrong on demand |
//! | [`exchange`] | the one way from a request to a reply: record, fault, act, reply |
//! | [`listen`], [`certificate`] | plain HTTP and TLS on 127.0.0.1 |
//! | [`conformance`] | requests and answers against an official OpenAPI description |
//! | [`azure_devops`] | Azure DevOps Services under both hosts, and Team Foundation Server / Azure DevOps Server |
//! | [`github`] | GitHub.com and GitHub Enterprise Server |
//!
//! A kind implements [`exchange::Api`] and nothing else of the network: no kind opens a socket, and no shared module knows a
//! path, a header or a message of a kind.

pub mod azure_devops;
pub mod certificate;
pub mod conformance;
pub mod exchange;
pub mod faults;
pub mod git;
pub mod github;
pub mod listen;
pub mod message;
pub mod record;
