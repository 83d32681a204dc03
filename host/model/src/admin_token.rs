//! What administrators call the API with. The token itself is never kept.

use super::{Timestamp, TokenLabel};

/// What is known of an admin token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdminToken {
    /// Names the token: there is no other of the same label.
    pub label: TokenLabel,
    pub created_at: Timestamp,
    /// From then on it is refused. None: it works until it is revoked.
    pub expires_at: Option<Timestamp>,
    /// To within a minute.
    pub last_used_at: Option<Timestamp>,
}

impl AdminToken {
    /// Whether it is refused by now.
    pub fn has_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }
}
