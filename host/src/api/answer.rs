//! What callers are told when it worked.

use axum::http::header::{CONTENT_TYPE, ETAG};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::precondition::entity_tag;
use model::Revision;
use store::StoredAnswer;

const JSON: &str = "application/json";

/// A status and a JSON body; can be kept and given again to the byte.
#[derive(Debug)]
pub(super) struct Answer {
    status: StatusCode,
    entity_tag: Option<String>,
    body: Vec<u8>,
}

impl Answer {
    /// The body is written here, so that what is kept is what is sent.
    pub fn new(status: StatusCode, body: &impl Serialize) -> Self {
        let body = serde_json::to_vec(body).expect("answers have text keys only");
        Self { status, entity_tag: None, body }
    }

    /// 200.
    pub fn ok(body: &impl Serialize) -> Self {
        Self::new(StatusCode::OK, body)
    }

    /// 204, with no body.
    pub fn nothing() -> Self {
        Self { status: StatusCode::NO_CONTENT, entity_tag: None, body: Vec::new() }
    }

    /// Names the state of the record that it shows.
    pub fn with_revision(self, revision: Revision) -> Self {
        Self { entity_tag: Some(entity_tag(revision)), ..self }
    }

    /// What is kept of it for replays: all but its entity tag.
    pub fn to_stored(&self) -> StoredAnswer {
        StoredAnswer { status: self.status.as_u16(), content_type: JSON.to_owned(), body: self.body.clone() }
    }

    /// As it was given the first time.
    pub fn from_stored(stored: StoredAnswer) -> Self {
        let status = StatusCode::from_u16(stored.status).unwrap_or(StatusCode::OK);
        Self { status, entity_tag: None, body: stored.body }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let has_body = !self.body.is_empty();
        let mut response = (self.status, self.body).into_response();
        let headers = response.headers_mut();
        headers.remove(CONTENT_TYPE);
        if has_body {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
        }
        if let Some(tag) = self.entity_tag.and_then(|tag| HeaderValue::from_str(&tag).ok()) {
            headers.insert(ETAG, tag);
        }
        response
    }
}
