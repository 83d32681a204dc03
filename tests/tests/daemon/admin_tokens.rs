//! A20: admin tokens are listed, end, and are revoked; what is no admin token opens nothing.

use countersign_tests::daemon::{Answer, Daemon, GitHubServer, at};
use http::Method;
use serde_json::json;

async fn made(daemon: &Daemon, label: &str, expires_at: Option<&str>) -> String {
    let body = json!({ "label": label, "expires_at": expires_at });
    daemon.as_admin(Method::POST, "/tokens", Some(body)).await.expect(201).text_at("/token").to_owned()
}

async fn listed(daemon: &Daemon, label: &str) -> Option<serde_json::Value> {
    let listed = daemon.as_admin(Method::GET, "/tokens", None).await.expect(200);
    let tokens = listed.body["tokens"].as_array().unwrap();
    tokens.iter().find(|token| token["label"] == label).cloned()
}

async fn with(daemon: &Daemon, token: &str) -> Answer {
    daemon.call(Method::GET, &at(&["admin", "integrations"])).bearer(token).await
}

#[tokio::test]
async fn a20_a_revoked_token_is_refused_at_once_and_gone_from_the_list() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let token = made(&daemon, "ops: release", None).await;
    with(&daemon, &token).await.expect(200);
    assert!(listed(&daemon, "ops: release").await.is_some());
    let path = at(&["tokens", "ops: release"]).replace("/api/v1", "");
    daemon.as_admin(Method::DELETE, &path, None).await.expect(204);
    with(&daemon, &token).await.problem(401, "unauthenticated");
    assert_eq!(listed(&daemon, "ops: release").await, None);
    daemon.as_admin(Method::DELETE, &path, None).await.problem(404, "not-found");
    let log = daemon.audit().await;
    for subject in ["admin-token.add", "admin-token.revoke"] {
        let entry = log.iter().rfind(|entry| entry["subject"] == subject).expect(subject);
        assert_eq!(entry["details"]["label"], "ops: release");
    }
}

#[tokio::test]
async fn a20_a_token_ends_when_it_was_said_to() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let token = made(&daemon, "until noon", Some("2026-11-22T12:00:00Z")).await;
    with(&daemon, &token).await.expect(200);
    daemon.clock.advance_ms(3 * 60 * 60 * 1000 - 1);
    with(&daemon, &token).await.expect(200);
    daemon.clock.advance_ms(1);
    with(&daemon, &token).await.problem(401, "unauthenticated");
    assert_eq!(listed(&daemon, "until noon").await.unwrap()["expires_at"], "2026-11-22T12:00:00.000Z");
    for wrong in ["2026-11-22T12:00:00Z", "2025-01-01", "tomorrow", ""] {
        let body = json!({ "label": "late", "expires_at": wrong });
        let refused = daemon.as_admin(Method::POST, "/tokens", Some(body)).await;
        assert!(matches!(refused.status, 400 | 422), "{wrong}: {}", refused.text);
    }
    assert_eq!(listed(&daemon, "late").await, None);
}

#[tokio::test]
async fn a20_a_label_names_one_token() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let first = made(&daemon, "ops", None).await;
    let again = json!({ "label": "ops" });
    let refused = daemon.as_admin(Method::POST, "/tokens", Some(again)).await.problem(409, "conflict");
    assert!(refused.text_at("/detail").contains("ops"), "{}", refused.text);
    with(&daemon, &first).await.expect(200);
    for wrong in ["", "a\nb", &"x".repeat(500)] {
        daemon.as_admin(Method::POST, "/tokens", Some(json!({ "label": wrong }))).await.problem(422, "invalid");
    }
}

#[tokio::test]
async fn a20_the_last_use_is_shown() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let token = made(&daemon, "ops", None).await;
    assert!(listed(&daemon, "ops").await.unwrap()["last_used_at"].is_null());
    let used = async |expected: &str| {
        for _ in 0..100 {
            if listed(&daemon, "ops").await.unwrap()["last_used_at"] == expected {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        panic!("{:?}", listed(&daemon, "ops").await);
    };
    with(&daemon, &token).await.expect(200);
    used("2026-11-22T09:00:00.000Z").await;
    daemon.clock.advance_ms(61_000);
    with(&daemon, &token).await.expect(200);
    used("2026-11-22T09:01:01.000Z").await;
    for wrong in ["csa_", "csa_x", &token[..token.len() - 1], &format!("{token}x"), &token.to_uppercase()] {
        with(&daemon, wrong).await.problem(401, "unauthenticated");
    }
}
