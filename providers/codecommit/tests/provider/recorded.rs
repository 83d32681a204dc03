//! Every recorded answer of AWS, and what the provider must say to it. A recording of an operation or with an outcome that
//! is not known here fails the test.
//!
//! The recordings are not part of this repository. They are looked for in the directory that the environment variable
//! `COUNTERSIGN_SPECS` names, or in `../shared/specs` beside the workspace; without them the test says that it skips.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use countersign_provider_codecommit::CodeCommit;
use countersign_sdk::Provider;
use countersign_sdk::testing::{Answer, Expected, post};
use countersign_sdk::types::{Deletion, Failure, FailureReason, NewBranch, NewPullRequest};
use serde_json::{Value, json};

use crate::{API, COMMIT, OTHER_COMMIT, account, at, ok, script, stands};

#[test]
fn every_recorded_answer_is_understood() {
    let Some(cases) = cases() else { return };
    let mut seen = BTreeMap::new();
    for case in &cases {
        let operation = case["operation"].as_str().unwrap();
        let outcome = play(operation, case);
        let (id, expected) = (case["id"].as_str().unwrap(), case["outcome"].as_str().unwrap());
        assert!(agrees(operation, id, expected, &outcome), "{id}: recorded as {expected}, understood as {outcome:?}");
        *seen.entry(operation).or_insert(0) += 1;
    }
    println!("recorded answers understood: {seen:?}");
    assert_eq!(seen.values().sum::<usize>(), cases.len());
    assert_eq!(seen.len(), OPERATIONS, "an operation without a recorded case: {seen:?}");
}

const OPERATIONS: usize = 10;

/// What the provider made of an answer: how many things it found, or why not.
type Outcome = Result<usize, Failure>;

fn play(operation: &str, case: &Value) -> Outcome {
    let answer = Answer::recorded(&case["response"]);
    match operation {
        "whoami" => {
            // An identity is followed by a look at CodeCommit.
            let then =
                (case["response"]["status"] == 200).then(|| (account::lists(), ok(json!({ "repositories": [] }))));
            let steps = script([(account::asks_who(), answer)].into_iter().chain(then));
            CodeCommit.whoami(&at(), &steps).map(|who| usize::from(who.account.login == "kapil"))
        }
        "list_repositories" => {
            let listed = case["response"]["body"]["repositories"].as_array();
            let then = listed.map(|listed| (asked("BatchGetRepositories"), ok(json!({ "repositories": listed }))));
            let steps = script([(sent(case).reading(), answer)].into_iter().chain(then));
            CodeCommit.list_repositories(&at(), &steps, None, None, 100).map(|page| page.items.len())
        }
        "batch_get_repositories" => {
            let name = |name: &Value| json!({ "repositoryName": name });
            let names: Vec<_> =
                case["request"]["body"]["repositoryNames"].as_array().unwrap().iter().map(name).collect();
            let listed = (asked("ListRepositories"), ok(json!({ "repositories": names })));
            let steps = script([listed, (sent(case).reading(), answer)]);
            CodeCommit.list_repositories(&at(), &steps, None, None, 100).map(|page| page.items.len())
        }
        "get_repository" => CodeCommit
            .get_repository(&at(), &script([(sent(case).reading(), answer)]), repository(case))
            .map(|found| usize::from(found.default_branch.as_deref() == Some("main"))),
        "list_branches" => CodeCommit
            .list_branches(&at(), &script([(sent(case).reading(), answer)]), repository(case), None, None, 100)
            .map(|page| page.items.len()),
        "get_branch" => CodeCommit
            .find_branch(&at(), &script([(sent(case).reading(), answer)]), repository(case), branch(case))
            .map(|found| usize::from(found.is_some())),
        "create_branch" => create_branch(case, answer),
        "delete_branch" => {
            let steps = script([(asked("GetBranch"), stands(branch(case), COMMIT)), (sent(case), answer)]);
            CodeCommit
                .delete_branch(&at(), &steps, repository(case), branch(case))
                .map(|deletion| usize::from(deletion == Deletion::Deleted))
        }
        "create_pull_request" => create_pull_request(case, answer),
        "list_pull_requests" => list_pull_requests(case, answer),
        other => panic!("{}: the operation {other} is not played", case["id"]),
    }
}

fn create_branch(case: &Value, answer: Answer) -> Outcome {
    let name = case["request"]["body"]["branchName"].as_str().unwrap_or("f");
    let base = (asked("GetBranch"), stands("base", COMMIT));
    let taken = (case["outcome"] == "already_exists").then(|| (asked("GetBranch"), stands(name, OTHER_COMMIT)));
    let steps = script([base, (sent(case), answer)].into_iter().chain(taken));
    let new = NewBranch { name: name.into(), base: "base".into() };
    CodeCommit.create_branch(&at(), &steps, repository(case), &new).map(|created| usize::from(!created.existed))
}

fn create_pull_request(case: &Value, answer: Answer) -> Outcome {
    let asked_for = &case["request"]["body"]["targets"][0];
    let source = asked_for["sourceReference"].as_str().unwrap();
    let new = NewPullRequest {
        title: case["request"]["body"]["title"].as_str().unwrap().into(),
        source: source.into(),
        target: "main".into(),
        description: None,
        draft: false,
        reviewers: vec![],
        attempt_token: "0".repeat(32),
    };
    let before = [
        (asked("GetBranch"), stands(source, COMMIT)),
        (asked("GetBranch"), stands("main", OTHER_COMMIT)),
        (asked("ListPullRequests"), ok(json!({ "pullRequestIds": [] }))),
        (sent(case), answer),
    ];
    let gone = Answer::json(400, json!({ "__type": "BranchDoesNotExistException" }));
    let missing = (case["outcome"] == "source_missing").then(|| (asked("GetBranch"), gone));
    let steps = script(before.into_iter().chain(missing));
    let made = CodeCommit.create_pull_request(&at(), &steps, asked_for["repositoryName"].as_str().unwrap(), &new)?;
    Ok(usize::from(made.pull_request.author.is_some()))
}

fn list_pull_requests(case: &Value, answer: Answer) -> Outcome {
    let numbers = case["response"]["body"]["pullRequestIds"].as_array().unwrap();
    let one = |number: &Value| {
        let sides = json!({ "sourceReference": "refs/heads/x", "destinationReference": "refs/heads/main" });
        let body = json!({ "pullRequestId": number, "pullRequestStatus": "OPEN", "pullRequestTargets": [sides] });
        (asked("GetPullRequest"), ok(json!({ "pullRequest": body })))
    };
    let steps = script([(sent(case).reading(), answer)].into_iter().chain(numbers.iter().map(one)));
    let found = CodeCommit.find_pull_requests(&at(), &steps, repository(case), "x", None, None)?;
    assert_eq!((found.items.len(), found.next), (numbers.len(), None), "{}", case["id"]);
    Ok(found.items.len())
}

/// The recorded request, apart from its body: the provider pages and sorts in its own way.
fn sent(case: &Value) -> Expected {
    let headers = case["request"]["headers"].as_object().unwrap();
    headers.iter().fold(post(API).any_body(), |expected, (name, value)| expected.header(name, value.as_str().unwrap()))
}

/// A read that the provider does on its way.
fn asked(operation: &str) -> Expected {
    post(API).any_body().header("x-amz-target", &format!("CodeCommit_20150413.{operation}")).reading()
}

fn repository(case: &Value) -> &str {
    case["request"]["body"]["repositoryName"].as_str().unwrap()
}

fn branch(case: &Value) -> &str {
    case["request"]["body"]["branchName"].as_str().unwrap()
}

fn agrees(operation: &str, id: &str, expected: &str, outcome: &Outcome) -> bool {
    use FailureReason as R;
    let reason = outcome.as_ref().err().map(|failure| &failure.reason);
    match expected {
        "success" => matches!(outcome, Ok(1..)),
        "success_partial" => *outcome == Ok(1),
        "already_gone" => *outcome == Ok(0),
        "already_exists" => matches!(reason, Some(R::AlreadyExists(_))),
        "idempotency_mismatch" => matches!(reason, Some(R::AlreadyExists(_))),
        "base_missing" | "source_missing" => matches!(reason, Some(R::BaseMissing(_))),
        "invalid_name" => reason == Some(&R::NameInvalid),
        // Nothing that a user could do wrong: the provider always names the branch.
        "missing_parameter" => reason == Some(&R::UnexpectedReply),
        "default_branch" | "too_many_open" => reason == Some(&R::Protected),
        "access_denied" => {
            let action =
                if operation == "create_branch" { "codecommit:CreateBranch" } else { "codecommit:DeleteBranch" };
            reason == Some(&R::PermissionMissing(action.into()))
        }
        "unauthorized" | "token_expired" => reason == Some(&R::CredentialRejected),
        "clock_skew" => reason == Some(&R::Unavailable),
        other => panic!("{id}: no expectation for the outcome {other}"),
    }
}

fn cases() -> Option<Vec<Value>> {
    let folder = specs().join("open/codecommit");
    let Ok(entries) = fs::read_dir(&folder) else {
        println!("skipped: there are no recorded answers in {} (set COUNTERSIGN_SPECS)", folder.display());
        return None;
    };
    let read = |path: &Path| serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let cases: Vec<Value> = entries.map(|entry| read(&entry.unwrap().path())).collect();
    assert!(cases.len() > 20, "only {} recorded answers in {}", cases.len(), folder.display());
    Some(cases)
}

pub fn specs() -> PathBuf {
    let workspace = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").unwrap()).join("../..");
    let named = std::env::var_os("COUNTERSIGN_SPECS").map(PathBuf::from);
    // A relative path counts from the workspace, whatever directory the test runs in.
    workspace.join(named.unwrap_or_else(|| "../shared/specs".into()))
}
