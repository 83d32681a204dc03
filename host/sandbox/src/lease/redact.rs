//! Takes a lent secret out of whatever a git server or a provider says.
//!
//! Looks for the secret itself and for its usual encodings: base64 (standard and URL-safe, at each of the three alignments
//! it can have inside a longer text), hexadecimal and decimal numbers; and for all of these with escapes for any of their characters, a few
//! levels deep (percent-encoding, those of JSON and of HTML), and with whatever may part them in between: the zeros of UTF-16, blanks and
//! signs, escapes for those, markup, orders to a terminal. A server that scrambles it in some other way cannot be helped; the destination is
//! one an administrator chose. What takes longer to read than any text needs is taken out as it is.
//!
//! A password may be an ordinary word, which is the name of a project as well. Such a word is left alone where it stands by itself:
//! whoever reads it learns nothing that a list of words has not, and without it names would be lost. What was made of it (its
//! encodings, and the user and password of Basic) is no ordinary word, and is taken out.

mod bytes;
mod classes;
mod escapes;
mod gaps;
mod markup;
mod parts;
mod patterns;
mod places;
mod search;
mod steps;
mod words;

use std::fmt;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use self::bytes::{Bytes, occurrences};
use self::classes::parts;
use self::escapes::{Reading, introducers};
use self::patterns::{Kind, Pattern};
use self::places::merged;
use self::search::{Beginnings, Search};
use self::steps::{SEARCHED_AT_ONCE_BYTES, Steps};
use self::words::{MIN_TOKEN_BYTES, is_ordinary};

/// What stands in place of a secret.
pub const REDACTED: &str = "[redacted]";

/// Shortest pattern looked for, in bytes. Shorter ones would hit ordinary text.
const MIN_PATTERN_BYTES: usize = 6;
/// Ways the bytes of a secret can stand to the groups of three that base64 encodes.
const ALIGNMENTS: usize = 3;
/// Characters that begin escapes in texts that are searched where they are needed: few have any, and each may take some microseconds to
/// read.
const ESCAPES_AT_ONCE: usize = 64;
/// Parts of a token that no name of a header has, in bytes.
const NAMED_PART_BYTES: usize = 8;

#[derive(Default)]
pub(super) struct Redactor {
    patterns: Vec<Pattern>,
    beginnings: Box<Beginnings>,
    /// Those of which a part gives away too much.
    tokens: Vec<Zeroizing<Vec<u8>>>,
    /// Whether nobody waits for a search any more.
    is_off: AtomicBool,
}

/// Whether a search of these texts takes so long that it would keep others waiting.
pub(super) fn takes_long<'t>(texts: impl Iterator<Item = &'t [u8]> + Clone) -> bool {
    let escapes = texts.clone().flat_map(introducers);
    texts.map(<[u8]>::len).sum::<usize>() > SEARCHED_AT_ONCE_BYTES
        || escapes.take(ESCAPES_AT_ONCE).count() == ESCAPES_AT_ONCE
}

impl Redactor {
    pub(super) fn new(secrets: &[&str]) -> Self {
        let mut redactor = Self::default();
        for secret in secrets {
            if !is_ordinary(secret) {
                redactor.add(secret.as_bytes());
                let within = secret.trim_matches(parts);
                if within.len() < secret.len() && within.len() * 3 >= secret.len() * 2 && !is_ordinary(within) {
                    redactor.add(within.as_bytes());
                }
                redactor.add_parts_of(secret.as_bytes());
            }
            redactor.add_encodings_of(secret);
        }
        redactor
    }

    /// Texts that give the secret away although they do not contain it, such as the user and password of Basic.
    pub(super) fn also(&mut self, secrets: &[Zeroizing<String>]) {
        for secret in secrets {
            let (user, password) = secret.split_once(':').unwrap_or_default();
            if !is_ordinary(password) {
                self.add(secret.as_bytes());
            } else if !user.is_empty() {
                // Where something may stand between the two, it is the name of a thing and a word.
                self.keep(secret.as_bytes(), Kind::Whole);
            }
            self.add_encodings_of(secret);
            // As it is sent.
            self.add_parts_of(Zeroizing::new(STANDARD_NO_PAD.encode(secret.as_bytes())).as_bytes());
        }
    }

    fn add_parts_of(&mut self, token: &[u8]) {
        if token.len() >= MIN_TOKEN_BYTES {
            self.tokens.push(Zeroizing::new(token.to_vec()));
        }
    }

    fn add_encodings_of(&mut self, secret: &str) {
        self.keep(Zeroizing::new(crypto::hex(secret.as_bytes())).as_bytes(), Kind::Hex);
        if secret.len() >= MIN_PATTERN_BYTES {
            self.add(&decimal(secret.as_bytes()));
        }
        for alignment in 0..ALIGNMENTS {
            let shifted = Zeroizing::new([&[0; ALIGNMENTS][..alignment], secret.as_bytes()].concat());
            let encoded = Zeroizing::new(STANDARD_NO_PAD.encode(&*shifted));
            self.add(stable_part(&encoded, alignment, shifted.len()).as_bytes());
            if encoded.contains(['+', '/']) {
                let encoded = Zeroizing::new(URL_SAFE_NO_PAD.encode(&*shifted));
                self.add(stable_part(&encoded, alignment, shifted.len()).as_bytes());
            }
        }
    }

    fn add(&mut self, pattern: &[u8]) {
        self.keep(pattern, Kind::Text);
    }

    fn keep(&mut self, pattern: &[u8], kind: Kind) {
        let is_known = self.patterns.iter().any(|known| known.kind == kind && *known.bytes == pattern);
        if pattern.len() >= MIN_PATTERN_BYTES && !is_known {
            let pattern = Pattern::of(pattern, kind);
            self.beginnings.add(self.patterns.len(), &pattern);
            self.patterns.push(pattern);
        }
    }

    /// Nobody waits for what is being searched now, or somebody does again.
    pub(super) fn call_off(&self, is_off: bool) {
        self.is_off.store(is_off, Ordering::Relaxed);
    }

    pub(super) fn redact(&self, bytes: Vec<u8>) -> Vec<u8> {
        let found = self.found(&bytes);
        if found.is_empty() { bytes } else { without(&bytes, found) }
    }

    pub(super) fn finds(&self, bytes: &[u8]) -> bool {
        !self.found(bytes).is_empty()
    }

    /// Where any of it stands, in order.
    fn found(&self, text: &[u8]) -> Vec<Range<usize>> {
        let reading = Reading::of(text, &self.is_off);
        let bytes = Bytes::of(text);
        let mut found = merged(Search::of(&self.patterns, &self.beginnings, &reading).found(&bytes));
        let steps = Steps::for_text(text.len(), &self.is_off);
        let is_given_up = || reading.is_given_up() || steps.are_over();
        for token in self.tokens.iter().take_while(|_| !is_given_up()) {
            found = parts::of(token, text, &bytes, found, &steps);
        }
        if is_given_up() { std::iter::once(0..text.len()).collect() } else { found }
    }

    /// Whether a name that is in lower case, as HTTP has those of headers, has a secret in it, or part of one.
    pub(super) fn finds_in_name(&self, name: &[u8]) -> bool {
        let is_in = |pattern: &[u8]| {
            let lower = || Zeroizing::new(pattern.to_ascii_lowercase());
            pattern.len() <= name.len() && occurrences(&lower(), name).next().is_some()
        };
        self.patterns.iter().any(|pattern| is_in(&pattern.bytes))
            || self.tokens.iter().flat_map(|token| token.chunks_exact(NAMED_PART_BYTES)).any(is_in)
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redactor").finish_non_exhaustive()
    }
}

/// As programs print bytes, without what stands between them.
fn decimal(bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut digits = Zeroizing::new(Vec::with_capacity(bytes.len() * 3));
    for byte in bytes {
        let all = [byte / 100, byte / 10 % 10, byte % 10];
        let zeros = all.iter().take(2).take_while(|digit| **digit == 0).count();
        digits.extend(all[zeros..].iter().map(|digit| b'0' + digit));
    }
    digits
}

/// The characters of an encoding that do not depend on what stands before and after the secret.
fn stable_part(encoded: &str, alignment: usize, bytes: usize) -> &str {
    let start = (alignment * 8).div_ceil(6);
    let end = bytes * 8 / 6;
    encoded.get(start..end).unwrap_or_default()
}

fn without(bytes: &[u8], found: Vec<Range<usize>>) -> Vec<u8> {
    let mut clean = Vec::with_capacity(bytes.len());
    let mut rest = 0;
    for place in found {
        clean.extend_from_slice(&bytes[rest..place.start]);
        clean.extend_from_slice(REDACTED.as_bytes());
        rest = place.end;
    }
    clean.extend_from_slice(&bytes[rest..]);
    clean
}

#[cfg(test)]
mod tests;
