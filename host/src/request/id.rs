//! An id for every request: in its log line, its audit entries, its problem and a header of its answer.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use crypto::{Random, random_id};

/// Name of the header it is told in.
pub const HEADER: &str = "x-request-id";

/// 32 hexadecimal digits, made here: a caller's own would let it forge log lines of others.
#[derive(Debug, Clone, Default)]
pub struct RequestId(String);

impl RequestId {
    /// A new one.
    pub fn random(random: &dyn Random) -> Self {
        Self(random_id(random))
    }

    /// The request's.
    pub fn of(parts: &Parts) -> Self {
        parts.extensions.get::<RequestId>().cloned().unwrap_or_default()
    }

    /// As it is shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<RequestId> for String {
    fn from(id: RequestId) -> Self {
        id.0
    }
}

impl<S: Sync> FromRequestParts<S> for RequestId {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(parts))
    }
}
