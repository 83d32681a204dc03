//! What may stand between the characters of a secret that stands apart: in lines, indented or quoted, in a folded header, with markup
//! in between, coloured in a terminal.

use super::classes::{CLASSES, Class, first_char, parts};
use super::escapes::{ESCAPE, Meant, Reading, is_introducer};
use super::markup::{ends, order};
use super::patterns::{Kind, Pattern};

/// Shortest pattern that is looked for with any signs between its characters, in bytes: shorter ones are in dates and in numbers of
/// telephones.
const MIN_APART_BYTES: usize = 12;
/// Signs in a row that are looked through for what parts behind them, as in `-->`.
const MAX_SIGNS: usize = 4;
/// What begins text within XML that has no markup, behind its `<`.
const CDATA: &[u8] = b"![CDATA[";

/// How much of a text a reader may leave out.
#[derive(Clone, Copy)]
pub(super) struct Gap {
    pub length: usize,
    what: What,
}

#[derive(Clone, Copy)]
enum What {
    /// An end of a line, or half a character of UTF-16.
    Line,
    Parts,
    /// Where another gap is beside it. With `is_before_gap`, that is known of the one behind it.
    Sign {
        is_before_gap: bool,
    },
    /// Of hexadecimal digits.
    Prefix,
}

impl Gap {
    /// Whether it may be one in a pattern. One that is long enough is nowhere by chance, whatever its characters have between them.
    pub fn may_be_in(self, pattern: &Pattern, is_behind_gap: bool) -> bool {
        match self.what {
            What::Line => true,
            What::Parts => pattern.kind != Kind::Whole,
            What::Sign { is_before_gap } => {
                let is_long = pattern.bytes.len() >= MIN_APART_BYTES;
                pattern.kind != Kind::Whole && (is_behind_gap || is_before_gap || is_long)
            }
            What::Prefix => pattern.kind == Kind::Hex && is_behind_gap,
        }
    }
}

/// Those that begin at one place of a text.
#[derive(Default)]
pub(super) struct Gaps {
    here: Vec<Gap>,
}

impl Gaps {
    /// Looks for those that begin there, with what is meant there.
    pub fn look(&mut self, reading: &Reading<'_>, at: usize, meant: &[(Meant, usize)]) {
        self.here.clear();
        meant.iter().for_each(|(meant, length)| self.add(reading, at, *meant, *length));
    }

    /// Those that it looked for.
    pub fn here(&self) -> &[Gap] {
        &self.here
    }

    /// Adds those that begin with a character, as it is or as an escape.
    fn add(&mut self, reading: &Reading<'_>, at: usize, meant: Meant, length: usize) {
        let behind = at + length;
        match meant {
            Meant::Char(char) if !char.is_ascii() => {
                if parts(char) {
                    self.part(length);
                }
            }
            Meant::Char(_) | Meant::Byte(_) => match meant.bytes().0[0] {
                0 | b'\r' | b'\n' => self.add_one(length, What::Line),
                b'<' => {
                    self.part(length);
                    if let Some(end) = reading.end_of(behind, CDATA) {
                        self.part(end - at);
                    }
                    ends(reading, behind).into_iter().flatten().for_each(|end| self.part(end - at));
                }
                ESCAPE => {
                    self.part(length);
                    if let Some(end) = order(reading, behind) {
                        self.part(end - at);
                    }
                }
                0x80.. if length == 1 => match first_char(&reading.text()[at..]) {
                    Some(char) if parts(char) => self.part(char.len_utf8()),
                    Some(_) => {}
                    // What is no UTF-8 parts as well.
                    None => self.part(1),
                },
                byte => match CLASSES[usize::from(byte)] {
                    Class::Letter => {
                        if byte == b'0' && matches!(reading.text().get(behind), Some(b'x' | b'X')) {
                            self.add_one(length + 1, What::Prefix);
                        }
                    }
                    Class::Parts | Class::Asks => self.part(length),
                    Class::Sign => {
                        let is_before_gap = begins_behind_signs(&reading.text()[behind..]);
                        self.add_one(length, What::Sign { is_before_gap });
                    }
                },
            },
        }
    }

    fn part(&mut self, length: usize) {
        self.add_one(length, What::Parts);
    }

    fn add_one(&mut self, length: usize, what: What) {
        self.here.push(Gap { length, what });
    }
}

/// Whether a gap begins there, if behind more signs.
fn begins_behind_signs(text: &[u8]) -> bool {
    let is_sign = |byte: &u8| CLASSES[usize::from(*byte)] == Class::Sign && !is_introducer(*byte);
    let next = text.iter().take(MAX_SIGNS).find(|byte| !is_sign(byte));
    next.is_some_and(|byte| CLASSES[usize::from(*byte)] != Class::Letter)
}
