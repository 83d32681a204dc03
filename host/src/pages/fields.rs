//! Fields of forms: a label, the control, the help under it and what is wrong with it, tied together for every reader.

use maud::{Markup, html};

use super::words;
use crate::problem::Problem;

/// Before the text of a `textarea`: readers of HTML skip one line's end there, which else is the text's own.
pub(super) const AS_TYPED: &str = "\n";

/// A label, the control, the help under it and what is wrong with it.
pub(super) fn labelled(
    id: &str,
    label: &str,
    is_required: bool,
    help: &str,
    name: &str,
    problem: Option<&Problem>,
    control: Markup,
) -> Markup {
    html! {
        div .field {
            label for=(id) { bdi { (label) } @if !is_required { span .optional { " " (words::OPTIONAL) } } }
            (control)
            @if !help.is_empty() { p .help id={ (id) "-help" } { bdi { (help) } } }
            (errors(id, name, problem))
        }
    }
}

/// What is wrong with a control, under it.
pub(super) fn errors(id: &str, name: &str, problem: Option<&Problem>) -> Markup {
    html! {
        @if let Some(problem) = problem {
            @for (index, message) in problem.at_field(name).enumerate() {
                p .error id=[(index == 0).then(|| format!("{id}-error"))] { bdi { (message) } }
            }
        }
    }
}

/// A field of one line.
pub(super) fn line(
    name: &str,
    label: &str,
    value: &str,
    help: &str,
    is_required: bool,
    problem: Option<&Problem>,
) -> Markup {
    one_line(name, label, value, help, is_required, None, problem)
}

/// The same, to be filled in, with a list on the page to choose from; anything can be typed. The script asks for the part of
/// the list's name while it is.
pub(super) fn line_with_list(
    name: &str,
    label: &str,
    value: &str,
    help: &str,
    list: &str,
    problem: Option<&Problem>,
) -> Markup {
    one_line(name, label, value, help, true, Some(list), problem)
}

/// A date that may be left out. `first`: the first one that can be chosen.
pub(super) fn day(
    name: &str,
    label: &str,
    value: &str,
    help: &str,
    first: Option<&str>,
    problem: Option<&Problem>,
) -> Markup {
    time(name, label, value, help, "date", first, problem)
}

/// The same to the minute.
pub(super) fn minute(
    name: &str,
    label: &str,
    value: &str,
    help: &str,
    first: Option<&str>,
    problem: Option<&Problem>,
) -> Markup {
    time(name, label, value, help, "datetime-local", first, problem)
}

fn time(
    name: &str,
    label: &str,
    value: &str,
    help: &str,
    input_type: &str,
    first: Option<&str>,
    problem: Option<&Problem>,
) -> Markup {
    let id = format!("field-{name}");
    let (described_by, is_wrong) = described_by(&id, name, !help.is_empty(), problem);
    let control = html! {
        input id=(id) name=(name) type=(input_type) value=(value) min=[first] aria-describedby=[described_by]
            aria-invalid=[is_wrong.then_some("true")];
    };
    labelled(&id, label, false, help, name, problem, control)
}

fn one_line(
    name: &str,
    label: &str,
    value: &str,
    help: &str,
    is_required: bool,
    list: Option<&str>,
    problem: Option<&Problem>,
) -> Markup {
    let id = format!("field-{name}");
    let (described_by, is_wrong) = described_by(&id, name, !help.is_empty(), problem);
    let control = html! {
        input id=(id) name=(name) type="text" value=(value) list=[list] required[is_required] autocomplete="off"
            autocapitalize="none" spellcheck="false" aria-describedby=[described_by]
            aria-invalid=[is_wrong.then_some("true")] data-branches=[list];
    };
    labelled(&id, label, is_required, help, name, problem, control)
}

/// The ids of the texts that explain a control, and whether what was in it was refused.
pub(super) fn described_by(id: &str, name: &str, has_help: bool, problem: Option<&Problem>) -> (Option<String>, bool) {
    let is_wrong = problem.is_some_and(|problem| problem.at_field(name).next().is_some());
    let help = has_help.then(|| format!("{id}-help"));
    let error = is_wrong.then(|| format!("{id}-error"));
    let ids: Vec<String> = error.into_iter().chain(help).collect();
    (Some(ids.join(" ")).filter(|ids| !ids.is_empty()), is_wrong)
}
