//! An encoding whose characters stand apart: in lines, indented or quoted, in a folded header, with markup in between. What parts them
//! is left out, and what is left is searched.

use std::ops::Range;

/// What becomes of a byte: it stays, it parts others, or what follows it says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Stays,
    Parts,
    Asks,
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Stays; 256];
    let mut parts: &[u8] = b" \t\r\n\x0b\x0c\0\"'`>|,;*#()[]{}";
    while let [byte, rest @ ..] = parts {
        classes[*byte as usize] = Class::Parts;
        parts = rest;
    }
    let mut asks: &[u8] = b"<\\%&+.\xc2\xe2";
    while let [byte, rest @ ..] = asks {
        classes[*byte as usize] = Class::Asks;
        asks = rest;
    }
    classes
};

/// Longest markup that is left out, in bytes.
const MAX_TAG_BYTES: usize = 40;
/// Escapes of what parts lines, in lower case.
const ESCAPES: [&[u8]; 13] = [
    b"%0a", b"%0d", b"%09", b"%20", b"%22", b"&#10;", b"&#13;", b"&#xa;", b"&#xd;", b"&#32;", b"&nbsp;", b"&quot;",
    b"&shy;",
];
/// Characters that nobody sees, or that are blanks, in UTF-8: no-break space and soft hyphen, zero-width space and its like, the narrow
/// no-break space.
const UNSEEN: [&[u8]; 6] =
    [b"\xc2\xa0", b"\xc2\xad", b"\xe2\x80\x8b", b"\xe2\x80\x8c", b"\xe2\x80\x8d", b"\xe2\x80\xaf"];

/// What is left of a text without what parts its characters.
pub(super) fn joined(text: &[u8]) -> Vec<u8> {
    let mut left = Vec::with_capacity(text.len());
    each(text, |at| left.push(text[at]));
    left
}

/// Where parts of what is left stand in the text: from the first byte of each to its last.
pub(super) fn places(text: &[u8], parts: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut wanted: Vec<usize> = parts.iter().flat_map(|part| [part.start, part.end - 1]).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let mut places = Vec::with_capacity(wanted.len());
    let mut count = 0;
    each(text, |at| {
        if wanted.get(places.len()) == Some(&count) {
            places.push(at);
        }
        count += 1;
    });
    let place = |one: usize| wanted.binary_search(&one).ok().and_then(|index| places.get(index)).copied();
    let places = parts.iter().filter_map(|part| Some(place(part.start)?..place(part.end - 1)? + 1));
    places.collect()
}

/// Gives the place of each byte that stays.
fn each(text: &[u8], mut stays: impl FnMut(usize)) {
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        match CLASSES[usize::from(*byte)] {
            Class::Stays => {
                stays(at);
                at += 1;
            }
            Class::Parts => at += 1,
            Class::Asks => match asked(text, at) {
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
fn asked(text: &[u8], at: usize) -> usize {
    if stands_alone(text, at) { 1 } else { left_out(&text[at..]) }
}

/// How much is left out at the beginning of a text.
fn left_out(text: &[u8]) -> usize {
    let begins = |sign: &&&[u8]| text.get(..sign.len()).is_some_and(|start| start.eq_ignore_ascii_case(sign));
    match text {
        [b'\\', b'n' | b'r' | b't', ..] => 2,
        [b'\\', ..] => 1,
        [b'<', next, ..] if next.is_ascii_alphabetic() || *next == b'/' => {
            let end = text.iter().take(MAX_TAG_BYTES).position(|byte| *byte == b'>');
            end.map_or(1, |end| end + 1)
        }
        [b'<', ..] => 1,
        [b'%' | b'&', ..] => ESCAPES.iter().find(begins).map_or(0, |escape| escape.len()),
        _ => UNSEEN.iter().find(begins).map_or(0, |unseen| unseen.len()),
    }
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
        ] {
            assert_eq!(joined(text.as_bytes()), b"Zm9vYmFy", "{text:?}");
            let found = places(text.as_bytes(), &[0..8, 4..8]);
            assert!(text[found[0].clone()].starts_with("Zm9v") && text[found[0].clone()].ends_with("YmFy"), "{text:?}");
            assert_eq!(&text[found[1].clone()], "YmFy");
        }
        assert_eq!(joined(br"a\/b"), b"a/b");
        assert_eq!(joined(b"a+b.c"), b"a+b.c");
        for whole in ["%zz", "a&b", "\u{e9}", "\u{2020}"] {
            assert_eq!(joined(whole.as_bytes()), whole.as_bytes());
        }
    }
}
