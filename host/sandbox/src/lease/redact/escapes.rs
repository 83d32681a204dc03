//! What the characters of a text stand for where some of them are escapes, and some of those are written with escapes themselves:
//! percent-encoding, the escapes of JSON and of HTML.

use std::sync::atomic::AtomicBool;

use memchr::memchr3_iter;

use super::steps::Steps;

/// Levels that are undone: a text within JSON within a query.
pub(super) const LEVELS: usize = 3;
/// References that people write in HTML for what may be in a secret, beside the numeric ones.
const NAMED: [(&[u8], u8); 37] = [
    (b"amp", b'&'),
    (b"lt", b'<'),
    (b"gt", b'>'),
    (b"quot", b'"'),
    (b"apos", b'\''),
    (b"sol", b'/'),
    (b"bsol", b'\\'),
    (b"plus", b'+'),
    (b"equals", b'='),
    (b"lowbar", b'_'),
    (b"period", b'.'),
    (b"colon", b':'),
    (b"commat", b'@'),
    (b"num", b'#'),
    (b"dollar", b'$'),
    (b"percnt", b'%'),
    (b"excl", b'!'),
    (b"quest", b'?'),
    (b"ast", b'*'),
    (b"comma", b','),
    (b"lpar", b'('),
    (b"rpar", b')'),
    (b"semi", b';'),
    (b"lcub", b'{'),
    (b"lbrace", b'{'),
    (b"rcub", b'}'),
    (b"rbrace", b'}'),
    (b"lsqb", b'['),
    (b"lbrack", b'['),
    (b"rsqb", b']'),
    (b"rbrack", b']'),
    (b"vert", b'|'),
    (b"verbar", b'|'),
    (b"grave", b'`'),
    (b"hat", b'^'),
    (b"dash", b'-'),
    (b"hyphen", b'-'),
];
/// How many of them, from the first on, are as old as HTML.
const OLDEST: usize = 4;
/// Others that need no semicolon. None of them is in a secret.
const OTHERS: [&[u8]; 3] = [b"nbsp", b"shy", b"middot"];
/// Longest name of a reference, in bytes.
const MAX_NAME_BYTES: usize = 32;
/// Longest number of a reference, in digits: some write zeros before it.
const MAX_DIGITS: usize = 24;

/// Longest number between braces, in digits.
const MAX_BRACED_DIGITS: usize = 6;
/// What begins an order to a terminal.
pub(super) const ESCAPE: u8 = 0x1b;
/// As many backslashes as one may be written with.
const RUN: [u8; 1 << LEVELS] = [b'\\'; 1 << LEVELS];

/// What one character stands for: a byte, or a character in UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meant {
    Byte(u8),
    Char(char),
}

impl Meant {
    /// Its bytes, and how many they are.
    pub fn bytes(self) -> ([u8; 4], usize) {
        let mut bytes = [0; 4];
        let length = match self {
            Meant::Byte(byte) => {
                bytes[0] = byte;
                1
            }
            Meant::Char(char) => char.encode_utf8(&mut bytes).len(),
        };
        (bytes, length)
    }

    fn ascii(self) -> Option<u8> {
        match self {
            Meant::Byte(byte) => Some(byte),
            Meant::Char(char) => u8::try_from(char).ok().filter(u8::is_ascii),
        }
    }
}

/// Where an escape may begin.
pub(super) fn introducers(text: &[u8]) -> impl Iterator<Item = usize> {
    memchr3_iter(b'%', b'\\', b'&', text)
}

/// Whether an escape may begin with it.
pub(super) const fn is_introducer(byte: u8) -> bool {
    matches!(byte, b'%' | b'\\' | b'&')
}

/// A text that is read, and how many steps that may still take.
pub(super) struct Reading<'t> {
    text: &'t [u8],
    steps: Steps<'t>,
}

impl<'t> Reading<'t> {
    /// With no step taken yet.
    pub fn of(text: &'t [u8], is_off: &'t AtomicBool) -> Self {
        Self { text, steps: Steps::for_text(text.len(), is_off) }
    }

    /// As it stands there.
    pub fn text(&self) -> &'t [u8] {
        self.text
    }

    /// Whether it took all the steps it may take, or was called off: what was not found since then may be there.
    pub fn is_given_up(&self) -> bool {
        self.steps.are_over()
    }

    /// Takes some steps for what else is done.
    pub fn take(&self, count: usize) {
        self.steps.take(count);
    }

    /// What is wanted of the bytes of ASCII that may be meant at a place, and how long it is there: as an escape, where it begins one.
    pub fn wanted(&self, at: usize, is_wanted: impl Fn(u8) -> bool) -> Option<(u8, usize)> {
        let mut longest: Option<(u8, usize)> = None;
        self.each(at, LEVELS, &mut |meant, length| {
            if let Some(byte) = meant.ascii().filter(|byte| is_wanted(*byte))
                && longest.is_none_or(|(_, known)| length > known)
            {
                longest = Some((byte, length));
            }
            false
        });
        longest
    }

    /// How long the character is that is meant at a place: as an escape, where it begins one.
    pub fn length(&self, at: usize) -> usize {
        let mut longest = 1;
        self.each(at, LEVELS, &mut |_, length| {
            longest = longest.max(length);
            false
        });
        longest
    }

    /// Where a text of ASCII ends that may be meant at a place.
    pub fn end_of(&self, at: usize, text: &[u8]) -> Option<usize> {
        text.iter().try_fold(at, |at, byte| Some(at + self.wanted(at, |wanted| wanted == *byte)?.1))
    }

    /// Gives all that may be meant at a place, with how many bytes of the text that takes, until it is told that one is the right one:
    /// the character that stands there, and what it is the beginning of. Whether one was.
    pub fn each(&self, at: usize, levels: usize, is_it: &mut dyn FnMut(Meant, usize) -> bool) -> bool {
        let Some(byte) = self.text.get(at).copied() else { return false };
        if self.is_given_up() {
            return false;
        }
        self.steps.take(1);
        if is_it(Meant::Byte(byte), 1) {
            return true;
        }
        if levels == 0 || !is_introducer(byte) {
            return false;
        }
        let longest = 1 << levels;
        if self.text[at..].starts_with(&RUN[..longest]) {
            // However many of them are one, it is one of them.
            return (2..=longest).any(|length| is_it(Meant::Byte(b'\\'), length));
        }
        // What the escape is written with may be escaped itself.
        let inner = levels - 1;
        self.each(at, inner, &mut |first, length| {
            let rest = Rest { reading: self, at: at + length, levels: inner };
            let then = &mut |meant, rest: Rest<'_>| is_it(meant, rest.at - at);
            match first.ascii() {
                Some(b'%') => rest.byte(then) || rest.one(&is(b'u'), &mut |(), rest| rest.unicode(then)),
                Some(b'\\') => rest.backslashed(then),
                Some(b'&') => {
                    rest.one(&is(b'#'), &mut |(), rest| rest.numeric(then)) || rest.named([0; MAX_NAME_BYTES], 0, then)
                }
                _ => false,
            }
        })
    }
}

fn is(wanted: u8) -> impl Fn(u8) -> Option<()> {
    move |byte| (byte == wanted).then_some(())
}

fn digit(radix: u32) -> impl Fn(u8) -> Option<u32> {
    move |byte| char::from(byte).to_digit(radix)
}

/// What follows on the beginning of an escape. Each character of it may be written in several ways itself: all of them are followed,
/// until `then` says that one was the right one.
#[derive(Clone, Copy)]
struct Rest<'t> {
    reading: &'t Reading<'t>,
    at: usize,
    levels: usize,
}

type Then<'a, 't> = &'a mut dyn FnMut(Meant, Rest<'t>) -> bool;

impl<'t> Rest<'t> {
    /// The next character, where it is what is wanted.
    fn one<T>(self, wanted: &dyn Fn(u8) -> Option<T>, then: &mut dyn FnMut(T, Self) -> bool) -> bool {
        self.reading.each(self.at, self.levels, &mut |meant, length| {
            let found = meant.ascii().and_then(wanted);
            found.is_some_and(|found| then(found, Self { at: self.at + length, ..self }))
        })
    }

    /// So many digits more.
    fn hex(self, digits: usize, value: u32, then: &mut dyn FnMut(u32, Self) -> bool) -> bool {
        if digits == 0 {
            return then(value, self);
        }
        self.one(&digit(16), &mut |digit, rest| rest.hex(digits - 1, value << 4 | digit, then))
    }

    /// Two digits.
    fn byte(self, then: Then<'_, 't>) -> bool {
        self.hex(2, 0, &mut |value, rest| then(Meant::Byte(value.to_le_bytes()[0]), rest))
    }

    fn backslashed(self, then: Then<'_, 't>) -> bool {
        self.one(&Some, &mut |kind, rest| match kind {
            b'u' => rest.unicode(then) || rest.in_braces(then),
            b'U' => {
                rest.hex(8, 0, &mut |code, rest| char::from_u32(code).is_some_and(|char| then(Meant::Char(char), rest)))
            }
            b'x' => rest.byte(then) || rest.in_braces(then),
            b'n' => then(Meant::Byte(b'\n'), rest),
            b'r' => then(Meant::Byte(b'\r'), rest),
            b't' => then(Meant::Byte(b'\t'), rest),
            b'b' => then(Meant::Byte(0x08), rest),
            b'f' => then(Meant::Byte(0x0c), rest),
            b'e' => then(Meant::Byte(ESCAPE), rest),
            b'a' => then(Meant::Byte(0x07), rest),
            b'v' => then(Meant::Byte(0x0b), rest),
            b'0' if then(Meant::Byte(0), rest) => true,
            b'0'..b'4' => rest.octal(u32::from(kind - b'0'), then),
            b'/' | b'"' | b'\\' | b'\'' => then(Meant::Byte(kind), rest),
            _ => false,
        })
    }

    /// Digits between braces.
    fn in_braces(self, then: Then<'_, 't>) -> bool {
        self.one(&is(b'{'), &mut |(), rest| rest.before_brace(0, 0, then))
    }

    fn before_brace(self, digits: usize, value: u32, then: Then<'_, 't>) -> bool {
        self.one(&digit(16), &mut |digit, rest| {
            let value = value << 4 | digit;
            let closed = |meant| rest.one(&is(b'}'), &mut |(), rest| then(Meant::Char(meant), rest));
            char::from_u32(value).is_some_and(closed)
                || digits + 1 < MAX_BRACED_DIGITS && rest.before_brace(digits + 1, value, then)
        })
    }

    /// Two digits more, as shells and compilers have them.
    fn octal(self, first: u32, then: Then<'_, 't>) -> bool {
        self.one(&digit(8), &mut |second, rest| {
            rest.one(&digit(8), &mut |third, rest| {
                let value = first << 6 | second << 3 | third;
                then(Meant::Byte(value.to_le_bytes()[0]), rest)
            })
        })
    }

    /// Four digits, or twice four for what has a pair of them.
    fn unicode(self, then: Then<'_, 't>) -> bool {
        self.hex(4, 0, &mut |first, rest| match char::from_u32(first) {
            Some(char) => then(Meant::Char(char), rest),
            None => rest.one(&is(b'\\'), &mut |(), rest| {
                rest.one(&is(b'u'), &mut |(), rest| {
                    rest.hex(4, 0, &mut |second, rest| {
                        pair(first, second).is_some_and(|char| then(Meant::Char(char), rest))
                    })
                })
            }),
        })
    }

    /// Digits in one of two radices.
    fn numeric(self, then: Then<'_, 't>) -> bool {
        let is_marked = |byte: u8| byte.eq_ignore_ascii_case(&b'x').then_some(());
        self.one(&is_marked, &mut |(), rest| rest.number(16, 0, 0, then)) || self.number(10, 0, 0, then)
    }

    /// More digits, and the semicolon that may end them. Where those are escapes themselves, they may as well be what follows.
    fn number(self, radix: u32, digits: usize, value: u32, then: Then<'_, 't>) -> bool {
        let more = |digit| value.checked_mul(radix)?.checked_add(digit);
        let stands = self.reading.text.get(self.at).copied().map(char::from);
        let may_go_on = digits < MAX_DIGITS;
        let is_it = may_go_on
            && self.one(&digit(radix), &mut |digit, rest| {
                more(digit).is_some_and(|value| rest.number(radix, digits + 1, value, then))
            });
        let goes_on = may_go_on && stands.is_some_and(|char| char.is_digit(radix));
        let Some(char) = char::from_u32(value).filter(|_| digits > 0 && !is_it && !goes_on) else { return is_it };
        self.one(&is(b';'), &mut |(), rest| then(Meant::Char(char), rest))
            || (stands != Some(';') && then(Meant::Char(char), self))
    }

    /// More letters of a name, and the semicolon that ends it. The oldest ones are read in capitals and without one, too.
    fn named(self, mut name: [u8; MAX_NAME_BYTES], length: usize, then: Then<'_, 't>) -> bool {
        let known = NAMED.iter().position(|(known, _)| known.eq_ignore_ascii_case(&name[..length]));
        let meant = known.map_or(Meant::Char(char::REPLACEMENT_CHARACTER), |place| Meant::Byte(NAMED[place].1));
        let needs_end = known.is_none_or(|place| place >= OLDEST) && !OTHERS.contains(&&name[..length]);
        if length > 0 && self.one(&is(b';'), &mut |(), rest| then(meant, rest)) || !needs_end && then(meant, self) {
            return true;
        }
        let is_letter =
            |byte: u8| Some(byte).filter(|_| byte.is_ascii_alphabetic() || length > 0 && byte.is_ascii_digit());
        length < MAX_NAME_BYTES
            && self.one(&is_letter, &mut |letter, rest| {
                name[length] = letter;
                rest.named(name, length + 1, then)
            })
    }
}

fn pair(first: u32, second: u32) -> Option<char> {
    let units = [u16::try_from(first).ok()?, u16::try_from(second).ok()?];
    char::decode_utf16(units).next()?.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All that may be meant at the beginning, the longest last.
    fn meant(text: &str) -> Vec<(String, usize)> {
        let mut all = Vec::new();
        Reading::of(text.as_bytes(), &AtomicBool::new(false)).each(0, LEVELS, &mut |meant, length| {
            let (bytes, count) = meant.bytes();
            let text = String::from_utf8_lossy(&bytes[..count]).into_owned();
            if !all.contains(&(text.clone(), length)) {
                all.push((text, length));
            }
            false
        });
        all.sort_by_key(|(_, length)| *length);
        all
    }

    #[test]
    fn e8_a_character_stands_for_itself_and_for_what_it_begins() {
        for (text, expected) in [
            ("%2f", &[("%", 1), ("/", 3)][..]),
            ("%2F", &[("%", 1), ("/", 3)]),
            ("%252f", &[("%", 1), ("%", 3), ("/", 5)]),
            ("%25%32%46", &[("%", 1), ("%", 3), ("/", 9)]),
            (r"\u0061", &[("\\", 1), ("a", 6)]),
            (r"\u00FC", &[("\\", 1), ("ü", 6)]),
            (r"\ud83d\ude00x", &[("\\", 1), ("😀", 12)]),
            (r"\\u0061", &[("\\", 1), ("\\", 2), ("\u{7}", 7), ("a", 7)]),
            (r"%5Cu0061", &[("%", 1), ("\\", 3), ("a", 8)]),
            ("&#97;", &[("&", 1), ("a", 5)]),
            ("&#x0061;", &[("&", 1), ("a", 8)]),
            ("&#97x", &[("&", 1), ("a", 4)]),
            ("&amp;#97;", &[("&", 1), ("&", 4), ("&", 5), ("a", 9)]),
            ("&sol;", &[("&", 1), ("/", 5)]),
            ("\\/", &[("\\", 1), ("/", 2)]),
            ("a%41", &[("a", 1)]),
            (
                r"\u005C\u0078\u0032\u0035\u005Cx\u0033\u00336",
                &[("\\", 1), ("\\", 6), ("\\", 7), ("x", 12), ("%", 24), ("6", 44)],
            ),
        ] {
            let expected: Vec<_> = expected.iter().map(|(text, length)| ((*text).to_owned(), *length)).collect();
            assert_eq!(meant(text), expected, "{text}");
        }
        for plain in ["%", "%zz", "%4", "&b=c", "&;", "&#;", "&#xg;", "&#99999999;", "\\", "\\q", "\\u12", r"\ud83dx"] {
            assert_eq!(meant(plain).len(), 1, "{plain}: {:?}", meant(plain));
        }
        assert_eq!(meant(""), []);
    }
}
