//! An integration's own credential that the git server refuses: its administrators are told when and why, it is lent all the same, and
//! it is good again with the first call that succeeds, or with another one.

use countersign_tests::daemon::{Answer, Daemon, GitHubServer, MAIN, WIDGETS};
use countersign_tests::standin::faults::When;
use countersign_tests::standin::github::{TokenState, faults as github_faults, token};
use http::{Method, StatusCode};
use serde_json::{Value, json};

const INTEGRATION: &str = "/integrations/main";
/// When a daemon of these tests begins.
const REFUSED_AT: &str = "2026-11-22T09:00:00.000Z";

fn set(daemon: &Daemon, state: TokenState) {
    daemon.stand_in.change(|world| world.token_mut(token::INTEGRATION).state = state);
}

async fn branch(daemon: &Daemon, name: &str) -> Answer {
    daemon.as_user("ann").create_branch(MAIN, WIDGETS, name, "main").await
}

async fn refused(daemon: &Daemon) {
    branch(daemon, "feature/x").await.problem(502, "integration-credential-rejected");
}

async fn with_a_revoked_token() -> Daemon {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    set(&daemon, TokenState::Revoked);
    refused(&daemon).await;
    daemon
}

async fn shown(daemon: &Daemon) -> Answer {
    daemon.as_admin(Method::GET, INTEGRATION, None).await.expect(200)
}

async fn change(daemon: &Daemon, body: Value) -> Answer {
    daemon.as_admin(Method::PATCH, INTEGRATION, Some(body)).await.expect(200)
}

/// What is known of its credential, and of the refusal.
fn told(shown: &Answer) -> (&str, &Value) {
    (shown.text_at("/own_credential"), &shown.body["rejection"])
}

async fn subjects(daemon: &Daemon) -> Vec<String> {
    daemon.audit().await.iter().map(|entry| entry["subject"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_refusal_is_told_with_when_and_why_until_the_git_server_takes_the_credential_again() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let before = shown(&daemon).await;
    assert_eq!(told(&before), ("usable", &Value::Null));
    set(&daemon, TokenState::Revoked);
    refused(&daemon).await;
    let known = shown(&daemon).await;
    assert_eq!(told(&known), ("rejected", &json!({ "at": REFUSED_AT, "why": "Bad credentials" })));
    assert_eq!((&known.body["revision"], known.header("etag")), (&before.body["revision"], before.header("etag")));
    assert_eq!(known.text_at("/account/login"), "jira-integration");
    let listed = daemon.as_admin(Method::GET, "/integrations", None).await.expect(200);
    assert_eq!(listed.text_at("/integrations/0/rejection/why"), "Bad credentials");

    // It is asked every time, and what is known is written once.
    daemon.clock.advance_ms(60_000);
    daemon.stand_in.record.clear();
    refused(&daemon).await;
    assert_eq!(daemon.stand_in.record.requests().len(), 2, "the branch, and whose the token is");
    assert_eq!(shown(&daemon).await.body, known.body);
    // An outage is no answer.
    daemon.stand_in.faults.once(When::any(), github_faults::outage(StatusCode::BAD_GATEWAY));
    branch(&daemon, "feature/x").await.expect(502);
    assert_eq!(shown(&daemon).await.body, known.body);

    set(&daemon, TokenState::Usable);
    branch(&daemon, "feature/x").await.expect(201);
    assert_eq!(shown(&daemon).await.body, before.body);
    let log = subjects(&daemon).await;
    let count = |subject: &str| log.iter().filter(|one| *one == subject).count();
    assert_eq!((count("own-credential.rejected"), count("own-credential.accepted")), (1, 1));
}

/// Where nothing is known, a call writes its intent and its outcome, and nothing of the credential.
#[tokio::test]
async fn a_call_that_succeeds_writes_nothing_of_a_credential_that_was_not_refused() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let database = rusqlite::Connection::open(daemon.database()).unwrap();
    let count = "CREATE TABLE changes (of TEXT); CREATE TRIGGER counted AFTER UPDATE ON integrations \
                 BEGIN INSERT INTO changes VALUES (new.id); END";
    database.execute_batch(count).unwrap();
    let changes = || database.query_row("SELECT count(*) FROM changes", [], |row| row.get::<_, i64>(0)).unwrap();
    let before = subjects(&daemon).await.len();
    branch(&daemon, "feature/x").await.expect(201);
    assert_eq!(subjects(&daemon).await[before..], ["branch.create", "branch.create"]);
    assert_eq!(changes(), 0);
    set(&daemon, TokenState::Revoked);
    for _ in 0..2 {
        branch(&daemon, "feature/y").await.problem(502, "integration-credential-rejected");
    }
    assert_eq!(changes(), 1);
    set(&daemon, TokenState::Usable);
    for name in ["feature/y", "feature/z"] {
        branch(&daemon, name).await.expect(201);
    }
    assert_eq!(changes(), 2);
}

#[tokio::test]
async fn another_credential_is_good_and_every_other_change_leaves_what_is_known() {
    let daemon = with_a_revoked_token().await;
    let renamed = change(&daemon, json!({ "name": "Git" })).await;
    assert_eq!((renamed.text_at("/own_credential"), renamed.text_at("/rejection/at")), ("rejected", REFUSED_AT));
    assert_eq!(told(&shown(&daemon).await), ("rejected", &renamed.body["rejection"]));
    let replaced = change(&daemon, json!({ "credential": { "token": token::ALICE } })).await;
    assert_eq!(told(&replaced), ("usable", &Value::Null));
    assert_eq!(told(&shown(&daemon).await), ("usable", &Value::Null));
    let log = daemon.audit().await;
    let details = &log.iter().rfind(|entry| entry["subject"] == "integration.change").unwrap()["details"];
    assert_eq!(details["own_credential"], json!({ "before": "rejected", "after": "usable" }));
    branch(&daemon, "feature/x").await.expect(201);
}

#[tokio::test]
async fn one_that_is_taken_away_or_set_aside_is_told_as_that() {
    let daemon = with_a_revoked_token().await;
    let elsewhere = json!({ "network": { "connect_to": { "api.github.com:443": "127.0.0.1:9" } } });
    let moved = change(&daemon, elsewhere).await;
    assert_eq!(
        (moved.text_at("/own_credential"), &moved.body["set_aside"]["own_credential"]),
        ("set-aside", &json!(true))
    );
    let taken = change(&daemon, json!({ "credential": null })).await;
    assert_eq!(told(&taken), ("missing", &Value::Null));
    assert_eq!(told(&shown(&daemon).await), ("missing", &Value::Null));
}

/// A git server that refuses one thing and yet knows whose the token is has refused the thing.
#[tokio::test]
async fn v11_one_stray_401_is_not_believed_and_one_that_was_believed_is_taken_back() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let stray = || {
        let asking_for_the_base = When::ends_with(Method::GET, "/git/ref/heads/main");
        daemon.stand_in.faults.once(asking_for_the_base, super::refused_pats::bad_credentials());
    };
    stray();
    branch(&daemon, "feature/x").await.problem(502, "unexpected-reply");
    assert_eq!(told(&shown(&daemon).await), ("usable", &Value::Null));
    set(&daemon, TokenState::Revoked);
    refused(&daemon).await;
    set(&daemon, TokenState::Usable);
    stray();
    branch(&daemon, "feature/x").await.problem(502, "unexpected-reply");
    assert_eq!(told(&shown(&daemon).await), ("usable", &Value::Null));
}
