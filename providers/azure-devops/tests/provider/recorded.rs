//! Every recorded answer of the server, and what the provider must make of it; or why the provider never gets it.
//!
//! The recordings are not part of this repository. They are looked for in the directory that the environment variable
//! `COUNTERSIGN_SPECS` names, or in `../shared/specs` beside the workspace; without them the test says that it skips.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use countersign_provider_azure_devops::AzureDevOps;
use countersign_sdk::Provider;
use countersign_sdk::testing::{Answer, Expected, get, post};
use countersign_sdk::types::{Failure, FailureReason, NewBranch, NewPullRequest};
use serde_json::{Value, json};

use crate::{
    BASE, COMMIT, NONE, OTHER_COMMIT, REPO, TFS, asks_for, asks_who, at, cloud, list, repo, script, server, versioned,
};

/// Requests the provider never makes, so that it never gets their answers. (Their refusals are played all the same.)
const NEVER_ASKED: [(&str, &str); 6] = [
    ("create_repository", "repositories are not created"),
    ("get_project", "a project is only asked for together with a repository of it"),
    ("list_projects", "the repositories of all projects come in one list"),
    ("lock_branch", "branches are not locked"),
    ("update_refs", "a PATCH locks a branch"),
    ("update_repository", "repositories are not changed"),
];

#[test]
fn every_recorded_answer_is_understood_or_never_asked_for() {
    let Some(cases) = cases() else { return };
    let mut seen = BTreeMap::new();
    for case in &cases {
        let (id, operation) = (text(&case["id"]), text(&case["operation"]));
        let Some(outcome) = play(operation, case) else {
            let is_success = case["response"]["status"].as_u64().is_some_and(|status| status < 300);
            let reason = NEVER_ASKED.iter().find(|(never, _)| *never == operation).filter(|_| is_success);
            let (_, reason) = reason.unwrap_or_else(|| panic!("{id} is neither played nor has a reason not to be"));
            println!("not played: {id}: {reason}");
            continue;
        };
        let expected = text(&case["outcome"]);
        assert!(agrees(operation, expected, &outcome), "{id}: recorded as {expected}, understood as {outcome:?}");
        *seen.entry(operation).or_insert(0) += 1;
    }
    println!("recorded answers understood: {seen:?}");
    assert!(seen.len() >= 13, "an operation without a recorded case: {seen:?}");
}

/// What the provider made of an answer: how many things it found, or why not.
type Outcome = Result<usize, Failure>;

fn play(operation: &str, case: &Value) -> Option<Outcome> {
    let response = &case["response"];
    let answer = || Answer::recorded(response);
    let body = &response["body"];
    let is_success = response["status"] == 200 || response["status"] == 201;
    Some(match operation {
        "connection_data" => whoami(answer(), is_success),
        "list_repositories" => list_repositories(case, answer()),
        // Any request may be refused so.
        "other" if response["status"] == 401 => list_repositories(case, answer()),
        "other" | "get_project" if !is_success => get_repository(answer()),
        "get_repository" => get_repository(answer()),
        // Filed as branches by their targets.
        "list_branches" if body["value"][0]["pullRequestId"].is_u64() => find_pull_requests(body),
        "list_branches" => list_branches(answer(), body),
        "get_branch" => get_branch(case, answer()),
        "branch_stats" if body["value"].is_array() => {
            // The provider asks for one branch; the list has the same objects.
            for stats in body["value"].as_array().unwrap() {
                count(Answer::json(200, stats.clone())).unwrap();
            }
            Ok(1)
        }
        "branch_stats" => count(answer()),
        "update_refs" if is_success && !body["value"].is_array() => return None,
        "create_branch" | "update_refs" => create_branch(answer(), body),
        "delete_branch" => delete_branch(answer(), body),
        "create_pull_request" => create_pull_request(answer(), body),
        "list_pull_requests" => find_pull_requests(body),
        // The object that stands in lists.
        "get_pull_request" | "update_pull_request" => find_pull_requests(&json!({ "count": 1, "value": [body] })),
        _ => return None,
    })
}

fn whoami(answer: Answer, is_success: bool) -> Outcome {
    let url = versioned(&format!("{BASE}/_apis/git/repositories"), "7.1");
    let then = is_success.then(|| (get(url), list(json!([]))));
    let steps = script([(asks_who(), answer)].into_iter().chain(then));
    AzureDevOps.whoami(&cloud(), &steps).map(|who| usize::from(who.account.login.contains('@')))
}

fn list_repositories(case: &Value, answer: Answer) -> Outcome {
    let response = &case["response"];
    // The hosted service has no Windows authentication.
    let (of, base, api) = match text(&case["product"]) {
        "tfs-2017" => (server("2017"), TFS, "3.0"),
        _ => (cloud(), BASE, "7.1"),
    };
    let url = versioned(&format!("{base}/_apis/git/repositories"), api);
    // An empty 401 may mean two things, and the provider asks which.
    let is_doubtful = response["status"] == 401 && response["body"].is_null() && response["body_text"].is_null();
    let then = is_doubtful.then(|| (asks_who(), Answer::recorded(response)));
    let steps = script([(get(url), answer)].into_iter().chain(then));
    let found = AzureDevOps.list_repositories(&of, &steps, None, None, 100)?.items.len();
    assert_eq!(Some(found), response["body"]["value"].as_array().map(Vec::len));
    Ok(found)
}

fn get_repository(answer: Answer) -> Outcome {
    let found = AzureDevOps.get_repository(&cloud(), &script([(get(repo("")), answer)]), REPO)?;
    assert!(found.web_url.starts_with("https://") && found.name.contains('/'), "{found:?}");
    Ok(1)
}

fn list_branches(answer: Answer, body: &Value) -> Outcome {
    let steps = script([(get(repo("/refs?filter=heads%2F&%24top=100")), answer)]);
    let found = AzureDevOps.list_branches(&cloud(), &steps, REPO, None, None, 100)?.items.len();
    let references = body["value"].as_array().unwrap().iter();
    let branches = references.filter(|one| text(&one["name"]).starts_with("refs/heads/"));
    assert_eq!(found, branches.count());
    Ok(found)
}

fn get_branch(case: &Value, answer: Answer) -> Outcome {
    let (_, name) = text(&case["request"]["path"]).split_once("filter=heads%2F").unwrap();
    let found = AzureDevOps.find_branch(&cloud(), &script([(asks_for(name), answer)]), REPO, name)?;
    Ok(usize::from(found.is_some()))
}

/// Counts that say that the branches differ, or nothing.
fn count(answer: Answer) -> Outcome {
    let base = "baseVersionDescriptor.version=main&baseVersionDescriptor.versionType=branch";
    let counts = get(repo(&format!("/stats/branches?name=x&{base}")));
    let made = json!({
        "pullRequestId": 1, "title": "t", "sourceRefName": "refs/heads/x", "targetRefName": "refs/heads/main",
    });
    let steps = script([
        (asks_for("x"), at("x", OTHER_COMMIT)),
        (asks_for("main"), at("main", COMMIT)),
        (counts, answer),
        (post(repo("/pullrequests")).any_body(), Answer::json(201, made)),
    ]);
    AzureDevOps.create_pull_request(&cloud(), &steps, REPO, &new("x", "main")).map(|_| 1)
}

fn create_branch(answer: Answer, body: &Value) -> Outcome {
    let result = &body["value"][0];
    let name = result["name"].as_str().map_or("x", short);
    let commit = result["newObjectId"].as_str().unwrap_or(COMMIT);
    let change = json!([{ "name": format!("refs/heads/{name}"), "oldObjectId": NONE, "newObjectId": commit }]);
    let stands = (result["updateStatus"] == "staleOldObjectId").then(|| (asks_for(name), at(name, OTHER_COMMIT)));
    let steps = [(asks_for("main"), at("main", commit)), (post(repo("/refs")).json(change), answer)];
    let branch = NewBranch { name: name.into(), base: "main".into() };
    AzureDevOps.create_branch(&cloud(), &script(steps.into_iter().chain(stands)), REPO, &branch).map(|_| 1)
}

fn delete_branch(answer: Answer, body: &Value) -> Outcome {
    let result = &body["value"][0];
    let (name, commit) = (short(text(&result["name"])), text(&result["oldObjectId"]));
    let change = json!([{ "name": result["name"], "oldObjectId": commit, "newObjectId": NONE }]);
    let moved = (result["updateStatus"] == "staleOldObjectId").then(|| (asks_for(name), at(name, OTHER_COMMIT)));
    let steps = [(asks_for(name), at(name, commit)), (post(repo("/refs")).json(change), answer)];
    AzureDevOps.delete_branch(&cloud(), &script(steps.into_iter().chain(moved)), REPO, name).map(|_| 1)
}

fn create_pull_request(answer: Answer, body: &Value) -> Outcome {
    let branch = |member: &str, otherwise| body[member].as_str().map_or(otherwise, short);
    let (source, target) = (branch("sourceRefName", "x"), branch("targetRefName", "main"));
    let escaped = |name: &str| name.replace('/', "%2F");
    let base = format!("baseVersionDescriptor.version={}&baseVersionDescriptor.versionType=branch", escaped(target));
    let counts = get(repo(&format!("/stats/branches?name={}&{base}", escaped(source))));
    let steps = [
        (asks_for(source), at(source, OTHER_COMMIT)),
        (asks_for(target), at(target, COMMIT)),
        (counts, Answer::json(200, json!({ "aheadCount": 1, "behindCount": 0 }))),
        (post(repo("/pullrequests")).any_body(), answer),
    ];
    let none_open = body["typeKey"].is_string().then(|| (finds(source, Some(target)), list(json!([]))));
    let steps = script(steps.into_iter().chain(none_open));
    let made = AzureDevOps.create_pull_request(&cloud(), &steps, REPO, &new(source, target))?.pull_request;
    assert!(made.author.is_some() && made.web_url.ends_with(&format!("/pullrequest/{}", made.number)), "{made:?}");
    Ok(1)
}

/// Asks for the source of the first.
fn find_pull_requests(body: &Value) -> Outcome {
    let all = body["value"].as_array().unwrap();
    let source = all[0]["sourceRefName"].as_str().map_or("none", short);
    let steps = script([(finds(source, None), Answer::json(200, body.clone()))]);
    let found = AzureDevOps.find_pull_requests(&cloud(), &steps, REPO, source, None, None)?.items;
    let is_meant = |one: &&Value| {
        one["status"] == "active"
            && one["sourceRefName"].as_str().map(short) == Some(source)
            && one["forkSource"].is_null()
    };
    assert_eq!(found.len(), all.iter().filter(is_meant).count());
    assert!(found.iter().all(|one| one.author.is_some() && !one.title.is_empty()), "{found:?}");
    Ok(found.len())
}

fn finds(source: &str, target: Option<&str>) -> Expected {
    let escaped = |name: &str| name.replace('/', "%2F");
    let target = target.map(|name| format!("&searchCriteria.targetRefName=refs%2Fheads%2F{}", escaped(name)));
    let criteria =
        format!("searchCriteria.status=active&searchCriteria.sourceRefName=refs%2Fheads%2F{}", escaped(source));
    get(repo(&format!("/pullrequests?{criteria}{}&%24top=100&%24skip=0", target.unwrap_or_default())))
}

fn new(source: &str, target: &str) -> NewPullRequest {
    NewPullRequest {
        title: "t".into(),
        source: source.into(),
        target: target.into(),
        description: None,
        draft: false,
        reviewers: vec![],
        attempt_token: String::new(),
    }
}

fn agrees(operation: &str, expected: &str, outcome: &Outcome) -> bool {
    use FailureReason as R;
    let reason = outcome.as_ref().err().map(|failure| &failure.reason);
    match expected {
        "success" => outcome.is_ok(),
        "not_found_empty_list" => *outcome == Ok(0),
        "already_exists" => matches!(reason, Some(R::AlreadyExists(_))),
        "base_missing" => matches!(reason, Some(R::BaseMissing(_))),
        "invalid_name" => reason == Some(&R::NameInvalid),
        "permission" => matches!(reason, Some(R::PermissionMissing(name)) if name.starts_with("Force push")),
        // The branch moved while it was to be deleted.
        "stale" => operation == "delete_branch" && reason == Some(&R::UnexpectedReply),
        "not_found" | "project_not_found" => matches!(reason, Some(R::NotFound(_))),
        "token_expired" | "unauthorized" | "anonymous" | "tfs_iis_401" | "signin_page" | "signin_redirect" => {
            reason == Some(&R::CredentialRejected)
        }
        "rate_limited" => matches!(reason, Some(R::RateLimited(_))),
        other => panic!("{operation}: no expectation for the outcome {other}"),
    }
}

fn short(reference: &str) -> &str {
    reference.strip_prefix("refs/heads/").unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn cases() -> Option<Vec<Value>> {
    let folder = specs().join("open/azure-devops");
    let Ok(entries) = fs::read_dir(&folder) else {
        println!("skipped: there are no recorded answers in {} (set COUNTERSIGN_SPECS)", folder.display());
        return None;
    };
    let read = |path: &Path| serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let cases: Vec<Value> = entries.map(|entry| read(&entry.unwrap().path())).collect();
    assert!(cases.len() > 80, "only {} recorded answers in {}", cases.len(), folder.display());
    Some(cases)
}

fn specs() -> PathBuf {
    let workspace = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").unwrap()).join("../..");
    let named = std::env::var_os("COUNTERSIGN_SPECS").map(PathBuf::from);
    // A relative path counts from the workspace, whatever directory the test runs in.
    workspace.join(named.unwrap_or_else(|| "../shared/specs".into()))
}
