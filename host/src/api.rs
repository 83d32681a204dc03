//! The HTTP API: every route on this page. What all routes have in common is the stack's, in [`crate::serve`].
//!
//! A handler parses, asks [`crate::operate`], and shapes the answer. Who calls is decided in [`caller`], what a failure
//! looks like in [`problem`], and nowhere else.

mod accept;
mod admin;
mod answer;
mod branch_name;
mod branches;
mod caller;
mod comparison;
mod integrations;
mod json;
mod openapi;
mod page_links;
mod paging;
mod parameters;
mod path;
mod pats;
mod precondition;

mod pull_requests;
mod repositories;

use std::sync::LazyLock;

use axum::Router;
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) use self::accept::file;
pub(crate) use self::admin::audit::{audit_lines, audit_sheet};
use crate::operate::SharedApp;
use crate::problem::{Code, Problem};
use crate::request::Trouble;

/// Everything under `/api/v1`.
pub(crate) fn routes() -> Router<SharedApp> {
    let (api, document) = documented().split_for_parts();
    let known = parameters::of(&document);
    let api = api.layer(axum::middleware::from_fn_with_state(known, parameters::hold));
    api.route("/openapi.json", get(async || ([(CONTENT_TYPE, "application/json")], DOCUMENT.clone())))
}

/// Written when it is first asked for, and once: no start waits for it.
static DOCUMENT: LazyLock<Bytes> = LazyLock::new(|| document().to_string().into());

/// The OpenAPI document of this version.
pub fn document() -> Value {
    openapi::finished(&documented().into_openapi())
}

fn documented() -> OpenApiRouter<SharedApp> {
    OpenApiRouter::new()
        .routes(routes!(integrations::list))
        .routes(routes!(repositories::list))
        .routes(routes!(repositories::get))
        .routes(routes!(pats::get, pats::put, pats::delete))
        .routes(routes!(pats::check))
        .routes(routes!(pats::confirm))
        .routes(routes!(branches::list, branches::create))
        .routes(routes!(branches::delete))
        .routes(routes!(comparison::get))
        .routes(routes!(pull_requests::create))
        .routes(routes!(branch_name::suggest))
        .routes(routes!(page_links::create))
        .routes(routes!(page_links::create_set_up))
        .routes(routes!(admin::integrations::list, admin::integrations::add))
        .routes(routes!(admin::integrations::get, admin::integrations::change, admin::integrations::remove))
        .routes(routes!(admin::coverage::of_one))
        .routes(routes!(admin::coverage::sheet_of_one))
        .routes(routes!(admin::coverage::of_all))
        .routes(routes!(admin::coverage::sheet_of_all))
        .routes(routes!(admin::policy::get, admin::policy::put))
        .routes(routes!(admin::providers::list))
        .routes(routes!(admin::sites::list, admin::sites::add))
        .routes(routes!(admin::sites::get, admin::sites::change, admin::sites::remove))
        .routes(routes!(admin::connectors::list, admin::connectors::add))
        .routes(routes!(admin::connectors::remove))
        .routes(routes!(admin::tokens::list, admin::tokens::add))
        .routes(routes!(admin::tokens::revoke))
        .routes(routes!(admin::audit::list))
        .routes(routes!(admin::audit::verify))
}

/// What is no route. An id that came apart on the way is what makes most paths one.
pub(crate) fn nothing_here(path: &str) -> Problem {
    match path.strip_prefix("/api/v1/") {
        Some(below) if below.contains("/repositories/") || below.starts_with("admin/tokens/") => {
            Problem::not_found(&format!("page; the API is described at /api/v1/openapi.json. {}", path::ONE_SEGMENT))
        }
        _ => Problem::not_found("page; the API is described at /api/v1/openapi.json"),
    }
}

/// A route, and a method that it does not take.
pub(crate) async fn not_that_way() -> Problem {
    let detail = "This resource does not take that method; /api/v1/openapi.json says which it takes.";
    Problem::new(Code::MethodNotAllowed, detail)
}

/// A request that no handler answered.
pub(crate) fn trouble(trouble: Trouble) -> Problem {
    match trouble {
        Trouble::TooSlow => {
            let detail = "The request took too long. If it was to change something, ask again: it is looked up before \
                          anything is sent.";
            Problem::new(Code::Timeout, detail)
        }
        Trouble::Broken => {
            let detail = "The daemon failed on this request. The log holds the reason.";
            Problem::new(Code::Internal, detail)
        }
        Trouble::Busy => {
            let detail = "As many requests as fit are being answered. Nothing was done; ask again in a moment.";
            Problem::new(Code::Busy, detail).with_retry_after_s(1)
        }
        Trouble::NoHost => Problem::bad_request(
            "A request of HTTP/1.1 has one Host header: a name or an address, with a port or without.",
        ),
    }
}
