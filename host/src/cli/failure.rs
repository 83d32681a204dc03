//! Errors of commands, as one line that says what happened and what to do.

use std::fmt;
use std::process::ExitCode;

use super::shown::shown;
use crate::operate::OperationError;
use model::{FailureReason, FieldError};

/// Exit status for arguments that make no sense, the same as the argument parser's.
const USAGE: u8 = 2;

/// Arguments that the parser takes and the command does not.
#[derive(Debug)]
pub(super) struct Usage(pub(super) String);

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Usage {}

pub(super) fn print(error: &anyhow::Error) -> ExitCode {
    eprintln!("error: {}", one_line(&format!("{error:#}")));
    if error.is::<Usage>() { ExitCode::from(USAGE) } else { ExitCode::FAILURE }
}

/// One line beside the answer of a command that goes on.
pub(super) fn warn(text: &str) {
    eprintln!("warning: {}", one_line(text));
}

fn one_line(text: &str) -> String {
    let mut line = String::new();
    for next in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        // A line that ends in the middle of something goes on in the next.
        line += match line.chars().last() {
            None => "",
            Some('(' | '[' | '{') => "",
            Some(_) if next.starts_with([')', ']', '}']) => "",
            Some(',' | ':' | ';') => " ",
            Some(_) => "; ",
        };
        line += next;
    }
    shown(&line)
}

/// What `operate` refused. `list` is the command that shows what there is; `argument` turns the name of a field into what
/// the caller would have to change.
pub(super) fn of_operation(error: OperationError, list: &str, argument: fn(&str) -> String) -> anyhow::Error {
    match error {
        error @ OperationError::Missing(_) => anyhow::anyhow!("{error}: `{list}` shows those there are"),
        OperationError::Invalid(fields) => {
            let texts: Vec<String> =
                fields.iter().map(|FieldError { field, message }| format!("{}: {message}", argument(field))).collect();
            anyhow::Error::msg(texts.join("; "))
        }
        OperationError::Failed { failure, .. } => match failure.reason {
            FailureReason::CredentialRejected => {
                anyhow::anyhow!("the git server did not accept the credential: {}", failure.message)
            }
            // Where it was something else, its words say what.
            _ => anyhow::Error::msg(failure.message),
        },
        error => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_line_whatever_its_cause_wrote() {
        assert_eq!(
            one_line("no toolchain:\n  rustup: gone\n\n  apt: gone\u{1b}"),
            "no toolchain: rustup: gone; apt: gone\\u{1b}"
        );
        assert_eq!(
            one_line("expected=[\n    0x0,\n    0x61,\n] actual=[]\nat 0"),
            "expected=[0x0, 0x61,] actual=[]; at 0"
        );
    }
}
