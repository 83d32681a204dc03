//! Admin tokens.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::answer::Answer;
use crate::api::caller::{Admin, AdminBody};
use crate::api::paging::PageAsked;
use crate::api::path::{self, Asked, Named};
use crate::operate::SharedApp;
use crate::operate::administration;
use crate::problem::Problem;
use crate::view::{AdminTokenView, MadeAdminTokenView};
use model::{Timestamp, TokenLabel};

/// Some of the admin tokens.
#[derive(Debug, Serialize, ToSchema)]
pub struct AdminTokenPage {
    /// In order of label.
    tokens: Vec<AdminTokenView>,
    /// For the next page; null on the last.
    next_cursor: Option<String>,
}

/// All admin tokens, those that have expired too.
#[utoipa::path(
    get, path = "/admin/tokens", operation_id = "listAdminTokens", tag = "admin", params(PageAsked),
    responses((status = 200, body = AdminTokenPage), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("admin" = [])),
)]
pub(in crate::api) async fn list(
    State(app): State<SharedApp>,
    _: Admin,
    Asked(asked): Asked<PageAsked>,
) -> Result<Answer, Problem> {
    let all = administration::tokens(&app).await?;
    let page = asked.page(&app, &["tokens"], all, |token| token.label.as_str())?;
    let tokens = page.items.into_iter().map(AdminTokenView::from).collect();
    Ok(Answer::ok(&AdminTokenPage { tokens, next_cursor: page.next_cursor }))
}

/// A token as it is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "label": "ops", "expires_at": "2027-01-31" }))]
pub struct NewTokenBody {
    /// Whose it is or what it is for; names the token in the audit log. No two have the same.
    #[schema(example = "ops")]
    label: String,
    /// When it ends: a time, or a date (its first instant in UTC); left out, it works until it is revoked.
    #[schema(value_type = Option<String>, example = "2027-01-31")]
    expires_at: Option<Timestamp>,
}

/// Makes an admin token. It is shown once.
#[utoipa::path(
    post, path = "/admin/tokens", operation_id = "addAdminToken", tag = "admin", request_body = NewTokenBody,
    responses((status = 201, body = MadeAdminTokenView), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("admin" = [])),
)]
pub(in crate::api) async fn add(
    State(app): State<SharedApp>,
    AdminBody { by, body }: AdminBody<NewTokenBody>,
) -> Result<Answer, Problem> {
    let label = TokenLabel::parse(body.label).map_err(|error| Problem::invalid("label", error.to_string()))?;
    let made = administration::add_token(&app, &by, label, body.expires_at).await?;
    Ok(Answer::new(StatusCode::CREATED, &MadeAdminTokenView::from(made)))
}

/// Revokes an admin token: it is refused from then on.
#[utoipa::path(
    delete, path = "/admin/tokens/{label}", operation_id = "revokeAdminToken", tag = "admin",
    params(("label" = String, Path, description = "Label of the token, as one path segment")),
    responses((status = 204), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("admin" = [])),
)]
pub(in crate::api) async fn revoke(
    State(app): State<SharedApp>,
    Admin(by): Admin,
    Named(label): Named<String>,
) -> Result<Answer, Problem> {
    let label = path::named_by("admin token", label)?;
    let label = TokenLabel::parse(label).map_err(|_| Problem::not_found("admin token"))?;
    administration::revoke_token(&app, &by, &label).await?;
    Ok(Answer::nothing())
}
