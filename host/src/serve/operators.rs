//! For operators and their machines. None of it needs a token, and none of it tells what is stored.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

use crate::operate::{self, SharedApp};

/// Whether a route is one of these.
pub(super) fn is_theirs(route: &str) -> bool {
    matches!(route, "/livez" | "/readyz" | "/metrics")
}

/// The process answers.
pub(super) async fn live() -> &'static str {
    "live\n"
}

/// Whether operations can be done.
pub(super) async fn ready(State(app): State<SharedApp>) -> Response {
    match operate::ready(&app).await {
        Ok(()) => "ready\n".into_response(),
        Err(why) => (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {why}\n")).into_response(),
    }
}

/// In the Prometheus text format.
pub(super) async fn metrics(State(app): State<SharedApp>) -> Response {
    ([(CONTENT_TYPE, "text/plain; version=0.0.4")], app.metrics.render(&app.counted())).into_response()
}
