//! What saving a PAT tells and keeps, and what problems about a credential say of where they are mended.

use countersign_sdk::types::{Account, Expiry, Failure, FailureReason, FieldError, Identity};
use countersign_tests::daemon::{Answer, Daemon, GitHubServer, MAIN, User, WIDGETS, at};
use countersign_tests::standin::faults::{Fault, When};
use countersign_tests::standin::github::{TokenState, faults as github_faults, token};
use countersign_tests::standin::message;
use http::{Method, StatusCode};
use serde_json::json;

use crate::told::{Told, Words};

const PAGE: &str = "https://github.com/settings/";

async fn save(ann: &User, token: &str, more: &str, value: serde_json::Value) -> Answer {
    let body = json!({ "fields": { "token": token }, "project": "ABC", more: value });
    ann.call(Method::PUT, &at(&["integrations", MAIN, "pat"])).json(&body).await
}

#[tokio::test]
async fn the_answer_names_account_permissions_and_expiry() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let ann = daemon.as_user("ann");
    let told = async |token| {
        let saved = ann.save_pat(MAIN, token).await.expect(200);
        let states: Vec<String> =
            saved.body["permissions"].as_array().unwrap().iter().map(|p| p["state"].to_string()).collect();
        (states, saved.text_at("/expiry").to_owned(), saved.text_at("/expires_at").to_owned())
    };
    let twice = |state: &str| vec![format!("\"{state}\""); 2];
    assert_eq!(told(token::ALICE).await, (twice("present"), "never".into(), String::new()));
    assert_eq!(told(token::ALICE_NO_SCOPE).await.0, twice("absent"));
    let fine = told(token::ALICE_FINE).await;
    assert_eq!(fine, (twice("cannot-tell"), "at".into(), "2031-02-03T04:05:06.000Z".into()));
}

#[tokio::test]
async fn a_permission_the_provider_passes_over_cannot_be_told_and_an_entered_expiry_is_kept() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let provider = Told::in_place_of_the_component(&daemon).await;
    let ann = daemon.as_user("ann");
    let account = Account { id: "101".into(), login: "alice".into() };
    let identity = Identity { account, permissions: vec![], expiry: Expiry::Unknown };
    provider.say(Words { whoami: Some(Ok(identity)), ..Words::default() });
    let saved = save(&ann, token::ALICE, "expires_at", json!("2027-01-31")).await.expect(200);
    let permissions = saved.body["permissions"].as_array().unwrap();
    assert!(permissions.len() == 2 && permissions.iter().all(|one| one["state"] == "cannot-tell"), "{}", saved.text);
    assert_eq!((saved.text_at("/expiry"), saved.text_at("/expires_at")), ("at", "2027-01-31T00:00:00.000Z"));
    assert_eq!(ann.check_pat(MAIN).await.expect(200).text_at("/expires_at"), "2027-01-31T00:00:00.000Z");
}

#[tokio::test]
async fn an_entered_expiry_that_has_passed_is_refused_before_anything_is_asked() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let ann = daemon.as_user("ann");
    for past in ["2026-11-22", "2026-11-22T09:00:00Z", "1970-01-01"] {
        let refused = save(&ann, token::ALICE, "expires_at", json!(past)).await.problem(422, "invalid");
        assert_eq!(refused.text_at("/errors/0/field"), "expires_at");
    }
    assert_eq!(daemon.stand_in.record.requests().len(), 0);
    assert_eq!(ann.pat(MAIN).await.expect(200).text_at("/state"), "missing");
    save(&ann, token::ALICE, "expires_at", json!("2026-11-22T09:00:01Z")).await.expect(200);
}

#[tokio::test]
async fn a_refused_pat_is_not_stored_and_an_unreachable_git_server_only_with_leave() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let ann = daemon.as_user("ann");
    for allow in [false, true] {
        let refused = save(&ann, token::ALICE_REVOKED, "allow_unchecked", json!(allow)).await;
        let refused = refused.problem(403, "user-pat-rejected");
        assert_eq!(refused.text_at("/whose"), "user");
        assert!(refused.text_at("/help_url").starts_with(PAGE), "{}", refused.text);
        assert_eq!(ann.pat(MAIN).await.expect(200).text_at("/state"), "missing");
    }
    for (allow, status) in [(false, 502), (true, 200)] {
        daemon.stand_in.faults.once(When::any(), github_faults::outage(StatusCode::BAD_GATEWAY));
        save(&ann, token::ALICE, "allow_unchecked", json!(allow)).await.expect(status);
        let state = if allow { "unchecked" } else { "missing" };
        assert_eq!(ann.pat(MAIN).await.expect(200).text_at("/state"), state);
    }
}

#[tokio::test]
async fn another_account_is_told_and_written_down() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let ann = daemon.as_user("ann");
    ann.save_pat(MAIN, token::ALICE).await.expect(200);
    assert_eq!(ann.save_pat(MAIN, token::ALICE_FINE).await.expect(200).body.get("previous_account"), None);
    let saved = ann.save_pat(MAIN, token::BOB).await.expect(200);
    assert_eq!((saved.text_at("/account/login"), saved.text_at("/previous_account/login")), ("bob", "alice"));
    let log = daemon.audit().await;
    let details = &log.last().unwrap()["details"];
    assert_eq!((&details["account"]["login"], &details["previous_account"]["login"]), (&json!("bob"), &json!("alice")));
}

#[tokio::test]
async fn a_check_of_a_pat_that_was_replaced_or_removed_meanwhile_is_not_answered_as_kept() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let ann = daemon.as_user("ann");
    for is_replaced in [true, false] {
        ann.save_pat(MAIN, token::ALICE).await.expect(200);
        daemon.stand_in.faults.once(When::ends_with(Method::GET, "/user"), Fault::DelayAnswer { delay_ms: 500 });
        let checking = tokio::spawn(ann.check_pat(MAIN).into_future());
        tokio::time::sleep(std::time::Duration::from_millis(150)).await;
        if is_replaced {
            ann.save_pat(MAIN, token::BOB).await.expect(200);
        } else {
            ann.remove_pat(MAIN).await.expect(204);
        }
        checking.await.unwrap().problem(409, "changed-meanwhile");
        let shown = ann.pat(MAIN).await.expect(200);
        assert_eq!(shown.text_at("/account/login"), if is_replaced { "bob" } else { "" });
    }
}

#[tokio::test]
async fn a_problem_about_the_users_credential_says_whose_what_and_where() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let ann = daemon.as_user("ann");
    let branch = async || ann.create_branch(MAIN, WIDGETS, "feature/x", "main").await;
    ann.save_pat(MAIN, token::ALICE_FINE_READ).await.expect(200);
    let missing = branch().await.problem(403, "git-permission-missing");
    assert_eq!((missing.text_at("/whose"), missing.text_at("/missing")), ("user", "contents: write"));
    assert!(missing.text_at("/help_url").starts_with(PAGE), "{}", missing.text);

    ann.save_pat(MAIN, token::ALICE_SSO).await.expect(200);
    let sso = branch().await.problem(403, "sso-authorization-required");
    assert!(sso.text_at("/help_url").contains("/orgs/acme/sso"), "the page the git server names: {}", sso.text);
    assert_eq!(sso.text_at("/whose"), "user");

    ann.save_pat(MAIN, token::ALICE).await.expect(200);
    daemon.stand_in.change(|world| world.token_mut(token::ALICE).state = TokenState::Revoked);
    // The git server's own refusal, and from then on the policy's.
    for _ in 0..2 {
        let rejected = branch().await.problem(403, "user-pat-rejected");
        assert_eq!(rejected.text_at("/whose"), "user");
        assert!(rejected.text_at("/help_url").starts_with(PAGE), "{}", rejected.text);
        assert!(!rejected.text_at("/setup_url").is_empty());
    }
}

#[tokio::test]
async fn the_integrations_own_credential_is_not_for_the_user_to_mend() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let ann = daemon.as_user("ann");
    daemon.stand_in.change(|world| world.token_mut(token::INTEGRATION).state = TokenState::Revoked);
    let rejected = ann.create_branch(MAIN, WIDGETS, "feature/x", "main").await;
    let rejected = rejected.problem(502, "integration-credential-rejected");
    assert_eq!((rejected.text_at("/whose"), rejected.body.get("help_url")), ("integration", None));

    // Nor is what it lacks, though the provider names a page for that.
    daemon.stand_in.change(|world| world.token_mut(token::INTEGRATION).state = TokenState::Usable);
    let message = "Resource not accessible by personal access token";
    let lacking = json!({ "message": message, "documentation_url": "https://docs.github.com/rest", "status": "403" });
    let lacking = Fault::Instead(message::Answer::json(StatusCode::FORBIDDEN, &lacking));
    daemon.stand_in.faults.once(When::ends_with(Method::POST, "/git/refs"), lacking);
    let missing = ann.create_branch(MAIN, WIDGETS, "feature/x", "main").await.problem(403, "git-permission-missing");
    assert_eq!((missing.text_at("/whose"), missing.body.get("help_url")), ("integration", None));
}

#[tokio::test]
async fn a_setting_that_does_not_fit_is_the_administrators() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let provider = Told::in_place_of_the_component(&daemon).await;
    let ann = daemon.as_user("ann");
    ann.save_pat(MAIN, token::ALICE).await.expect(200);
    let setting = FieldError::new("version", "The server that answers there is older.");
    let failure = Failure::new(FailureReason::Misconfigured(setting), "The server is older.");
    provider.say(Words { whoami: Some(Err(failure)), ..Words::default() });
    let told = ann.check_pat(MAIN).await.problem(502, "integration-misconfigured");
    assert_eq!((told.text_at("/whose"), told.body.get("help_url")), ("integration", None));
    assert!(told.text_at("/detail").contains("its setting `version`: The server that answers there is older."));
    assert_eq!(ann.pat(MAIN).await.expect(200).text_at("/state"), "valid");

    let body = json!({ "id": "other", "kind": "github", "credential": { "token": token::INTEGRATION } });
    let refused = daemon.as_admin(Method::POST, "/integrations", Some(body)).await.problem(422, "invalid");
    assert_eq!(
        refused.body["errors"],
        json!([{ "field": "version", "message": "The server that answers there is older." }])
    );
    let change = json!({ "credential": { "token": token::INTEGRATION } });
    daemon.as_admin(Method::PATCH, "/integrations/main", Some(change)).await.problem(422, "invalid");
}
