//! Two branches compared.

use countersign_provider_codecommit::CodeCommit;
use countersign_sdk::Provider;
use countersign_sdk::testing::{Answer, Script};
use countersign_sdk::types::{Comparison, Failure, FailureReason};
use serde_json::json;

use crate::{
    COMMIT, OTHER_COMMIT, REPO, asks_for, at, denied, error, explicitly_denied, no_branch, ok, reads, script, stands,
};

fn compare(script: &Script) -> Result<Comparison, Failure> {
    CodeCommit.compare_branches(&at(), script, REPO, "x", "main")
}

/// `x` and `main` stand at different commits, and AWS says this of their merge.
fn differing(answer: Answer) -> Script {
    let asks = reads(
        "GetMergeConflicts",
        json!({
            "repositoryName": REPO, "sourceCommitSpecifier": COMMIT, "destinationCommitSpecifier": OTHER_COMMIT,
            "mergeOption": "THREE_WAY_MERGE", "maxConflictFiles": 1,
        }),
    );
    script([(asks_for("x"), stands("x", COMMIT)), (asks_for("main"), stands("main", OTHER_COMMIT)), (asks, answer)])
}

fn parted(base: &str) -> Answer {
    ok(json!({ "mergeable": false, "sourceCommitId": COMMIT, "destinationCommitId": OTHER_COMMIT, "baseCommitId": base,
        "conflictMetadataList": [] }))
}

#[test]
fn where_two_branches_parted_says_whether_there_is_something_to_merge() {
    assert_eq!(compare(&differing(parted(COMMIT))), Ok(Comparison::Nothing));
    assert_eq!(compare(&differing(parted(OTHER_COMMIT))), Ok(Comparison::Ahead(None)));
    assert_eq!(compare(&differing(parted("cc218f56b14c9653891f9e74264a383fa43fefbd"))), Ok(Comparison::Ahead(None)));
    let unsaid = ok(json!({ "mergeable": true, "conflictMetadataList": [] }));
    assert_eq!(compare(&differing(unsaid)), Ok(Comparison::CannotTell));
}

#[test]
fn what_aws_does_not_work_out_or_does_not_allow_cannot_be_told() {
    for code in [
        "TipsDivergenceExceededException",
        "MaximumItemsToCompareExceededException",
        "MaximumFileContentToLoadExceededException",
    ] {
        assert_eq!(compare(&differing(error(code, "x"))), Ok(Comparison::CannotTell), "{code}");
    }
    for answer in [denied("codecommit:GetMergeConflicts"), explicitly_denied("codecommit:GetMergeConflicts")] {
        assert_eq!(compare(&differing(answer)), Ok(Comparison::CannotTell));
    }
    let failure = compare(&differing(error("ThrottlingException", "Rate exceeded"))).unwrap_err();
    assert!(matches!(failure.reason, FailureReason::RateLimited(_)));
}

#[test]
fn at_one_commit_nothing_is_between_them_and_a_missing_branch_is_named() {
    let equal = script([(asks_for("x"), stands("x", COMMIT)), (asks_for("main"), stands("main", COMMIT))]);
    assert_eq!(compare(&equal), Ok(Comparison::Nothing));
    let missing = script([(asks_for("x"), stands("x", COMMIT)), (asks_for("main"), no_branch())]);
    assert_eq!(compare(&missing).unwrap_err().reason, FailureReason::BaseMissing("main".into()));
}
