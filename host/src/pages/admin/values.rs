//! What the fields of a form hold: what is stored, or, once something was typed, what was typed, whatever is wrong with it.

use crate::pages::form::Fields;

/// What a ticked box sends.
pub(super) const YES: &str = "yes";

/// Of one form.
#[derive(Clone, Copy)]
pub(super) struct Values<'a>(pub Option<&'a Fields>);

impl Values<'_> {
    /// Of a field of text.
    pub fn text(self, name: &str, stored: &str) -> String {
        self.0.map_or(stored, |typed| typed.text(name)).to_owned()
    }

    /// Of a box to tick, which is not sent where it is not ticked.
    pub fn is_ticked(self, name: &str, stored: bool) -> bool {
        self.0.map_or(stored, |typed| ticked(typed, name))
    }
}

/// Whether a box was ticked.
pub(super) fn ticked(fields: &Fields, name: &str) -> bool {
    fields.text(name) == YES
}
