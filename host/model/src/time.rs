//! Points in time, as the store keeps them and the API writes them.

use std::fmt;
use std::time::{Duration, UNIX_EPOCH};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

/// One day, in milliseconds.
pub const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Milliseconds since 1970-01-01T00:00:00Z. Written as RFC 3339 in UTC with three digits of milliseconds wherever people or
/// JSON see it: in one form, so that texts sort as times do.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The last instant RFC 3339 can write, 9999-12-31T23:59:59.999Z.
    const LAST_MS: i64 = 253_402_300_799_999;

    /// Brought into the years 1970 to 9999, so that it can always be written.
    pub fn from_unix_ms(unix_ms: i64) -> Self {
        Self(unix_ms.clamp(0, Self::LAST_MS))
    }

    /// Brought into the same years.
    pub fn from_unix_seconds(seconds: u64) -> Self {
        Self::from_unix_ms(i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1000))
    }

    /// As it is stored.
    pub fn unix_ms(self) -> i64 {
        self.0
    }

    /// Without the milliseconds, as tokens and signatures count.
    pub fn unix_seconds(self) -> i64 {
        self.0 / 1000
    }

    /// So much later, or earlier where it is negative, within the same years.
    pub fn plus_ms(self, ms: i64) -> Self {
        Self::from_unix_ms(self.0.saturating_add(ms))
    }

    /// Its day in UTC: `2026-11-22`.
    pub fn day(self) -> String {
        self.to_string().chars().take("2026-11-22".len()).collect()
    }

    /// Its minute in UTC: `2026-11-22T12:00`.
    pub fn minute(self) -> String {
        self.to_string().chars().take("2026-11-22T12:00".len()).collect()
    }

    /// Whether a day begins with it, in UTC.
    pub fn is_midnight(self) -> bool {
        self.0 % (24 * 60 * 60 * 1000) == 0
    }

    /// As HTTP headers write it (RFC 9110): `Sun, 22 Nov 2026 10:00:00 GMT`.
    pub fn http_date(self) -> String {
        httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(self.unix_seconds().unsigned_abs()))
    }

    /// Reads a date of an HTTP header, in either of the obsolete forms as well (RFC 9110 section 5.6.7).
    pub fn parse_http_date(text: &str) -> Option<Self> {
        let since = httpdate::parse_http_date(text).ok()?.duration_since(UNIX_EPOCH).ok()?;
        Some(Self::from_unix_seconds(since.as_secs()))
    }

    /// Reads RFC 3339, or a date alone (`2026-11-22`), which means its first instant in UTC.
    pub fn parse(text: &str) -> Option<Self> {
        let at = match text.len() {
            10 => OffsetDateTime::parse(&format!("{text}T00:00:00Z"), &Rfc3339),
            _ => OffsetDateTime::parse(text, &Rfc3339),
        };
        let ms = i64::try_from(at.ok()?.unix_timestamp_nanos() / 1_000_000).ok()?;
        (0..=Self::LAST_MS).contains(&ms).then_some(Self(ms))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MILLISECONDS: &[BorrowedFormatItem<'_>] =
            format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
        let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000).map_err(|_| fmt::Error)?;
        f.write_str(&at.format(MILLISECONDS).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not an RFC 3339 time or date"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_in_utc_and_read_back() {
        let at = Timestamp::parse("2026-11-22T12:00:00+02:00").unwrap();
        assert_eq!(at.to_string(), "2026-11-22T10:00:00.000Z");
        assert_eq!(at.http_date(), "Sun, 22 Nov 2026 10:00:00 GMT");
        for date in ["Sun, 22 Nov 2026 10:00:00 GMT", "Sunday, 22-Nov-26 10:00:00 GMT", "Sun Nov 22 10:00:00 2026"] {
            assert_eq!(Timestamp::parse_http_date(date), Some(at), "{date}");
        }
        assert_eq!(Timestamp::parse_http_date("2026-11-22T10:00:00Z"), None);
        assert_eq!(Timestamp::parse("2026-11-22").unwrap().to_string(), "2026-11-22T00:00:00.000Z");
        assert_eq!(Timestamp::parse("22.11.2026"), None);
    }

    #[test]
    fn what_cannot_be_written_is_brought_into_range() {
        assert_eq!(Timestamp::from_unix_seconds(u64::MAX).to_string(), "9999-12-31T23:59:59.999Z");
        assert_eq!(Timestamp::from_unix_ms(-5).to_string(), "1970-01-01T00:00:00.000Z");
    }
}
