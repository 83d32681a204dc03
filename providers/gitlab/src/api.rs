//! One integration's API in one call: its addresses, a project's id as a type, and how GitLab pages.
//!
//! It must not know any operation.

use std::fmt;
use std::str::FromStr;

use countersign_sdk::types::{Failure, FailureReason};
use countersign_sdk::{Client, Reply, Transport, Url};

use crate::integration::Address;

const USER_AGENT: &str = concat!("countersign-provider-gitlab/", env!("CARGO_PKG_VERSION"));

/// Most items GitLab puts on one page.
pub const MAX_PAGE_SIZE: u32 = 100;

pub struct Api<'a> {
    pub client: Client<'a>,
    pub address: Address,
}

impl<'a> Api<'a> {
    pub fn new(address: Address, by: &'a dyn Transport) -> Self {
        // Moved projects answer a read with a redirect to their number.
        let client = Client::new(by)
            .with_header("User-Agent", USER_AGENT)
            .following_redirects(address.root.url().segments(["api", "v4"]))
            .configured_by(address.setting);
        Self { client, address }
    }

    /// Deletes. That the request is one in JSON is said although it has no body: an instance that is read-only refuses any
    /// other with a redirect to its start page instead of the reason.
    pub fn delete(&self, url: Url) -> Result<Reply, Failure> {
        self.client.clone().with_header("Content-Type", "application/json").delete(url)
    }

    pub fn url<'s>(&self, segments: impl IntoIterator<Item = &'s str>) -> Url {
        self.address.root.url().segments(["api", "v4"]).segments(segments)
    }

    /// A URL below a project.
    pub fn project_url<'s>(&self, id: &'s ProjectId, below: impl IntoIterator<Item = &'s str>) -> Url {
        self.url(["projects", &id.0]).segments(below)
    }

    /// The URL of one branch, whose name is one escaped segment.
    ///
    /// # Errors
    /// `name-invalid` where a part between slashes is empty, `.` or `..`: a proxy before GitLab that unescapes slashes
    /// would make another path of it.
    pub fn branch_url(&self, id: &ProjectId, name: &str) -> Result<Url, Failure> {
        self.url([]).path(name).finish()?;
        Ok(self.project_url(id, ["repository", "branches", name]))
    }
}

/// A project's number, which stays the same for ever, or its path (`group/subgroup/project`), which may be given away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectId(String);

impl ProjectId {
    pub fn of_number(number: u64) -> Self {
        Self(number.to_string())
    }

    pub fn is_number(&self) -> bool {
        !self.0.contains('/')
    }
}

impl FromStr for ProjectId {
    type Err = Failure;

    /// A text that is neither is a repository that does not exist.
    fn from_str(text: &str) -> Result<Self, Failure> {
        if let Ok(number) = text.parse() {
            return Ok(Self::of_number(number));
        }
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
        let is_part = |part: &str| !matches!(part, "" | "." | "..") && part.bytes().all(is_plain);
        if text.contains('/') && text.split('/').all(is_part) {
            return Ok(Self(text.to_owned()));
        }
        Err(Failure::new(
            FailureReason::NotFound(format!("repository {text}")),
            "GitLab's projects are named by their number, or by a path such as `group/project` in ASCII letters, digits, \
             `-`, `.` and `_`.",
        ))
    }
}

impl fmt::Display for ProjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The longest part of a query whose characters a search takes as they are; none where there is none.
pub fn longest_part(query: &str, is_taken: fn(char) -> bool) -> Option<&str> {
    let parts = query.split(|char| !is_taken(char)).filter(|part| !part.is_empty());
    parts.max_by_key(|part| part.len())
}

/// Whether a list goes on after this page. Some proxies drop one of the two headers.
pub fn has_next(reply: &Reply) -> bool {
    reply.link("next").is_some() || reply.header("x-next-page").is_some_and(|page| !page.trim().is_empty())
}

/// The number of the next page; none where it does not lead onward.
pub fn next_page(reply: &Reply, current: u32) -> Option<u32> {
    let by_header = || reply.header("x-next-page")?.trim().parse().ok().filter(|next| *next > current);
    reply.next_page(current).or_else(by_header)
}
