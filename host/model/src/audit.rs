//! Entries of the audit log.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{ActingUser, IntegrationId, JiraUser, SiteId, Timestamp};

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

impl AuditEvent {
    /// Every one.
    pub const ALL: [AuditEvent; 4] = [AuditEvent::Intent, AuditEvent::Outcome, AuditEvent::Denied, AuditEvent::Changed];

    /// As the log names it.
    pub fn as_str(self) -> &'static str {
        match self {
            AuditEvent::Intent => "intent",
            AuditEvent::Outcome => "outcome",
            AuditEvent::Denied => "denied",
            AuditEvent::Changed => "changed",
        }
    }
}

/// Why a text is not the name of an event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an event is one of: {}", AuditEvent::ALL.map(AuditEvent::as_str).join(", "))]
pub struct NotAnEvent;

impl FromStr for AuditEvent {
    type Err = NotAnEvent;
    fn from_str(text: &str) -> Result<Self, NotAnEvent> {
        AuditEvent::ALL.into_iter().find(|event| event.as_str() == text).ok_or(NotAnEvent)
    }
}

/// Which entries somebody asks for. What is none leaves them all in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Those of what this user asked for.
    pub user: Option<ActingUser>,
    pub integration: Option<IntegrationId>,
    pub event: Option<AuditEvent>,
    /// `branch.create`, to the letter.
    pub subject: Option<String>,
    /// The first instant.
    pub from: Option<Timestamp>,
    /// The first instant that is too late.
    pub until: Option<Timestamp>,
}

impl Actor {
    /// Whether it is this user, through whatever connector.
    pub fn is_user(&self, user: &ActingUser) -> bool {
        matches!(self, Actor::User { site, jira_user, .. } if (site, jira_user) == (&user.site, &user.id))
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_go_by_the_names_they_are_stored_with() {
        for event in AuditEvent::ALL {
            assert_eq!(serde_json::to_value(event).unwrap(), event.as_str());
            assert_eq!(event.as_str().parse(), Ok(event));
        }
        assert_eq!("Intent".parse::<AuditEvent>(), Err(NotAnEvent));
        assert_eq!(NotAnEvent.to_string(), "an event is one of: intent, outcome, denied, changed");
    }
}
