//! The stand-in says what CodeCommit and STS were recorded to say: status, name of the error, message.
//!
//! Every recorded failure is either played here or listed with the reason why not; a new recording fails the test until it is one
//! of both.

use countersign_tests::standin::codecommit::{faults, token};
use countersign_tests::standin::conformance::{read_json, spec_file};
use countersign_tests::standin::faults::When;
use serde_json::{Value, json};
use time::macros::datetime;

use crate::client::Reply;
use crate::codecommit_client::{Signing, ask, call, element, error, main_tip, message, scene, usual};

/// Failures that are not played.
const NOT_PLAYED: &[(&str, &str)] = &[];

fn pull(title: &str, source: &str) -> Value {
    let target = json!({ "repositoryName": "widgets", "sourceReference": source });
    json!({ "title": title, "targets": [target], "clientRequestToken": "123Example" })
}

/// The same case on the stand-in; none when it is not played.
async fn play(case: &str) -> Option<Reply> {
    let codecommit = usual().await;
    let create = |name: &str, commit: &str| {
        let input = json!({ "repositoryName": "widgets", "branchName": name, "commitId": commit });
        ask(&codecommit, "CreateBranch", input)
    };
    let branch = |name: &str| json!({ "repositoryName": "widgets", "branchName": name });
    let commit = main_tip(&codecommit);
    Some(match case.rsplit_once('-').map_or(case, |(name, _)| name) {
        "create_branch-400-access-denied" => call(&codecommit, token::ALICE_READ, "CreateBranch", branch("f")).await,
        "create_branch-400-already-exists" => create("main", &commit).await,
        "create_branch-400-base-missing" => create("f", &"d".repeat(40)).await,
        "create_branch-400-invalid-name" => create("bad..name", &commit).await,
        "create_branch-400-missing-parameter" => {
            ask(&codecommit, "CreateBranch", json!({ "repositoryName": "widgets" })).await
        }
        "create_pull_request-400-idempotency-mismatch" => {
            ask(&codecommit, "CreatePullRequest", pull("t", "develop")).await;
            ask(&codecommit, "CreatePullRequest", pull("other", "develop")).await
        }
        "create_pull_request-400-source-missing" => ask(&codecommit, "CreatePullRequest", pull("t", "gone")).await,
        "create_pull_request-400-too-many-open" => {
            let codecommit = scene().open_pulls_limit(0).start().await.unwrap();
            ask(&codecommit, "CreatePullRequest", pull("t", "develop")).await
        }
        "delete_branch-400-access-denied" => {
            codecommit.faults.once(When::any(), faults::denied_without_message());
            ask(&codecommit, "DeleteBranch", branch("f")).await
        }
        "delete_branch-400-default-branch" => ask(&codecommit, "DeleteBranch", branch("main")).await,
        "list_repositories-400-clock-skew" => {
            let codecommit = scene().clock(|| datetime!(2025-01-01 00:25:00 UTC)).start().await.unwrap();
            let list = Signing::operation(token::ALICE, "ListRepositories", &json!({}));
            Signing { at: datetime!(2025-01-01 00:00:00 UTC), ..list }.send(&codecommit).await
        }
        "list_repositories-400-token-expired" => {
            call(&codecommit, token::ALICE_EXPIRED, "ListRepositories", json!({})).await
        }
        "list_repositories-400-unauthorized" => {
            call(&codecommit, token::ALICE_REVOKED, "ListRepositories", json!({})).await
        }
        "whoami-403-expired" => Signing::whoami(token::ALICE_EXPIRED).send(&codecommit).await,
        _ => return None,
    })
}

/// Recorded names, and what they are in the usual scene.
const IN_OUR_SCENE: &[(&str, &str)] = &[
    ("arn:aws:iam::111111111111:user/jane", "arn:aws:iam::111122223333:user/alice"),
    ("us-east-1:111111111111:MyDemoRepo", "us-east-1:111122223333:widgets"),
];

fn ours(recorded: &str) -> String {
    IN_OUR_SCENE.iter().fold(recorded.to_owned(), |text, (theirs, ours)| text.replace(theirs, ours))
}

/// What differs, one line each.
fn differences(response: &Value, reply: &Reply) -> Vec<String> {
    let mut found = Vec::new();
    let mut compare = |what: &str, theirs: Option<&str>, ours: Option<&str>| {
        if theirs.is_some() && theirs != ours {
            found.push(format!("{what}: recorded {theirs:?}, stand-in {ours:?}"));
        }
    };
    compare("status", Some(&response["status"].to_string()), Some(&reply.status.to_string()));
    let media = "content-type";
    compare(media, response["headers"][media].as_str(), reply.header(media));
    if let Some(text) = response["body_text"].as_str() {
        for name in ["Type", "Code", "Message"] {
            compare(name, Some(element(text, name)), Some(element(&reply.text, name)));
        }
        return found;
    }
    let theirs = &response["body"];
    compare("error", theirs["__type"].as_str(), Some(&error(reply).1));
    for name in ["message", "Message"] {
        let recorded = theirs[name].as_str().map(ours);
        compare(name, recorded.as_deref(), reply.body[name].as_str());
    }
    if theirs["message"].is_null() && theirs["Message"].is_null() {
        compare("no message", Some(""), Some(message(reply)));
    }
    found
}

#[tokio::test]
async fn every_recorded_failure_is_answered_the_same_or_listed() {
    let Some(index) = spec_file("open/index.json") else {
        return;
    };
    let mut found = Vec::new();
    let mut played = 0;
    for entry in read_json(&index).unwrap().as_array().unwrap() {
        let is_failure = entry["status"].as_u64().is_some_and(|status| status >= 300);
        if entry["provider"] != "codecommit" || !is_failure {
            continue;
        }
        let file = entry["file"].as_str().unwrap();
        let name = file.trim_start_matches("codecommit/").trim_end_matches(".json");
        if NOT_PLAYED.iter().any(|(start, _)| name.starts_with(start)) {
            continue;
        }
        let Some(reply) = play(name).await else {
            found.push(format!("{name}: neither played nor listed"));
            continue;
        };
        played += 1;
        let case = read_json(&index.with_file_name(file)).unwrap();
        found.extend(differences(&case["response"], &reply).into_iter().map(|line| format!("{name}: {line}")));
    }
    println!("{played} recorded failures played");
    assert!(found.is_empty(), "{found:#?}");
    assert!(played >= 14, "only {played}");
}
