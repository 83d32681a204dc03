//! What administrators' pages call the fields of their forms, where a problem of one is told apart from it.

use maud::Markup;

use super::names::SETTING;
use crate::pages::layout::alert_below_its_title;
use crate::pages::{told, words};
use crate::problem::Problem;
use model::Kind;

/// Above a form of an integration: why it was not stored.
pub(super) fn above(problem: &Problem, kind: &Kind) -> Markup {
    told::above_with(problem, |name| {
        let of_kind = kind.settings.iter().chain(&kind.credential).find(|field| field.name == name);
        of_kind.map(|field| field.label.clone()).or_else(|| usual(name))
    })
}

/// Above any other page of theirs.
pub(super) fn above_all(problem: &Problem) -> Markup {
    told::above_with(problem, usual)
}

/// On a page that is called what the problem is.
pub(super) fn alone(problem: &Problem) -> Markup {
    problem.log();
    alert_below_its_title(problem, usual)
}

/// A field by itself.
pub(super) fn of_field(name: &str) -> String {
    usual(name).unwrap_or_else(|| name.trim_start_matches(SETTING).to_owned())
}

fn usual(name: &str) -> Option<String> {
    words::place_of_mapping(name).or_else(|| words::member_label(name).map(str::to_owned))
}
