//! The audit log.

use serde::Serialize;
use utoipa::ToSchema;

use model::{Actor, AuditEntry, AuditEvent, AuditVerdict, Timestamp};

/// Some entries of the audit log.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditPage {
    /// Newest first.
    pub entries: Vec<AuditEntryView>,
    /// For the next page; null on the last.
    pub next_before: Option<i64>,
}

/// An entry of the audit log.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditEntryView {
    /// From 1, without gaps.
    sequence: i64,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// `intent`, `outcome`, `denied` or `changed`.
    #[schema(value_type = String, example = "outcome")]
    event: AuditEvent,
    /// `branch.create`, `pat.save` …
    subject: String,
    /// Who: `{kind: user, site, connector, jira_user}`, `{kind: administrator, token}`, `{kind: command-line}` or `{kind: daemon}`.
    #[schema(value_type = Object)]
    actor: Actor,
    /// Id of the integration it is about.
    integration: Option<String>,
    /// The request it came of.
    request_id: String,
    /// The entry this one completes.
    refers_to: Option<i64>,
    /// What else was kept: repository, branch, result, receipt; of a change, what was before and after.
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

/// What a verification of the audit log found.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditVerdictView {
    /// Entries that are as they were written, up to the first that is not.
    entries: i64,
    /// Whether every one is as it was written.
    intact: bool,
    /// The first that is not.
    fault: Option<AuditFaultView>,
}

/// An entry that is not as it was written.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditFaultView {
    /// Its number.
    sequence: i64,
    /// In a sentence.
    reason: String,
}

impl From<AuditVerdict> for AuditVerdictView {
    fn from(verdict: AuditVerdict) -> Self {
        let fault = verdict.fault.map(|fault| AuditFaultView { sequence: fault.sequence, reason: fault.reason });
        Self { entries: verdict.entries, intact: fault.is_none(), fault }
    }
}
