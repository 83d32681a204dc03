//! `ETag` and `If-Match`: which state of a record an administrator has seen.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use crate::operate::administration::{Administration, Expected};
use crate::problem::Problem;
use model::Revision;

/// The entity tag of a record in this state.
pub(super) fn entity_tag(revision: Revision) -> String {
    format!("\"{revision}\"")
}

/// What a request's `If-Match` expects. Without one, whatever there is. What is wrong with it is told to whoever is known.
#[derive(Debug)]
pub(super) struct IfMatch(Result<Expected, Problem>);

impl IfMatch {
    /// As the one who asks has it, who is known by now.
    pub fn of(self, _: &Administration) -> Result<Expected, Problem> {
        self.0
    }
}

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(read(&parts.headers)))
    }
}

/// A tag that is none of ours is one that never matches, as RFC 9110 has it; one that is no tag is a mistake.
fn read(headers: &HeaderMap) -> Result<Expected, Problem> {
    let mut tags = Vec::new();
    for value in headers.get_all(header::IF_MATCH) {
        let text = value.to_str().map_err(|_| malformed())?;
        for tag in text.split(',').map(str::trim).filter(|tag| !tag.is_empty()) {
            tags.push(tag.to_owned());
        }
    }
    match &tags[..] {
        [] if headers.contains_key(header::IF_MATCH) => Err(malformed()),
        [] => Ok(Expected::Any),
        [any] if any == "*" => Ok(Expected::Any),
        tags => tags
            .iter()
            .map(|tag| revision(tag))
            .collect::<Result<Vec<_>, _>>()
            .map(|revisions| Expected::OneOf(revisions.into_iter().flatten().collect())),
    }
}

/// None for a tag that is not of a record here: a weak one, for one.
fn revision(tag: &str) -> Result<Option<Revision>, Problem> {
    let is_weak = tag.starts_with("W/");
    let strong = tag.strip_prefix("W/").unwrap_or(tag);
    let opaque = strong.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).ok_or_else(malformed)?;
    Ok(opaque.parse().ok().filter(|_| !is_weak).map(Revision::of_entry))
}

fn malformed() -> Problem {
    Problem::bad_request("If-Match is the ETag of a record, in its quotation marks, or `*`.")
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn expected(values: &[&'static str]) -> Result<Expected, &'static str> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::IF_MATCH, HeaderValue::from_static(value));
        }
        read(&headers).map_err(|problem| problem.code())
    }

    fn one_of(revisions: &[i64]) -> Result<Expected, &'static str> {
        Ok(Expected::OneOf(revisions.iter().copied().map(Revision::of_entry).collect()))
    }

    #[test]
    fn a15_tags_are_compared_strongly_and_nonsense_is_refused() {
        assert_eq!(expected(&[]), Ok(Expected::Any));
        assert_eq!(expected(&["*"]), Ok(Expected::Any));
        assert_eq!(expected(&["\"17\""]), one_of(&[17]));
        assert_eq!(expected(&["\"17\", \"18\"", "\"19\""]), one_of(&[17, 18, 19]));
        assert_eq!(expected(&["W/\"17\""]), one_of(&[]));
        assert_eq!(expected(&["\"another\""]), one_of(&[]));
        for wrong in ["17", "", "\"17", "W/17", "*, \"17\""] {
            assert_eq!(expected(&[wrong]), Err("bad-request"), "{wrong}");
        }
        assert_eq!(entity_tag(Revision::of_entry(17)), "\"17\"");
    }
}
