//! Every route and method is asked for all that the stack promises: the routes that the OpenAPI document has, the pages, and
//! those for operators. A route that is merged around the stack fails here.

use std::convert::Infallible;
use std::time::{Duration, Instant};

use axum::body::Body;
use http::{Request, StatusCode};
use hyper::body::Bytes;

use super::*;
use crate::world::{Answer, World, logged, set_up};

/// What a body that is held back may take, here.
const BODY_TIMEOUT: Duration = Duration::from_millis(150);

const METHODS: [&str; 8] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"];

fn limits() -> Limits {
    Limits { body: BODY_TIMEOUT, ..Limits::default() }
}

async fn world() -> World {
    World::within(limits(), |_, _| {}).await
}

/// A path for every route of the API and for operators, and some for none.
async fn paths(world: &World) -> Vec<String> {
    let document = api::document();
    let documented = document["paths"].as_object().unwrap().keys();
    let filled_in = |path: &String| {
        let segments = path.split('/').map(|segment| if segment.starts_with('{') { "acme" } else { segment });
        format!("/api/v1{}", segments.collect::<Vec<_>>().join("/"))
    };
    let mut paths: Vec<String> = documented.map(filled_in).collect();
    assert!(paths.len() > 20, "{paths:?}");
    paths.extend(["/livez", "/readyz", "/metrics", "/api/v1/openapi.json"].map(str::to_owned));
    paths.extend(["/", "/nowhere", "/api/v1", "/api/v1/nowhere", "/open/unknown", "/open/"].map(str::to_owned));
    paths.extend(["/visits/unknown/tokens", "/visits/", "/ui/unknown"].map(str::to_owned));
    paths.extend(pages(world).await);
    paths
}

/// A path for every page there is: those of ann's visit, her link, the stylesheet.
async fn pages(world: &World) -> Vec<String> {
    let (link, path) = (world.page_link("ann", set_up()).await, world.link("ann").await);
    let visit = path.split('/').nth(2).unwrap();
    let page = world.get(&path).await.body;
    let style = page.split_once("/sub/ui/").unwrap().1.split('"').next().unwrap();
    let filled_in = |route: String| match route.as_str() {
        "/open/{token}" => link.clone(),
        "/ui/{file}" => format!("/ui/{style}"),
        route => {
            assert!(pages::is_theirs(route), "errors of {route} are no pages");
            let route = route.replace("{visit}", visit).replace("{integration}", "acme");
            route.replace("{id}", &"0".repeat(32)).replace("{token}", "unknown")
        }
    };
    let filled: Vec<String> = pages::paths().into_iter().map(filled_in).collect();
    assert!(filled.iter().all(|path| !path.contains('{')), "{filled:?}");
    assert!(filled.contains(&path), "{filled:?}");
    filled
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
    /// Whoever has the cookie of the visit that a page is of.
    Visitor,
    Connector,
    Administrator,
}

/// Everybody there is.
const EVERYBODY: [As; 4] = [As::Nobody, As::Visitor, As::Connector, As::Administrator];

async fn ask(world: &World, caller: As, method: &str, path: &str, body: Body) -> Answer {
    let form = "application/x-www-form-urlencoded";
    let content_type = if pages::is_theirs(path) { form } else { "application/json" };
    let request = Request::builder().method(method).uri(path).header("content-type", content_type);
    let request = match caller {
        As::Visitor if path.starts_with("/visits/") && !path.starts_with("/visits/unknown") && path != "/visits/" => {
            request.header("cookie", world.kept_of(path).0)
        }
        As::Nobody | As::Visitor => request,
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
    assert_eq!(is_kept, what.contains("/ui/style-") && answer.status.is_success(), "{what}");
    if answer.status.is_client_error() || answer.status.is_server_error() {
        assert!(!answer.header("content-type").is_empty(), "{what}");
    }
}

fn counted(world: &World) -> u64 {
    let text = world.app.metrics.render(&world.app.counted());
    let requests = text.lines().filter(|line| line.starts_with("countersign_http_requests_total{"));
    requests.map(|line| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap()).sum()
}

#[tokio::test]
async fn every_route_and_method_has_an_id_the_headers_and_a_place_in_the_metrics() {
    let world = world().await;
    for path in paths(&world).await {
        for (method, caller) in METHODS.into_iter().flat_map(|method| [(method, As::Nobody), (method, As::Visitor)]) {
            let (what, before) = (format!("{method} {path}"), counted(&world));
            let answer = ask(&world, caller, method, &path, Body::empty()).await;
            expect_the_stack(&answer, &what);
            assert_eq!(counted(&world), before + 1, "{what}");
            assert!(!answer.status.is_server_error(), "{what}: {}", answer.body);
        }
    }
}

#[tokio::test]
async fn a10_a_request_of_http_1_1_names_one_host_whatever_it_is() {
    let world = world().await;
    let asked = async |path: &str, hosts: &[&str], version| {
        let request = Request::builder().uri(path).version(version);
        let request = hosts.iter().fold(request, |request, host| request.header("host", *host));
        world.answer_as_it_is(request.body(Body::empty()).unwrap()).await
    };
    for path in ["/livez", "/api/v1/integrations", "/open/unknown", "/nowhere"] {
        for hosts in [&[][..], &["a.example.com", "b.example.com"], &["a b"], &["a@b"], &["a:b"], &["a/b"], &["\u{e9}"]]
        {
            let answer = asked(path, hosts, Version::HTTP_11).await;
            expect_the_stack(answer.expect(400, &[]), &format!("GET {path}"));
        }
        for (hosts, version) in [
            (&["evil.example.com"][..], Version::HTTP_11),
            (&["127.0.0.1:8080"], Version::HTTP_11),
            (&["[::1]:8080"], Version::HTTP_11),
            (&[""], Version::HTTP_11),
            (&[], Version::HTTP_2),
        ] {
            assert_ne!(asked(path, hosts, version).await.status, StatusCode::BAD_REQUEST, "{path}");
        }
    }
}

#[tokio::test]
async fn a16_a_body_held_back_is_answered_in_time_on_every_route_and_method() {
    let world = world().await;
    for path in paths(&world).await {
        for method in METHODS {
            for caller in EVERYBODY {
                let (what, begun) = (format!("{method} {path} as {caller:?}"), Instant::now());
                let answer = ask(&world, caller, method, &path, held_back()).await;
                expect_the_stack(&answer, &format!("{method} {path}"));
                let took = begun.elapsed();
                assert!(took < Duration::from_secs(5), "{what}: {took:?}");
                // Nobody who is not known makes the daemon wait, but for whoever brings an admin token.
                if caller == As::Nobody && path != "/admin/sign-in" {
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
    for page in forms(&world).await {
        let answer = ask(&world, As::Visitor, "POST", &page, held_back()).await;
        answer.expect(408, &["The form could not be read", "Nothing was done."]);
        assert_ne!(world.get(&page).await.status, StatusCode::REQUEST_TIMEOUT);
    }
}

/// Pages of ann's visit that take a form, with her cookie.
async fn forms(world: &World) -> Vec<String> {
    let mut forms = Vec::new();
    for page in pages(world).await.into_iter().filter(|page| page.starts_with("/visits/")) {
        let answer = ask(world, As::Visitor, "POST", &page, Body::empty()).await;
        // The window takes none: what opens it is in its address.
        if answer.status != StatusCode::METHOD_NOT_ALLOWED && !page.ends_with("/window") {
            forms.push(page);
        }
    }
    assert!(forms.len() >= 5, "{forms:?}");
    forms
}

#[tokio::test]
async fn a16_nobody_without_a_visit_has_a_body_read() {
    let world = World::within(Limits { body: Duration::from_secs(60), ..Limits::default() }, |_, _| {}).await;
    let link = world.page_link("ann", set_up()).await;
    let mut cases = vec![(410, "/open/anything".to_owned()), (410, "/open/a.b".to_owned()), (303, link)];
    for page in forms(&world).await {
        let visit = page.split('/').nth(2).unwrap();
        cases.extend([
            (403, page.clone()),
            (403, page.replace(visit, &"0".repeat(32))),
            (403, page.replace(visit, "a.b")),
        ]);
        cases.push((403, format!("/visits/{visit}/window")));
        cases.push((403, format!("/visits/{visit}/window?opened=x")));
    }
    for (status, path) in cases {
        let begun = Instant::now();
        ask(&world, As::Nobody, "POST", &path, held_back()).await.expect(status, &[]);
        assert!(begun.elapsed() < Duration::from_secs(20), "{path}");
    }
}

#[tokio::test]
async fn a8_a_body_without_end_is_refused_wherever_it_would_be_read() {
    let world = world().await;
    for page in forms(&world).await {
        let answer = ask(&world, As::Visitor, "POST", &page, endless()).await;
        answer.expect(413, &["This is more than the form takes", "Nothing was done."]);
    }
    ask(&world, As::Administrator, "PUT", "/api/v1/admin/policy", endless()).await.expect(413, &["body-too-large"]);
    for path in paths(&world).await {
        for method in ["POST", "PUT", "PATCH", "DELETE"] {
            for caller in EVERYBODY {
                let answer = ask(&world, caller, method, &path, endless()).await;
                // An administrator's deletion is all in its address, a link too: their bodies are nobody's to read.
                let expected = [204, 303, 401, 403, 404, 405, 410, 413];
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
    world.get("/open/unknown").await.expect(503, &["<h1>Too many people are here just now</h1>"]);
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
    let (link, page) = (world.page_link("ann", set_up()).await, world.link("ann").await);
    let (log, ()) = logged(async {
        world.get(&link).await;
        world.get(&page).await;
        ask(&world, As::Nobody, "GET", "/api/v1/integrations/s3cret/pat", Body::empty()).await;
        ask(&world, As::Nobody, "GET", "/s3cret", Body::empty()).await;
    })
    .await;
    for route in ["/open/{token}", "/visits/{visit}/set-up/{integration}", "/api/v1/integrations/{id}/pat", "-"] {
        assert_eq!(log.matches(&format!("route=\"{route}\"")).count(), 1, "{route} in {log}");
    }
    assert!(!log.contains("s3cret") && !log.contains(link.trim_start_matches("/open/")), "{log}");
    assert!(!log.contains(page.split('/').nth(2).unwrap()), "{log}");
}
