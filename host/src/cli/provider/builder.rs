//! Hands the commands for authors of providers over to `countersign-build`. That program runs compilers and installs them; in
//! this one, which opens people's credentials, there is nothing that could.

use std::ffi::OsString;
use std::io::{self, ErrorKind};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cli::answer::Format;

const PROGRAM: &str = "countersign-build";

/// Why the program did not take over.
#[derive(Debug, thiserror::Error)]
pub(super) enum BuilderError {
    #[error(
        "{PROGRAM} is neither beside this program nor on PATH: \
         make it with `cargo build --bin {PROGRAM}` in a clone of Countersign, on any machine, and run it there; \
         `countersign provider register FILE.wasm` takes what it builds"
    )]
    Missing,
    #[error("{} cannot be run", program.display())]
    Run { program: PathBuf, source: io::Error },
}

/// Becomes `countersign-build build`. Returns only where it cannot: the answer and the exit status are that program's.
pub(super) fn build(dir: &Path, out: Option<&Path>, format: Format) -> BuilderError {
    become_program(&build_arguments(dir, out), format)
}

/// Becomes `countersign-build toolchain`, as [`build`].
pub(super) fn toolchain(install: bool, format: Format) -> BuilderError {
    let install = if install { &["--install".into()][..] } else { &[] };
    become_program(&[&["toolchain".into()], install].concat(), format)
}

/// In a form where directory and file may be called anything, `-x` too.
fn build_arguments(dir: &Path, out: Option<&Path>) -> Vec<OsString> {
    let mut arguments = vec!["build".into()];
    if let Some(out) = out {
        let mut flag = OsString::from("--out=");
        flag.push(out);
        arguments.push(flag);
    }
    arguments.extend(["--".into(), dir.into()]);
    arguments
}

fn become_program(arguments: &[OsString], format: Format) -> BuilderError {
    let beside = beside_this_program();
    let program = beside.as_deref().unwrap_or(Path::new(PROGRAM));
    let source = Command::new(program).args(["--output", format.name()]).args(arguments).exec();
    if beside.is_none() && source.kind() == ErrorKind::NotFound {
        return BuilderError::Missing;
    }
    BuilderError::Run { program: program.to_owned(), source }
}

/// Where cargo and whoever installs them put both; nothing where it is not there.
fn beside_this_program() -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?.with_file_name(PROGRAM);
    program.is_file().then_some(program)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_and_a_file_may_be_called_like_flags() {
        assert_eq!(build_arguments(Path::new("-d"), None), ["build", "--", "-d"]);
        assert_eq!(build_arguments(Path::new("d"), Some(Path::new("-o"))), ["build", "--out=-o", "--", "d"]);
    }
}
