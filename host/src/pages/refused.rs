//! A credential that was typed just now and that the git server refused: said once, in the words of a page on which another can be
//! typed, and at its field.

use super::kind::{noun, secret};
use super::words;
use crate::operate::OperationError;
use crate::problem::Problem;
use model::{FailureReason, Kind};

/// The problem that `error` is to whoever typed the credential. `then`: what came of it.
pub(super) fn typed(error: OperationError, kind: &Kind, then: &str) -> Problem {
    let said = match &error {
        OperationError::Failed { failure, .. } if failure.reason == FailureReason::CredentialRejected => {
            Some(failure.message.clone())
        }
        _ => None,
    };
    let problem = Problem::from(error);
    let Some(said) = said else { return problem };
    let title = words::not_accepted(&kind.label, noun(kind));
    let problem = problem.in_words(title, words::said_and(&said, then));
    match secret(kind) {
        Some(field) => problem.of_field(&field.name, words::not_accepted_there(&kind.label)),
        None => problem,
    }
}
