//! Where markup ends, and orders to a terminal, which are written as they are or with escapes.

use std::ops::Range;

use super::escapes::{ESCAPE, Reading, is_introducer};

/// Longest markup, or comment, that is left out, in bytes; and longest order to a terminal with a text in it.
const MAX_TAG_BYTES: usize = 2 << 10;
/// How far behind its first `>` a tag may end that has such signs in its values, in bytes.
const MAX_QUOTED_BYTES: usize = 256;
/// Longest order to a terminal that is left out, in bytes: colours of what follows and of what is behind it take about forty.
const MAX_ORDER_BYTES: usize = 64;
/// Bytes that are looked through in one step.
const BYTES_PER_STEP: usize = 16;

const BELL: u8 = 0x07;

/// What ends markup, each of which is looked for once for all that begins before it.
#[derive(Default)]
pub(super) struct Ends {
    tag: Next,
    comment: Next,
    program: Next,
}

/// The next one of a kind behind a place.
#[derive(Default)]
struct Next {
    asked: Range<usize>,
    end: usize,
}

impl Next {
    /// Where it ends that closes what begins here.
    fn behind(&mut self, reading: &Reading<'_>, at: usize, signs: &[&[u8]]) -> Option<Range<usize>> {
        let text = reading.text();
        if !self.asked.contains(&at) {
            let is_it = |closer: &Range<usize>| signs.iter().any(|sign| text[at..closer.start].ends_with(sign));
            let found = closers(reading, at).find(is_it).unwrap_or(text.len()..text.len());
            // It is the next one for all places up to its own.
            (self.asked, self.end) = (at..found.start + 1, found.end);
        }
        let found = self.asked.end - 1..self.end;
        (!found.is_empty() && found.start - at <= MAX_TAG_BYTES).then_some(found)
    }
}

impl Ends {
    /// All the places where markup may end of which the first sign is read.
    pub fn of_markup(&mut self, reading: &Reading<'_>, at: usize) -> [Option<usize>; 3] {
        let begins = |sign: u8| sign.is_ascii_alphabetic() || b"/!?".contains(&sign);
        let outer = match reading.wanted(at, begins) {
            None => return [None; 3],
            Some((b'!', length)) => self.comment.behind(reading, at + length, &[b"--", b"--!"]),
            Some((b'?', length)) => self.program.behind(reading, at + length, &[b"?"]),
            Some(_) => None,
        };
        let tag = self.tag.behind(reading, at, &[b""]);
        let quoted = tag.as_ref().and_then(|tag| behind_values(reading, at, tag.end));
        [outer.map(|outer| outer.end), tag.map(|tag| tag.end), quoted]
    }
}

/// Where a tag ends outside the quotes of its values, if that is behind its first sign that may end it.
fn behind_values(reading: &Reading<'_>, mut at: usize, first: usize) -> Option<usize> {
    let may_be_quoted = |byte: &u8| matches!(byte, b'"' | b'\'') || is_introducer(*byte);
    if !reading.text()[at..first].iter().any(may_be_quoted) {
        return None;
    }
    let mut quote = None;
    reading.take((first - at) / BYTES_PER_STEP);
    while at < first + MAX_QUOTED_BYTES {
        reading.text().get(at)?;
        let sign = reading.wanted(at, |sign| matches!(sign, b'"' | b'\'' | b'>'));
        at += sign.map_or(1, |(_, length)| length);
        match (quote, sign) {
            (Some(open), Some((sign, _))) if open == sign => quote = None,
            (None, Some((b'>', _))) => return Some(at).filter(|at| *at > first),
            (None, Some((sign, _))) => quote = Some(sign),
            _ => {}
        }
    }
    None
}

/// Where `>` stands behind a place, written in whatever way.
fn closers(reading: &Reading<'_>, from: usize) -> impl Iterator<Item = Range<usize>> {
    let text = reading.text();
    let may_be = move |at: &usize| text[*at] == b'>' || is_introducer(text[*at]);
    (from..text.len()).filter(may_be).filter_map(|at| Some(at..at + reading.wanted(at, |sign| sign == b'>')?.1))
}

/// How much of an order to a terminal follows on its first byte.
pub(super) fn order(reading: &Reading<'_>, at: usize) -> Option<usize> {
    let rest = &reading.text()[at..];
    let ends = |bytes: &[u8], last: Range<u8>| bytes.iter().take(MAX_ORDER_BYTES).position(|byte| last.contains(byte));
    match rest {
        [b'[', parameters @ ..] => ends(parameters, 0x40..0x7f).map(|end| end + 2),
        [b']', ..] => end_of_text(reading, at + 1).map(|end| end - at),
        [b' '..b'0', ..] => ends(rest, 0x30..0x7f).map(|end| end + 1),
        [b'0'..0x7f, ..] => Some(1),
        _ => None,
    }
}

/// Where the text of an order ends: behind a bell, or before the order that ends it.
fn end_of_text(reading: &Reading<'_>, from: usize) -> Option<usize> {
    let text = reading.text();
    let longest = from..text.len().min(from + MAX_TAG_BYTES);
    let may_be = |at: &usize| matches!(text[*at], BELL | ESCAPE) || is_introducer(text[*at]);
    reading.take(longest.len() / BYTES_PER_STEP);
    longest.filter(may_be).find_map(|at| {
        let (sign, length) = reading.wanted(at, |sign| matches!(sign, BELL | ESCAPE))?;
        Some(if sign == BELL { at + length } else { at })
    })
}
