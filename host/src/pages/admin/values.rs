//! What the fields of a form hold: what is stored, or, once something was typed, what was typed, whatever is wrong with it. And what
//! they held when they were shown, which tells what was typed from what was left alone.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use crypto::{hex, sha256};
use maud::{Markup, html};

use super::names::{DAYS, LOST, MAPPING_ROWS, PREVIEW, REMOVE, REVISION, SECRET, STORED_DATE, SURE, TRY};
use crate::pages::form::Fields;
use crate::pages::words;

/// What a ticked box sends.
pub(super) const YES: &str = "yes";
/// The field with digests of what the others held when they were shown, by their names, or marks on those that were typed into.
pub(super) const AS_SHOWN: &str = "as-shown";
/// What is in the names of fields that mean something together: the rows of a list, a rule and its date.
const TOGETHER: [&str; 2] = ["mapping", RULE];
/// That of the rule and its date.
pub(super) const RULE: &str = "require_user_pat";
/// The field of the date.
pub(super) const DATE: &str = "require_user_pat_from";
/// In place of a digest, and never one: it was typed, and somebody has stored the same since. It stays typed, whatever is stored then.
const TYPED: &str = "typed";
/// Fields that nobody sees, and so nobody types into.
const UNSEEN: [&str; 2] = [MAPPING_ROWS, STORED_DATE];
/// Buttons, and what a form says of itself.
const NO_TEXTS: [&str; 8] = [AS_SHOWN, REVISION, LOST, TRY, PREVIEW, DAYS, REMOVE, SURE];
/// Bytes of a digest: no two values of one field are taken for each other by chance.
const DIGEST_BYTES: usize = 8;

/// Of one form.
#[derive(Clone, Copy)]
pub(super) enum Values<'a> {
    /// Nothing was typed.
    Stored,
    Typed(&'a Fields),
    /// What is stored, which is noted.
    Noted(&'a Mutex<BTreeMap<String, String>>),
}

impl Values<'_> {
    /// Of a field of text.
    pub fn text(self, name: &str, stored: &str) -> String {
        self.note(name, stored);
        match self {
            Values::Typed(typed) => typed.text(name).to_owned(),
            Values::Stored | Values::Noted(_) => stored.to_owned(),
        }
    }

    /// Of a box to tick, which is not sent where it is not ticked.
    pub fn is_ticked(self, name: &str, stored: bool) -> bool {
        self.note(name, if stored { YES } else { "" });
        match self {
            Values::Typed(typed) => ticked(typed, name),
            Values::Stored | Values::Noted(_) => stored,
        }
    }

    /// Of an unseen field, which nobody types into.
    pub fn note(self, name: &str, stored: &str) {
        if let Values::Noted(noted) = self {
            noted.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), stored.to_owned());
        }
    }
}

/// Whether a box was ticked.
pub(super) fn ticked(fields: &Fields, name: &str) -> bool {
    fields.text(name) == YES
}

/// What was typed into a form of what is there no more, by the names of its fields: nothing secret.
pub(super) fn typed_in(sent: &Fields) -> BTreeMap<String, &str> {
    let shown = read(sent).unwrap_or_default();
    let is_text = |name: &&str| !UNSEEN.contains(name) && !NO_TEXTS.contains(name) && !name.starts_with(SECRET);
    let is_typed = |name: &&str| !is_as_shown(&shown, sent, name);
    let said = |name: &str| match sent.text(name) {
        YES => words::ON,
        "" if shown.get(name) == Some(&digest(YES)) => words::OFF,
        "" => words::EMPTY_VALUE,
        text => text,
    };
    let names = sent.names().chain(shown.keys().map(String::as_str));
    names.filter(is_text).filter(is_typed).map(|name| (name.to_owned(), said(name))).collect()
}

/// What the fields of a form hold while nobody has typed into them.
pub(super) struct AsShown(BTreeMap<String, String>);

impl AsShown {
    /// Of a form, which is written for it once.
    pub fn of(form: impl FnOnce(Values<'_>) -> Markup) -> Self {
        let noted = Mutex::default();
        form(Values::Noted(&noted));
        Self(noted.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    /// Unseen, within a form: digests of what is in it while nobody has typed, and marks on what somebody has. One that is not of
    /// this state goes on as it was sent, of the state that it was made of: nobody was told of another.
    pub fn markup(&self, values: Values<'_>, of_this_state: bool) -> Markup {
        let marks = match values {
            Values::Typed(sent) if !of_this_state => sent.text(AS_SHOWN).to_owned(),
            Values::Typed(sent) => written(&self.marks(sent)),
            Values::Stored | Values::Noted(_) => written(&self.digests()),
        };
        html! { input type="hidden" name=(AS_SHOWN) value=(marks); }
    }

    /// A form of this very state: what it shows is what is stored by it.
    pub fn of_this_state(&self, sent: &Fields) -> Fields {
        let mut noted = sent.clone();
        noted.set(AS_SHOWN.to_owned(), &written(&self.marks(sent)));
        noted
    }

    /// Of a form that was shown of another state: what was typed into it, and in the rest what this state has. What belongs together
    /// is left alone, or typed into, as a whole, but for the fields of the group that is to come `apart`.
    pub fn taken_over(&self, sent: &Fields, apart: Option<&str>) -> Fields {
        let part = |name: &str| if apart == Some(group(name)) { name.to_owned() } else { group(name).to_owned() };
        let mut taken = self.of_this_state(sent);
        let shown = read(sent).unwrap_or_default();
        let typed: BTreeSet<String> = self.typed(sent).into_iter().map(part).collect();
        for name in shown.keys().chain(self.0.keys()).filter(|name| !typed.contains(&part(name))) {
            taken.set(name.clone(), self.stored(name));
        }
        taken
    }

    /// Whether anything was typed since the form was shown.
    pub fn has_typed(&self, sent: &Fields) -> bool {
        !self.typed(sent).is_empty()
    }

    /// Whether something was typed into this field of it.
    pub fn has_typed_into(&self, sent: &Fields, name: &str) -> bool {
        self.typed(sent).contains(name)
    }

    /// What was typed into fields of this beginning that it has not: those of another kind, of which the form was made.
    pub fn typed_elsewhere(&self, sent: &Fields, beginning: &str) -> Vec<String> {
        let shown = read(sent).unwrap_or_default();
        let of_another = sent.names().filter(|name| name.starts_with(beginning) && !self.0.contains_key(*name));
        let typed = of_another.filter(|name| !is_as_shown(&shown, sent, name));
        typed.map(|name| name[beginning.len()..].to_owned()).collect()
    }

    fn stored(&self, name: &str) -> &str {
        self.0.get(name).map(String::as_str).unwrap_or_default()
    }

    /// Of all that is not empty.
    fn digests(&self) -> BTreeMap<String, String> {
        let filled = self.0.iter().filter(|(_, value)| !value.is_empty());
        filled.map(|(name, value)| (name.clone(), digest(value))).collect()
    }

    /// Of this state, which whoever typed is told of by now.
    fn marks(&self, sent: &Fields) -> BTreeMap<String, String> {
        let mut marks = self.digests();
        let is_stored = |name: &&str| digest(sent.text(name)) == digest(self.stored(name));
        let typed = self.typed(sent).into_iter().filter(is_stored);
        marks.extend(typed.map(|name| (name.to_owned(), TYPED.to_owned())));
        marks
    }

    /// The fields that were typed into since the form was shown: they hold something else than was shown then. A form that does not
    /// say what it was shown with was typed as a whole.
    fn typed<'s>(&'s self, sent: &'s Fields) -> BTreeSet<&'s str> {
        let shown = read(sent);
        let is_left = |name: &str| shown.as_ref().is_some_and(|shown| is_as_shown(shown, sent, name));
        self.names(sent).filter(|name| !UNSEEN.contains(name) && !is_left(name)).collect()
    }

    /// Those that were shown are sent, or are boxes that are not ticked; a row may have been typed where there is none any more.
    fn names<'s>(&'s self, sent: &'s Fields) -> impl Iterator<Item = &'s str> {
        self.0.keys().map(String::as_str).chain(sent.names().filter(|name| group(name) != *name))
    }
}

/// Whether a field holds what it was shown with.
fn is_as_shown(shown: &BTreeMap<String, String>, sent: &Fields, name: &str) -> bool {
    *shown.get(name).unwrap_or(&digest("")) == digest(sent.text(name))
}

fn read(sent: &Fields) -> Option<BTreeMap<String, String>> {
    serde_json::from_str(sent.text(AS_SHOWN)).ok()
}

fn written(marks: &BTreeMap<String, String>) -> String {
    serde_json::to_string(marks).expect("texts are JSON")
}

/// What a field belongs to; itself where that is nothing else.
fn group(name: &str) -> &str {
    TOGETHER.into_iter().find(|together| name.contains(together)).unwrap_or(name)
}

/// Browsers write the ends of lines in their own way.
fn digest(value: &str) -> String {
    let value = value.replace("\r\n", "\n");
    hex(&sha256(value.trim().as_bytes())[..DIGEST_BYTES])
}
