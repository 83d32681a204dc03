//! AWS CodeCommit.
//!
//! One file per resource; every operation reads the same way: name the operation, do the request, convert the answer.
//! The shapes of requests and answers are in `wire.rs`. `refusal.rs` alone knows what AWS's errors mean in general, by the
//! tables of `meaning.rs`; a resource's file knows those of its own requests. Whose the key is says another service, AWS
//! STS, at an address of its own. Nothing here signs, retries or asks for anything but those two services.
//!
//! Every request of CodeCommit is a POST to one address; those that change nothing are marked as reads. A repository's
//! id is its name, the only one the API takes. Lists are filtered here, by part of the name without regard to case, for
//! the API has no search.
//!
//! CodeCommit has no archived repositories, no drafts, no reviewers, no templates, and no branch protection but that of
//! IAM policies; a credential cannot end itself either, since access keys belong to IAM.

#![warn(missing_docs)]

mod account;
mod api;
mod branches;
mod comparison;
mod console;
mod description;
mod error_body;
mod integration;
mod meaning;
mod open_pull_requests;
mod operation;
mod pull_requests;
mod refusal;
mod repositories;
mod wire;
mod xml;

use countersign_sdk::types::Description;
use countersign_sdk::{GitServer, Transport};

use crate::api::Api;
use crate::integration::Addresses;

countersign_sdk::export!(CodeCommit);

/// The provider.
#[derive(Clone, Copy, Debug, Default)]
pub struct CodeCommit;

impl GitServer for CodeCommit {
    type Settings = Addresses;
    type Api<'a> = Api<'a>;

    fn describe() -> Description {
        Description {
            id: "codecommit".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            label: "AWS CodeCommit".into(),
            kinds: description::kinds(),
        }
    }

    fn api(addresses: Addresses, by: &dyn Transport) -> Api<'_> {
        Api::new(addresses, by)
    }
}
