//! An administrator signed in to her pages. The secret in her cookie is not in it.

use super::{Timestamp, TokenLabel, VisitId};

/// A session that an admin token or a login link began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdminSession {
    /// Names it in the list of open sessions. Nothing secret.
    pub id: VisitId,
    /// Of the token or the link it began with; names the administrator in the audit log.
    pub label: TokenLabel,
    pub began_at: Timestamp,
    /// Remembered to within a minute.
    pub used_at: Timestamp,
    /// It ends then, however much it is used.
    pub ends_at: Timestamp,
}

impl AdminSession {
    /// How long a session lasts that nobody uses.
    pub const IDLE_MS: i64 = 30 * 60 * 1000;
    /// How long a session lasts at all: a working day.
    pub const LASTS_MS: i64 = 10 * 60 * 60 * 1000;
    /// How long after its end it is still known: what was typed into a page that was left open can be gone on with.
    pub const KNOWN_MS: i64 = 24 * 60 * 60 * 1000;

    /// Whether it has ended.
    pub fn has_ended(&self, now: Timestamp) -> bool {
        self.ends_at <= now || self.used_at.plus_ms(Self::IDLE_MS) <= now
    }
}
