//! What is looked for: a secret, and its encodings.

use zeroize::Zeroizing;

use super::bytes::Bytes;
use super::classes::{CLASSES, Class};

/// What is looked for.
pub(super) struct Pattern {
    pub bytes: Zeroizing<Vec<u8>>,
    pub kind: Kind,
    /// Whether what parts others within it may be written as whatever else parts them.
    is_mostly_letters: bool,
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
    /// What is looked for.
    pub fn of(bytes: &[u8], kind: Kind) -> Self {
        let letters = bytes.iter().filter(|byte| !parts(**byte)).count();
        // What is little of it is in texts that have nothing of the secret.
        let is_mostly_letters = kind == Kind::Text && letters * 3 >= bytes.len() * 2;
        Self { bytes: Zeroizing::new(bytes.to_vec()), kind, is_mostly_letters }
    }

    /// Whether these bytes stand in it at a place.
    pub fn has(&self, bytes: &[u8], at: usize) -> bool {
        let own = self.bytes.get(at..at + bytes.len());
        own.is_some_and(|own| own.iter().zip(bytes).all(|(own, byte)| own == byte || self.other_form(*own) == *byte))
    }

    /// Whether a gap may stand for its byte at a place, which is not its last.
    pub fn may_be_gap(&self, at: usize) -> bool {
        self.is_mostly_letters && at + 1 < self.bytes.len() && parts(self.bytes[at])
    }

    /// How a byte of it may be written, too: a blank as forms have it, and what is taken for one; a digit in upper case.
    pub fn other_form(&self, byte: u8) -> u8 {
        match byte {
            b' ' => b'+',
            b'+' => b' ',
            _ if self.kind == Kind::Hex => byte.to_ascii_uppercase(),
            _ => byte,
        }
    }

    /// Whether it may be in a text that has no escapes. A letter beyond ASCII may be in another encoding there.
    pub fn may_be_among(&self, bytes: &Bytes) -> bool {
        let may_be_other = |byte: u8| !byte.is_ascii() || self.is_mostly_letters && parts(byte);
        let may_be = |byte: u8| bytes.has(byte) || bytes.has(self.other_form(byte)) || may_be_other(byte);
        self.bytes.iter().all(|byte| may_be(*byte))
    }
}

/// Whether a byte is one of those that part others.
pub(super) fn parts(byte: u8) -> bool {
    CLASSES[usize::from(byte)] == Class::Parts
}
