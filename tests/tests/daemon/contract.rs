//! The committed OpenAPI document is the one the daemon serves, and holding exchanges against it finds what is wrong.

use std::path::PathBuf;

use countersign_tests::daemon::{Answer, Contract, Daemon, GitHubServer, MAIN, Server as _, WIDGETS};
use countersign_tests::standin::record::Recorded;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde_json::{Value, json};

#[tokio::test]
async fn the_committed_document_is_the_one_that_is_served() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let served = daemon.call(Method::GET, "/api/v1/openapi.json").await.expect(200).body;
    assert_eq!(served["openapi"], "3.1.0");
    let package = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap());
    let path = package.join("../host/openapi.json");
    let text = format!("{}\n", serde_json::to_string_pretty(&served).unwrap());
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == text, "host/openapi.json is not what the daemon serves; run this test with UPDATE=1");
}

#[test]
fn every_example_is_what_its_schema_takes() {
    assert_eq!(Contract::of_this_version().wrong_examples(), Vec::<String>::new());
}

fn findings(
    method: Method,
    path: &str,
    request: &str,
    status: u16,
    media_type: &'static str,
    body: Value,
) -> Vec<String> {
    let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(media_type))]);
    let answer = Answer { status, headers, text: body.to_string(), body };
    Contract::of_this_version().findings(&method, path, request.as_bytes(), &answer)
}

#[test]
fn an_exchange_that_leaves_the_document_is_found() {
    let policy = |status, media_type, body| findings(Method::GET, "/api/v1/admin/policy", "", status, media_type, body);
    let json = "application/json";
    assert_eq!(
        policy(200, json, json!({ "require_user_pat": true, "enforce_git_permissions": false, "revision": 7 })),
        Vec::<String>::new()
    );
    for (status, media_type, body) in [
        (200, json, json!({ "require_user_pat": "yes", "enforce_git_permissions": false, "revision": 7 })),
        (200, json, json!({})),
        (200, json, json!({ "require_user_pat": true, "enforce_git_permissions": false, "revision": 7, "more": 1 })),
        (200, "text/html", json!({ "require_user_pat": true, "enforce_git_permissions": false, "revision": 7 })),
        (202, json, json!({ "require_user_pat": true, "enforce_git_permissions": false, "revision": 7 })),
        (404, "application/problem+json", json!({ "title": "a problem without the rest" })),
    ] {
        assert!(!policy(status, media_type, body.clone()).is_empty(), "{status} {media_type} {body}");
    }
    let put = |request| {
        findings(
            Method::PUT,
            "/api/v1/admin/policy",
            request,
            200,
            json,
            json!({ "require_user_pat": true, "enforce_git_permissions": false, "revision": 7 }),
        )
    };
    assert_eq!(put(r#"{"require_user_pat":true}"#), Vec::<String>::new());
    assert_eq!(put(r#"{"require_user_pat":1}"#).len(), 1, "accepted although not described");
    assert_eq!(findings(Method::GET, "/api/v1/nothing", "", 200, json, json!({})).len(), 1);
}

#[tokio::test]
async fn a_conversation_with_the_git_server_that_leaves_its_description_is_found() {
    for server in GitHubServer::ALL {
        if server.description().is_none() {
            continue;
        }
        let daemon = Daemon::start(server).await;
        daemon.as_user("ann").create_branch(MAIN, WIDGETS, "feature/x", "main").await.expect(201);
        let good = daemon.stand_in.record.requests();
        assert_eq!(server.findings(&good), Vec::<String>::new());
        let altered = |change: fn(&mut Recorded)| {
            let mut exchange = good.iter().find(|exchange| exchange.request.method == Method::POST).unwrap().clone();
            change(&mut exchange);
            server.findings(&[exchange])
        };
        assert!(!altered(|exchange| exchange.request.path.push('x')).is_empty());
        assert!(!altered(|exchange| exchange.request.body = r#"{"ref":7}"#.into()).is_empty());
        assert!(!altered(|exchange| exchange.request.query = Some("nothing=1".to_owned())).is_empty());
        assert!(!altered(|exchange| exchange.answer.as_mut().unwrap().body = "{}".into()).is_empty());
        assert!(!altered(|exchange| exchange.answer.as_mut().unwrap().status = StatusCode::IM_A_TEAPOT).is_empty());
    }
}
