//! Which bytes a short text has: most of what is looked for has others.

use super::SHORT_TEXT_BYTES;

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
        pattern.iter().all(|byte| self.0[usize::from(byte / 64)] & 1 << (byte % 64) != 0)
    }
}
