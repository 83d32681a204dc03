//! One page of a list, in the two ways the server has: by number of items passed over, and by a token that names the next one.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderName;
use serde_json::Value;

use super::call::{Call, list};
use crate::standin::message::Answer;

/// Where the token for the next page is.
pub(super) const CONTINUATION: HeaderName = HeaderName::from_static("x-ms-continuationtoken");

/// The `$top` of a request, within what the server gives at most.
fn top(call: &Call<'_>, default: usize) -> usize {
    call.number("$top").filter(|&top| top > 0).unwrap_or(default).min(call.page_cap)
}

/// By `$skip` alone: nothing says whether more follows.
pub(super) fn page_by_skip(call: &Call<'_>, items: &[Value], default_top: usize) -> Answer {
    let shown: Vec<Value> =
        items.iter().skip(call.number("$skip").unwrap_or(0)).take(top(call, default_top)).cloned().collect();
    list(&shown)
}

/// By `$skip` or by a token, which is the number to pass over.
pub(super) fn page_of_numbers(call: &Call<'_>, items: &[Value], default_top: usize) -> Answer {
    let start = call.number("continuationToken").or_else(|| call.number("$skip")).unwrap_or(0);
    let end = start.saturating_add(top(call, default_top));
    let answer = list(items.get(start.min(items.len())..end.min(items.len())).unwrap_or_default());
    if end < items.len() { answer.with(CONTINUATION, &end.to_string()) } else { answer }
}

/// By a token that stands for the name of the first item that follows, so that what is made or deleted meanwhile shifts nothing.
/// Items are sorted by `name`.
pub(super) fn page_by_name(call: &Call<'_>, items: &[Value]) -> Answer {
    let token = call.query("continuationToken").unwrap_or_default();
    let first = URL_SAFE_NO_PAD.decode(token).ok().and_then(|name| String::from_utf8(name).ok()).unwrap_or_default();
    let name = |item: &Value| item["name"].as_str().unwrap_or_default().to_owned();
    let rest: Vec<Value> = items.iter().filter(|item| name(item) >= first).cloned().collect();
    let end = top(call, call.page_cap).min(rest.len());
    let answer = list(&rest[..end]);
    match rest.get(end) {
        Some(next) => answer.with(CONTINUATION, &URL_SAFE_NO_PAD.encode(name(next))),
        None => answer,
    }
}
