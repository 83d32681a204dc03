//! What is looked for: a secret, and its encodings.

use zeroize::Zeroizing;

use super::bytes::Bytes;

/// What is looked for.
pub(super) struct Pattern {
    pub bytes: Zeroizing<Vec<u8>>,
    pub kind: Kind,
}

/// What its bytes are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Its characters may have something between them.
    Text,
    /// The same, of hexadecimal digits in lower case: they may be in upper case as well, and have their prefix.
    Hex,
    /// What is looked for as it is.
    Whole,
}

impl Pattern {
    /// Whether these bytes stand in it at a place.
    pub fn has(&self, bytes: &[u8], at: usize) -> bool {
        let own = self.bytes.get(at..at + bytes.len());
        own.is_some_and(|own| own == bytes || self.kind == Kind::Hex && own.eq_ignore_ascii_case(bytes))
    }

    /// Whether it may be in a text that has no escapes.
    pub fn may_be_among(&self, bytes: &Bytes) -> bool {
        let is_there = |byte: &u8| bytes.has(*byte) || self.kind == Kind::Hex && bytes.has(byte.to_ascii_uppercase());
        self.bytes.iter().all(is_there)
    }
}
