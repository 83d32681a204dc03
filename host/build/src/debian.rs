//! Debian's own Rust, for machines that cannot reach rustup's servers. Debian compiles no `std` for our target, but
//! ships its sources and a linker. Which versions there are differs between releases, so they are looked up, not named.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::error_line::error_line;
use crate::progress::{self, RunError, say};

pub(crate) const CARGO: &str = "/usr/bin/cargo";
pub(crate) const RUSTC: &str = "/usr/bin/rustc";

/// The series Debian keeps current for its web browser; plain `rustc` is as old as the release.
const PACKAGES: [&str; 3] = ["rustc-web", "cargo-web", "rust-web-src"];

const PROGRAMS: &str = "/usr/bin";

/// Why the distribution's toolchain could not be had.
#[derive(Debug, thiserror::Error)]
pub enum DebianError {
    /// The system is another one.
    #[error("not a Debian system (no apt-get)")]
    NoApt,
    /// Somebody with more rights has to install the packages named, separated by spaces.
    #[error("only root can install it. Run: sudo apt-get install {0}")]
    NotRoot(String),
    /// The release is too old, or its lists of packages are not there.
    #[error("this release has no package {0}: use rustup, or a release that has it")]
    NoPackage(String),
    /// The installation failed.
    #[error("apt-get")]
    Apt(#[source] RunError),
    /// The installation said that it worked and left something out.
    #[error("apt-get succeeded, yet {PROGRAMS} has no wasm-ld-<version>, or {PACKAGES:?} are not all installed")]
    Incomplete,
}

/// The WebAssembly linker, where that and the compiler with its sources are all installed.
pub(crate) fn installed_linker() -> Option<PathBuf> {
    let mut query = Command::new("dpkg-query");
    query.args(["--show", "--showformat", "${Package} ${db:Status-Status}\n"]).args(PACKAGES);
    if !all_installed(&words_of(&mut query)?) {
        return None;
    }
    let programs: Vec<_> =
        fs::read_dir(PROGRAMS).ok()?.flatten().filter_map(|e| e.file_name().into_string().ok()).collect();
    newest(programs.iter().map(String::as_str), "wasm-ld-").map(|linker| Path::new(PROGRAMS).join(linker))
}

/// Installs the compiler, cargo, the sources and the newest linker; gives the linker's path.
pub(crate) fn install() -> Result<PathBuf, DebianError> {
    if words_of(Command::new("apt-get").arg("--version")).is_none() {
        return Err(DebianError::NoApt);
    }
    if !is_root() {
        return Err(DebianError::NotRoot(available_packages()?.join(" ")));
    }
    say("updating the lists of Debian's packages");
    // Old lists name versions the servers no longer have, so they are always renewed. Where that fails the ones at
    // hand may still do; whether they did, the installation tells.
    if let Err(error) = progress::run(apt_get().arg("update")) {
        say(&format!("apt-get update failed ({}); going on with the lists at hand", error_line(&error)));
    }
    let packages = available_packages()?;
    say(&format!("installing {} with apt-get", packages.join(", ")));
    progress::run(apt_get().args(["install", "--yes", "--no-install-recommends"]).args(&packages))
        .map_err(DebianError::Apt)?;
    installed_linker().ok_or(DebianError::Incomplete)
}

fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}

/// What to install, or the first package this release does not have.
fn available_packages() -> Result<Vec<String>, DebianError> {
    let known = words_of(Command::new("apt-cache").arg("pkgnames")).unwrap_or_default();
    choose_packages(&known)
}

/// `known` is what `apt-cache pkgnames` prints: every package name, one to a line.
fn choose_packages(known: &str) -> Result<Vec<String>, DebianError> {
    if let Some(missing) = PACKAGES.iter().find(|package| !known.lines().any(|name| name == **package)) {
        return Err(DebianError::NoPackage((*missing).to_owned()));
    }
    let linker = newest(known.lines(), "lld-").ok_or_else(|| DebianError::NoPackage("lld-<version>".to_owned()))?;
    Ok(PACKAGES.iter().copied().chain([linker]).map(str::to_owned).collect())
}

/// `statuses` is one `<package> <status>` to a line; dpkg leaves out packages it never heard of.
fn all_installed(statuses: &str) -> bool {
    PACKAGES.iter().all(|package| statuses.lines().any(|line| line == format!("{package} installed")))
}

/// The name of the form `<prefix><number>` with the greatest number.
fn newest<'a>(names: impl Iterator<Item = &'a str>, prefix: &str) -> Option<&'a str> {
    let version = |name: &str| name.strip_prefix(prefix)?.parse::<u32>().ok();
    names.filter_map(|name| Some((version(name)?, name))).max().map(|(_, name)| name)
}

/// Standard output, also of a program that ended with an error (`dpkg-query` does for one unknown package among known
/// ones); nothing where it cannot be run.
fn words_of(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn is_root() -> bool {
    words_of(Command::new("id").arg("-u")).is_some_and(|id| id.trim() == "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_linker_is_chosen_by_number_and_not_by_letter() {
        let known = "lld-9\nlld-19\nlld\nlld-19-dev\nliblld-22\nrustc-web\nlld-22\ncargo-web\nrust-web-src\nlld-13\n";
        assert_eq!(choose_packages(known).unwrap(), ["rustc-web", "cargo-web", "rust-web-src", "lld-22"]);
    }

    #[test]
    fn a_release_without_a_package_is_told_which() {
        let missing = |known: &str| choose_packages(known).unwrap_err().to_string();
        assert!(missing("").contains("no package rustc-web"));
        assert!(missing("rustc-web\ncargo-web\nlld-22").contains("no package rust-web-src"));
        assert!(missing("rustc-web\ncargo-web\nrust-web-src\nlld").contains("no package lld-<version>"));
    }

    #[test]
    fn a_removed_package_whose_settings_remain_is_not_installed() {
        assert!(all_installed("rustc-web installed\ncargo-web installed\nrust-web-src installed\n"));
        assert!(!all_installed("rustc-web installed\ncargo-web config-files\nrust-web-src installed\n"));
        assert!(!all_installed("rustc-web installed\ncargo-web installed\n"));
    }
}
