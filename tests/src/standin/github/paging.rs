//! One page of a list and the `Link` header to the others.

use http::header;
use serde_json::Value;

use super::call::{Call, ok};
use crate::standin::message::Answer;

/// Items per page when a request does not say.
const DEFAULT_PER_PAGE: usize = 30;

/// The page of `items` a request asks for. `route` is the path the links point to: below a repository the numeric one, whatever
/// was asked.
pub(super) fn page(call: &Call<'_>, route: &str, items: &[Value]) -> Answer {
    page_in(call, route, items, Value::Array)
}

/// The same, in an object around the items.
pub(super) fn page_in(call: &Call<'_>, route: &str, items: &[Value], wrap: impl FnOnce(Vec<Value>) -> Value) -> Answer {
    let asked = |name: &str| call.request.query_value(name)?.parse::<usize>().ok().filter(|&number| number > 0);
    let per_page = asked("per_page").unwrap_or(DEFAULT_PER_PAGE).min(call.page_cap);
    let number = asked("page").unwrap_or(1);
    let last = items.len().div_ceil(per_page).max(1);
    let shown: Vec<Value> = items.iter().skip((number - 1).saturating_mul(per_page)).take(per_page).cloned().collect();
    let answer = ok(&wrap(shown));
    let mut links = Vec::new();
    let mut link = |page: usize, rel: &str| links.push(format!("<{}>; rel=\"{rel}\"", url(call, route, page)));
    if number > 1 {
        link((number - 1).min(last), "prev");
    }
    if number < last {
        link(number + 1, "next");
        link(last, "last");
    }
    if number > 1 {
        link(1, "first");
    }
    if links.is_empty() { answer } else { answer.with(header::LINK, &links.join(", ")) }
}

/// The request's own query with another page.
fn url(call: &Call<'_>, route: &str, page: usize) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(call.request.query_pairs().iter().filter(|(name, _)| name != "page"));
    query.append_pair("page", &page.to_string());
    call.api_url(&format!("{route}?{}", query.finish()))
}
