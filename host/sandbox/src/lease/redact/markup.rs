//! Where markup ends, and orders to a terminal, which are written as they are or with escapes.

use std::ops::Range;

use super::escapes::{ESCAPE, Reading, is_introducer};

/// Longest markup, or comment, that is left out, in bytes; and longest order to a terminal with a text in it.
const MAX_TAG_BYTES: usize = 2 << 10;
/// Longest order to a terminal that is left out, in bytes: colours of what follows and of what is behind it take about forty.
const MAX_ORDER_BYTES: usize = 64;
/// Bytes that are looked through in one step.
const BYTES_PER_STEP: usize = 16;

const BELL: u8 = 0x07;

/// All the places where markup may end of which the first sign is read: where it may for the first time, where it does outside the quotes
/// of its values, and where a comment or a program within a page does.
pub(super) fn ends(reading: &Reading<'_>, begins: usize) -> [Option<usize>; 3] {
    let is_first = |sign: u8| sign.is_ascii_alphabetic() || b"/!?".contains(&sign);
    let is_sign = |sign: u8| b"\"'>-!?".contains(&sign);
    let mut ends = [None; 3];
    let Some((first, _)) = reading.wanted(begins, is_first) else { return ends };
    let (mut quote, mut before, mut at) = (None, [0; 3], begins);
    let longest = reading.text().len().min(begins + MAX_TAG_BYTES);
    while let Some(skipped) = reading.text()[at..longest].iter().position(|byte| is_sign(*byte) || is_introducer(*byte))
    {
        reading.take(1 + skipped / BYTES_PER_STEP);
        if skipped > 0 {
            before = [0; 3];
        }
        at += skipped;
        let (sign, length) = reading.wanted(at, is_sign).unwrap_or((0, 1));
        at += length;
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
