//! Integrations and the rule over all of them.

use async_trait::async_trait;
use model::{IntegrationId, IntegrationRecord, NewAuditEntry, Policy, Rejection, Revision, Sealed, Timestamp};

use crate::{SavedPats, StoreError};

/// Keeps integrations with their own credentials. Every change names the state it was made of, and is refused with
/// [`StoreError::Changed`] where there is a newer one.
#[async_trait]
pub trait Integrations {
    /// [`StoreError::Conflict`] when the id is taken, [`StoreError::Missing`] when a site of its projects is none. The
    /// record's revision is the store's to give; nothing is known of its credential yet.
    async fn add_integration(
        &self,
        record: IntegrationRecord,
        credential: Option<Sealed>,
        audit: NewAuditEntry,
    ) -> Result<Revision, StoreError>;

    /// Replaces the record of `record.revision`. [`StoreError::Missing`] when there is no such integration, or a site of its
    /// projects is none. That the credential was refused is remembered of that one alone, whatever the record says.
    async fn change_integration(
        &self,
        record: IntegrationRecord,
        credential: OwnCredentialChange,
        audit: NewAuditEntry,
    ) -> Result<Revision, StoreError>;

    /// Remembers that the git server refused the own credential of the integration of this revision, which stays what it is: nobody
    /// changed it. False where that is known already, or the integration was changed in between; nothing is written then.
    async fn note_own_rejection(
        &self,
        id: &IntegrationId,
        of: Revision,
        rejection: Rejection,
        audit: NewAuditEntry,
    ) -> Result<bool, StoreError>;

    /// Forgets what was remembered of the integration of this revision at that time: the git server takes the credential. False where
    /// it is forgotten already, it was refused anew, or the integration was changed in between; nothing is written then.
    async fn forget_own_rejection(
        &self,
        id: &IntegrationId,
        of: Revision,
        rejected_at: Timestamp,
        audit: NewAuditEntry,
    ) -> Result<bool, StoreError>;

    /// With every PAT and setup link of it, as it was told to whoever removes it: [`StoreError::Changed`] where it or a PAT of it
    /// is another by now. False when there was none.
    async fn remove_integration(
        &self,
        id: &IntegrationId,
        expected: Option<SeenIntegration>,
        audit: NewAuditEntry,
    ) -> Result<bool, StoreError>;

    /// For administrators.
    async fn integration(&self, id: &IntegrationId) -> Result<Option<IntegrationRecord>, StoreError>;

    /// In order of id, for administrators.
    async fn integrations(&self) -> Result<Vec<IntegrationRecord>, StoreError>;

    /// The rule over all.
    async fn policy(&self) -> Result<Policy, StoreError>;

    /// Replaces the policy of `policy.revision`.
    async fn set_policy(&self, policy: Policy, audit: NewAuditEntry) -> Result<Revision, StoreError>;
}

/// An integration at one time, with what is removed along with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeenIntegration {
    pub revision: Revision,
    pub pats: SavedPats,
}

/// What becomes of an integration's own credential.
#[derive(Debug, Clone)]
pub enum OwnCredentialChange {
    Keep,
    Replace(Sealed),
    Remove,
}
