//! What a script answers: a reply of any kind, one that was recorded, or none at all.

use serde_json::Value;

use crate::types::{Header, Response, SendFailure, SendFailureKind};

/// The answer of one step.
pub struct Answer(Result<Response, SendFailure>);

impl Answer {
    /// A JSON answer.
    pub fn json(status: u16, body: Value) -> Self {
        Self::text(status, "application/json; charset=utf-8", &body.to_string())
    }

    /// An answer of any media type.
    pub fn text(status: u16, media_type: &str, body: &str) -> Self {
        let headers = vec![Header::new("content-type", media_type)];
        Self(Ok(Response { status, headers, body: body.into() }))
    }

    /// An answer without a body.
    pub fn empty(status: u16) -> Self {
        Self(Ok(Response { status, headers: Vec::new(), body: Vec::new() }))
    }

    /// No answer: the request failed, after (`maybe_sent`) or surely before the server could have acted on it.
    pub fn lost(kind: SendFailureKind, maybe_sent: bool) -> Self {
        let message = "No answer came.".to_owned();
        Self(Err(SendFailure { kind, code: "scripted".to_owned(), message, maybe_sent }))
    }

    /// A recorded answer: an object with `status`, `headers` (an object of texts), and `body` (JSON) or `body_text`.
    ///
    /// # Panics
    /// Where the object has another shape.
    pub fn recorded(response: &Value) -> Self {
        let status = response["status"].as_u64().and_then(|status| u16::try_from(status).ok());
        let headers = response["headers"].as_object().into_iter().flatten();
        let text_of = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let body = match (&response["body"], response["body_text"].as_str()) {
            (Value::Null, text) => text.unwrap_or_default().to_owned(),
            (body, _) => body.to_string(),
        };
        Self(Ok(Response {
            status: status.expect("a recorded answer has a status"),
            headers: headers.map(|(name, value)| Header::new(name.to_ascii_lowercase(), text_of(value))).collect(),
            body: body.into_bytes(),
        }))
    }

    /// The same answer with one more header, whose name is given in lower case as the host does.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let Ok(response) = &mut self.0 {
            response.headers.push(Header::new(name.to_ascii_lowercase(), value));
        }
        self
    }

    pub(super) fn into_result(self) -> Result<Response, SendFailure> {
        self.0
    }
}
