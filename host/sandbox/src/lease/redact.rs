//! Takes a lent secret out of whatever a git server or a provider says.
//!
//! Looks for the secret itself and for its usual encodings: base64 (standard and URL-safe, at each of the three alignments
//! it can have inside a longer text), percent-encoding and hexadecimal. A server that scrambles it in some other way
//! cannot be helped; the destination is one an administrator chose.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use zeroize::Zeroizing;

/// What stands in place of a secret.
pub const REDACTED: &str = "[redacted]";

/// Shortest pattern looked for, in bytes. Shorter ones would hit ordinary text.
const MIN_PATTERN_BYTES: usize = 6;

/// Ways the bytes of a secret can stand to the groups of three that base64 encodes.
const ALIGNMENTS: usize = 3;

/// Most bytes one byte takes in percent-encoding (`%2F`).
const PERCENT_EXPANSION: usize = 3;

pub(super) struct Redactor {
    patterns: Vec<Zeroizing<Vec<u8>>>,
}

impl Redactor {
    pub(super) fn new(secrets: &[&str]) -> Self {
        let mut redactor = Self { patterns: Vec::new() };
        for secret in secrets {
            redactor.add_forms_of(secret);
        }
        redactor
    }

    /// Texts that give the secret away although they do not contain it, such as the user and password of Basic.
    pub(super) fn also(&mut self, secrets: &[Zeroizing<String>]) {
        for secret in secrets {
            self.add_forms_of(secret);
        }
    }

    fn add_forms_of(&mut self, secret: &str) {
        self.add(secret.as_bytes());
        self.add(&percent_encoded(secret));
        self.add(&Zeroizing::new(crypto::hex(secret.as_bytes()).into_bytes()));
        for alignment in 0..ALIGNMENTS {
            let shifted = Zeroizing::new([&[0; ALIGNMENTS][..alignment], secret.as_bytes()].concat());
            for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
                let encoded = Zeroizing::new(engine.encode(&*shifted));
                self.add(stable_part(&encoded, alignment, shifted.len()).as_bytes());
            }
        }
    }

    /// Copied only where it is kept.
    fn add(&mut self, pattern: &[u8]) {
        if pattern.len() >= MIN_PATTERN_BYTES && !self.patterns.iter().any(|known| **known == *pattern) {
            self.patterns.push(Zeroizing::new(pattern.to_vec()));
        }
    }

    pub(super) fn redact(&self, mut bytes: Vec<u8>) -> Vec<u8> {
        for pattern in &self.patterns {
            if let Some(first) = memchr::memmem::find(&bytes, pattern) {
                bytes = replace_from(&bytes, first, pattern);
            }
        }
        bytes
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redactor").finish_non_exhaustive()
    }
}

/// In a buffer that is large enough never to be moved: a moved buffer leaves its old copy behind.
fn percent_encoded(secret: &str) -> Zeroizing<Vec<u8>> {
    let mut encoded = Zeroizing::new(Vec::with_capacity(PERCENT_EXPANSION * secret.len()));
    for piece in utf8_percent_encode(secret, NON_ALPHANUMERIC) {
        encoded.extend_from_slice(piece.as_bytes());
    }
    encoded
}

/// The characters of an encoding that do not depend on what stands before and after the secret.
fn stable_part(encoded: &str, alignment: usize, bytes: usize) -> &str {
    let start = (alignment * 8).div_ceil(6);
    let end = bytes * 8 / 6;
    encoded.get(start..end).unwrap_or_default()
}

fn replace_from(bytes: &[u8], first: usize, pattern: &[u8]) -> Vec<u8> {
    let mut clean = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    let mut found = Some(first);
    while let Some(at) = found {
        clean.extend_from_slice(&rest[..at]);
        clean.extend_from_slice(REDACTED.as_bytes());
        rest = &rest[at + pattern.len()..];
        found = memchr::memmem::find(rest, pattern);
    }
    clean.extend_from_slice(rest);
    clean
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    const SECRET: &str = "ghp_s3cr/t+of~ann_0123456789";

    fn redacted(text: &str) -> String {
        String::from_utf8(Redactor::new(&[SECRET]).redact(text.as_bytes().to_vec())).unwrap()
    }

    #[test]
    fn p6_the_secret_is_found_plain_and_encoded() {
        let percent = utf8_percent_encode(SECRET, NON_ALPHANUMERIC).to_string();
        assert_eq!(redacted(&format!("a {SECRET} b {SECRET}")), "a [redacted] b [redacted]");
        assert_eq!(redacted(&format!("?token={percent}&x")), "?token=[redacted]&x");
        for prefix in ["", ":", "ab", "abc", "user:"] {
            let encoded = STANDARD.encode(format!("{prefix}{SECRET}"));
            let clean = redacted(&format!("Basic {encoded}."));
            assert!(clean.contains(REDACTED), "{clean}");
            let decoded = clean.trim_start_matches("Basic ").trim_end_matches('.').replace(REDACTED, "");
            assert!(decoded.len() < 14, "too much is left of {encoded}: {clean}");
        }
    }

    #[test]
    fn text_without_the_secret_is_not_touched() {
        assert_eq!(redacted("nothing to see"), "nothing to see");
        assert_eq!(Redactor::new(&[""]).redact(b"abc".to_vec()), b"abc");
    }
}
