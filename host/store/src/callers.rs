//! Who may call: sites with their connectors, and administrators by their tokens.

use async_trait::async_trait;
use model::{AdminToken, Connector, ConnectorId, NewAuditEntry, Revision, Site, SiteId, Timestamp, TokenLabel};

use crate::StoreError;

/// SHA-256 of a random token; the token itself is never stored.
pub type TokenHash = [u8; 32];

/// Keeps the Jiras whose users are known.
#[async_trait]
pub trait Sites {
    /// [`StoreError::Conflict`] when the id is taken. The record's revision is the store's to give.
    async fn add_site(&self, site: Site, audit: NewAuditEntry) -> Result<Revision, StoreError>;

    /// Replaces the site of `site.revision`. [`StoreError::Missing`] when there is none of its id.
    async fn change_site(&self, site: Site, audit: NewAuditEntry) -> Result<Revision, StoreError>;

    /// With every PAT and kept answer of its users. False when there was none; [`StoreError::InUse`] while connectors
    /// belong to it or integrations are open to projects of it by name.
    async fn remove_site(
        &self,
        id: &SiteId,
        expected: Option<Revision>,
        audit: NewAuditEntry,
    ) -> Result<bool, StoreError>;

    async fn site(&self, id: &SiteId) -> Result<Option<Site>, StoreError>;

    /// In order of id.
    async fn sites(&self) -> Result<Vec<Site>, StoreError>;
}

/// Keeps connectors by their public keys.
#[async_trait]
pub trait Connectors {
    /// [`StoreError::Conflict`] when the id is taken, [`StoreError::Missing`] when there is no such site.
    async fn add_connector(&self, connector: Connector, audit: NewAuditEntry) -> Result<Revision, StoreError>;

    /// With the links it asked for and the visits they began. False when there was none.
    async fn remove_connector(
        &self,
        id: &ConnectorId,
        expected: Option<Revision>,
        audit: NewAuditEntry,
    ) -> Result<bool, StoreError>;

    async fn connector(&self, id: &ConnectorId) -> Result<Option<Connector>, StoreError>;

    /// In order of id.
    async fn connectors(&self) -> Result<Vec<Connector>, StoreError>;

    /// Remembers when one last called. No change anybody made: it has no entry in the audit log, and leaves the revision.
    async fn note_connector_use(&self, id: &ConnectorId, at: Timestamp) -> Result<(), StoreError>;
}

/// Keeps admin tokens by their hashes.
#[async_trait]
pub trait AdminTokens {
    /// Keeps an admin token by its hash. [`StoreError::Conflict`] when the label is taken.
    async fn add_admin_token(&self, hash: TokenHash, token: AdminToken, audit: NewAuditEntry)
    -> Result<(), StoreError>;

    /// False when there was none of this label.
    async fn revoke_admin_token(&self, label: &TokenLabel, audit: NewAuditEntry) -> Result<bool, StoreError>;

    /// The admin token with this hash, one that has expired too.
    async fn admin_token(&self, hash: TokenHash) -> Result<Option<AdminToken>, StoreError>;

    /// In order of label.
    async fn admin_tokens(&self) -> Result<Vec<AdminToken>, StoreError>;

    /// Remembers when a token was last used. No change anybody made: it has no entry in the audit log.
    async fn note_admin_token_use(&self, hash: TokenHash, at: Timestamp) -> Result<(), StoreError>;
}
