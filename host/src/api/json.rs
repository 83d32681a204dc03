//! Request bodies, read strictly: JSON in UTF-8, no member twice, none that is not known.

use std::collections::BTreeMap;
use std::fmt;

use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use secrecy::SecretString;
use serde::de::{DeserializeOwned, Deserializer, MapAccess, Visitor};

use super::problem::Problem;

/// Reads a body. `T` has to refuse unknown members (`deny_unknown_fields`), with which a member given twice is refused too.
pub(super) fn read<T: DeserializeOwned>(headers: &HeaderMap, body: &[u8]) -> Result<T, Problem> {
    if !is_json(headers) {
        let detail = "The body has to be JSON: send Content-Type: application/json.";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", "Not JSON", detail));
    }
    // Serde would read an array as a struct.
    if body.trim_ascii_start().first() == Some(&b'[') {
        return Err(Problem::bad_request("The body is JSON, but not an object."));
    }
    // The parser stops at 128 levels of nesting.
    serde_json::from_slice(body).map_err(|error| {
        let what = match error.classify() {
            serde_json::error::Category::Data => "is JSON, but not of the right shape",
            _ => "is not JSON",
        };
        Problem::bad_request(format!("The body {what}: {}.", without_values(&error.to_string())))
    })
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(Ok(media_type)) = headers.get(CONTENT_TYPE).map(|value| value.to_str()) else { return false };
    let media_type = media_type.split(';').next().unwrap_or_default().trim();
    media_type.eq_ignore_ascii_case("application/json")
}

/// The parser's messages quote values of a wrong type; one might be a secret in the wrong place.
fn without_values(message: &str) -> String {
    match message.split_once("invalid type: ").or_else(|| message.split_once("invalid value: ")) {
        Some((_, rest)) => match rest.split_once(", expected ") {
            Some((_, expected)) => format!("wrong type, expected {expected}"),
            None => "wrong type".to_owned(),
        },
        None => message.to_owned(),
    }
}

/// An object of secrets in which no name stands twice.
pub(super) fn secrets<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, SecretString>, D::Error> {
    let texts = texts(deserializer)?;
    Ok(texts.into_iter().map(|(name, value)| (name, SecretString::from(value))).collect())
}

/// An object of texts in which no name stands twice.
pub(super) fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, String>, D::Error> {
    deserializer.deserialize_map(Texts)
}

struct Texts;

impl<'de> Visitor<'de> for Texts {
    type Value = BTreeMap<String, String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of texts")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut texts = BTreeMap::new();
        while let Some((name, value)) = members.next_entry::<String, String>()? {
            if texts.insert(name, value).is_some() {
                return Err(serde::de::Error::custom("a member stands twice"));
            }
        }
        Ok(texts)
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read")]
    struct Body {
        name: String,
        #[serde(deserialize_with = "texts", default)]
        fields: BTreeMap<String, String>,
    }

    fn refusal(media_type: &'static str, body: &[u8]) -> Option<&'static str> {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(media_type))]);
        read::<Body>(&headers, body).err().map(|problem| problem.code())
    }

    #[test]
    fn a8_bodies_are_read_strictly() {
        assert_eq!(refusal("application/json; charset=utf-8", br#"{"name":"a","fields":{"x":"y"}}"#), None);
        assert_eq!(refusal("text/plain", br#"{"name":"a"}"#), Some("unsupported-media-type"));
        assert_eq!(refusal("application/json", br#"{"name":"a","name":"b"}"#), Some("bad-request"));
        assert_eq!(refusal("application/json", br#"{"name":"a","fields":{"x":"1","x":"2"}}"#), Some("bad-request"));
        assert_eq!(refusal("application/json", br#"{"name":"a","user":"bob"}"#), Some("bad-request"));
        assert_eq!(refusal("application/json", b"{\"name\":\"\xff\"}"), Some("bad-request"));
        assert_eq!(refusal("application/json", br#"{"name":"a"} x"#), Some("bad-request"));
        let deep = [b"{\"name\":".to_vec(), b"[".repeat(10_000)].concat();
        assert_eq!(refusal("application/json", &deep), Some("bad-request"));
    }

    #[test]
    fn a_refusal_does_not_repeat_a_value() {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
        let problem = read::<Body>(&headers, br#"{"name":"a","fields":"s3cret-token"}"#).unwrap_err();
        assert!(!serde_json::to_string(&problem).unwrap().contains("s3cret"));
    }
}
