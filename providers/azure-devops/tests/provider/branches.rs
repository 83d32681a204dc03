//! Listing, finding, creating and deleting branches.

use countersign_provider_azure_devops::AzureDevOps;
use countersign_sdk::Provider;
use countersign_sdk::testing::{Answer, Expected, Script, get, post};
use countersign_sdk::types::{
    Branch, BranchPage, CreatedBranch, Deletion, Failure, FailureReason, NewBranch, SendFailureKind,
};
use serde_json::{Value, json};

use crate::{
    ALICE_ID, COMMIT, NONE, OTHER_COMMIT, REPO, absent, asks_for, at, cloud, error, list, no_repository, reference,
    repo, repository, script, server, server_repo,
};

fn page(query: &str) -> Expected {
    get(repo(&format!("/refs?filter=heads%2F{query}")))
}

fn listed(script: &Script, query: Option<&str>, cursor: Option<&str>) -> BranchPage {
    AzureDevOps.list_branches(&cloud(), script, REPO, query, cursor, 100).unwrap()
}

fn names(page: &BranchPage) -> Vec<&str> {
    page.items.iter().map(|branch| branch.name.as_str()).collect()
}

fn find(script: &Script, name: &str) -> Result<Option<Branch>, Failure> {
    AzureDevOps.find_branch(&cloud(), script, REPO, name)
}

fn changes(name: &str, old: &str, new: &str) -> Expected {
    let change = json!({ "name": format!("refs/heads/{name}"), "oldObjectId": old, "newObjectId": new });
    post(repo("/refs")).json(json!([change]))
}

/// The server's verdict on a change of `x`, always with a 200.
fn result(status: &str, message: Option<&str>) -> Answer {
    let mut result = json!({
        "repositoryId": "x", "name": "refs/heads/x", "oldObjectId": NONE, "newObjectId": COMMIT, "isLocked": false,
        "updateStatus": status, "success": status.starts_with("succeeded"),
    });
    if let Some(message) = message {
        result["customMessage"] = json!(message);
    }
    list(json!([result]))
}

fn create(script: &Script, name: &str) -> Result<CreatedBranch, Failure> {
    let branch = NewBranch { name: name.into(), base: "main".into() };
    AzureDevOps.create_branch(&cloud(), script, REPO, &branch)
}

/// Creating `x` where the base stands and the change is answered so.
fn creating(answer: Answer, then: impl IntoIterator<Item = (Expected, Answer)>) -> Result<CreatedBranch, Failure> {
    let steps = [(asks_for("main"), at("main", COMMIT)), (changes("x", NONE, COMMIT), answer)];
    create(&script(steps.into_iter().chain(then)), "x")
}

fn refused(status: &str, message: Option<&str>) -> Failure {
    creating(result(status, message), []).unwrap_err()
}

fn deleting(answer: Answer, then: impl IntoIterator<Item = (Expected, Answer)>) -> Result<Deletion, Failure> {
    let steps = [(asks_for("x"), at("x", COMMIT)), (changes("x", COMMIT, NONE), answer)];
    AzureDevOps.delete_branch(&cloud(), &script(steps.into_iter().chain(then)), REPO, "x")
}

#[test]
fn branches_are_listed_with_their_locks_and_pages() {
    let mut locked = reference("main", COMMIT);
    locked["isLocked"] = json!(true);
    let tag = json!({ "name": "refs/tags/v1", "objectId": COMMIT });
    let first = list(json!([reference("feature/Login", COMMIT), null, locked, tag]));
    let steps = script([(page("&%24top=100"), first.header("X-MS-ContinuationToken", "refs/heads/n&x"))]);
    let found = listed(&steps, None, None);
    assert_eq!(names(&found), ["feature/Login", "main"]);
    assert_eq!(found.items.iter().map(|branch| branch.is_protected).collect::<Vec<_>>(), [None, Some(true)]);
    let url = "https://dev.azure.com/acme/Platform/_git/widgets?version=GBfeature%2FLogin";
    assert_eq!(found.items[0].web_url.as_deref(), Some(url));
    assert_eq!(found.next.as_deref(), Some("refs/heads/n&x"));

    let next = page("&%24top=100&continuationToken=refs%2Fheads%2Fn%26x");
    let last = listed(&script([(next, at("new", COMMIT))]), None, found.next.as_deref());
    assert_eq!((names(&last), last.next.clone()), (vec!["new"], None));
}

#[test]
fn a_cursor_that_leads_back_to_itself_ends() {
    let answer = at("a", COMMIT).header("x-ms-continuationtoken", "again");
    let steps = script([(page("&%24top=100&continuationToken=again"), answer)]);
    assert_eq!(listed(&steps, None, Some("again")).next, None);
}

#[test]
fn a_query_filters_by_part_of_the_name_and_passes_over_pages_without_a_match() {
    let turn = |token: &str| page(&format!("&%24top=1000&continuationToken={token}"));
    let without = |token| at("main", COMMIT).header("x-ms-continuationtoken", token);
    let with = list(json!([reference("b", COMMIT), reference("feature/LOGIN", COMMIT)]));
    let steps = script([(page("&%24top=1000"), without("1")), (turn("1"), with.header("x-ms-continuationtoken", "2"))]);
    let found = listed(&steps, Some("login"), None);
    assert_eq!((names(&found), found.next.as_deref()), (vec!["feature/LOGIN"], Some("2")));

    let first = [(page("&%24top=1000"), without("1"))];
    let rest = ["1", "2", "3", "4"].iter().zip(["2", "3", "4", "5"]).map(|(token, next)| (turn(token), without(next)));
    let found = listed(&script(first.into_iter().chain(rest)), Some("zzz"), None);
    assert_eq!((found.items.len(), found.next.as_deref()), (0, Some("5")), "five pages are enough for one call");
}

#[test]
fn an_old_server_s_one_answer_is_shown_in_pages() {
    let all: Vec<_> = (0..150).map(|number| reference(&format!("b{number}"), COMMIT)).collect();
    let ask = |query, cursor| {
        let url = get(server_repo("/refs?filter=heads%2F", "4.0"));
        let steps = script([(url, list(json!(all)).header("x-ms-continuationtoken", "ignored"))]);
        AzureDevOps.list_branches(&server("2018"), &steps, REPO, query, cursor, 100).unwrap()
    };
    let first = ask(None, None);
    assert_eq!((first.items.len(), first.next.as_deref()), (100, Some("100~")));
    assert_eq!((ask(None, Some("100~")).items.len(), ask(None, Some("100~")).next), (50, None));
    assert_eq!(names(&ask(Some("B14"), None)).len(), 11);
}

#[test]
fn a_branch_is_found_by_its_exact_name_only() {
    let among = list(json!([reference("my", COMMIT), reference("my_branch", OTHER_COMMIT)]));
    let found = find(&script([(asks_for("my"), among)]), "my").unwrap().unwrap();
    assert_eq!((found.name.as_str(), found.commit.as_deref()), ("my", Some(COMMIT)));
    let longer = at("my_branch_is_great", COMMIT);
    assert_eq!(find(&script([(asks_for("my_branch"), longer)]), "my_branch").unwrap(), None);
    assert_eq!(find(&script([(asks_for("x"), at("X", COMMIT))]), "x").unwrap(), None);
    assert_eq!(find(&script([(asks_for("x"), absent())]), "x").unwrap(), None);
    let hidden = script([(asks_for("x"), no_repository()), (get(repo("")), no_repository())]);
    assert_eq!(find(&hidden, "x").unwrap_err().reason, FailureReason::NotFound("repository Platform/widgets".into()));
}

#[test]
fn a_name_among_thousands_of_longer_ones_is_looked_for_page_by_page() {
    let turn = |token: &str| get(repo(&format!("/refs?filter=heads%2Fx&%24top=1000&continuationToken={token}")));
    let longer = |token| at("xy", COMMIT).header("x-ms-continuationtoken", token);
    let steps = script([(asks_for("x"), longer("1")), (turn("1"), at("x", COMMIT))]);
    assert!(find(&steps, "x").unwrap().is_some());
    let steps = [(asks_for("x"), longer("1")), (turn("1"), longer("2")), (turn("2"), longer("3"))];
    let rest = [(turn("3"), longer("4")), (turn("4"), longer("5"))];
    let failure = find(&script(steps.into_iter().chain(rest)), "x").unwrap_err();
    assert_eq!(failure.reason, FailureReason::UnexpectedReply, "that it is not there was not seen");
}

#[test]
fn an_old_server_is_asked_without_pages() {
    let asks = get(server_repo("/refs?filter=heads%2Fx", "3.0"));
    let found = AzureDevOps.find_branch(&server("2017"), &script([(asks, at("x", COMMIT))]), REPO, "x").unwrap();
    assert!(found.is_some());
}

#[test]
fn a14_names_pass_byte_for_byte() {
    let name = "fé/a b#c?d%2e\u{202e}/../&x=1";
    let url = asks_for("f%C3%A9/a%20b%23c%3Fd%252e%E2%80%AE/../%26x%3D1");
    assert_eq!(find(&script([(url, at(name, COMMIT))]), name).unwrap().unwrap().name, name);
}

#[test]
fn a_branch_is_created_at_the_commit_its_base_stands_at() {
    let made = result("succeeded", None).header("X-VSS-UserData", &format!("{ALICE_ID}:alice@example.com"));
    let created = creating(made, []).unwrap();
    assert!(!created.existed);
    assert_eq!((created.branch.name.as_str(), created.branch.commit.as_deref()), ("x", Some(COMMIT)));
    let by = created.credited_to.unwrap();
    assert_eq!((by.id.as_str(), by.login.as_str()), (ALICE_ID, "alice@example.com"));
    assert_eq!(creating(result("succeeded", None), []).unwrap().credited_to, None);
}

#[test]
fn a_branch_that_stands_at_the_base_already_is_a_success_and_elsewhere_a_conflict() {
    let standing = |answer| creating(result("staleOldObjectId", None), [(asks_for("x"), answer)]);
    assert!(standing(at("x", COMMIT)).unwrap().existed);
    let conflict = standing(at("x", OTHER_COMMIT)).unwrap_err();
    assert_eq!(conflict.reason, FailureReason::AlreadyExists(format!("branch x at {OTHER_COMMIT}")));
    let gone = standing(absent()).unwrap_err();
    assert_eq!(gone.reason, FailureReason::AlreadyExists("a reference in the way of branch x".into()));
}

#[test]
fn a_missing_base_is_told_from_an_invisible_repository() {
    let missing = FailureReason::BaseMissing("main".into());
    assert_eq!(create(&script([(asks_for("main"), absent())]), "x").unwrap_err().reason, missing);
    let hidden = script([(asks_for("main"), no_repository()), (get(repo("")), no_repository())]);
    assert!(matches!(create(&hidden, "x").unwrap_err().reason, FailureReason::NotFound(_)));
    assert_eq!(refused("unresolvableToCommit", None).reason, missing);
}

#[test]
fn v6_a_refused_update_is_the_failure_it_names_although_the_status_is_200() {
    let lacks = |name: &str| FailureReason::PermissionMissing(name.into());
    let force_push = "Force push (rewrite history, delete branches and tags)";
    for (status, reason) in [
        ("createBranchPermissionRequired", lacks("Create branch")),
        ("writePermissionRequired", lacks("Contribute")),
        ("forcePushRequired", lacks(force_push)),
        ("rejectedByPolicy", FailureReason::Protected),
        ("rejectedByPlugin", FailureReason::Protected),
        ("locked", FailureReason::Protected),
        ("somethingNewPermissionRequired", lacks("somethingNewPermissionRequired")),
        ("invalidRefName", FailureReason::NameInvalid),
        ("unprocessed", FailureReason::UnexpectedReply),
        ("somethingNew", FailureReason::UnexpectedReply),
    ] {
        let failure = refused(status, None);
        assert_eq!((failure.reason, failure.status), (reason, Some(200)), "{status}");
        assert!(failure.message.contains(status), "{}", failure.message);
    }
    let policy =
        "TF402455: Pushes to this branch are not permitted; you must use a pull request to update this branch.";
    assert_eq!(refused("rejectedByPolicy", Some(policy)).message, policy);
    let names = "TF401027: You need the Git 'ForcePush' permission to perform this action.";
    assert_eq!(refused("writePermissionRequired", Some(names)).reason, lacks(force_push));
}

#[test]
fn an_exception_means_what_the_verdict_of_its_name_means() {
    let thrown = |status, key| creating(error(status, key, "TF401028: It moved."), []).unwrap_err();
    let name = thrown(400, "InvalidGitRefNameException");
    assert_eq!((name.reason, name.message.as_str()), (FailureReason::NameInvalid, "TF401028: It moved."));
    let missing = FailureReason::BaseMissing("main".into());
    assert_eq!(thrown(404, "GitUnresolvableToCommitException").reason, missing);
    let stands = [(asks_for("x"), at("x", COMMIT))];
    assert!(creating(error(409, "GitRefNameAlreadyExistsException", ""), stands).unwrap().existed);
}

#[test]
fn a_branch_that_is_in_the_way_by_its_name_is_named() {
    let conflict = |name: &str, beside: Value| {
        let first = name.split('/').next().unwrap();
        let mut answer = json!({ "name": format!("refs/heads/{name}"), "success": false });
        answer["updateStatus"] = json!("refNameConflict");
        let steps = script([
            (asks_for("main"), at("main", COMMIT)),
            (changes(name, NONE, COMMIT), list(json!([answer]))),
            (asks_for(first), list(beside)),
        ]);
        create(&steps, name).unwrap_err().reason
    };
    let exists = |what: &str| FailureReason::AlreadyExists(what.into());
    assert_eq!(conflict("x", json!([reference("xy", COMMIT), reference("x/y", COMMIT)])), exists("branch x/y"));
    assert_eq!(conflict("a/b/c", json!([reference("a", COMMIT)])), exists("branch a"));
    assert_eq!(conflict("Fix", json!([reference("fix", COMMIT)])), exists("branch fix"), "case is not regarded");
    assert_eq!(conflict("x", json!([])), exists("a reference in the way of branch x"));
}

#[test]
fn a_change_without_a_readable_verdict_is_an_unknown_outcome() {
    let another = json!([{ "name": "refs/heads/y", "updateStatus": "succeeded", "success": true }]);
    let contradictory = json!([{ "name": "refs/heads/x", "updateStatus": "locked", "success": true }]);
    let contrary = json!([{ "name": "refs/heads/x", "updateStatus": "succeeded", "success": false }]);
    let incomplete = json!([{ "name": "refs/heads/x", "updateStatus": "succeeded" }]);
    for answer in [
        Answer::lost(SendFailureKind::TimedOut, true),
        Answer::text(502, "text/html", "<html>"),
        Answer::text(200, "application/json", "{"),
        Answer::json(200, json!({ "count": 0 })),
        list(json!([])),
        list(another),
        list(contradictory),
        list(contrary),
        list(incomplete),
    ] {
        assert_eq!(creating(answer, []).unwrap_err().reason, FailureReason::OutcomeUnknown);
    }
}

#[test]
fn a_disabled_repository_is_read_only_and_not_missing() {
    let mut disabled = repository("Platform", "widgets");
    disabled["isDisabled"] = json!(true);
    let steps = script([(asks_for("main"), no_repository()), (get(repo("")), Answer::json(200, disabled))]);
    assert_eq!(create(&steps, "x").unwrap_err().reason, FailureReason::ReadOnly);
}

#[test]
fn deleting_takes_what_stood_when_it_was_asked_for() {
    assert_eq!(deleting(result("succeeded", None), []), Ok(Deletion::Deleted));
    let absent_before = script([(asks_for("x"), absent())]);
    assert_eq!(AzureDevOps.delete_branch(&cloud(), &absent_before, REPO, "x"), Ok(Deletion::WasAbsent));
    assert_eq!(deleting(result("succeededNonExistentRef", None), []), Ok(Deletion::WasAbsent));
    let stale = |answer| deleting(result("staleOldObjectId", None), [(asks_for("x"), answer)]);
    assert_eq!(stale(absent()), Ok(Deletion::WasAbsent));
    let moved = stale(at("x", OTHER_COMMIT)).unwrap_err();
    assert_eq!(moved.reason, FailureReason::UnexpectedReply);
    assert!(moved.message.contains(OTHER_COMMIT), "{}", moved.message);
}

#[test]
fn a_deletion_is_refused_as_a_creation_is() {
    let reason = |status| deleting(result(status, None), []).unwrap_err().reason;
    assert_eq!(reason("rejectedByPolicy"), FailureReason::Protected);
    assert!(matches!(reason("forcePushRequired"), FailureReason::PermissionMissing(_)));
    assert_eq!(reason("refNameConflict"), FailureReason::UnexpectedReply);
    assert_eq!(reason("unresolvableToCommit"), FailureReason::UnexpectedReply);
    let lost = deleting(Answer::lost(SendFailureKind::Broken, true), []).unwrap_err();
    assert_eq!(lost.reason, FailureReason::OutcomeUnknown);
}
