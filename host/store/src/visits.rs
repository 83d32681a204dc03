//! Pages for Jira users: one-time links, the visits they begin, and what is kept for a user between two of them.

use std::collections::BTreeMap;

use async_trait::async_trait;
use model::{ActingUser, IntegrationId, NewAuditEntry, PageLink, RepositoryId, Timestamp, Visit, VisitId};

use crate::{StoreError, TokenHash};

/// Keeps links and visits by the hashes of their secrets.
#[async_trait]
pub trait Visits {
    /// With what is to be written down of it, which is nothing where it is counted. [`StoreError::Missing`] when the connector, or the
    /// integration it names, is gone.
    async fn add_page_link(
        &self,
        token: TokenHash,
        link: PageLink,
        audit: Vec<NewAuditEntry>,
    ) -> Result<(), StoreError>;

    /// Looks without using it up; none when unknown, used or expired.
    async fn peek_page_link(&self, token: TokenHash, now: Timestamp) -> Result<Option<PageLink>, StoreError>;

    /// Uses a link up and begins a visit with it: of any number of callers, one gets it.
    async fn begin_visit(
        &self,
        token: TokenHash,
        begin: NewVisit,
        audit: NewAuditEntry,
    ) -> Result<Option<Visit>, StoreError>;

    /// The visit of that id and secret, one that has ended too.
    async fn visit(&self, id: &VisitId, secret: TokenHash) -> Result<Option<Visit>, StoreError>;

    /// The visit whose cookie never came back, for the secret that stands in for it; none a while after it began.
    async fn unsettled_visit(
        &self,
        id: &VisitId,
        handover: TokenHash,
        now: Timestamp,
    ) -> Result<Option<Visit>, StoreError>;

    /// Gives such a visit to another window: `secret` is its secret from then on, and nothing stands in for it any more.
    async fn hand_visit_over(
        &self,
        id: &VisitId,
        handover: TokenHash,
        secret: TokenHash,
        now: Timestamp,
    ) -> Result<Option<Visit>, StoreError>;

    /// The cookie came back: nothing stands in for it any more.
    async fn settle_visit(&self, id: &VisitId) -> Result<(), StoreError>;

    /// Remembers when a visit was last used. No change anybody made: it has no entry in the audit log.
    async fn note_visit_use(&self, id: &VisitId, at: Timestamp) -> Result<(), StoreError>;

    /// Keeps what was typed into a form, in place of what was kept for the same subject.
    async fn keep_draft(&self, draft: Draft) -> Result<(), StoreError>;

    /// None when nothing is kept.
    async fn draft(&self, user: &ActingUser, subject: &str) -> Result<Option<Draft>, StoreError>;

    /// What was typed is used up.
    async fn drop_draft(&self, user: &ActingUser, subject: &str) -> Result<(), StoreError>;

    /// Marks a repository as one of the user's favourites, or takes the mark away. [`StoreError::Missing`] when the
    /// integration is gone, [`StoreError::InUse`] when there are as many as are kept.
    async fn set_favourite(&self, user: &ActingUser, favourite: Favourite, is_one: bool) -> Result<(), StoreError>;

    /// In order of name.
    async fn favourites(&self, user: &ActingUser) -> Result<Vec<Favourite>, StoreError>;
}

/// A visit that is to begin.
#[derive(Debug, Clone)]
pub struct NewVisit {
    pub id: VisitId,
    /// Hash of the secret in the cookie.
    pub secret: TokenHash,
    /// Hash of what stands in for a cookie that does not come back.
    pub handover: TokenHash,
    pub now: Timestamp,
}

/// What a user typed into a form and has not sent off. Nothing secret is ever in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    pub user: ActingUser,
    /// Which form, for what: `create-branch ABC-1`.
    pub subject: String,
    /// By the names of the form's fields.
    pub fields: BTreeMap<String, String>,
    pub kept_at: Timestamp,
}

/// A repository that a user wants to find at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Favourite {
    pub integration: IntegrationId,
    pub repository: RepositoryId,
    /// As it was called when it was marked.
    pub name: String,
    pub added_at: Timestamp,
}
