//! Which of the two services a request is for, and which operation it asks for.

use super::signature::Authorization;
use crate::standin::message::Request;

/// The media type of CodeCommit's protocol.
pub(super) const JSON: &str = "application/x-amz-json-1.1";
/// What stands before an operation's name in `X-Amz-Target`.
const TARGET_PREFIX: &str = "CodeCommit_20150413.";

/// Both services stand behind the same doors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Service {
    CodeCommit,
    Sts,
}

impl Service {
    /// By the name the client used; at a bare address by what it signed for, and else by how it speaks.
    pub(super) fn of(request: &Request) -> Service {
        let authority = request.origin.split_once("://").map_or("", |(_, authority)| authority);
        match authority.split('.').next() {
            Some("codecommit" | "codecommit-fips") => return Service::CodeCommit,
            Some("sts" | "sts-fips") => return Service::Sts,
            _ => {}
        }
        let scoped = request.header("authorization").and_then(|header| Authorization::parse(header).ok());
        match scoped.as_ref().map(|authorization| authorization.scope.service.as_str()) {
            Some("sts") => Service::Sts,
            Some("codecommit") => Service::CodeCommit,
            _ if request.headers.contains_key("x-amz-target") => Service::CodeCommit,
            _ => Service::Sts,
        }
    }

    /// As it stands in a signature's scope.
    pub(super) fn signing_name(self) -> &'static str {
        match self {
            Service::CodeCommit => "codecommit",
            Service::Sts => "sts",
        }
    }
}

/// The operation a request to CodeCommit asks for; none where it names none.
pub(super) fn operation(request: &Request) -> Option<&str> {
    request.header("x-amz-target")?.strip_prefix(TARGET_PREFIX)
}
