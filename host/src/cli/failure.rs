//! Errors of commands, as one line that says what happened and what to do.

use std::fmt;
use std::process::ExitCode;

use super::shown::shown;
use crate::operate::OperationError;
use model::FieldError;

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

fn one_line(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    shown(&lines.collect::<Vec<_>>().join("; "))
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
        OperationError::Failed { failure, .. } => {
            let message = format!("the git server did not accept it: {}", failure.message);
            anyhow::Error::msg(message)
        }
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
            "no toolchain:; rustup: gone; apt: gone\\u{1b}"
        );
    }
}
