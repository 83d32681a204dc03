//! A request as a stand-in received it and an answer as it decided it: plain values, fully read, no network.

use std::net::SocketAddr;

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use hyper::body::Bytes;
use percent_encoding::percent_decode_str;
use serde_json::Value;

/// A request with its body read to the end.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: Method,
    /// As sent: still percent-encoded, without the query, starting with `/`.
    pub path: String,
    /// As sent, without the `?`.
    pub query: Option<String>,
    pub headers: HeaderMap,
    pub body: Bytes,
    /// `scheme://authority` as the client addressed us, so that answers can point back to where the client thinks it is.
    pub origin: String,
    /// Address the connection came from: the same for two requests that shared one.
    pub peer: SocketAddr,
}

impl Request {
    /// Path and query as sent.
    pub fn target(&self) -> String {
        match &self.query {
            Some(query) => format!("{}?{query}", self.path),
            None => self.path.clone(),
        }
    }

    /// Whether it only looks.
    pub fn reads(&self) -> bool {
        matches!(self.method, Method::GET | Method::HEAD)
    }

    /// The header's first value; none when absent or not visible ASCII.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Path segments, each percent-decoded on its own, so that an encoded `/` stays inside its segment.
    ///
    /// An empty segment is kept: `/a/` has two. None when a segment is not UTF-8 once decoded.
    pub fn segments(&self) -> Option<Vec<String>> {
        let path = self.path.strip_prefix('/').unwrap_or(&self.path);
        if path.is_empty() {
            return Some(Vec::new());
        }
        path.split('/').map(|segment| Some(percent_decode_str(segment).decode_utf8().ok()?.into_owned())).collect()
    }

    /// Decoded name and value pairs of the query, in the order sent.
    pub fn query_pairs(&self) -> Vec<(String, String)> {
        let query = self.query.as_deref().unwrap_or_default();
        url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
    }

    /// The last value of a query parameter: servers take the last of several.
    pub fn query_value(&self, name: &str) -> Option<String> {
        self.query_pairs().into_iter().rev().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// What a stand-in says to a request it does not serve, with 501, which no git server says: that the server in whose place
    /// it stands has no such path is not for it to claim. `asked` is what is asked for where method and path do not say it.
    pub(super) fn not_served(&self, asked: &str) -> String {
        let asked = if asked.is_empty() { String::new() } else { format!(" ({asked})") };
        format!("stand-in: {} {}{asked} is not served here", self.method, self.path)
    }

    /// The body as JSON; none when it is not JSON.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

/// What a stand-in decided to answer. Whether it reaches the client is the business of [`super::faults`].
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    pub fn json(status: StatusCode, body: &Value) -> Answer {
        Answer::new(status, "application/json; charset=utf-8", body.to_string())
    }

    pub fn html(status: StatusCode, body: &str) -> Answer {
        Answer::new(status, "text/html; charset=utf-8", body.to_owned())
    }

    pub fn text(status: StatusCode, body: &str) -> Answer {
        Answer::new(status, "text/plain", body.to_owned())
    }

    /// An answer without body or media type.
    pub fn empty(status: StatusCode) -> Answer {
        Answer { status, headers: HeaderMap::new(), body: Bytes::new() }
    }

    fn new(status: StatusCode, media_type: &'static str, body: String) -> Answer {
        let mut answer = Answer::empty(status).with(header::CONTENT_TYPE, media_type);
        answer.body = body.into();
        answer
    }

    /// Sets a header, replacing one of the same name.
    ///
    /// Panics when `value` cannot stand in a header: scenes are written by us, and a silently missing header would make a
    /// test lie.
    #[must_use]
    pub fn with(mut self, name: HeaderName, value: &str) -> Answer {
        self.headers.insert(name, HeaderValue::from_str(value).expect("a header value of visible characters"));
        self
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as JSON; none when it is not JSON.
    pub fn json_body(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(path: &str, query: Option<&str>) -> Request {
        Request {
            method: Method::GET,
            path: path.to_owned(),
            query: query.map(str::to_owned),
            headers: HeaderMap::new(),
            body: Bytes::new(),
            origin: "http://127.0.0.1:1".to_owned(),
            peer: SocketAddr::from(([127, 0, 0, 1], 1)),
        }
    }

    #[test]
    fn an_encoded_slash_stays_inside_its_segment() {
        assert_eq!(get("/a%2Fb/c", None).segments().unwrap(), ["a/b", "c"]);
    }

    #[test]
    fn a_trailing_slash_is_a_segment_of_its_own() {
        assert_eq!(get("/a/", None).segments().unwrap(), ["a", ""]);
        assert!(get("/", None).segments().unwrap().is_empty());
    }

    #[test]
    fn bytes_that_are_not_utf8_are_no_segments() {
        assert!(get("/%ff", None).segments().is_none());
    }

    #[test]
    fn the_last_of_several_query_values_counts() {
        let request = get("/", Some("page=1&page=2&x=a%20b"));
        assert_eq!(request.query_value("page").as_deref(), Some("2"));
        assert_eq!(request.query_value("x").as_deref(), Some("a b"));
        assert_eq!(request.target(), "/?page=1&page=2&x=a%20b");
    }
}
