//! An encoding whose characters stand apart: in lines, indented or quoted, in a folded header, with markup in between. What parts them
//! is left out, and what is left is searched.

use std::ops::Range;

use memchr::{memchr2_iter, memmem};

/// What becomes of a byte: it stays, it parts others, or what follows it says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Stays,
    Parts,
    Asks,
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Stays; 256];
    let mut parts: &[u8] = b" \t\r\n\x0b\x0c\0\"'`>|,;:*#~^()[]{}";
    while let [byte, rest @ ..] = parts {
        classes[*byte as usize] = Class::Parts;
        parts = rest;
    }
    let mut asks: &[u8] = b"<\\%&+.\x1b\xc2\xe2\xe3\xef";
    while let [byte, rest @ ..] = asks {
        classes[*byte as usize] = Class::Asks;
        asks = rest;
    }
    classes
};

/// Longest markup, or comment, that is left out, in bytes.
const MAX_TAG_BYTES: usize = 2 << 10;
/// Longest order to a terminal that is: which colour what follows has.
const MAX_ORDER_BYTES: usize = 16;
/// Longest reference of HTML that is.
const MAX_REFERENCE_BYTES: usize = 12;
/// References of HTML that may be part of an encoding, in lower case.
const OF_ENCODINGS: [&[u8]; 6] = [b"sol", b"plus", b"equals", b"lowbar", b"dash", b"hyphen"];
/// Characters beyond ASCII that nobody sees, that are blanks or ends of lines, or that stand for what was left out.
const UNSEEN: [&str; 13] = [
    "\u{85}", "\u{a0}", "\u{ad}", "\u{200b}", "\u{200c}", "\u{200d}", "\u{2026}", "\u{2028}", "\u{2029}", "\u{202f}",
    "\u{2060}", "\u{3000}", "\u{feff}",
];

/// What becomes of a sign that puts two texts together in a program, and stands alone between what parts them: in one text it is that, in
/// another part of what is parted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Alone {
    Parts,
    Stays,
}

/// Whether nothing parts its characters, whatever it stands in.
pub(super) fn is_joined(text: &[u8]) -> bool {
    text.iter().all(|byte| CLASSES[usize::from(*byte)] == Class::Stays)
}

/// What is left of a text without what parts its characters.
pub(super) fn joined(text: &[u8], alone: Alone) -> Vec<u8> {
    let mut left = Vec::with_capacity(text.len());
    each(text, alone, |at| left.push(text[at]));
    left
}

/// Where parts of what is left stand in the text: from the first byte of each to its last.
pub(super) fn places(text: &[u8], alone: Alone, parts: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut wanted: Vec<usize> = parts.iter().flat_map(|part| [part.start, part.end - 1]).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let mut places = Vec::with_capacity(wanted.len());
    let mut count = 0;
    each(text, alone, |at| {
        if wanted.get(places.len()) == Some(&count) {
            places.push(at);
        }
        count += 1;
    });
    let place = |one: usize| wanted.binary_search(&one).ok().and_then(|index| places.get(index)).copied();
    let places = parts.iter().filter_map(|part| Some(place(part.start)?..place(part.end - 1)? + 1));
    places.collect()
}

/// The ways of reading a text: two, where there is a sign that stands alone.
pub(super) fn readings(text: &[u8]) -> impl Iterator<Item = Alone> {
    let has_some = memchr2_iter(b'+', b'.', text).any(|at| stands_alone(text, at));
    [Some(Alone::Parts), has_some.then_some(Alone::Stays)].into_iter().flatten()
}

/// Gives the place of each byte that stays.
fn each(text: &[u8], alone: Alone, mut stays: impl FnMut(usize)) {
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        match CLASSES[usize::from(*byte)] {
            Class::Stays => {
                stays(at);
                at += 1;
            }
            Class::Parts => at += 1,
            Class::Asks => match asked(text, alone, at) {
                0 => {
                    stays(at);
                    at += 1;
                }
                length => at += length,
            },
        }
    }
}

/// Whether it is what puts two texts together in a program.
fn stands_alone(text: &[u8], at: usize) -> bool {
    let parts = |byte: Option<&u8>| byte.is_none_or(|byte| CLASSES[usize::from(*byte)] == Class::Parts);
    matches!(text[at], b'+' | b'.')
        && parts(at.checked_sub(1).and_then(|before| text.get(before)))
        && parts(text.get(at + 1))
}

/// How much is left out at a place that asks.
fn asked(text: &[u8], alone: Alone, at: usize) -> usize {
    if stands_alone(text, at) { usize::from(alone == Alone::Parts) } else { left_out(&text[at..]) }
}

/// How much is left out at the beginning of a text.
fn left_out(text: &[u8]) -> usize {
    match text {
        [b'\\', b'n' | b'r' | b't', ..] => 2,
        [b'\\', b'u', digits @ ..] => hex(digits.get(..4)).map_or(1, |code| if parts(code) { 6 } else { 1 }),
        [b'\\', ..] => 1,
        [b'<', b'!', b'-', b'-', rest @ ..] => end_of(rest, b"-->").map_or(1, |end| end + 4),
        [b'<', b'!', b'[', b'C', b'D', b'A', b'T', b'A', b'[', ..] => 9,
        [b'<', next, ..] if next.is_ascii_alphabetic() || b"/!?".contains(next) => end_of(text, b">").unwrap_or(1),
        [b'<', ..] => 1,
        [0x1b, ..] => {
            let end = text.iter().take(MAX_ORDER_BYTES).position(u8::is_ascii_alphabetic);
            end.map_or(1, |end| end + 1)
        }
        [b'%', digits @ ..] => hex(digits.get(..2)).map_or(0, |code| if parts(code) { 3 } else { 0 }),
        [b'&', rest @ ..] => {
            let end = rest.iter().take(MAX_REFERENCE_BYTES).position(|byte| *byte == b';');
            end.filter(|end| is_of_what_parts(&rest[..*end])).map_or(0, |end| end + 2)
        }
        _ => UNSEEN.iter().find(|unseen| text.starts_with(unseen.as_bytes())).map_or(0, |unseen| unseen.len()),
    }
}

/// How much there is up to the end of the first of these within what is left out at most.
fn end_of(text: &[u8], sign: &[u8]) -> Option<usize> {
    let within = &text[..text.len().min(MAX_TAG_BYTES)];
    memmem::find(within, sign).map(|at| at + sign.len())
}

/// Whether a reference of HTML means something that is no part of an encoding.
fn is_of_what_parts(name: &[u8]) -> bool {
    match name {
        [b'#', b'x' | b'X', digits @ ..] => hex(Some(digits)).is_some_and(parts),
        [b'#', digits @ ..] => number(digits, 10).is_some_and(parts),
        _ => {
            let is_one = !name.is_empty() && name.iter().all(u8::is_ascii_alphabetic);
            is_one && !OF_ENCODINGS.iter().any(|of| of.eq_ignore_ascii_case(name))
        }
    }
}

fn hex(digits: Option<&[u8]>) -> Option<u32> {
    number(digits?, 16)
}

fn number(digits: &[u8], radix: u32) -> Option<u32> {
    let add = |sum: u32, digit: &u8| sum.checked_mul(radix)?.checked_add(char::from(*digit).to_digit(radix)?);
    digits.iter().try_fold(0, add).filter(|_| !digits.is_empty())
}

fn parts(code: u32) -> bool {
    !char::from_u32(code).is_some_and(is_of_encoding)
}

/// Whether it is one of the characters that encodings are made of.
pub(super) fn is_of_encoding(char: char) -> bool {
    char.is_ascii_alphanumeric() || "+/=-_".contains(char)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e8_what_parts_an_encoding_is_left_out_whatever_it_is() {
        for text in [
            "Zm9v\n    YmFy",
            "Zm9v\r\n\tYmFy",
            "> Zm9v\n> YmFy",
            "Zm9v YmFy",
            "\"Zm9v\",\n  \"YmFy\"",
            "'Zm9v' +\n  'YmFy'",
            "'Zm9v' . 'YmFy'",
            "Zm9v\\n   YmFy",
            "Zm9v<br>\n  YmFy",
            "Zm9v<br />YmFy",
            "<code>Zm9v</code>\n<code>YmFy</code>",
            "Zm9v%0D%0A%20YmFy",
            "Zm9v&#10;&nbsp;YmFy",
            "Zm9v\u{200b}YmFy\u{ad}",
            "Zm9v\u{a0}\u{202f}YmFy",
            "Zm9v\u{2060}\u{3000}\u{feff}\u{2028}YmFy",
            "Zm9v<span style=\"color:#a31515;background:#ffffff\" class='a b c d e f g h i j k'>YmFy",
            "Zm9v<!-- whatever it is, <b>bold</b> -->YmFy",
            "Zm9v]]><![CDATA[YmFy",
            "Zm9v<?php ?>YmFy",
            "\x1b[31mZm9v\x1b[0m\x1b[1;32mYmFy",
            "Zm9v:YmFy",
            "Zm9v&#xA;&#9;&#160;&NewLine;&#8203;&#x00A0;YmFy",
            "Zm9v\\u0020\\u000aYmFy",
        ] {
            assert_eq!(joined(text.as_bytes(), Alone::Parts), b"Zm9vYmFy", "{text:?}");
            let found = places(text.as_bytes(), Alone::Parts, &[0..8, 4..8]);
            assert!(text[found[0].clone()].starts_with("Zm9v") && text[found[0].clone()].ends_with("YmFy"), "{text:?}");
            assert_eq!(&text[found[1].clone()], "YmFy");
        }
        assert_eq!(joined(br"a\/b", Alone::Parts), b"a/b");
        for alone in [Alone::Parts, Alone::Stays] {
            for whole in ["%zz", "a&b", "\u{e9}", "\u{2020}", "a+b.c", "%41&sol;&#97;&plus;", "&;&#;&#x;"] {
                let left: Vec<u8> = whole.bytes().filter(|byte| !b";#".contains(byte)).collect();
                assert_eq!(joined(whole.as_bytes(), alone), left, "{whole}");
            }
        }
        let text = b"\"a\", \"+\", \"b\"";
        assert_eq!((joined(text, Alone::Parts), joined(text, Alone::Stays)), (b"ab".to_vec(), b"a+b".to_vec()));
        assert_eq!((readings(text).count(), readings(b"a+b.c").count()), (2, 1));
    }
}
