//! From a crate to the core module that cargo makes of it. Chooses cargo's arguments and reads its messages; what the
//! module is worth, `component.rs` judges.

use std::{
    io,
    path::{Path, PathBuf},
    process::Stdio,
};

use crate::crate_info::{CrateInfo, PROFILE};
use crate::toolchain::{TARGET, Toolchain};

/// What [`PROFILE`] is where a workspace does not define it. Small before fast (a provider waits for a git server most of the time), and `abort` because a panic ends the
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

/// Why cargo made no module.
#[derive(Debug, thiserror::Error)]
pub enum CompileError {
    /// The toolchain's cargo does not start.
    #[error("could not run {program}")]
    Run {
        /// Name or path of cargo.
        program: String,
        /// The system's own words.
        source: io::Error,
    },
    /// Cargo started and failed.
    #[error("cargo could not build `{package}` for {TARGET}: see its messages above")]
    Cargo {
        /// Name of the crate.
        package: String,
    },
    /// Cargo built something else than a module.
    #[error("cargo built `{package}` and named no .wasm file: check that `[lib]` has crate-type = [\"cdylib\"]")]
    NoModule {
        /// Name of the crate.
        package: String,
    },
}

/// What of a crate becomes components.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Of {
    Library,
    /// Each of them one.
    Examples,
}

impl Of {
    fn argument(self) -> &'static str {
        match self {
            Self::Library => "--lib",
            Self::Examples => "--examples",
        }
    }

    /// What cargo calls it in its messages.
    fn crate_type(self) -> &'static str {
        match self {
            Self::Library => "cdylib",
            Self::Examples => "example",
        }
    }
}

/// The paths of the core modules cargo made, one at least. Cargo's messages for the author go to standard error.
pub(crate) fn modules(
    dir: &Path,
    info: &CrateInfo,
    of: Of,
    toolchain: &Toolchain,
) -> Result<Vec<PathBuf>, CompileError> {
    let mut cargo = toolchain.cargo(dir);
    cargo.args(cargo_arguments(info, of, toolchain)).stdin(Stdio::null()).stderr(Stdio::inherit());
    let output = cargo.output().map_err(|source| {
        let program = cargo.get_program().display().to_string();
        CompileError::Run { program, source }
    })?;
    if !output.status.success() {
        return Err(CompileError::Cargo { package: info.package.clone() });
    }
    match module_paths(&String::from_utf8_lossy(&output.stdout), &info.id, of) {
        none if none.is_empty() => Err(CompileError::NoModule { package: info.package.clone() }),
        paths => Ok(paths),
    }
}

fn cargo_arguments(info: &CrateInfo, of: Of, toolchain: &Toolchain) -> Vec<String> {
    let mut arguments: Vec<String> =
        ["build", of.argument(), "--target", TARGET, "--profile", PROFILE].map(Into::into).into();
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

/// The `.wasm` files in cargo's JSON messages, one per line, that belong to the package `id`.
fn module_paths(messages: &str, id: &str, of: Of) -> Vec<PathBuf> {
    let is_one = |message: &serde_json::Value| {
        let kinds = message["target"]["kind"].as_array();
        kinds.is_some_and(|kinds| kinds.iter().any(|kind| kind == of.crate_type()))
    };
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|message| message["reason"] == "compiler-artifact" && message["package_id"] == id && is_one(message))
        .flat_map(|message| message["filenames"].as_array().cloned().unwrap_or_default())
        .filter_map(|file| file.as_str().map(PathBuf::from))
        .filter(|file| file.extension().is_some_and(|extension| extension == "wasm"))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

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
            cargo_arguments(&info(true), Of::Library, &Toolchain::Active).join(" "),
            format!(
                "build --lib --target wasm32-unknown-unknown --profile component \
                 --package path+file:///src/forge#countersign-provider-forge@0.1.0 \
                 --message-format json-render-diagnostics --config {LINKER_SETTING}"
            ),
        );
    }

    #[test]
    fn a_workspace_without_the_profile_is_given_every_setting_of_it() {
        let arguments = cargo_arguments(&info(false), Of::Library, &Toolchain::Active);
        for setting in PROFILE_SETTINGS {
            assert!(arguments.windows(2).any(|pair| pair == ["--config", setting]), "{setting} in {arguments:?}");
        }
    }

    #[test]
    fn the_distribution_builds_its_own_std_in_a_target_directory_of_its_own() {
        let arguments = cargo_arguments(&info(true), Of::Library, &distribution()).join(" ");
        assert!(arguments.ends_with("-Zbuild-std=std,panic_abort --target-dir /src/forge/target/distribution"));
    }

    #[test]
    fn our_own_profile_is_the_one_given_to_others() {
        let manifest = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.toml")).unwrap();
        let ours: toml::Table = manifest.parse().unwrap();
        let given: toml::Table = PROFILE_SETTINGS.join("\n").parse().unwrap();
        assert_eq!(ours["profile"]["component"], given["profile"]["component"]);
    }

    #[test]
    fn the_module_is_that_of_the_package_and_not_of_a_dependency() {
        let messages = r#"{"reason":"compiler-artifact","package_id":"dep","target":{"kind":["cdylib"]},"filenames":["/t/dep.wasm"]}
not json
{"reason":"compiler-artifact","package_id":"forge","target":{"kind":["cdylib","rlib"]},"filenames":["/t/libforge.rlib","/t/forge.wasm"]}
{"reason":"compiler-artifact","package_id":"forge","target":{"kind":["example"]},"filenames":["/t/examples/a.wasm"]}
{"reason":"compiler-artifact","package_id":"forge","target":{"kind":["example"]},"filenames":["/t/examples/b.wasm"]}
{"reason":"build-finished","success":true}"#;
        let found =
            |id, of| module_paths(messages, id, of).iter().map(|path| path.display().to_string()).collect::<Vec<_>>();
        assert_eq!(found("forge", Of::Library), ["/t/forge.wasm"]);
        assert_eq!(found("forge", Of::Examples), ["/t/examples/a.wasm", "/t/examples/b.wasm"]);
        assert_eq!(found("other", Of::Library), Vec::<String>::new());
    }
}
