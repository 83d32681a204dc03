//! Places as callers see them: the providers' own, marked so that one works only for the user, place and question it was
//! given out for.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::operate::Places;
use crate::problem::Problem;
use crypto::{CursorKey, Parts};

/// Bytes of the mark in front, an HMAC-SHA256 tag.
const MARK_BYTES: usize = 32;
/// Longest cursor taken, in bytes: those of all integrations in one. With a token it still is a request's head.
pub(crate) const MAX_CURSOR_BYTES: usize = 20 << 10;

/// What a cursor is for: path, user, and whatever else changes the list. Parts cannot run into each other.
pub(crate) struct Scope<'a>(pub &'a [&'a str]);

impl Scope<'_> {
    /// None when no list goes on.
    pub fn write(&self, key: &CursorKey, cursors: &Places) -> Option<String> {
        if cursors.is_empty() {
            return None;
        }
        let payload = serde_json::to_vec(cursors).expect("texts are JSON");
        let mark = key.sign(self.message(&payload).as_bytes());
        Some(URL_SAFE_NO_PAD.encode([&mark[..], &payload].concat()))
    }

    /// A cursor that was not given out for this very scope is as good as none.
    pub fn read(&self, key: &CursorKey, cursor: &str) -> Result<Places, Problem> {
        let unknown = || Problem::not_found("cursor for this list");
        if cursor.len() > MAX_CURSOR_BYTES {
            return Err(unknown());
        }
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| unknown())?;
        let (mark, payload) = bytes.split_at_checked(MARK_BYTES).ok_or_else(unknown)?;
        if !key.verify(self.message(payload).as_bytes(), mark) {
            return Err(unknown());
        }
        serde_json::from_slice(payload).map_err(|_| unknown())
    }

    fn message(&self, payload: &[u8]) -> Parts {
        Parts::of(self.0.iter().copied()).bytes(payload)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operate::Place;
    use crypto::{MasterKey, SystemRandom};

    #[test]
    fn a6_a_cursor_works_only_where_it_was_given_out() {
        let key = MasterKey::random(&SystemRandom).cursor_key();
        let place = Place { next: "2".to_owned(), front: None };
        let cursors = Places::from([("main".to_owned(), place)]);
        let cursor = Scope(&["branches", "ann", "main"]).write(&key, &cursors).unwrap();
        assert_eq!(Scope(&["branches", "ann", "main"]).read(&key, &cursor).unwrap(), cursors);
        for scope in [&["branches", "bob", "main"], &["branches", "ann", "other"], &["branches", "annm", "ain"]] {
            assert_eq!(Scope(scope).read(&key, &cursor).unwrap_err().code(), "not-found");
        }
        for wrong in ["", "x", "AAAA", &"A".repeat(100), &format!("{cursor}A")] {
            assert_eq!(
                Scope(&["branches", "ann", "main"]).read(&key, wrong).unwrap_err().code(),
                "not-found",
                "{wrong}"
            );
        }
        assert_eq!(Scope(&["x"]).write(&key, &Places::new()), None);
    }
}
