//! The rule over all integrations.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::{Map, json};
use utoipa::ToSchema;

use crate::api::answer::Answer;
use crate::api::caller::{Admin, AdminBody};
use crate::api::problem::Problem;
use crate::app::SharedApp;
use crate::operate;
use model::Policy;

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyView {
    /// *Require User PAT* on every integration, whatever its own rule.
    require_user_pat: bool,
}

/// The global rule.
#[utoipa::path(
    get, path = "/admin/policy", tag = "admin",
    responses((status = 200, body = PolicyView), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("admin" = [])),
)]
pub(in crate::api) async fn get(State(app): State<SharedApp>, _: Admin) -> Result<Answer, Problem> {
    let Policy { require_user_pat } = app.store.policy().await?;
    Ok(Answer::ok(&PolicyView { require_user_pat }))
}

/// Sets the global rule.
#[utoipa::path(
    put, path = "/admin/policy", tag = "admin", request_body = PolicyView,
    responses((status = 200, body = PolicyView), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("admin" = [])),
)]
pub(in crate::api) async fn put(
    State(app): State<SharedApp>,
    AdminBody { by, body }: AdminBody<PolicyView>,
) -> Result<Answer, Problem> {
    let details = Map::from_iter([("require_user_pat".to_owned(), json!(body.require_user_pat))]);
    let audit = operate::administrators_entry(&app, &by, "policy.set", None, details);
    app.store.set_policy(Policy { require_user_pat: body.require_user_pat }, audit).await?;
    Ok(Answer::ok(&body))
}
