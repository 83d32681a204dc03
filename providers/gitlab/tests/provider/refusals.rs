//! Every row of GitLab's error table that any request can meet, tried on `list-branches` (and on a change where that
//! makes a difference).

use countersign_provider_gitlab::GitLab;
use countersign_sdk::Provider;
use countersign_sdk::testing::{Answer, delete, get};
use countersign_sdk::types::{Failure, FailureReason, SendFailureKind, Wait};
use serde_json::json;

use crate::{REPO, cloud, error, repo, script, self_managed};

const TOKEN_PAGE: &str = "https://gitlab.com/-/user_settings/personal_access_tokens";

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
    for answer in [
        error(401, "401 Unauthorized"),
        coded(401, "invalid_token", "Token is expired. You can either do re-authorization or token refresh."),
        coded(401, "invalid_token", "Token was revoked. You have to re-authorize from the user."),
        coded(401, "invalid_token", "Token is an impersonation token but impersonation was disabled."),
    ] {
        let failure = refusal(answer);
        assert_eq!(failure.reason, FailureReason::CredentialRejected);
        assert_eq!(failure.help_url.as_deref(), Some(TOKEN_PAGE));
    }
    let proxy = Answer::text(401, "text/html", "<html>Proxy login</html>");
    assert_eq!(refusal(proxy).reason, FailureReason::Unavailable);
    for doubtful in [Answer::empty(401), error(401, "Unauthorized"), coded(401, "unauthorized", "Key missing")] {
        assert_eq!(refusal(doubtful).reason, FailureReason::UnexpectedReply);
    }
}

#[test]
fn an_account_that_wants_signed_requests_does_not_make_the_token_a_bad_one() {
    let failure = refusal(coded(401, "dpop_error", "DPoP validation error: DPoP header is missing"));
    assert_eq!(failure.reason, FailureReason::Protected);
    assert!(failure.message.contains("DPoP header is missing"));
}

#[test]
fn v2_rate_limits_say_until_when_and_never_blame_the_credential() {
    let limited = |answer: Answer| match refusal(answer).reason {
        FailureReason::RateLimited(wait) => wait,
        other => panic!("{other:?}"),
    };
    let instance = || Answer::text(429, "text/plain", "Retry later\n").header("RateLimit-Remaining", "0");
    let both = instance().header("Retry-After", "42").header("RateLimit-Reset", "1700003600");
    assert_eq!(limited(both), Wait::Seconds(42));
    assert_eq!(limited(instance().header("RateLimit-Reset", "1700003600")), Wait::Until(1_700_003_600));
    assert_eq!(limited(instance().header("RateLimit-Reset", "1507651200000")), Wait::Unknown);
    assert_eq!(limited(instance().header("Retry-After", "soon")), Wait::Unknown);
    let endpoint = "This endpoint has been requested too many times. Try again later.";
    let answer = || Answer::json(429, json!({ "message": { "error": endpoint } }));
    assert_eq!(limited(answer().header("Retry-After", "60")), Wait::Seconds(60));
    assert_eq!(refusal(answer()).message, endpoint);
    assert_eq!(refusal(instance()).message, "GitLab takes no more requests for the moment.");
}

#[test]
fn a_missing_scope_is_named_in_gitlabs_words_with_the_page_to_mend_it() {
    let text = "The request requires higher privileges than provided by the access token.";
    let lacking = |scope: &str| {
        refusal(Answer::json(403, json!({ "error": "insufficient_scope", "error_description": text, "scope": scope })))
    };
    let failure = lacking("api");
    assert_eq!(failure.reason, FailureReason::PermissionMissing("api".into()));
    assert_eq!((failure.message.as_str(), failure.help_url.as_deref()), (text, Some(TOKEN_PAGE)));
    assert_eq!(lacking("api read_api").reason, FailureReason::PermissionMissing("api".into()));
    assert_eq!(lacking("ai_workflows").reason, FailureReason::PermissionMissing("ai_workflows".into()));
}

#[test]
fn a_plain_403_names_the_role_and_the_repository() {
    let failure = refusal(error(403, "403 Forbidden"));
    assert_eq!(failure.reason, FailureReason::PermissionMissing("Developer role".into()));
    assert_eq!(failure.message, "GitLab forbids this for repository 42. Needed is: Developer role.");
    let words = refusal(error(403, "403 Forbidden - Insufficient permissions"));
    assert_eq!(words.message, "403 Forbidden - Insufficient permissions");
    let proxy = Answer::text(403, "text/plain", "Request forbidden by administrative rules.");
    assert_eq!(refusal(proxy).reason, FailureReason::UnexpectedReply);
}

#[test]
fn what_the_accounts_owner_has_to_settle_does_not_blame_the_credential() {
    for message in [
        "403 Forbidden - Your account has been blocked.",
        "403 Forbidden - You (@alice) must accept the Terms of Service in order to perform this action.",
        "403 Forbidden - Your password expired. Please access GitLab from a web browser to update your password.",
        "403 Forbidden - Your primary email address is not confirmed.",
    ] {
        let failure = refusal(error(403, message));
        assert_eq!(failure.reason, FailureReason::Protected);
        assert_eq!((failure.message.as_str(), failure.help_url.as_deref()), (message, Some("https://gitlab.com")));
    }
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
    let failure = GitLab.find_branch(&at, &script([(get(url), no_route())]), REPO, "a/b").unwrap_err();
    assert!(matches!(failure.reason, FailureReason::Misconfigured(setting) if setting.message.contains("%2F")));
    assert_eq!(refusal(no_route()).reason, FailureReason::UnexpectedReply);
}

#[test]
fn an_outage_is_unavailable_for_a_read_and_an_unknown_outcome_for_a_change() {
    for status in [500, 502, 503, 504] {
        let page = || Answer::text(status, "text/html", "<html>GitLab is not responding</html>");
        assert_eq!(refusal(page()).reason, FailureReason::Unavailable);
        assert_eq!(deleting(page()).reason, FailureReason::OutcomeUnknown);
        assert_eq!(deleting(error(status, "500 Internal Server Error")).reason, FailureReason::OutcomeUnknown);
    }
    assert_eq!(refusal(Answer::text(200, "text/html", "<html>")).reason, FailureReason::Unavailable);
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
