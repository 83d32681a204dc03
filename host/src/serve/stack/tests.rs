//! Every route and method is asked for all that the stack promises: the routes that the OpenAPI document has, the pages, and
//! those for operators. A route that is merged around the stack fails here.

use std::convert::Infallible;
use std::time::{Duration, Instant};

use axum::body::Body;
use http::{Request, StatusCode};
use hyper::body::Bytes;

use super::*;
use crate::world::{Answer, World, logged};

/// What a body that is held back may take, here.
const BODY_TIMEOUT: Duration = Duration::from_millis(150);

const METHODS: [&str; 8] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"];

fn limits() -> Limits {
    Limits { body: BODY_TIMEOUT, ..Limits::default() }
}

async fn world() -> World {
    World::within(limits(), |_, _| {}).await
}

/// A path for every route there is, and one for none.
async fn paths(world: &World) -> Vec<String> {
    let document = serde_json::to_value(api::document()).unwrap();
    let documented = document["paths"].as_object().unwrap().keys();
    let filled_in = |path: &String| {
        let segments = path.split('/').map(|segment| if segment.starts_with('{') { "acme" } else { segment });
        format!("/api/v1{}", segments.collect::<Vec<_>>().join("/"))
    };
    let mut paths: Vec<String> = documented.map(filled_in).collect();
    assert!(paths.len() > 20, "{paths:?}");
    paths.extend(["/livez", "/readyz", "/metrics", "/api/v1/openapi.json", "/ui/style.css"].map(str::to_owned));
    paths.extend(["/", "/nowhere", "/api/v1", "/api/v1/nowhere", "/setup/unknown", "/setup/"].map(str::to_owned));
    paths.push(world.link("ann").await);
    paths
}

/// Some of it, and then nothing for ever.
fn held_back() -> Body {
    use futures_util::StreamExt as _;
    let some = futures_util::stream::iter([Ok::<_, Infallible>(Bytes::from_static(b"{\"a\":"))]);
    Body::from_stream(some.chain(futures_util::stream::pending()))
}

fn endless() -> Body {
    Body::from_stream(futures_util::stream::repeat_with(|| Ok::<_, Infallible>(Bytes::from(vec![b' '; 64 << 10]))))
}

/// As whom a request is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum As {
    Nobody,
    Connector,
    Administrator,
}

async fn ask(world: &World, caller: As, method: &str, path: &str, body: Body) -> Answer {
    let form = "application/x-www-form-urlencoded";
    let content_type = if path.starts_with("/setup/") { form } else { "application/json" };
    let request = Request::builder().method(method).uri(path).header("content-type", content_type);
    let request = match caller {
        As::Nobody => request,
        As::Connector => request.header("authorization", format!("Bearer {}", world.connector_token("ann").await)),
        As::Administrator => request.header("authorization", format!("Bearer {}", world.admin_token().await)),
    };
    world.answer(request.body(body).unwrap()).await
}

#[track_caller]
fn expect_the_stack(answer: &Answer, what: &str) {
    assert_eq!(answer.header("x-request-id").len(), 32, "{what}");
    for (name, _) in HEADERS {
        assert!(!answer.header(name.as_str()).is_empty(), "{what}: {name}");
    }
    assert_eq!(answer.header("x-content-type-options"), "nosniff", "{what}");
    let is_kept = answer.header("cache-control") != "no-store";
    assert_eq!(is_kept, what.ends_with("/ui/style.css") && answer.status.is_success(), "{what}");
    if answer.status.is_client_error() || answer.status.is_server_error() {
        assert!(!answer.header("content-type").is_empty(), "{what}");
    }
}

fn counted(world: &World) -> u64 {
    let text = world.app.metrics.render((0, 0));
    let requests = text.lines().filter(|line| line.starts_with("countersign_http_requests_total{"));
    requests.map(|line| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap()).sum()
}

#[tokio::test]
async fn every_route_and_method_has_an_id_the_headers_and_a_place_in_the_metrics() {
    let world = world().await;
    for path in paths(&world).await {
        for method in METHODS {
            let (what, before) = (format!("{method} {path}"), counted(&world));
            let answer = ask(&world, As::Nobody, method, &path, Body::empty()).await;
            expect_the_stack(&answer, &what);
            assert_eq!(counted(&world), before + 1, "{what}");
            assert!(!answer.status.is_server_error(), "{what}: {}", answer.body);
        }
    }
}

#[tokio::test]
async fn a16_a_body_held_back_is_answered_in_time_on_every_route_and_method() {
    let world = world().await;
    for path in paths(&world).await {
        for method in METHODS {
            for caller in [As::Nobody, As::Connector, As::Administrator] {
                let (what, begun) = (format!("{method} {path} as {caller:?}"), Instant::now());
                let answer = ask(&world, caller, method, &path, held_back()).await;
                expect_the_stack(&answer, &format!("{method} {path}"));
                let took = begun.elapsed();
                assert!(took < Duration::from_secs(5), "{what}: {took:?}");
                // Nobody who is not known makes the daemon wait, but for whoever has a link.
                if caller == As::Nobody && !path.starts_with("/setup/") {
                    assert_ne!(answer.status, StatusCode::REQUEST_TIMEOUT, "{what}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a16_a_body_that_is_waited_for_is_told_to_be_too_slow() {
    let world = world().await;
    let slow = [
        (As::Connector, "PUT", "/api/v1/integrations/acme/pat"),
        (As::Connector, "POST", "/api/v1/setup-links"),
        (As::Connector, "DELETE", "/api/v1/integrations/acme/pat?project=ABC"),
        (As::Administrator, "POST", "/api/v1/admin/integrations"),
        (As::Administrator, "PUT", "/api/v1/admin/policy"),
    ];
    for (caller, method, path) in slow {
        let answer = ask(&world, caller, method, path, held_back()).await;
        answer.expect(408, &["urn:countersign:problem:body-too-slow"]);
    }
    let link = world.link("ann").await;
    ask(&world, As::Nobody, "POST", &link, held_back()).await.expect(408, &["the link still works"]);
    world.get(&link).await.expect(200, &["<form"]);
}

#[tokio::test]
async fn a16_a_link_is_looked_up_before_its_body_is_read() {
    let world = World::within(Limits { body: Duration::from_secs(60), ..Limits::default() }, |_, _| {}).await;
    for path in ["/setup/anything", "/setup/a.b"] {
        let begun = Instant::now();
        ask(&world, As::Nobody, "POST", path, held_back()).await.expect(410, &[]);
        assert!(begun.elapsed() < Duration::from_secs(5));
    }
}

#[tokio::test]
async fn a8_a_body_without_end_is_refused_wherever_it_would_be_read() {
    let world = world().await;
    let link = world.link("ann").await;
    ask(&world, As::Nobody, "POST", &link, endless()).await.expect(413, &["the link still works"]);
    ask(&world, As::Administrator, "PUT", "/api/v1/admin/policy", endless()).await.expect(413, &["body-too-large"]);
    for path in paths(&world).await {
        for method in ["POST", "PUT", "PATCH", "DELETE"] {
            for caller in [As::Nobody, As::Connector, As::Administrator] {
                let answer = ask(&world, caller, method, &path, endless()).await;
                // An administrator's deletion is all in its address: its body is nobody's to read.
                let expected = [204, 401, 404, 405, 410, 413];
                assert!(expected.contains(&answer.status.as_u16()), "{method} {path} {caller:?}: {}", answer.status);
            }
        }
    }
}

/// The provider says nothing, so that whoever asks it waits.
async fn stuck(limits: Limits) -> World {
    let world = World::within(limits, |_, _| {}).await;
    world.provider.gate.forget_permits(usize::MAX);
    world
}

fn a_pat() -> Body {
    Body::from(r#"{"project": "ABC", "fields": {"user": "ann", "token": "pat_0123456789"}}"#)
}

#[tokio::test]
async fn what_takes_too_long_is_ended_and_told_in_the_form_of_its_route() {
    let world = stuck(Limits { request: Duration::from_millis(300), ..limits() }).await;
    let answer = ask(&world, As::Connector, "PUT", "/api/v1/integrations/acme/pat", a_pat()).await;
    answer.expect(504, &["urn:countersign:problem:timeout"]);
    expect_the_stack(&answer, "PUT pat");
    let page = world.post(&world.link("ann").await, "user=ann&token=pat_9876543210").await;
    page.expect(504, &["<h1>This took too long</h1>"]);
}

#[tokio::test]
async fn a16_as_many_requests_as_fit_are_answered_and_the_others_told_to_come_back() {
    let world = Arc::new(stuck(Limits { under_way: 3, ..Limits::default() }).await);
    let mut waiting = tokio::task::JoinSet::new();
    for _ in 0..3 {
        let world = world.clone();
        waiting.spawn(async move { ask(&world, As::Connector, "PUT", "/api/v1/integrations/acme/pat", a_pat()).await });
    }
    let busy = loop {
        let answer = ask(&world, As::Nobody, "GET", "/api/v1/integrations", Body::empty()).await;
        if answer.status == StatusCode::SERVICE_UNAVAILABLE {
            break answer;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    busy.expect(503, &["urn:countersign:problem:busy"]);
    assert_eq!(busy.header("retry-after"), "1");
    expect_the_stack(&busy, "GET integrations");
    world.get("/setup/unknown").await.expect(503, &["<h1>Too many people are here just now</h1>"]);
    for path in ["/livez", "/readyz", "/metrics"] {
        world.get(path).await.expect(200, &[]);
    }
    world.provider.knows("octo");
    world.provider.gate.add_permits(3);
    while let Some(answer) = waiting.join_next().await {
        assert_ne!(answer.unwrap().status, StatusCode::SERVICE_UNAVAILABLE);
    }
}

#[tokio::test]
async fn the_log_names_the_route_and_never_the_path() {
    let world = world().await;
    let link = world.link("ann").await;
    let (log, ()) = logged(async {
        world.get(&link).await;
        ask(&world, As::Nobody, "GET", "/api/v1/integrations/s3cret/pat", Body::empty()).await;
        ask(&world, As::Nobody, "GET", "/s3cret", Body::empty()).await;
    })
    .await;
    for route in ["route=\"/setup/{token}\"", "route=\"/api/v1/integrations/{id}/pat\"", "route=\"-\""] {
        assert_eq!(log.matches(route).count(), 1, "{route} in {log}");
    }
    assert!(!log.contains("s3cret") && !log.contains(link.trim_start_matches("/setup/")), "{log}");
}
