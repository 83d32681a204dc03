//! Creating and finding pull requests.

use countersign_provider_azure_devops::AzureDevOps;
use countersign_sdk::Provider;
use countersign_sdk::testing::{Answer, Expected, Script, get, post};
use countersign_sdk::types::{
    CreatedPullRequest, Failure, FailureReason, NewPullRequest, PullRequestPage, SendFailureKind,
};
use serde_json::{Value, json};

use crate::{
    ALICE_ID, COMMIT, OTHER_COMMIT, REPO, absent, asks_for, at, cloud, error, list, no_repository, repo, repository,
    script, server, server_repo,
};

pub fn wire(number: u64, source: &str, target: &str) -> Value {
    json!({
        "pullRequestId": number, "status": "active", "title": "Login", "isDraft": false, "mergeStatus": "queued",
        "createdBy": { "id": ALICE_ID, "displayName": "Alice", "uniqueName": "alice@example.com" },
        "sourceRefName": format!("refs/heads/{source}"), "targetRefName": format!("refs/heads/{target}"),
        "repository": repository("Platform", "widgets"), "url": "x",
    })
}

pub fn new(reviewers: &[&str]) -> NewPullRequest {
    NewPullRequest {
        title: "Login".into(),
        source: "feature/x".into(),
        target: "main".into(),
        description: Some("Why".into()),
        draft: false,
        reviewers: reviewers.iter().map(|login| (*login).to_owned()).collect(),
        attempt_token: "0".repeat(32),
    }
}

fn stats() -> Expected {
    let base = "baseVersionDescriptor.version=main&baseVersionDescriptor.versionType=branch";
    get(repo(&format!("/stats/branches?name=feature%2Fx&{base}")))
}

fn counted(ahead: u64, behind: u64) -> Answer {
    Answer::json(
        200,
        json!({ "name": "feature/x", "aheadCount": ahead, "behindCount": behind, "isBaseVersion": false }),
    )
}

/// What is looked at before anything is created.
pub fn looks() -> Vec<(Expected, Answer)> {
    let (source, target) = (at("feature/x", OTHER_COMMIT), at("main", COMMIT));
    vec![(asks_for("feature/x"), source), (asks_for("main"), target), (stats(), counted(1, 0))]
}

fn body(draft: bool) -> Value {
    json!({
        "sourceRefName": "refs/heads/feature/x", "targetRefName": "refs/heads/main", "title": "Login", "description": "Why",
        "isDraft": draft,
    })
}

pub fn creates() -> Expected {
    post(repo("/pullrequests")).json(body(false))
}

fn finds() -> Expected {
    let criteria = "searchCriteria.status=active&searchCriteria.sourceRefName=refs%2Fheads%2Ffeature%2Fx";
    get(repo(&format!(
        "/pullrequests?{criteria}&searchCriteria.targetRefName=refs%2Fheads%2Fmain&%24top=100&%24skip=0"
    )))
}

pub fn create(script: &Script, new: &NewPullRequest) -> Result<CreatedPullRequest, Failure> {
    AzureDevOps.create_pull_request(&cloud(), script, REPO, new)
}

fn answered(answer: Answer, then: impl IntoIterator<Item = (Expected, Answer)>) -> Result<CreatedPullRequest, Failure> {
    create(&script(looks().into_iter().chain([(creates(), answer)]).chain(then)), &new(&[]))
}

fn exists() -> Answer {
    let message = "TF401179: An active pull request for the source and target branch already exists.";
    error(409, "GitPullRequestExistsException", message)
}

#[test]
fn a_pull_request_is_created_and_credited_as_the_server_says() {
    for status in [201, 200] {
        let created = answered(Answer::json(status, wire(17, "feature/x", "main")), []).unwrap();
        assert!(!created.existed && created.notes.is_empty());
        let made = created.pull_request;
        let page = "https://dev.azure.com/acme/Platform/_git/widgets/pullrequest/17";
        assert_eq!((made.number.as_str(), made.web_url.as_str()), ("17", page));
        assert_eq!((made.source.as_str(), made.target.as_str()), ("feature/x", "main"));
        let author = made.author.unwrap();
        assert_eq!((author.id.as_str(), author.login.as_str()), (ALICE_ID, "alice@example.com"));
    }
}

#[test]
fn a_draft_is_one_where_the_server_has_drafts_and_a_note_where_not() {
    let draft = NewPullRequest { draft: true, ..new(&[]) };
    let mut made = wire(17, "feature/x", "main");
    made["isDraft"] = json!(true);
    let steps = looks().into_iter().chain([(post(repo("/pullrequests")).json(body(true)), Answer::json(201, made))]);
    let created = create(&script(steps), &draft).unwrap();
    assert!(created.pull_request.draft && created.notes.is_empty());

    let old = |below: &str| server_repo(below, "4.0");
    let base = "baseVersionDescriptor.version=main&baseVersionDescriptor.versionType=branch";
    let mut ordinary = body(false);
    ordinary.as_object_mut().unwrap().remove("isDraft");
    let mut made = wire(17, "feature/x", "main");
    made.as_object_mut().unwrap().remove("isDraft");
    let steps = script([
        (get(old("/refs?filter=heads%2Ffeature%2Fx")), at("feature/x", OTHER_COMMIT)),
        (get(old("/refs?filter=heads%2Fmain")), at("main", COMMIT)),
        (get(old(&format!("/stats/branches?name=feature%2Fx&{base}"))), counted(1, 0)),
        (post(old("/pullrequests")).json(ordinary), Answer::json(201, made)),
    ]);
    let created = AzureDevOps.create_pull_request(&server("2018"), &steps, REPO, &draft).unwrap();
    assert!(!created.pull_request.draft);
    assert!(created.notes[0].contains("no drafts"), "{:?}", created.notes);
}

#[test]
fn missing_branches_are_named_before_anything_is_created() {
    let source = script([(asks_for("feature/x"), absent())]);
    assert_eq!(create(&source, &new(&[])).unwrap_err().reason, FailureReason::BaseMissing("feature/x".into()));
    let target = script([(asks_for("feature/x"), at("feature/x", COMMIT)), (asks_for("main"), absent())]);
    assert_eq!(create(&target, &new(&[])).unwrap_err().reason, FailureReason::BaseMissing("main".into()));
    let hidden = script([(asks_for("feature/x"), no_repository()), (get(repo("")), no_repository())]);
    assert!(matches!(create(&hidden, &new(&[])).unwrap_err().reason, FailureReason::NotFound(_)));
}

#[test]
fn branches_that_do_not_differ_are_not_sent() {
    let same = [(asks_for("feature/x"), at("feature/x", COMMIT)), (asks_for("main"), at("main", COMMIT))];
    let none_open = || (finds(), list(json!([])));
    let failure = create(&script(same.into_iter().chain([none_open()])), &new(&[])).unwrap_err();
    assert_eq!(failure.reason, FailureReason::NothingToMerge);

    let behind = looks().into_iter().take(2).chain([(stats(), counted(0, 3)), none_open()]);
    assert_eq!(create(&script(behind), &new(&[])).unwrap_err().reason, FailureReason::NothingToMerge);
}

#[test]
fn one_that_is_open_between_such_branches_is_still_what_was_asked_for() {
    let behind = looks().into_iter().take(2).chain([(stats(), counted(0, 3))]);
    let steps = behind.chain([(finds(), list(json!([wire(9, "feature/x", "main")])))]);
    assert!(create(&script(steps), &new(&[])).unwrap().existed);
}

#[test]
fn counts_that_tell_nothing_do_not_stand_in_the_way() {
    for counts in [counted(0, 0), counted(2, 2), Answer::empty(500), Answer::json(200, json!({ "value": [] }))] {
        let made = (creates(), Answer::json(201, wire(17, "feature/x", "main")));
        let steps = looks().into_iter().take(2).chain([(stats(), counts), made]);
        assert!(create(&script(steps), &new(&[])).is_ok());
    }
}

#[test]
fn an_open_pull_request_between_the_branches_is_a_success() {
    let steps =
        looks().into_iter().chain([(creates(), exists()), (finds(), list(json!([wire(9, "feature/x", "main")])))]);
    let created = create(&script(steps), &new(&["ann"])).unwrap();
    assert!(created.existed);
    assert_eq!(created.pull_request.number, "9");
    assert_eq!(created.notes.len(), 1, "that ann was not asked is said");

    let vanished = answered(exists(), [(finds(), list(json!([])))]).unwrap_err();
    let what = "a pull request from feature/x to main";
    assert_eq!((vanished.reason, vanished.status), (FailureReason::AlreadyExists(what.into()), Some(409)));
}

#[test]
fn a_branch_that_went_away_in_between_is_named() {
    let message =
        "TF401398: The pull request cannot be activated because the source and/or the target branch no longer exists";
    for (status, key) in [(409, "GitPullRequestStaleException"), (400, "GitPullRequestCannotBeActivated"), (400, "")] {
        let gone = answered(error(status, key, message), [(asks_for("feature/x"), absent())]).unwrap_err();
        assert_eq!(gone.reason, FailureReason::BaseMissing("feature/x".into()));
        let there = looks().into_iter().take(2);
        let moved = answered(error(status, key, message), there).unwrap_err();
        assert_eq!((moved.reason, moved.message.as_str()), (FailureReason::UnexpectedReply, message));
    }
}

#[test]
fn a_missing_permission_is_named_as_people_see_it() {
    let message = "TF401027: You need the Git 'PullRequestContribute' permission to perform this action. Details: identity 'alice'.";
    let failure = answered(error(403, "GitNeedsPermissionException", message), []).unwrap_err();
    assert_eq!(failure.reason, FailureReason::PermissionMissing("Contribute to pull requests".into()));
    assert_eq!(failure.message, message);
}

#[test]
fn a_creation_without_a_readable_answer_is_an_unknown_outcome() {
    for answer in [
        Answer::lost(SendFailureKind::Broken, true),
        Answer::text(504, "text/html", "<html>"),
        Answer::json(201, json!({ "pullRequestId": "17" })),
        Answer::json(201, wire(17, "another", "main")),
    ] {
        assert_eq!(answered(answer, []).unwrap_err().reason, FailureReason::OutcomeUnknown);
    }
    let strange = answered(error(400, "InvalidArgumentValueException", "Invalid argument value."), []).unwrap_err();
    assert_eq!(strange.reason, FailureReason::UnexpectedReply);
}

fn found(items: Value) -> PullRequestPage {
    let steps = script([(finds(), list(items))]);
    AzureDevOps.find_pull_requests(&cloud(), &steps, REPO, "feature/x", Some("main"), None).unwrap()
}

#[test]
fn found_pull_requests_are_filtered_again_and_forks_do_not_count() {
    let mut fork = wire(2, "feature/x", "main");
    fork["forkSource"] = json!({ "name": "refs/heads/feature/x", "repository": { "id": "x" } });
    let mut done = wire(3, "feature/x", "main");
    done["status"] = json!("completed");
    let bare = json!({ "pullRequestId": 7, "codeReviewId": 7, "status": "active" });
    let mut ghost = wire(6, "feature/x", "main");
    for member in ["isDraft", "createdBy", "title", "status"] {
        ghost.as_object_mut().unwrap().remove(member);
    }
    let others = [wire(4, "feature/xy", "main"), wire(5, "feature/x", "next")];
    let page = found(json!([fork, done, others[0], others[1], bare, null, ghost]));
    assert_eq!(page.items.iter().map(|one| one.number.as_str()).collect::<Vec<_>>(), ["6"]);
    assert_eq!((page.items[0].author.clone(), page.items[0].draft), (None, false));
}

#[test]
fn v12_an_odd_entry_is_passed_over_unless_it_may_be_the_one_that_is_looked_for() {
    let mut odd = wire(7, "feature/x", "main");
    odd["pullRequestId"] = json!("7");
    let of_another = json!({ "sourceRefName": "refs/heads/y", "pullRequestId": null });
    let to_a_tag = json!({ "targetRefName": "refs/tags/main" });
    let page = found(json!([odd, of_another, wire(8, "feature/x", "main"), "text"]));
    assert_eq!(page.items.iter().map(|one| one.number.as_str()).collect::<Vec<_>>(), ["8"]);
    assert!(found(json!([of_another, to_a_tag])).items.is_empty());
    for doubtful in [odd, json!({}), json!(7)] {
        let steps = script([(finds(), list(json!([of_another, doubtful])))]);
        let failure = AzureDevOps.find_pull_requests(&cloud(), &steps, REPO, "feature/x", Some("main"), None);
        assert_eq!(failure.unwrap_err().reason, FailureReason::UnexpectedReply, "{doubtful}");
    }
}

#[test]
fn a_list_without_addresses_leads_to_the_page_by_names_or_by_the_id() {
    let mut listed = wire(1, "feature/x", "main");
    let names =
        json!({ "id": "r", "name": "wid gets", "project": { "id": "p", "name": "Platform", "state": "unchanged" } });
    listed["repository"] = names;
    let mut bare = wire(2, "feature/x", "main");
    bare.as_object_mut().unwrap().remove("repository");
    let page = found(json!([listed, bare]));
    let pages: Vec<_> = page.items.iter().map(|one| one.web_url.as_str()).collect();
    let base = "https://dev.azure.com/acme/Platform/_git";
    assert_eq!(pages, [format!("{base}/wid%20gets/pullrequest/1"), format!("{base}/widgets/pullrequest/2")]);
}

#[test]
fn full_pages_lead_on_and_not_for_ever() {
    let turn = |skip: u32| {
        let criteria = "searchCriteria.status=active&searchCriteria.sourceRefName=refs%2Fheads%2Fx";
        get(repo(&format!("/pullrequests?{criteria}&%24top=100&%24skip={skip}")))
    };
    let full = || list(json!((0..100).map(|number| wire(number, "x", "main")).collect::<Vec<_>>()));
    let next = |cursor: Option<&str>, skip, answer| {
        let steps = script([(turn(skip), answer)]);
        AzureDevOps.find_pull_requests(&cloud(), &steps, REPO, "x", None, cursor).unwrap().next
    };
    assert_eq!(next(None, 0, full()).as_deref(), Some("2"));
    assert_eq!(next(Some("2"), 100, list(json!([wire(1, "x", "main")]))), None);
    assert_eq!(next(Some("50"), 4900, full()), None, "the server may not regard where a page starts");
}
