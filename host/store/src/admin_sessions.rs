//! Administrators signed in to their pages, with admin tokens or one-time login links.

use async_trait::async_trait;
use model::{AdminSession, NewAuditEntry, Timestamp, TokenLabel, VisitId};

use crate::{StoreError, TokenHash};

/// Keeps sessions and login links by the hashes of their secrets. A session that a token began ends with the token.
#[async_trait]
pub trait AdminSessions {
    /// Keeps a link that works once, until then.
    async fn add_login_link(
        &self,
        link: TokenHash,
        label: TokenLabel,
        expires_at: Timestamp,
        audit: NewAuditEntry,
    ) -> Result<(), StoreError>;

    /// Whether there is such a link that works. Looking does not use it up.
    async fn login_link(&self, link: TokenHash, now: Timestamp) -> Result<Option<TokenLabel>, StoreError>;

    /// Begins a session. None where what it is to begin with is none, or works no more: a link of which somebody else had
    /// the one session, a token that was revoked or has expired.
    async fn begin_admin_session(
        &self,
        with: SignIn,
        session: NewAdminSession,
        audit: NewAuditEntry,
    ) -> Result<Option<AdminSession>, StoreError>;

    /// The session of that secret, one that has run out too; none where its token is gone.
    async fn admin_session(&self, secret: TokenHash, now: Timestamp) -> Result<Option<AdminSession>, StoreError>;

    /// Those that are known, the last used first.
    async fn admin_sessions(&self, now: Timestamp) -> Result<Vec<AdminSession>, StoreError>;

    /// Remembers when a session was last used. No change anybody made: it has no entry in the audit log.
    async fn note_admin_session_use(&self, id: &VisitId, at: Timestamp) -> Result<(), StoreError>;

    /// Ends a session. False where there was none.
    async fn end_admin_session(&self, id: &VisitId, audit: NewAuditEntry) -> Result<bool, StoreError>;
}

/// What a session begins with.
#[derive(Debug, Clone, Copy)]
pub enum SignIn {
    /// The hash of an admin token.
    Token(TokenHash),
    /// The hash of a login link, which is used up.
    Link(TokenHash),
}

/// A session that is to begin.
#[derive(Debug, Clone)]
pub struct NewAdminSession {
    pub id: VisitId,
    /// Hash of the secret in the cookie.
    pub secret: TokenHash,
    pub now: Timestamp,
}
