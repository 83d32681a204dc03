//! The rules this repository keeps about itself, each as data with a check of a few lines beside it.
//!
//! `tests/tidy.rs` applies them to the whole tree. Rules read text and tokens, never types: they are fast, and a rule
//! that needs the compiler belongs into `[workspace.lints]` or `clippy.toml`.

pub mod circles;
pub mod dependencies;
mod paths;
pub mod shape;
pub mod spdx;
mod tokens;
pub mod words;

use std::{
    fmt, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// One text file of the repository.
#[derive(Debug)]
pub struct Source {
    /// From the root of the repository, with `/`.
    pub path: String,
    pub text: String,
}

/// A rule broken at a place. Reads `path:line: what is wrong, and what to do`.
#[derive(Debug, PartialEq, Eq)]
pub struct Violation {
    pub path: String,
    /// Counted from 1.
    pub line: usize,
    pub message: String,
}

impl Source {
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self { path: path.into(), text: text.into() }
    }

    pub fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    fn violation(&self, line: usize, message: impl Into<String>) -> Violation {
        Violation { path: self.path.clone(), line, message: message.into() }
    }

    /// The first line that contains `text`, or the first of the file.
    fn line_of(&self, text: &str) -> usize {
        self.text.lines().position(|line| line.contains(text)).map_or(1, |index| index + 1)
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.message)
    }
}

pub fn workspace_root() -> PathBuf {
    let tests = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    tests.parent().expect("the tests crate is a directory of the workspace").to_owned()
}

/// Every text file that is committed or would be with `git add --all`, so that a rule speaks before the commit.
///
/// # Panics
/// Where git cannot list them: rules that see no file would all hold.
pub fn sources(root: &Path) -> Vec<Source> {
    let mut git = Command::new("git");
    git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"]).current_dir(root);
    let output = git.output().expect("git lists the files of the repository");
    assert!(output.status.success(), "git ls-files: {}", String::from_utf8_lossy(&output.stderr));
    let paths = String::from_utf8(output.stdout).expect("paths in the repository are UTF-8");
    let sources: Vec<_> = paths.split_terminator('\0').filter_map(|path| read(root, path)).collect();
    assert!(sources.iter().any(|source| source.path == "Cargo.toml"), "no Cargo.toml in {}", root.display());
    sources
}

/// Nothing for what is no text, and for what is deleted but still in git's index.
fn read(root: &Path, path: &str) -> Option<Source> {
    fs::read_to_string(root.join(path)).ok().map(|text| Source::new(path, text))
}

/// # Panics
/// With every violation on a line of its own, where there is one.
pub fn expect_none(violations: &[Violation]) {
    let lines: Vec<_> = violations.iter().map(ToString::to_string).collect();
    assert!(lines.is_empty(), "{} broken:\n{}\n", lines.len(), lines.join("\n"));
}
