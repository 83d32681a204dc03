//! Above a dialog that is shown again: why nothing was created.

use maud::{Markup, html};

use super::credential::Whose;
use super::{told, words};
use crate::problem::Problem;

/// Whether the line under the repository says the same, with the way that mends it.
pub(super) fn is_told(problem: &Problem, whose: &Whose<'_>) -> bool {
    match whose {
        Whose::Missing { .. } => problem.is_mended_by_a_pat(),
        Whose::Nobodys(denial) => problem.code() == denial.code(),
        Whose::Users { .. } | Whose::Integrations { .. } => false,
    }
}

/// Above the form that is shown again. What stood in the way may be gone by now, or stand below with what mends it.
pub(super) fn not_created(problem: &Problem, whose: &Whose<'_>) -> Markup {
    let is_mended = whose.act_as().is_some() && problem.is_mended_by_a_pat();
    let (heading, text) = match is_told(problem, whose) {
        _ if is_mended => (words::WHOSE_CHANGED, words::CREATE_AGAIN),
        true => (words::NOT_CREATED, words::KEPT_MEANWHILE),
        false => return told::above(problem),
    };
    problem.log();
    html! {
        div .told.wrong role="alert" id="problem" { p { strong { (heading) } } p { (text) } }
    }
}
