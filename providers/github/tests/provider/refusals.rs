//! Every row of GitHub's error table that any request can meet, tried on `list-branches` (and on a change where that
//! makes a difference).

use countersign_provider_github::GitHub;
use countersign_sdk::Provider;
use countersign_sdk::testing::{Answer, delete, get};
use countersign_sdk::types::{Failure, FailureReason, SendFailureKind, Wait};
use serde_json::json;

use crate::{REPO, cloud, error, repo, script};

fn refusal(answer: Answer) -> Failure {
    let url = repo("/branches?per_page=100&page=1");
    GitHub.list_branches(&cloud(), &script([(get(url), answer)]), REPO, None, None, 100).unwrap_err()
}

fn deleting(answer: Answer) -> Failure {
    let step = (delete(repo("/git/refs/heads/x")), answer);
    GitHub.delete_branch(&cloud(), &script([step]), REPO, "x").unwrap_err()
}

#[test]
fn v1_a_401_rejects_the_credential_only_when_github_says_it() {
    for message in ["Bad credentials", "Requires authentication", "Must specify two-factor authentication OTP code."] {
        assert_eq!(refusal(error(401, message)).reason, FailureReason::CredentialRejected);
    }
    let bare = Answer::empty(401).header("X-GitHub-Request-Id", "C14E:8628");
    assert_eq!(refusal(bare).reason, FailureReason::CredentialRejected);
    let proxy = Answer::text(401, "text/html", "<html>Proxy login</html>");
    assert_eq!(refusal(proxy).reason, FailureReason::Unavailable);
    assert_eq!(refusal(Answer::empty(401)).reason, FailureReason::UnexpectedReply);
}

#[test]
fn v2_rate_limits_say_until_when_and_never_blame_the_credential() {
    let limited = |answer: Answer| match refusal(answer).reason {
        FailureReason::RateLimited(wait) => wait,
        other => panic!("{other:?}"),
    };
    for status in [403, 429] {
        let primary = error(status, "API rate limit exceeded for user ID 1.").header("X-RateLimit-Remaining", "0");
        assert_eq!(limited(primary.header("X-RateLimit-Reset", "1700003600")), Wait::Until(1_700_003_600));
        let secondary = error(status, "You have exceeded a secondary rate limit. Please wait a few minutes.");
        assert_eq!(limited(secondary.header("X-RateLimit-Remaining", "4000")), Wait::Seconds(60));
        let secondary = error(status, "You have exceeded a secondary rate limit.").header("Retry-After", "8");
        assert_eq!(limited(secondary), Wait::Seconds(8));
    }
    let old = error(403, "You have triggered an abuse detection mechanism.").header("Retry-After", "60");
    assert_eq!(limited(old), Wait::Seconds(60));
    let nonsense = error(403, "x").header("X-RateLimit-Remaining", "0").header("X-RateLimit-Reset", "1507651200000");
    assert_eq!(limited(nonsense), Wait::Unknown);
    assert_eq!(limited(Answer::empty(429)), Wait::Unknown);
    for message in
        ["Maximum number of login attempts exceeded. Please try again later.", "Max number of login attempt exceeded"]
    {
        assert_eq!(limited(error(403, message)), Wait::Unknown);
    }
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
fn v3_single_sign_on_comes_with_the_page_that_mends_it() {
    const MESSAGE: &str =
        "Resource protected by organization SAML enforcement. You must grant your personal token access.";
    let page = "https://github.com/orgs/ORG/sso?authorization_request=AQ";
    let failure = refusal(error(403, MESSAGE).header("X-GitHub-SSO", &format!("required; url={page}")));
    assert_eq!(failure.reason, FailureReason::SsoAuthorizationRequired);
    assert_eq!(failure.help_url.as_deref(), Some(page));
    let failure = refusal(error(403, MESSAGE));
    assert_eq!((failure.reason, failure.help_url), (FailureReason::SsoAuthorizationRequired, None));
    let failure = refusal(error(403, MESSAGE).header("X-GitHub-SSO", "required; url=javascript:alert(1)"));
    assert_eq!((failure.reason, failure.help_url), (FailureReason::SsoAuthorizationRequired, None));
}

#[test]
fn v4_a_404_is_missing_or_invisible_and_says_what() {
    let failure = refusal(error(404, "Not Found"));
    assert_eq!(failure.reason, FailureReason::NotFound("repository octo/hello".into()));
    assert_eq!(failure.status, Some(404));
}

#[test]
fn a_403_for_lack_of_permission_names_it_in_githubs_words() {
    let fine = error(403, "Resource not accessible by personal access token");
    let failure =
        refusal(fine.header("X-Accepted-GitHub-Permissions", "contents=write; contents=write,workflows=write"));
    assert_eq!(
        failure.reason,
        FailureReason::PermissionMissing("contents=write; contents=write,workflows=write".into())
    );

    let classic =
        || error(403, "Must have admin rights to Repository.").header("X-Accepted-OAuth-Scopes", "repo, public_repo");
    let failure = refusal(classic().header("X-OAuth-Scopes", "gist"));
    assert_eq!(failure.reason, FailureReason::PermissionMissing("repo, public_repo".into()));

    let ours = FailureReason::PermissionMissing("repo, or Contents: read and write".into());
    assert_eq!(refusal(classic().header("X-OAuth-Scopes", "repo")).reason, ours, "the scope is not what is missing");
    assert_eq!(refusal(error(403, "Resource not accessible by integration")).reason, ours);
}

#[test]
fn archived_is_read_only_and_organization_policies_do_not_blame_the_credential() {
    assert_eq!(refusal(error(403, "Repository was archived so is read-only.")).reason, FailureReason::ReadOnly);
    for message in [
        "`ORG` forbids access via a personal access token (classic). Please use a GitHub App.",
        "The 'ORG' organization forbids access via a fine-grained personal access tokens if the token's lifetime is greater than 90 days.",
    ] {
        assert_eq!(refusal(error(403, message)).reason, FailureReason::Protected);
    }
}

#[test]
fn a_takedown_is_shown_with_its_page() {
    let page = "https://github.com/github/dmca/blob/master/2019/05/2019-05-16-Daplie.md";
    let body = json!({ "message": "Repository access blocked", "block": { "reason": "dmca", "html_url": page } });
    for status in [451, 403] {
        let failure = refusal(Answer::json(status, body.clone()));
        assert_eq!(failure.reason, FailureReason::Protected);
        assert_eq!(failure.help_url.as_deref(), Some(page));
    }
}

#[test]
fn an_outage_is_unavailable_for_a_read_and_an_unknown_outcome_for_a_change() {
    for status in [500, 502, 503, 504] {
        let page = || Answer::text(status, "application/json", "<html><h1>Unavailable</h1></html>");
        assert_eq!(refusal(page()).reason, FailureReason::Unavailable);
        assert_eq!(deleting(page()).reason, FailureReason::OutcomeUnknown);
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
fn what_github_was_never_seen_to_say_is_an_unexpected_reply() {
    for answer in [
        error(400, "Problems parsing JSON"),
        Answer::empty(304),
        Answer::empty(204),
        Answer::json(200, json!({ "message": "hello" })),
        Answer::json(200, json!([{ "name": "main" }])),
        Answer::text(200, "application/json", "[{\"name\":"),
        Answer::text(403, "text/plain", "Request forbidden by administrative rules."),
        Answer::empty(302).header("Location", "https://evil.example/"),
        Answer::empty(301),
    ] {
        let failure = refusal(answer);
        assert_eq!(failure.reason, FailureReason::UnexpectedReply, "{failure:?}");
    }
}
