//! Two branches compared.

use countersign_provider_azure_devops::AzureDevOps;
use countersign_sdk::Provider;
use countersign_sdk::testing::{Answer, Script, get};
use countersign_sdk::types::{Comparison, Failure, FailureReason};
use serde_json::json;

use crate::{
    COMMIT, OTHER_COMMIT, REPO, absent, asks_for, at, cloud, list, reference, repo, script, server, server_repo,
};

fn compare(script: &Script) -> Result<Comparison, Failure> {
    AzureDevOps.compare_branches(&cloud(), script, REPO, "x", "main")
}

/// `x` and `main` stand at different commits, and the server says this of them.
fn differing(answer: Answer) -> Script {
    let base = "baseVersionDescriptor.version=main&baseVersionDescriptor.versionType=branch";
    let stats = get(repo(&format!("/stats/branches?name=x&{base}")));
    script([(asks_for("x"), at("x", COMMIT)), (asks_for("main"), at("main", OTHER_COMMIT)), (stats, answer)])
}

#[test]
fn the_servers_counts_are_taken_where_they_can_be_of_these_two() {
    let counts = |ahead: u32, behind: u32| Answer::json(200, json!({ "aheadCount": ahead, "behindCount": behind }));
    for (answer, expected) in [
        (counts(3, 0), Comparison::Ahead(Some(3))),
        (counts(3, 5), Comparison::Ahead(Some(3))),
        (counts(0, 5), Comparison::Nothing),
        (counts(0, 0), Comparison::CannotTell),
        (Answer::json(200, json!({})), Comparison::CannotTell),
        (Answer::json(404, json!({})), Comparison::CannotTell),
    ] {
        assert_eq!(compare(&differing(answer)), Ok(expected));
    }
}

#[test]
fn at_one_commit_nothing_is_between_them_and_a_missing_branch_is_named() {
    let equal = script([(asks_for("x"), at("x", COMMIT)), (asks_for("main"), at("main", COMMIT))]);
    assert_eq!(compare(&equal), Ok(Comparison::Nothing));
    let missing = script([(asks_for("x"), absent())]);
    assert_eq!(compare(&missing).unwrap_err().reason, FailureReason::BaseMissing("x".into()));
}

#[test]
fn a_server_that_counts_from_the_default_branch_alone_cannot_tell() {
    let at = |name: &str, commit: &str| {
        let url = get(server_repo(&format!("/refs?filter=heads%2F{name}"), "3.0"));
        (url, list(json!([reference(name, commit)])))
    };
    let steps = script([at("x", COMMIT), at("main", OTHER_COMMIT)]);
    let compared = AzureDevOps.compare_branches(&server("2017"), &steps, REPO, "x", "main");
    assert_eq!(compared, Ok(Comparison::CannotTell));
}
