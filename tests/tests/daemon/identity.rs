//! Who somebody is, is what a connector's token says, verified: nothing else in a request, and no token twice.

use std::net::TcpListener;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign_tests::daemon::{
    Daemon, Draft, GitHubServer, Key, MAIN, PUBLIC_URL, WIDGETS, all_at_once, signed_part,
};
use countersign_tests::standin::github::{GitHub, token};
use http::Method;
use ring::hmac;
use serde_json::{Value, json};

const NEW_BRANCH: &str = "/api/v1/integrations/main/repositories/acme%2Fwidgets/branches";

fn body() -> Value {
    json!({ "name": "feature/x", "from": "main", "project": "ABC" })
}

#[tokio::test]
async fn a1_unsigned_confused_and_foreign_keyed_tokens_are_refused_and_no_key_is_fetched() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let elsewhere = TcpListener::bind("127.0.0.1:0").unwrap();
    elsewhere.set_nonblocking(true).unwrap();
    let there = format!("http://{}/keys", elsewhere.local_addr().unwrap());
    let (good, stranger) = (daemon.as_user("ann").unsigned(), Key::generate());
    let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(stranger.public_bytes()) });
    let unsigned = good.clone().header("alg", json!("none"));
    let hs256 = good.clone().header("alg", json!("HS256"));
    let by_hmac = |secret: &[u8]| {
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), signed_part(&hs256).as_bytes());
        format!("{}.{}", signed_part(&hs256), URL_SAFE_NO_PAD.encode(tag))
    };
    let tokens = [
        ("none", format!("{}.", signed_part(&unsigned))),
        ("none, signed all the same", daemon.key.sign(&unsigned)),
        ("HS256 with our public key", by_hmac(daemon.key.public_bytes())),
        ("HS256 with its PEM", by_hmac(daemon.key.public_pem().as_bytes())),
        ("another's key", stranger.sign(&good)),
        ("jwk", stranger.sign(&good.clone().header("jwk", jwk))),
        ("jku", stranger.sign(&good.clone().header("jku", json!(there)))),
        ("x5u", stranger.sign(&good.clone().header("x5u", json!(there)))),
        ("jku, with the right key", daemon.key.sign(&good.clone().header("jku", json!(there)))),
        ("unknown kid", daemon.key.sign(&good.clone().header("kid", json!("another")))),
    ];
    for (what, token) in tokens {
        println!("{what}");
        daemon.call(Method::POST, NEW_BRANCH).bearer(&token).json(&body()).await.problem(401, "unauthenticated");
    }
    assert!(elsewhere.accept().is_err(), "somebody asked for a key");
    assert_eq!(daemon.stand_in.record.requests().len(), 0);
    daemon.call(Method::POST, NEW_BRANCH).bearer(&daemon.key.sign(&good)).json(&body()).await.expect(201);
}

#[tokio::test]
async fn a2_a3_tokens_for_another_audience_issuer_or_time_are_refused() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let good = || daemon.as_user("ann").unsigned();
    let now = good().claims["iat"].as_i64().unwrap();
    let cases: [(&str, Draft); 14] = [
        ("no aud", good().without("aud")),
        ("another's aud", good().claim("aud", json!("https://other.example.com"))),
        ("aud with a slash", good().claim("aud", json!(format!("{PUBLIC_URL}/")))),
        ("unknown iss", good().claim("iss", json!("nobody"))),
        ("no iss", good().without("iss")),
        ("no sub", good().without("sub")),
        ("no jti", good().without("jti")),
        ("no exp", good().without("exp")),
        ("exp a text", good().claim("exp", json!((now + 60).to_string()))),
        ("exp 1e300", good().claim("exp", json!(1e300))),
        ("exp negative", good().claim("exp", json!(-1))),
        ("six minutes long", good().claim("exp", json!(now + 360))),
        ("iat ahead", good().claim("iat", json!(now + 40))),
        ("nbf ahead", good().claim("nbf", json!(now + 40))),
    ];
    for (what, token) in cases {
        println!("{what}");
        let token = daemon.key.sign(&token);
        daemon.call(Method::POST, NEW_BRANCH).bearer(&token).json(&body()).await.problem(401, "unauthenticated");
    }
    let stale = daemon.as_user("ann").token();
    daemon.clock.advance_ms(61_000);
    daemon.call(Method::POST, NEW_BRANCH).bearer(&stale).json(&body()).await.problem(401, "unauthenticated");
    assert_eq!(daemon.stand_in.record.requests().len(), 0);
}

#[tokio::test]
async fn a2_a_token_of_one_connector_is_not_taken_for_anothers() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let other = Key::generate();
    let connector = json!({ "id": "other", "public_key": other.public_pem() });
    daemon.as_admin(Method::POST, "/connectors", Some(connector)).await.expect(201);
    let token = other.sign(&daemon.as_user("ann").unsigned());
    daemon.call(Method::POST, NEW_BRANCH).bearer(&token).json(&body()).await.problem(401, "unauthenticated");
    let own = other.sign(&daemon.as_user("ann").unsigned().claim("iss", json!("other")));
    daemon.call(Method::POST, NEW_BRANCH).bearer(&own).json(&body()).await.expect(201);
}

#[tokio::test]
async fn a4_a_token_is_good_for_one_change_also_when_twenty_come_at_once() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let ann = daemon.as_user("ann");
    let token = ann.token();
    let with_it = |name: &str| ann.create_branch(MAIN, WIDGETS, name, "main").bearer(&token);
    with_it("first").await.expect(201);
    with_it("second").await.problem(401, "unauthenticated");
    assert_eq!(daemon.show_ref(WIDGETS, "second"), None);

    let token = ann.token();
    let calls =
        (0..20).map(|number| ann.create_branch(MAIN, WIDGETS, &format!("at-once-{number}"), "main").bearer(&token));
    let answers = all_at_once(calls).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!((statuses[0], &statuses[1..]), (201, &[401; 19][..]));
    let made = (0..20).filter(|number| daemon.show_ref(WIDGETS, &format!("at-once-{number}")).is_some());
    assert_eq!(made.count(), 1);
}

#[tokio::test]
async fn a5_a10_no_body_query_or_header_says_who_somebody_is() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    daemon.require_user_pat(MAIN).await;
    daemon.as_user("bob").save_pat(MAIN, token::ALICE).await.expect(200);
    let ann = daemon.as_user("ann");
    for member in ["user", "sub", "jira_user", "as"] {
        let mut body = body();
        body[member] = json!("bob");
        ann.ask_for_branch(MAIN, WIDGETS, &body).await.problem(400, "bad-request");
    }
    ann.get("/api/v1/integrations/main/pat?project=ABC&user=bob").await.problem(400, "bad-request");
    let forged = ann.create_branch(MAIN, WIDGETS, "feature/x", "main");
    let forged = forged.header("host", "evil.example").header("x-forwarded-host", "evil.example");
    let forged = forged.header("x-forwarded-proto", "http").header("forwarded", "host=evil.example;proto=http");
    let forged =
        forged.header("x-user-id", "bob").header("x-forwarded-user", "bob").header("x-forwarded-for", "127.0.0.1");
    let denied = forged.await.problem(403, "user-pat-required");
    assert!(denied.text_at("/setup_url").starts_with(&format!("{PUBLIC_URL}/open/")));
    let log = daemon.audit().await;
    let denial = log.iter().rfind(|entry| entry["event"] == "denied").unwrap();
    assert_eq!(denial["actor"]["jira_user"], "ann");
}

#[tokio::test]
async fn a6_what_is_another_integrations_is_the_same_as_absent() {
    let scene = GitHub::cloud().usual().page_cap(1);
    let daemon = Daemon::start_before(GitHubServer::Cloud, scene.start().await.unwrap()).await;
    daemon.add_integration("other", &json!({ "token": token::INTEGRATION })).await;
    let closed = json!({ "projects": ["XYZ"] });
    daemon.as_admin(Method::PATCH, "/integrations/other", Some(closed)).await.expect(200);
    let (ann, xavier) = (daemon.as_user("ann"), daemon.as_user("xavier").viewing(&["XYZ", "ABC"]));
    let same = |id: &'static str| {
        [
            ann.pat(id),
            ann.save_pat(id, token::ALICE),
            ann.branches(id, WIDGETS),
            ann.repositories(id),
            ann.create_branch(id, WIDGETS, "feature/x", "main"),
            ann.create_pull_request(id, WIDGETS, "develop"),
        ]
    };
    daemon.stand_in.record.clear();
    for (closed, absent) in same("other").into_iter().zip(same("absent")) {
        let (mut closed, mut absent) = (closed.await.expect(404), absent.await.expect(404));
        closed.body["request_id"] = Value::Null;
        absent.body["request_id"] = Value::Null;
        assert_eq!(closed.body, absent.body);
    }
    assert_eq!(daemon.stand_in.record.requests().len(), 0);

    let cursor = ann.branches(MAIN, WIDGETS).await.expect(200).text_at("/next_cursor").to_owned();
    let page = |repository: &str, id: &str, project: &str| {
        format!("/api/v1/integrations/{id}/repositories/{repository}/branches?project={project}&cursor={cursor}")
    };
    ann.get(&page("acme%2Fwidgets", MAIN, "ABC")).await.expect(200);
    ann.get(&page("alice%2Fdotfiles", MAIN, "ABC")).await.problem(404, "not-found");
    xavier.get(&page("acme%2Fwidgets", MAIN, "ABC")).await.problem(404, "not-found");
    xavier.get(&page("acme%2Fwidgets", "other", "XYZ")).await.problem(404, "not-found");
}

#[tokio::test]
async fn a7_users_whose_ids_differ_in_case_space_or_form_have_pats_of_their_own() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let ids = ["ann", "Ann", "ann ", "\u{e1}nn", "a\u{301}nn"];
    daemon.as_user(ids[0]).save_pat(MAIN, token::ALICE).await.expect(200);
    for id in &ids[1..] {
        assert_eq!(daemon.as_user(id).pat(MAIN).await.expect(200).text_at("/state"), "missing", "{id:?}");
    }
    daemon.as_user(ids[1]).save_pat(MAIN, token::BOB).await.expect(200);
    let login = async |id: &str| daemon.as_user(id).pat(MAIN).await.expect(200).text_at("/account/login").to_owned();
    assert_eq!((login(ids[0]).await, login(ids[1]).await), ("alice".to_owned(), "bob".to_owned()));
}
