//! A suggested branch name for an issue.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::Answer;
use super::branches::issue;
use super::caller::{Reading, project};
use super::path::{self, AskedFor};
use crate::operate::{self, SharedApp};
use crate::problem::Problem;
use model::{ActAs, PageIssue};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct BranchNameQuery {
    /// Key of the Jira issue.
    #[param(value_type = String, example = "ABC-1")]
    issue: Option<String>,
    /// Key of the Jira project; may be left out, it is the issue's.
    project: Option<String>,
    /// Id of the integration.
    #[param(value_type = String, example = "main")]
    integration: Option<String>,
    /// The issue's summary.
    summary: Option<String>,
    /// Jira's name of the issue's type: `Story`.
    #[serde(rename = "type")]
    issue_type: Option<String>,
    /// Branch the new one is to start at; left out: the one set up for the project.
    from: Option<String>,
}

/// A suggestion.
#[derive(Debug, Serialize, ToSchema)]
pub struct BranchNameView {
    /// Holds the issue's key, and is a name the git server takes. Nobody looked whether there is such a branch.
    #[schema(example = "feature/ABC-1-log-in-with-a-passkey")]
    name: String,
    /// Branch to start at, where an administrator set one up for this Jira project and these components.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "main")]
    base: Option<String>,
    /// Id of the repository, where an administrator set one up for this Jira project and these components.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "octo-org/hello-world")]
    repository: Option<String>,
}

/// The name that the template of the project and its components suggests, or else the integration's.
#[utoipa::path(
    get, path = "/branch-name", operation_id = "suggestBranchName", tag = "branches",
    params(BranchNameQuery, ("component" = Option<Vec<String>>, Query, description = "A component of the issue; may stand several times")),
    responses((status = 200, body = BranchNameView), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("connector" = [])),
)]
pub(super) async fn suggest(
    State(app): State<SharedApp>,
    Reading(caller): Reading,
    AskedFor { asked, components }: AskedFor<BranchNameQuery>,
) -> Result<Answer, Problem> {
    let issue = path::required("issue", issue(asked.issue.as_deref())?)?;
    let project = project(asked.project.as_deref(), asked.issue.as_deref())?;
    let integration = path::integration(path::required("integration", asked.integration)?)?;
    let ask = caller.ask(project, integration, ActAs::Auto);
    let found = operate::look(&app, &ask).await?;
    let issue = PageIssue { key: issue, summary: asked.summary, issue_type: asked.issue_type, url: None, components };
    let suggestion = operate::suggest(&found, &ask, &issue, asked.from.as_deref())?;
    Ok(Answer::ok(&BranchNameView {
        name: suggestion.name.to_string(),
        base: suggestion.base.map(|base| base.to_string()),
        repository: suggestion.repository.map(|repository| repository.to_string()),
    }))
}
