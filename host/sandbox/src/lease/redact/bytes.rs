//! Where patterns stand in texts, and which bytes a short text has: most of what is looked for has others.

use memchr::{memchr_iter, memmem};

/// Texts below this many bytes are looked through without a searcher.
const SHORT_TEXT_BYTES: usize = 1 << 10;

/// One bit for each byte.
pub(super) struct Bytes([u64; 4]);

impl Bytes {
    /// Of a text; of a long one, all that there are.
    pub fn of(text: &[u8]) -> Self {
        let mut bits = [0; 4];
        if text.len() >= SHORT_TEXT_BYTES {
            return Self([u64::MAX; 4]);
        }
        for byte in text {
            bits[usize::from(byte / 64)] |= 1 << (byte % 64);
        }
        Self(bits)
    }

    /// Whether a pattern may be in the text.
    pub fn may_have(&self, pattern: &[u8]) -> bool {
        pattern.iter().all(|byte| self.has(*byte))
    }

    /// Whether a byte is.
    pub fn has(&self, byte: u8) -> bool {
        self.0[usize::from(byte / 64)] & 1 << (byte % 64) != 0
    }
}

/// Where a pattern begins in a text. To make a searcher ready takes longer than to look through a short text, as the values of headers
/// are.
pub(super) fn occurrences<'a>(pattern: &'a [u8], text: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    let is_short = text.len() < SHORT_TEXT_BYTES;
    let first = pattern.first().filter(|_| is_short && pattern.len() <= text.len());
    let short = first.map(|first| memchr_iter(*first, text).filter(|at| text[*at..].starts_with(pattern)));
    let long = (!is_short).then(|| memmem::find_iter(text, pattern));
    short.into_iter().flatten().chain(long.into_iter().flatten())
}
