//! Everything that is served, on one stack: every route has an id, a time limit, a line in the log, a place in the metrics
//! and the same headers, whoever answers it. A route that is added here or in one of the families below has them too.

use std::sync::Arc;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use http::header::{self, HeaderName};
use http::uri::Authority;
use http::{HeaderMap, HeaderValue, Method, Version};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::operators;
use crate::operate::{App, SharedApp, waiting};
use crate::request::{Budget, Limits, REQUEST_ID_HEADER, RequestId, Trouble};
use crate::{api, pages, problem};

/// What goes with every answer that does not say otherwise itself: nobody keeps it, and it is nothing but what it says.
///
/// `strict-origin` keeps a link, which is in the address of its page, out of `Referer` just as `no-referrer` would. But with
/// `no-referrer` browsers send `Origin: null` with a form, and a post from here could not be told from one from elsewhere.
const HEADERS: [(HeaderName, &str); 5] = [
    (header::CACHE_CONTROL, "no-store"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (header::REFERRER_POLICY, "strict-origin"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// As the log names what is no route.
const NO_ROUTE: &str = "-";

/// Everything the daemon answers.
pub fn router(app: SharedApp, limits: Limits) -> Router {
    let stack = Stack {
        app: app.clone(),
        limits,
        under_way: Arc::new(Semaphore::new(limits.under_way)),
        body_bytes: Budget::new(limits.body_bytes),
    };
    Router::new()
        .route("/livez", get(operators::live))
        .route("/readyz", get(operators::ready))
        .route("/metrics", get(operators::metrics))
        .nest("/api/v1", api::routes())
        .merge(pages::routes())
        .fallback(nothing_here)
        .method_not_allowed_fallback(api::not_that_way)
        .layer(middleware::from_fn_with_state(stack, attend))
        .with_state(app)
}

/// What is no route, in the form of whoever would look for it: a browser below the API's paths, or a program.
async fn nothing_here(State(app): State<SharedApp>, request: Request) -> Response {
    let accepts = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if accepts.contains("text/html") && !request.uri().path().starts_with("/api/") {
        pages::nothing_here(&app).into_response()
    } else {
        api::nothing_here(request.uri().path()).into_response()
    }
}

#[derive(Clone)]
struct Stack {
    app: SharedApp,
    limits: Limits,
    under_way: Arc<Semaphore>,
    body_bytes: Budget,
}

/// Around every request.
async fn attend(State(stack): State<Stack>, mut request: Request, next: Next) -> Response {
    let Stack { app, limits, under_way, body_bytes } = stack;
    let id = RequestId::random(&*app.random);
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or(NO_ROUTE, MatchedPath::as_str).to_owned();
    let extensions = request.extensions_mut();
    extensions.insert(id.clone());
    extensions.insert(limits);
    extensions.insert(body_bytes);

    let answered = match under_way.try_acquire_owned() {
        _ if !names_its_host(&request) => Err(Trouble::NoHost),
        Ok(place) => {
            let answering = timeout(limits.request, next.run(request));
            // In a task of its own: what was begun is finished and written down although its caller hangs up, who is gone with this
            // future then.
            let (answering, _caller) = waiting::answering(answering);
            let answered = tokio::spawn(async move {
                let _place = place;
                answering.await
            });
            match answered.await {
                Ok(Ok(response)) => Ok(response),
                Ok(Err(_)) => Err(Trouble::TooSlow),
                Err(panicked) => {
                    tracing::error!(request_id = id.as_str(), error = %panicked, "a handler panicked");
                    Err(Trouble::Broken)
                }
            }
        }
        // Whether the process lives is told however busy it is.
        Err(_) if operators::is_theirs(&route) => Ok(next.run(request).await),
        Err(_) => Err(Trouble::Busy),
    };
    let response = answered.unwrap_or_else(|trouble| in_trouble(&app, trouble, &route));
    let response = finished(response, &id);
    let status = response.status().as_u16();
    app.metrics.request(status);
    note(&id, &method, &route, status);
    response
}

/// RFC 9112: whoever leaves it out, sends two, or one that is none, is told so. What it says decides nothing here.
fn names_its_host(request: &Request) -> bool {
    let mut given = request.headers().get_all(header::HOST).iter();
    match (given.next(), given.next()) {
        (Some(host), None) => is_host(host),
        _ => request.version() != Version::HTTP_11,
    }
}

fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A name or an address, with a port or without. Empty it is where an address has none (RFC 9112 section 3.2).
fn is_host(host: &HeaderValue) -> bool {
    let is_port = |text: &str| text.is_empty() || text.strip_prefix(':').is_some_and(is_number);
    let is_one =
        |text: &str| text.parse::<Authority>().is_ok_and(|one| text.strip_prefix(one.host()).is_some_and(is_port));
    host.to_str().is_ok_and(|text| text.is_empty() || is_one(text))
}

/// The route, never the path: a path may hold a link's secret.
fn note(id: &RequestId, method: &Method, route: &str, status: u16) {
    tracing::info!(request_id = id.as_str(), %method, route, status, "request");
}

/// In the form of whoever should have answered.
fn in_trouble(app: &App, trouble: Trouble, route: &str) -> Response {
    if pages::is_theirs(route) {
        pages::trouble(app, trouble).into_response()
    } else {
        api::trouble(trouble).into_response()
    }
}

fn finished(response: Response, id: &RequestId) -> Response {
    let mut response = problem::complete(response, id.as_str());
    let headers = response.headers_mut();
    add_missing(headers);
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        headers.insert(REQUEST_ID_HEADER, value);
    }
    response
}

fn add_missing(headers: &mut HeaderMap) {
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}

#[cfg(test)]
mod tests;
