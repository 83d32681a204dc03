//! The integrations a user may use.

use axum::extract::State;

use super::answer::Answer;
use super::caller::Reading;
use super::path::{Asked, ForProject};
use crate::operate::{self, SharedApp};
use crate::problem::Problem;
use crate::view::{IntegrationView, Integrations};

/// Integrations open to a Jira project, with the rule that holds and the state of the caller's PAT.
#[utoipa::path(
    get, path = "/integrations", tag = "integrations", params(ForProject),
    responses((status = 200, body = Integrations), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("connector" = [])),
)]
pub(super) async fn list(
    State(app): State<SharedApp>,
    Reading(caller): Reading,
    Asked(asked): Asked<ForProject>,
) -> Result<Answer, Problem> {
    let open = operate::open_integrations(&app, &caller.asker(asked.project()?)).await?;
    let now = app.clock.now();
    let integrations = open.into_iter().map(|open| IntegrationView::of(open, now)).collect();
    Ok(Answer::ok(&Integrations { integrations }))
}
