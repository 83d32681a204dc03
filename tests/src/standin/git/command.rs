//! Runs `git` without a shell, with an environment of our own: no user or system configuration, fixed people and dates.

use std::io::{self, Write as _};
use std::process::{Command, Stdio};

/// The author and committer of every commit a stand-in makes.
pub(super) const PERSON: &str = "Countersign Stand-in";
pub(super) const EMAIL: &str = "stand-in@example.com";
/// Seconds since 1970 and time zone of every such commit: equal trees make equal ids on every machine.
pub(super) const DATE: &str = "1700000000 +0000";

#[derive(Debug, thiserror::Error)]
pub enum GitError {
    #[error("cannot run git: {0}")]
    Start(#[from] io::Error),
    #[error("git {command} failed ({status}): {stderr}")]
    Failed { command: String, status: std::process::ExitStatus, stderr: String },
    /// Refused before git was asked.
    #[error("neither a full reference name nor an object id")]
    NotAName,
}

/// Runs `git` to its end and returns its standard output as text.
pub(super) fn run(arguments: &[&str], input: Option<&[u8]>) -> Result<String, GitError> {
    Ok(String::from_utf8_lossy(&run_for_bytes(arguments, input)?).into_owned())
}

/// The same, with the output as it came.
pub(super) fn run_for_bytes(arguments: &[&str], input: Option<&[u8]>) -> Result<Vec<u8>, GitError> {
    let stdin = if input.is_some() { Stdio::piped() } else { Stdio::null() };
    let mut child = command(arguments).stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    if let (Some(input), Some(mut stdin)) = (input, child.stdin.take()) {
        // git may refuse before it has read everything; its exit status says so better than a broken pipe.
        let _ = stdin.write_all(input);
    }
    let output = child.wait_with_output()?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    Err(GitError::Failed {
        command: arguments.join(" "),
        status: output.status,
        stderr: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
    })
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new("git");
    command.args(arguments).env_clear();
    command.envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
    command.envs([
        ("LC_ALL", "C"),
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_TERMINAL_PROMPT", "0"),
        ("GIT_AUTHOR_NAME", PERSON),
        ("GIT_AUTHOR_EMAIL", EMAIL),
        ("GIT_AUTHOR_DATE", DATE),
        ("GIT_COMMITTER_NAME", PERSON),
        ("GIT_COMMITTER_EMAIL", EMAIL),
        ("GIT_COMMITTER_DATE", DATE),
    ]);
    command
}
