//! A user has the git server forget her PAT: hers alone, written down before and after, and gone from here in any case.

use countersign_sdk::types::{Failure, FailureReason, Revocation};
use countersign_tests::daemon::{Daemon, GitHubServer, MAIN, User};
use countersign_tests::standin::faults::{Fault, When};
use countersign_tests::standin::github::{TokenState, token};
use serde_json::{Value, json};

use crate::told::{Told, Words};

const PAGE: &str = "https://github.com/settings/";

async fn with_a_pat(daemon: &Daemon) -> User {
    let ann = daemon.as_user("ann");
    ann.save_pat(MAIN, token::ALICE).await.expect(200);
    daemon.stand_in.record.clear();
    ann
}

/// Event and result of what the log has on revocations, oldest first.
async fn logged(daemon: &Daemon) -> Vec<Value> {
    let of_revocation = |entry: &Value| entry["subject"] == "pat.revoke";
    let brief = |entry: Value| json!([entry["event"], entry["details"]["result"]]);
    daemon.audit().await.into_iter().filter(of_revocation).map(brief).collect()
}

#[tokio::test]
async fn where_the_git_server_cannot_forget_a_pat_it_is_removed_here_and_its_owner_told_where_to_go() {
    for server in GitHubServer::ALL {
        let daemon = Daemon::start(server).await;
        let ann = with_a_pat(&daemon).await;
        let removed = ann.revoke_pat(MAIN).await.expect(200);
        assert_eq!(removed.body["revoked"], false);
        assert!(removed.text_at("/credential_page").contains("/settings/"), "{}", removed.text);
        assert!(removed.text_at("/reason").contains("does not let a token end itself"), "{}", removed.text);
        assert_eq!(ann.pat(MAIN).await.expect(200).text_at("/state"), "missing");
        assert_eq!(logged(&daemon).await, [json!(["intent", null]), json!(["outcome", "unsupported"])]);
        let line = r#"countersign_operations_total{operation="pat.revoke",result="unsupported"}"#;
        assert_eq!(daemon.metric(line).await, 1);
        ann.remove_pat(MAIN).await.expect(204);
    }
}

#[tokio::test]
async fn a_revoked_pat_was_lent_once_to_the_git_server_and_nothing_else_was() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let told = Told::in_place_of_the_component(&daemon).await;
    let ann = with_a_pat(&daemon).await;
    told.say(Words { revocation: Some(Ok(Revocation::Revoked)), ..Words::default() });
    let unseals = daemon.unseals().await;
    assert_eq!(ann.revoke_pat(MAIN).await.expect(200).body, json!({ "revoked": true, "another_saved": false }));
    assert_eq!(daemon.stand_in.record.tokens_seen(), [token::ALICE]);
    assert_eq!(daemon.unseals().await, (unseals.0 + 1, unseals.1));
    assert_eq!(ann.pat(MAIN).await.expect(200).text_at("/state"), "missing");
    assert_eq!(logged(&daemon).await, [json!(["intent", null]), json!(["outcome", "done"])]);
    assert_eq!(daemon.audit().await.last().unwrap()["subject"], "pat.delete");

    // Twice is once, and the integration's credential never takes its place.
    daemon.stand_in.record.clear();
    let again = ann.revoke_pat(MAIN).await.expect(200);
    assert_eq!((&again.body["revoked"], again.text_at("/reason")), (&json!(false), "There was none to revoke."));
    assert_eq!((daemon.stand_in.record.requests().len(), daemon.unseals().await.1), (0, unseals.1));
}

#[tokio::test]
async fn one_that_the_git_server_refuses_is_dead_already() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let told = Told::in_place_of_the_component(&daemon).await;
    let ann = with_a_pat(&daemon).await;
    told.say(Words { revocation: Some(Ok(Revocation::Revoked)), ..Words::default() });
    daemon.stand_in.change(|world| world.token_mut(token::ALICE).state = TokenState::Revoked);
    assert_eq!(ann.check_pat(MAIN).await.expect(200).text_at("/state"), "rejected");
    assert_eq!(ann.revoke_pat(MAIN).await.expect(200).body, json!({ "revoked": true, "another_saved": false }));
    assert_eq!(logged(&daemon).await[1], json!(["outcome", "user-pat-rejected"]));
    assert_eq!(ann.pat(MAIN).await.expect(200).text_at("/state"), "missing");
}

/// Said in passing, of a token that lives: its owner must not think that it is dead.
#[tokio::test]
async fn one_that_the_git_server_still_knows_is_not_dead() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let told = Told::in_place_of_the_component(&daemon).await;
    let refused = || Some(Err(Failure::new(FailureReason::CredentialRejected, "401 Unauthorized")));
    let ann = with_a_pat(&daemon).await;
    told.say(Words { revocation: refused(), ..Words::default() });
    let removed = ann.revoke_pat(MAIN).await.expect(200);
    assert_eq!(removed.body["revoked"], false);
    let reason = removed.text_at("/reason");
    assert!(reason.contains("although the git server knows whose it is: 401 Unauthorized"), "{reason}");
    assert_eq!(logged(&daemon).await[1], json!(["outcome", "unexpected-reply"]));
    assert_eq!(ann.pat(MAIN).await.expect(200).text_at("/state"), "missing");
}

#[tokio::test]
async fn what_failed_is_said_and_the_pat_is_removed_all_the_same() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let told = Told::in_place_of_the_component(&daemon).await;
    let failed = |reason, message| Some(Err(Failure::new(reason, message)));
    for (revocation, result, reason) in [
        (failed(FailureReason::OutcomeUnknown, "Timed out."), "outcome-unknown", "nobody knows whether it did"),
        (failed(FailureReason::Protected, "Not here."), "protected", "did not forget it (Not here)"),
    ] {
        let ann = with_a_pat(&daemon).await;
        told.say(Words { revocation, ..Words::default() });
        let removed = ann.revoke_pat(MAIN).await.expect(200);
        assert_eq!(removed.body["revoked"], false);
        assert!(removed.text_at("/reason").contains(reason), "{}", removed.text);
        assert!(removed.text_at("/reason").contains("may still be good there"), "{}", removed.text);
        assert!(removed.text_at("/credential_page").starts_with(PAGE), "{}", removed.text);
        assert_eq!(ann.pat(MAIN).await.expect(200).text_at("/state"), "missing");
        assert_eq!(logged(&daemon).await.last().unwrap(), &json!(["outcome", result]));
    }
    // Unreachable.
    let ann = with_a_pat(&daemon).await;
    told.say(Words { revocation: Some(Ok(Revocation::Revoked)), ..Words::default() });
    daemon.stand_in.faults.times(2, When::any(), Fault::CloseBeforeActing);
    let removed = ann.revoke_pat(MAIN).await.expect(200);
    assert_eq!((&removed.body["revoked"], removed.text_at("/reason").is_empty()), (&json!(false), false));
    assert_eq!(ann.pat(MAIN).await.expect(200).text_at("/state"), "missing");
}

#[tokio::test]
async fn nobody_revokes_without_the_jira_permission_or_anothers_pat() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let told = Told::in_place_of_the_component(&daemon).await;
    let ann = with_a_pat(&daemon).await;
    told.say(Words { revocation: Some(Ok(Revocation::Revoked)), ..Words::default() });
    ann.clone().viewing(&["XYZ"]).revoke_pat(MAIN).await.problem(403, "permission-missing");
    ann.revoke_pat("absent").await.problem(404, "not-found");
    let of_bob = daemon.as_user("bob").revoke_pat(MAIN).await.expect(200);
    assert_eq!(of_bob.text_at("/reason"), "There was none to revoke.");
    assert_eq!(daemon.stand_in.record.requests().len(), 0);
    assert_eq!(ann.pat(MAIN).await.expect(200).text_at("/state"), "valid");
    assert_eq!(logged(&daemon).await, [json!(["denied", null]), json!(["denied", null])]);
}
