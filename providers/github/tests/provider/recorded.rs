//! Every recorded answer of GitHub to a request the provider makes, and what the provider must say to it.
//!
//! The recordings are not part of this repository. They are looked for in the directory that the environment variable
//! `COUNTERSIGN_SPECS` names, or in `../shared/specs` beside the workspace; without them the test says that it skips.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use countersign_provider_github::GitHub;
use countersign_sdk::Provider;
use countersign_sdk::testing::{Answer, Script, delete, get, post};
use countersign_sdk::types::{Failure, FailureReason, NewBranch, NewPullRequest};
use serde_json::{Value, json};

use crate::{COMMIT, REPO, cloud, error, reference, repo, script, visible};

#[test]
fn every_recorded_answer_is_understood() {
    let Some(cases) = cases() else { return };
    let mut seen = BTreeMap::new();
    for case in &cases {
        let operation = case["operation"].as_str().unwrap();
        let Some(outcome) = play(operation, case) else {
            continue;
        };
        let (id, expected) = (case["id"].as_str().unwrap(), case["outcome"].as_str().unwrap());
        assert!(agrees(operation, id, expected, &outcome), "{id}: recorded as {expected}, understood as {outcome:?}");
        *seen.entry(operation).or_insert(0) += 1;
    }
    println!("recorded answers understood: {seen:?}");
    assert_eq!(seen.len(), OPERATIONS.len(), "an operation without a recorded case: {seen:?}");
}

const OPERATIONS: [&str; 12] = [
    "create_branch",
    "create_pull_request",
    "delete_branch",
    "get_branch",
    "get_ref",
    "get_repository",
    "get_user",
    "list_branches",
    "list_pull_requests",
    "list_repositories",
    "update_ref",
    "whoami",
];

/// What the provider made of an answer: how many things it found, or why not.
type Outcome = Result<usize, Failure>;

fn play(operation: &str, case: &Value) -> Option<Outcome> {
    let answer = || Answer::recorded(&case["response"]);
    let at = cloud();
    let only = |url: String| script([(get(url), answer())]);
    Some(match operation {
        // Any account's answer has the shape of one's own.
        "whoami" | "get_user" => GitHub
            .whoami(&at, &only("https://api.github.com/user".into()))
            .map(|who| usize::from(!who.account.id.is_empty())),
        "list_repositories" => {
            let fixed = "per_page=100&sort=full_name&affiliation=owner%2Ccollaborator%2Corganization_member&page=1";
            let script = only(format!("https://api.github.com/user/repos?{fixed}"));
            GitHub
                .list_repositories(&at, &script, None, None, 100)
                .map(|page| page.items.len() + usize::from(page.partial.is_some()))
        }
        "list_branches" => {
            let script = only(repo("/branches?per_page=100&page=1"));
            GitHub.list_branches(&at, &script, REPO, None, None, 100).map(|page| page.items.len())
        }
        "get_ref" => find_ref(case, answer()),
        // The provider asks for references, so of these only the refusals are answers to it.
        "get_branch" if case["response"]["status"] == 200 => return None,
        "get_branch" => find_ref(case, answer()),
        "get_repository" => find_repository(case, answer()),
        "create_branch" => create_branch(case, answer()),
        // A rule refuses an update by the words with which it refuses a deletion.
        "update_ref" if case["response"]["status"] == 200 => return None,
        "delete_branch" | "update_ref" => delete_branch(answer()),
        "create_pull_request" => create_pull_request(case, answer()),
        "list_pull_requests" => list_pull_requests(case),
        _ => return None,
    })
}

fn find_ref(case: &Value, answer: Answer) -> Outcome {
    let path = case["request"]["path"].as_str().unwrap();
    let name = ["/refs/heads/", "/ref/heads/", "/branches/"]
        .iter()
        .find_map(|at| path.split_once(at))
        .map_or("main", |at| at.1);
    let asked = (get(repo(&format!("/git/ref/heads/{name}"))), answer);
    let missing = case["response"]["status"] == 404;
    let then = missing.then(|| (get(repo("")), Answer::recorded(&case["response"])));
    GitHub
        .find_branch(&cloud(), &script([asked].into_iter().chain(then)), REPO, name)
        .map(|found| usize::from(found.is_some()))
}

/// The provider looks at a repository where a reference is missing.
fn find_repository(case: &Value, answer: Answer) -> Outcome {
    let asked = (get(repo("/git/ref/heads/x")), error(404, "Not Found"));
    let location = case["response"]["headers"]["location"].as_str();
    let moved = location.map(|location| (get(location), visible()));
    let script = script([asked, (get(repo("")), answer)].into_iter().chain(moved));
    GitHub.find_branch(&cloud(), &script, REPO, "x").map(|_absent| 1)
}

fn create_branch(case: &Value, answer: Answer) -> Outcome {
    let made = case["response"]["body"]["ref"].as_str();
    let name = made.and_then(|name| name.strip_prefix("refs/heads/")).unwrap_or("x");
    let script = Script::new()
        .step(get(repo("/git/ref/heads/main")), Answer::json(200, reference("main", COMMIT)))
        .step(post(repo("/git/refs")).json(json!({ "ref": format!("refs/heads/{name}"), "sha": COMMIT })), answer);
    let script = match case["outcome"].as_str() {
        Some("already_exists") => {
            script.step(get(repo("/git/ref/heads/x")), Answer::json(200, reference("x", "other")))
        }
        Some("protected") => script.step(get(repo("/git/matching-refs/heads/x")), Answer::json(200, json!([]))),
        _ => script,
    };
    let branch = NewBranch { name: name.into(), base: "main".into() };
    GitHub.create_branch(&cloud(), &script, REPO, &branch).map(|created| usize::from(created.branch.commit.is_some()))
}

/// Where GitHub says no more than that the request is invalid, the branch turns out to stand.
fn delete_branch(answer: Answer) -> Outcome {
    let asked = (delete(repo("/git/refs/heads/x")), answer);
    let look = (get(repo("/git/ref/heads/x")), Answer::json(200, reference("x", COMMIT)));
    // Whether the provider looks is its own affair here: the step is used up if it did not.
    let steps = script([asked, look]);
    let outcome = GitHub.delete_branch(&cloud(), &steps, REPO, "x");
    if steps.sent() == 1 {
        let _ = GitHub.find_branch(&cloud(), &steps, REPO, "x");
    }
    outcome.map(|deletion| deletion as usize)
}

fn create_pull_request(case: &Value, answer: Answer) -> Outcome {
    let new = NewPullRequest {
        title: "t".into(),
        source: "x".into(),
        target: "main".into(),
        description: None,
        draft: false,
        reviewers: vec![],
        attempt_token: String::new(),
    };
    let asked = (post(repo("/pulls")).any_body(), answer);
    let stands =
        |name: &str| (get(repo(&format!("/git/ref/heads/{name}"))), Answer::json(200, reference(name, COMMIT)));
    let then = match case["outcome"].as_str() {
        Some("already_exists") => {
            let url = repo("/pulls?state=open&head=octo%3Ax&base=main&per_page=100&page=1");
            vec![(get(url), Answer::json(200, json!([])))]
        }
        Some("no_commits") => vec![stands("x"), stands("main")],
        _ => vec![],
    };
    let script = script([asked].into_iter().chain(then));
    GitHub
        .create_pull_request(&cloud(), &script, REPO, &new)
        .map(|made| usize::from(made.pull_request.author.is_some()))
}

/// Asks for the source of the first recorded one that does not come from a fork.
fn list_pull_requests(case: &Value) -> Outcome {
    let recorded = case["response"]["body"].as_array().unwrap();
    let own = recorded.iter().find(|one| one["head"]["repo"]["id"] == one["base"]["repo"]["id"]);
    let source = own.map_or("none", |one| one["head"]["ref"].as_str().unwrap());
    let url = repo(&format!("/pulls?state=open&head=octo%3A{}&per_page=100&page=1", source.replace('/', "%2F")));
    let script = script([(get(url), Answer::recorded(&case["response"]))]);
    let found = GitHub.find_pull_requests(&cloud(), &script, REPO, source, None, None)?.items.len();
    assert_eq!(own.is_some(), found > 0, "{}", case["id"]);
    Ok(found)
}

fn agrees(operation: &str, id: &str, expected: &str, outcome: &Outcome) -> bool {
    use FailureReason as R;
    let reason = outcome.as_ref().err().map(|failure| &failure.reason);
    match expected {
        // Labelled by its status, but its body says `Branch not found`; nobody may take that for a branch.
        "success" if id.contains("nonexistentbut200status") => reason == Some(&R::UnexpectedReply),
        "success" | "sso_partial" | "null_entries" | "redirect" => outcome.is_ok(),
        "prefix_match_array" => outcome.is_ok(),
        "empty_repository" => *outcome == Ok(0),
        "already_exists" => matches!(reason, Some(R::AlreadyExists(_))),
        "invalid_name" => reason == Some(&R::NameInvalid),
        "protected" => reason == Some(&R::Protected),
        "legal_block" => reason == Some(&R::Protected),
        "base_missing" | "head_missing" => matches!(reason, Some(R::BaseMissing(_))),
        "no_commits" => reason == Some(&R::NothingToMerge),
        "insufficient_permission" => matches!(reason, Some(R::PermissionMissing(_))),
        "sso_required" => reason == Some(&R::SsoAuthorizationRequired),
        "rate_limited" | "secondary_rate_limited" => matches!(reason, Some(R::RateLimited(_))),
        "unauthorized" => reason == Some(&R::CredentialRejected),
        "server_error" => reason == Some(&R::Unavailable),
        // A second factor is wanted with a password, which was right.
        "otp_required" | "api_version_unsupported" | "validation" | "not_modified" => {
            reason == Some(&R::UnexpectedReply)
        }
        // Of a deletion it is a success that there was nothing, and a reference that was read a moment before the
        // creation shows that the repository is visible after all.
        "not_found" if matches!(operation, "delete_branch" | "update_ref") => outcome.is_ok(),
        "not_found" if operation == "create_branch" => {
            matches!(reason, Some(R::PermissionMissing(_)))
        }
        "not_found" => matches!(reason, Some(R::NotFound(_))),
        other => panic!("{id}: no expectation for the outcome {other}"),
    }
}

fn cases() -> Option<Vec<Value>> {
    let folder = specs().join("open/github");
    let Ok(entries) = fs::read_dir(&folder) else {
        println!("skipped: there are no recorded answers in {} (set COUNTERSIGN_SPECS)", folder.display());
        return None;
    };
    let read = |path: &Path| serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let cases: Vec<Value> = entries.map(|entry| read(&entry.unwrap().path())).collect();
    assert!(cases.len() > 100, "only {} recorded answers in {}", cases.len(), folder.display());
    Some(cases)
}

fn specs() -> PathBuf {
    let workspace = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").unwrap()).join("../..");
    let named = std::env::var_os("COUNTERSIGN_SPECS").map(PathBuf::from);
    // A relative path counts from the workspace, whatever directory the test runs in.
    workspace.join(named.unwrap_or_else(|| "../shared/specs".into()))
}
