//! Integrations, the providers that serve them, and the rules over all of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    Account, BranchNaming, Connection, Description, DisplayName, Features, IntegrationId, KindId, Mappings,
    NetworkRules, Place, ProviderId, Rejection, Revision, Rules, SiteId, SiteProject, SiteProjects, Timestamp,
};

/// Settings of an integration: field name to value. Nothing secret is a setting.
pub type Settings = BTreeMap<String, String>;

/// A configured connection to one git server account, organisation or collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntegrationRecord {
    pub id: IntegrationId,
    /// For people.
    pub name: DisplayName,
    pub provider: ProviderId,
    pub kind: KindId,
    pub settings: Settings,
    /// What the provider made of the settings when they were last saved; the origins in it are those the administrator saw.
    pub connection: Connection,
    pub network: NetworkRules,
    pub projects: Projects,
    /// Its own; those over all integrations hold beside them.
    pub rules: Rules,
    pub features: Features,
    pub naming: BranchNaming,
    /// What its projects are worked on with. Each is one the integration is open to.
    pub mappings: Mappings,
    /// Where the integration's own credential was given to. None when the integration has none.
    pub own_given_to: Option<Place>,
    /// Whose that credential is.
    pub account: Option<Account>,
    /// That the git server refused it, and has not taken it since. Learnt while it is used, and nobody's change: the revision
    /// tells nothing of it.
    pub own_rejection: Option<Rejection>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub revision: Revision,
}

/// What an integration's own credential is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OwnCredentialState {
    Missing,
    Usable,
    /// The git server refused it when it was last used. It is lent all the same: that is how it comes back.
    Rejected,
    /// The integration leads elsewhere since it was given; it is lent no more.
    SetAside,
}

impl OwnCredentialState {
    /// Every one.
    pub const ALL: [OwnCredentialState; 4] = [
        OwnCredentialState::Missing,
        OwnCredentialState::Usable,
        OwnCredentialState::Rejected,
        OwnCredentialState::SetAside,
    ];

    /// Whether it is lent where no PAT of a user is needed.
    pub fn is_lent(self) -> bool {
        match self {
            OwnCredentialState::Usable | OwnCredentialState::Rejected => true,
            OwnCredentialState::Missing | OwnCredentialState::SetAside => false,
        }
    }
}

impl IntegrationRecord {
    /// What its own credential is good for, at the place it leads to now.
    pub fn own_credential(&self) -> OwnCredentialState {
        match &self.own_given_to {
            None => OwnCredentialState::Missing,
            Some(given_to) if !given_to.covers(&self.place()) => OwnCredentialState::SetAside,
            Some(_) if self.own_rejection.is_some() => OwnCredentialState::Rejected,
            Some(_) => OwnCredentialState::Usable,
        }
    }
}

/// An integration as its requests see it: all that is needed to send one, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    pub integration: IntegrationId,
    /// Of the stored integration; none for settings that are only tried.
    pub revision: Option<Revision>,
    pub kind: KindId,
    pub settings: Settings,
    pub place: Place,
    /// Certificates to trust beside the system's, in PEM.
    pub ca_pem: Option<String>,
}

impl IntegrationRecord {
    /// Where its credentials may go now.
    pub fn place(&self) -> Place {
        Place::new(&self.connection, &self.network)
    }

    /// Which git server it is at, and which part of it: changed, the same id may be another repository's.
    pub fn leads_to(&self) -> Vec<String> {
        let mut leads_to = self.place().addresses();
        leads_to.push(self.connection.web_url.clone());
        leads_to
    }

    /// What its requests are sent by.
    pub fn destination(&self) -> Arc<Destination> {
        Arc::new(self.to_destination(Some(self.revision)))
    }

    /// The same for a record that is not stored yet.
    pub fn tried(&self) -> Arc<Destination> {
        Arc::new(self.to_destination(None))
    }

    fn to_destination(&self, revision: Option<Revision>) -> Destination {
        Destination {
            integration: self.id.clone(),
            revision,
            kind: self.kind.clone(),
            settings: self.settings.clone(),
            place: self.place(),
            ca_pem: self.network.ca_pem.clone(),
        }
    }
}

/// The Jira projects an integration is open to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Projects {
    /// Those of every site.
    All,
    Only(Vec<SiteProjects>),
}

impl Projects {
    /// Whether the integration is open to the project.
    pub fn include(&self, project: &SiteProject) -> bool {
        match self {
            Projects::All => true,
            Projects::Only(some) => some.iter().any(|some| some.include(project)),
        }
    }

    /// The sites they are named with.
    pub fn sites(&self) -> BTreeSet<&SiteId> {
        match self {
            Projects::All => BTreeSet::new(),
            Projects::Only(some) => some.iter().map(|some| &some.site).collect(),
        }
    }
}

/// The rules over all integrations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// They hold everywhere, also on integrations whose own are off.
    pub rules: Rules,
    pub revision: Revision,
}

/// A registered provider component, without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderRecord {
    pub description: Description,
    /// SHA-256 of the component, in lower-case hexadecimal; what a loaded component is known by.
    pub sha256: String,
    pub size_bytes: u64,
    pub registered_at: Timestamp,
    pub revision: Revision,
}
