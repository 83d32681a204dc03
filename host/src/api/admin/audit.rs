//! The audit log.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::answer::Answer;
use crate::api::caller::Admin;
use crate::api::path::Asked;
use crate::api::problem::Problem;
use crate::app::SharedApp;
use model::{Actor, AuditEntry, AuditEvent, IntegrationId, Timestamp};
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

#[derive(Debug, Serialize, ToSchema)]
pub struct AuditPage {
    /// Newest first.
    entries: Vec<AuditEntryView>,
    /// For the next page; null on the last.
    next_before: Option<i64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AuditEntryView {
    /// From 1, without gaps.
    sequence: i64,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// `intent`, `outcome`, `denied` or `changed`.
    #[schema(value_type = String, example = "outcome")]
    event: AuditEvent,
    /// `branch.create`, `pat.save` …
    subject: String,
    /// Who: `{kind: user, connector, jira_user}`, `{kind: administrator, token}`, `{kind: command-line}` or `{kind: daemon}`.
    #[schema(value_type = Object)]
    actor: Actor,
    integration: Option<String>,
    request_id: String,
    /// The entry this one completes.
    refers_to: Option<i64>,
    /// What else was kept: repository, branch, result, receipt.
    #[schema(value_type = Object)]
    details: serde_json::Map<String, serde_json::Value>,
}

impl From<AuditEntry> for AuditEntryView {
    fn from(entry: AuditEntry) -> Self {
        Self {
            sequence: entry.sequence,
            at: entry.at,
            event: entry.event,
            subject: entry.subject,
            actor: entry.actor,
            integration: entry.integration.map(String::from),
            request_id: entry.request_id,
            refers_to: entry.refers_to,
            details: entry.details,
        }
    }
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
    let entries = app.store.audit_page(asked.before, integration.as_ref(), limit).await?;
    let next_before = entries.last().filter(|_| entries.len() == limit).map(|entry| entry.sequence);
    Ok(Answer::ok(&AuditPage { entries: entries.into_iter().map(AuditEntryView::from).collect(), next_before }))
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AuditVerdictView {
    /// Entries in the log.
    entries: i64,
    /// Whether every one is as it was written.
    intact: bool,
    /// The first that is not.
    fault: Option<AuditFaultView>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AuditFaultView {
    sequence: i64,
    reason: String,
}

/// Recomputes the whole chain of the audit log.
#[utoipa::path(
    get, path = "/admin/audit/verification", tag = "admin",
    responses((status = 200, body = AuditVerdictView), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("admin" = [])),
)]
pub(in crate::api) async fn verify(State(app): State<SharedApp>, _: Admin) -> Result<Answer, Problem> {
    let verdict = app.store.verify_audit().await?;
    let fault = verdict.fault.map(|fault| AuditFaultView { sequence: fault.sequence, reason: fault.reason });
    Ok(Answer::ok(&AuditVerdictView { entries: verdict.entries, intact: fault.is_none(), fault }))
}
