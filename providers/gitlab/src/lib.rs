//! GitLab.com and self-managed GitLab.
//!
//! One file per resource; every operation reads the same way: make the URL, do the request, convert the answer, with
//! the wire structs at the bottom. `refusal.rs` alone knows what GitLab's error answers mean in general, and `signs.rs`
//! by which words; a resource's file knows the answers of its own requests. Nothing here retries or asks for anything but the API below the
//! integration's own address.
//!
//! A repository's id is its project's number, which survives renaming and moving; a path (`group/subgroup/project`) is
//! taken too. Before a change a path is turned into its number, because GitLab refuses changes by an old path.
//!
//! The API is v4 as of GitLab 13. What later versions added is used where it is there: a list of templates for
//! merge requests (13.3), a token that tells of itself (15.5), and redirects of moved projects (16.7).

#![warn(missing_docs)]

mod account;
mod api;
mod branches;
mod comparison;
mod description;
mod error_body;
mod integration;
mod pull_requests;
mod refusal;
mod repositories;
mod reviewers;
mod signs;
mod template;

use countersign_sdk::types::Description;
use countersign_sdk::{GitServer, Transport};

use crate::api::Api;
use crate::integration::Address;

countersign_sdk::export!(GitLab);

/// The provider.
#[derive(Clone, Copy, Debug, Default)]
pub struct GitLab;

impl GitServer for GitLab {
    type Settings = Address;
    type Api<'a> = Api<'a>;

    fn describe() -> Description {
        Description {
            id: "gitlab".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            label: "GitLab".into(),
            kinds: description::kinds(),
        }
    }

    fn api(address: Address, by: &dyn Transport) -> Api<'_> {
        Api::new(address, by)
    }
}
