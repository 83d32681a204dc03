//! Azure DevOps Services, Visual Studio Team Services, and Team Foundation Server / Azure DevOps Server.
//!
//! One file per resource; every operation reads the same way: make the URL, do the request, convert the answer, with the
//! wire structs at the bottom. What the server's error answers mean in general is for `refusal.rs`, with `meaning.rs`,
//! `signs.rs` and `rejection.rs` below it; a resource's file knows those of its own requests. Nothing here retries or asks for anything but
//! the API of the integration's own organization or collection and, for reviewers, of its people.
//!
//! A repository's id is `project/repository`, both by GUID as lists give it, so that it survives renames; names are taken
//! too. `list-repositories` and `list-branches` with a query filter here, by part of the name without regard to case.
//!
//! The API is that of 7.1 for the hosted service; a server of one's own is spoken to in the version its administrator chose,
//! back to 1.0 of Team Foundation Server 2013.

#![warn(missing_docs)]

mod account;
mod answer;
mod api;
mod branches;
mod caller;
mod comparison;
mod description;
mod error_body;
mod integration;
mod meaning;
mod pull_requests;
mod references;
mod refusal;
mod rejection;
mod repositories;
mod reviewers;
mod signs;
mod template;
mod version;
mod web_server;

use countersign_sdk::types::Description;
use countersign_sdk::{GitServer, Transport};

use crate::api::Api;
use crate::integration::Site;

countersign_sdk::export!(AzureDevOps);

/// The provider.
#[derive(Clone, Copy, Debug, Default)]
pub struct AzureDevOps;

impl GitServer for AzureDevOps {
    type Settings = Site;
    type Api<'a> = Api<'a>;

    fn describe() -> Description {
        Description {
            id: "azure-devops".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            label: "Azure DevOps".into(),
            kinds: description::kinds(),
        }
    }

    fn api(site: Site, by: &dyn Transport) -> Api<'_> {
        Api::new(site, by)
    }
}
