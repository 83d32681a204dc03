//! Clients of the HTTP API, and the one-time links they ask for.

use serde::{Deserialize, Serialize};

use super::{ConnectorId, IntegrationId, JiraUser, ProjectKey, Timestamp};

/// A registered client of the HTTP API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connector {
    pub id: ConnectorId,
    /// For people.
    pub name: String,
    pub key: PublicKey,
    /// Origins its pages live on (`https://jira.example.com`): where a set-up page may send the user back to.
    pub return_origins: Vec<String>,
    pub created_at: Timestamp,
}

/// The public key a connector's tokens are verified with. The algorithm is the key's, never the token's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PublicKey {
    /// 32 bytes.
    Ed25519(Vec<u8>),
    /// Uncompressed point, 65 bytes.
    P256(Vec<u8>),
}

/// What a one-time link to the PAT page stands for. The link's secret is not in it; the store keeps only its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetupLink {
    pub integration: IntegrationId,
    pub user: JiraUser,
    pub project: ProjectKey,
    pub connector: ConnectorId,
    /// Where the page offers to go afterwards; already held to the connector's origins.
    pub return_to: Option<String>,
    pub expires_at: Timestamp,
}
