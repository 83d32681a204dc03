//! Which Rust can build for [`TARGET`], and how to get one: the only place that decides it. Finding changes nothing;
//! installing asks rustup first and then the distribution, and says on standard error what it does.

use std::{
    env, fmt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::debian::{self, DebianError};
use crate::error_line::error_line;
use crate::progress::{self, RunError, say};

/// What providers are compiled for. No WASI at all: a provider has only what the contract gives it.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// A Rust that can build providers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Toolchain {
    /// The one that `cargo` means in the crate's directory, with the target installed.
    Active,
    /// Debian's own, which has the sources of `std` but no compiled one for the target: it is built along.
    Distribution {
        /// Path of the linker, `wasm-ld-<version>`.
        linker: PathBuf,
    },
}

/// Why no toolchain can build providers here.
#[derive(Debug, thiserror::Error)]
pub enum ToolchainError {
    /// There is none, and none was to be installed.
    #[error(
        "no Rust here can build for {TARGET}: run `countersign-build toolchain --install`, \
         or `rustup target add {TARGET}`"
    )]
    Missing,
    /// There is none, and neither way to one led anywhere.
    // Two causes: `source` could give one of them only, so the text has both with theirs.
    #[error(
        "no Rust here can build for {TARGET}, and getting one failed: rustup: {}; distribution: {}",
        error_line(rustup),
        error_line(distribution)
    )]
    NotInstalled {
        /// Why not with rustup.
        rustup: RustupError,
        /// Why not from the distribution's packages.
        distribution: DebianError,
    },
}

/// Why rustup did not add the target.
#[derive(Debug, thiserror::Error)]
pub enum RustupError {
    /// It was not there, or failed.
    #[error(transparent)]
    Run(#[from] RunError),
    /// It worked, but the Rust in use is not rustup's, or another of its toolchains.
    #[error("it added {TARGET}, but to a toolchain other than that of `rustc` here")]
    OtherToolchain,
}

impl Toolchain {
    /// The toolchain that builds a crate in `dir` (whose `rust-toolchain.toml` counts), with nothing installed for it.
    ///
    /// # Errors
    /// [`ToolchainError::Missing`], where there is none.
    pub fn find(dir: &Path) -> Result<Self, ToolchainError> {
        if active_has_target(dir) {
            return Ok(Self::Active);
        }
        debian::installed_linker().map(|linker| Self::Distribution { linker }).ok_or(ToolchainError::Missing)
    }

    /// As [`Self::find`]; where there is none, adds the target with rustup, or else installs Debian's packages, which
    /// takes the rights of root.
    ///
    /// # Errors
    /// [`ToolchainError::NotInstalled`], with why neither could be done.
    pub fn install(dir: &Path) -> Result<Self, ToolchainError> {
        if let Ok(found) = Self::find(dir) {
            return Ok(found);
        }
        let rustup = match add_target(dir) {
            Ok(()) if active_has_target(dir) => return Ok(Self::Active),
            Ok(()) => RustupError::OtherToolchain,
            Err(error) => error.into(),
        };
        match debian::install() {
            Ok(linker) => Ok(Self::Distribution { linker }),
            Err(distribution) => Err(ToolchainError::NotInstalled { rustup, distribution }),
        }
    }

    pub(crate) fn cargo(&self, dir: &Path) -> Command {
        let mut command = match self {
            Self::Active => Command::new("cargo"),
            Self::Distribution { linker } => {
                let mut command = Command::new(debian::CARGO);
                command.env("RUSTC", debian::RUSTC);
                // A stable compiler builds `std` only when told that it may use what is unstable.
                command.env("RUSTC_BOOTSTRAP", "1");
                command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
                command
            }
        };
        command.current_dir(dir);
        command
    }

    /// `target_directory` is the crate's. The distribution's artefacts are kept out of it, so that two compilers of
    /// different versions do not rebuild each other's.
    pub(crate) fn cargo_arguments(&self, target_directory: &Path) -> Vec<String> {
        match self {
            Self::Active => Vec::new(),
            Self::Distribution { .. } => vec![
                "-Zbuild-std=std,panic_abort".to_owned(),
                "--target-dir".to_owned(),
                target_directory.join("distribution").display().to_string(),
            ],
        }
    }
}

impl fmt::Display for Toolchain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Active => write!(f, "the active toolchain, with {TARGET} installed"),
            Self::Distribution { linker } => {
                write!(f, "the distribution's ({}), with std built from source and {}", debian::RUSTC, linker.display())
            }
        }
    }
}

/// Asks the compiler cargo would use for its libraries; a target rustup lists can belong to another toolchain.
fn active_has_target(dir: &Path) -> bool {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).args(["--print", "sysroot"]).current_dir(dir).stdin(Stdio::null()).output();
    let Ok(output) = output else { return false };
    let sysroot = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim_end());
    output.status.success() && sysroot.join("lib/rustlib").join(TARGET).join("lib").is_dir()
}

fn add_target(dir: &Path) -> Result<(), RunError> {
    say(&format!("adding {TARGET} with rustup"));
    let mut rustup = Command::new("rustup");
    rustup.args(["target", "add", TARGET]).current_dir(dir);
    progress::run(&mut rustup)
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn where_neither_way_leads_to_a_toolchain_both_reasons_are_told() {
        let rustup = RunError::Start(io::Error::other("gone")).into();
        let error = ToolchainError::NotInstalled { rustup, distribution: DebianError::NoApt };
        assert_eq!(
            error_line(&error),
            "no Rust here can build for wasm32-unknown-unknown, and getting one failed: \
             rustup: it cannot be run: gone; distribution: not a Debian system (no apt-get)"
        );
    }
}
