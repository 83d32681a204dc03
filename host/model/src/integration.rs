//! Integrations, the providers that serve them, and the global rule.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    Account, BranchNaming, Connection, Description, IntegrationId, KindId, Mappings, ProjectKey, ProviderId, Timestamp,
};

/// Settings of an integration: field name to value. Nothing secret is a setting.
pub type Settings = BTreeMap<String, String>;

/// A configured connection to one git server account, organisation or collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntegrationRecord {
    pub id: IntegrationId,
    /// For people.
    pub name: String,
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
    /// Whose the integration's own credential is. None when the integration has none.
    pub account: Option<Account>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// The Jira projects an integration is open to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Projects {
    All,
    Only(Vec<ProjectKey>),
}

impl Projects {
    pub fn include(&self, project: &ProjectKey) -> bool {
        match self {
            Projects::All => true,
            Projects::Only(keys) => keys.contains(project),
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Policy {
    /// *Require User PAT* everywhere; overrides integrations where it is off.
    pub require_user_pat: bool,
}

/// A registered provider component, without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderRecord {
    pub description: Description,
    /// SHA-256 of the component, in lower-case hexadecimal; what a loaded component is known by.
    pub sha256: String,
    pub size_bytes: u64,
    pub registered_at: Timestamp,
}
