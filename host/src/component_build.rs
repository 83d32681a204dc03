//! Builds a provider crate into the one `.wasm` file an administrator installs.
//!
//! Providers live in this repository and elsewhere, and both kinds of author come through here: nothing below may
//! assume a workspace, a profile or a path of ours. Nor does a build install anything; [`Toolchain::install`] is for
//! that, so that building a crate never changes the machine.

mod component;
mod crate_info;
mod debian;
mod toolchain;

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::Stdio,
};

pub use self::{
    component::{CONTRACT, ComponentError},
    crate_info::CrateError,
    toolchain::{Toolchain, ToolchainError},
};
use self::{crate_info::CrateInfo, toolchain::TARGET};

/// The profile providers are built with. A workspace may define it; for one that does not, [`PROFILE_SETTINGS`] do.
const PROFILE: &str = "component";

/// Small before fast (a provider waits for a git server most of the time), and `abort` because a panic ends the
/// instance anyway. Same as `[profile.component]` in this repository's `Cargo.toml`.
const PROFILE_SETTINGS: [&str; 6] = [
    "profile.component.inherits=\"release\"",
    "profile.component.opt-level=\"z\"",
    "profile.component.lto=true",
    "profile.component.codegen-units=1",
    "profile.component.panic=\"abort\"",
    "profile.component.strip=true",
];

/// Has the linker write numbers as short as they are: a sixteenth of a component, for nothing.
const LINKER_SETTING: &str = "target.wasm32-unknown-unknown.rustflags=[\"-Clink-arg=--compress-relocations\"]";

/// A provider component on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Built {
    /// The package name without `countersign-provider-`.
    pub name: String,
    pub path: PathBuf,
    pub size_bytes: u64,
    /// SHA-256 of the file in lower-case hex, as `sha256sum` prints it.
    pub sha256: String,
}

/// Why there is no component. Cargo's and rustc's own words have gone to standard error by then.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    #[error(transparent)]
    Toolchain(#[from] ToolchainError),
    #[error(transparent)]
    Crate(#[from] CrateError),
    #[error("cargo could not build `{package}` for {TARGET}: see its messages above")]
    Cargo { package: String },
    #[error("cargo built `{package}` and named no .wasm file: check that `[lib]` has crate-type = [\"cdylib\"]")]
    NoModule { package: String },
    #[error("`{package}` is not a provider component: {source}")]
    Component { package: String, source: ComponentError },
    #[error("{}: {source}", path.display())]
    File { path: PathBuf, source: io::Error },
}

/// Builds the crate in `dir` and writes the component to `out`, by default `providers/<name>.wasm` in the crate's
/// target directory. Runs cargo, so it blocks for as long as that takes; offline it works with what cargo has cached.
pub fn build(dir: &Path, out: Option<&Path>) -> Result<Built, BuildError> {
    // Absolute and without links, because that is how cargo names manifests.
    let dir = &dir.canonicalize().map_err(|source| BuildError::File { path: dir.to_owned(), source })?;
    let info = CrateInfo::read(dir)?;
    let module = compile(dir, &info, &Toolchain::find(dir)?)?;
    let module = fs::read(&module).map_err(|source| BuildError::File { path: module, source })?;
    let component = component::from_module(&module)
        .map_err(|source| BuildError::Component { package: info.package.clone(), source })?;
    let path = out.map_or_else(|| info.default_output(), Path::to_owned);
    write_whole(&path, &component).map_err(|source| BuildError::File { path: path.clone(), source })?;
    Ok(Built {
        name: info.provider_name().to_owned(),
        path,
        size_bytes: component.len() as u64,
        sha256: sha256_hex(&component),
    })
}

/// The core module cargo made.
fn compile(dir: &Path, info: &CrateInfo, toolchain: &Toolchain) -> Result<PathBuf, BuildError> {
    let output = toolchain
        .cargo(dir)
        .args(cargo_arguments(info, toolchain))
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|source| ToolchainError::Run { program: "cargo".to_owned(), source })?;
    if !output.status.success() {
        return Err(BuildError::Cargo { package: info.package.clone() });
    }
    module_path(&String::from_utf8_lossy(&output.stdout), &info.id)
        .ok_or_else(|| BuildError::NoModule { package: info.package.clone() })
}

fn cargo_arguments(info: &CrateInfo, toolchain: &Toolchain) -> Vec<String> {
    let mut arguments: Vec<String> =
        ["build", "--lib", "--target", TARGET, "--profile", PROFILE].map(Into::into).into();
    arguments.extend(["--package".to_owned(), info.id.clone()]);
    // Diagnostics still reach the author on standard error; standard output says where the module is.
    arguments.extend(["--message-format".to_owned(), "json-render-diagnostics".to_owned()]);
    arguments.extend(["--config".to_owned(), LINKER_SETTING.to_owned()]);
    if !info.has_component_profile {
        arguments.extend(PROFILE_SETTINGS.iter().flat_map(|setting| ["--config".to_owned(), (*setting).to_owned()]));
    }
    arguments.extend(toolchain.cargo_arguments(&info.target_directory));
    arguments
}

/// The `.wasm` file in cargo's JSON messages, one per line, that belongs to the package `id`.
fn module_path(messages: &str, id: &str) -> Option<PathBuf> {
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|message| message["reason"] == "compiler-artifact" && message["package_id"] == id)
        .flat_map(|message| message["filenames"].as_array().cloned().unwrap_or_default())
        .filter_map(|file| file.as_str().map(PathBuf::from))
        .find(|file| file.extension().is_some_and(|extension| extension == "wasm"))
}

/// Replaces `path` in one step, so that a daemon installing it meanwhile reads the old component or the new one.
fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(".unfinished");
    fs::write(&unfinished, bytes)?;
    fs::rename(&unfinished, path)
}

fn sha256_hex(bytes: &[u8]) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, bytes);
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(has_component_profile: bool) -> CrateInfo {
        CrateInfo {
            id: "path+file:///src/forge#countersign-provider-forge@0.1.0".to_owned(),
            package: "countersign-provider-forge".to_owned(),
            target_directory: PathBuf::from("/src/forge/target"),
            has_component_profile,
        }
    }

    fn distribution() -> Toolchain {
        Toolchain::Distribution { linker: PathBuf::from("/usr/bin/wasm-ld-22") }
    }

    #[test]
    fn a_workspace_with_the_profile_keeps_its_own_settings() {
        assert_eq!(
            cargo_arguments(&info(true), &Toolchain::Active).join(" "),
            format!(
                "build --lib --target wasm32-unknown-unknown --profile component \
                 --package path+file:///src/forge#countersign-provider-forge@0.1.0 \
                 --message-format json-render-diagnostics --config {LINKER_SETTING}"
            ),
        );
    }

    #[test]
    fn a_workspace_without_the_profile_is_given_every_setting_of_it() {
        let arguments = cargo_arguments(&info(false), &Toolchain::Active);
        for setting in PROFILE_SETTINGS {
            assert!(arguments.windows(2).any(|pair| pair == ["--config", setting]), "{setting} in {arguments:?}");
        }
    }

    #[test]
    fn the_distribution_builds_its_own_std_in_a_target_directory_of_its_own() {
        let arguments = cargo_arguments(&info(true), &distribution()).join(" ");
        assert!(arguments.ends_with("-Zbuild-std=std,panic_abort --target-dir /src/forge/target/distribution"));
    }

    #[test]
    fn our_own_profile_is_the_one_given_to_others() {
        let manifest = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml")).unwrap();
        let ours: toml::Table = manifest.parse().unwrap();
        let given: toml::Table = PROFILE_SETTINGS.join("\n").parse().unwrap();
        assert_eq!(ours["profile"]["component"], given["profile"]["component"]);
    }

    #[test]
    fn the_module_is_that_of_the_package_and_not_of_a_dependency() {
        let messages = r#"{"reason":"compiler-artifact","package_id":"dep","filenames":["/t/dep.wasm"]}
not json
{"reason":"compiler-artifact","package_id":"forge","filenames":["/t/libforge.rlib","/t/forge.wasm"]}
{"reason":"build-finished","success":true}"#;
        assert_eq!(module_path(messages, "forge"), Some(PathBuf::from("/t/forge.wasm")));
        assert_eq!(module_path(messages, "other"), None);
    }

    #[test]
    fn the_digest_is_the_one_sha256sum_prints() {
        assert_eq!(sha256_hex(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
