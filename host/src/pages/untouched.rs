//! Fields that were filled in for their user and that she left as they were: they are suggested anew, where another repository
//! has other words.

use std::collections::BTreeMap;

use crypto::{Parts, hex};
use maud::{Markup, html};

use super::form::Fields;

/// In front of the name of a field that was filled in for its user: a digest of what with.
const SUGGESTED: &str = "suggested-";

/// Unseen beside the fields that were filled in, but for those of which something is kept: with what.
pub(super) fn suggested(kept: &BTreeMap<String, String>, filled_in: &[(&str, &String)]) -> Markup {
    let untouched = |(name, text): &&(&str, &String)| !kept.contains_key(*name) && !text.is_empty();
    html! {
        @for (name, text) in filled_in.iter().filter(untouched) {
            input type="hidden" name={ (SUGGESTED) (name) } value=(digest(text));
        }
    }
}

/// What was typed into these fields, without what stands as it was filled in.
pub(super) fn typed(fields: &Fields, names: &[&str]) -> BTreeMap<String, String> {
    let is_typed = |name: &String, text: &mut String| *fields.text(&format!("{SUGGESTED}{name}")) != digest(text);
    let mut typed = fields.kept(names);
    typed.retain(is_typed);
    typed
}

/// Of a text as any browser sends it back.
fn digest(text: &str) -> String {
    hex(&Parts::of(["suggested", text.replace("\r\n", "\n").trim()]).sha256()[..8])
}
