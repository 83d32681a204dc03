//! What is looked for: a secret, and its encodings.

use zeroize::Zeroizing;

use super::bytes::Bytes;
use super::classes::{first_char, parts};

/// What is looked for.
pub(super) struct Pattern {
    pub bytes: Zeroizing<Vec<u8>>,
    pub kind: Kind,
    /// Whether what parts others within it may be written as whatever else parts them.
    is_mostly_letters: bool,
    /// Whether it has some at all.
    has_letters: bool,
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
        let chars = || bytes.utf8_chunks().flat_map(|chunk| chunk.valid().chars());
        let letters: usize = chars().filter(|char| !parts(*char)).map(char::len_utf8).sum();
        // What is little of it is in texts that have nothing of the secret.
        let has_letters = chars().any(char::is_alphanumeric);
        let is_mostly_letters = kind != Kind::Whole && has_letters && letters * 3 >= bytes.len() * 2;
        Self { bytes: Zeroizing::new(bytes.to_vec()), kind, is_mostly_letters, has_letters }
    }

    /// Whether these bytes stand in it at a place.
    pub fn has(&self, bytes: &[u8], at: usize) -> bool {
        let own = self.bytes.get(at..at + bytes.len());
        own.is_some_and(|own| own.iter().zip(bytes).all(|(own, byte)| own == byte || self.other_form(*own) == *byte))
    }

    /// How long what stands in it at a place is, if a gap may stand for that. Not for the last of it.
    pub fn may_be_gap(&self, at: usize) -> Option<usize> {
        let rest = self.bytes.get(at..).filter(|_| self.is_mostly_letters)?;
        let char = first_char(rest).filter(|char| parts(*char))?;
        Some(char.len_utf8()).filter(|length| *length < rest.len())
    }

    /// How a byte of it may be written, too: a blank as forms have it, and what is taken for one; a digit in upper case.
    pub fn other_form(&self, byte: u8) -> u8 {
        match byte {
            b' ' if self.has_letters => b'+',
            b'+' if self.has_letters => b' ',
            _ if self.kind == Kind::Hex => byte.to_ascii_uppercase(),
            _ => byte,
        }
    }

    /// Whether it may be in a text that has no escapes. A letter beyond ASCII may be in another encoding there.
    pub fn may_be_among(&self, bytes: &Bytes) -> bool {
        let may_be_other = |byte: u8| !byte.is_ascii() || self.is_mostly_letters && parts(byte.into());
        let may_be = |byte: u8| bytes.has(byte) || bytes.has(self.other_form(byte)) || may_be_other(byte);
        self.bytes.iter().all(|byte| may_be(*byte))
    }
}
