//! Requests that came too often: how long to wait, in all the ways it is said.
//!
//! The instance's limit answers in an administrator's plain text, an endpoint's own limit in JSON, a gateway before GitLab
//! in whatever form.

use countersign_sdk::types::{Failure, FailureReason, Wait};
use countersign_sdk::{Reply, timestamp};

/// A reset later than this (the year 5138) is not in seconds.
const MAX_EPOCH_S: u64 = 100_000_000_000;
/// A reset before this (the year 2001) is no time but a number of seconds from now, as gateways write it.
const MIN_EPOCH_S: u64 = 1_000_000_000;
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `words` are the server's own, if there are any.
pub fn reached(reply: &Reply, words: &str) -> Failure {
    let after = reply.header("retry-after").and_then(|value| seconds(value).or_else(|| date(value)));
    let wait = after.or_else(|| reset(reply.header("ratelimit-reset")?)).unwrap_or(Wait::Unknown);
    let message = if words.is_empty() { "GitLab takes no more requests for the moment." } else { words };
    Failure::new(FailureReason::RateLimited(wait), message).with_status(reply.status)
}

fn seconds(value: &str) -> Option<Wait> {
    value.trim().parse().ok().map(Wait::Seconds)
}

fn reset(value: &str) -> Option<Wait> {
    match value.trim().parse().ok()? {
        ..MIN_EPOCH_S => seconds(value),
        at @ ..MAX_EPOCH_S => Some(Wait::Until(at)),
        _ => None,
    }
}

/// `Fri, 27 Nov 2026 02:00:00 GMT`
fn date(value: &str) -> Option<Wait> {
    let mut parts = value.split_ascii_whitespace().skip(1);
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    let (time, zone) = (parts.next()?, parts.next()?);
    timestamp::parse(&format!("{year}-{month:02}-{day:0>2} {time} {zone}")).map(Wait::Until)
}
