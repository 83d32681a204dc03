//! Takes a lent secret out of whatever a git server or a provider says.
//!
//! Looks for the secret itself and for its usual encodings: base64 (standard and URL-safe, at each of the three alignments
//! it can have inside a longer text, in one line or in several) and hexadecimal; and for all of these with escapes for any of
//! their characters, a few levels deep: percent-encoding, those of JSON and of HTML, and the zeros of UTF-16. A server that
//! scrambles it in some other way cannot be helped; the destination is one an administrator chose. What takes longer to read than any
//! text needs is taken out as it is.
//!
//! What parts the characters of any of them is left out before it is looked for: blanks and signs, escapes for those, markup, orders to
//! a terminal. As it may as well stand within markup, a text with some is read with that left out, and with that opened.
//!
//! A password may be an ordinary word, which is the name of a project as well. Such a word is left alone where it stands by itself:
//! whoever reads it learns nothing that a list of words has not, and without it names would be lost. What was made of it (its
//! encodings, and the user and password of Basic) is no ordinary word, and is taken out.

mod apart;
mod bytes;
mod escapes;
mod markup;
mod parts;
mod steps;
mod words;

use std::fmt;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use memchr::{memchr_iter, memchr2_iter};
use zeroize::Zeroizing;

use self::apart::Manner;
use self::bytes::{Bytes, occurrences};
use self::escapes::{LEVELS, Meant, Reading, introducers, is_introducer};
use self::steps::{SEARCHED_AT_ONCE_BYTES, Steps};
use self::words::{MIN_TOKEN_BYTES, is_ordinary};

/// What stands in place of a secret.
pub const REDACTED: &str = "[redacted]";

/// Shortest pattern looked for, in bytes. Shorter ones would hit ordinary text.
const MIN_PATTERN_BYTES: usize = 6;
/// Ways the bytes of a secret can stand to the groups of three that base64 encodes.
const ALIGNMENTS: usize = 3;

/// What is put into long words for browsers to break them at.
const BREAKS: [&[u8]; 3] = ["\u{200b}".as_bytes(), "\u{ad}".as_bytes(), b"<wbr>"];
/// Characters that begin escapes in texts that are searched where they are needed: few have any, and each may take some microseconds to
/// read.
const ESCAPES_AT_ONCE: usize = 64;
/// Parts of a token that no name of a header has, in bytes.
const NAMED_PART_BYTES: usize = 8;

#[derive(Default)]
pub(super) struct Redactor {
    patterns: Vec<Pattern>,
    /// Those of which a part gives away too much.
    tokens: Vec<Zeroizing<Vec<u8>>>,
    /// Whether nobody waits for a search any more.
    is_off: AtomicBool,
}

/// What is looked for.
struct Pattern {
    bytes: Zeroizing<Vec<u8>>,
    /// Where nothing parts its characters.
    is_whole: bool,
    /// Where something does: it has nothing in itself that would be taken for that.
    is_parted: bool,
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
                if secret.contains(' ') {
                    // As forms have it.
                    redactor.add(Zeroizing::new(secret.replace(' ', "+")).as_bytes());
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
                self.add_as_it_is(secret.as_bytes());
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
        let hex = Zeroizing::new(crypto::hex(secret.as_bytes()));
        self.add(hex.as_bytes());
        self.add(Zeroizing::new(hex.to_ascii_uppercase()).as_bytes());
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
        let is_parted = apart::is_joined(pattern);
        self.keep(pattern, true, is_parted);
        if !is_parted {
            for manner in apart::readings(pattern) {
                let joined = Zeroizing::new(apart::joined(pattern, manner));
                // What is little of it is in texts that have nothing of the secret.
                if manner.looks_for(&joined) && joined.len() * 3 >= pattern.len() * 2 {
                    self.keep(&joined, false, true);
                }
            }
        }
    }

    fn add_as_it_is(&mut self, pattern: &[u8]) {
        self.keep(pattern, true, false);
    }

    fn keep(&mut self, pattern: &[u8], is_whole: bool, is_parted: bool) {
        if pattern.len() < MIN_PATTERN_BYTES {
            return;
        }
        if let Some(known) = self.patterns.iter_mut().find(|known| *known.bytes == pattern) {
            known.is_whole |= is_whole;
            known.is_parted |= is_parted;
        } else {
            self.patterns.push(Pattern { bytes: Zeroizing::new(pattern.to_vec()), is_whole, is_parted });
        }
    }

    /// What is looked for where nothing parts its characters.
    fn whole(&self) -> impl Iterator<Item = &[u8]> {
        self.patterns.iter().filter(|pattern| pattern.is_whole).map(|pattern| &**pattern.bytes)
    }

    /// What is looked for where something does.
    fn parted(&self) -> impl Iterator<Item = &[u8]> {
        self.patterns.iter().filter(|pattern| pattern.is_parted).map(|pattern| &**pattern.bytes)
    }

    /// Nobody waits for what is being searched now, or somebody does again.
    pub(super) fn call_off(&self, is_off: bool) {
        self.is_off.store(is_off, Ordering::Relaxed);
    }

    /// How long the longest pattern is, in bytes.
    fn longest(&self) -> usize {
        self.whole().map(<[u8]>::len).max().unwrap_or_default()
    }

    pub(super) fn redact(&self, bytes: Vec<u8>) -> Vec<u8> {
        let found = self.found(&bytes);
        if found.is_empty() { bytes } else { without(&bytes, found) }
    }

    pub(super) fn finds(&self, bytes: &[u8]) -> bool {
        !self.found(bytes).is_empty()
    }

    fn found(&self, text: &[u8]) -> Vec<Range<usize>> {
        let mut found: Vec<Range<usize>> = Vec::new();
        let bytes = Bytes::of(text);
        for pattern in self.whole().filter(|pattern| bytes.may_have(pattern)) {
            found.extend(occurrences(pattern, text).map(|at| at..at + pattern.len()));
        }
        let steps = Steps::for_text(text.len(), &self.is_off);
        let known = merged(found.clone());
        found.extend(self.tokens.iter().flat_map(|token| parts::of(token, text, &bytes, &known, &steps)));
        if steps.are_over() {
            return all_of(text);
        }
        let reading = Reading::of(text, &self.is_off);
        for part in self.doubtful_parts(&reading) {
            found.extend(self.behind_escapes(&reading, part.clone()));
            if reading.is_given_up() {
                // What follows the last of its escapes may be the rest of a pattern.
                found.push(part.start..text.len().min(part.end + self.longest()));
            }
        }
        found.extend(self.apart(text, &bytes, &steps));
        found
    }

    /// Where something parts the characters of a pattern, whatever that is taken for.
    fn apart(&self, text: &[u8], bytes: &Bytes, steps: &Steps<'_>) -> Vec<Range<usize>> {
        let may_be = |pattern: &&[u8]| pattern.len() < text.len() && bytes.may_have(pattern);
        let patterns: Vec<&[u8]> = self.parted().filter(may_be).collect();
        if patterns.is_empty() {
            return Vec::new();
        }
        apart::readings(text).flat_map(|manner| parted_in(text, manner, &patterns, steps)).collect()
    }

    /// Whether a name that is in lower case, as HTTP has those of headers, has a secret in it, or part of one.
    pub(super) fn finds_in_name(&self, name: &[u8]) -> bool {
        let is_in = |pattern: &[u8]| {
            let lower = || Zeroizing::new(pattern.to_ascii_lowercase());
            pattern.len() <= name.len() && occurrences(&lower(), name).next().is_some()
        };
        self.whole().any(is_in) || self.tokens.iter().flat_map(|token| token.chunks_exact(NAMED_PART_BYTES)).any(is_in)
    }

    /// What may have the secret in it with escapes, or in several lines: before the first of them it stands as it is.
    fn doubtful_parts(&self, reading: &Reading<'_>) -> Vec<Range<usize>> {
        let text = reading.text();
        let longest = self.longest();
        let mut parts: Vec<Range<usize>> = Vec::new();
        let mut doubt = |at: usize| {
            let (start, end) = (at.saturating_sub(longest), at + 1);
            match parts.last_mut() {
                Some(last) if (last.start..=last.end).contains(&start) => last.end = last.end.max(end),
                _ => parts.push(start..end),
            }
        };
        introducers(text).filter(|at| reading.begins_escape(*at)).for_each(&mut doubt);
        memchr_iter(0, text).for_each(&mut doubt);
        BREAKS.iter().for_each(|part| occurrences(part, text).for_each(&mut doubt));
        memchr2_iter(b'\r', b'\n', text).filter(|at| begins_lines_within_a_word(text, *at)).for_each(&mut doubt);
        merged(parts)
    }

    /// Where a pattern begins within a part, and where it ends behind that.
    fn behind_escapes<'a>(
        &'a self,
        reading: &'a Reading<'_>,
        part: Range<usize>,
    ) -> impl Iterator<Item = Range<usize>> + 'a {
        let (mut ways, text) = (Vec::new(), reading.text());
        let begins = |meant: Meant| {
            let (bytes, count) = meant.bytes();
            self.whole().any(|pattern| pattern.starts_with(&bytes[..count]))
        };
        let is_beginning = move |at: &usize| {
            let is_plain = !is_introducer(text[*at]);
            if is_plain {
                begins(Meant::Byte(text[*at]))
            } else {
                reading.each(*at, LEVELS, &mut |meant, _| begins(meant))
            }
        };
        part.filter(is_beginning).filter_map(move |at| {
            let ends = self.whole().filter_map(|pattern| end_of(pattern, reading, at, &mut ways));
            ends.max().map(|end| at..end)
        })
    }
}

/// Where something parts the characters of a pattern, in one manner of reading.
fn parted_in(text: &[u8], manner: Manner, patterns: &[&[u8]], steps: &Steps<'_>) -> Vec<Range<usize>> {
    let joined = Zeroizing::new(apart::joined(text, manner));
    if joined.len() == text.len() {
        return Vec::new();
    }
    let mut parts = Vec::new();
    for pattern in patterns.iter().filter(|pattern| manner.looks_for(pattern)) {
        if steps.are_over() {
            return all_of(text);
        }
        parts.extend(occurrences(pattern, &joined).map(|at| at..at + pattern.len()));
    }
    let places = if parts.is_empty() { Vec::new() } else { apart::places(text, manner, &parts) };
    // Where nothing parts them, they are found as they are, or are the rest of a secret alone.
    let is_parted = |(place, part): &(Range<usize>, Range<usize>)| place.len() > part.len();
    places.into_iter().zip(parts).filter(is_parted).map(|(place, _)| place).collect()
}

/// Where a pattern ends that begins at this place of a text, whatever escapes it is written with, and what parts the characters of
/// UTF-16 or the lines of a long encoding in between; none where it does not begin there. `ways` is a buffer.
fn end_of(pattern: &[u8], reading: &Reading<'_>, at: usize, ways: &mut Vec<Way>) -> Option<usize> {
    ways.clear();
    ways.push(Way { at, read: 0 });
    let mut end = None;
    while let Some(Way { at, read }) = ways.pop() {
        let rest = &pattern[read..];
        if rest.is_empty() {
            end = Some(at);
            continue;
        }
        if let Some(part) = BREAKS.iter().find(|part| read > 0 && reading.text()[at..].starts_with(part)) {
            follow(ways, Way { at: at + part.len(), read });
        }
        reading.each(at, LEVELS, &mut |meant, length| {
            let (bytes, count) = meant.bytes();
            if rest.starts_with(&bytes[..count]) {
                follow(ways, Way { at: at + length, read: read + count });
            } else if read > 0 && matches!(meant, Meant::Byte(0 | b'\r' | b'\n') | Meant::Char('\0' | '\r' | '\n')) {
                follow(ways, Way { at: at + length, read });
            }
            false
        });
    }
    end
}

/// A way of reading a text: up to where, and how much of a pattern that is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Way {
    at: usize,
    read: usize,
}

/// Those that are least far are followed first, so that two that come together are one from there on.
fn follow(ways: &mut Vec<Way>, next: Way) {
    if let Err(place) = ways.binary_search_by(|way| next.cmp(way)) {
        ways.insert(place, next);
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redactor").finish_non_exhaustive()
    }
}

/// Whether an end of a line is the first of those between two characters of an encoding.
fn begins_lines_within_a_word(text: &[u8], at: usize) -> bool {
    let is_of_encoding = |byte: &u8| markup::is_of_encoding((*byte).into());
    let behind = || text[at..].iter().find(|byte| !matches!(byte, b'\r' | b'\n'));
    at.checked_sub(1).is_some_and(|before| is_of_encoding(&text[before])) && behind().is_some_and(is_of_encoding)
}

/// For what is given up.
fn all_of(text: &[u8]) -> Vec<Range<usize>> {
    std::iter::once(0..text.len()).collect()
}

/// In order, and none within another.
fn merged(mut parts: Vec<Range<usize>>) -> Vec<Range<usize>> {
    parts.sort_unstable_by_key(|part| part.start);
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(parts.len());
    for part in parts {
        match merged.last_mut() {
            Some(last) if part.start <= last.end => last.end = last.end.max(part.end),
            _ => merged.push(part),
        }
    }
    merged
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
    for place in merged(found) {
        clean.extend_from_slice(&bytes[rest..place.start]);
        clean.extend_from_slice(REDACTED.as_bytes());
        rest = place.end;
    }
    clean.extend_from_slice(&bytes[rest..]);
    clean
}

#[cfg(test)]
mod tests;
