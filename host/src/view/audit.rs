//! The audit log.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::spreadsheet::Sheet;
use model::{Actor, AuditEntry, AuditEvent, AuditVerdict, Timestamp};

/// Some entries of the audit log.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditPage {
    /// Newest first. A page that was searched for may be short, or empty, although more follow.
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
    /// What else was kept: repository, branch, result, receipt; of a change, what was before and after; of a look, until when its intent
    /// is that of others like it (`covers_until`), and of entries that were counted, how many there were (`times`) and `since` when.
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

impl AuditEntryView {
    /// As one line of a file of JSON lines, with its end.
    pub fn to_line(&self) -> Vec<u8> {
        let mut line = serde_json::to_vec(self).expect("entries are plain data");
        line.push(b'\n');
        line
    }
}

/// Titles of an audit log for a spreadsheet.
pub const AUDIT_TITLES: [&str; 12] = [
    "sequence",
    "at",
    "event",
    "subject",
    "by",
    "site",
    "jira_user",
    "through",
    "integration",
    "request_id",
    "refers_to",
    "details",
];

/// Adds entries to a spreadsheet with these titles. `through` is the connector of a user, or the token of an administrator.
pub fn add_audit_rows(sheet: &mut Sheet, entries: &[AuditEntry]) {
    for entry in entries {
        let (by, site, jira_user, through) = match &entry.actor {
            Actor::User { site, connector, jira_user } => {
                ("user", site.to_string(), jira_user.to_string(), connector.clone())
            }
            Actor::Administrator { token } => ("administrator", String::new(), String::new(), token.clone()),
            Actor::CommandLine => ("command-line", String::new(), String::new(), String::new()),
            Actor::Daemon => ("daemon", String::new(), String::new(), String::new()),
        };
        sheet.row([
            entry.sequence.to_string(),
            entry.at.to_string(),
            entry.event.as_str().to_owned(),
            entry.subject.clone(),
            by.to_owned(),
            site,
            jira_user,
            through,
            entry.integration.as_ref().map(ToString::to_string).unwrap_or_default(),
            entry.request_id.clone(),
            entry.refers_to.map(|number| number.to_string()).unwrap_or_default(),
            Value::Object(entry.details.clone()).to_string(),
        ]);
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
