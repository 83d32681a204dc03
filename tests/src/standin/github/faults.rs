//! What GitHub itself says when it cannot: rate limits and outages, as [`Fault`]s.

use http::{HeaderName, StatusCode, header};
use serde_json::json;

use super::limit::{RateLimit, with_limit_headers};
use crate::standin::faults::Fault;
use crate::standin::message::Answer;

/// The hourly limit is used up until `reset_s` (seconds since 1970). The server says it with 403 or with 429.
pub fn primary_rate_limit(status: StatusCode, reset_s: i64) -> Fault {
    Fault::Instead(primary_limit_reached(status, reset_s))
}

pub(super) fn primary_limit_reached(status: StatusCode, reset_s: i64) -> Answer {
    let body = json!({
        "message": "API rate limit exceeded for user ID 101. If you reach out to GitHub Support for help, please include the request ID C0DE:1:2:3:4.",
        "documentation_url": "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api",
        "status": status.as_str(),
    });
    with_limit_headers(Answer::json(status, &body), RateLimit { limit: 5000, used: 5000, reset: reset_s })
}

/// Too much at once. `retry_after_s` is often not said; the hourly limit need not be used up.
pub fn secondary_rate_limit(status: StatusCode, retry_after_s: Option<u32>) -> Fault {
    let body = json!({
        "message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again",
        "documentation_url": "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits",
        "status": status.as_str(),
    });
    Fault::Instead(with_retry_after(Answer::json(status, &body), retry_after_s))
}

/// The same in the words of years ago, still heard from old Enterprise Servers.
pub fn abuse_detected(retry_after_s: Option<u32>) -> Fault {
    let body = json!({
        "message": "You have triggered an abuse detection mechanism. Please wait a few minutes before you try again.",
        "documentation_url": "https://developer.github.com/v3/#abuse-rate-limits",
    });
    Fault::Instead(with_retry_after(Answer::json(StatusCode::FORBIDDEN, &body), retry_after_s))
}

/// What a load balancer says when nobody is behind it: HTML.
pub fn outage(status: StatusCode) -> Fault {
    let reason = status.canonical_reason().unwrap_or_default();
    Fault::Instead(Answer::html(
        status,
        &format!(
            "<html><body><h1>{} {reason}</h1>No server is available to handle this request.</body></html>",
            status.as_str()
        ),
    ))
}

/// A list that leaves out organisations (by id) whose single sign-on the token has not been through.
pub fn partial_results(organizations: &str) -> Fault {
    let value = format!("partial-results; organizations={organizations}");
    Fault::ExtraHeader(HeaderName::from_static("x-github-sso"), value)
}

fn with_retry_after(answer: Answer, retry_after_s: Option<u32>) -> Answer {
    match retry_after_s {
        Some(seconds) => answer.with(header::RETRY_AFTER, &seconds.to_string()),
        None => answer,
    }
}
