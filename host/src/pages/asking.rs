//! Which connector's page a request comes from, where no link and no visit says so: what is said of one that is gone is to be seen
//! in the frame it was opened in.

use http::{HeaderMap, header};
use url::{Url, form_urlencoded};

use crate::operate::{self, App};

/// Query parameter of a form of ours with the origin that its page was shown in a frame of.
pub(super) const FROM: &str = "from";

/// The origin that the browser names, or that a form of ours came from, if it is one of a registered connector.
pub(super) async fn origins(app: &App, headers: &HeaderMap, query: &str) -> Vec<String> {
    let named = headers.get(header::ORIGIN).or_else(|| headers.get(header::REFERER));
    let named = named.and_then(|value| value.to_str().ok()).map(str::to_owned);
    let address = parameter(query, FROM).or(named).and_then(|text| Url::parse(&text).ok());
    let Some(origin) = address.map(|address| address.origin().ascii_serialization()) else { return Vec::new() };
    if operate::has_connector_at(app, &origin).await { vec![origin] } else { Vec::new() }
}

/// A parameter of a query.
pub(super) fn parameter(query: &str, name: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs.find(|(given, _)| given == name).map(|(_, value)| value.into_owned())
}
