//! Whose token it is, what it may do, when it ends.

use countersign_provider_github::GitHub;
use countersign_sdk::Provider;
use countersign_sdk::testing::{Answer, get};
use countersign_sdk::types::{Expiry, FailureReason, Identity, PermissionState};
use serde_json::json;

use crate::{API, cloud, error, script};

fn whoami(headers: &[(&str, &str)]) -> Identity {
    let user = Answer::json(200, json!({ "id": 583231, "login": "octocat", "name": null, "type": "User" }));
    let answer = headers.iter().fold(user, |answer, (name, value)| answer.header(name, value));
    GitHub.whoami(&cloud(), &script([(get(format!("{API}/user")), answer)])).unwrap()
}

fn permissions(headers: &[(&str, &str)]) -> PermissionState {
    let identity = whoami(headers);
    let named: Vec<_> = identity.permissions.iter().map(|permission| permission.name.clone()).collect();
    let needed: Vec<_> = GitHub.describe().kinds[0].permissions.iter().map(|needed| needed.name.clone()).collect();
    assert_eq!(named, needed, "one entry for each permission of the kind");
    assert!(identity.permissions.iter().all(|permission| permission.state == identity.permissions[0].state));
    identity.permissions[0].state
}

#[test]
fn the_account_is_named_by_its_immutable_id() {
    let account = whoami(&[]).account;
    assert_eq!((account.id.as_str(), account.login.as_str()), ("583231", "octocat"));
}

#[test]
fn classic_scopes_are_present_or_absent_and_other_tokens_cannot_tell() {
    assert_eq!(permissions(&[("X-OAuth-Scopes", "gist, repo, user")]), PermissionState::Present);
    assert_eq!(permissions(&[("X-OAuth-Scopes", "repo")]), PermissionState::Present);
    assert_eq!(permissions(&[("X-OAuth-Scopes", "")]), PermissionState::Absent);
    assert_eq!(permissions(&[("X-OAuth-Scopes", "public_repo, read:user")]), PermissionState::Absent);
    assert_eq!(permissions(&[("X-OAuth-Scopes", "repo:status, delete_repo")]), PermissionState::Absent);
    assert_eq!(permissions(&[]), PermissionState::CannotTell);
}

#[test]
fn expiry_is_read_in_every_recorded_form_and_never_guessed() {
    const EXPIRES: &str = "GitHub-Authentication-Token-Expiration";
    assert_eq!(whoami(&[(EXPIRES, "2022-01-19 07:08:40 UTC")]).expiry, Expiry::At(1_642_576_120));
    assert_eq!(whoami(&[(EXPIRES, "2023-04-07 23:24:34 +0200")]).expiry, Expiry::At(1_680_902_674));
    assert_eq!(whoami(&[(EXPIRES, "2022-08-24 16:11:49 -0500")]).expiry, Expiry::At(1_661_375_509));
    assert_eq!(whoami(&[(EXPIRES, "next year"), ("X-OAuth-Scopes", "repo")]).expiry, Expiry::Unknown);
    assert_eq!(whoami(&[("X-OAuth-Scopes", "repo")]).expiry, Expiry::Never);
    assert_eq!(whoami(&[]).expiry, Expiry::Unknown);
}

#[test]
fn an_app_installations_token_is_told_from_a_rejected_one() {
    let answer = error(403, "Resource not accessible by integration").header("X-Accepted-GitHub-Permissions", "");
    let failure = GitHub.whoami(&cloud(), &script([(get(format!("{API}/user")), answer)])).unwrap_err();
    assert_eq!(failure.reason, FailureReason::PermissionMissing("a user's account".into()));
    assert!(failure.message.contains("personal access token"), "{}", failure.message);
}
