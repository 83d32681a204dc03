//! Reading the times git servers write. Only what they were seen to write; anything else is none, never a guess.

/// Seconds since 1970-01-01T00:00:00Z of a date and time with a zone.
///
/// Read are `2022-01-19 07:08:40 UTC`, `2023-04-07 23:24:34 +0200` and RFC 3339's `2023-04-07T23:24:34.5+02:00` and
/// `…Z`; fractions are dropped. A time before 1970 is none.
///
/// ```
/// use countersign_sdk::timestamp::parse;
/// assert_eq!(parse("2022-01-19 07:08:40 UTC"), Some(1_642_576_120));
/// assert_eq!(parse("2022-01-19 09:08:40 +0200"), parse("2022-01-19T07:08:40Z"));
/// assert_eq!(parse("tomorrow"), None);
/// ```
pub fn parse(text: &str) -> Option<u64> {
    let text = text.trim();
    let (date, time) = (text.get(..10)?, text.get(11..19)?);
    if !matches!(text.as_bytes().get(10)?, b' ' | b'T' | b't') {
        return None;
    }
    let seconds = days_since_1970(date)? * 86_400 + second_of_day(time)?;
    let zone = text.get(19..)?;
    let zone = match zone.strip_prefix('.') {
        Some(fraction) => fraction.trim_start_matches(|c: char| c.is_ascii_digit()),
        None => zone,
    };
    u64::try_from(seconds - zone_offset_s(zone.trim_start())?).ok()
}

/// Seconds since 1970-01-01T00:00:00Z of the first instant, in UTC, of a day written `2022-01-19`.
///
/// ```
/// use countersign_sdk::timestamp::{first_instant, parse};
/// assert_eq!(first_instant("2022-01-19"), parse("2022-01-19T00:00:00Z"));
/// assert_eq!(first_instant("2022-02-30"), None);
/// ```
pub fn first_instant(day: &str) -> Option<u64> {
    u64::try_from(days_since_1970(day.trim())? * 86_400).ok()
}

/// `YYYY-MM-DD` in the Gregorian calendar.
fn days_since_1970(date: &str) -> Option<i64> {
    let [year, month, day] = numbers(date, "-", [4, 2, 2])?;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days_in = |month: i64| match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    if !(1..=12).contains(&month) || !(1..=days_in(month)).contains(&day) || year == 0 {
        return None;
    }
    let before = year - 1;
    let days_before_year = before * 365 + before / 4 - before / 100 + before / 400;
    let days_before_month: i64 = (1..month).map(days_in).sum();
    /// Days from 0001-01-01 to 1970-01-01.
    const EPOCH_DAY: i64 = 719_162;
    Some(days_before_year + days_before_month + day - 1 - EPOCH_DAY)
}

fn second_of_day(time: &str) -> Option<i64> {
    let [hour, minute, second] = numbers(time, ":", [2, 2, 2])?;
    // A leap second is written as 60.
    (hour < 24 && minute < 60 && second <= 60).then_some(hour * 3_600 + minute * 60 + second)
}

fn zone_offset_s(zone: &str) -> Option<i64> {
    if matches!(zone, "Z" | "z" | "UTC" | "GMT") {
        return Some(0);
    }
    let sign = match zone.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let minutes = zone.get(3..)?;
    let (hours, minutes) = (number(zone.get(1..3)?, 2)?, number(minutes.strip_prefix(':').unwrap_or(minutes), 2)?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3_600 + minutes * 60))
}

fn numbers(text: &str, separator: &str, widths: [usize; 3]) -> Option<[i64; 3]> {
    let mut parts = text.split(separator);
    let numbers =
        [number(parts.next()?, widths[0])?, number(parts.next()?, widths[1])?, number(parts.next()?, widths[2])?];
    parts.next().is_none().then_some(numbers)
}

fn number(text: &str, width: usize) -> Option<i64> {
    let is_plain = text.len() == width && text.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn every_recorded_form_is_read() {
        assert_eq!(parse("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(parse("2000-02-29 23:59:59 UTC"), Some(951_868_799));
        assert_eq!(parse("2023-04-07 23:24:34 +0200"), Some(1_680_902_674));
        assert_eq!(parse("2022-08-24 16:11:49 -0500"), Some(1_661_375_509));
        assert_eq!(parse("2023-04-07 21:24:34 +0000"), Some(1_680_902_674));
        assert_eq!(parse("2023-04-07T23:24:34.123+02:00"), Some(1_680_902_674));
    }

    #[test]
    fn anything_else_is_none() {
        for text in [
            "",
            "2022-01-19",
            "2022-01-19 07:08:40",
            "2022-13-01 00:00:00 UTC",
            "2023-02-29 00:00:00 UTC",
            "2022-01-19 24:00:00 UTC",
            "2022-01-19 07:08:40 CET",
            "2022-01-19 07:08:40 +02",
            "1969-12-31 23:59:59 UTC",
            "0000-01-01 00:00:00 UTC",
            "+022-01-19 07:08:40 UTC",
            "2022-01-19é07:08:40 UTC",
            "2022-01-19 07:08:4é UTC",
            "2022-01-19 07:08:40 +9999",
            "2022-01-19 07:08:40 +2é0",
        ] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }
}
