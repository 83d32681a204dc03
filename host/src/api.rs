//! The HTTP API: every route on this page, and what all requests have in common.
//!
//! A handler parses, asks [`crate::operate`] (or the store, for what only reads), and shapes the answer. Who calls is decided
//! in [`caller`], what a failure looks like in [`problem`], and nowhere else.

mod admin;
mod answer;
mod branch_name;
mod branches;
mod caller;
mod cursor;
mod health;
mod integrations;
mod json;
mod openapi;
mod path;
mod pats;
mod problem;
mod pull_requests;
mod repositories;
mod request_id;
mod setup_links;
pub mod token;
mod wire;

use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::header::{CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use self::caller::ADMIN_TOKEN_PREFIX;
pub use self::openapi::document;
use self::problem::Problem;
use self::request_id::RequestId;
use crate::app::SharedApp;

/// Time a request may take from its last byte to the answer. A call of a provider is given 40 seconds, and an operation may
/// need a second one to look up what became of the first.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(110);

/// Everything the daemon answers under `/api/v1`, and the pages for operators.
pub fn router(app: SharedApp) -> Router {
    let (api, document) = routes().split_for_parts();
    let document = openapi::finished(document);
    let api = api.route("/openapi.json", get(move || async move { axum::Json(document) }));
    Router::new()
        .route("/livez", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .nest("/api/v1", api)
        .fallback(nothing_here)
        .method_not_allowed_fallback(not_that_way)
        .layer(middleware::from_fn_with_state(app.clone(), observe))
        .layer(middleware::from_fn(request_id::layer))
        .layer(DefaultBodyLimit::max(caller::MAX_BODY_BYTES))
        .with_state(app)
}

fn routes() -> OpenApiRouter<SharedApp> {
    OpenApiRouter::new()
        .routes(routes!(integrations::list))
        .routes(routes!(repositories::list))
        .routes(routes!(repositories::get))
        .routes(routes!(pats::get, pats::put, pats::delete))
        .routes(routes!(pats::check))
        .routes(routes!(branches::list, branches::create))
        .routes(routes!(branches::delete))
        .routes(routes!(pull_requests::create))
        .routes(routes!(branch_name::suggest))
        .routes(routes!(setup_links::create))
        .routes(routes!(admin::integrations::list, admin::integrations::add))
        .routes(routes!(admin::integrations::get, admin::integrations::change, admin::integrations::remove))
        .routes(routes!(admin::policy::get, admin::policy::put))
        .routes(routes!(admin::providers::list))
        .routes(routes!(admin::connectors::list, admin::connectors::add))
        .routes(routes!(admin::connectors::remove))
        .routes(routes!(admin::audit::list))
        .routes(routes!(admin::audit::verify))
}

async fn nothing_here() -> Problem {
    Problem::not_found("page; the API is described at /api/v1/openapi.json")
}

async fn not_that_way() -> Problem {
    let detail = "This resource does not take that method; /api/v1/openapi.json says which it takes.";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "Method not allowed", detail)
}

fn broken(error: &tokio::task::JoinError) -> Response {
    tracing::error!(%error, "a handler panicked");
    let detail = "The daemon failed on this request. The log holds the reason.";
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Internal error", detail).into_response()
}

/// Bounds a request's time, counts it, logs it without its query, and marks its answer as nobody's to keep.
async fn observe(State(app): State<SharedApp>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let request_id = RequestId::of(&parts);
    let (method, path) = (parts.method.clone(), parts.uri.path().to_owned());
    // In a task of its own: what was begun is finished and written down although its caller hangs up.
    let answering = next.run(Request::from_parts(parts, body));
    let answered = tokio::spawn(tokio::time::timeout(REQUEST_TIMEOUT, answering)).await;
    let response = match answered {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => too_slow().into_response(),
        Err(panicked) => broken(&panicked),
    };
    let mut response = problem::complete(response, &request_id);
    let status = response.status().as_u16();
    app.metrics.request(status);
    tracing::info!(request_id, %method, path = %path.escape_debug(), status, "request");
    let headers = response.headers_mut();
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(HeaderName::from_static("referrer-policy")).or_insert(HeaderValue::from_static("no-referrer"));
    response
}

fn too_slow() -> Problem {
    let detail =
        "The request took too long. If it was to change something, ask again: it is looked up before anything is sent.";
    Problem::new(StatusCode::GATEWAY_TIMEOUT, "timeout", "Timeout", detail)
}
