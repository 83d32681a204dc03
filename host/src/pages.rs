//! Pages for people: what a Jira user sees and does, behind one-time links.
//!
//! Plain HTML, one stylesheet, and one script that only improves it. Nothing here decides, lends or stores:
//! [`crate::operate`] does, and a page shows what it answered. A page never repeats a secret, and no log line holds a link.

mod access;
mod admin;
mod answer;
mod assets;
mod cookie;
mod create_branch;
mod create_pull_request;
mod credential;
mod cross_site;
mod dialog;
mod form;
mod layout;
mod markdown;
mod once;
mod open;
mod picker;
mod repositories;
mod results;
mod set_up;
#[cfg(test)]
mod tests;
mod tokens;
mod told;
mod visit;
mod words;

use axum::Router;
use axum::extract::{Request, State};
use axum::routing::{get, post};

pub(crate) use self::answer::Page;
use crate::operate::{App, SharedApp};
use crate::request::Trouble;

/// What the addresses of pages begin with.
const FAMILIES: [&str; 4] = ["/open/", "/visits/", "/ui/", "/admin"];

/// All pages.
pub(crate) fn routes() -> Router<SharedApp> {
    Router::new()
        .route(assets::ROUTE, get(assets::serve))
        .route("/open/{token}", get(open::show).post(open::begin))
        .nest("/visits/{visit}", visits())
        .nest("/admin", admin::routes())
}

/// Those of a visit.
fn visits() -> Router<SharedApp> {
    Router::new()
        .route(
            "/window",
            post(async |State(app): State<SharedApp>, request: Request| visit::window(app, request).await),
        )
        .route("/create-branch", get(create_branch::show).post(create_branch::enter))
        .route("/create-pull-request", get(create_pull_request::show).post(create_pull_request::enter))
        .route("/repositories", get(repositories::show).post(repositories::enter))
        .route("/tokens", get(tokens::show).post(tokens::enter))
        .route("/results/{id}", get(results::show))
        .route("/set-up/{integration}", get(set_up::show).post(set_up::enter))
}

/// Whether a route is one of these.
pub(crate) fn is_theirs(route: &str) -> bool {
    FAMILIES.iter().any(|family| route.starts_with(family))
}

/// A request that no handler answered.
pub(crate) fn trouble(app: &App, trouble: Trouble) -> Page {
    told::trouble(&app.config, trouble)
}
