//! Whose token it is, what it may do, when it ends, and how it is ended.

use countersign_provider_gitlab::GitLab;
use countersign_sdk::Provider;
use countersign_sdk::testing::{Answer, Expected, delete, get};
use countersign_sdk::types::{
    Expiry, Failure, FailureReason, Identity, PermissionState, Revocation, SendFailureKind, Wait,
};
use serde_json::{Value, json};

use crate::{API, cloud, error, script, self_managed};

fn asks_user() -> Expected {
    get(format!("{API}/user"))
}

fn asks_token() -> Expected {
    get(format!("{API}/personal_access_tokens/self"))
}

fn user() -> Answer {
    Answer::json(200, json!({ "id": 17, "username": "alice", "name": "Alice", "state": "active", "bot": false }))
}

fn whoami(token: Answer) -> Result<Identity, Failure> {
    GitLab.whoami(&cloud(), &script([(asks_user(), user()), (asks_token(), token)]))
}

fn facts(token: Value) -> (PermissionState, Expiry) {
    let identity = whoami(Answer::json(200, token)).unwrap();
    let named: Vec<_> = identity.permissions.iter().map(|permission| permission.name.clone()).collect();
    let needed: Vec<_> = GitLab.describe().kinds[0].permissions.iter().map(|needed| needed.name.clone()).collect();
    assert_eq!(named, needed, "one entry for each permission of the kind");
    (identity.permissions[0].state, identity.expiry)
}

fn insufficient_scope(scope: &str) -> Answer {
    let text = "The request requires higher privileges than provided by the access token.";
    Answer::json(403, json!({ "error": "insufficient_scope", "error_description": text, "scope": scope }))
}

#[test]
fn the_account_is_named_by_its_immutable_id_and_a_projects_bot_is_one_too() {
    let account = whoami(Answer::json(200, json!({ "scopes": ["api"], "expires_at": null }))).unwrap().account;
    assert_eq!((account.id.as_str(), account.login.as_str()), ("17", "alice"));
    let bot = Answer::json(200, json!({ "id": 18, "username": "project_42_bot_4ffca233d8298ea1", "bot": true }));
    let token = Answer::json(200, json!({ "scopes": ["api"], "access_level": 30 }));
    let identity = GitLab.whoami(&cloud(), &script([(asks_user(), bot), (asks_token(), token)])).unwrap();
    assert_eq!(identity.account.login, "project_42_bot_4ffca233d8298ea1");
}

#[test]
fn the_scope_is_present_or_absent_and_nothing_less_will_do() {
    let state = |scopes: Value| facts(json!({ "scopes": scopes, "expires_at": null })).0;
    assert_eq!(state(json!(["read_user", "api"])), PermissionState::Present);
    assert_eq!(state(json!(["read_api", "write_repository", "read_user"])), PermissionState::Absent);
    assert_eq!(state(json!([])), PermissionState::Absent);
    assert_eq!(state(json!(null)), PermissionState::CannotTell);
    let granular = json!({ "scopes": ["granular"], "granular": true, "expires_at": null });
    assert_eq!(facts(granular).0, PermissionState::CannotTell);
}

#[test]
fn a_token_is_dead_from_the_first_instant_of_the_day_it_names() {
    let expiry = |token: Value| facts(token).1;
    assert_eq!(expiry(json!({ "scopes": ["api"], "expires_at": "2031-02-03" })), Expiry::At(1_927_843_200));
    assert_eq!(expiry(json!({ "scopes": ["api"], "expires_at": null })), Expiry::Never);
    assert_eq!(expiry(json!({ "scopes": ["api"], "expires_at": "next year" })), Expiry::Unknown);
    assert_eq!(expiry(json!({ "scopes": ["api"] })), Expiry::Unknown);
}

#[test]
fn an_older_server_cannot_tell_of_the_token() {
    for answer in [
        error(404, "404 Not Found"),
        Answer::json(404, json!({ "error": "404 Not Found" })),
        Answer::json(400, json!({ "error": "id is invalid" })),
        // To everybody but administrators, from 15.1 to 15.4: there is no token of the number `self`.
        error(401, "401 Unauthorized"),
        Answer::json(
            401,
            json!({ "error": "invalid_token", "error_description": "Token was revoked. You have to re-authorize from the user." }),
        ),
        error(403, "403 Forbidden - Not here."),
    ] {
        let identity = whoami(answer).unwrap();
        assert_eq!(identity.permissions[0].state, PermissionState::CannotTell);
        assert_eq!(identity.expiry, Expiry::Unknown);
    }
}

#[test]
fn a_token_that_may_not_even_tell_of_itself_lacks_the_scope() {
    let identity = whoami(insufficient_scope("api read_api")).unwrap();
    assert_eq!(identity.permissions[0].state, PermissionState::Absent);
    let granular = "Access denied: Your Personal Access Token lacks the required permissions: [Token: Read].";
    let granular = json!({ "error": "insufficient_granular_scope", "error_description": granular });
    for untold in [Answer::json(403, granular), error(403, "403 Forbidden")] {
        assert_eq!(whoami(untold).unwrap().permissions[0].state, PermissionState::CannotTell);
    }
    // Without any of these the account stays unknown as well.
    let failure =
        GitLab.whoami(&cloud(), &script([(asks_user(), insufficient_scope("api read_api read_user"))])).unwrap_err();
    assert_eq!(failure.reason, FailureReason::PermissionMissing("api".into()));
    let limited = Answer::text(429, "text/plain", "Retry later").header("Retry-After", "7");
    assert_eq!(whoami(limited).unwrap_err().reason, FailureReason::RateLimited(Wait::Seconds(7)));
}

#[test]
fn an_address_where_no_gitlab_answers_is_the_administrators_to_mend() {
    let ask = |answer| {
        let at = self_managed("https://git.example.com/acme");
        GitLab.whoami(&at, &script([(get("https://git.example.com/acme/api/v4/user"), answer)])).unwrap_err()
    };
    for answer in [Answer::text(404, "text/html", "<html>"), Answer::text(200, "text/html", "<html>Sign in")] {
        let failure = ask(answer);
        let FailureReason::Misconfigured(setting) = failure.reason else { panic!("{failure:?}") };
        assert_eq!(setting.field, "base_url");
        assert!(setting.message.ends_with('.'));
    }
    let page = Answer::text(404, "text/html", "<html>");
    let failure = GitLab.whoami(&cloud(), &script([(asks_user(), page)])).unwrap_err();
    assert_eq!(failure.reason, FailureReason::UnexpectedReply, "nobody chose the address of GitLab.com");
}

#[test]
fn a_token_ends_itself_where_the_server_lets_it() {
    let revoke = |answer| {
        let step = (delete(format!("{API}/personal_access_tokens/self")), answer);
        GitLab.revoke_credential(&cloud(), &script([step]))
    };
    assert_eq!(revoke(Answer::empty(204)), Ok(Revocation::Revoked));
    for status in [404, 405] {
        assert_eq!(revoke(error(status, "no")), Ok(Revocation::Unsupported));
    }
    assert_eq!(revoke(error(401, "401 Unauthorized")).unwrap_err().reason, FailureReason::CredentialRejected);
    let lost = revoke(Answer::lost(SendFailureKind::TimedOut, true)).unwrap_err();
    assert_eq!(lost.reason, FailureReason::OutcomeUnknown);
}
