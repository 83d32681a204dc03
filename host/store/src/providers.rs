//! Registered provider components.

use async_trait::async_trait;
use model::{NewAuditEntry, ProviderRecord, Revision};

use crate::StoreError;

/// Keeps components, by what they say of themselves and by their bytes.
#[async_trait]
pub trait Providers {
    /// Registers a component, or puts it in the place of the registered one with the same id. `seen` is the revision of that
    /// one, none where there is to be none: [`StoreError::Changed`] where it is not so. [`StoreError::InUse`] where another
    /// provider serves one of its kinds.
    async fn put_provider(
        &self,
        record: ProviderRecord,
        component: Vec<u8>,
        seen: Option<Revision>,
        audit: NewAuditEntry,
    ) -> Result<Revision, StoreError>;

    /// In order of id.
    async fn providers(&self) -> Result<Vec<ProviderRecord>, StoreError>;

    /// The registered bytes with this SHA-256 (lower-case hexadecimal), held to it again: [`StoreError::Damaged`] where they
    /// are others by now.
    async fn component(&self, sha256: &str) -> Result<Option<Vec<u8>>, StoreError>;
}
