//! Creating pull requests.

use countersign_provider_codecommit::CodeCommit;
use countersign_sdk::Provider;
use countersign_sdk::testing::{Answer, Expected, Script};
use countersign_sdk::types::{CreatedPullRequest, Failure, FailureReason, NewPullRequest, SendFailureKind};
use serde_json::{Value, json};

use crate::open_pull_requests::{asks_for as asks_for_one, lists, one, wire};
use crate::{
    ANN, COMMIT, CONSOLE, OTHER_COMMIT, REPO, asks_for, at, changes, denied, error, no_branch, ok, script, stands,
};

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

fn new() -> NewPullRequest {
    NewPullRequest {
        title: "Login".into(),
        source: "feature/x".into(),
        target: "main".into(),
        description: Some("Why".into()),
        draft: false,
        reviewers: vec![],
        attempt_token: TOKEN.into(),
    }
}

fn body(title: &str, description: Option<&str>) -> Value {
    let sides = json!({
        "repositoryName": REPO, "sourceReference": "refs/heads/feature/x", "destinationReference": "refs/heads/main",
    });
    let mut body = json!({ "title": title, "clientRequestToken": TOKEN, "targets": [sides] });
    if let Some(description) = description {
        body["description"] = description.into();
    }
    body
}

fn creates() -> Expected {
    changes("CreatePullRequest", body("Login", Some("Why")))
}

fn tips() -> [(Expected, Answer); 2] {
    [(asks_for("feature/x"), stands("feature/x", COMMIT)), (asks_for("main"), stands("main", OTHER_COMMIT))]
}

fn none_open() -> (Expected, Answer) {
    (lists(None), ok(json!({ "pullRequestIds": [] })))
}

fn create(script: &Script, new: &NewPullRequest) -> Result<CreatedPullRequest, Failure> {
    CodeCommit.create_pull_request(&at(), script, REPO, new)
}

/// Creating where nothing is open and the creating request is answered so.
fn answered(answer: Answer, then: impl IntoIterator<Item = (Expected, Answer)>) -> Result<CreatedPullRequest, Failure> {
    let steps = tips().into_iter().chain([none_open(), (creates(), answer)]).chain(then);
    create(&script(steps), &new())
}

fn refused(answer: Answer) -> Failure {
    answered(answer, []).unwrap_err()
}

#[test]
fn a_pull_request_is_created_and_credited_as_aws_says() {
    let created = answered(one("42", "feature/x", "main"), []).unwrap();
    assert!(!created.existed && created.notes.is_empty());
    let made = created.pull_request;
    assert_eq!((made.number.as_str(), made.title.as_str()), ("42", "Login"));
    assert_eq!(made.web_url, format!("{CONSOLE}/hello/pull-requests/42/details?region=us-east-1"));
    assert_eq!(made.author.unwrap().id, ANN);
}

#[test]
fn one_that_is_open_between_the_branches_is_a_success_and_no_second_one_is_made() {
    let found = [
        (lists(None), ok(json!({ "pullRequestIds": ["9"], "nextToken": "t1" }))),
        (asks_for_one("9"), one("9", "feature/x", "develop")),
        (lists(Some("t1")), ok(json!({ "pullRequestIds": ["8", "7"], "nextToken": "t2" }))),
        (asks_for_one("8"), one("8", "feature/x", "main")),
    ];
    let created = create(&script(tips().into_iter().chain(found)), &new()).unwrap();
    assert!(created.existed);
    assert_eq!(created.pull_request.number, "8");
}

#[test]
fn drafts_and_reviewers_become_notes_whether_it_is_made_or_found() {
    let asked = NewPullRequest { draft: true, reviewers: vec!["ann".into(), "bob".into()], ..new() };
    let made = tips().into_iter().chain([none_open(), (creates(), one("42", "feature/x", "main"))]);
    let found = tips().into_iter().chain([
        (lists(None), ok(json!({ "pullRequestIds": ["8"] }))),
        (asks_for_one("8"), one("8", "feature/x", "main")),
    ]);
    for steps in [script(made), script(found)] {
        let notes = create(&steps, &asked).unwrap().notes;
        assert_eq!(notes.len(), 2);
        assert!(notes[0].starts_with("CodeCommit has no drafts"), "{notes:?}");
        assert_eq!(notes[1], "CodeCommit has no reviewers; tell them yourself: ann, bob.");
    }
}

#[test]
fn a_search_among_too_many_ends_and_says_so() {
    // 90 requests: a list of 50 with as many looks, and a list with 38 more.
    let page = |from: usize| (from..from + 50).map(|n| n.to_string()).collect::<Vec<_>>();
    let look = |n: usize| (asks_for_one(&n.to_string()), one(&n.to_string(), "feature/y", "main"));
    let steps = tips()
        .into_iter()
        .chain([(lists(None), ok(json!({ "pullRequestIds": page(0), "nextToken": "t1" })))])
        .chain((0..50).map(look))
        .chain([(lists(Some("t1")), ok(json!({ "pullRequestIds": page(50), "nextToken": "t2" })))])
        .chain((50..88).map(look))
        .chain([(creates(), one("142", "feature/x", "main"))]);
    let script = script(steps);
    let created = create(&script, &new()).unwrap();
    assert_eq!(script.sent(), 93);
    assert!(created.notes[0].contains("only 88 were looked at"), "{:?}", created.notes);
}

#[test]
fn a_search_that_ends_with_its_last_request_is_complete() {
    let numbers: Vec<String> = (0..89).map(|n| n.to_string()).collect();
    let look = |n: &String| (asks_for_one(n), one(n, "feature/y", "main"));
    let steps = tips()
        .into_iter()
        .chain([(lists(None), ok(json!({ "pullRequestIds": numbers })))])
        .chain(numbers.iter().map(look))
        .chain([(creates(), one("142", "feature/x", "main"))]);
    assert_eq!(create(&script(steps), &new()).unwrap().notes, Vec::<String>::new());
}

#[test]
fn a_server_that_pages_without_an_end_is_asked_only_so_often() {
    let tokens: Vec<String> = (0..=90).map(|n| format!("t{n}")).collect();
    let page = |n: usize| {
        let token = (n > 0).then(|| tokens[n].as_str());
        (lists(token), ok(json!({ "pullRequestIds": [], "nextToken": tokens[n + 1] })))
    };
    let steps = tips().into_iter().chain((0..90).map(page)).chain([(creates(), one("1", "feature/x", "main"))]);
    assert_eq!(create(&script(steps), &new()).unwrap().notes.len(), 1);
}

#[test]
fn nothing_is_made_where_it_cannot_be_found_out_whether_one_is_open() {
    for (answer, reason) in [
        (denied("codecommit:ListPullRequests"), FailureReason::PermissionMissing("codecommit:ListPullRequests".into())),
        (Answer::empty(503), FailureReason::Unavailable),
    ] {
        let steps = tips().into_iter().chain([(lists(None), answer)]);
        assert_eq!(create(&script(steps), &new()).unwrap_err().reason, reason);
    }
}

#[test]
fn an_empty_description_is_none() {
    let asked = NewPullRequest { description: Some(String::new()), ..new() };
    let expected = changes("CreatePullRequest", body(&new().title, None));
    let steps = tips().into_iter().chain([none_open(), (expected, one("42", "feature/x", "main"))]);
    assert_eq!(create(&script(steps), &asked).unwrap().notes, Vec::<String>::new());
}

#[test]
fn missing_branches_are_named_and_equal_ones_have_nothing_to_merge() {
    let source = || (asks_for("feature/x"), stands("feature/x", COMMIT));
    let reason = |steps: Vec<(Expected, Answer)>| create(&script(steps), &new()).unwrap_err().reason;
    assert_eq!(reason(vec![(asks_for("feature/x"), no_branch())]), FailureReason::BaseMissing("feature/x".into()));
    assert_eq!(reason(vec![source(), (asks_for("main"), no_branch())]), FailureReason::BaseMissing("main".into()));
    assert_eq!(reason(vec![source(), (asks_for("main"), stands("main", COMMIT))]), FailureReason::NothingToMerge);
}

#[test]
fn a_branch_that_goes_missing_meanwhile_is_named_too() {
    let gone = || error("ReferenceDoesNotExistException", "The specified reference does not exist.");
    let failure = answered(gone(), [(asks_for("feature/x"), no_branch())]).unwrap_err();
    assert_eq!(failure.reason, FailureReason::BaseMissing("feature/x".into()));
    assert_eq!(answered(gone(), tips()).unwrap_err().reason, FailureReason::UnexpectedReply, "both stand");
}

#[test]
fn a_token_that_was_used_with_other_contents_says_so() {
    let mismatch = refused(error("IdempotencyParameterMismatchException", "The token cannot be reused."));
    let what = "a pull request of an earlier attempt with other contents";
    assert_eq!(mismatch.reason, FailureReason::AlreadyExists(what.into()));
}

#[test]
fn a_token_that_was_used_for_one_that_is_closed_now_is_no_success() {
    let mut closed = wire("41", "feature/x", "main");
    closed["pullRequestStatus"] = json!("CLOSED");
    let failure = refused(ok(json!({ "pullRequest": closed })));
    assert_eq!(failure.reason, FailureReason::AlreadyExists("pull request 41, which is closed".into()));
}

#[test]
fn a_creation_without_a_readable_answer_is_an_unknown_outcome() {
    for answer in [
        Answer::lost(SendFailureKind::Broken, true),
        Answer::text(504, "text/html", "<html>"),
        ok(json!({})),
        ok(json!({ "pullRequest": { "pullRequestId": 17 } })),
        one("42", "feature/x", "develop"),
    ] {
        assert_eq!(refused(answer).reason, FailureReason::OutcomeUnknown);
    }
}
