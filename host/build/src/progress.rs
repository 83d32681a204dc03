//! What an author sees while something is got: all of it on standard error, because standard output belongs to the
//! answer.

use std::{
    io,
    process::{Command, ExitStatus, Stdio},
};

/// Why a program run in the author's sight did not do its work. Why it failed, it has said itself.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// It is not there, or is no program.
    #[error("it cannot be run")]
    Start(#[source] io::Error),
    /// It ran and failed.
    #[error("it ended with {0}")]
    Failed(ExitStatus),
}

/// Says what is done next.
pub(crate) fn say(what: &str) {
    eprintln!("countersign-build: {what}");
}

/// Runs a program whose words all go to standard error.
pub(crate) fn run(command: &mut Command) -> Result<(), RunError> {
    let status = command.stdin(Stdio::null()).stdout(io::stderr()).stderr(Stdio::inherit()).status();
    let status = status.map_err(RunError::Start)?;
    if status.success() { Ok(()) } else { Err(RunError::Failed(status)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error_line::error_line;

    #[test]
    fn a_program_that_is_missing_or_fails_is_told_apart() {
        run(&mut Command::new("true")).unwrap();
        let missing = run(&mut Command::new("/nonexistent/program")).unwrap_err();
        assert_eq!(error_line(&missing), "it cannot be run: No such file or directory (os error 2)");
        let failed = run(&mut Command::new("false")).unwrap_err();
        assert_eq!(error_line(&failed), "it ended with exit status: 1");
    }
}
