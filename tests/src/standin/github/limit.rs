//! The primary limit on requests: how much of it is used, and the headers that say so.

use http::HeaderName;

use crate::standin::message::Answer;

/// The primary limit as one request finds it.
#[derive(Clone, Copy, Debug)]
pub(super) struct RateLimit {
    pub(super) limit: u32,
    pub(super) used: u32,
    /// Seconds since 1970.
    pub(super) reset: i64,
}

impl RateLimit {
    pub(super) fn remaining(self) -> u32 {
        self.limit.saturating_sub(self.used)
    }
}

pub(super) fn with_limit_headers(answer: Answer, rate: RateLimit) -> Answer {
    let named = HeaderName::from_static;
    answer
        .with(named("x-ratelimit-limit"), &rate.limit.to_string())
        .with(named("x-ratelimit-remaining"), &rate.remaining().to_string())
        .with(named("x-ratelimit-used"), &rate.used.to_string())
        .with(named("x-ratelimit-reset"), &rate.reset.to_string())
        .with(named("x-ratelimit-resource"), "core")
}
