//! What keeps the store itself going.

use async_trait::async_trait;
use model::{CredentialOwner, NewAuditEntry, Place, Sealed, Timestamp};

use crate::StoreError;

/// Looks after the store.
#[async_trait]
pub trait Upkeep {
    /// Whether an operation could be read and written down now: tries both, down to the device.
    async fn probe(&self) -> Result<(), StoreError>;

    /// Why nothing more will be written until the store is opened anew: it cannot know what it kept last. None while it
    /// writes, a full disk included.
    fn stopped(&self) -> Option<String>;

    /// Forgets what has run out: token ids, kept answers, page links, visits, drafts, sessions of administrators, users who
    /// are seen no more. Returns how many rows.
    async fn sweep(&self, now: Timestamp) -> Result<u64, StoreError>;

    /// Credentials that were sealed in any other way than this one, with where they were given to.
    async fn sealed_otherwise(&self, algorithm: &str) -> Result<Vec<(CredentialOwner, Sealed, Place)>, StoreError>;

    /// Puts credentials in the place of those they were made of, all or none. Of those that were replaced meanwhile, nothing
    /// is written. Returns how many were.
    async fn reseal(&self, credentials: Vec<Reseal>, audit: NewAuditEntry) -> Result<u64, StoreError>;
}

/// A credential, sealed anew.
#[derive(Debug, Clone)]
pub struct Reseal {
    pub owner: CredentialOwner,
    /// What it was made of; where that is not what is stored any more, nothing is written.
    pub before: Sealed,
    pub after: Sealed,
}
