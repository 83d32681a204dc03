//! Which problems an operation can be answered with: of what it takes and does, from the catalogue.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::problem::Code;

/// Whatever is asked.
const OF_ALL: [Code; 8] = [
    Code::BadRequest,
    Code::Unauthenticated,
    Code::NotFound,
    Code::Invalid,
    Code::Busy,
    Code::Timeout,
    Code::Internal,
    Code::StoreUnavailable,
];
/// Where there is a body, or could be one.
const OF_BODIES: [Code; 3] = [Code::BodyTooSlow, Code::BodyTooLarge, Code::UnsupportedMediaType];
/// Of what a user changes.
const OF_CHANGES: [Code; 4] =
    [Code::IdempotencyKeyReused, Code::RequestInProgress, Code::OutcomeUnknown, Code::ChangedMeanwhile];
/// Of what an administrator changes; a rule that nobody could keep is one of them.
const OF_ADMINISTRATION: [Code; 4] =
    [Code::Conflict, Code::ChangedMeanwhile, Code::OutcomeUnknown, Code::UserPatsUnsupported];

/// What is answered before anybody has read the request: without a body, and without an id.
const HEAD_TOO_LARGE: &str = "Address and headers have more than 32 KiB together.";

/// The sort of thing an operation is.
pub(super) struct Sort<'a> {
    pub method: &'a str,
    pub path: &'a str,
    pub is_admin: bool,
    pub takes_if_match: bool,
}

impl Sort<'_> {
    fn changes(&self) -> bool {
        self.method != "get"
    }

    /// Administration with bodies, or a user's, whose deletions may have one.
    fn may_have_a_body(&self) -> bool {
        self.changes() && !(self.is_admin && self.method == "delete")
    }

    fn asks_a_git_server(&self) -> bool {
        let of_users = self.path.starts_with("/repositories") || self.path.contains("/pat");
        let asks = of_users || self.path.contains("{repo}") || self.path == "/admin/integrations";
        (asks || self.path == "/admin/integrations/{id}") && (self.changes() || !self.is_admin)
    }

    /// Every problem, by its code.
    pub(super) fn problems(&self) -> BTreeSet<Code> {
        let mut problems = BTreeSet::from(OF_ALL);
        if self.may_have_a_body() {
            problems.extend(OF_BODIES);
        }
        if self.takes_if_match {
            problems.insert(Code::PreconditionFailed);
        }
        match (self.is_admin, self.changes()) {
            (true, true) => problems.extend(OF_ADMINISTRATION),
            (false, true) => problems.extend(OF_CHANGES),
            _ => {}
        }
        if !self.is_admin {
            problems.extend(Code::DENIALS);
            problems.extend([Code::ProviderUnusable, Code::IntegrationUnusable]);
        }
        if !self.is_admin && self.path.contains("link") {
            problems.insert(Code::TooManyRequests);
        }
        if self.asks_a_git_server() {
            problems.extend(Code::OF_GIT_SERVERS);
            problems.extend([Code::ProviderUnusable, Code::IntegrationUnusable, Code::CredentialUnusable]);
        }
        problems
    }
}

/// The responses of an operation's problems, by status.
pub(super) fn responses(problems: &BTreeSet<Code>) -> BTreeMap<String, Value> {
    let mut by_status: BTreeMap<u16, Vec<Code>> = BTreeMap::new();
    for code in problems {
        by_status.entry(code.status().as_u16()).or_default().push(*code);
    }
    let by_status = by_status.into_iter().map(|(status, codes)| (status.to_string(), response(status, &codes)));
    by_status.chain([("431".to_owned(), json!({ "description": HEAD_TOO_LARGE }))]).collect()
}

fn response(status: u16, codes: &[Code]) -> Value {
    let told: Vec<String> = codes.iter().map(|code| format!("`{}`: {}", code.as_str(), code.title())).collect();
    let types: Vec<String> = codes.iter().map(|code| code.problem_type()).collect();
    let mut headers = json!({ "X-Request-Id": { "$ref": "#/components/headers/RequestId" } });
    let may_pass = |code: &Code| matches!(code, Code::RequestInProgress | Code::GitServerUnavailable);
    if status == 401 {
        headers["WWW-Authenticate"] = json!({ "$ref": "#/components/headers/WwwAuthenticate" });
    }
    if matches!(status, 429 | 503) || codes.iter().any(may_pass) {
        headers["Retry-After"] = json!({ "$ref": "#/components/headers/RetryAfter" });
    }
    if codes.contains(&Code::TooManyRequests) {
        headers["RateLimit-Policy"] = json!({ "$ref": "#/components/headers/RateLimitPolicy" });
        headers["RateLimit"] = json!({ "$ref": "#/components/headers/RateLimit" });
    }
    json!({
        "description": format!("{}.", told.join(". ")),
        "headers": headers,
        "x-problem-types": types,
        "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
    })
}

/// All of them, as a table in Markdown.
pub(super) fn table() -> String {
    let row = |code: &Code| {
        format!(
            "| `{}` | {} | {} | {} |\n",
            code.problem_type(),
            code.status().as_u16(),
            code.title(),
            code.mended_by()
        )
    };
    let rows: String = Code::ALL.iter().map(row).collect();
    format!(
        "A problem (RFC 9457). These are all there are:\n\n| type | status | title | what mends it |\n|---|---|---|---|\n{rows}"
    )
}

/// The same for programs.
pub(super) fn listed() -> Value {
    let one = |code: &Code| {
        json!({
            "type": code.problem_type(),
            "statuses": [code.status().as_u16()],
            "title": code.title(),
            "mended_by": code.mended_by(),
        })
    };
    Code::ALL.iter().map(one).collect()
}
