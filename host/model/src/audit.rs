//! Entries of the audit log.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{IntegrationId, JiraUser, SiteId, Timestamp};

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Actor {
    /// A Jira user, through a connector or a page it linked to.
    User {
        /// Entries of before there were sites are of the one there was.
        #[serde(default)]
        site: SiteId,
        connector: String,
        jira_user: JiraUser,
    },
    /// Somebody with an admin token; the token's label.
    Administrator { token: String },
    /// Somebody with a shell on the machine.
    CommandLine,
    /// The daemon itself.
    Daemon,
}

/// What sort of thing happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuditEvent {
    /// About to be done; written before a credential is lent.
    Intent,
    /// How it ended; `refers_to` is the intent.
    Outcome,
    /// Refused by the policy.
    Denied,
    /// Something stored was changed: an integration, the policy, a PAT, a connector.
    Changed,
}

/// What is to be written. The store adds the number and the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAuditEntry {
    pub at: Timestamp,
    pub event: AuditEvent,
    /// `branch.create`, `pat.save`, `integration.change` …
    pub subject: &'static str,
    pub actor: Actor,
    pub integration: Option<IntegrationId>,
    /// Empty for what nobody asked for.
    pub request_id: String,
    /// The number of the entry this one completes.
    pub refers_to: Option<i64>,
    /// What else is worth keeping: repository, branch, receipt, result code. Never a secret.
    pub details: Map<String, Value>,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// From 1, without gaps.
    pub sequence: i64,
    pub at: Timestamp,
    pub event: AuditEvent,
    pub subject: String,
    pub actor: Actor,
    pub integration: Option<IntegrationId>,
    pub request_id: String,
    pub refers_to: Option<i64>,
    pub details: Map<String, Value>,
}

/// What a verification of the whole log found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditVerdict {
    /// How many are as they were written, up to the fault.
    pub entries: i64,
    /// The first entry that is not as it was written, and in what way.
    pub fault: Option<AuditFault>,
}

/// Where the log is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditFault {
    /// The entry that is wrong or missing; the last good one where the head of the log is at fault.
    pub sequence: i64,
    /// One sentence.
    pub reason: String,
}
