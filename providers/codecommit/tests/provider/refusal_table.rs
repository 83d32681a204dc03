//! Every refusal of a table: one request is refused as the row says, all others are answered, and what comes of the
//! operation is compared with the row.
//!
//! All requests go to one path; here the operation stands in it, as in the rows: `POST /CreateBranch`. A branch that is
//! looked for follows it: `POST /GetBranch/main`.

use countersign_provider_codecommit::CodeCommit;
use countersign_sdk::testing::{Answer, Refusal, Refusing};
use countersign_sdk::types::{Failure, NewBranch, NewPullRequest, Request, Response, SendFailure};
use countersign_sdk::{Provider, Transport};
use serde_json::{Value, json};

use crate::open_pull_requests::one;
use crate::{ANN, COMMIT, OTHER_COMMIT, REPO, at, no_branch, ok, stands};

#[test]
fn every_refusal_is_read_as_the_table_says() {
    let table = Refusal::table(include_str!("refusals.json"));
    let wrong: Vec<_> =
        table.iter().flat_map(|row| tries(row).into_iter().filter_map(|tried| differs(row, tried))).collect();
    assert!(wrong.is_empty(), "{} differences in {} rows:\n{}", wrong.len(), table.len(), wrong.join("\n"));
}

/// The operations a row is tried on, and which request of each is refused. One of any operation is tried on a read and on a
/// change.
fn tries(row: &Refusal) -> Vec<(&str, Option<&str>)> {
    if row.asked == "any" {
        return vec![("list-branches", None), ("create-branch", Some("POST /CreateBranch"))];
    }
    vec![(&row.asked, row.request.as_deref())]
}

fn differs(row: &Refusal, (operation, request): (&str, Option<&str>)) -> Option<String> {
    let server = Refusing::new(row, &usual);
    let server = Named(if let Some(request) = request { server.at(request) } else { server });
    let outcome = ask(operation, &server);
    let difference = match outcome {
        _ if !server.0.was_refused() => Some(format!("{}: the request that is refused did not come", row.name)),
        Ok(()) => Some(format!("{}: is read as a success", row.name)),
        Err(failure) => row.differs(&failure),
    };
    difference.map(|difference| format!("{operation}: {difference}"))
}

fn ask(operation: &str, by: &dyn Transport) -> Result<(), Failure> {
    let branch = NewBranch { name: "x".into(), base: "main".into() };
    let pull_request = NewPullRequest {
        title: "Login".into(),
        source: "x".into(),
        target: "main".into(),
        description: None,
        draft: false,
        reviewers: vec![],
        attempt_token: "0".repeat(32),
    };
    match operation {
        "whoami" => CodeCommit.whoami(&at(), by).map(drop),
        "list-repositories" => CodeCommit.list_repositories(&at(), by, None, None, 100).map(drop),
        "get-repository" => CodeCommit.get_repository(&at(), by, REPO).map(drop),
        "list-branches" => CodeCommit.list_branches(&at(), by, REPO, None, None, 100).map(drop),
        "find-branch" => CodeCommit.find_branch(&at(), by, REPO, "x").map(drop),
        "create-branch" => CodeCommit.create_branch(&at(), by, REPO, &branch).map(drop),
        "delete-branch" => CodeCommit.delete_branch(&at(), by, REPO, "x").map(drop),
        "create-pull-request" => CodeCommit.create_pull_request(&at(), by, REPO, &pull_request).map(drop),
        "find-pull-requests" => CodeCommit.find_pull_requests(&at(), by, REPO, "x", None, None).map(drop),
        other => panic!("the operation {other} is not asked for here"),
    }
}

/// What is answered where nothing is refused. `x` and `main` stand apart, and the pull request is of others.
fn usual(line: &str) -> Answer {
    match line.trim_start_matches("POST /") {
        "GetCallerIdentity" => Answer::text(200, "text/xml", &format!("<Arn>{ANN}</Arn>")),
        "ListRepositories" => ok(json!({ "repositories": [] })),
        "GetBranch/main" => stands("main", COMMIT),
        "GetBranch/x" => stands("x", OTHER_COMMIT),
        "ListPullRequests" => ok(json!({ "pullRequestIds": ["17"] })),
        "GetPullRequest" => one("17", "y", "main"),
        _ => no_branch(),
    }
}

/// Says in the path what is asked for.
struct Named<'a>(Refusing<'a>);

impl Transport for Named<'_> {
    fn send(&self, mut request: Request) -> Result<Response, SendFailure> {
        let target = request.headers.iter().find(|header| header.name.eq_ignore_ascii_case("x-amz-target"));
        let operation =
            target.map_or("GetCallerIdentity", |header| header.value.rsplit('.').next().unwrap_or_default());
        let body: Value = serde_json::from_slice(request.body.as_deref().unwrap_or_default()).unwrap_or_default();
        let looked_for = body["branchName"].as_str().filter(|_| operation == "GetBranch");
        let branch = looked_for.map(|branch| format!("/{branch}")).unwrap_or_default();
        request.url = format!("{}/{operation}{branch}", request.url.trim_end_matches('/'));
        self.0.send(request)
    }
}
