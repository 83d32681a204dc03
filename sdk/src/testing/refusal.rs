//! A table of refusals as data: what a git server says, and what it has to be read as.

use std::cell::Cell;
use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::Answer;
use super::expected;
use crate::Transport;
use crate::types::{Failure, FailureReason, Request, Response, SendFailure, Wait};

/// Stands in a table for every operation, where any request can be answered so.
const ANY: &str = "any";

/// One row of a table: a refusal, as a server was seen or is documented to give it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refusal {
    /// What the case is; unique in its table.
    pub name: String,
    /// The operation it is a refusal of, as in the contract: `create-branch`; `any` where every request can get it.
    pub asked: String,
    /// Method and path of the request that is refused; the first of the operation where it is left out.
    pub request: Option<String>,
    /// The kind of integration it is of, where not all of the provider have it.
    pub of: Option<String>,
    /// The HTTP status.
    pub status: u16,
    /// What is read of the headers, in lower case.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// A body in JSON.
    pub body: Option<Value>,
    /// Any other body.
    pub text: Option<String>,
    /// What later requests of the same call are answered, by method and path, where that is not as usual.
    #[serde(default)]
    pub then: BTreeMap<String, Value>,
    /// The reason of the failure it has to be read as, as in the contract: `rate-limited`.
    pub means: String,
    /// The permission that is to be named.
    pub permission: Option<String>,
    /// `{"seconds": n}`, `{"until": n}` or `"unknown"`.
    pub wait: Option<Value>,
    /// Words that must be shown.
    pub says: Option<String>,
    /// The page that must be named.
    pub help_url: Option<String>,
    /// A documentation page, a public report or a recording.
    pub source: String,
    /// What is known only in part.
    pub note: Option<String>,
}

impl Refusal {
    /// Reads a table.
    ///
    /// # Panics
    /// Where it is none, or a name stands there twice.
    pub fn table(json: &str) -> Vec<Self> {
        let rows: Vec<Self> = serde_json::from_str(json).expect("a table of refusals");
        for (index, row) in rows.iter().enumerate() {
            assert!(rows[..index].iter().all(|earlier| earlier.name != row.name), "twice: {}", row.name);
        }
        rows
    }

    /// Whether it is a refusal of this operation.
    pub fn is_of(&self, operation: &str) -> bool {
        self.asked == ANY || self.asked == operation
    }

    /// The server's answer.
    pub fn answer(&self) -> Answer {
        recorded(&json!({
            "status": self.status, "headers": self.headers, "body": self.body, "body_text": self.text,
        }))
    }

    /// In what the failure differs from what the row says; none where it does not.
    pub fn differs(&self, failure: &Failure) -> Option<String> {
        let mut wrong = Vec::new();
        if reason(&failure.reason) != self.means {
            wrong.push(format!("is read as {:?}", failure.reason));
        }
        if let (Some(named), FailureReason::PermissionMissing(permission)) = (&self.permission, &failure.reason)
            && named != permission
        {
            wrong.push(format!("names the permission {permission:?}"));
        }
        if let (Some(said), FailureReason::RateLimited(wait)) = (&self.wait, &failure.reason)
            && *said != waiting(wait)
        {
            wrong.push(format!("waits {wait:?}"));
        }
        if let Some(words) = self.says.as_ref().filter(|words| !failure.message.contains(words.as_str())) {
            wrong.push(format!("does not say {words:?} but {:?}", failure.message));
        }
        if self.help_url.is_some() && self.help_url != failure.help_url {
            wrong.push(format!("leads to {:?}", failure.help_url));
        }
        (!wrong.is_empty()).then(|| format!("{}: {} instead of {}", self.name, wrong.join(", "), self.means))
    }
}

/// A server that refuses one request, and answers all others as usual.
pub struct Refusing<'a> {
    row: &'a Refusal,
    request: Option<&'a str>,
    usual: &'a dyn Fn(&str) -> Answer,
    was_refused: Cell<bool>,
}

impl<'a> Refusing<'a> {
    /// `usual` answers by method and path, without the query: `GET /user`.
    pub fn new(row: &'a Refusal, usual: &'a dyn Fn(&str) -> Answer) -> Self {
        Self { row, request: row.request.as_deref(), usual, was_refused: Cell::new(false) }
    }

    /// The same, refusing this request instead of the one in the row: for rows of any operation.
    pub fn at(mut self, request: &'a str) -> Self {
        self.request = Some(request);
        self
    }

    /// Whether the request came that is refused.
    pub fn was_refused(&self) -> bool {
        self.was_refused.get()
    }
}

impl Transport for Refusing<'_> {
    fn send(&self, request: Request) -> Result<Response, SendFailure> {
        let line = line(&request);
        let is_it = match self.request {
            Some(refused) => refused == line,
            None => !self.was_refused.get(),
        };
        if is_it {
            self.was_refused.set(true);
            return self.row.answer().into_result();
        }
        match self.row.then.get(&line) {
            Some(answer) => recorded(answer).into_result(),
            None => (self.usual)(&line).into_result(),
        }
    }
}

fn recorded(answer: &Value) -> Answer {
    let mut answer = answer.clone();
    if answer.get("headers").is_none() {
        answer["headers"] = json!({});
    }
    Answer::recorded(&answer)
}

/// Method and path.
fn line(request: &Request) -> String {
    let line = expected::line(request);
    let (method, url) = line.split_once(' ').unwrap_or_default();
    let path = url.splitn(4, '/').nth(3).unwrap_or_default();
    format!("{method} /{}", path.split('?').next().unwrap_or_default())
}

/// As the contract writes it.
fn reason(reason: &FailureReason) -> &'static str {
    match reason {
        FailureReason::CredentialRejected => "credential-rejected",
        FailureReason::PermissionMissing(_) => "permission-missing",
        FailureReason::SsoAuthorizationRequired => "sso-authorization-required",
        FailureReason::NotFound(_) => "not-found",
        FailureReason::AlreadyExists(_) => "already-exists",
        FailureReason::BaseMissing(_) => "base-missing",
        FailureReason::NameInvalid => "name-invalid",
        FailureReason::NothingToMerge => "nothing-to-merge",
        FailureReason::Protected => "protected",
        FailureReason::ReadOnly => "read-only",
        FailureReason::RateLimited(_) => "rate-limited",
        FailureReason::Unavailable => "unavailable",
        FailureReason::OutcomeUnknown => "outcome-unknown",
        FailureReason::Misconfigured(_) => "misconfigured",
        FailureReason::UnexpectedReply => "unexpected-reply",
    }
}

fn waiting(wait: &Wait) -> Value {
    match wait {
        Wait::Seconds(seconds) => json!({ "seconds": seconds }),
        Wait::Until(until) => json!({ "until": until }),
        Wait::Unknown => json!("unknown"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::Method;

    fn row(more: Value) -> Refusal {
        let mut row = json!({
            "name": "a rule", "asked": "create-branch", "request": "POST /refs", "status": 403, "means": "protected",
            "body": {"message": "No."}, "says": "No.", "source": "https://docs.example.com",
        });
        for (name, value) in more.as_object().into_iter().flatten() {
            row[name] = value.clone();
        }
        Refusal::table(&json!([row]).to_string()).remove(0)
    }

    fn send(server: &Refusing<'_>, method: Method, path: &str) -> u16 {
        let url = format!("https://git.example.com{path}");
        server.send(Request { method, url, headers: vec![], body: None, reads_only: false }).unwrap().status
    }

    #[test]
    fn one_request_is_refused_and_the_others_are_answered_as_usual() {
        let row = row(json!({ "then": {"GET /me": {"status": 401}} }));
        let usual = |_: &str| Answer::empty(200);
        let server = Refusing::new(&row, &usual);
        assert_eq!(send(&server, Method::Get, "/refs?x=1"), 200);
        assert!(!server.was_refused());
        assert_eq!(send(&server, Method::Post, "/refs?x=1"), 403);
        assert_eq!(send(&server, Method::Get, "/me"), 401);
        assert!(server.was_refused());
        let server = Refusing::new(&row, &usual).at("GET /list");
        assert_eq!((send(&server, Method::Post, "/refs"), send(&server, Method::Get, "/list")), (200, 403));
    }

    #[test]
    fn every_difference_is_told() {
        let failure = |reason| Failure::new(reason, "No.");
        assert_eq!(row(json!({})).differs(&failure(FailureReason::Protected)), None);
        let wrong = row(json!({ "says": "Why" })).differs(&failure(FailureReason::CredentialRejected)).unwrap();
        assert!(wrong.contains("CredentialRejected") && wrong.contains("\"Why\""), "{wrong}");
        let named = row(json!({ "means": "permission-missing", "permission": "repo" }));
        assert!(named.differs(&failure(FailureReason::PermissionMissing("api".into()))).is_some());
        assert!(named.differs(&failure(FailureReason::PermissionMissing("repo".into()))).is_none());
        let limited = row(json!({ "means": "rate-limited", "wait": {"seconds": 5} }));
        assert!(limited.differs(&failure(FailureReason::RateLimited(Wait::Seconds(5)))).is_none());
        assert!(limited.differs(&failure(FailureReason::RateLimited(Wait::Unknown))).is_some());
    }
}
