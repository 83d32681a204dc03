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

/// Operations of the document that take a body, and what is in it.
fn bodies() -> Vec<(Method, String, String)> {
    let document = Contract::of_this_version().document().clone();
    let of_path = |(path, methods): (&String, &Value)| -> Vec<_> {
        let of_method = |(method, operation): (&String, &Value)| {
            let schema = operation.pointer("/requestBody/content/application~1json/schema/$ref")?.as_str()?.to_owned();
            Some((method.to_uppercase().parse().unwrap(), path.clone(), schema.trim_start_matches('#').to_owned()))
        };
        methods.as_object().unwrap().iter().filter_map(of_method).collect()
    };
    document["paths"].as_object().unwrap().iter().flat_map(of_path).collect()
}

/// Sends a body to an operation of any id, as whoever may.
async fn sent(daemon: &Daemon<GitHubServer>, method: &Method, path: &str, body: Value) -> Answer {
    let path = path.replace("{id}", MAIN).replace("{repo}", "octo-org%2Fhello").replace("{name}", "x");
    match path.strip_prefix("/admin") {
        Some(path) => daemon.as_admin(method.clone(), path, Some(body)).await,
        None => daemon.as_user("ann").call(method.clone(), &format!("/api/v1{path}")).json(&body).await,
    }
}

#[tokio::test]
async fn every_body_has_an_example_that_is_read() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let contract = Contract::of_this_version();
    let bodies = bodies();
    assert!(bodies.len() >= 14, "{bodies:?}");
    for (method, path, schema) in bodies {
        let example = contract.document().pointer(&format!("{schema}/example"));
        let example = example.unwrap_or_else(|| panic!("{schema} has no example")).clone();
        let answer = sent(&daemon, &method, &path, example).await;
        assert!(![400, 415].contains(&answer.status), "{method} {path}: {}", answer.text);
    }
}

/// Serde would read a list as a struct, member by member.
#[tokio::test]
async fn a_list_in_the_place_of_an_object_is_refused_wherever_an_object_is() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let contract = Contract::of_this_version();
    let is_object = |schema: &Value| {
        let named = |reference: &Value| {
            Some(contract.document().pointer(reference.as_str()?.trim_start_matches('#'))?["type"] == "object")
        };
        let choices = schema["oneOf"].as_array().into_iter().flatten().chain([schema]);
        choices.filter_map(|choice| named(&choice["$ref"])).any(|is| is)
    };
    let mut tried = 0;
    for (method, path, schema) in bodies() {
        let properties = contract.document().pointer(&format!("{schema}/properties")).unwrap();
        for (name, property) in properties.as_object().unwrap() {
            let wrong = match (is_object(property), is_object(&property["items"])) {
                (true, _) => json!([]),
                (_, true) => json!([[]]),
                _ => continue,
            };
            let answer = sent(&daemon, &method, &path, json!({ name: wrong })).await;
            let detail = answer.problem(400, "bad-request").text_at("/detail").to_owned();
            assert!(detail.contains("expected an object") && detail.contains(name), "{method} {path} {name}: {detail}");
            tried += 1;
        }
    }
    assert!(tried >= 5, "{tried}");
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
