//! Looks for all patterns in a text at once, whatever their characters are written with and whatever stands between them.
//!
//! A pattern that was begun goes on in every way that is left to it: with its next byte, as it is or as an escape; or behind a gap. All
//! of them are followed, so that it makes no difference what the rest of the text is taken for. Two that come together are one from
//! there on.

use std::ops::Range;

use super::bytes::Bytes;
use super::classes::{CLASSES, Class, parts};
use super::escapes::{LEVELS, Meant, Reading, introducers, is_introducer};
use super::gaps::Gaps;
use super::patterns::Pattern;

/// Ways that are moved aside for another in one step.
const WAYS_PER_STEP: usize = 32;

/// What patterns begin with: most places of a text are none where one does.
pub(super) struct Beginnings {
    /// By a byte, and by the one that stands behind it: for each pattern a bit, which it has together with some others.
    first: [u32; 256],
    next: [u32; 256],
}

/// The bit of what begins an escape, with which any pattern may begin.
const ESCAPES: u32 = 1 << 31;

impl Default for Beginnings {
    /// Of no pattern. Any may go on behind a gap.
    fn default() -> Self {
        const NONE: Beginnings = {
            let mut none = Beginnings { first: [0; 256], next: [0; 256] };
            let mut byte = 0;
            while byte < 256 {
                if is_introducer(byte as u8) {
                    none.first[byte] = ESCAPES;
                }
                if !matches!(CLASSES[byte], Class::Letter) {
                    none.next[byte] = u32::MAX;
                }
                byte += 1;
            }
            none
        };
        NONE
    }
}

impl Beginnings {
    /// One more, which is the pattern of that number.
    pub fn add(&mut self, index: usize, pattern: &Pattern) {
        if let [first, next, ..] = pattern.bytes[..] {
            for (first, next) in [(first, next), (pattern.other_form(first), pattern.other_form(next))] {
                self.first[usize::from(first)] |= bit(index);
                self.next[usize::from(next)] |= bit(index);
            }
        }
    }

    /// Whether any may begin there.
    fn may_be_at(&self, text: &[u8], at: usize) -> bool {
        let first = self.first[usize::from(text[at])];
        first & ESCAPES != 0 || first != 0 && self.of(text[at], text, at + 1) != 0
    }

    /// Those that may begin with a byte, of which the rest stands there.
    fn of(&self, first: u8, text: &[u8], rest: usize) -> u32 {
        let next = text.get(rest).map_or(0, |next| self.next[usize::from(*next)]);
        self.first[usize::from(first)] & next & !ESCAPES
    }
}

fn bit(index: usize) -> u32 {
    1 << (index % 31)
}

/// How far a pattern was read, and where that began.
#[derive(Clone, Copy)]
struct Way {
    at: usize,
    pattern: usize,
    read: usize,
    /// Whether a gap ends there.
    is_behind_gap: bool,
    start: usize,
}

impl Way {
    fn key(&self) -> (usize, usize, usize, bool) {
        (self.at, self.pattern, self.read, self.is_behind_gap)
    }
}

/// How a character of the text may stand in a pattern.
#[derive(Clone, Copy)]
struct Form {
    bytes: [u8; 4],
    count: usize,
    /// How long it is in the text.
    length: usize,
}

impl Form {
    fn of(meant: Meant, length: usize) -> Self {
        let (bytes, count) = meant.bytes();
        Self { bytes, count, length }
    }

    fn bytes(&self) -> &[u8] {
        &self.bytes[..self.count]
    }
}

/// One that is under way.
pub(super) struct Search<'s> {
    patterns: &'s [Pattern],
    beginnings: &'s Beginnings,
    reading: &'s Reading<'s>,
    /// What is left to be followed, the next one last.
    ways: Vec<Way>,
    /// What may be meant at a place, how that may stand in a pattern, and what may be left out there.
    meant: Vec<(Meant, usize)>,
    forms: Vec<Form>,
    gaps: Gaps,
    found: Vec<Range<usize>>,
}

impl<'s> Search<'s> {
    /// With nothing read yet.
    pub fn of(patterns: &'s [Pattern], beginnings: &'s Beginnings, reading: &'s Reading<'s>) -> Self {
        let (ways, meant, forms, gaps, found) = Default::default();
        Self { patterns, beginnings, reading, ways, meant, forms, gaps, found }
    }

    /// Where patterns stand, as far as there are steps. `bytes` are those that the text has.
    pub fn found(mut self, bytes: &Bytes) -> Vec<Range<usize>> {
        let text = self.reading.text();
        let may_be_here = |pattern: &Pattern| pattern.may_be_among(bytes);
        if introducers(text).next().is_none() && !self.patterns.iter().any(may_be_here) {
            return self.found;
        }
        let mut from = 0;
        while let Some(at) = self.next_place(text, from) {
            if self.reading.is_given_up() {
                break;
            }
            self.look(at);
            self.begin(text, at);
            self.go_on(at);
            from = at + 1;
        }
        self.found
    }

    /// Looks what may be meant at a place.
    fn look(&mut self, at: usize) {
        self.meant.clear();
        self.forms.clear();
        self.reading.each(at, LEVELS, &mut |meant, length| {
            self.meant.push((meant, length));
            self.forms.push(Form::of(meant, length));
            // Of a text that is not in UTF-8; and of one that is, and was taken for that.
            match meant {
                Meant::Byte(byte @ 0x80..) => self.forms.push(Form::of(Meant::Char(byte.into()), length)),
                Meant::Char(char @ '\u{80}'..='\u{ff}') => {
                    self.forms.extend(u8::try_from(char).map(|byte| Form::of(Meant::Byte(byte), length)));
                }
                _ => {}
            }
            false
        });
        if let [first @ 0xc2..=0xc3, next @ 0x80..0xc0, ..] = self.reading.text()[at..] {
            self.forms.push(Form::of(Meant::Byte((first & 3) << 6 | next & 0x3f), 2));
        }
    }

    /// The next one where a pattern begins, or goes on.
    fn next_place(&self, text: &[u8], from: usize) -> Option<usize> {
        let goes_on = self.ways.last().map(|way| way.at);
        let until = goes_on.unwrap_or(text.len());
        (from..until).find(|at| self.beginnings.may_be_at(text, *at)).or(goes_on)
    }

    fn begin(&mut self, text: &[u8], at: usize) {
        for index in 0..self.forms.len() {
            let form = self.forms[index];
            let may_begin = match form.bytes() {
                [first] => self.beginnings.of(*first, text, at + form.length),
                _ => self.beginnings.first[usize::from(form.bytes[0])] & !ESCAPES,
            };
            if may_begin == 0 {
                continue;
            }
            for pattern in (0..self.patterns.len()).filter(|pattern| may_begin & bit(*pattern) != 0) {
                self.read(form, Way { at, pattern, read: 0, is_behind_gap: false, start: at });
            }
        }
    }

    fn go_on(&mut self, at: usize) {
        let mut has_looked = false;
        while let Some(way) = self.ways.pop_if(|way| way.at == at) {
            if !has_looked {
                self.gaps.look(self.reading, at, &self.meant);
                has_looked = true;
            }
            self.reading.take(self.meant.len() + self.gaps.here().len());
            for index in 0..self.forms.len() {
                self.read(self.forms[index], way);
            }
            let pattern = &self.patterns[way.pattern];
            if let Some(length) = pattern.may_be_gap(way.read).filter(|_| way.is_behind_gap) {
                self.follow(Way { read: way.read + length, ..way });
            }
            for index in 0..self.gaps.here().len() {
                let gap = self.gaps.here()[index];
                if gap.may_be_in(&self.patterns[way.pattern], way.is_behind_gap) {
                    self.follow(Way { at: at + gap.length, is_behind_gap: true, ..way });
                }
            }
        }
    }

    /// Goes on with what is meant, if that is next in the pattern.
    fn read(&mut self, form: Form, way: Way) {
        if self.patterns[way.pattern].has(form.bytes(), way.read) {
            let is_behind_gap = matches!(form.bytes(), [byte] if parts((*byte).into()) && byte.is_ascii());
            self.follow(Way { at: way.at + form.length, read: way.read + form.count, is_behind_gap, ..way });
        }
    }

    /// Of those that are the same from there on, the one that began last: it has the least in it that is none of the pattern. But all
    /// that the first character is written with is part of it.
    fn follow(&mut self, way: Way) {
        if way.read == self.patterns[way.pattern].bytes.len() {
            self.found.push(way.start..way.at);
            return;
        }
        match self.ways.binary_search_by(|other| way.key().cmp(&other.key())) {
            Ok(same) => {
                let known = &mut self.ways[same].start;
                let is_first = way.read == 1 && !way.is_behind_gap;
                *known = if is_first { way.start.min(*known) } else { way.start.max(*known) };
            }
            Err(place) if way.at < self.reading.text().len() => {
                self.reading.take((self.ways.len() - place) / WAYS_PER_STEP);
                self.ways.insert(place, way);
            }
            Err(_) => {}
        }
    }
}
