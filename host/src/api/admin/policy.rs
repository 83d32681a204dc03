//! The rules over all integrations.

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::coverage::DryRun;
use crate::api::answer::Answer;
use crate::api::caller::{Admin, AdminBody};
use crate::api::path::Asked;
use crate::api::precondition::IfMatch;
use crate::operate::SharedApp;
use crate::operate::administration::{self, RulesPatch};
use crate::problem::Problem;
use crate::view::PolicyView;
use model::{Rules, Timestamp};

/// The rules as they are to be, all of them: what is left out is off.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "require_user_pat": true, "require_user_pat_from": "2027-01-31" }))]
pub struct PolicyBody {
    /// *Require User PAT* on every integration, whatever its own rule.
    require_user_pat: bool,
    /// When that begins to hold: a time, or a date (its first instant in UTC). Null, or left out: at once.
    #[schema(value_type = Option<String>, example = "2027-01-31")]
    require_user_pat_from: Option<Timestamp>,
    /// *Enforce git service permissions* on every integration. Needs `require_user_pat`.
    #[serde(default)]
    enforce_git_permissions: bool,
}

/// The global rules.
#[utoipa::path(
    get, path = "/admin/policy", operation_id = "getPolicy", tag = "admin",
    responses((status = 200, body = PolicyView), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("admin" = [])),
)]
pub(in crate::api) async fn get(State(app): State<SharedApp>, _: Admin) -> Result<Answer, Problem> {
    let policy = administration::policy(&app).await?;
    Ok(Answer::ok(&PolicyView::from(policy)).with_revision(policy.revision))
}

/// Sets the global rules.
#[utoipa::path(
    put, path = "/admin/policy", operation_id = "setPolicy", tag = "admin", request_body = PolicyBody,
    params(DryRun, ("If-Match" = Option<String>, Header, description = "ETag of the state that was seen; another one is left as it is (412)")),
    responses((status = 200, body = PolicyView), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("admin" = [])),
)]
pub(in crate::api) async fn put(
    State(app): State<SharedApp>,
    Asked(asked): Asked<DryRun>,
    if_match: IfMatch,
    AdminBody { by, body }: AdminBody<PolicyBody>,
) -> Result<Answer, Problem> {
    let PolicyBody { require_user_pat, require_user_pat_from, enforce_git_permissions } = body;
    let rules = Rules { require_user_pat, require_user_pat_from, enforce_git_permissions };
    let patch = RulesPatch::whole(rules);
    let changed = administration::set_policy(&app, &by, &if_match.of(&by)?, patch, asked.trial()?).await?;
    let revision = changed.policy.revision;
    Ok(Answer::ok(&PolicyView::from(changed)).with_revision(revision))
}
