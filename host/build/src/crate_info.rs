//! What cargo says about the crate to build. Reads only; `cargo metadata --no-deps` needs no network and no lock file.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde::Deserialize;

/// The profile providers are built with. A workspace may define it.
pub(crate) const PROFILE: &str = "component";

/// Left off a package name to give the provider's name, so that crates can be told apart in a registry of crates.
const PACKAGE_PREFIX: &str = "countersign-provider-";

#[derive(Debug)]
pub(crate) struct CrateInfo {
    /// Cargo's package id, unambiguous where a name may not be.
    pub id: String,
    pub package: String,
    pub target_directory: PathBuf,
    pub has_component_profile: bool,
}

/// Why a directory is not a crate we can build.
#[derive(Debug, thiserror::Error)]
pub enum CrateError {
    /// There is no crate in the directory.
    #[error("{} has no Cargo.toml: name the directory of a provider crate", dir.display())]
    NoManifest {
        /// The directory that was named.
        dir: PathBuf,
    },
    /// Cargo does not start.
    #[error("could not run cargo (Rust comes from https://rustup.rs)")]
    NoCargo {
        /// The system's own words.
        source: io::Error,
    },
    /// Cargo does not accept the manifest.
    #[error("cargo could not read the crate in {}: {message}", dir.display())]
    Unreadable {
        /// Directory of the crate.
        dir: PathBuf,
        /// What cargo said, on several lines.
        message: String,
    },
    /// Cargo answered in a form that is not the one we know.
    #[error("cargo's metadata of the crate in {} cannot be read", dir.display())]
    Metadata {
        /// Directory of the crate.
        dir: PathBuf,
        /// Where its JSON differs.
        source: serde_json::Error,
    },
    /// The manifest is of a workspace and nothing else.
    #[error("{} has no [package]: name the directory of a provider crate, not of a workspace", manifest.display())]
    NoPackage {
        /// Path of the manifest.
        manifest: PathBuf,
    },
    /// The crate is a library for Rust only.
    #[error("`{package}` is not built as a component: add crate-type = [\"cdylib\"] to [lib] in {}", manifest.display())]
    NotCdylib {
        /// Name of the crate.
        package: String,
        /// Path of its manifest.
        manifest: PathBuf,
    },
    /// The manifest of the workspace, where its profiles stand, cannot be read.
    #[error("{}", manifest.display())]
    WorkspaceManifest {
        /// Path of the manifest.
        manifest: PathBuf,
        /// The system's own words.
        source: io::Error,
    },
    /// The manifest of the workspace is not TOML.
    #[error("{}", manifest.display())]
    WorkspaceToml {
        /// Path of the manifest.
        manifest: PathBuf,
        /// Where it stops being TOML.
        source: toml::de::Error,
    },
}

impl CrateInfo {
    /// `dir` is absolute.
    pub fn read(dir: &Path) -> Result<Self, CrateError> {
        let manifest = dir.join("Cargo.toml");
        if !manifest.is_file() {
            return Err(CrateError::NoManifest { dir: dir.to_owned() });
        }
        let metadata = cargo_metadata(dir)?;
        let package = metadata
            .packages
            .into_iter()
            .find(|package| package.manifest_path == manifest)
            .ok_or_else(|| CrateError::NoPackage { manifest: manifest.clone() })?;
        if !package.is_cdylib() {
            return Err(CrateError::NotCdylib { package: package.name, manifest });
        }
        Ok(Self {
            id: package.id,
            package: package.name,
            target_directory: metadata.target_directory,
            has_component_profile: has_component_profile(&metadata.workspace_root.join("Cargo.toml"))?,
        })
    }

    /// The name of the package, without the prefix that ours have.
    pub fn provider_name(&self) -> &str {
        match self.package.strip_prefix(PACKAGE_PREFIX) {
            Some(name) if !name.is_empty() => name,
            _ => &self.package,
        }
    }

    /// Where the component goes unless somebody says: `providers/` in cargo's target directory.
    pub fn default_output(&self) -> PathBuf {
        self.target_directory.join("providers").join(format!("{}.wasm", self.provider_name()))
    }
}

fn cargo_metadata(dir: &Path) -> Result<Metadata, CrateError> {
    let output = Command::new("cargo")
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(dir)
        .stdin(Stdio::null())
        .output()
        .map_err(|source| CrateError::NoCargo { source })?;
    if !output.status.success() {
        let message = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(CrateError::Unreadable { dir: dir.to_owned(), message });
    }
    serde_json::from_slice(&output.stdout).map_err(|source| CrateError::Metadata { dir: dir.to_owned(), source })
}

/// Profiles count only in the manifest of the workspace, and cargo's metadata does not tell of them.
fn has_component_profile(manifest: &Path) -> Result<bool, CrateError> {
    let path = || manifest.to_owned();
    let text =
        fs::read_to_string(manifest).map_err(|source| CrateError::WorkspaceManifest { manifest: path(), source })?;
    let table: toml::Table = text.parse().map_err(|source| CrateError::WorkspaceToml { manifest: path(), source })?;
    Ok(table.get("profile").and_then(|profiles| profiles.get(PROFILE)).is_some())
}

/// The part of `cargo metadata` (format version 1) that is read here.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    target_directory: PathBuf,
    workspace_root: PathBuf,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    manifest_path: PathBuf,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    crate_types: Vec<String>,
}

impl Package {
    fn is_cdylib(&self) -> bool {
        self.targets.iter().any(|target| target.crate_types.iter().any(|kind| kind == "cdylib"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crate_dir(manifest: &str) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("src")).unwrap();
        fs::write(dir.path().join("src/lib.rs"), "").unwrap();
        fs::write(dir.path().join("Cargo.toml"), manifest).unwrap();
        dir
    }

    fn read(manifest: &str) -> Result<CrateInfo, CrateError> {
        let dir = crate_dir(manifest);
        CrateInfo::read(&dir.path().canonicalize().unwrap())
    }

    const FORGE: &str = "[package]\nname = \"countersign-provider-forge\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\
                         [workspace]\n";

    #[test]
    fn a_provider_is_named_after_its_package_without_the_prefix() {
        let named = |package: &str| {
            let info = CrateInfo {
                id: String::new(),
                package: package.to_owned(),
                target_directory: PathBuf::from("/t"),
                has_component_profile: false,
            };
            info.default_output()
        };
        assert_eq!(named("countersign-provider-forge"), PathBuf::from("/t/providers/forge.wasm"));
        assert_eq!(named("my-forge"), PathBuf::from("/t/providers/my-forge.wasm"));
        assert_eq!(named("countersign-provider-"), PathBuf::from("/t/providers/countersign-provider-.wasm"));
    }

    #[test]
    fn a_crate_outside_any_workspace_of_ours_is_read() {
        let info = read(&format!("{FORGE}[lib]\ncrate-type = [\"cdylib\"]\n")).unwrap();
        assert_eq!(info.provider_name(), "forge");
        assert!(!info.has_component_profile);
    }

    #[test]
    fn a_component_profile_of_the_workspace_is_seen() {
        let manifest =
            format!("{FORGE}[lib]\ncrate-type = [\"cdylib\"]\n[profile.component]\ninherits = \"release\"\n");
        assert!(read(&manifest).unwrap().has_component_profile);
    }

    #[test]
    fn what_is_no_provider_crate_is_refused_with_what_to_change() {
        assert!(read(FORGE).unwrap_err().to_string().contains("add crate-type = [\"cdylib\"]"));
        assert!(matches!(read("[workspace]\n").unwrap_err(), CrateError::NoPackage { .. }));
        assert!(matches!(read("not toml").unwrap_err(), CrateError::Unreadable { .. }));
        let empty = tempfile::tempdir().unwrap();
        assert!(matches!(CrateInfo::read(empty.path()).unwrap_err(), CrateError::NoManifest { .. }));
    }
}
