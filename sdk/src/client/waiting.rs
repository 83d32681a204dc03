//! How long a server asks to wait, in the ways HTTP and its servers have to say it.

use super::Reply;
use crate::timestamp;
use crate::types::Wait;

/// A time later than this (the year 5138) is not in seconds.
const MAX_EPOCH_S: u64 = 100_000_000_000;
/// A time before this (the year 2001) is none, but a number of seconds from now, as gateways write it.
const MIN_EPOCH_S: u64 = 1_000_000_000;
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

impl Reply {
    /// What `Retry-After` says, in seconds or as a date.
    pub fn retry_after(&self) -> Option<Wait> {
        let value = self.header("retry-after")?.trim();
        value.parse().ok().map(Wait::Seconds).or_else(|| date(value).map(Wait::Until))
    }

    /// What a header says that names the time at which a limit ends, in seconds since 1970 or from now.
    pub fn limit_ends(&self, header: &str) -> Option<Wait> {
        match self.header(header)?.trim().parse().ok()? {
            seconds @ ..MIN_EPOCH_S => u32::try_from(seconds).ok().map(Wait::Seconds),
            at @ ..MAX_EPOCH_S => Some(Wait::Until(at)),
            _ => None,
        }
    }
}

/// `Fri, 27 Nov 2026 02:00:00 GMT`
fn date(text: &str) -> Option<u64> {
    let mut parts = text.split_ascii_whitespace().skip(1);
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    let (time, zone) = (parts.next()?, parts.next()?);
    timestamp::parse(&format!("{year}-{month:02}-{day:0>2} {time} {zone}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{Header, Method, Response};

    fn with(name: &str, value: &str) -> Reply {
        let headers = vec![Header::new(name, value)];
        Reply::new(
            "https://git.example.com/",
            Method::Get,
            false,
            Response { status: 429, headers, body: vec![] },
            false,
        )
    }

    #[test]
    fn v2_a_wait_is_read_in_seconds_and_as_a_date() {
        let after = |value: &str| with("retry-after", value).retry_after();
        assert_eq!(after(" 17 "), Some(Wait::Seconds(17)));
        assert_eq!(after("Tue, 14 Nov 2023 22:13:20 GMT"), Some(Wait::Until(1_700_000_000)));
        for nonsense in ["", "-1", "soon", "Tue, 14 Foo 2023 22:13:20 GMT", "99999999999"] {
            assert_eq!(after(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn v2_the_end_of_a_limit_is_a_time_or_a_number_of_seconds() {
        let ends = |value: &str| with("x-ratelimit-reset", value).limit_ends("X-RateLimit-Reset");
        assert_eq!(ends("1700003600"), Some(Wait::Until(1_700_003_600)));
        assert_eq!(ends("17"), Some(Wait::Seconds(17)));
        for nonsense in ["1507651200000", "x", "-5"] {
            assert_eq!(ends(nonsense), None, "{nonsense}");
        }
    }
}
