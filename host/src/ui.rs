//! Pages for people: today the one behind a one-time link, where a Jira user saves her PAT.
//!
//! Plain HTML and one stylesheet, no script at all. Nothing here decides, lends or stores: [`crate::operate`] does, and a
//! page shows what it answered. A page never repeats a secret, and no log line holds a link.

mod cross_site;
mod form;
mod page;
mod problem;
mod setup;
#[cfg(test)]
mod tests;

use axum::Router;
use axum::response::IntoResponse;
use axum::routing::get;
use http::header;

use self::page::Page;
use crate::operate::SharedApp;
use crate::request::Trouble;

/// A new version of the program may bring a new stylesheet; it is seen within the hour.
const STYLE_CACHING: &str = "public, max-age=3600";
const STYLE_ROUTE: &str = "/ui/style.css";
const SETUP_ROUTE: &str = "/setup/{token}";

/// `/setup/{token}` and the stylesheet, and no other path.
pub(crate) fn routes() -> Router<SharedApp> {
    Router::new().route(SETUP_ROUTE, get(setup::show).post(setup::save)).route(STYLE_ROUTE, get(style))
}

/// Whether a route is one of these.
pub(crate) fn is_theirs(route: &str) -> bool {
    matches!(route, SETUP_ROUTE | STYLE_ROUTE)
}

/// A request that no handler answered.
pub(crate) fn trouble(trouble: Trouble) -> Page {
    match trouble {
        Trouble::TooSlow => page::too_slow(),
        Trouble::Broken => page::broken(),
        Trouble::Busy => page::busy(),
    }
}

async fn style() -> impl IntoResponse {
    let headers = [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, STYLE_CACHING)];
    (headers, include_str!("ui/style.css"))
}
