//! One integration's API in one call: the headers GitHub wants, and the repository id as a type.
//!
//! It must not know any operation.

use std::fmt;
use std::str::FromStr;

use countersign_sdk::types::{Failure, FailureReason};
use countersign_sdk::{BaseUrl, Client, Transport, Url};

use crate::integration::Addresses;

/// The API version every request asks for; the answer shapes in this crate are its.
const API_VERSION: &str = "2022-11-28";
const JSON: &str = "application/vnd.github+json";
/// GitHub refuses requests without one.
const USER_AGENT: &str = concat!("countersign-provider-github/", env!("CARGO_PKG_VERSION"));

/// Most items GitHub puts on one page.
pub const MAX_PAGE_SIZE: u32 = 100;

pub struct Api<'a> {
    pub client: Client<'a>,
    pub web: BaseUrl,
    /// Whose repositories are searched, where an administrator named them.
    pub owners: Vec<String>,
    /// The setting that says where the server is; none where everybody knows.
    pub address_setting: Option<&'static str>,
    base: BaseUrl,
    by: &'a dyn Transport,
}

fn client<'a>(by: &'a dyn Transport, media_type: &str, base: &BaseUrl, setting: Option<&'static str>) -> Client<'a> {
    // Renamed and transferred repositories answer with a redirect to their numeric address.
    Client::new(by)
        .with_header("Accept", media_type)
        .with_header("User-Agent", USER_AGENT)
        .with_header("X-GitHub-Api-Version", API_VERSION)
        .following_redirects(base.url())
        .configured_by(setting)
}

impl<'a> Api<'a> {
    pub fn new(addresses: Addresses, by: &'a dyn Transport) -> Self {
        let Addresses { api: base, web, setting: address_setting, owners } = addresses;
        Self { client: client(by, JSON, &base, address_setting), web, owners, address_setting, base, by }
    }

    /// Whether an administrator gave its address: GitHub.com is the same everywhere, and of today.
    pub fn is_of_ones_own(&self) -> bool {
        self.address_setting.is_some()
    }

    /// A client that asks for another sort of answer than JSON.
    pub fn with_media_type(&self, media_type: &str) -> Client<'a> {
        client(self.by, media_type, &self.base, self.address_setting)
    }

    pub fn url<'s>(&self, segments: impl IntoIterator<Item = &'s str>) -> Url {
        self.base.url().segments(segments)
    }

    /// A URL below a repository.
    pub fn repository_url<'s>(&self, id: &'s RepositoryId, below: impl IntoIterator<Item = &'s str>) -> Url {
        self.url(["repos", &id.owner, &id.name]).segments(below)
    }
}

/// `owner/name`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepositoryId {
    pub owner: String,
    pub name: String,
}

impl FromStr for RepositoryId {
    type Err = Failure;

    /// A text that is no repository's id is a repository that does not exist.
    fn from_str(text: &str) -> Result<Self, Failure> {
        let is_part = |part: &str| {
            let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
            !matches!(part, "" | "." | "..") && part.bytes().all(is_plain)
        };
        match text.split_once('/') {
            Some((owner, name)) if is_part(owner) && is_part(name) => {
                Ok(Self { owner: owner.to_owned(), name: name.to_owned() })
            }
            _ => Err(Failure::new(
                FailureReason::NotFound(format!("repository {text}")),
                "GitHub's repositories are named `owner/name`, in ASCII letters, digits, `-`, `.` and `_`.",
            )),
        }
    }
}

impl fmt::Display for RepositoryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}
