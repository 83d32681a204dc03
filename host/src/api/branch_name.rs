//! A suggested branch name for an issue.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::Answer;
use super::branches::issue;
use super::caller::{Reading, project};
use super::path::{self, Asked};
use super::problem::Problem;
use crate::app::SharedApp;
use crate::model::{ActAs, BranchFacts, BranchTemplate};
use crate::operate;

/// Stands between the words of a summary.
const SEPARATOR: char = '-';

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct BranchNameQuery {
    /// Key of the Jira issue.
    #[param(example = "ABC-1")]
    issue: String,
    /// Key of the Jira project; may be left out, it is the issue's.
    project: Option<String>,
    /// Id of the integration.
    #[param(example = "main")]
    integration: String,
    /// The issue's summary.
    summary: Option<String>,
    /// Jira's name of the issue's type: `Story`.
    #[serde(rename = "type")]
    issue_type: Option<String>,
    /// Branch the new one is to start at.
    from: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct BranchNameView {
    /// Holds the issue's key, and is a name the git server takes. Nobody looked whether there is such a branch.
    #[schema(example = "feature/ABC-1-log-in-with-a-passkey")]
    name: String,
}

/// The name the integration's template suggests.
#[utoipa::path(
    get, path = "/branch-name", tag = "branches", params(BranchNameQuery),
    responses((status = 200, body = BranchNameView), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("connector" = [])),
)]
pub(super) async fn suggest(
    State(app): State<SharedApp>,
    Reading(caller): Reading,
    Asked(asked): Asked<BranchNameQuery>,
) -> Result<Answer, Problem> {
    let issue = issue(Some(&asked.issue))?.expect("one was given");
    let project = project(asked.project.as_deref(), Some(&asked.issue))?;
    let ask = caller.ask(project, path::integration(asked.integration)?, ActAs::Auto);
    let (case, provider) = operate::look(&app, &ask).await?;
    // Held to the grammar when it was stored; one from before a change of the grammar gives way to the default.
    let template = case.integration.branch_template.as_deref().and_then(|text| BranchTemplate::parse(text).ok());
    let facts = BranchFacts {
        issue: &issue,
        summary: asked.summary.as_deref().unwrap_or_default(),
        issue_type: asked.issue_type.as_deref(),
        base: asked.from.as_deref(),
    };
    let kind = provider.description().kind(&case.integration.kind);
    let rules = kind.map(|kind| &kind.branch_rules).ok_or_else(|| Problem::not_found("kind"))?;
    let name = template.unwrap_or_default().suggest(&facts, SEPARATOR, rules);
    Ok(Answer::ok(&BranchNameView { name: name.to_string() }))
}
