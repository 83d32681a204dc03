//! Two branches of a repository compared, before a pull request is asked for.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::Answer;
use super::caller::{Reading, project};
use super::path::{self, Asked, Named};
use crate::operate::{self, CompareBranches, SharedApp};
use crate::problem::Problem;
use model::{ActAs, Comparison};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ComparisonQuery {
    /// Key of the Jira project the request is for; may be left out where `issue` is given.
    #[param(example = "ABC")]
    project: Option<String>,
    /// Key of a Jira issue in that project.
    #[param(example = "ABC-1")]
    issue: Option<String>,
    /// The branch with the change.
    #[param(value_type = String, example = "feature/ABC-1-login")]
    source: Option<String>,
    /// The branch it is to go to.
    #[param(value_type = String, example = "main")]
    target: Option<String>,
}

/// What a source branch has that its target has not.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComparisonView {
    /// `nothing`: a pull request would merge nothing. `ahead`: there is something to merge. `cannot-tell`: the branches differ,
    /// and the git server does not say in what.
    #[schema(example = "ahead")]
    state: &'static str,
    /// How many commits, where it is ahead and the git server counts them.
    #[serde(skip_serializing_if = "Option::is_none")]
    commits: Option<u32>,
}

impl From<Comparison> for ComparisonView {
    fn from(comparison: Comparison) -> Self {
        match comparison {
            Comparison::Nothing => Self { state: "nothing", commits: None },
            Comparison::Ahead(commits) => Self { state: "ahead", commits },
            Comparison::CannotTell => Self { state: "cannot-tell", commits: None },
        }
    }
}

/// Whether there is anything on one branch that another has not.
#[utoipa::path(
    get, path = "/integrations/{id}/repositories/{repo}/comparison", operation_id = "compareBranches", tag = "branches",
    params(("id" = String, Path, description = "Integration"), ("repo" = String, Path, description = "Repository, as one path segment"), ComparisonQuery),
    responses((status = 200, body = ComparisonView), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("connector" = [])),
)]
pub(super) async fn get(
    State(app): State<SharedApp>,
    Reading(caller): Reading,
    Named((id, repository)): Named<(String, String)>,
    Asked(asked): Asked<ComparisonQuery>,
) -> Result<Answer, Problem> {
    let project = project(asked.project.as_deref(), asked.issue.as_deref())?;
    let ask = caller.ask(project, path::integration(id)?, ActAs::Auto);
    let effect = CompareBranches {
        repository: path::repository(repository)?,
        source: path::branch("source", path::required("source", asked.source)?)?,
        target: path::branch("target", path::required("target", asked.target)?)?,
    };
    match operate::perform(&app, &ask, &effect).await {
        Ok(compared) => Ok(Answer::ok(&ComparisonView::from(compared.answer))),
        Err(error) => Err(caller.problem(&app, &ask, error).await),
    }
}
