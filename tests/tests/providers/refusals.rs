//! What each git server is known to refuse with, row by row of its provider's table: answered by the stand-in, asked for
//! through the API, and told by its problem.
//!
//! The provider's own tests read the same rows. Here is what the daemon makes of what was read: it asks whose a credential is
//! before it gives one up, looks for what may have been made, and says when to come back.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use countersign_sdk::testing::Refusal;
use countersign_tests::daemon::{Answer, Daemon, Holder, MAIN, Server, User};
use countersign_tests::standin::StandIn as _;
use countersign_tests::standin::faults::{Fault, When};
use countersign_tests::standin::message::{Answer as Message, Request};
use http::{HeaderName, Method, StatusCode};
use serde_json::{Value, json};

use super::{widgets, with};

/// What the rows call the collection, the repository or the root of the API; what follows is the same everywhere.
const BEGINNINGS: &[&str] = &[
    "/api/v3",
    "/api/v4",
    "/acme",
    "/tfs/DefaultCollection",
    "/repos/octo/hello",
    "/projects/42",
    "/Platform/_apis/git/repositories/widgets",
];
/// Requests that an integration of the suite does not make, and why.
const NOT_SENT: &[(&str, &str)] =
    &[("GET /search/repositories", "owners to search among are not among the settings here")];

/// A row that means something else on one kind, asked as one operation: name, kind, operation, problem.
///
/// The repository is named by its path here, whose slash may be what a proxy refuses; the row has a number.
const TOLD_OTHERWISE: (&str, &str, &str, &str) = (
    "a proxy or gitlab finds the request malformed",
    "gitlab-self-managed",
    "list-branches",
    "integration-misconfigured",
);

/// A key that STS does not know.
const STS_REFUSAL: &str = "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type><Code>InvalidClientTokenId</Code><Message>The security token included in the request is invalid.</Message></Error><RequestId>01234567-89ab-cdef-0123-456789abcdef</RequestId></ErrorResponse>";

/// A look, the question whose a credential is, and a change, each with the request that is refused, for rows of any operation.
fn any(provider: &str) -> [(&'static str, &'static str); 3] {
    let [look, whoami, change] = match provider {
        "github" => ["GET /branches", "GET /user", "POST /git/refs"],
        "gitlab" => ["GET /repository/branches", "GET /user", "POST /repository/branches"],
        "azure-devops" => ["GET /refs", "GET /_apis/connectionData", "POST /refs"],
        "codecommit" => ["POST /ListBranches", "POST /GetCallerIdentity", "POST /CreateBranch"],
        other => panic!("no requests of {other}"),
    };
    [("list-branches", look), ("whoami", whoami), ("create-branch", change)]
}

fn table(provider: &str) -> Vec<Refusal> {
    Refusal::table(match provider {
        "github" => include_str!("../../../providers/github/tests/provider/refusals.json"),
        "gitlab" => include_str!("../../../providers/gitlab/tests/provider/refusals.json"),
        "azure-devops" => include_str!("../../../providers/azure-devops/tests/provider/refusals.json"),
        "codecommit" => include_str!("../../../providers/codecommit/tests/provider/refusals.json"),
        other => panic!("no table of {other}"),
    })
}

pub async fn every_row_is_told_as_what_it_means<S: Server>(server: S) {
    let daemon = Daemon::start(server).await;
    let ann = with(&daemon, Holder::Alice).await;
    let [look, whoami, change] = any(server.provider());
    let (mut wrong, mut asked) = (Vec::new(), 0);
    for row in table(server.provider()) {
        if row.of.as_ref().is_some_and(|kind| kind != server.kind()) {
            continue;
        }
        let tries = match row.asked.as_str() {
            // STS speaks another protocol than CodeCommit, and has rows of its own.
            "any" if server.provider() == "codecommit" => vec![look, change],
            "any" => vec![look, whoami, change],
            "list-branches" | "create-branch" | "create-pull-request" | "list-repositories" | "whoami" => {
                vec![(row.asked.as_str(), row.request.as_deref().unwrap_or_default())]
            }
            _ => continue,
        };
        for (operation, request) in tries {
            if NOT_SENT.iter().any(|(other, _)| *other == tail(request)) {
                continue;
            }
            asked += 1;
            let case = Case { row: &row, kind: server.kind(), operation, request, whoami: whoami.1 };
            wrong.extend(case.difference(&daemon, &ann).await);
        }
    }
    println!("{asked} refusals of {}", server.kind());
    assert!(wrong.is_empty(), "{} of {asked} differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// A row, asked as one operation.
struct Case<'a> {
    row: &'a Refusal,
    kind: &'a str,
    operation: &'a str,
    /// The request that is refused, as rows write it; empty for the first one.
    request: &'a str,
    /// The request that tells whose a credential is.
    whoami: &'a str,
}

impl Case<'_> {
    async fn difference<S: Server>(&self, daemon: &Daemon<S>, ann: &User) -> Option<String> {
        let faults = daemon.stand_in().faults();
        let refused = Arc::new(AtomicBool::new(false));
        faults.once(when(self.request).noting(&refused), Fault::Instead(answer(self.row)));
        for (request, then) in &self.row.then {
            faults.always(when(request).after(&refused), Fault::Instead(recorded(then)));
        }
        if let Some(doubted) = self.doubted() {
            faults.always(when(self.whoami).after(&refused), Fault::Instead(doubted));
        }
        let told = self.ask(daemon, ann).await;
        let was_refused = faults.all_happened();
        faults.clear();
        let expected = self.expected();
        if told.code() == "user-pat-rejected" {
            ann.save_credential(MAIN, &daemon.credential(Holder::Alice)).await.expect(200);
        }
        if was_refused && told.code() == expected && self.says_when(&told) && self.names_what_is_missing(&told) {
            return None;
        }
        let never = if was_refused { "" } else { " never sent the request" };
        Some(format!("{}{never}: {}: not {expected} but {} {}", self.operation, self.row.name, told.status, told.text))
    }

    async fn ask<S: Server>(&self, daemon: &Daemon<S>, ann: &User) -> Answer {
        let widgets = widgets(daemon.server());
        match self.operation {
            "whoami" => ann.save_credential(MAIN, &daemon.credential(Holder::Alice)).await,
            "list-repositories" => ann.repositories(MAIN).await,
            "list-branches" => ann.branches(MAIN, widgets).await,
            // As the rows call it, where an answer names it.
            "create-branch" => ann.create_branch(MAIN, widgets, "feature/x", "main").await,
            _ => ann.create_pull_request(MAIN, widgets, "develop").await,
        }
    }

    /// What the question whose a credential is gets, where it is refused too: a credential that any request is refused for.
    fn doubted(&self) -> Option<Message> {
        let is_everywhere = self.row.asked == "any" && self.row.means == "credential-rejected";
        (is_everywhere && self.operation != "whoami").then(|| {
            match self.row.body.as_ref().map(|body| &body["__type"]) {
                // STS has names of its own.
                Some(Value::String(_)) => recorded(&json!({ "status": 403, "body_text": STS_REFUSAL })),
                _ => answer(self.row),
            }
        })
    }

    /// The problem's code.
    fn expected(&self) -> &str {
        let (name, kind, operation, told) = TOLD_OTHERWISE;
        if (name, kind, operation) == (&*self.row.name, self.kind, self.operation) {
            return told;
        }
        let changes = self.operation.starts_with("create-");
        match self.row.means.as_str() {
            // Whether an outage kept a change from being made is not known.
            "unavailable" if changes && self.row.asked == "any" && self.row.status >= 500 => "outcome-unknown",
            "credential-rejected" if self.operation == "whoami" || self.is_given_up() => "user-pat-rejected",
            // It still says whose the credential is, so that it is good.
            "credential-rejected" => "unexpected-reply",
            "permission-missing" => "git-permission-missing",
            "not-found" => "not-found-or-no-access",
            "unavailable" => "git-server-unavailable",
            "misconfigured" => "integration-misconfigured",
            same => same,
        }
    }

    fn is_given_up(&self) -> bool {
        let is_whoami = |request: &str| tail(request) == self.whoami;
        self.doubted().is_some() || self.row.then.keys().any(|request| is_whoami(request))
    }

    fn says_when(&self, told: &Answer) -> bool {
        match self.row.wait.as_ref().map(|wait| &wait["seconds"]) {
            Some(Value::Number(seconds)) => told.header("retry-after") == Some(&seconds.to_string()),
            _ => true,
        }
    }

    /// A permission with an address in it is another one on each server.
    fn names_what_is_missing(&self, told: &Answer) -> bool {
        let permission = self.row.permission.as_ref().filter(|permission| !permission.contains("://"));
        permission.is_none_or(|permission| told.text_at("/missing") == permission)
    }
}

/// Requests by method and end of the path, or by the operation of AWS, which stands in the place of a path; any where there
/// is none.
fn when(request: &str) -> Wanted {
    let tail = tail(request);
    let Some((method, path)) = tail.split_once(' ') else { return Wanted(Box::new(|_| true)) };
    let (method, path) = (Method::from_bytes(method.as_bytes()).expect("a method"), path.to_owned());
    Wanted(Box::new(move |request| {
        let sent = sent_path(request);
        let is_it = if path.is_empty() { is_repository(&sent) } else { sent.ends_with(&path) };
        request.method == method && is_it
    }))
}

/// Requests of a row, before or after the one that is refused.
struct Wanted(Box<dyn Fn(&Request) -> bool + Send + Sync>);

impl Wanted {
    /// Notes that one has come.
    fn noting(self, came: &Arc<AtomicBool>) -> When {
        let came = Arc::clone(came);
        When::request(move |request| {
            let is_it = (self.0)(request);
            came.fetch_or(is_it, Ordering::SeqCst);
            is_it
        })
    }

    /// Only once another has come.
    fn after(self, came: &Arc<AtomicBool>) -> When {
        let came = Arc::clone(came);
        When::request(move |request| came.load(Ordering::SeqCst) && (self.0)(request))
    }
}

/// Whether a repository itself is asked for.
fn is_repository(path: &str) -> bool {
    let before = |names: usize| path.rsplit('/').nth(names).unwrap_or_default();
    matches!(before(1), "projects" | "repositories") || before(2) == "repos"
}

fn sent_path(request: &Request) -> String {
    match request.header("x-amz-target") {
        Some(target) => format!("/{}", target.rsplit('.').next().unwrap_or_default()),
        None if request.header("authorization").is_some_and(|signed| signed.contains("/sts/")) => {
            "/GetCallerIdentity".to_owned()
        }
        None => request.path.clone(),
    }
}

/// A request of a row without what the suite has other names for.
fn tail(request: &str) -> String {
    let Some((method, path)) = request.split_once(' ') else { return String::new() };
    let path = BEGINNINGS.iter().fold(path, |path, beginning| path.strip_prefix(beginning).unwrap_or(path));
    format!("{method} {path}")
}

fn answer(row: &Refusal) -> Message {
    recorded(&json!({ "status": row.status, "headers": row.headers, "body": row.body, "body_text": row.text }))
}

fn recorded(answer: &Value) -> Message {
    let status = answer["status"].as_u64().and_then(|status| StatusCode::from_u16(u16::try_from(status).ok()?).ok());
    let mut message = Message::empty(status.expect("a status"));
    for (name, value) in answer["headers"].as_object().into_iter().flatten() {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        message = message.with(HeaderName::from_bytes(name.as_bytes()).expect("a header"), &value);
    }
    message.body = match (&answer["body"], answer["body_text"].as_str()) {
        (Value::Null, text) => text.unwrap_or_default().to_owned().into(),
        (body, _) => body.to_string().into(),
    };
    message
}
