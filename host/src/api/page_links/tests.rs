//! What a connector may ask a link for, and whom the link is for.

use http::Method;
use serde_json::{Value, json};

use crate::world::{Answer, LINK_LIFETIME_MS, PUBLIC_URL, World, acting};

async fn post(world: &World, path: &str, body: &Value) -> Answer {
    let token = format!("Bearer {}", world.connector_token("ann").await);
    let headers = [("authorization", token.as_str()), ("content-type", "application/json")];
    world.send(Method::POST, path, &headers, &body.to_string()).await
}

async fn asked(world: &World, body: &Value) -> Answer {
    post(world, "/api/v1/page-links", body).await
}

fn parsed(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap()
}

/// 422 for that field alone, and no link.
#[track_caller]
fn expect_refused(answer: &Answer, field: &str) {
    answer.expect(422, &["urn:countersign:problem:invalid"]).lacks(&["/open/"]);
    let problem = parsed(answer);
    let fields: Vec<&str> =
        problem["errors"].as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap()).collect();
    assert_eq!(fields, [field], "{}", answer.body);
    assert!(!problem["errors"][0]["message"].as_str().unwrap().is_empty());
}

#[tokio::test]
async fn a_link_opens_the_page_that_was_asked_for_for_the_tokens_user() {
    let world = World::new().await;
    let issue = json!({ "key": "ABC-1", "summary": "Log in", "type": "Story", "url": "https://jira.example.com/browse/ABC-1", "components": ["Web shop"] });
    for (body, first) in [
        (json!({ "page": "create-branch", "issue": issue }), "/create-branch"),
        (
            json!({ "page": "create-pull-request", "issue": issue, "integration": "acme", "repository": "a/b" }),
            "/create-pull-request",
        ),
        (json!({ "page": "set-up", "project": "ABC", "integration": "acme" }), "/set-up/acme"),
        (json!({ "page": "repositories", "project": "ABC" }), "/repositories"),
        (json!({ "page": "tokens", "project": "ABC", "return_to": "https://jira.example.com/x" }), "/tokens"),
    ] {
        let made = asked(&world, &body).await;
        made.expect(201, &[]);
        let made = parsed(&made);
        assert_eq!(made["expires_at"], json!(world.app.clock.now().plus_ms(LINK_LIFETIME_MS)));
        let link = made["url"].as_str().unwrap().strip_prefix(PUBLIC_URL).unwrap();
        assert!(link.strip_prefix("/open/").is_some_and(|token| token.len() > 40), "{link}");
        world.get(link).await.expect(200, &["<bdi>ann</bdi>"]);
        let begun = world.post(link, "").await;
        assert!(begun.location().split('?').next().unwrap().ends_with(first), "{}", begun.location());
    }
}

#[tokio::test]
async fn a_setup_link_is_a_page_link_of_set_up() {
    let world = World::new().await;
    let made = post(&world, "/api/v1/setup-links", &json!({ "integration": "acme", "project": "ABC" })).await;
    let made = parsed(made.expect(201, &[]));
    let link = made["url"].as_str().unwrap().strip_prefix(PUBLIC_URL).unwrap();
    world.begun(link).await;
    assert_eq!(world.saved_account("ann").await, None);
}

#[tokio::test]
async fn u5_addresses_are_on_an_origin_of_the_connector_or_refused() {
    let world = World::new().await;
    world.add_connector("other", "https://other-jira.example.com").await;
    for address in [
        "https://evil.example/browse/ABC-1",
        "//evil.example",
        "/browse/ABC-1",
        "",
        "javascript:alert(1)",
        "http://jira.example.com/browse/ABC-1",
        "https://jira.example.com:8443/",
        "https://jira.example.com@evil.example/",
        "https://jira.example.com.evil.example/",
        "https://other-jira.example.com/browse/ABC-1",
    ] {
        for page in ["create-branch", "repositories", "tokens"] {
            let body = json!({ "page": page, "project": "ABC", "return_to": address });
            expect_refused(&asked(&world, &body).await, "return_to");
        }
        let body = json!({ "page": "create-branch", "issue": { "key": "ABC-1", "url": address } });
        expect_refused(&asked(&world, &body).await, "issue.url");
        let body = json!({ "integration": "acme", "project": "ABC", "return_to": address });
        expect_refused(&post(&world, "/api/v1/setup-links", &body).await, "return_to");
    }
}

#[tokio::test]
async fn what_a_page_cannot_be_opened_for_is_refused_by_its_field() {
    let world = World::new().await;
    let long = "x".repeat(256);
    let components: Vec<String> = (0..101).map(|number| format!("c{number}")).collect();
    for (body, field) in [
        (json!({ "page": "create-branch", "issue": { "key": "nonsense" } }), "issue"),
        (json!({ "page": "create-branch", "issue": { "key": "ABC-1", "summary": long } }), "issue.summary"),
        (json!({ "page": "create-branch", "issue": { "key": "ABC-1", "type": long } }), "issue.type"),
        (json!({ "page": "create-branch", "issue": { "key": "ABC-1", "components": components } }), "issue.components"),
        (json!({ "page": "create-branch", "issue": { "key": "ABC-1", "components": [""] } }), "issue.components"),
        (json!({ "page": "create-branch", "issue": { "key": "ABC-1" }, "project": "XYZ" }), "project"),
        (json!({ "page": "tokens" }), "project"),
        (json!({ "page": "tokens", "project": "no key" }), "project"),
        (json!({ "page": "set-up", "project": "ABC" }), "integration"),
        (json!({ "page": "create-branch", "project": "ABC", "repository": "a/b" }), "repository"),
    ] {
        expect_refused(&asked(&world, &body).await, field);
    }
}

#[tokio::test]
async fn a8_a_page_nobody_knows_and_members_nobody_asked_for_are_refused() {
    let world = World::new().await;
    for body in [
        json!({ "page": "nowhere", "project": "ABC" }),
        json!({ "page": "Tokens", "project": "ABC" }),
        json!({ "page": "", "project": "ABC" }),
        json!({ "page": null, "project": "ABC" }),
        json!({ "project": "ABC" }),
        json!({ "page": "tokens", "project": "ABC", "user": "bob" }),
        json!({ "page": "tokens", "issue": { "key": "ABC-1", "reporter": "bob" } }),
    ] {
        let answer = asked(&world, &body).await;
        assert!([400, 422].contains(&answer.status.as_u16()), "{body}: {}", answer.body);
        answer.lacks(&["/open/"]);
    }
}

#[tokio::test]
async fn a19_an_integration_closed_to_the_project_is_answered_like_one_that_is_absent() {
    let world = World::new().await;
    world.change_integration(|integration| integration.projects = model::Projects::Only(Vec::new())).await;
    for page in ["set-up", "create-branch", "create-pull-request", "repositories", "tokens"] {
        let ask = async |integration: &str| {
            let body = json!({ "page": page, "project": "ABC", "integration": integration, "repository": "a/b" });
            let answer = asked(&world, &body).await;
            let mut problem = parsed(answer.expect(404, &["urn:countersign:problem:"]).lacks(&["/open/", "Acme"]));
            problem.as_object_mut().unwrap().remove("request_id");
            problem
        };
        assert_eq!(ask("acme").await, ask("absent").await, "{page}");
    }
}

#[tokio::test]
async fn where_users_cannot_have_a_pat_no_link_leads_to_where_one_is_saved() {
    let world = World::new().await;
    let unsupported = model::UserCredentials::Unsupported("version 2013 has none".into());
    world.change_integration(|integration| integration.connection.user_credentials = unsupported).await;
    let body = json!({ "page": "set-up", "project": "ABC", "integration": "acme" });
    asked(&world, &body).await.expect(409, &["user-pats-unsupported", "version 2013 has none"]);
    let body = json!({ "page": "create-branch", "project": "ABC", "integration": "acme" });
    asked(&world, &body).await.expect(201, &[]);
}

#[tokio::test]
async fn a_project_the_user_may_not_view_has_no_link() {
    let world = World::new().await;
    for page in ["tokens", "repositories", "create-branch"] {
        let answer = asked(&world, &json!({ "page": page, "project": "XYZ" })).await;
        answer.expect(403, &["permission-missing"]).lacks(&["/open/"]);
    }
    assert!(world.store.pats_of(&acting("ann")).await.unwrap().is_empty());
}
