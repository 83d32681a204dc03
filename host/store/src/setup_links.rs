//! One-time links to the page where a user saves her PAT.

use async_trait::async_trait;
use model::{NewAuditEntry, SetupLink, Timestamp};

use crate::{StoreError, TokenHash};

/// Keeps links by the hashes of their secrets.
#[async_trait]
pub trait SetupLinks {
    /// [`StoreError::Missing`] when the integration is gone.
    async fn add_setup_link(&self, token: TokenHash, link: SetupLink, audit: NewAuditEntry) -> Result<(), StoreError>;

    /// Looks without using it up; none when unknown, used or expired.
    async fn peek_setup_link(&self, token: TokenHash, now: Timestamp) -> Result<Option<SetupLink>, StoreError>;

    /// Uses it up: of any number of callers, one gets it.
    async fn take_setup_link(&self, token: TokenHash, now: Timestamp) -> Result<Option<SetupLink>, StoreError>;
}
