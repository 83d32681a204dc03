//! What stands between the characters of an encoding that is more than one byte: escapes, markup, comments, orders to a terminal, and
//! characters beyond ASCII.

use std::ops::Range;

use memchr::memchr3_iter;

/// Longest markup, or comment, that is left out, in bytes; and longest order to a terminal with a text in it.
const MAX_TAG_BYTES: usize = 2 << 10;
/// How far behind its first `>` a tag may end that has such signs in its values, in bytes.
const MAX_QUOTED_BYTES: usize = 256;
/// Longest order to a terminal that is left out, in bytes: colours of what follows and of what is behind it take about forty.
const MAX_ORDER_BYTES: usize = 64;
/// Longest name or number of a reference of HTML that is.
const MAX_REFERENCE_BYTES: usize = 12;
/// References of HTML that may be part of an encoding, in lower case.
const OF_ENCODINGS: [&[u8]; 6] = [b"sol", b"plus", b"equals", b"lowbar", b"dash", b"hyphen"];
/// References of HTML that need no semicolon, and what they mean.
const WITHOUT_END: [(&[u8], char); 6] =
    [(b"nbsp", '\u{a0}'), (b"shy", '\u{ad}'), (b"middot", '\u{b7}'), (b"lt", '<'), (b"gt", '>'), (b"quot", '"')];
/// Letters that nobody sees.
const FILLERS: [char; 6] = ['\u{115f}', '\u{1160}', '\u{17b4}', '\u{17b5}', '\u{3164}', '\u{ffa0}'];

const ESCAPE: u8 = 0x1b;
const BELL: u8 = 0x07;

/// How many bytes at a place stay together, or are left out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Stay(usize),
    Part(usize),
}

/// What becomes of markup, and of what stands in it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Markup {
    /// Left out, whole.
    Dropped,
    /// Left out, but for what is in comments, in declarations and in programs within a page, and in what has markup within itself.
    OuterOpened,
    /// Its signs part, and what is between them is read.
    Opened,
}

/// What ends markup, each of which is looked for once for all that begins before it.
pub(super) struct Ends<'t> {
    text: &'t [u8],
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
    fn behind(&mut self, text: &[u8], at: usize, signs: &[&[u8]]) -> Option<Range<usize>> {
        if !self.asked.contains(&at) {
            let found = closers(text, at).find(|closer| signs.iter().any(|sign| text[..closer.start].ends_with(sign)));
            let found = found.unwrap_or(text.len()..text.len());
            // It is the next one for all places up to its own.
            (self.asked, self.end) = (at..found.start + 1, found.end);
        }
        let found = self.asked.end - 1..self.end;
        (!found.is_empty() && found.start - at <= MAX_TAG_BYTES).then_some(found)
    }
}

impl<'t> Ends<'t> {
    /// With none looked for yet.
    pub fn of(text: &'t [u8]) -> Self {
        Self { text, tag: Next::default(), comment: Next::default(), program: Next::default() }
    }

    /// As it stands there.
    pub fn text(&self) -> &'t [u8] {
        self.text
    }

    /// Where a comment ends.
    fn of_comment(&mut self, at: usize) -> Option<usize> {
        self.comment.behind(self.text, at, &[b"--", b"--!"]).map(|end| end.end)
    }

    /// Where a program within a page ends.
    fn of_program(&mut self, at: usize) -> Option<usize> {
        self.program.behind(self.text, at, &[b"?"]).map(|end| end.end).or_else(|| self.of_tag(at))
    }

    /// Where a tag ends: outside the quotes of its values, where they are closed, or else as soon as it may.
    fn of_tag(&mut self, mut at: usize) -> Option<usize> {
        let first = self.tag.behind(self.text, at, &[b""])?;
        let mut quote = None;
        while at < first.end + MAX_QUOTED_BYTES {
            let Some((sign, length)) = sign(&self.text[at..]) else { break };
            at += length;
            match quote {
                Some(open) if open == sign => quote = None,
                None if sign == b'>' => return Some(at),
                None if matches!(sign, b'"' | b'\'') => quote = Some(sign),
                _ => {}
            }
        }
        Some(first.end)
    }

    /// The same of one in which no other begins: what it is seen by stands before the first sign that may end it, as a rule.
    fn of_inner_tag(&mut self, at: usize) -> Option<usize> {
        let first = self.tag.behind(self.text, at, &[b""])?;
        if begins_within(&self.text[at..first.start]) {
            return None;
        }
        self.of_tag(at).filter(|end| !begins_within(&self.text[at..*end]))
    }
}

/// Where `>` stands behind a place, written in whatever way.
fn closers(text: &[u8], from: usize) -> impl Iterator<Item = Range<usize>> {
    memchr3_iter(b'>', b'\\', b'&', &text[from..]).filter_map(move |at| {
        let at = from + at;
        sign(&text[at..]).filter(|(sign, _)| *sign == b'>').map(|(_, length)| at..at + length)
    })
}

/// The byte of ASCII that the beginning of a text means, and how long it is there: as it is, or as an escape of JSON or of HTML.
pub(super) fn sign(text: &[u8]) -> Option<(u8, usize)> {
    let first = *text.first()?;
    let escape = match first {
        b'\\' => backslashed(text),
        b'&' => reference(text),
        _ => None,
    };
    let byte = escape.and_then(|(code, length)| Some((u8::try_from(code).ok().filter(u8::is_ascii)?, length)));
    byte.or(Some((first, 1)))
}

/// How much of what ends a comment, or a program within a page, stands before its last sign.
pub(super) fn dashes_at_the_end(text: &[u8]) -> Option<usize> {
    let ends: [&[u8]; 3] = [b"--", b"--!", b"?"];
    let is_closed =
        |end: &&[u8]| text.starts_with(end) && sign(&text[end.len()..]).is_some_and(|(sign, _)| sign == b'>');
    ends.into_iter().find(is_closed).map(<[u8]>::len)
}

/// What becomes of what begins at a place.
pub(super) fn left_out(ends: &mut Ends<'_>, markup: Markup, at: usize) -> Fate {
    let text = &ends.text()[at..];
    match text[0] {
        b'<' => Fate::Part(tag(ends, markup, at, 1)),
        ESCAPE => Fate::Part(1 + order(&text[1..], markup)),
        b'\\' if matches!(text.get(1), Some(b'n' | b'r' | b't')) => Fate::Part(2),
        b'\\' => Fate::Part(backslashed(text).map_or(1, |found| escape(ends, markup, at, found).unwrap_or(1))),
        b'&' => {
            let length = reference(text).and_then(|found| escape(ends, markup, at, found));
            length.map_or(Fate::Stay(1), Fate::Part)
        }
        b'%' => {
            let is_one = hex(text.get(1..3)).is_some_and(parts);
            if is_one { Fate::Part(3) } else { Fate::Stay(1) }
        }
        _ => beyond_ascii(text),
    }
}

/// How much is left out where an escape means what parts others, or begins what does.
fn escape(ends: &mut Ends<'_>, markup: Markup, at: usize, (code, length): (u32, usize)) -> Option<usize> {
    match char::from_u32(code) {
        Some('<') => Some(tag(ends, markup, at, length)),
        Some('\u{1b}') => Some(length + order(&ends.text()[at + length..], markup)),
        _ => parts(code).then_some(length),
    }
}

/// How much is left out where markup begins with a sign of some length.
fn tag(ends: &mut Ends<'_>, markup: Markup, at: usize, length: usize) -> usize {
    let begins = at + length;
    let is_dropped = markup == Markup::Dropped;
    let (end, signs) = match &ends.text()[begins..] {
        [b'!', b'[', b'C', b'D', b'A', b'T', b'A', b'[', ..] => (None, 8),
        [b'!', b'-', b'-', ..] => (is_dropped.then(|| ends.of_comment(begins + 3)).flatten(), 3),
        [b'?', ..] => (is_dropped.then(|| ends.of_program(begins + 1)).flatten(), 1),
        [b'!', ..] => (is_dropped.then(|| ends.of_tag(begins)).flatten(), 1),
        [next, ..] if next.is_ascii_alphabetic() || *next == b'/' => {
            let end = match markup {
                Markup::Dropped => ends.of_tag(begins),
                Markup::OuterOpened => ends.of_inner_tag(begins),
                Markup::Opened => None,
            };
            (end, 0)
        }
        _ => (None, 0),
    };
    end.map_or(length + signs, |end| end - at)
}

/// Whether markup begins within other markup, written in whatever way.
fn begins_within(text: &[u8]) -> bool {
    memchr3_iter(b'<', b'\\', b'&', text).any(|at| sign(&text[at..]).is_some_and(|(sign, _)| sign == b'<'))
}

/// How much of an order to a terminal follows on its first byte.
fn order(rest: &[u8], markup: Markup) -> usize {
    let ends = |bytes: &[u8], last: Range<u8>| bytes.iter().take(MAX_ORDER_BYTES).position(|byte| last.contains(byte));
    match rest {
        [b'[', parameters @ ..] => ends(parameters, 0x40..0x7f).map_or(0, |end| end + 2),
        [b']', ..] if markup == Markup::Opened => 1,
        [b']', text @ ..] => end_of_text(&text[..text.len().min(MAX_TAG_BYTES)]).map_or(1, |end| end + 1),
        [b' '..b'0', ..] => ends(rest, 0x30..0x7f).map_or(0, |end| end + 1),
        // As it is in JSON.
        [b'\\', b'\\', ..] => 2,
        [b'0'..0x7f, ..] => 1,
        _ => 0,
    }
}

/// Where the text of an order ends: behind a bell, or before the order that ends it.
fn end_of_text(text: &[u8]) -> Option<usize> {
    memchr3_iter(BELL, ESCAPE, b'\\', text).find_map(|at| match sign(&text[at..])? {
        (BELL, length) => Some(at + length),
        (ESCAPE, _) => Some(at),
        _ => None,
    })
}

/// What an escape of JSON or of a program means, and how long it is.
fn backslashed(text: &[u8]) -> Option<(u32, usize)> {
    match text {
        [_, b'u', digits @ ..] => hex(digits.get(..4)).map(|code| (code, 6)),
        [_, b'x', digits @ ..] => hex(digits.get(..2)).map(|code| (code, 4)),
        // As shells and compilers have it.
        [_, b'0', b'3', b'3', ..] => Some((ESCAPE.into(), 4)),
        [_, b'e', b'[', ..] => Some((ESCAPE.into(), 2)),
        _ => None,
    }
}

/// What a reference of HTML means, and how long it is; none for a name that may be part of an encoding.
fn reference(text: &[u8]) -> Option<(u32, usize)> {
    match text {
        [_, b'#', b'x' | b'X', digits @ ..] => numeric(digits, 16).map(|(code, length)| (code, length + 3)),
        [_, b'#', digits @ ..] => numeric(digits, 10).map(|(code, length)| (code, length + 2)),
        [_, rest @ ..] => {
            let count = rest.iter().take(MAX_REFERENCE_BYTES).take_while(|byte| byte.is_ascii_alphabetic()).count();
            let (name, is_ended) = (&rest[..count], rest.get(count) == Some(&b';'));
            let known =
                WITHOUT_END.iter().find(|(known, _)| if is_ended { name == *known } else { name.starts_with(known) });
            match known {
                Some((known, char)) => Some((u32::from(*char), 1 + known.len() + usize::from(is_ended))),
                // Whatever it is.
                None => {
                    let is_one = is_ended && count > 0 && !OF_ENCODINGS.iter().any(|of| of.eq_ignore_ascii_case(name));
                    is_one.then(|| (u32::from(' '), count + 2))
                }
            }
        }
        [] => None,
    }
}

/// A number with the semicolon that may end it.
fn numeric(digits: &[u8], radix: u32) -> Option<(u32, usize)> {
    let is_digit = |byte: &&u8| char::from(**byte).is_digit(radix);
    let count = digits.iter().take(MAX_REFERENCE_BYTES).take_while(is_digit).count();
    let (is_cut, is_ended) = (digits.get(count).as_ref().is_some_and(is_digit), digits.get(count) == Some(&b';'));
    if is_cut {
        return None;
    }
    number(&digits[..count], radix).map(|code| (code, count + usize::from(is_ended)))
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

/// Letters and digits of any language stay, whole; whatever else there is, and what is no UTF-8, parts them.
fn beyond_ascii(text: &[u8]) -> Fate {
    let length = match text[0] {
        0xc2..0xe0 => 2,
        0xe0..0xf0 => 3,
        0xf0..0xf5 => 4,
        _ => 1,
    };
    let char = text.get(..length).and_then(|bytes| str::from_utf8(bytes).ok()).and_then(|text| text.chars().next());
    match char {
        Some(char) if char.is_alphanumeric() && !FILLERS.contains(&char) => Fate::Stay(length),
        Some(_) => Fate::Part(length),
        None => Fate::Part(1),
    }
}

/// Whether it is one of the characters that encodings are made of.
pub(super) fn is_of_encoding(char: char) -> bool {
    char.is_ascii_alphanumeric() || "+/=-_".contains(char)
}
