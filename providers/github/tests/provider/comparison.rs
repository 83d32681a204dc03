//! Two branches compared.

use countersign_provider_github::GitHub;
use countersign_sdk::Provider;
use countersign_sdk::testing::{Answer, Expected, Script, get};
use countersign_sdk::types::{Comparison, Failure, FailureReason};
use serde_json::json;

use crate::{COMMIT, REPO, cloud, error, reference, repo, script, visible};

fn asks() -> Expected {
    get(repo("/compare/main...feature/x?per_page=1&page=2"))
}

fn asks_for(branch: &str) -> Expected {
    get(repo(&format!("/git/ref/heads/{branch}")))
}

fn at(branch: &str) -> Answer {
    Answer::json(200, reference(branch, COMMIT))
}

fn not_found() -> Answer {
    error(404, "Not Found")
}

fn compare(script: &Script) -> Result<Comparison, Failure> {
    GitHub.compare_branches(&cloud(), script, REPO, "feature/x", "main")
}

#[test]
fn commits_are_counted_in_one_request_without_the_files() {
    for (ahead, expected) in [(0, Comparison::Nothing), (7, Comparison::Ahead(Some(7)))] {
        let answer = Answer::json(200, json!({ "status": "x", "ahead_by": ahead, "behind_by": 3, "commits": [] }));
        assert_eq!(compare(&script([(asks(), answer)])), Ok(expected));
    }
}

#[test]
fn a_404_is_a_missing_branch_or_histories_that_have_nothing_in_common() {
    let no_source = script([(asks(), not_found()), (asks_for("feature/x"), not_found()), (get(repo("")), visible())]);
    assert_eq!(compare(&no_source).unwrap_err().reason, FailureReason::BaseMissing("feature/x".into()));
    let unrelated =
        script([(asks(), not_found()), (asks_for("feature/x"), at("feature/x")), (asks_for("main"), at("main"))]);
    assert_eq!(compare(&unrelated), Ok(Comparison::Ahead(None)));
    let hidden = script([(asks(), not_found()), (asks_for("feature/x"), not_found()), (get(repo("")), not_found())]);
    assert_eq!(compare(&hidden).unwrap_err().reason, FailureReason::NotFound(format!("repository {REPO}")));
}
