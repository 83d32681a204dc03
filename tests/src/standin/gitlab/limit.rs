//! The limit on requests: how much of it is used, and the headers that say so.

use time::OffsetDateTime;

use super::call::{http_date, named};
use crate::standin::message::Answer;

/// The limit of GitLab.com as one request finds it.
#[derive(Clone, Copy, Debug)]
pub(super) struct RateLimit {
    pub(super) name: &'static str,
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
    let reset = OffsetDateTime::from_unix_timestamp(rate.reset).ok();
    let reset_time = reset.map(http_date).unwrap_or_default();
    answer
        .with(named("ratelimit-name"), rate.name)
        .with(named("ratelimit-limit"), &rate.limit.to_string())
        .with(named("ratelimit-observed"), &rate.used.to_string())
        .with(named("ratelimit-remaining"), &rate.remaining().to_string())
        .with(named("ratelimit-reset"), &rate.reset.to_string())
        .with(named("ratelimit-resettime"), &reset_time)
}
