//! What administrators' pages call the fields of their forms, where a problem of one is told apart from it.

use maud::Markup;

use super::entry::NETWORK;
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

fn usual(name: &str) -> Option<String> {
    words::member_label(name).map(str::to_owned)
}

/// As the forms name their fields: the API has some of them within others.
pub(super) fn as_in_forms(problem: Problem) -> Problem {
    problem.with_fields(|name| name.strip_prefix(NETWORK).unwrap_or(name).to_owned())
}
