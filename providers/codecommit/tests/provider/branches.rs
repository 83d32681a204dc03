//! Listing, finding, creating and deleting branches.

use countersign_provider_codecommit::CodeCommit;
use countersign_sdk::Provider;
use countersign_sdk::testing::{Answer, Expected, Script};
use countersign_sdk::types::{Branch, CreatedBranch, Deletion, Failure, FailureReason, NewBranch, SendFailureKind};
use serde_json::json;

use crate::{
    COMMIT, CONSOLE, OTHER_COMMIT, REPO, asks_for, at, changes, denied, error, no_branch, of_aws, ok, reads, script,
    stands,
};

fn lists(token: Option<&str>) -> Expected {
    match token {
        None => reads("ListBranches", json!({ "repositoryName": REPO })),
        Some(token) => reads("ListBranches", json!({ "repositoryName": REPO, "nextToken": token })),
    }
}

fn creates(name: &str) -> Expected {
    changes("CreateBranch", json!({ "repositoryName": REPO, "branchName": name, "commitId": COMMIT }))
}

fn deletes(name: &str) -> Expected {
    changes("DeleteBranch", json!({ "repositoryName": REPO, "branchName": name }))
}

fn find(script: &Script, name: &str) -> Result<Option<Branch>, Failure> {
    CodeCommit.find_branch(&at(), script, REPO, name)
}

fn create(script: &Script, name: &str) -> Result<CreatedBranch, Failure> {
    CodeCommit.create_branch(&at(), script, REPO, &NewBranch { name: name.into(), base: "main".into() })
}

/// Creating `x` where the base stands and the creating request is answered so.
fn refused(answer: Answer, then: impl IntoIterator<Item = (Expected, Answer)>) -> Failure {
    let steps = [(asks_for("main"), stands("main", COMMIT)), (creates("x"), answer)];
    create(&script(steps.into_iter().chain(then)), "x").unwrap_err()
}

fn exists() -> Answer {
    error("BranchNameExistsException", "Branch names must be unique.")
}

#[test]
fn branches_are_listed_by_name_alone_and_filtered_by_part_of_it() {
    let answer = || ok(json!({ "branches": ["feature/Login", "main"] }));
    let all = CodeCommit.list_branches(&at(), &script([(lists(None), answer())]), REPO, None, None, 100).unwrap();
    assert_eq!(all.items.iter().map(|branch| branch.name.as_str()).collect::<Vec<_>>(), ["feature/Login", "main"]);
    assert_eq!((all.items[0].commit.as_deref(), all.next.as_deref()), (None, None));
    let some =
        CodeCommit.list_branches(&at(), &script([(lists(None), answer())]), REPO, Some("login"), None, 100).unwrap();
    assert_eq!(some.items.len(), 1);
    let page = format!("{CONSOLE}/hello/browse/refs/heads/feature/Login?region=us-east-1");
    assert_eq!(some.items[0].web_url.as_deref(), Some(page.as_str()));
}

#[test]
fn pages_without_a_match_are_passed_over_and_a_cursor_that_loops_ends() {
    let page = |names: &[&str], next: &str| ok(json!({ "branches": names, "nextToken": next }));
    let steps = script([
        (lists(None), page(&["a"], "1")),
        (lists(Some("1")), page(&["b"], "2")),
        (lists(Some("2")), page(&["xyz"], "3")),
    ]);
    let found = CodeCommit.list_branches(&at(), &steps, REPO, Some("Y"), None, 100).unwrap();
    assert_eq!((found.items.len(), found.next.as_deref()), (1, Some("3")));
    let circle = script([(lists(Some("3")), page(&["b"], "3"))]);
    assert_eq!(CodeCommit.list_branches(&at(), &circle, REPO, Some("y"), Some("3"), 100).unwrap().next, None);
}

#[test]
fn an_empty_repository_has_no_branches_and_none_can_be_made_there() {
    let empty = script([(lists(None), ok(json!({ "branches": [] })))]);
    assert_eq!(CodeCommit.list_branches(&at(), &empty, REPO, None, None, 100).unwrap().items, []);
    let failure = create(&script([(asks_for("main"), no_branch())]), "x").unwrap_err();
    assert_eq!(failure.reason, FailureReason::BaseMissing("main".into()));
}

#[test]
fn a_branch_is_found_by_its_exact_name_only() {
    let found = find(&script([(asks_for("feature/x"), stands("feature/x", COMMIT))]), "feature/x").unwrap().unwrap();
    assert_eq!((found.name.as_str(), found.commit.as_deref()), ("feature/x", Some(COMMIT)));
    assert_eq!(find(&script([(asks_for("x"), no_branch())]), "x"), Ok(None));
    let another = find(&script([(asks_for("x"), stands("X", COMMIT))]), "x").unwrap_err();
    assert_eq!(another.reason, FailureReason::UnexpectedReply);
    let absent = || error("RepositoryDoesNotExistException", "hello does not exist");
    let hidden = find(&script([(asks_for("x"), absent())]), "x").unwrap_err();
    assert_eq!(hidden.reason, FailureReason::NotFound("repository hello".into()));
}

#[test]
fn a14_names_pass_byte_for_byte() {
    for name in ["fé/a b#c?d%2e\u{202e}", "../../x", "a//b", "\"quoted\\\""] {
        let found = find(&script([(asks_for(name), stands(name, COMMIT))]), name).unwrap().unwrap();
        assert_eq!(found.name, name);
    }
    let page = find(&script([(asks_for(".."), stands("..", COMMIT))]), "..").unwrap().unwrap().web_url;
    assert_eq!(page, None, "an address cannot hold it");
}

#[test]
fn a_branch_is_created_at_the_commit_its_base_stands_at() {
    for nothing in [Answer::empty(200), Answer::text(200, "application/x-amz-json-1.1", "{}")] {
        let steps = script([(asks_for("main"), stands("main", COMMIT)), (creates("feature/ABC-1"), of_aws(nothing))]);
        let created = create(&steps, "feature/ABC-1").unwrap();
        assert!(!created.existed && created.credited_to.is_none());
        assert_eq!((created.branch.name.as_str(), created.branch.commit.as_deref()), ("feature/ABC-1", Some(COMMIT)));
    }
}

#[test]
fn a_branch_that_stands_at_the_base_already_is_a_success_and_elsewhere_a_conflict() {
    let stands_at = |commit| {
        let base = (asks_for("main"), stands("main", COMMIT));
        script([base, (creates("x"), exists()), (asks_for("x"), stands("x", commit))])
    };
    assert!(create(&stands_at(COMMIT), "x").unwrap().existed);
    let taken = create(&stands_at(OTHER_COMMIT), "x").unwrap_err();
    assert_eq!(taken.reason, FailureReason::AlreadyExists(format!("branch x at {OTHER_COMMIT}")));
    let above = refused(exists(), [(asks_for("x"), no_branch())]);
    assert_eq!(above.reason, FailureReason::AlreadyExists("a reference in the way of branch x".into()));
}

#[test]
fn a_commit_that_is_gone_meanwhile_is_the_bases() {
    for gone in ["CommitDoesNotExistException", "InvalidCommitIdException"] {
        assert_eq!(refused(error(gone, "x"), []).reason, FailureReason::BaseMissing("main".into()));
    }
}

#[test]
fn a_creation_without_a_readable_answer_is_an_unknown_outcome() {
    for answer in [
        Answer::lost(SendFailureKind::TimedOut, true),
        Answer::text(200, "text/html", "<html>"),
        ok(json!({ "Output": { "__type": "UnknownOperationException" }, "Version": "1.0" })),
        Answer::empty(204),
        // Of whatever stands before AWS, whose header it lacks.
        Answer::empty(200),
        Answer::text(200, "application/x-amz-json-1.1", "{}"),
        Answer::empty(200).header("x-amz-request-id", "4711"),
        Answer::empty(200).header("x-amzn-requestid", " "),
        Answer::empty(200).header("x-amzn-requestid", "6f3b9c0e").header("x-amz-apigw-id", "abc="),
        Answer::json(200, json!({})).header("server", "squid"),
        Answer::text(500, "application/x-amz-json-1.1", "{\"__type\":\"InternalFailure\"}"),
        Answer::empty(502),
    ] {
        assert_eq!(refused(answer, []).reason, FailureReason::OutcomeUnknown);
    }
}

#[test]
fn deleting_tells_deleted_and_absent_apart() {
    let delete = |answer| {
        let steps = script([(asks_for("x"), stands("x", COMMIT)), (deletes("x"), answer)]);
        CodeCommit.delete_branch(&at(), &steps, REPO, "x")
    };
    let deleted = json!({ "deletedBranch": { "branchName": "x", "commitId": COMMIT } });
    assert_eq!(delete(ok(deleted)), Ok(Deletion::Deleted));
    assert_eq!(delete(ok(json!({}))), Ok(Deletion::WasAbsent), "another was quicker");
    assert_eq!(delete(no_branch()), Ok(Deletion::WasAbsent));
    let foreign = json!({ "deletedBranch": { "branchName": "x", "commitId": COMMIT } });
    for unknown in [
        Answer::lost(SendFailureKind::Broken, true),
        Answer::empty(200),
        Answer::json(200, json!({})),
        Answer::json(200, foreign),
    ] {
        assert_eq!(delete(unknown).unwrap_err().reason, FailureReason::OutcomeUnknown);
    }
}

#[test]
fn a_branch_that_is_not_there_is_not_asked_to_be_deleted() {
    let absent = script([(asks_for("x"), no_branch())]);
    assert_eq!(CodeCommit.delete_branch(&at(), &absent, REPO, "x"), Ok(Deletion::WasAbsent));
    let blind = script([(asks_for("x"), denied("codecommit:GetBranch"))]);
    let failure = CodeCommit.delete_branch(&at(), &blind, REPO, "x").unwrap_err();
    assert_eq!(failure.reason, FailureReason::PermissionMissing("codecommit:GetBranch".into()));
}
