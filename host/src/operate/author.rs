//! Who asks, and in whose name the audit log keeps what came of it.

use serde_json::{Map, Value};

use super::App;
use model::{
    ActAs, ActingUser, Actor, AuditEvent, ConnectorId, IntegrationId, NewAuditEntry, ProjectKey, SiteProject, UserNames,
};

/// A Jira user in one of her site's projects, as a connector vouches for her.
#[derive(Debug, Clone)]
pub struct Asker {
    /// Who vouches.
    pub connector: ConnectorId,
    /// Whom it is done for.
    pub user: ActingUser,
    /// What she is called, as far as the connector says.
    pub names: UserNames,
    /// Of the user's site.
    pub project: ProjectKey,
    /// Whether the connector vouches that the user holds *View Development Tools* in that project.
    pub may_view_development_tools: bool,
    /// Names the request in the log and the audit log.
    pub request_id: String,
}

impl Asker {
    /// The project, with its site.
    pub fn project(&self) -> SiteProject {
        SiteProject { site: self.user.site.clone(), key: self.project.clone() }
    }

    pub(super) fn author(&self, integration: Option<&IntegrationId>) -> Author {
        let (site, connector) = (self.user.site.clone(), self.connector.to_string());
        Author {
            actor: Actor::User { site, connector, jira_user: self.user.id.clone() },
            integration: integration.cloned(),
            request_id: self.request_id.clone(),
        }
    }
}

/// Something asked of one integration.
#[derive(Debug, Clone)]
pub struct Ask {
    /// Who asks.
    pub asker: Asker,
    /// Of which integration.
    pub integration: IntegrationId,
    /// In whose name.
    pub act_as: ActAs,
    /// The same for every attempt at the same request; 32 hexadecimal digits.
    pub attempt_token: String,
    /// What she was told beforehand: where that has changed, nothing is done. None where nobody was told anything.
    pub told: Option<Told>,
}

/// What somebody was told that an operation would come to.
#[derive(Debug, Clone)]
pub struct Told {
    /// Where the integration leads.
    pub leads_to: Option<Vec<String>>,
    /// Id of the account that it would be credited to, where that is known.
    pub account: Option<String>,
}

impl Ask {
    pub(super) fn author(&self) -> Author {
        self.asker.author(Some(&self.integration))
    }

    pub(super) fn user(&self) -> &ActingUser {
        &self.asker.user
    }

    pub(super) fn request_id(&self) -> &str {
        &self.asker.request_id
    }
}

/// In whose name entries of the audit log are written.
#[derive(Debug, Clone)]
pub(super) struct Author {
    pub actor: Actor,
    pub integration: Option<IntegrationId>,
    pub request_id: String,
}

impl Author {
    /// The daemon itself, at work for nobody in particular.
    pub fn daemon() -> Self {
        Self { actor: Actor::Daemon, integration: None, request_id: String::new() }
    }

    /// As of now. It completes no other entry; an outcome gets its intent from the store.
    pub fn entry(
        &self,
        app: &App,
        event: AuditEvent,
        subject: &'static str,
        details: Map<String, Value>,
    ) -> NewAuditEntry {
        NewAuditEntry {
            at: app.clock.now(),
            event,
            subject,
            actor: self.actor.clone(),
            integration: self.integration.clone(),
            request_id: self.request_id.clone(),
            refers_to: None,
            details,
        }
    }

    /// For a change that is stored.
    pub fn changed(&self, app: &App, subject: &'static str, details: Map<String, Value>) -> NewAuditEntry {
        self.entry(app, AuditEvent::Changed, subject, details)
    }
}
