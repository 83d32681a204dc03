//! What every route has in common, as connectors and scripts come to know it: pages, ids in paths, forms, and what is told of
//! requests that nobody meant.

use countersign_tests::daemon::{Daemon, GitHubServer, Holder, MAIN, WIDGETS, at};
use countersign_tests::standin::github::token;
use http::Method;
use serde_json::{Value, json};

fn ids(answer: &Value, list: &str) -> Vec<String> {
    answer[list].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn integrations_come_a_page_at_a_time_for_users_and_administrators() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    for id in ["a", "b", "z"] {
        daemon.add_integration(id, &daemon.credential(Holder::Integration)).await;
    }
    let ann = daemon.as_user("ann");
    let users = async |query: &str| ann.get(&format!("/api/v1/integrations?project=ABC{query}")).await;
    let first = users("&limit=3").await.expect(200).body;
    assert_eq!(ids(&first, "integrations"), ["a", "b", MAIN]);
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = users(&format!("&limit=3&cursor={cursor}")).await.expect(200).body;
    assert_eq!((ids(&second, "integrations"), &second["next_cursor"]), (vec!["z".to_owned()], &Value::Null));
    users(&format!("&limit=2&cursor={cursor}")).await.problem(404, "not-found");
    users("&limit=101").await.problem(422, "invalid");
    let bob = daemon.as_user("bob").get(&format!("/api/v1/integrations?project=ABC&limit=3&cursor={cursor}"));
    bob.await.problem(404, "not-found");
    let listed = daemon.as_admin(Method::GET, "/integrations?limit=1", None).await.expect(200).body;
    assert_eq!(ids(&listed, "integrations"), ["a"]);
    for list in ["connectors", "sites", "tokens", "providers"] {
        let page = daemon.as_admin(Method::GET, &format!("/{list}?limit=1"), None).await.expect(200).body;
        assert_eq!(page[list].as_array().unwrap().len(), 1, "{page}");
    }
}

#[tokio::test]
async fn a14_ids_are_taken_in_a_form_that_no_proxy_takes_apart() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let ann = daemon.as_user("ann");
    ann.save_pat(MAIN, token::ALICE).await.expect(200);
    let found = ann.repositories(MAIN).await.expect(200).body;
    let widgets = found["repositories"].as_array().unwrap().iter().find(|one| one["id"] == WIDGETS).unwrap();
    let repository = format!("/api/v1/integrations/{MAIN}/repositories/{}", widgets["path_id"].as_str().unwrap());
    assert_eq!(ann.get(&format!("{repository}?project=ABC")).await.expect(200).text_at("/id"), WIDGETS);
    let body = json!({ "name": "feature/%2F", "from": "main", "project": "ABC" });
    let made = ann.post(&format!("{repository}/branches"), &body).await.expect(201).body;
    let branch = format!("{repository}/branches/{}?project=ABC", made["branch"]["path_id"].as_str().unwrap());
    let gone = ann.call(Method::DELETE, &branch).await.expect(200).body;
    assert_eq!((gone["existed"].clone(), daemon.show_ref(WIDGETS, "feature/%2F")), (json!(true), None));
}

#[tokio::test]
async fn a14_an_id_that_came_apart_or_was_encoded_twice_is_answered_with_what_to_do() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let ann = daemon.as_user("ann");
    for path in [
        "/repositories/acme/widgets/branches",
        "/repositories/acme/widgets",
        "/repositories/acme%252Fwidgets/branches",
        "/repositories/acme%252fwidgets",
        "/repositories/~acme./branches",
    ] {
        let answer = ann.get(&format!("/api/v1/integrations/{MAIN}{path}?project=ABC")).await;
        assert!(answer.problem(404, "not-found").text_at("/detail").contains("path_id"), "{path}");
    }
    let label = daemon.as_admin(Method::DELETE, "/tokens/a/b", None).await.problem(404, "not-found");
    assert!(label.text_at("/detail").contains("path_id"));
}

#[tokio::test]
async fn the_form_of_a_pat_is_told_with_what_is_known_of_it() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let told = daemon.as_user("ann").pat(MAIN).await.expect(200).body;
    let field = &told["form"]["fields"][0];
    assert_eq!(
        (&field["name"], &field["required"], &field["input"]),
        (&json!("token"), &json!(true), &json!("secret"))
    );
    for text in ["label", "help", "example"] {
        assert!(field[text].is_string(), "{field}");
    }
    assert!(told["form"]["permissions"][0]["name"].is_string() && told["form"]["help"].is_string(), "{told}");
    let listed = daemon.as_user("ann").get("/api/v1/integrations?project=ABC").await.expect(200).body;
    assert_eq!(listed["integrations"][0]["pat"].get("form"), None);
}

#[tokio::test]
async fn a2_whether_a_connector_is_registered_the_words_of_a_refusal_do_not_tell() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let good = daemon.as_user("ann").unsigned();
    let stranger = countersign_tests::daemon::Key::generate();
    let told = async |token: String| {
        let answer = daemon.call(Method::GET, "/api/v1/integrations?project=ABC").bearer(&token).await;
        answer.problem(401, "unauthenticated").text_at("/detail").to_owned()
    };
    for (name, draft) in [
        ("as it is", good.clone()),
        ("expired", good.clone().claim("exp", json!(1))),
        ("for another audience", good.clone().claim("aud", json!("https://other.example.com"))),
        ("of another key", good.clone().header("kid", json!("another"))),
        ("of another algorithm", good.clone().header("alg", json!("ES256"))),
    ] {
        let registered = told(stranger.sign(&draft)).await;
        let unknown = told(stranger.sign(&draft.claim("iss", json!("nobody")))).await;
        assert_eq!(registered, unknown, "{name}");
    }
}

#[tokio::test]
async fn a8_a_body_may_begin_with_a_byte_order_mark_and_is_not_unpacked() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let asked = |body: &str| daemon.as_admin(Method::PUT, "/policy", None).body("application/json", body.to_owned());
    let body = r#"{"require_user_pat":false}"#;
    asked(body).header("content-encoding", "gzip").await.problem(415, "unsupported-media-type");
    asked(body).header("content-encoding", "identity").await.expect(200);
    asked(&format!("\u{feff}{body}")).await.expect(200);
}

#[tokio::test]
async fn a_time_has_three_digits_of_milliseconds_wherever_it_is_shown() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let ann = daemon.as_user("ann");
    let saved = ann.save_pat(MAIN, token::ALICE).await.expect(200);
    let made = ann.create_branch(MAIN, WIDGETS, "feature/t", "main").await.expect(201);
    let entry = daemon.audit().await.pop().unwrap();
    let site = daemon.as_admin(Method::GET, "/sites/default", None).await.expect(200);
    let times = [saved.text_at("/last_checked_at"), made.text_at("/receipt/at"), site.text_at("/created_at")];
    for time in times.into_iter().chain([entry["at"].as_str().unwrap()]) {
        assert!(time.len() == "2026-11-22T09:00:00.000Z".len() && time.ends_with('Z'), "{time}");
    }
    assert!(ann.get(&at(&["integrations"])).await.problem(422, "invalid").text_at("/request_id").len() == 32);
}
