//! An answer of the daemon, and the ways a test goes on with it or does not.

use http::HeaderMap;
use serde_json::Value;

use super::leaks;

/// What the daemon answered.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    /// Null where the body is no JSON.
    pub body: Value,
    pub text: String,
}

impl Answer {
    /// Goes on only with this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Answer {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// Goes on only with this problem.
    #[track_caller]
    pub fn problem(self, status: u16, code: &str) -> Answer {
        assert_eq!((self.status, self.code()), (status, code), "{}", self.text);
        self
    }

    /// The problem's type without what all of them begin with; empty where it is none.
    pub fn code(&self) -> &str {
        let problem_type = self.body["type"].as_str().unwrap_or_default();
        problem_type.strip_prefix("urn:countersign:problem:").unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// A member, by pointer, that is a text; empty where it is not.
    pub fn text_at(&self, pointer: &str) -> &str {
        self.body.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }

    pub(super) fn secret(&self) -> Option<&'static str> {
        let headers = self.headers.values().find_map(|value| leaks::in_text(value.as_bytes()));
        headers.or_else(|| leaks::in_text(self.text.as_bytes()))
    }
}
