//! The HTTP API.

pub mod token;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;

use crate::app::SharedApp;

pub fn router(app: SharedApp) -> Router {
    Router::new()
        .route("/livez", get(|| async { StatusCode::NO_CONTENT }))
        .route("/readyz", get(readyz))
        .fallback(|_body: Bytes| async { StatusCode::NOT_FOUND })
        .with_state(app)
}

async fn readyz(State(app): State<SharedApp>) -> StatusCode {
    match app.store.ready().await {
        Ok(()) => StatusCode::NO_CONTENT,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}
