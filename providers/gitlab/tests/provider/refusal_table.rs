//! Every refusal of GitLab that is documented or was seen, and of what stands before it: `refusals.json`.

use countersign_provider_gitlab::GitLab;
use countersign_sdk::testing::{Answer, Refusal, Refusing};
use countersign_sdk::types::{Failure, Integration, NewBranch, NewPullRequest};
use countersign_sdk::{Provider, Transport};
use serde_json::json;

use crate::{COMMIT, OTHER_COMMIT, REPO, absent, at, cloud, error, self_managed, visible};

/// A request that reads, the one the host asks in doubt, and one that changes something: for rows of any operation.
const ANY: [(&str, &str); 3] = [
    ("list-branches", "GET /api/v4/projects/42/repository/branches"),
    ("whoami", "GET /api/v4/user"),
    ("create-branch", "POST /api/v4/projects/42/repository/branches"),
];

#[test]
fn every_refusal_is_read_as_what_it_means() {
    let rows = Refusal::table(include_str!("refusals.json"));
    let wrong: Vec<String> = rows.iter().flat_map(differences).collect();
    assert!(wrong.is_empty(), "{} of {} rows:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

fn differences(row: &Refusal) -> Vec<String> {
    let asked = |operation: &str, server: Refusing<'_>, row: &Refusal| {
        let failure = ask(operation, &integration(row), &server);
        let differs = match failure {
            _ if !server.was_refused() => Some(format!("{}: {operation} never sent the request", row.name)),
            Ok(()) => Some(format!("{}: {operation} was no failure", row.name)),
            Err(failure) => row.differs(&failure),
        };
        differs.map(|difference| format!("{operation}: {difference}"))
    };
    if row.asked != "any" {
        return asked(&row.asked, Refusing::new(row, &usual), row).into_iter().collect();
    }
    let one = |(operation, request): (&str, &str)| {
        let mut expected = row.clone();
        // Whether an outage kept a change from being made is not known.
        if operation == "create-branch" && row.status >= 500 && row.means == "unavailable" {
            expected.means = "outcome-unknown".to_owned();
        }
        asked(operation, Refusing::new(row, &usual).at(request), &expected)
    };
    ANY.into_iter().filter_map(one).collect()
}

fn integration(row: &Refusal) -> Integration {
    match row.of.as_deref() {
        None | Some("gitlab") => cloud(),
        Some("gitlab-self-managed") => self_managed("http://gitlab.example.com"),
        Some(other) => panic!("{}: there is no kind {other}", row.name),
    }
}

fn usual(request: &str) -> Answer {
    let path = request.split_once("/api/v4/").map_or(request, |(_, path)| path);
    match path {
        "user" => Answer::json(200, json!({ "id": 17, "username": "alice" })),
        "version" => Answer::json(200, json!({ "version": "18.6.0", "revision": "f1e2d3c4b5a" })),
        "personal_access_tokens/self" => Answer::json(200, json!({ "scopes": ["api"], "expires_at": null })),
        "projects/42" => visible(),
        "projects/42/repository/branches/main" => at("main", COMMIT),
        "projects/42/repository/branches/feature%2Fx" => at("feature/x", OTHER_COMMIT),
        "projects/42/templates/merge_requests" => Answer::json(200, json!([{ "key": "Default", "name": "Default" }])),
        // Another took it away, so that the file is read.
        "projects/42/templates/merge_requests/Default" => error(404, "404 Template Not Found"),
        _ if path.contains("/repository/branches/") => absent(),
        _ => Answer::json(200, json!([])),
    }
}

fn ask(operation: &str, at: &Integration, by: &dyn Transport) -> Result<(), Failure> {
    let (new, main) = ("feature/x", "main");
    match operation {
        "whoami" => GitLab.whoami(at, by).map(drop),
        "revoke-credential" => GitLab.revoke_credential(at, by).map(drop),
        "list-repositories" => GitLab.list_repositories(at, by, None, None, 100).map(drop),
        "get-repository" => GitLab.get_repository(at, by, REPO).map(drop),
        "list-branches" => GitLab.list_branches(at, by, REPO, None, None, 100).map(drop),
        "find-branch" => GitLab.find_branch(at, by, REPO, new).map(drop),
        "create-branch" => {
            let branch = NewBranch { name: new.into(), base: main.into() };
            GitLab.create_branch(at, by, REPO, &branch).map(drop)
        }
        "delete-branch" => GitLab.delete_branch(at, by, REPO, new).map(drop),
        "compare-branches" => GitLab.compare_branches(at, by, REPO, new, main).map(drop),
        "create-pull-request" => {
            let pull_request = NewPullRequest {
                title: "Login".into(),
                source: new.into(),
                target: main.into(),
                description: None,
                draft: false,
                reviewers: vec![],
                attempt_token: String::new(),
            };
            GitLab.create_pull_request(at, by, REPO, &pull_request).map(drop)
        }
        "pull-request-template" => GitLab.pull_request_template(at, by, REPO, main).map(drop),
        "find-pull-requests" => GitLab.find_pull_requests(at, by, REPO, new, None, None).map(drop),
        other => panic!("there is no operation {other}"),
    }
}
