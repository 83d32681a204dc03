//! What the fields of a form hold: what is stored, or, once something was typed, what was typed, whatever is wrong with it. And what
//! they held when they were shown, which tells what was typed from what was left alone.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use crypto::{hex, sha256};
use maud::{Markup, html};

use crate::pages::form::Fields;

/// What a ticked box sends.
pub(super) const YES: &str = "yes";
/// The field with digests of what the others held when they were shown, by their names, or marks on those that were typed into.
pub(super) const AS_SHOWN: &str = "as-shown";
/// What is in the names of fields that mean something together: the rows of a list, a rule and its date.
const TOGETHER: [&str; 2] = ["mapping", "require_user_pat"];
/// In place of a digest, and never one: it was typed into, and stays so whatever is stored. Where what is stored differs, its digest
/// follows: of who takes back what he typed, nothing is left.
const TYPED: &str = "typed:";
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

/// What the fields of a form hold while nobody has typed into them.
pub(super) struct AsShown(BTreeMap<String, String>);

impl AsShown {
    /// Of a form, which is written for it once.
    pub fn of(form: impl FnOnce(Values<'_>) -> Markup) -> Self {
        let noted = Mutex::default();
        form(Values::Noted(&noted));
        Self(noted.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    /// Unseen, within the form: digests of what is in it while nobody has typed, and marks on what somebody has.
    pub fn markup(&self, values: Values<'_>) -> Markup {
        let marks = match values {
            Values::Typed(sent) => self.marks(sent),
            Values::Stored | Values::Noted(_) => self.digests(),
        };
        html! { input type="hidden" name=(AS_SHOWN) value=(written(&marks)); }
    }

    /// Of a form that was shown of another state: what was left as it was shown holds what this state has. What belongs together is
    /// left alone, or typed into, as a whole.
    pub fn take_over(self, sent: &mut Fields) {
        let (marks, shown) = (self.marks(sent), read(sent).unwrap_or_default());
        let left: Vec<String> = {
            let typed = self.typed(sent);
            let groups: BTreeSet<&str> = typed.iter().map(|name| group(name)).collect();
            shown.keys().chain(self.0.keys()).filter(|name| !groups.contains(group(name))).cloned().collect()
        };
        for name in left {
            let stored = self.stored(&name).to_owned();
            sent.set(name, &stored);
        }
        sent.set(AS_SHOWN.to_owned(), &written(&marks));
    }

    fn stored(&self, name: &str) -> &str {
        self.0.get(name).map(String::as_str).unwrap_or_default()
    }

    /// Of all that is not empty.
    fn digests(&self) -> BTreeMap<String, String> {
        let filled = self.0.iter().filter(|(_, value)| !value.is_empty());
        filled.map(|(name, value)| (name.clone(), digest(value))).collect()
    }

    /// Digests of this state, and marks on what was typed since the form was shown.
    fn marks(&self, sent: &Fields) -> BTreeMap<String, String> {
        let mut marks = self.digests();
        for name in self.typed(sent) {
            let stored = digest(self.stored(name));
            let differs = Some(stored).filter(|stored| *stored != digest(sent.text(name)));
            marks.insert(name.to_owned(), format!("{TYPED}{}", differs.unwrap_or_default()));
        }
        marks
    }

    /// The fields that were typed into since the form was shown. A form that does not say what it was shown with was typed as a whole.
    fn typed<'s>(&'s self, sent: &'s Fields) -> BTreeSet<&'s str> {
        let (shown, empty) = (read(sent), digest(""));
        let is_left = |name: &str| {
            let Some(shown) = &shown else { return false };
            let mark = shown.get(name).unwrap_or(&empty);
            *mark.strip_prefix(TYPED).unwrap_or(mark) == digest(sent.text(name))
        };
        // Those that were shown are sent, or boxes that are not ticked; a row may have been typed where there is none any more.
        let rows = sent.names().filter(|name| group(name) != *name);
        self.0.keys().map(String::as_str).chain(rows).filter(|name| !is_left(name)).collect()
    }
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
