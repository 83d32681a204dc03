//! For operators and their machines.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

use crate::app::SharedApp;

/// The process answers.
pub(super) async fn live() -> &'static str {
    "live\n"
}

/// Whether operations can be done: the store takes writes.
pub(super) async fn ready(State(app): State<SharedApp>) -> Response {
    match app.store.ready().await {
        Ok(()) => "ready\n".into_response(),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the store takes no writes\n").into_response()
        }
    }
}

pub(super) async fn metrics(State(app): State<SharedApp>) -> Response {
    ([(CONTENT_TYPE, "text/plain; version=0.0.4")], app.metrics.render(app.lender.unseals())).into_response()
}
