//! What stands in no row of the table of refusals: words nobody has seen yet, and shapes that are nobody's.

use countersign_provider_gitlab::GitLab;
use countersign_sdk::Provider;
use countersign_sdk::testing::{Answer, delete, get};
use countersign_sdk::types::{Failure, FailureReason, SendFailureKind, Wait};
use serde_json::json;

use crate::{REPO, cloud, error, repo, script, self_managed};

fn refusal(answer: Answer) -> Failure {
    let url = repo("/repository/branches?per_page=100&page=1");
    GitLab.list_branches(&cloud(), &script([(get(url), answer)]), REPO, None, None, 100).unwrap_err()
}

fn deleting(answer: Answer) -> Failure {
    let step = (delete(repo("/repository/branches/x")), answer);
    GitLab.delete_branch(&cloud(), &script([step]), REPO, "x").unwrap_err()
}

fn coded(status: u16, code: &str, description: &str) -> Answer {
    Answer::json(status, json!({ "error": code, "error_description": description }))
}

#[test]
fn v1_a_401_rejects_the_credential_only_when_gitlab_says_it() {
    let expired = "Token is expired. You can either do re-authorization or token refresh.";
    assert_eq!(refusal(coded(401, "invalid_token", expired)).reason, FailureReason::CredentialRejected);
    for doubtful in [
        coded(401, "invalid_token", "Token has expired"),
        coded(401, "invalid_token", "Token has been revoked"),
        coded(401, "invalid_token", "Bad Access Token format"),
        coded(401, "invalid_token", "invalid_token"),
        Answer::empty(401),
        Answer::text(401, "text/plain", "401 Unauthorized"),
        error(401, "401 Unauthorized - Something new"),
        coded(401, "unauthorized", "Key missing"),
        coded(401, "invalid_token", "Audience mismatch"),
        coded(401, "token_error", "The token has expired"),
    ] {
        assert_eq!(refusal(doubtful).reason, FailureReason::UnexpectedReply);
    }
    assert_eq!(refusal(error(401, "Blocked by a network policy")).reason, FailureReason::Protected);
}

#[test]
fn v2_a_wait_that_cannot_be_read_is_unknown_and_the_limit_still_one() {
    let limited = |name: &str, value: &str| {
        let failure = refusal(Answer::empty(429).header(name, value));
        assert_eq!(failure.message, "GitLab takes no more requests for the moment.");
        failure.reason
    };
    for (name, value) in [
        ("RateLimit-Reset", "1507651200000"),
        ("Retry-After", "soon"),
        ("Retry-After", "Fri, 31 Feb 2026 02:00:00 GMT"),
        ("Retry-After", "Fri, 27 Nob 2026 02:00:00 GMT"),
    ] {
        assert_eq!(limited(name, value), FailureReason::RateLimited(Wait::Unknown), "{value}");
    }
    assert_eq!(
        limited("Retry-After", "Sun, 6 Nov 1994 08:49:37 GMT"),
        FailureReason::RateLimited(Wait::Until(784_111_777))
    );
}

#[test]
fn of_several_scopes_that_would_do_the_one_every_operation_needs_is_named() {
    for (scopes, named) in [("api read_api", "api"), ("read_user api", "api"), ("ai_workflows", "ai_workflows")] {
        let failure = refusal(Answer::json(403, json!({ "error": "insufficient_scope", "scope": scopes })));
        assert_eq!(failure.reason, FailureReason::PermissionMissing(named.into()));
    }
}

#[test]
fn a_403_blames_a_permission_only_where_it_names_one() {
    let role = FailureReason::PermissionMissing("Developer role".into());
    assert_eq!(refusal(error(403, "403 Forbidden - Insufficient permissions")).reason, role);
    let account = refusal(error(403, "403 Forbidden - Your account is asleep."));
    assert_eq!((account.reason, account.help_url.as_deref()), (FailureReason::Protected, Some("https://gitlab.com")));
    for (message, reason) in [
        ("Something new", FailureReason::UnexpectedReply),
        ("403 Verboten", FailureReason::UnexpectedReply),
        ("This project is archived for good", FailureReason::ReadOnly),
        ("Anfrage abgelehnt: policy 7", FailureReason::Protected),
    ] {
        let failure = refusal(error(403, message));
        assert_eq!((failure.reason, failure.message.as_str()), (reason, message));
    }
    let proxy = refusal(Answer::text(403, "text/plain", "Request forbidden by administrative rules.\n"));
    let words = "Request forbidden by administrative rules.";
    assert_eq!((proxy.reason, proxy.message.as_str()), (FailureReason::UnexpectedReply, words));
}

#[test]
fn v4_a_404_is_missing_or_invisible_and_says_what() {
    let failure = refusal(error(404, "404 Project Not Found"));
    assert_eq!(failure.reason, FailureReason::NotFound("repository 42".into()));
    assert_eq!(failure.status, Some(404));
}

#[test]
fn a_proxy_that_unescapes_slashes_is_the_administrators_to_mend() {
    let no_route = || Answer::json(404, json!({ "error": "404 Not Found" }));
    let at = self_managed("https://git.example.com");
    let url = "https://git.example.com/api/v4/projects/42/repository/branches/a%2Fb";
    let told = |version: Answer| {
        let steps = [(get(url), no_route()), (get("https://git.example.com/api/v4/version"), version)];
        GitLab.find_branch(&at, &script(steps), REPO, "a/b").unwrap_err().reason
    };
    let through = told(Answer::json(200, json!({ "version": "18.6.0" })));
    assert!(matches!(through, FailureReason::Misconfigured(setting) if setting.message.contains("%2F")));
    for nothing in [no_route(), Answer::empty(404), Answer::lost(SendFailureKind::TimedOut, true)] {
        assert_eq!(told(nothing), FailureReason::UnexpectedReply, "all paths end there");
    }
    assert_eq!(refusal(no_route()).reason, FailureReason::UnexpectedReply);
}

#[test]
fn a_page_that_comes_as_a_success_is_no_answer_to_a_read_and_an_unknown_outcome_for_a_change() {
    let page = || Answer::text(200, "text/html", "<html>");
    assert_eq!(refusal(page()).reason, FailureReason::UnexpectedReply);
    assert_eq!(deleting(page()).reason, FailureReason::OutcomeUnknown);
}

#[test]
fn a_lost_answer_is_unavailable_for_a_read_and_an_unknown_outcome_for_a_change() {
    assert_eq!(refusal(Answer::lost(SendFailureKind::TimedOut, true)).reason, FailureReason::Unavailable);
    assert_eq!(deleting(Answer::lost(SendFailureKind::TimedOut, true)).reason, FailureReason::OutcomeUnknown);
    assert_eq!(deleting(Answer::lost(SendFailureKind::Unreachable, false)).reason, FailureReason::Unavailable);
}

#[test]
fn all_shapes_of_error_bodies_are_read_and_none_repeats_a_body_that_is_not_gitlabs() {
    let message = |body| refusal(Answer::json(400, body)).message;
    assert_eq!(message(json!({ "message": "one" })), "one");
    assert_eq!(message(json!({ "message": ["one", "two", 3] })), "one; two");
    assert_eq!(
        message(json!({ "message": { "title": ["is too long", "is odd"], "base": "no" } })),
        "no; title is too long; title is odd"
    );
    assert_eq!(message(json!({ "error": "page is invalid" })), "page is invalid");
    assert_eq!(message(json!({ "error": "code", "error_description": "In words." })), "In words.");
    for foreign in [json!({ "secret": "x" }), json!({ "message": 7 }), json!(["secret"]), json!("secret")] {
        let said = message(foreign);
        assert_eq!(said, "Expected a reason in JSON; the server answered 400 with something else.");
    }
}

#[test]
fn what_gitlab_was_never_seen_to_say_is_an_unexpected_reply() {
    for answer in [
        error(400, "400 Bad request"),
        error(412, "412 Precondition Failed"),
        Answer::empty(304),
        Answer::empty(204),
        Answer::json(200, json!({ "message": "hello" })),
        Answer::json(200, json!([{ "commit": null }])),
        Answer::text(200, "application/json", "[{\"name\":"),
        Answer::empty(302).header("Location", "https://evil.example/"),
        Answer::empty(301),
    ] {
        let failure = refusal(answer);
        assert_eq!(failure.reason, FailureReason::UnexpectedReply, "{failure:?}");
    }
}
