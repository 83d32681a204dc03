//! What every request has, whoever answers it: an id, limits, and a body that is read within them.

mod body;
mod budget;
mod id;

use std::time::Duration;

pub use self::body::{Body, BodyError, read};
pub use self::budget::{Budget, OfConnection};
pub use self::id::{HEADER as REQUEST_ID_HEADER, RequestId};

/// Time a request may take from its head to the answer. A call of a provider is given 40 seconds, and an operation may need
/// a second one to look up what became of the first.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(110);

/// How requests are bounded.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// From the head of a request to its answer.
    pub request: Duration,
    /// From the moment somebody wants its body until it is there.
    pub body: Duration,
    /// Requests being answered at one time.
    pub under_way: usize,
    /// Bytes of bodies held at one time, those of all requests together.
    pub body_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { request: REQUEST_TIMEOUT, body: Duration::from_secs(20), under_way: 1000, body_bytes: 64 << 20 }
    }
}

/// Why a request is answered by nobody it was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// It took too long.
    TooSlow,
    /// Whoever should have answered failed.
    Broken,
    /// As many as fit are being answered.
    Busy,
    /// HTTP/1.1, and not one `Host` with it.
    NoHost,
}
