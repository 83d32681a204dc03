//! What a URL names, parsed.

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{FromRequestParts, Path, Query};
use serde::Deserialize;
use utoipa::IntoParams;

use super::caller::project;
use super::problem::Problem;
use crate::model::{BranchName, IntegrationId, ProjectKey, RepositoryId};

/// Path parameters, or a problem.
#[derive(FromRequestParts)]
#[from_request(via(Path), rejection(Problem))]
pub(super) struct Named<T>(pub T);

/// Query parameters, or a problem. `T` has to refuse unknown ones.
#[derive(FromRequestParts)]
#[from_request(via(Query), rejection(Problem))]
pub(super) struct Asked<T>(pub T);

impl From<PathRejection> for Problem {
    fn from(_: PathRejection) -> Self {
        Problem::bad_request("The path cannot be read: its segments are percent-encoded UTF-8.")
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        Problem::bad_request(format!("The query cannot be read: {}.", rejection.body_text()))
    }
}

/// An id that is not one names nothing.
pub(super) fn integration(text: String) -> Result<IntegrationId, Problem> {
    IntegrationId::parse(text).map_err(|_| Problem::not_found("integration for this Jira project"))
}

pub(super) fn repository(text: String) -> Result<RepositoryId, Problem> {
    RepositoryId::parse(text).map_err(|error| Problem::invalid("repository", error.to_string()))
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
    pub fn project(&self) -> Result<ProjectKey, Problem> {
        project(self.project.as_deref(), self.issue.as_deref())
    }
}

/// Longest text searched for, in bytes.
const MAX_QUERY_BYTES: usize = 255;

/// A text to search for; an empty one is none.
pub(super) fn search(text: Option<String>) -> Result<Option<String>, Problem> {
    match text {
        Some(text) if text.len() > MAX_QUERY_BYTES || text.chars().any(char::is_control) => {
            Err(Problem::invalid("q", format!("has at most {MAX_QUERY_BYTES} bytes and no control characters")))
        }
        text => Ok(text.filter(|text| !text.is_empty())),
    }
}
