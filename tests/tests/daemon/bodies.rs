//! A8: bodies that are not what they should be, and A12: what comes out of a PAT.

use countersign_tests::daemon::{Daemon, GitHubServer, MAIN, WIDGETS};
use countersign_tests::standin::github::token;
use http::Method;

const NEW_BRANCH: &str = "/api/v1/integrations/main/repositories/acme%2Fwidgets/branches";

#[tokio::test]
async fn a8_bodies_that_are_not_what_they_should_be_are_refused_by_name() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let ann = daemon.as_user("ann");
    let json = "application/json";
    let deep = format!("{{\"name\":{}", "[".repeat(10_000));
    let large = format!(r#"{{"name":"x","from":"main","project":"ABC","issue":"{}"}}"#, "x".repeat(300 << 10));
    let cases: [(&str, Vec<u8>, u16, &str); 9] = [
        (json, br#"{"name":"x","name":"y","from":"main","project":"ABC"}"#.to_vec(), 400, "bad-request"),
        (json, br#"{"name":"x","from":"main","project":"ABC","more":1}"#.to_vec(), 400, "bad-request"),
        (json, br#"["x","main","ABC"]"#.to_vec(), 400, "bad-request"),
        (json, b"{\"name\":\"\xff\",\"from\":\"main\",\"project\":\"ABC\"}".to_vec(), 400, "bad-request"),
        (json, deep.into_bytes(), 400, "bad-request"),
        (json, b"".to_vec(), 400, "bad-request"),
        (json, large.into_bytes(), 413, "body-too-large"),
        ("text/plain", br#"{"name":"x","from":"main","project":"ABC"}"#.to_vec(), 415, "unsupported-media-type"),
        ("application/x-www-form-urlencoded", b"name=x&from=main".to_vec(), 415, "unsupported-media-type"),
    ];
    for (media_type, body, status, code) in cases {
        println!("{media_type} {}", String::from_utf8_lossy(&body[..body.len().min(60)]));
        ann.call(Method::POST, NEW_BRANCH).body(media_type, body).await.problem(status, code);
    }
    assert_eq!(daemon.stand_in.record.requests().len(), 0);
}

#[tokio::test]
async fn a8_a_secret_in_the_wrong_place_is_not_repeated() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let ann = daemon.as_user("ann");
    let path = "/api/v1/integrations/main/pat";
    for body in [
        format!(r#"{{"fields":"{}","project":"ABC"}}"#, token::ALICE),
        format!(r#"{{"fields":{{"token":"{0}","{0}":"x"}},"project":"ABC"}}"#, token::ALICE),
        format!(r#"{{"fields":{{"token":"x"}},"project":"{}"}}"#, token::ALICE),
        format!(r#"{{"fields":{{"token":["{}"]}},"project":"ABC"}}"#, token::ALICE),
    ] {
        // The client fails on any answer with a token in it.
        let refused = ann.call(Method::PUT, path).body("application/json", body).await;
        assert!(matches!(refused.status, 400 | 422), "{}", refused.text);
    }
}

/// A value in the query that cannot be used, one that is missing, and a body where none is taken: one answer each on every route.
#[tokio::test]
async fn a8_what_a_query_says_is_held_to_what_it_may_say() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let ann = daemon.as_user("ann");
    let of_pat = format!("/integrations/{MAIN}/pat?project=ABC");
    for (method, path, field) in [
        (Method::DELETE, format!("{of_pat}&revoke=1"), "revoke"),
        (Method::DELETE, format!("{of_pat}&revoke="), "revoke"),
        (Method::GET, "/branch-name?integration=main".to_owned(), "issue"),
        (Method::GET, "/branch-name?issue=ABC-1".to_owned(), "integration"),
        (Method::GET, format!("/integrations/{MAIN}/repositories/a/comparison?project=ABC&source=x"), "target"),
        (Method::GET, format!("/integrations/{MAIN}/repositories/a/comparison?project=ABC&target=x"), "source"),
        (Method::GET, "/repositories?limit=1".to_owned(), "project"),
    ] {
        let refused = ann.call(method, &format!("/api/v1{path}")).await.problem(422, "invalid");
        assert_eq!(refused.body["errors"][0]["field"], field, "{path}: {}", refused.text);
    }
    let refused = ann.call(Method::DELETE, &format!("/api/v1{of_pat}")).body("application/json", "null").await;
    let refused = refused.problem(400, "bad-request");
    assert!(refused.text_at("/detail").starts_with("This takes no body"), "{}", refused.text);
}

#[tokio::test]
async fn a12_reading_a_pat_gives_metadata_and_nothing_of_the_secret() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let ann = daemon.as_user("ann");
    ann.save_pat(MAIN, token::ALICE_FINE).await.expect(200);
    let read = ann.pat(MAIN).await.expect(200);
    let members: Vec<&String> = read.body.as_object().unwrap().keys().collect();
    assert_eq!(
        members,
        ["account", "expires_at", "expiry", "form", "last_checked_at", "last_used_at", "permissions", "state"]
    );
    assert_eq!(read.text_at("/expires_at"), "2031-02-03T04:05:06.000Z");
    for window in token::ALICE_FINE.as_bytes().windows(8) {
        let part = str::from_utf8(window).unwrap();
        assert!(!read.text.contains(part), "{part}");
    }
    for call in [
        ann.get("/api/v1/integrations?project=ABC"),
        ann.repositories(MAIN),
        ann.branches(MAIN, WIDGETS),
        daemon.as_admin(Method::GET, "/integrations", None),
        daemon.as_admin(Method::GET, "/audit?limit=500", None),
        daemon.call(Method::GET, "/metrics"),
    ] {
        call.await.expect(200);
    }
}
