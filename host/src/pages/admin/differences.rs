//! What was changed, or would be, in the words of the form that it was changed with. The audit log has the same under the names
//! that the API has for it.

use std::str::FromStr as _;

use maud::{Markup, html};
use serde_json::{Map, Value};

use super::addresses::masked;
use super::audit::who;
use super::entry::MAPPING_COLUMNS;
use super::session::Administering;
use crate::operate::administration::{self, Meanwhile};
use crate::pages::answer::Page;
use crate::pages::layout::moment;
use crate::pages::words;
use model::{IntegrationId, Kind, Letters, Revision};

/// Rows of mappings that are shown one by one.
const MOST_ROWS: usize = 10;
/// Longest value that is shown whole, in characters.
const MOST: usize = 200;
/// Most of it that is the same in two of them, before that in which they differ.
const MOST_ALIKE: usize = 30;
/// A date is a time at its beginning; the second form is how earlier versions wrote it down.
const MIDNIGHT: [&str; 2] = ["T00:00:00.000Z", "T00:00:00Z"];

/// A line for each member that differs. `kind`: whose settings are among them.
pub(super) fn differences(changed: &Map<String, Value>, kind: Option<&Kind>) -> Markup {
    let lines: Vec<_> = changed.iter().flat_map(|(name, value)| lines(name, value, kind)).collect();
    html! {
        @if lines.is_empty() { p { (words::NOTHING_CHANGED) } }
        ul { @for (label, said) in &lines { li { bdi { (label) } ": " (said) } } }
    }
}

/// Two administrators at one record.
pub(super) struct Conflict<'a> {
    pub heading: &'a str,
    /// What others changed since.
    pub meanwhile: &'a Meanwhile,
    /// What is there now beside what was typed, where they differ.
    pub now_and_typed: &'a Map<String, Value>,
    pub kind: Option<&'a Kind>,
    /// Fields that were typed into and are no more: it is of another kind by now.
    pub of_another_kind: &'a [String],
    /// Path of the page that shows what is stored.
    pub here: &'a str,
}

/// What came in between, and what of it would be overwritten.
pub(super) fn conflict(conflict: &Conflict<'_>) -> Markup {
    let Conflict { heading, meanwhile, now_and_typed, kind, of_another_kind, here } = *conflict;
    html! {
        section .told.wrong role="alert" data-collided="" {
            p { strong { (heading) } }
            (changes(meanwhile, kind))
            p { (words::NOW_AND_TYPED) }
            (differences(now_and_typed, kind))
            @if !of_another_kind.is_empty() {
                p { (words::OF_ANOTHER_KIND) " " @for (index, name) in of_another_kind.iter().enumerate() { @if index > 0 { ", " } code { (name) } } "." }
            }
            p { (words::CONFLICT_THEN) }
            p .buttons { a .button.quiet href=(here) { (words::DISCARD_MINE) } }
        }
    }
}

/// What others changed, where nothing collides with it.
pub(super) fn others(meanwhile: &Meanwhile, kind: Option<&Kind>) -> Markup {
    html! { @if !meanwhile.by.is_empty() { section .told { (changes(meanwhile, kind)) } } }
}

/// Who changed what.
fn changes(meanwhile: &Meanwhile, kind: Option<&Kind>) -> Markup {
    html! {
        @if !meanwhile.by.is_empty() {
            p {
                (words::CHANGED_MEANWHILE) " "
                @for (index, (actor, at)) in meanwhile.by.iter().enumerate() {
                    @if index > 0 { ", " }
                    bdi { (who(actor)) } " (" (moment(*at)) ")"
                }
                ":"
            }
            @if meanwhile.is_anew { p { (words::ADDED_ANEW) } }
            @if !meanwhile.changed.is_empty() { (differences(&meanwhile.changed, kind)) }
            @else if !meanwhile.is_anew { p { (words::CHANGED_AND_BACK) } }
        }
    }
}

/// What a member is called, and what became of it; of what has several fields, a line for each that differs.
fn lines(name: &str, value: &Value, kind: Option<&Kind>) -> Vec<(String, Markup)> {
    let label = || words::member(name).to_owned();
    let (before, after) = (value.get("before"), value.get("after"));
    match name {
        // Whom it concerns is told in sentences of their own.
        "set_aside" => Vec::new(),
        "settings" => settings(before, after, kind),
        "mappings" => vec![(label(), html! { (mappings(value)) })],
        "ca_pem_sha256" => vec![(label(), html! { (words::certificates(is_given(before), is_given(after))) })],
        "credential" => vec![(label(), html! { (words::CREDENTIAL_REPLACED) })],
        _ => match (before, after) {
            (Some(before), Some(after)) => vec![(label(), from_to(&said(name, before), &said(name, after)))],
            _ => vec![(label(), html! { bdi { (cut(&said(name, value), 0)) } })],
        },
    }
}

/// Of what is too long to be shown whole, from where the two part.
fn from_to(before: &str, after: &str) -> Markup {
    let alike = before.chars().zip(after.chars()).take_while(|(one, other)| one == other).count();
    let is_long = |text: &str| text.chars().count() > MOST;
    let skipped = if is_long(before) || is_long(after) { alike.saturating_sub(MOST_ALIKE) } else { 0 };
    html! { bdi { (cut(before, skipped)) } " → " bdi { (cut(after, skipped)) } }
}

fn cut(text: &str, skipped: usize) -> String {
    let start = if skipped > 0 { "…" } else { "" };
    let mut shown: String = text.chars().skip(skipped).take(MOST).collect();
    if text.chars().count() > skipped + MOST {
        shown.push('…');
    }
    format!("{start}{shown}")
}

/// The fields of a kind have labels of their own.
fn settings(before: Option<&Value>, after: Option<&Value>, kind: Option<&Kind>) -> Vec<(String, Markup)> {
    let of =
        |values: Option<&Value>, name: &str| values.and_then(|values| values.get(name)).cloned().unwrap_or_default();
    let members = [before, after].into_iter().flatten().filter_map(Value::as_object).flat_map(Map::keys);
    let mut names: Vec<&String> = members.collect();
    names.sort();
    names.dedup();
    let differs = names.into_iter().filter(|name| of(before, name) != of(after, name));
    let line = |name: &String| {
        let field = kind.and_then(|kind| kind.settings.iter().find(|field| field.name == *name));
        let label = field.map_or(name, |field| &field.label).clone();
        (label, from_to(&said(name, &of(before, name)), &said(name, &of(after, name))))
    };
    differs.map(line).collect()
}

/// How many there were and are, and which of them went and came.
fn mappings(value: &Value) -> Markup {
    let count = |name: &str| value[name].as_u64().unwrap_or_default();
    let rows = |name: &str| value[name].as_array().map(Vec::as_slice).unwrap_or_default();
    let is_reordered = value["reordered"] == Value::Bool(true);
    let both = [("gone", words::MAPPING_GONE), ("new", words::MAPPING_NEW)];
    html! {
        (words::mappings_changed(count("before"), count("after"), rows("new").len(), is_reordered))
        @if !rows("gone").is_empty() || !rows("new").is_empty() {
            ul {
                @for (name, what) in both {
                    @for row in rows(name).iter().take(MOST_ROWS) { li { (what) ": " bdi { (mapping(row)) } } }
                    @if rows(name).len() > MOST_ROWS { li { (what) ": " (words::rows_more(rows(name).len() - MOST_ROWS)) } }
                }
            }
        }
    }
}

/// What is filled in of a row, in the order of its columns.
fn mapping(row: &Value) -> String {
    let filled = MAPPING_COLUMNS.iter().map(|column| plain(&row[column.member])).filter(|text| !text.is_empty());
    filled.collect::<Vec<_>>().join(", ")
}

fn is_given(value: Option<&Value>) -> bool {
    value.is_some_and(|value| !value.is_null())
}

/// A value as its field has it.
fn said(name: &str, value: &Value) -> String {
    let text = match (name, value) {
        ("branch_letters", Value::String(text)) => {
            Letters::from_str(text).map_or_else(|_| text.clone(), |letters| words::letters(letters).to_owned())
        }
        ("own_credential", Value::String(text)) => words::own_credential(text).to_owned(),
        ("projects", Value::String(_)) => words::ALL_PROJECTS.to_owned(),
        ("projects", Value::Object(members)) => {
            let some: String = members.values().map(plain).collect();
            if some.is_empty() { words::NO_PROJECT.to_owned() } else { some }
        }
        ("connect_to", Value::Object(pairs)) => {
            pairs.iter().map(|(from, to)| format!("{from} = {}", plain(to))).collect::<Vec<_>>().join(", ")
        }
        (_, value) => plain(value),
    };
    if text.is_empty() { words::EMPTY_VALUE.to_owned() } else { text }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => {
            let day = MIDNIGHT.into_iter().find_map(|midnight| text.strip_suffix(midnight));
            masked(day.unwrap_or(text)).into_owned()
        }
        Value::Null => String::new(),
        Value::Bool(true) => words::ON.to_owned(),
        Value::Bool(false) => words::OFF.to_owned(),
        Value::Array(some) => some.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// What others changed since a form was shown.
pub(super) async fn meanwhile(
    at: &Administering,
    integration: Option<&IntegrationId>,
    seen: Option<Revision>,
) -> Result<Meanwhile, Page> {
    administration::changes_since(&at.app, integration, seen).await.map_err(|error| at.stopped(error))
}
