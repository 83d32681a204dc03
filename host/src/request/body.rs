//! The body of a request: read by whoever has a use for it, within the limits of all, and wiped. It may hold a token.

use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use http_body_util::BodyExt as _;
use hyper::body::Bytes;
use tokio::time::timeout;
use zeroize::{Zeroize as _, Zeroizing};

use super::budget::Held;
use super::{Budget, Limits, OfConnection};

/// A body, whole. Its bytes are wiped when it is dropped.
#[derive(Debug)]
pub struct Body {
    bytes: Zeroizing<Vec<u8>>,
    _held: Vec<Held>,
}

impl std::ops::Deref for Body {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

/// Why there is no body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyError {
    /// Larger than this many bytes.
    TooLarge(usize),
    /// Not there in time.
    TooSlow,
    /// As many bytes as fit are being held.
    NoRoom,
    /// Compressed, or encoded otherwise.
    Encoded,
    /// The connection ended, or the client did not keep to HTTP.
    Broken,
}

impl BodyError {
    /// What it is answered with.
    pub fn status(self) -> StatusCode {
        match self {
            BodyError::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            BodyError::TooSlow => StatusCode::REQUEST_TIMEOUT,
            BodyError::NoRoom => StatusCode::SERVICE_UNAVAILABLE,
            BodyError::Encoded => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            BodyError::Broken => StatusCode::BAD_REQUEST,
        }
    }
}

/// Reads the whole body of a request, of at most so many bytes.
pub async fn read(parts: &Parts, body: axum::body::Body, max_bytes: usize) -> Result<Body, BodyError> {
    if is_encoded(&parts.headers) {
        return Err(BodyError::Encoded);
    }
    let announced = parts.headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if announced.is_some_and(|bytes: usize| bytes > max_bytes) {
        return Err(BodyError::TooLarge(max_bytes));
    }
    let limits = parts.extensions.get::<Limits>().copied().unwrap_or_default();
    let in_all = parts.extensions.get::<Budget>();
    let of_connection = parts.extensions.get::<OfConnection>().map(|OfConnection(budget)| budget);
    let reading = Reading {
        held: in_all.into_iter().chain(of_connection).map(Budget::hold).collect(),
        bytes: Zeroizing::new(Vec::with_capacity(announced.unwrap_or_default())),
        max_bytes,
    };
    timeout(limits.body, reading.finish(body)).await.unwrap_or(Err(BodyError::TooSlow))
}

/// Nothing is unpacked here: a small body could be a very large one.
fn is_encoded(headers: &HeaderMap) -> bool {
    let is_identity = |value: &HeaderValue| value.as_bytes().trim_ascii().eq_ignore_ascii_case(b"identity");
    headers.get_all(header::CONTENT_ENCODING).iter().any(|value| !value.is_empty() && !is_identity(value))
}

struct Reading {
    held: Vec<Held>,
    bytes: Zeroizing<Vec<u8>>,
    max_bytes: usize,
}

impl Reading {
    async fn finish(mut self, mut body: axum::body::Body) -> Result<Body, BodyError> {
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| BodyError::Broken)?;
            if let Ok(data) = frame.into_data() {
                self.add(data)?;
            }
        }
        Ok(Body { bytes: self.bytes, _held: self.held })
    }

    fn add(&mut self, data: Bytes) -> Result<(), BodyError> {
        if self.bytes.len() + data.len() > self.max_bytes {
            return Err(BodyError::TooLarge(self.max_bytes));
        }
        if !self.held.iter_mut().all(|held| held.more(data.len())) {
            return Err(BodyError::NoRoom);
        }
        self.make_room(data.len());
        self.bytes.extend_from_slice(&data);
        // Wiped where it is nobody else's; what the connection read into is beyond our reach.
        if let Ok(mut ours) = data.try_into_mut() {
            ours.zeroize();
        }
        Ok(())
    }

    /// A buffer that is moved leaves its old copy behind: it is moved here, and the old one wiped.
    fn make_room(&mut self, more: usize) {
        let needed = self.bytes.len() + more;
        if needed > self.bytes.capacity() {
            let mut larger = Zeroizing::new(Vec::with_capacity(needed.max(2 * self.bytes.capacity())));
            larger.extend_from_slice(&self.bytes);
            self.bytes = larger;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::body::Body as Incoming;
    use axum::http::Request;

    use super::*;

    fn parts(limits: Limits, budget: &Budget) -> Parts {
        let (mut parts, ()) = Request::new(()).into_parts();
        parts.extensions.insert(limits);
        parts.extensions.insert(budget.clone());
        parts
    }

    #[tokio::test]
    async fn a_body_is_bounded_whether_it_announces_its_size_or_not() {
        let budget = Budget::new(1000);
        let mut parts = parts(Limits::default(), &budget);
        for length in [0, 1, 99, 100] {
            let body = read(&parts, Incoming::from(vec![b'x'; length]), 100).await.unwrap();
            assert_eq!(body.len(), length);
        }
        let chunks = futures_util::stream::iter((0..11).map(|_| Ok::<_, std::io::Error>(vec![b'x'; 10])));
        assert_eq!(read(&parts, Incoming::from_stream(chunks), 100).await.unwrap_err(), BodyError::TooLarge(100));
        parts.headers.insert(header::CONTENT_LENGTH, 101.into());
        let never = Incoming::from_stream(futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>());
        assert_eq!(read(&parts, never, 100).await.unwrap_err(), BodyError::TooLarge(100));
    }

    #[tokio::test]
    async fn a_body_is_taken_as_it_is_and_unpacked_by_nobody() {
        let mut parts = parts(Limits::default(), &Budget::new(1000));
        for (encoding, is_taken) in [
            ("identity", true),
            ("Identity ", true),
            ("", true),
            ("gzip", false),
            ("br", false),
            ("identity, gzip", false),
        ] {
            parts.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
            let body = read(&parts, Incoming::from("{}"), 100).await;
            assert_eq!(body.is_ok(), is_taken, "{encoding}");
            assert!(is_taken || body.unwrap_err() == BodyError::Encoded, "{encoding}");
        }
    }

    #[tokio::test]
    async fn a16_a_body_held_back_is_given_up_in_time() {
        let limits = Limits { body: Duration::from_millis(50), ..Limits::default() };
        let parts = parts(limits, &Budget::new(1000));
        let never = Incoming::from_stream(futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>());
        assert_eq!(read(&parts, never, 100).await.unwrap_err(), BodyError::TooSlow);
    }

    #[tokio::test]
    async fn a16_bytes_held_by_one_connection_and_by_all_are_bounded() {
        let (in_all, of_connection) = (Budget::new(100), Budget::new(60));
        let mut parts = parts(Limits::default(), &in_all);
        let other = parts.clone();
        parts.extensions.insert(OfConnection(of_connection));
        let read = async |parts: &Parts, length| read(parts, Incoming::from(vec![b'x'; length]), 100).await;
        let first = read(&parts, 50).await.unwrap();
        assert_eq!(read(&parts, 20).await.unwrap_err(), BodyError::NoRoom);
        let others = read(&other, 50).await.unwrap();
        assert_eq!(read(&other, 1).await.unwrap_err(), BodyError::NoRoom);
        drop((first, others));
        read(&parts, 60).await.unwrap();
    }
}
