//! The integrations a user may use.

use std::collections::BTreeMap;

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::Answer;
use super::caller::Reading;
use super::path::{Asked, ForProject};
use super::problem::Problem;
use super::wire::{IntegrationView, PatView};
use crate::app::SharedApp;
use model::UserCredentials;
use model::policy::Denial;

#[derive(Debug, Serialize, ToSchema)]
pub struct Integrations {
    integrations: Vec<IntegrationView>,
}

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
    let project = asked.project()?;
    if !caller.may_view(&project) {
        return Err(Denial::PermissionMissing.into());
    }
    let policy = app.store.policy().await?;
    let mut pats: BTreeMap<_, _> = app.store.pats_of(&caller.user).await?.into_iter().collect();
    let open = app.store.integrations().await?.into_iter().filter(|record| record.projects.include(&project));
    let integrations = open.map(|record| IntegrationView {
        pat: PatView::of(pats.remove(&record.id), app.clock.now()),
        id: record.id.to_string(),
        name: record.name,
        kind: record.kind.to_string(),
        web_url: record.connection.web_url,
        requires_user_pat: policy.require_user_pat || record.require_user_pat,
        supports_user_pats: record.connection.user_credentials == UserCredentials::Supported,
    });
    Ok(Answer::ok(&Integrations { integrations: integrations.collect() }))
}
