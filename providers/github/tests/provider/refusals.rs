//! What no row of `refusals.json` tells: of several signs, of hostile headers, and of answers without any sign.

use countersign_provider_github::GitHub;
use countersign_sdk::Provider;
use countersign_sdk::testing::{Answer, delete, get};
use countersign_sdk::types::{Failure, FailureReason, SendFailureKind, Wait};
use serde_json::json;

use crate::{REPO, cloud, enterprise, error, repo, script};

fn refusal(answer: Answer) -> Failure {
    let url = repo("/branches?per_page=100&page=1");
    GitHub.list_branches(&cloud(), &script([(get(url), answer)]), REPO, None, None, 100).unwrap_err()
}

fn deleting(answer: Answer) -> Failure {
    let step = (delete(repo("/git/refs/heads/x")), answer);
    GitHub.delete_branch(&cloud(), &script([step]), REPO, "x").unwrap_err()
}

#[test]
fn v1_an_unknown_refusal_blames_neither_the_token_nor_a_permission_and_is_shown_in_the_servers_words() {
    const WORDS: &str = "The moon is in the wrong phase.";
    for status in [400, 401, 403, 405, 409, 410, 418, 422] {
        let fine_grained = error(status, WORDS).header("X-Accepted-GitHub-Permissions", "contents=read");
        for answer in [
            error(status, WORDS),
            fine_grained,
            Answer::json(status, json!({ "error": WORDS })),
            Answer::json(status, json!({ "errors": [WORDS] })),
            Answer::text(status, "text/plain", &format!("{WORDS}\n")),
        ] {
            let failure = refusal(answer);
            assert_eq!(failure.reason, FailureReason::UnexpectedReply, "{status}");
            assert!(failure.message.contains(WORDS), "{}", failure.message);
        }
        let silent = refusal(Answer::empty(status).header("X-GitHub-Request-Id", "C14E:8628"));
        assert_eq!(silent.reason, FailureReason::UnexpectedReply, "{status}");
        assert!(silent.message.contains(&status.to_string()), "{}", silent.message);
    }
}

#[test]
fn v1_an_enterprise_server_has_its_documentation_on_itself_and_nobody_else_has() {
    let url = "https://git.example.com/api/v3/repos/octo/hello/branches?per_page=100&page=1";
    for (page, reason) in [
        ("git.example.com/developer/v3", FailureReason::CredentialRejected),
        ("git.example.com/settings/tokens", FailureReason::CredentialRejected),
        ("docs.github.com/rest", FailureReason::CredentialRejected),
        ("github.com/contact", FailureReason::CredentialRejected),
        ("git.example.com/acme/gateway/wiki", FailureReason::UnexpectedReply),
        ("git.example.com", FailureReason::UnexpectedReply),
        ("github.com/acme/gateway", FailureReason::UnexpectedReply),
        ("gist.github.com/settings", FailureReason::UnexpectedReply),
        ("wiki.example.com/developer/v3", FailureReason::UnexpectedReply),
        ("github.com.example.com/settings", FailureReason::UnexpectedReply),
    ] {
        let body = json!({ "message": "Bad credentials", "documentation_url": format!("https://{page}") });
        let (at, by) =
            (enterprise("https://git.example.com"), script([(get(url.to_owned()), Answer::json(401, body))]));
        let refused = GitHub.list_branches(&at, &by, REPO, None, None, 100).unwrap_err();
        assert_eq!(refused.reason, reason, "{page}");
    }
}

#[test]
fn a_sign_within_a_name_is_none() {
    for message in ["octo/archived-policy is not mergeable.", "`locked-policy` is not mergeable."] {
        assert_eq!(refusal(error(403, message)).reason, FailureReason::UnexpectedReply, "{message}");
    }
}

#[test]
fn v2_a_limit_ends_after_the_seconds_or_at_the_time_that_github_tells() {
    let limited = |answer: Answer| match refusal(answer).reason {
        FailureReason::RateLimited(wait) => wait,
        other => panic!("{other:?}"),
    };
    for status in [403, 429] {
        let used_up = || error(status, "x").header("X-RateLimit-Remaining", "0");
        let until = || used_up().header("X-RateLimit-Reset", "1700003600");
        assert_eq!(limited(until()), Wait::Until(1_700_003_600));
        assert_eq!(limited(until().header("Retry-After", "8")), Wait::Seconds(8));
        assert_eq!(limited(until().header("Retry-After", "soon")), Wait::Until(1_700_003_600));
        assert_eq!(limited(used_up().header("X-RateLimit-Reset", "1507651200000")), Wait::Unknown);
    }
}

#[test]
fn v3_a_page_of_single_sign_on_is_a_link_or_none() {
    let failure = refusal(error(403, "x").header("X-GitHub-SSO", "required; url=javascript:alert(1)"));
    assert_eq!((failure.reason, failure.help_url), (FailureReason::SsoAuthorizationRequired, None));
}

#[test]
fn a_rate_limit_comes_before_every_other_meaning_of_a_403() {
    let both = error(403, "Repository was archived so is read-only.")
        .header("X-GitHub-SSO", "required; url=https://github.com/orgs/o/sso")
        .header("X-RateLimit-Remaining", "0")
        .header("X-RateLimit-Reset", "1700003600");
    assert_eq!(refusal(both).reason, FailureReason::RateLimited(Wait::Until(1_700_003_600)));
}

#[test]
fn v4_a_404_is_missing_or_invisible_and_says_what() {
    let failure = refusal(error(404, "Not Found"));
    assert_eq!(failure.reason, FailureReason::NotFound("repository octo/hello".into()));
    assert_eq!(failure.status, Some(404));
}

#[test]
fn a_lost_answer_is_unavailable_for_a_read_and_an_unknown_outcome_for_a_change() {
    assert_eq!(refusal(Answer::lost(SendFailureKind::TimedOut, true)).reason, FailureReason::Unavailable);
    assert_eq!(deleting(Answer::lost(SendFailureKind::TimedOut, true)).reason, FailureReason::OutcomeUnknown);
    assert_eq!(deleting(Answer::lost(SendFailureKind::Unreachable, false)).reason, FailureReason::Unavailable);
}

#[test]
fn a_classic_token_lacks_the_scopes_of_which_it_holds_none() {
    let refused = |scopes: &str, message: &str| {
        let accepted = error(403, message).header("X-Accepted-OAuth-Scopes", "repo, public_repo");
        refusal(accepted.header("X-OAuth-Scopes", scopes)).reason
    };
    const RIGHTS: &str = "Must have admin rights to Repository.";
    let missing = |permission: &str| FailureReason::PermissionMissing(permission.into());
    assert_eq!(refused("gist", RIGHTS), missing("repo, public_repo"));
    assert_eq!(refused("", "x"), missing("repo, public_repo"));
    assert_eq!(refused("repo", RIGHTS), missing("repo, or Contents: read and write"), "the scope is there");
    assert_eq!(refused("repo", "x"), FailureReason::UnexpectedReply);
}

#[test]
fn what_is_no_refusal_and_no_answer_is_an_unexpected_reply() {
    for answer in [
        Answer::empty(304),
        Answer::empty(204),
        Answer::json(200, json!({ "message": "hello" })),
        Answer::json(200, json!([{ "name": "main" }])),
        Answer::text(200, "application/json", "[{\"name\":"),
        Answer::empty(302).header("Location", "https://evil.example/"),
        Answer::empty(301),
        Answer::text(200, "text/html", "<html>"),
    ] {
        let failure = refusal(answer);
        assert_eq!(failure.reason, FailureReason::UnexpectedReply, "{failure:?}");
    }
}
