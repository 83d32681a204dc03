//! What keeps the store itself going.

use async_trait::async_trait;
use model::Timestamp;

use crate::StoreError;

/// Looks after the store.
#[async_trait]
pub trait Upkeep {
    /// Whether an operation could be read and written down now: reads what operations read, as they do, and tries to write,
    /// down to the device.
    async fn probe(&self) -> Result<(), StoreError>;

    /// Why nothing more will be written until the store is opened anew: it cannot know what it kept last. None while it
    /// writes, a full disk included.
    fn stopped(&self) -> Option<String>;

    /// Forgets what has run out: token ids, kept answers, page links, visits, drafts, sessions of administrators, users who
    /// are seen no more. Returns how many rows.
    async fn sweep(&self, now: Timestamp) -> Result<u64, StoreError>;
}
