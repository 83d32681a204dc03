//! One integration's two services in one call: the headers they want, and the repository id as a type.
//!
//! It must not know what any operation means.

use std::fmt;
use std::str::FromStr;

use countersign_sdk::types::{Failure, FailureReason};
use countersign_sdk::{Client, Reply, Transport};

use crate::console::Console;
use crate::description::{ENDPOINT, STS_ENDPOINT};
use crate::error_body::{is_signed, is_through_a_gateway};
use crate::integration::Addresses;
use crate::operation::Operation;
use crate::wire::WireRequest;

const JSON: &str = "application/x-amz-json-1.1";
const STS_VERSION: &str = "2011-06-15";
const USER_AGENT: &str = concat!("countersign-provider-codecommit/", env!("CARGO_PKG_VERSION"));

pub struct Api<'a> {
    addresses: Addresses,
    by: &'a dyn Transport,
}

impl<'a> Api<'a> {
    pub fn new(addresses: Addresses, by: &'a dyn Transport) -> Self {
        Self { addresses, by }
    }

    pub fn console(&self) -> &Console {
        &self.addresses.console
    }

    /// Has CodeCommit do an operation that changes nothing.
    pub fn read(&self, operation: Operation, body: &WireRequest<'_>) -> Result<Reply, Failure> {
        self.codecommit(operation).reading().post(self.addresses.codecommit.url(), body)
    }

    /// Has CodeCommit do an operation that changes something. A success is AWS's only with AWS's header: what stands before it
    /// answers with an empty 200, too, and CodeCommit itself does so to a new branch.
    pub fn change(&self, operation: Operation, body: &WireRequest<'_>) -> Result<Reply, Failure> {
        let reply = self.codecommit(operation).post(self.addresses.codecommit.url(), body)?;
        if reply.status == 200 && (!is_signed(&reply) || is_through_a_gateway(&reply)) {
            Err(Failure::outcome_unknown(&reply))
        } else {
            Ok(reply)
        }
    }

    /// Has AWS STS do an action that changes nothing.
    pub fn ask_sts(&self, action: &str) -> Result<Reply, Failure> {
        let fields = [("Action", action), ("Version", STS_VERSION)];
        self.client().configured_by(Some(STS_ENDPOINT)).reading().post_form(self.addresses.sts.url(), &fields)
    }

    fn codecommit(&self, operation: Operation) -> Client<'a> {
        let target = format!("CodeCommit_20150413.{}", operation.name());
        self.client().configured_by(Some(ENDPOINT)).with_media_type(JSON).with_header("X-Amz-Target", &target)
    }

    fn client(&self) -> Client<'a> {
        Client::new(self.by).with_header("User-Agent", USER_AGENT)
    }
}

/// The token of the page after this one; none where it does not lead onward, so that a server cannot keep a reader going
/// in circles. On a last page it may be empty rather than missing.
pub fn next_token(given: Option<String>, current: Option<&str>) -> Option<String> {
    given.filter(|next| !next.is_empty() && Some(next.as_str()) != current)
}

/// The name of a repository: its letters, digits, `.`, `_` and `-`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepositoryId(String);

impl RepositoryId {
    /// In characters, as AWS counts it.
    const MAX: usize = 100;

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RepositoryId {
    type Err = Failure;

    /// A text that is no repository's name is a repository that does not exist.
    fn from_str(text: &str) -> Result<Self, Failure> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
        let fits = (1..=Self::MAX).contains(&text.len()) && text.bytes().all(is_plain);
        if fits && !matches!(text, "." | "..") {
            return Ok(Self(text.to_owned()));
        }
        Err(Failure::new(
            FailureReason::NotFound(format!("repository {text}")),
            "CodeCommit's repositories have names of at most 100 ASCII letters, digits, `-`, `.` and `_`.",
        ))
    }
}

impl fmt::Display for RepositoryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
