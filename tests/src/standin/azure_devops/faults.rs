//! What Azure DevOps itself says when it cannot: throttling and outages, and the sign-in page out of the blue, as [`Fault`]s.

use http::{HeaderName, StatusCode, header};

use super::paging::CONTINUATION;
use super::refusal;
use crate::standin::faults::Fault;
use crate::standin::message::Answer;

/// Most throttling: it is done and answered as usual, late, with headers that ask to wait.
pub fn throttled_yet_answered(retry_after_s: u32, reset_s: i64) -> Fault {
    let limits = limits("ATConcurrency/Tst5Min", retry_after_s, 0, reset_s);
    Fault::ExtraHeaders(limits.into_iter().collect())
}

/// Throttling that went too far: nothing is done.
pub fn blocked(retry_after_s: u32, reset_s: i64) -> Fault {
    let limits = limits("Concurrency/Secondary", retry_after_s, 0, reset_s);
    Fault::Instead(limits.into_iter().fold(refusal::blocked(), |answer, (name, value)| answer.with(name, &value)))
}

/// What stands before a server that is being maintained: HTML.
pub fn outage(status: StatusCode) -> Fault {
    let reason = status.canonical_reason().unwrap_or_default();
    let page = format!("<html><head><title>{reason}</title></head><body><h2>{reason}</h2></body></html>");
    Fault::Instead(Answer::html(status, &page))
}

/// The sign-in page, with a status that says success: for a token that went bad meanwhile.
pub fn sign_in_page() -> Fault {
    Fault::Instead(refusal::sign_in_page())
}

/// The way to the sign-in page of `reply_to`, an origin.
pub fn sign_in_redirect(reply_to: &str) -> Fault {
    Fault::Instead(refusal::sign_in_redirect(reply_to))
}

/// A list that always has this next page.
pub fn endless_pages(token: &str) -> Fault {
    Fault::ExtraHeader(CONTINUATION, token.to_owned())
}

fn limits(resource: &str, retry_after_s: u32, remaining: u32, reset_s: i64) -> [(HeaderName, String); 6] {
    let named = HeaderName::from_static;
    [
        (header::RETRY_AFTER, retry_after_s.to_string()),
        (named("x-ratelimit-resource"), resource.to_owned()),
        (named("x-ratelimit-delay"), format!("{retry_after_s}.000")),
        (named("x-ratelimit-limit"), "200".to_owned()),
        (named("x-ratelimit-remaining"), remaining.to_string()),
        (named("x-ratelimit-reset"), reset_s.to_string()),
    ]
}
