//! The command line: `countersign-build COMMAND`. Reads arguments, calls the library, prints one answer.
//!
//! What is printed is an interface, and the same as that of `countersign`, which hands its commands `provider build` and
//! `provider toolchain` to this program: an answer goes to standard output, as a text or as one JSON document; an error is
//! one line on standard error. The exit status is 0, 1 for what did not work, or 2 for arguments that make no sense.

use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use serde_json::{Value, json};

use crate::error_line::error_line;
use crate::{BuildError, Toolchain, ToolchainError};

/// Builds Countersign's providers: from a crate to the component that a daemon runs.
#[derive(Parser)]
#[command(name = "countersign-build", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", global = true)]
    output: Format,
}

#[derive(Subcommand)]
enum Command {
    /// Build a provider crate into a component
    Build {
        /// Directory of the crate
        dir: PathBuf,
        /// Where to write the component [default: providers/NAME.wasm in the crate's target directory]
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Find a Rust that can build providers
    Toolchain {
        /// Get one where there is none
        #[arg(long)]
        install: bool,
    },
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Format {
    /// Text, for people
    #[default]
    Table,
    /// One JSON document, for programs
    Json,
}

/// The same in words and as a document.
struct Answer {
    text: String,
    json: Value,
}

/// Does what the process was started for.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let answer = match cli.command {
        Command::Build { dir, out } => build(&dir, out.as_deref()).map_err(|error| error_line(&error)),
        Command::Toolchain { install } => toolchain(install).map_err(|error| error_line(&error)),
    };
    match answer.and_then(|answer| print(answer, cli.output)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn build(dir: &Path, out: Option<&Path>) -> Result<Answer, BuildError> {
    let built = crate::build(dir, out)?;
    let path = built.path.display().to_string();
    let text = format!("built {}: {path}, {} bytes, SHA-256 {}", built.name, built.size_bytes, built.sha256);
    let json = json!({ "name": built.name, "path": path, "size_bytes": built.size_bytes, "sha256": built.sha256 });
    Ok(Answer { text, json })
}

fn toolchain(install: bool) -> Result<Answer, ToolchainError> {
    let here = Path::new(".");
    let found = if install { Toolchain::install(here) } else { Toolchain::find(here) }?.to_string();
    Ok(Answer { text: format!("providers are built with {found}"), json: json!({ "toolchain": found }) })
}

fn print(answer: Answer, format: Format) -> Result<(), String> {
    let text = match format {
        Format::Table => answer.text,
        Format::Json => format!("{:#}", answer.json),
    };
    match writeln!(io::stdout(), "{text}") {
        // Whoever reads has seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        printed => printed.map_err(|error| format!("the answer cannot be printed: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
