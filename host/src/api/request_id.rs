//! An id for every request, in its log lines, its audit entries, its problem and a header of its answer.

use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;
use ring::rand::{SecureRandom as _, SystemRandom};

const HEADER: &str = "x-request-id";

/// 32 hexadecimal digits, made here: a caller's own would let it forge log lines of others.
#[derive(Debug, Clone)]
pub(super) struct RequestId(String);

impl RequestId {
    pub fn new() -> Self {
        let mut bytes = [0; 16];
        SystemRandom::new().fill(&mut bytes).expect("the system has randomness");
        Self(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
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
