//! An encoding whose characters stand apart: in lines, indented or quoted, in a folded header, with markup in between. What parts them
//! is left out, and what is left is searched.

use std::ops::Range;

use memchr::{memchr_iter, memchr2_iter, memchr3_iter};

use super::markup::{Ends, Fate, Markup, dashes_at_the_end, left_out, sign};

/// What becomes of a byte: it stays, it parts others, or what follows it says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Stays,
    Parts,
    Asks,
}

/// Of texts in which markup is dropped, and of those in which it is opened: there, what ends a comment is a sign as well.
const CLASSES: [[Class; 256]; 2] = [classes(b""), classes(b"-?")];

/// Shortest pattern that is looked for where dashes part it, in bytes: shorter ones are in dates and numbers of telephones.
const MIN_DASHED_BYTES: usize = 12;

/// What becomes of a sign that puts two texts together in a program, and stands alone between what parts them: in one text it is that, in
/// another part of what is parted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Alone {
    Parts,
    Stays,
}

/// A way of reading a text whose characters stand apart.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Manner {
    alone: Alone,
    markup: Markup,
    /// Dashes part pairs of hexadecimal digits.
    is_dashed: bool,
}

impl Manner {
    const ALL: [Self; 7] = [
        Self::of(Alone::Parts, Markup::Dropped, false),
        Self::of(Alone::Stays, Markup::Dropped, false),
        Self::of(Alone::Parts, Markup::OuterOpened, false),
        Self::of(Alone::Parts, Markup::Opened, false),
        Self::of(Alone::Stays, Markup::Opened, false),
        Self::of(Alone::Parts, Markup::Dropped, true),
        Self::of(Alone::Parts, Markup::Opened, true),
    ];

    const fn of(alone: Alone, markup: Markup, is_dashed: bool) -> Self {
        Self { alone, markup, is_dashed }
    }

    fn classes(self) -> &'static [Class; 256] {
        &CLASSES[usize::from(self.is_dashed || self.markup != Markup::Dropped)]
    }

    /// Whether a pattern is one that may be looked for in what is left.
    pub fn looks_for(self, pattern: &[u8]) -> bool {
        !self.is_dashed || pattern.len() >= MIN_DASHED_BYTES
    }
}

/// Those of a text, with more bytes that ask.
const fn classes(more: &[u8]) -> [Class; 256] {
    let mut classes = [Class::Stays; 256];
    // What orders something, if only a blank.
    let mut order = 0;
    while order <= b' ' as usize {
        classes[order] = Class::Parts;
        order += 1;
    }
    let mut parts: &[u8] = b"\"'`>|,;:*#~^()[]{}\x7f";
    while let [byte, rest @ ..] = parts {
        classes[*byte as usize] = Class::Parts;
        parts = rest;
    }
    let mut lists: [&[u8]; 2] = [b"<\\%&+.\x1b", more];
    let mut list = 0;
    while list < lists.len() {
        while let [byte, rest @ ..] = lists[list] {
            classes[*byte as usize] = Class::Asks;
            lists[list] = rest;
        }
        list += 1;
    }
    let mut beyond_ascii = 0x80;
    while beyond_ascii < classes.len() {
        classes[beyond_ascii] = Class::Asks;
        beyond_ascii += 1;
    }
    classes
}

/// Whether nothing parts its characters, whatever it stands in.
pub(super) fn is_joined(text: &[u8]) -> bool {
    text.iter().all(|byte| CLASSES[0][usize::from(*byte)] == Class::Stays)
}

/// What is left of a text without what parts its characters.
pub(super) fn joined(text: &[u8], manner: Manner) -> Vec<u8> {
    let mut left = Vec::with_capacity(text.len());
    each(text, manner, |at| left.push(text[at]));
    left
}

/// Where parts of what is left stand in the text: from the first byte of each to its last.
pub(super) fn places(text: &[u8], manner: Manner, parts: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut wanted: Vec<usize> = parts.iter().flat_map(|part| [part.start, part.end - 1]).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let mut places = Vec::with_capacity(wanted.len());
    let mut count = 0;
    each(text, manner, |at| {
        if wanted.get(places.len()) == Some(&count) {
            places.push(at);
        }
        count += 1;
    });
    let place = |one: usize| wanted.binary_search(&one).ok().and_then(|index| places.get(index)).copied();
    let places = parts.iter().filter_map(|part| Some(place(part.start)?..place(part.end - 1)? + 1));
    places.collect()
}

/// The ways of reading a text in which something different may be left of it.
pub(super) fn readings(text: &[u8]) -> impl Iterator<Item = Manner> + use<> {
    let has_alone = memchr2_iter(b'+', b'.', text).any(|at| stands_alone(text, at));
    let has_markup = has_markup(text);
    let is_dashed = memchr_iter(b'-', text).any(|at| parts_pairs(text, at) && parts_pairs(text, at + 3));
    Manner::ALL.into_iter().filter(move |manner| {
        (has_alone || manner.alone == Alone::Parts)
            && (has_markup || manner.markup == Markup::Dropped)
            && (is_dashed || !manner.is_dashed)
    })
}

/// Whether there is markup in which something may stand.
fn has_markup(text: &[u8]) -> bool {
    memchr3_iter(b'<', b'\\', b'&', text).chain(memchr_iter(0x1b, text)).any(|at| {
        let found = sign(&text[at..]);
        found.is_some_and(|(sign, length)| match (sign, text.get(at + length)) {
            (b'<', Some(next)) => next.is_ascii_alphabetic() || b"/!?".contains(next),
            (0x1b, Some(next)) => *next == b']',
            _ => false,
        })
    })
}

/// Gives the place of each byte that stays.
fn each(text: &[u8], manner: Manner, mut stays: impl FnMut(usize)) {
    let classes = manner.classes();
    let mut ends = Ends::of(text);
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        match classes[usize::from(*byte)] {
            Class::Stays => {
                stays(at);
                at += 1;
            }
            Class::Parts => at += 1,
            Class::Asks => match asked(&mut ends, manner, at) {
                Fate::Stay(length) => {
                    (at..at + length).for_each(&mut stays);
                    at += length;
                }
                Fate::Part(length) => at += length,
            },
        }
    }
}

/// Whether it is what puts two texts together in a program, which may itself be written with escapes or markup.
fn stands_alone(text: &[u8], at: usize) -> bool {
    let parts = |byte: Option<&u8>| byte.is_none_or(|byte| CLASSES[0][usize::from(*byte)] == Class::Parts);
    let (before, behind) = (&text[..at], &text[at + 1..]);
    matches!(text[at], b'+' | b'.')
        && (parts(before.last()) || [b"\\n", b"\\r", b"\\t"].iter().any(|escape| before.ends_with(*escape)))
        && (parts(behind.first()) || matches!(behind.first(), Some(b'\\' | b'&' | b'<' | 0x1b)))
}

/// Whether it is a dash between two pairs of hexadecimal digits that stand alone.
fn parts_pairs(text: &[u8], at: usize) -> bool {
    let is_pair = |start: usize| {
        let pair = text.get(start..start + 2).is_some_and(|pair| pair.iter().all(u8::is_ascii_hexdigit));
        let goes_on = |at: Option<usize>| at.and_then(|at| text.get(at)).is_some_and(u8::is_ascii_alphanumeric);
        pair && !goes_on(start.checked_sub(1)) && !goes_on(Some(start + 2))
    };
    text.get(at) == Some(&b'-') && at.checked_sub(2).is_some_and(is_pair) && is_pair(at + 1)
}

/// What becomes of a place that asks.
fn asked(ends: &mut Ends<'_>, manner: Manner, at: usize) -> Fate {
    let text = ends.text();
    match text[at] {
        b'+' | b'.' if stands_alone(text, at) && manner.alone == Alone::Parts => Fate::Part(1),
        b'+' | b'.' => Fate::Stay(1),
        b'-' if manner.is_dashed && parts_pairs(text, at) => Fate::Part(1),
        b'-' | b'?' => dashes_at_the_end(&text[at..]).map_or(Fate::Stay(1), Fate::Part),
        _ => left_out(ends, manner.markup, at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Manner = Manner::ALL[0];

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
            assert_eq!(joined(text.as_bytes(), PLAIN), b"Zm9vYmFy", "{text:?}");
            let found = places(text.as_bytes(), PLAIN, &[0..8, 4..8]);
            assert!(text[found[0].clone()].starts_with("Zm9v") && text[found[0].clone()].ends_with("YmFy"), "{text:?}");
            assert_eq!(&text[found[1].clone()], "YmFy");
        }
        assert_eq!(joined(br"a\/b", PLAIN), b"a/b");
        for manner in Manner::ALL {
            for whole in ["%zz", "a&b", "\u{e9}", "a+b.c", "%41&sol;&#97;&plus;", "&;&#;&#x;"] {
                let left: Vec<u8> = whole.bytes().filter(|byte| !b";#".contains(byte)).collect();
                assert_eq!(joined(whole.as_bytes(), manner), left, "{whole}");
            }
        }
        let text = b"\"a\", \"+\", \"b\"";
        assert_eq!(
            (joined(text, PLAIN), joined(text, Manner::of(Alone::Stays, Markup::Dropped, false))),
            (b"ab".to_vec(), b"a+b".to_vec())
        );
        assert_eq!((readings(text).count(), readings(b"a+b.c").count()), (2, 1));
    }
}
