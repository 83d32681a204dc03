//! What GitLab itself says when it cannot: rate limits and outages, as [`Fault`]s.

use http::{StatusCode, header};
use serde_json::json;

use super::limit::{RateLimit, with_limit_headers};
use crate::standin::faults::Fault;
use crate::standin::message::Answer;

/// The instance's limit is used up until `reset_s` (seconds since 1970): plain text, which an administrator may have worded
/// (`Retry later` until then), and headers that say the rest.
pub fn rate_limit(text: &str, reset_s: i64) -> Fault {
    let rate = RateLimit { name: "throttle_authenticated_api", limit: 2000, used: 2001, reset: reset_s };
    Fault::Instead(limit_reached(text, rate))
}

pub(super) fn limit_reached(text: &str, rate: RateLimit) -> Answer {
    let answer = Answer::text(StatusCode::TOO_MANY_REQUESTS, text).with(header::RETRY_AFTER, "60");
    with_limit_headers(answer, rate)
}

/// A proxy in front, or an old version, refuses without a word on how long.
pub fn bare_rate_limit() -> Fault {
    Fault::Instead(Answer::text(StatusCode::TOO_MANY_REQUESTS, "Retry later"))
}

/// The limit of one resource is used up: JSON of another shape. `retry_after_s` is not always said.
pub fn endpoint_rate_limit(retry_after_s: Option<u32>) -> Fault {
    let body = json!({
        "message": { "error": "This endpoint has been requested too many times. Try again later." },
    });
    let answer = Answer::json(StatusCode::TOO_MANY_REQUESTS, &body);
    Fault::Instead(match retry_after_s {
        Some(seconds) => answer.with(header::RETRY_AFTER, &seconds.to_string()),
        None => answer,
    })
}

/// What the web server in front says when GitLab does not answer it: HTML.
pub fn outage(status: StatusCode) -> Fault {
    let reason = status.canonical_reason().unwrap_or_default();
    Fault::Instead(Answer::html(
        status,
        &format!(
            "<!DOCTYPE html><html><head><title>{reason} ({})</title></head><body><h1>{}</h1><h3>Whoops, GitLab is taking too much time to respond.</h3></body></html>",
            status.as_str(),
            status.as_str()
        ),
    ))
}
