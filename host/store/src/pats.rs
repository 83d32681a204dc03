//! User PATs.

use async_trait::async_trait;
use model::{ActingUser, IntegrationId, Learnt, NewAuditEntry, PatMetadata, Revision, Sealed, Timestamp};

use crate::StoreError;

/// Keeps one PAT per user and integration.
#[async_trait]
pub trait Pats {
    /// In the place of the one there was. [`StoreError::Missing`] when the integration is gone.
    async fn save_pat(&self, pat: NewPat, audit: NewAuditEntry) -> Result<Revision, StoreError>;

    /// In the place of the one of this revision, or of none, as it was seen. [`StoreError::Changed`] where that is gone or a newer
    /// one was saved in between.
    async fn replace_pat(
        &self,
        of: Option<Revision>,
        pat: NewPat,
        audit: NewAuditEntry,
    ) -> Result<Revision, StoreError>;

    /// Of this revision, or whichever there is. Where there was none, or a newer one was saved in between, nothing is written, no
    /// audit entry either.
    async fn delete_pat(
        &self,
        integration: &IntegrationId,
        user: &ActingUser,
        revision: Option<Revision>,
        audit: NewAuditEntry,
    ) -> Result<PatDeletion, StoreError>;

    /// Adds what was learnt of the PAT of this revision to what is known of it by now, and returns that. None where it is gone
    /// or a newer one was saved in between, or where another answer came meanwhile; nothing is written then.
    async fn note_pat(
        &self,
        integration: &IntegrationId,
        user: &ActingUser,
        revision: Revision,
        learnt: Learnt,
        audit: NewAuditEntry,
    ) -> Result<Option<PatMetadata>, StoreError>;

    /// Remembers when a PAT was last used, unless a newer one was saved in between, or a use within `every_ms` before is known
    /// already. No change anybody made: it has no entry in the audit log.
    async fn note_pat_use(
        &self,
        integration: &IntegrationId,
        user: &ActingUser,
        revision: Revision,
        at: Timestamp,
        every_ms: i64,
    ) -> Result<(), StoreError>;

    /// All of one user's, for lists.
    async fn pats_of(&self, user: &ActingUser) -> Result<Vec<(IntegrationId, PatMetadata)>, StoreError>;

    /// All of one integration's, for coverage.
    async fn pats_for(&self, integration: &IntegrationId) -> Result<Vec<(ActingUser, PatMetadata)>, StoreError>;

    /// Which there are of one integration's, to compare with later.
    async fn saved_pats(&self, integration: &IntegrationId) -> Result<SavedPats, StoreError>;
}

/// What became of a PAT that was to be deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PatDeletion {
    Deleted,
    /// There was none.
    Missing,
    /// A newer one was saved in between, which stays.
    Another,
}

/// The PATs of an integration at one time. No revision comes twice: as many with the same newest one are the same ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SavedPats {
    /// How many people have one.
    pub people: usize,
    /// None where nobody has.
    pub newest: Option<Revision>,
}

/// A PAT to be kept. `metadata.given_to` is the place it is sealed for.
#[derive(Debug, Clone)]
pub struct NewPat {
    pub integration: IntegrationId,
    pub user: ActingUser,
    pub metadata: PatMetadata,
    pub sealed: Sealed,
}
