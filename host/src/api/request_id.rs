//! An id for every request, in its log lines, its audit entries, its problem and a header of its answer.

use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;
use crypto::{SystemRandom, random_id};

const HEADER: &str = "x-request-id";

/// 32 hexadecimal digits, made here: a caller's own would let it forge log lines of others.
#[derive(Debug, Clone)]
pub(super) struct RequestId(String);

impl RequestId {
    pub fn new() -> Self {
        Self(random_id(&SystemRandom))
    }

    pub fn of(parts: &Parts) -> String {
        parts.extensions.get::<RequestId>().cloned().unwrap_or_else(RequestId::new).0
    }
}

pub(super) async fn layer(mut request: Request, next: Next) -> Response {
    let id = RequestId::new();
    request.extensions_mut().insert(id.clone());
    let mut response = next.run(request).await;
    if let Ok(value) = HeaderValue::from_str(&id.0) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}
