//! Several values as one message, to be hashed, signed or sealed against.

use super::digest::{Digest, sha256};

/// Values one after another, each with its length in front (8 bytes, big-endian), so that no two lists of values are
/// written alike: nothing can slip from one value into the next.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parts(Vec<u8>);

impl Parts {
    /// Begins with what the message is for, which keeps it apart from every other use of the same key.
    pub fn new(purpose: &str) -> Self {
        Self::default().text(purpose)
    }

    /// All of these, and nothing in front.
    pub fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        texts.into_iter().fold(Self::default(), Self::text)
    }

    /// Adds bytes.
    #[must_use]
    pub fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
        self.0.extend_from_slice(bytes);
        self
    }

    /// Adds a text.
    #[must_use]
    pub fn text(self, text: &str) -> Self {
        self.bytes(text.as_bytes())
    }

    /// Adds a number.
    #[must_use]
    pub fn number(self, number: i64) -> Self {
        self.bytes(&number.to_be_bytes())
    }

    /// Adds a value that may be missing: a missing one differs from every one that is there.
    #[must_use]
    pub fn optional<T>(mut self, value: Option<T>, add: impl FnOnce(Self, T) -> Self) -> Self {
        self.0.push(u8::from(value.is_some()));
        match value {
            Some(value) => add(self, value),
            None => self,
        }
    }

    /// The message.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The message, for whoever keeps it.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// SHA-256 of the message.
    pub fn sha256(&self) -> Digest {
        sha256(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_cannot_run_into_each_other() {
        let messages = [
            Parts::of(["ab", "c"]),
            Parts::of(["a", "bc"]),
            Parts::of(["abc"]),
            Parts::of(["abc", ""]),
            Parts::new("a").text("bc").number(0),
            Parts::default().optional(Some("abc"), Parts::text),
            Parts::default().optional(None::<&str>, Parts::text),
        ];
        for (index, message) in messages.iter().enumerate() {
            assert_eq!(messages.iter().position(|other| other == message), Some(index), "{message:?}");
        }
        assert_eq!(Parts::of(["a"]).as_bytes(), [0, 0, 0, 0, 0, 0, 0, 1, b'a']);
    }
}
