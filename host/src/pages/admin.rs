//! `/admin`: what administrators see and change, in a browser. The same functions as the API's and the command line's.

mod audit;
mod connectors;
mod coverage;
mod entry;
mod general;
mod integration;
mod integrations;
mod new;
mod providers;
mod session;
mod sessions;
mod sign_in;

use axum::Router;
use axum::routing::{get, post};

use crate::operate::SharedApp;

/// All of them, below `/admin`.
pub(super) fn routes() -> Router<SharedApp> {
    Router::new()
        .route("/", get(integrations::show))
        .route("/sign-in", get(sign_in::show).post(sign_in::enter))
        .route("/login/{token}", get(sign_in::show_link).post(sign_in::enter_by_link))
        .route("/sign-out", post(sessions::sign_out))
        .route("/sessions", get(sessions::show).post(sessions::end))
        .route("/integrations", get(integrations::show))
        .route("/new-integration", get(new::show).post(new::enter))
        .route("/integrations/{id}", get(integration::show).post(integration::enter))
        .route("/general", get(general::show).post(general::enter))
        .route("/providers", get(providers::show))
        .route("/connectors", get(connectors::show).post(connectors::enter))
        .route("/coverage", get(coverage::show))
        .route("/coverage.csv", get(coverage::sheet))
        .route("/audit", get(audit::show))
        .route("/audit.csv", get(audit::sheet))
        .route("/audit.jsonl", get(audit::lines))
}
