//! The integrations a user may use.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::Answer;
use super::caller::{Reading, project};
use super::paging::PageAsked;
use super::path::Asked;
use crate::operate::{self, SharedApp};
use crate::problem::Problem;
use crate::view::IntegrationView;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct IntegrationsQuery {
    /// Key of the Jira project the request is for; may be left out where `issue` is given.
    #[param(example = "ABC")]
    project: Option<String>,
    /// Key of a Jira issue in that project.
    #[param(example = "ABC-1")]
    issue: Option<String>,
    /// At most so many integrations; 100 where it is left out. The same for all pages of a list.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100, example = 50)]
    limit: Option<String>,
    /// `next_cursor` of the page before, with the same `limit` and filters.
    cursor: Option<String>,
}

/// Some of the integrations that are open to a Jira project.
#[derive(Debug, Serialize, ToSchema)]
pub struct IntegrationPage {
    /// In order of id.
    integrations: Vec<IntegrationView>,
    /// For the next page; null on the last.
    next_cursor: Option<String>,
}

/// Integrations open to a Jira project, with the rule that holds and the state of the caller's PAT.
#[utoipa::path(
    get, path = "/integrations", operation_id = "listIntegrations", tag = "integrations", params(IntegrationsQuery),
    responses((status = 200, body = IntegrationPage), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("connector" = [])),
)]
pub(super) async fn list(
    State(app): State<SharedApp>,
    Reading(caller): Reading,
    Asked(asked): Asked<IntegrationsQuery>,
) -> Result<Answer, Problem> {
    let project = project(asked.project.as_deref(), asked.issue.as_deref())?;
    let open = operate::open_integrations(&app, &caller.asker(project.clone())).await?;
    let scope = ["integrations", caller.user.site.as_str(), caller.user.id.as_str(), project.as_str()];
    let asked = PageAsked::of(asked.limit, asked.cursor);
    let page = asked.page(&app, &scope, open, |open| open.integration.id.as_str())?;
    let now = app.clock.now();
    let integrations = page.items.into_iter().map(|open| IntegrationView::of(open, now)).collect();
    Ok(Answer::ok(&IntegrationPage { integrations, next_cursor: page.next_cursor }))
}
