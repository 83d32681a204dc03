//! What is left of a token that was cut.

use std::ops::Range;

use super::bytes::{Bytes, occurrences};
use super::places::merged;
use super::steps::Steps;

/// Shortest part of a token that is taken out by itself, in bytes.
const MIN_PART_BYTES: usize = 12;
/// Parts that are looked for at first, in bytes: whatever is as long as [`MIN_PART_BYTES`] has one of them in it.
const BLOCK_BYTES: usize = MIN_PART_BYTES / 2;
/// Bytes that are compared in one step, and those that are looked through in one.
const COMPARED_BYTES: usize = 8;
const SEARCHED_BYTES: usize = 256;
/// Steps to put a place among the others.
const MERGED_STEPS: usize = 4;

/// What is known to be found, in order, with where a text has a part of a token that is long enough, as far as there are steps.
pub(super) fn of(
    token: &[u8],
    text: &[u8],
    bytes: &Bytes,
    known: Vec<Range<usize>>,
    steps: &Steps<'_>,
) -> Vec<Range<usize>> {
    let mut found = known;
    if text.len() < MIN_PART_BYTES {
        return found;
    }
    for start in (0..token.len().saturating_sub(BLOCK_BYTES - 1)).step_by(BLOCK_BYTES) {
        let block = &token[start..start + BLOCK_BYTES];
        if !bytes.may_have(block) {
            continue;
        }
        steps.take(1 + text.len() / SEARCHED_BYTES);
        let mut more = Vec::new();
        for at in occurrences(block, text) {
            if steps.are_over() {
                return found;
            }
            steps.take(1);
            if !is_within(&found, at) {
                let part = around(token, start, text, at);
                steps.take(1 + part.len() / COMPARED_BYTES);
                if part.len() >= MIN_PART_BYTES {
                    more.push(part);
                }
            }
        }
        if !more.is_empty() {
            found.extend(more);
            steps.take(found.len() * MERGED_STEPS);
            found = merged(found);
        }
    }
    found
}

/// Whether a block begins, and ends, within one of the places.
fn is_within(places: &[Range<usize>], at: usize) -> bool {
    let next = places.partition_point(|place| place.start <= at);
    next.checked_sub(1).is_some_and(|index| at + BLOCK_BYTES <= places[index].end)
}

/// How far a token and a text are alike around a block of both.
fn around(token: &[u8], start: usize, text: &[u8], at: usize) -> Range<usize> {
    let alike = |(one, other): &(&u8, &u8)| one == other;
    let (ends, end) = (start + BLOCK_BYTES, at + BLOCK_BYTES);
    let before = token[..start].iter().rev().zip(text[..at].iter().rev()).take_while(alike).count();
    let behind = token[ends..].iter().zip(&text[end..]).take_while(alike).count();
    at - before..end + behind
}
