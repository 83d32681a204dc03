//! GitHub.com and GitHub Enterprise Server.
//!
//! One file per resource; every operation reads the same way: make the URL, do the request, convert the answer, with
//! the wire structs at the bottom. `refusal.rs` alone knows what GitHub's error answers mean in general, by the signs in
//! `meaning.rs`; a resource's file knows those of its own requests. Nothing here retries or asks for anything but the API below the
//! integration's own origin.
//!
//! A repository's id is `owner/name`. `list-repositories` with a query is GitHub's search among owners, as `search.rs` tells;
//! `list-branches` filters here, by part of the name without regard to case: GitHub would match only its beginning.
//!
//! The API is that of 2022-11-28 and of Enterprise Server 2.22 and later (`git/ref`, `git/matching-refs`).

#![warn(missing_docs)]

mod account;
mod api;
mod branches;
mod comparison;
mod description;
mod error_body;
mod integration;
mod lacking;
mod listing;
mod meaning;
mod pull_requests;
mod refusal;
mod repositories;
mod search;
mod template;

use countersign_sdk::types::Description;
use countersign_sdk::{GitServer, Transport};

use crate::api::Api;
use crate::integration::Addresses;

countersign_sdk::export!(GitHub);

/// The provider.
#[derive(Clone, Copy, Debug, Default)]
pub struct GitHub;

impl GitServer for GitHub {
    type Settings = Addresses;
    type Api<'a> = Api<'a>;

    fn describe() -> Description {
        Description {
            id: "github".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            label: "GitHub".into(),
            kinds: description::kinds(),
        }
    }

    fn api(addresses: Addresses, by: &dyn Transport) -> Api<'_> {
        Api::new(addresses, by)
    }
}
