//! A credential that was typed just now and could not be checked: said once, in the words of the page on which it was typed, and at
//! the field where it can be mended.

use super::kind::{noun, secret};
use super::words;
use crate::operate::OperationError;
use crate::problem::Problem;
use model::{Failure, FailureReason, Kind, Unreached};

/// The problem that `error` is to whoever typed the credential. `then`: what came of it.
pub(super) fn typed(error: OperationError, kind: &Kind, then: &str) -> Problem {
    let failure = match &error {
        OperationError::Failed { failure, .. } => Some(failure.clone()),
        _ => None,
    };
    let problem = Problem::from(error);
    match failure {
        Some(Failure { reason: FailureReason::CredentialRejected, message, .. }) => {
            not_accepted(problem, kind, words::said_and(&message, then))
        }
        Some(Failure { unreached: Some(unreached), .. }) => not_reached(problem, kind, unreached, then),
        _ => problem,
    }
}

fn not_accepted(problem: Problem, kind: &Kind, detail: String) -> Problem {
    let problem = problem.in_words(words::not_accepted(&kind.label, noun(kind)), detail);
    match secret(kind) {
        Some(field) => problem.of_field(&field.name, words::not_accepted_there(&kind.label)),
        None => problem,
    }
}

/// Not an outage: somebody has to do something.
fn not_reached(problem: Problem, kind: &Kind, unreached: Unreached, then: &str) -> Problem {
    let detail = format!("{} {then}", problem.detail());
    let problem = problem.under(words::not_reached(&kind.label)).saying(detail);
    match unreached {
        Unreached::Untrusted => problem.of_field("ca_pem", words::UNTRUSTED_THERE),
        Unreached::Misfit | Unreached::Unsure | Unreached::Silent => problem,
    }
}
