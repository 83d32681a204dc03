//! How much work a search may take, so that no text keeps others waiting.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, Ordering};

/// Texts that are searched where they are needed, in bytes: what takes longer would keep others waiting.
pub(super) const SEARCHED_AT_ONCE_BYTES: usize = 16 << 10;
/// Most steps that are taken to read a text, for each of its bytes: the replies of git servers take less than one, and up to three
/// as a text within another or in a page. Nobody writes more but to keep a reader busy.
const STEPS_PER_BYTE: usize = 24;
/// Steps that any text may take, some five milliseconds: a secret of sixty characters with all of them escaped three times takes half of
/// that.
const STEPS: usize = 1 << 18;

/// The steps that are left.
pub(super) struct Steps<'s> {
    left: Cell<usize>,
    /// Whether nobody waits for the search any more. Of a text that is searched where it is needed, somebody does.
    is_off: Option<&'s AtomicBool>,
}

impl<'s> Steps<'s> {
    /// With none taken yet, for a text of so many bytes.
    pub fn for_text(bytes: usize, is_off: &'s AtomicBool) -> Self {
        let is_off = Some(is_off).filter(|_| bytes > SEARCHED_AT_ONCE_BYTES);
        Self { left: Cell::new(STEPS + bytes * STEPS_PER_BYTE), is_off }
    }

    /// Takes some, as far as there are any.
    pub fn take(&self, count: usize) {
        self.left.set(self.left.get().saturating_sub(count));
    }

    /// Whether all are taken, or nobody waits any more: what was not found since then may be there.
    pub fn are_over(&self) -> bool {
        self.left.get() == 0 || self.is_off.is_some_and(|is_off| is_off.load(Ordering::Relaxed))
    }
}
