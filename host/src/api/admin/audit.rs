//! The audit log.

use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::answer::Answer;
use crate::api::caller::Admin;
use crate::api::path::Asked;
use crate::operate::SharedApp;
use crate::operate::administration;
use crate::problem::Problem;
use crate::view::{AuditEntryView, AuditPage, AuditVerdictView};
use model::IntegrationId;
use store::MAX_AUDIT_PAGE;

/// Entries of a page where the request names no limit.
const USUAL_PAGE: usize = 100;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct AuditQuery {
    /// Entries before this number: `next_before` of the page before.
    before: Option<i64>,
    /// Entries about this integration.
    integration: Option<String>,
    /// At most so many (1 to 500; usually 100).
    limit: Option<usize>,
}

/// The audit log, newest first.
#[utoipa::path(
    get, path = "/admin/audit", tag = "admin", params(AuditQuery),
    responses((status = 200, body = AuditPage), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("admin" = [])),
)]
pub(in crate::api) async fn list(
    State(app): State<SharedApp>,
    _: Admin,
    Asked(asked): Asked<AuditQuery>,
) -> Result<Answer, Problem> {
    let integration = asked.integration.map(IntegrationId::parse).transpose();
    let integration = integration.map_err(|_| Problem::not_found("integration"))?;
    let limit = asked.limit.unwrap_or(USUAL_PAGE).clamp(1, MAX_AUDIT_PAGE);
    let query = administration::AuditQuery { before: asked.before, integration, limit };
    let entries = administration::audit_page(&app, query).await?;
    let next_before = entries.last().filter(|_| entries.len() == limit).map(|entry| entry.sequence);
    Ok(Answer::ok(&AuditPage { entries: entries.into_iter().map(AuditEntryView::from).collect(), next_before }))
}

/// Recomputes the whole chain of the audit log.
#[utoipa::path(
    get, path = "/admin/audit/verification", tag = "admin",
    responses((status = 200, body = AuditVerdictView), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("admin" = [])),
)]
pub(in crate::api) async fn verify(State(app): State<SharedApp>, _: Admin) -> Result<Answer, Problem> {
    Ok(Answer::ok(&AuditVerdictView::from(administration::verify_audit(&app).await?)))
}
