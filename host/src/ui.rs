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
use axum::extract::{DefaultBodyLimit, MatchedPath, Request};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use crypto::{SystemRandom, random_id};
use http::header::{self, HeaderName};
use http::{HeaderMap, HeaderValue};

use crate::app::SharedApp;

/// Largest form taken, in bytes: seven values of the longest a field may have.
const MAX_FORM_BYTES: usize = 64 << 10;
/// A new version of the program may bring a new stylesheet; it is seen within the hour.
const STYLE_CACHING: &str = "public, max-age=3600";

/// What goes with every page.
///
/// `strict-origin` keeps the link, which is in the address, out of `Referer` just as `no-referrer` would. But with
/// `no-referrer` browsers send `Origin: null` with the form, and a post from here could not be told from one from elsewhere.
const HEADERS: [(HeaderName, &str); 5] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (header::CACHE_CONTROL, "no-store"),
    (header::REFERRER_POLICY, "strict-origin"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// `/setup/{token}` and the stylesheet, and no other path.
pub fn router(app: SharedApp) -> Router {
    let setup = get(setup::show).post(setup::save).layer(DefaultBodyLimit::max(MAX_FORM_BYTES));
    Router::new()
        .route("/setup/{token}", setup.layer(from_fn(attend)))
        .route("/ui/style.css", get(style).layer(from_fn(attend)))
        .with_state(app)
}

/// Ties together what the log and the audit log say of one request.
#[derive(Debug, Clone)]
struct RequestId(String);

impl RequestId {
    fn random() -> Self {
        Self(random_id(&SystemRandom))
    }
}

/// Around every request: an id, the headers, and a line in the log that names the route, never the path.
async fn attend(mut request: Request, next: Next) -> Response {
    let RequestId(request_id) = RequestId::random();
    let (method, route) = (request.method().clone(), request.extensions().get::<MatchedPath>().cloned());
    request.extensions_mut().insert(RequestId(request_id.clone()));
    let mut response = next.run(request).await;
    add_missing(response.headers_mut());
    let route = route.as_ref().map_or("", MatchedPath::as_str);
    tracing::info!(request_id, %method, route, status = response.status().as_u16(), "page");
    response
}

fn add_missing(headers: &mut HeaderMap) {
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}

async fn style() -> impl IntoResponse {
    let headers = [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, STYLE_CACHING)];
    (headers, include_str!("ui/style.css"))
}
