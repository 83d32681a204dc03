//! Two branches compared.

use countersign_provider_gitlab::GitLab;
use countersign_sdk::Provider;
use countersign_sdk::testing::{Answer, Expected, Script, get};
use countersign_sdk::types::{Comparison, Failure, FailureReason};
use serde_json::{Value, json};

use crate::{COMMIT, OTHER_COMMIT, REPO, absent, asks_for, at, cloud, repo, script};

fn compare(script: &Script) -> Result<Comparison, Failure> {
    GitLab.compare_branches(&cloud(), script, REPO, "x", "main")
}

/// `x` and `main` stand at different commits, and this is between them.
fn differing(answer: Answer) -> Script {
    let range: Expected = get(repo(&format!("/repository/commits?ref_name={OTHER_COMMIT}..{COMMIT}&per_page=100")));
    script([(asks_for("x"), at("x", COMMIT)), (asks_for("main"), at("main", OTHER_COMMIT)), (range, answer)])
}

fn commits(count: usize) -> Answer {
    Answer::json(200, Value::from(vec![json!({ "id": COMMIT, "title": "x" }); count]))
}

#[test]
fn commits_of_the_range_are_counted_as_far_as_one_page_goes() {
    assert_eq!(compare(&differing(commits(0))), Ok(Comparison::Nothing));
    assert_eq!(compare(&differing(commits(2))), Ok(Comparison::Ahead(Some(2))));
    assert_eq!(compare(&differing(commits(100).header("X-Next-Page", "2"))), Ok(Comparison::Ahead(None)));
}

#[test]
fn at_one_commit_nothing_is_between_them_and_a_missing_branch_is_named() {
    let equal = script([(asks_for("x"), at("x", COMMIT)), (asks_for("main"), at("main", COMMIT))]);
    assert_eq!(compare(&equal), Ok(Comparison::Nothing));
    let missing = script([(asks_for("x"), at("x", COMMIT)), (asks_for("main"), absent())]);
    assert_eq!(compare(&missing).unwrap_err().reason, FailureReason::BaseMissing("main".into()));
}
