//! What a request uses up: its token id, and its idempotency key.

use async_trait::async_trait;
use model::{ActingUser, ConnectorId, Timestamp};

use crate::StoreError;

/// Keeps requests from being done twice.
#[async_trait]
pub trait Requests {
    /// Uses up a token id, and claims an idempotency key. First of all for a request that changes something, before
    /// anything else is looked at.
    async fn claim_request(&self, claim: RequestClaim) -> Result<Claim, StoreError>;

    /// Keeps the answer to a claimed idempotency key for replays; `None` gives the key free again (nothing was done),
    /// unless an answer was kept already.
    async fn keep_answer(&self, key: IdempotencyKey, answer: Option<StoredAnswer>) -> Result<(), StoreError>;

    /// Ends every claim without an answer: whoever made it is gone. For a daemon at its start, which nobody else's claims can
    /// stand beside. A key stands for its request all the same, which is granted again, and for no other one.
    async fn end_claims(&self, now: Timestamp) -> Result<(), StoreError>;
}

/// What a request uses up.
#[derive(Debug, Clone)]
pub struct RequestClaim {
    pub connector: ConnectorId,
    /// The token's own id and when it could no longer be used anyway.
    pub token_id: String,
    pub token_expires_at: Timestamp,
    /// None for a request without a key.
    pub idempotency: Option<KeyClaim>,
    pub now: Timestamp,
}

/// An idempotency key, claimed for one request.
#[derive(Debug, Clone)]
pub struct KeyClaim {
    pub key: IdempotencyKey,
    pub request: RequestHash,
    /// How long the claim stands without an answer, in milliseconds: at least as long as the request may take.
    pub lasts_ms: i64,
    /// Whether the one who claimed it last is known to have ended without an answer.
    pub is_abandoned: bool,
}

/// Whose idempotency key: the keys of two users, connectors or sites never meet.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IdempotencyKey {
    pub connector: ConnectorId,
    pub user: ActingUser,
    /// As the caller chose it.
    pub key: String,
}

/// SHA-256 of method, path and body, which may hold a credential: never kept as it is.
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
    /// The key's first request has no answer yet, and its claim still stands: it is under way. Once the
    /// claim has run out, or the daemon was started anew, the same request is granted again. (The token id is used up.)
    InProgress,
}

/// An answer kept for replays. Kept for 24 hours, sealed: it may hold a link that works once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAnswer {
    pub status: u16,
    pub content_type: String,
    pub body: Vec<u8>,
}
