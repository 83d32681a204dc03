//! Finding open pull requests among numbers.

use countersign_provider_codecommit::CodeCommit;
use countersign_sdk::Provider;
use countersign_sdk::testing::{Answer, Expected, Script};
use countersign_sdk::types::{Failure, FailureReason, PullRequestPage};
use serde_json::{Value, json};

use crate::{ANN, CONSOLE, REPO, at, denied, error, ok, reads, script};

pub fn lists(token: Option<&str>) -> Expected {
    let mut body = json!({ "repositoryName": REPO, "pullRequestStatus": "OPEN", "maxResults": 50 });
    if let Some(token) = token {
        body["nextToken"] = token.into();
    }
    reads("ListPullRequests", body)
}

pub fn asks_for(number: &str) -> Expected {
    reads("GetPullRequest", json!({ "pullRequestId": number }))
}

pub fn wire(number: &str, source: &str, target: &str) -> Value {
    let sides = json!({
        "repositoryName": REPO, "sourceReference": format!("refs/heads/{source}"),
        "destinationReference": format!("refs/heads/{target}"), "mergeMetadata": { "isMerged": false },
    });
    json!({
        "pullRequestId": number, "title": "Login", "pullRequestStatus": "OPEN", "authorArn": ANN,
        "creationDate": 1_508_962_823.285, "pullRequestTargets": [sides],
    })
}

pub fn one(number: &str, source: &str, target: &str) -> Answer {
    ok(json!({ "pullRequest": wire(number, source, target) }))
}

fn find(script: &Script, target: Option<&str>, cursor: Option<&str>) -> Result<PullRequestPage, Failure> {
    CodeCommit.find_pull_requests(&at(), script, REPO, "feature/x", target, cursor)
}

#[test]
fn those_of_the_branches_are_found_whoever_opened_them() {
    let steps = || {
        script([
            (lists(None), ok(json!({ "pullRequestIds": ["17", "12", "9"], "nextToken": "" }))),
            (asks_for("17"), one("17", "feature/x", "main")),
            (asks_for("12"), one("12", "feature/y", "main")),
            (asks_for("9"), one("9", "feature/x", "develop")),
        ])
    };
    let found = find(&steps(), Some("main"), None).unwrap();
    let [only] = found.items.as_slice() else { panic!("{found:?}") };
    assert_eq!((only.number.as_str(), only.title.as_str(), only.draft), ("17", "Login", false));
    assert_eq!((only.source.as_str(), only.target.as_str()), ("feature/x", "main"));
    assert_eq!(only.web_url, format!("{CONSOLE}/hello/pull-requests/17/details?region=us-east-1"));
    let author = only.author.clone().unwrap();
    assert_eq!((author.id.as_str(), author.login.as_str()), (ANN, "ann"));
    assert_eq!(found.next, None);
    assert_eq!(find(&steps(), None, None).unwrap().items.len(), 2);
}

#[test]
fn one_closed_or_gone_since_it_was_listed_is_passed_over() {
    let mut closed = wire("17", "feature/x", "main");
    closed["pullRequestStatus"] = json!("CLOSED");
    let steps = script([
        (lists(None), ok(json!({ "pullRequestIds": ["17", "12"] }))),
        (asks_for("17"), ok(json!({ "pullRequest": closed }))),
        (asks_for("12"), error("PullRequestDoesNotExistException", "x")),
    ]);
    assert_eq!(find(&steps, None, None).unwrap().items, []);
}

#[test]
fn one_that_cannot_be_read_is_never_taken_for_absent() {
    let mut aimless = wire("17", "feature/x", "main");
    aimless["pullRequestTargets"] = json!([]);
    for (answer, reason) in [
        (ok(json!({ "pullRequest": aimless })), FailureReason::UnexpectedReply),
        (ok(json!({})), FailureReason::UnexpectedReply),
        (denied("codecommit:GetPullRequest"), FailureReason::PermissionMissing("codecommit:GetPullRequest".into())),
        (error("ThrottlingException", "Rate exceeded"), FailureReason::RateLimited(crate::refusals::UNKNOWN)),
    ] {
        let steps = script([(lists(None), ok(json!({ "pullRequestIds": ["17"] }))), (asks_for("17"), answer)]);
        assert_eq!(find(&steps, None, None).unwrap_err().reason, reason);
    }
}

#[test]
fn v12_one_that_cannot_be_read_withholds_no_others() {
    let steps = script([
        (lists(None), ok(json!({ "pullRequestIds": ["17", "12"] }))),
        (asks_for("17"), ok(json!({ "pullRequest": { "pullRequestId": "17" } }))),
        (asks_for("12"), one("12", "feature/x", "main")),
    ]);
    let found = find(&steps, Some("main"), None).unwrap();
    assert_eq!(found.items.iter().map(|one| one.number.as_str()).collect::<Vec<_>>(), ["12"]);
}

#[test]
fn pages_are_walked_with_the_cursor() {
    let page = |token, next: &str| script([(lists(token), ok(json!({ "pullRequestIds": [], "nextToken": next })))]);
    let first = find(&page(None, "t1"), None, None).unwrap();
    assert_eq!((first.items.len(), first.next.as_deref()), (0, Some("t1")));
    assert_eq!(find(&page(Some("t1"), "t1"), None, Some("t1")).unwrap().next, None, "it would lead to itself");
}

#[test]
fn a_server_that_lists_more_than_it_was_asked_for_does_not_use_up_the_call() {
    let numbers: Vec<String> = (0..101).map(|n| n.to_string()).collect();
    let steps = script([(lists(None), ok(json!({ "pullRequestIds": numbers })))]);
    assert_eq!(find(&steps, None, None).unwrap_err().reason, FailureReason::UnexpectedReply);
}

#[test]
fn there_is_no_template() {
    assert_eq!(CodeCommit.pull_request_template(&at(), &script([]), REPO, "main"), Ok(None));
}
