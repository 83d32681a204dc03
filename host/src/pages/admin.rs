//! `/admin`: what administrators see and change, in a browser. The same functions as the API's and the command line's.

mod addresses;
mod audit;
mod connectors;
mod coverage;
mod differences;
mod entry;
mod general;
mod gone;
mod integration;
mod integrations;
mod kinds;
mod labels;
mod left_open;
mod names;
mod naming;
mod new;
mod providers;
mod removal;
mod session;
mod sessions;
mod sign_in;
mod trial;
mod values;

use axum::Router;
use axum::extract::State;
use axum::routing::{MethodRouter, get, post};

use super::answer::Page;
use crate::operate::SharedApp;

/// What their addresses begin with.
pub(super) const BELOW: &str = "/admin";

/// The first of them, whoever is there.
pub(super) async fn home(State(app): State<SharedApp>) -> Page {
    Page::see(names::path(&app, ""))
}

/// All of them, below that.
pub(super) fn routes() -> Router<SharedApp> {
    table().into_iter().fold(Router::new(), |router, (path, page)| router.route(path, page))
}

/// Every route and what answers it: a page that is added here is in the tests of what all of them promise.
pub(super) fn table() -> Vec<(&'static str, MethodRouter<SharedApp>)> {
    vec![
        ("/", get(integrations::show)),
        ("/sign-in", get(sign_in::show).post(sign_in::enter)),
        ("/login/{token}", get(sign_in::show_link).post(sign_in::enter_by_link)),
        ("/sign-out", post(sessions::sign_out)),
        ("/sessions", get(sessions::show).post(sessions::end)),
        ("/integrations", get(integrations::show)),
        ("/new-integration", get(new::show).post(new::enter)),
        ("/integrations/{id}", get(integration::show).post(integration::enter)),
        ("/kinds/{id}/branch-name", get(naming::show)),
        ("/general", get(general::show).post(general::enter)),
        ("/providers", get(providers::show)),
        ("/connectors", get(connectors::show).post(connectors::enter)),
        ("/coverage", get(coverage::show)),
        ("/coverage.csv", get(coverage::sheet)),
        ("/audit", get(audit::show)),
        ("/audit.csv", get(audit::sheet)),
        ("/audit.jsonl", get(audit::lines)),
    ]
}
