//! Which of the forms an answer has the caller wants: `Accept` of the request, as RFC 9110 has it.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header::{ACCEPT, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Response};

use crate::spreadsheet;

/// JSON lines, as a media type.
pub(super) const LINES: &str = "application/x-ndjson";

/// A form of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// One JSON document: what whoever names no form gets.
    Json,
    /// One JSON document a line.
    Lines,
    /// For spreadsheets.
    Csv,
}

impl Wanted {
    /// Only a form that is named is other than JSON; of several, the one with the greatest weight, and then the first.
    fn read(accept: &str) -> Self {
        let ranges = accept.split(',').filter_map(|range| {
            let mut parts = range.split(';').map(str::trim);
            let form = Self::named(parts.next()?)?;
            let quality = parts.find_map(|part| part.strip_prefix("q=")).map_or(Some(1.0), |q| q.parse().ok())?;
            (quality > 0.0).then_some((form, quality))
        });
        let best = ranges.fold(None, |best: Option<(Wanted, f32)>, next| match best {
            Some(best) if best.1 >= next.1 => Some(best),
            _ => Some(next),
        });
        best.map_or(Wanted::Json, |(form, _)| form)
    }

    fn named(media_type: &str) -> Option<Self> {
        let forms =
            [("application/json", Wanted::Json), (LINES, Wanted::Lines), (spreadsheet::MEDIA_TYPE, Wanted::Csv)];
        forms.into_iter().find(|(name, _)| media_type.eq_ignore_ascii_case(name)).map(|(_, form)| form)
    }
}

impl<S: Sync> FromRequestParts<S> for Wanted {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let values = parts.headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
        Ok(Wanted::read(&values.collect::<Vec<_>>().join(",")))
    }
}

/// A file to be kept: browsers offer to save it under this name.
pub(crate) fn file(name: &'static str, media_type: &'static str, body: axum::body::Body) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    ([(CONTENT_TYPE, media_type.to_owned()), (CONTENT_DISPOSITION, disposition)], body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_named_is_other_than_json() {
        for (accept, expected) in [
            ("", Wanted::Json),
            ("*/*", Wanted::Json),
            ("text/*", Wanted::Json),
            ("text/html, */*;q=0.8", Wanted::Json),
            ("text/csv", Wanted::Csv),
            ("TEXT/CSV; charset=utf-8", Wanted::Csv),
            ("application/x-ndjson", Wanted::Lines),
            ("text/csv;q=0, application/json", Wanted::Json),
            ("text/csv;q=0.5, application/json", Wanted::Json),
            ("application/json;q=0.5, text/csv", Wanted::Csv),
            ("application/x-ndjson, text/csv", Wanted::Lines),
            ("text/csv;q=x", Wanted::Json),
        ] {
            assert_eq!(Wanted::read(accept), expected, "{accept}");
        }
    }
}
