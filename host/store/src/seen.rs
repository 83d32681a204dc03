//! Who has asked for something, by Jira project.

use async_trait::async_trait;
use model::{ActingUser, SiteProject, Timestamp, UserNames};

use crate::StoreError;

/// How long somebody who is seen no more is remembered, in milliseconds: over a year, which is as far as anybody looks back.
pub const SEEN_KEPT_MS: i64 = 400 * model::DAY_MS;

/// Remembers users by the projects they ask something of. No change anybody made: it has no entry in the audit log.
#[async_trait]
pub trait SeenUsers {
    /// Never backwards. What is not stated this time stays as it was stated last. [`StoreError::Missing`] when the site is
    /// gone.
    async fn note_seen(&self, seen: Sighting) -> Result<(), StoreError>;

    /// In order of site, user and project.
    async fn seen_users(&self) -> Result<Vec<SeenUser>, StoreError>;
}

/// Somebody asks something of a project.
#[derive(Debug, Clone)]
pub struct Sighting {
    pub user: ActingUser,
    /// Of the user's site.
    pub project: SiteProject,
    pub names: UserNames,
    pub at: Timestamp,
}

/// Somebody who asked something of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenUser {
    pub user: ActingUser,
    /// Of the user's site.
    pub project: SiteProject,
    /// As her connector stated them last.
    pub names: UserNames,
    pub first_seen_at: Timestamp,
    pub last_seen_at: Timestamp,
}
