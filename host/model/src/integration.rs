//! Integrations, the providers that serve them, and the global rule.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    Account, BranchNaming, Connection, Description, DisplayName, IntegrationId, KindId, Mappings, Place, ProviderId,
    Revision, SiteId, SiteProject, SiteProjects, Timestamp,
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
    /// *Require User PAT*.
    pub require_user_pat: bool,
    pub naming: BranchNaming,
    /// What its projects are worked on with. Each is one the integration is open to.
    pub mappings: Mappings,
    /// Where the integration's own credential was given to. None when the integration has none.
    pub own_given_to: Option<Place>,
    /// Whose that credential is.
    pub account: Option<Account>,
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
    /// The integration leads elsewhere since it was given; it is lent no more.
    SetAside,
}

impl IntegrationRecord {
    /// What its own credential is good for, at the place it leads to now.
    pub fn own_credential(&self) -> OwnCredentialState {
        match &self.own_given_to {
            None => OwnCredentialState::Missing,
            Some(given_to) if given_to.covers(&self.place()) => OwnCredentialState::Usable,
            Some(_) => OwnCredentialState::SetAside,
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

/// How the daemon may reach an integration's origins, beyond what the public internet needs.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NetworkRules {
    /// Whether an origin may resolve to a private address (RFC 1918, loopback, link-local and the like). Addresses of cloud
    /// metadata services are refused all the same.
    pub allow_private: bool,
    /// Whether an origin may be `http:`, where credentials travel unencrypted.
    pub allow_http: bool,
    /// Certificates to trust beside the system's, in PEM.
    pub ca_pem: Option<String>,
    /// `host:port` of an origin to the `address:port` to dial instead of asking DNS. The origin's name stays the one that
    /// is checked, sent and verified by TLS.
    pub connect_to: BTreeMap<String, String>,
}

/// The rule over all integrations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// *Require User PAT* everywhere; overrides integrations where it is off.
    pub require_user_pat: bool,
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
