//! What a URL names, parsed.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{FromRequestParts, Path, Query};
use axum::http::Uri;
use axum::http::request::Parts;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::form_urlencoded::Serializer;
use utoipa::IntoParams;

use super::caller::project;
use crate::operate::SharedApp;
use crate::path_id::id_of;
use crate::problem::Problem;
use model::{BranchName, IntegrationId, JiraComponent, PageLimit, ProjectKey, RepositoryId, Timestamp};

/// How an id stands in a path.
pub(super) const ONE_SEGMENT: &str = "An id is one segment of a path: percent-encode it once, `/` too (`acme%2Fwidgets`), or \
                                      send the `path_id` that is given beside it (`~YWNtZS93aWRnZXRz`), which no proxy on \
                                      the way changes";

/// Path parameters, or a problem.
#[derive(FromRequestParts)]
#[from_request(via(Path), rejection(Problem))]
pub(super) struct Named<T>(pub T);

/// Query parameters, or a problem. `T` has to refuse unknown ones.
#[derive(FromRequestParts)]
#[from_request(via(Query), rejection(Problem))]
pub(super) struct Asked<T>(pub T);

/// Query parameters with the components of a Jira issue among them: `component`, as often as there are some.
pub(super) struct AskedFor<T> {
    pub asked: T,
    pub components: Vec<JiraComponent>,
}

impl<T: DeserializeOwned> FromRequestParts<SharedApp> for AskedFor<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &SharedApp) -> Result<Self, Problem> {
        Self::read(parts.uri.query().unwrap_or_default())
    }
}

impl<T: DeserializeOwned> AskedFor<T> {
    /// The other parameters are read without the components, because a name that stands twice is refused there.
    fn read(query: &str) -> Result<Self, Problem> {
        let (mut components, mut others) = (Vec::new(), Serializer::new(String::new()));
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            if name == "component" {
                components.push(value.into_owned());
            } else {
                others.append_pair(&name, &value);
            }
        }
        let unreadable = |_| Problem::bad_request("The query cannot be read.");
        let uri: Uri = format!("/?{}", others.finish()).parse().map_err(unreadable)?;
        let Query(asked) = Query::try_from_uri(&uri)?;
        if components.len() > MAX_COMPONENTS {
            return Err(Problem::invalid("component", format!("can be given at most {MAX_COMPONENTS} times")));
        }
        let components: Result<_, _> = components.into_iter().map(JiraComponent::parse).collect();
        let components = components.map_err(|error| Problem::invalid("component", error.to_string()))?;
        Ok(Self { asked, components })
    }
}

impl From<PathRejection> for Problem {
    fn from(_: PathRejection) -> Self {
        Problem::bad_request("The path cannot be read: its segments are percent-encoded UTF-8.")
    }
}

impl From<QueryRejection> for Problem {
    fn from(_: QueryRejection) -> Self {
        Problem::bad_request("The query cannot be read: each parameter that there is stands in it once.")
    }
}

/// An id that is not one names nothing.
pub(super) fn integration(text: String) -> Result<IntegrationId, Problem> {
    IntegrationId::parse(text).map_err(|_| Problem::not_found("integration for this Jira project"))
}

/// A repository as a segment of a path. One that was percent-encoded twice names nothing: whoever means a `%2F` to the letter
/// sends the path-safe form.
pub(super) fn repository(segment: String) -> Result<RepositoryId, Problem> {
    if segment.to_ascii_uppercase().contains("%2F") {
        return Err(Problem::not_found(&format!("repository: it was percent-encoded twice. {ONE_SEGMENT}")));
    }
    let id = named_by("repository", segment)?;
    RepositoryId::parse(id).map_err(|error| Problem::invalid("repository", error.to_string()))
}

/// A branch as a segment of a path.
pub(super) fn branch_in_path(segment: String) -> Result<BranchName, Problem> {
    branch("name", named_by("branch", segment)?)
}

/// The id of a thing, of a decoded segment in either of its forms.
pub(super) fn named_by(what: &str, segment: String) -> Result<String, Problem> {
    let misspelt =
        || Problem::not_found(&format!("{what}: what begins with `~` in a path is a `path_id`, and this is none"));
    id_of(segment).ok_or_else(misspelt)
}

pub(super) fn branch(field: &str, text: String) -> Result<BranchName, Problem> {
    BranchName::parse(text).map_err(|error| Problem::invalid(field, error.to_string()))
}

/// The project a request without a body is for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ForProject {
    /// Key of the Jira project the request is for; may be left out where `issue` is given.
    #[param(example = "ABC")]
    pub project: Option<String>,
    /// Key of a Jira issue in that project.
    #[param(example = "ABC-1")]
    pub issue: Option<String>,
}

impl ForProject {
    /// As [`project`] reads the two.
    pub fn project(&self) -> Result<ProjectKey, Problem> {
        project(self.project.as_deref(), self.issue.as_deref())
    }
}

/// Most components of one issue: many times what people can keep apart.
pub(super) const MAX_COMPONENTS: usize = 100;
/// Longest text searched for, in bytes.
pub(super) const MAX_QUERY_BYTES: usize = 255;

/// How many items a page is to have at most.
pub(super) fn limit(text: Option<&str>) -> Result<PageLimit, Problem> {
    let Some(text) = text else { return Ok(PageLimit::MOST) };
    let most = PageLimit::MOST.items();
    PageLimit::of(number("limit", text, 1..=most)?).ok_or_else(|| Problem::invalid("limit", "is none"))
}

/// The same of a list whose pages have other bounds.
pub(super) fn limit_of(text: Option<&str>, usual: usize, most: usize) -> Result<usize, Problem> {
    let Some(text) = text else { return Ok(usual) };
    number("limit", text, 1..=most)
}

/// A number within its bounds, as a query parameter: in digits alone.
pub(super) fn number<T: FromStr + PartialOrd + Display>(
    name: &str,
    text: &str,
    bounds: RangeInclusive<T>,
) -> Result<T, Problem> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|number| is_plain && bounds.contains(number));
    let (least, most) = (bounds.start(), bounds.end());
    number.ok_or_else(|| Problem::invalid(name, format!("is a number from {least} to {most}")))
}

/// Yes or no, as a query parameter; no where it is left out.
pub(super) fn flag(name: &str, text: Option<&str>) -> Result<bool, Problem> {
    match text {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(Problem::invalid(name, "is true or false")),
    }
}

/// A time, or the first instant of a date in UTC, as a query parameter.
pub(super) fn time(name: &str, text: Option<&str>) -> Result<Option<Timestamp>, Problem> {
    let none = || Problem::invalid(name, "is a time (2026-11-22T10:00:00Z) or a date (2026-11-22) that there is");
    text.map(|text| Timestamp::parse(text).ok_or_else(none)).transpose()
}

/// A query parameter without which there is nothing to do.
pub(super) fn required<T>(name: &str, value: Option<T>) -> Result<T, Problem> {
    value.ok_or_else(|| Problem::invalid(name, "is missing"))
}

/// A text to search for; an empty one is none.
pub(super) fn search(text: Option<String>) -> Result<Option<String>, Problem> {
    match text {
        Some(text) if text.len() > MAX_QUERY_BYTES || text.chars().any(char::is_control) => {
            Err(Problem::invalid("q", format!("has at most {MAX_QUERY_BYTES} bytes and no control characters")))
        }
        text => Ok(text.filter(|text| !text.is_empty())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<(Option<String>, Vec<String>), &'static str> {
        let read = AskedFor::<ForProject>::read(query).map_err(|problem| problem.code())?;
        Ok((read.asked.project, read.components.into_iter().map(String::from).collect()))
    }

    #[test]
    fn a_page_has_1_to_100_items() {
        for (text, expected) in [("1", Some(1)), ("100", Some(100)), ("0", None), ("101", None), ("-1", None)] {
            assert_eq!(limit(Some(text)).map(PageLimit::items).ok(), expected, "{text}");
        }
        for text in ["", "ten", "1.5", "+5", "99999999999"] {
            assert_eq!(limit(Some(text)).unwrap_err().code(), "invalid", "{text}");
        }
        assert_eq!(limit(None).unwrap(), PageLimit::MOST);
    }

    #[test]
    fn a14_an_id_in_a_path_has_two_forms_and_what_is_neither_is_told_what_to_do() {
        let named = |segment: &str| repository(segment.to_owned()).map(String::from);
        for (segment, id) in [
            ("acme/widgets", "acme/widgets"),
            ("%2e%2e", "%2e%2e"),
            ("~YWNtZS93aWRnZXRz", "acme/widgets"),
            ("~YWNtZSUyRndpZGdldHM", "acme%2Fwidgets"),
        ] {
            assert_eq!(named(segment).unwrap(), id);
        }
        for segment in ["acme%2Fwidgets", "acme%2fwidgets", "~acme/widgets", "~"] {
            let problem = named(segment).err().filter(|problem| problem.code() == "not-found");
            assert_eq!(
                problem.is_some_and(|problem| problem.detail().contains("path_id")),
                segment != "~",
                "{segment}"
            );
        }
        for segment in ["feature/%2F", "~ZmVhdHVyZS8lMkY"] {
            assert_eq!(branch_in_path(segment.to_owned()).unwrap().as_str(), "feature/%2F");
        }
    }

    #[test]
    fn components_are_taken_out_of_a_query_wherever_they_stand() {
        let some = |project: &str, components: &[&str]| {
            Ok((Some(project.to_owned()), components.iter().map(|&name| name.to_owned()).collect::<Vec<_>>()))
        };
        assert_eq!(read("component=A%2CB&project=ABC&component=Front+end%26x"), some("ABC", &["A,B", "Front end&x"]));
        assert_eq!(read("project=%C3%9C%26issue%3DX-1"), some("\u{dc}&issue=X-1", &[]));
        assert_eq!(read(""), Ok((None, vec![])));
        assert_eq!(read("project=A&project=B"), Err("bad-request"));
        assert_eq!(read("components=A"), Err("bad-request"));
        assert_eq!(read("component="), Err("invalid"));
        assert_eq!(read("component=a%0Ab"), Err("invalid"));
        assert!(read(&"component=x&".repeat(100)).is_ok());
        assert_eq!(read(&"component=x&".repeat(101)), Err("invalid"));
    }
}
