//! The rule over all integrations.

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::answer::Answer;
use crate::api::caller::{Admin, AdminBody};
use crate::api::precondition::IfMatch;
use crate::operate::SharedApp;
use crate::operate::administration;
use crate::problem::Problem;
use crate::view::PolicyView;

/// The rule as it is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyBody {
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
    let policy = administration::policy(&app).await?;
    Ok(Answer::ok(&PolicyView::from(policy)).with_revision(policy.revision))
}

/// Sets the global rule.
#[utoipa::path(
    put, path = "/admin/policy", tag = "admin", request_body = PolicyBody,
    params(("If-Match" = Option<String>, Header, description = "ETag of the state that was seen; another one is left as it is (412)")),
    responses((status = 200, body = PolicyView), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("admin" = [])),
)]
pub(in crate::api) async fn put(
    State(app): State<SharedApp>,
    IfMatch(expected): IfMatch,
    AdminBody { by, body }: AdminBody<PolicyBody>,
) -> Result<Answer, Problem> {
    let policy = administration::set_policy(&app, &by, &expected, body.require_user_pat).await?;
    Ok(Answer::ok(&PolicyView::from(policy)).with_revision(policy.revision))
}
