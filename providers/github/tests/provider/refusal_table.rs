//! Every refusal of the table `refusals.json`, asked for as the operation it is of, and read as the row says.

use countersign_provider_github::GitHub;
use countersign_sdk::Provider;
use countersign_sdk::testing::{Answer, Refusal, Refusing};
use countersign_sdk::types::{Failure, Integration, NewBranch, NewPullRequest};
use serde_json::json;

use crate::{COMMIT, OTHER_COMMIT, REPO, cloud, enterprise, error, owners, reference, repository, visible};

/// Where an Enterprise server has its API.
const BELOW: &str = "/api/v3";
/// A request that reads, the one that is asked in doubt, and one that changes something: for rows of any operation.
const ANY: [(&str, &str); 3] = [
    ("list-branches", "GET /repos/octo/hello/branches"),
    ("whoami", "GET /user"),
    ("create-branch", "POST /repos/octo/hello/git/refs"),
];
/// The branch that a pull request comes from, and that is looked for, created and deleted.
const BRANCH: &str = "feature/x";

#[test]
fn every_refusal_of_the_table_is_read_as_it_says() {
    let wrong: Vec<String> = Refusal::table(include_str!("refusals.json")).iter().flat_map(differences).collect();
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

fn differences(row: &Refusal) -> Vec<String> {
    if row.asked != "any" {
        return difference(row, &row.asked, row.request.as_deref().unwrap()).into_iter().collect();
    }
    let below = row.of.as_ref().map_or("", |_enterprise| BELOW);
    let one = |(operation, request): (&str, &str)| {
        let mut row = row.clone();
        if operation == "create-branch" && row.status >= 500 {
            // Whether the change was made is told instead of the server's words.
            row = Refusal { means: "outcome-unknown".into(), says: None, ..row };
        }
        difference(&row, operation, &request.replacen(" ", &format!(" {below}"), 1))
    };
    ANY.into_iter().filter_map(one).collect()
}

fn difference(row: &Refusal, operation: &str, request: &str) -> Option<String> {
    let server = Refusing::new(row, &usual).at(request);
    let outcome = ask(operation, request, &integration(row), &server);
    if !server.was_refused() {
        return Some(format!("{}: {request} was never sent by {operation}", row.name));
    }
    match outcome {
        Ok(()) => Some(format!("{}: {operation} takes it for a success", row.name)),
        Err(failure) => row.differs(&failure).map(|difference| format!("{operation}: {difference}")),
    }
}

fn integration(row: &Refusal) -> Integration {
    match row.of.as_deref() {
        None => cloud(),
        Some("github-enterprise") => enterprise("https://git.example.com"),
        Some(other) => panic!("{}: there is no kind {other}", row.name),
    }
}

fn ask(operation: &str, request: &str, at: &Integration, by: &Refusing<'_>) -> Result<(), Failure> {
    match operation {
        "whoami" => GitHub.whoami(at, by).map(drop),
        "list-repositories" if request.ends_with("/search/repositories") => {
            let at = Integration { settings: vec![owners("octo")], ..at.clone() };
            GitHub.list_repositories(&at, by, Some("hello"), None, 100).map(drop)
        }
        "list-repositories" => GitHub.list_repositories(at, by, None, None, 100).map(drop),
        "get-repository" => GitHub.get_repository(at, by, REPO).map(drop),
        "list-branches" => GitHub.list_branches(at, by, REPO, None, None, 100).map(drop),
        "find-branch" => GitHub.find_branch(at, by, REPO, BRANCH).map(drop),
        "create-branch" => {
            let new = NewBranch { name: BRANCH.into(), base: "main".into() };
            GitHub.create_branch(at, by, REPO, &new).map(drop)
        }
        "delete-branch" => GitHub.delete_branch(at, by, REPO, BRANCH).map(drop),
        "compare-branches" => GitHub.compare_branches(at, by, REPO, BRANCH, "main").map(drop),
        "create-pull-request" => {
            let new = NewPullRequest {
                title: "Login".into(),
                source: BRANCH.into(),
                target: "main".into(),
                description: None,
                draft: false,
                reviewers: vec![],
                attempt_token: String::new(),
            };
            GitHub.create_pull_request(at, by, REPO, &new).map(drop)
        }
        "pull-request-template" => GitHub.pull_request_template(at, by, REPO, "main").map(drop),
        "find-pull-requests" => GitHub.find_pull_requests(at, by, REPO, BRANCH, None, None).map(drop),
        other => panic!("there is no operation {other}"),
    }
}

/// A repository with two branches, a template and no pull request.
fn usual(request: &str) -> Answer {
    let (method, path) = request.split_once(' ').unwrap();
    let path = path.strip_prefix(BELOW).unwrap_or(path);
    let below = path.strip_prefix("/repos/octo/hello").unwrap_or(path);
    match (method, below) {
        ("GET", "") => visible(),
        ("GET", "/user") => Answer::json(200, json!({ "id": 1, "login": "octocat" })),
        ("GET", "/user/repos") => Answer::json(200, json!([repository(REPO)])),
        ("GET", "/git/ref/heads/main") => Answer::json(200, reference("main", COMMIT)),
        ("GET", "/git/ref/heads/feature/x") => Answer::json(200, reference(BRANCH, OTHER_COMMIT)),
        ("GET", "/contents/.github") => {
            Answer::json(200, json!([{ "type": "file", "name": "pull_request_template.md" }]))
        }
        ("GET", "/git/matching-refs/heads/feature/x" | "/pulls") => Answer::json(200, json!([])),
        _ => error(404, "Not Found"),
    }
}
