//! Which connector's page a request comes from, where no link and no visit says so: what is said of one that is gone is to be seen
//! in the frame it was opened in.

use http::{HeaderMap, header};
use url::Url;

use crate::operate::{self, App};

/// The origin that the browser names, if it is one of a registered connector.
pub(super) async fn origins(app: &App, headers: &HeaderMap) -> Vec<String> {
    let named = headers.get(header::ORIGIN).or_else(|| headers.get(header::REFERER));
    let address = named.and_then(|value| value.to_str().ok()).and_then(|text| Url::parse(text).ok());
    let Some(origin) = address.map(|address| address.origin().ascii_serialization()) else { return Vec::new() };
    if operate::has_connector_at(app, &origin).await { vec![origin] } else { Vec::new() }
}
