//! Where everything lives between requests: one trait by use, one database behind it.
//!
//! A method that changes something returns only when the change **and its audit entry** are committed and synced
//! together; an error means that neither is. Sealed credentials pass through as they are: nothing here can open one.
#![forbid(unsafe_code)]

mod audit;
mod sqlite;
#[cfg(test)]
mod suite;

use std::sync::Arc;

use async_trait::async_trait;

pub use self::sqlite::SqliteStore;
pub use crypto::AuditKey;
use model::{
    AuditEntry, AuditVerdict, Connector, ConnectorId, IntegrationId, IntegrationRecord, JiraUser, NewAuditEntry,
    PatMetadata, PatRecord, Policy, ProviderRecord, Sealed, SetupLink, Timestamp,
};

/// Most entries one page of the audit log holds.
pub const MAX_AUDIT_PAGE: usize = 500;

pub type SharedStore = Arc<dyn Store>;

#[async_trait]
pub trait Store: Send + Sync + 'static {
    // --- the way of an operation -------------------------------------------------------------------------------------

    /// Uses up a token id, and claims an idempotency key. First of all for a request that changes something, before
    /// anything else is looked at.
    async fn claim_request(&self, claim: RequestClaim) -> Result<Claim, StoreError>;

    /// Everything the policy and the lending need to know, in one read. None where there is no such integration.
    async fn load_case(&self, integration: &IntegrationId, user: Option<&JiraUser>)
    -> Result<Option<Case>, StoreError>;

    /// Writes down what is about to be done. `fingerprint` names the effect (not the attempt): while an earlier intent with
    /// the same one has no outcome, [`Begun::unsettled`] says so, and the effect has to be looked up before it is tried.
    async fn begin_operation(
        &self,
        intent: NewAuditEntry,
        fingerprint: Option<Fingerprint>,
    ) -> Result<Begun, StoreError>;

    /// Writes down how it ended. Settles the intent unless `settled` is false (the outcome is unknown); a settled outcome
    /// settles every earlier intent with the same fingerprint too. The entry refers to the intent whatever `outcome` says.
    async fn finish_operation(&self, intent: i64, outcome: NewAuditEntry, settled: bool) -> Result<(), StoreError>;

    /// Keeps the answer to a claimed idempotency key for replays; `None` gives the key free again (nothing was done),
    /// unless an answer was kept already.
    async fn keep_answer(&self, key: IdempotencyKey, answer: Option<StoredAnswer>) -> Result<(), StoreError>;

    // --- user PATs ---------------------------------------------------------------------------------------------------

    /// [`StoreError::Missing`] when the integration is gone.
    async fn save_pat(&self, pat: NewPat, audit: NewAuditEntry) -> Result<(), StoreError>;
    /// Of this revision, or whichever there is. False when there was none (or a newer one was saved in between); nothing is
    /// written then, no audit entry either.
    async fn delete_pat(
        &self,
        integration: &IntegrationId,
        user: &JiraUser,
        revision: Option<i64>,
        audit: NewAuditEntry,
    ) -> Result<bool, StoreError>;
    /// Replaces what is known of a PAT, unless a newer one was saved in between (then nothing is written; false).
    async fn note_pat(
        &self,
        integration: &IntegrationId,
        user: &JiraUser,
        revision: i64,
        metadata: PatMetadata,
        audit: NewAuditEntry,
    ) -> Result<bool, StoreError>;
    /// All of one user's, for lists.
    async fn pats_of(&self, user: &JiraUser) -> Result<Vec<(IntegrationId, PatMetadata)>, StoreError>;
    /// All of one integration's, for coverage.
    async fn pats_for(&self, integration: &IntegrationId) -> Result<Vec<(JiraUser, PatMetadata)>, StoreError>;

    // --- integrations and the policy -----------------------------------------------------------------------------------

    /// [`StoreError::Conflict`] when the id is taken.
    async fn add_integration(
        &self,
        record: IntegrationRecord,
        credential: Option<Sealed>,
        audit: NewAuditEntry,
    ) -> Result<(), StoreError>;
    /// Replaces the record; the credential only when one is given. False when there is no such integration.
    async fn change_integration(
        &self,
        record: IntegrationRecord,
        credential: Option<Sealed>,
        audit: NewAuditEntry,
    ) -> Result<bool, StoreError>;
    /// With every PAT and setup link of it.
    async fn remove_integration(&self, id: &IntegrationId, audit: NewAuditEntry) -> Result<bool, StoreError>;
    /// In order of id.
    async fn integrations(&self) -> Result<Vec<IntegrationRecord>, StoreError>;
    async fn policy(&self) -> Result<Policy, StoreError>;
    async fn set_policy(&self, policy: Policy, audit: NewAuditEntry) -> Result<(), StoreError>;

    // --- providers -------------------------------------------------------------------------------------------------------

    /// Registers a component, or puts it in the place of the registered one with the same id.
    async fn put_provider(
        &self,
        record: ProviderRecord,
        component: Vec<u8>,
        audit: NewAuditEntry,
    ) -> Result<(), StoreError>;
    /// In order of id.
    async fn providers(&self) -> Result<Vec<ProviderRecord>, StoreError>;
    /// The registered bytes with this SHA-256 (lower-case hexadecimal), held to it again: [`StoreError::Damaged`] where they
    /// are others by now.
    async fn component(&self, sha256: &str) -> Result<Option<Vec<u8>>, StoreError>;

    // --- connectors, administrators, setup links ---------------------------------------------------------------------------

    /// [`StoreError::Conflict`] when the id is taken.
    async fn add_connector(&self, connector: Connector, audit: NewAuditEntry) -> Result<(), StoreError>;
    /// With the setup links it asked for.
    async fn remove_connector(&self, id: &ConnectorId, audit: NewAuditEntry) -> Result<bool, StoreError>;
    async fn connector(&self, id: &ConnectorId) -> Result<Option<Connector>, StoreError>;
    async fn connectors(&self) -> Result<Vec<Connector>, StoreError>;
    /// Keeps an admin token by the SHA-256 of it.
    async fn add_admin_token(&self, token: TokenHash, label: &str, audit: NewAuditEntry) -> Result<(), StoreError>;
    /// The label of the admin token with this hash.
    async fn admin_token(&self, token: TokenHash) -> Result<Option<String>, StoreError>;
    /// [`StoreError::Missing`] when the integration is gone.
    async fn add_setup_link(&self, token: TokenHash, link: SetupLink, audit: NewAuditEntry) -> Result<(), StoreError>;
    /// Looks without using it up; none when unknown, used or expired.
    async fn peek_setup_link(&self, token: TokenHash, now: Timestamp) -> Result<Option<SetupLink>, StoreError>;
    /// Uses it up: of any number of callers, one gets it.
    async fn take_setup_link(&self, token: TokenHash, now: Timestamp) -> Result<Option<SetupLink>, StoreError>;

    // --- audit, health -------------------------------------------------------------------------------------------------------

    /// For what changes nothing else: a denial, a start of the daemon.
    async fn append_audit(&self, entry: NewAuditEntry) -> Result<i64, StoreError>;
    /// Newest first, those before `before` (exclusive) where it is given, at most `limit` and [`MAX_AUDIT_PAGE`].
    async fn audit_page(
        &self,
        before: Option<i64>,
        integration: Option<&IntegrationId>,
        limit: usize,
    ) -> Result<Vec<AuditEntry>, StoreError>;
    /// Recomputes the whole chain.
    async fn verify_audit(&self) -> Result<AuditVerdict, StoreError>;
    /// Whether a write would succeed now: makes one, and syncs it.
    async fn ready(&self) -> Result<(), StoreError>;
    /// Why nothing more will be written until the store is opened anew: it cannot know what it kept last. None while it
    /// writes, a full disk included.
    fn stopped(&self) -> Option<String>;
    /// Forgets what has run out: token ids, kept answers, setup links. Returns how many rows.
    async fn sweep(&self, now: Timestamp) -> Result<u64, StoreError>;
}

/// SHA-256 of a random token; the token itself is never stored.
pub type TokenHash = [u8; 32];

/// SHA-256 of what an operation would bring about: integration, repository, operation, names.
pub type Fingerprint = [u8; 32];

/// What a request uses up.
#[derive(Debug, Clone)]
pub struct RequestClaim {
    pub connector: ConnectorId,
    /// The token's own id and when it could no longer be used anyway.
    pub token_id: String,
    pub token_expires_at: Timestamp,
    pub idempotency: Option<(IdempotencyKey, RequestHash)>,
    pub now: Timestamp,
}

/// Whose idempotency key: two users' keys never meet.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IdempotencyKey {
    pub connector: ConnectorId,
    pub user: JiraUser,
    pub key: String,
}

/// SHA-256 of method, path and body.
pub type RequestHash = [u8; 32];

/// What became of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// Go on; the token id is used up and the key, if any, is this request's.
    Granted,
    /// The token id was used before.
    TokenReplayed,
    /// The key stands for this very request, which was answered so. (The token id is used up.)
    Replay(StoredAnswer),
    /// The key stands for another request. (The token id is used up.)
    OtherRequest,
    /// The key's first request was claimed less than a minute ago and has no answer yet: it is under way, or died. After
    /// that minute, the longest a request may take, the same request is granted again. (The token id is used up.)
    InProgress,
}

/// An answer kept for replays. Kept for 24 hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAnswer {
    pub status: u16,
    pub content_type: String,
    /// `Location`, where the answer had one.
    pub location: Option<String>,
    pub body: Vec<u8>,
}

/// What one operation is decided and done with.
#[derive(Debug, Clone)]
pub struct Case {
    pub integration: IntegrationRecord,
    pub integration_credential: Option<Sealed>,
    pub policy: Policy,
    /// The user's, when a user was named and has one.
    pub pat: Option<PatRecord>,
    pub provider: Option<ProviderRecord>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Begun {
    /// The intent's number in the audit log.
    pub intent: i64,
    /// An earlier intent for the same effect has no outcome.
    pub unsettled: bool,
}

#[derive(Debug, Clone)]
pub struct NewPat {
    pub integration: IntegrationId,
    pub user: JiraUser,
    pub metadata: PatMetadata,
    pub sealed: Sealed,
}

/// Why the store did not do it. Nothing is half done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The id is taken.
    #[error("{0} exists already")]
    Conflict(String),
    /// What it was to be stored with is gone: a PAT's or a setup link's integration.
    #[error("there is no {0}")]
    Missing(String),
    /// Cannot be written or read now: disk full, read-only, busy. The text is for the log.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// What was read is not what was written. The text is for the log.
    #[error("the store is damaged: {0}")]
    Damaged(String),
    /// Made by a newer version of the program, or with another key.
    #[error("{0}")]
    Unusable(String),
}
