//! Where markup ends, and orders to a terminal, which are written as they are or with escapes.

use super::escapes::{ESCAPE, Reading, is_introducer};

/// Longest markup, or comment, that is left out, in characters; and longest order to a terminal with a text in it.
const MAX_TAG_CHARS: usize = 2 << 10;
/// Longest order to a terminal that is left out, in characters: colours of what follows and of what is behind it take about forty.
const MAX_ORDER_CHARS: usize = 64;
/// Characters that are looked through in one step.
const CHARS_PER_STEP: usize = 16;

const BELL: u8 = 0x07;

/// All the places where markup may end of which the first sign is read: where it may for the first time, where it does outside the quotes
/// of its values, and where a comment or a program within a page does.
pub(super) fn ends(reading: &Reading<'_>, begins: usize) -> [Option<usize>; 3] {
    let is_first = |sign: u8| sign.is_ascii_alphabetic() || b"/!?".contains(&sign);
    let is_sign = |sign: u8| b"\"'>-!?".contains(&sign);
    let mut ends = [None; 3];
    let Some((first, _)) = reading.wanted(begins, is_first) else { return ends };
    let (mut quote, mut before) = (None, [0; 3]);
    let mut signs = Signs::of(begins, is_sign);
    while let Some((sign, at)) = signs.next(reading) {
        if signs.skipped > 0 {
            before = [0; 3];
        }
        match (quote, sign) {
            (Some(open), _) if open == sign => quote = None,
            (None, b'"' | b'\'') => quote = Some(sign),
            (_, b'>') => {
                let is_closed = match first {
                    b'!' => before[1..] == *b"--" || before == *b"--!",
                    b'?' => before[2] == b'?',
                    _ => true,
                };
                for (end, is_it) in ends.iter_mut().zip([true, quote.is_none(), is_closed]) {
                    *end = end.or(is_it.then_some(at));
                }
                if ends.iter().all(Option::is_some) {
                    break;
                }
            }
            _ => {}
        }
        before = [before[1], before[2], sign];
    }
    ends
}

/// The signs that are looked for behind a place, with where each ends: as many characters as markup may have are looked through.
struct Signs<F> {
    at: usize,
    left: usize,
    is_sign: F,
    /// Characters before the last one that were none.
    skipped: usize,
}

impl<F: Fn(u8) -> bool> Signs<F> {
    fn of(at: usize, is_sign: F) -> Self {
        Self { at, left: MAX_TAG_CHARS, is_sign, skipped: 0 }
    }

    fn next(&mut self, reading: &Reading<'_>) -> Option<(u8, usize)> {
        self.skipped = 0;
        while self.left > 0 {
            let rest = &reading.text()[self.at..];
            let rest = &rest[..rest.len().min(self.left)];
            let plain = rest.iter().position(|byte| (self.is_sign)(*byte) || is_introducer(*byte))?;
            reading.take(1 + plain / CHARS_PER_STEP);
            self.at += plain;
            self.left -= plain + 1;
            self.skipped += plain;
            if let Some((sign, length)) = reading.wanted(self.at, &self.is_sign) {
                self.at += length;
                return Some((sign, self.at));
            }
            // One of several backslashes may be more than the levels of escapes that are read.
            let is_one_of_several = reading.text()[self.at..].starts_with(br"\\");
            self.at += if is_one_of_several { 1 } else { reading.length(self.at) };
            self.skipped += 1;
        }
        None
    }
}

/// Where an order to a terminal ends of which the first byte is read.
pub(super) fn order(reading: &Reading<'_>, at: usize) -> Option<usize> {
    let (kind, length) = reading.wanted(at, |byte| (b' '..0x7f).contains(&byte))?;
    match kind {
        b'[' => end_of_parameters(reading, at + length, 0x40),
        b']' | b'P' | b'X' | b'^' | b'_' => end_of_text(reading, at + length).or(Some(at + length)),
        b' '..b'0' => end_of_parameters(reading, at + length, 0x30),
        _ => Some(at + length),
    }
}

/// Where the byte stands that ends the parameters of an order, the first of those that may.
fn end_of_parameters(reading: &Reading<'_>, mut at: usize, last: u8) -> Option<usize> {
    for _ in 0..MAX_ORDER_CHARS {
        reading.text().get(at)?;
        // Terminals leave out what else stands there, as an end of a line.
        let parameter = reading.wanted(at, |byte| (b' '..0x7f).contains(&byte));
        at += parameter.map_or_else(|| reading.length(at), |(_, length)| length);
        if parameter.is_some_and(|(byte, _)| byte >= last) {
            return Some(at);
        }
    }
    None
}

/// Where the text of an order ends: behind a bell, or behind what begins the order that ends it, of which a backslash is left.
fn end_of_text(reading: &Reading<'_>, at: usize) -> Option<usize> {
    Signs::of(at, |sign| matches!(sign, BELL | ESCAPE)).next(reading).map(|(_, end)| end)
}
