//! Lists by the piece: a `nextToken` that says where the next one begins and means nothing to anybody else.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::call::{Body, Call};
use super::refusal::Refusal;

/// The items of the page asked for, at most `limit` and never more than the cap, and the token of the next one.
pub(super) fn page(
    call: &Call<'_>,
    body: &Body,
    items: Vec<Value>,
    limit: usize,
) -> Result<(Vec<Value>, Option<String>), Refusal> {
    let operation = call.operation();
    let start = match body.text("nextToken")? {
        None => 0,
        Some(given) => start_of(operation, &given).ok_or_else(|| {
            Refusal::new("InvalidContinuationTokenException", "The specified continuation token is not valid.")
        })?,
    };
    let end = start.saturating_add(call.page_cap.min(limit));
    let next = (end < items.len()).then(|| token(operation, end));
    Ok((items.into_iter().skip(start).take(end - start).collect(), next))
}

/// The token of the page of an operation's list that begins at this item. Bytes beyond ASCII make most of them hold a `/`, for
/// clients that put them into URLs of their own.
pub(super) fn token(operation: &str, start: usize) -> String {
    STANDARD.encode(format!("{operation}\u{ff}from\u{ff}{start}"))
}

fn start_of(operation: &str, token: &str) -> Option<usize> {
    let text = String::from_utf8(STANDARD.decode(token).ok()?).ok()?;
    text.strip_prefix(operation)?.strip_prefix("\u{ff}from\u{ff}")?.parse().ok()
}
