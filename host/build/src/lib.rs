//! Builds a provider crate into the one `.wasm` file an administrator installs.
//!
//! An author's tool, and a program of its own: it runs cargo and, when asked to, installs compilers, none of which has a
//! place in a daemon that holds other people's credentials. [`build`] makes the component and [`Toolchain`] says which
//! Rust does it; [`cli`] is the program `countersign-build` around them.
//!
//! Providers live in this repository and elsewhere, and both kinds of author come through here: nothing below may
//! assume a workspace, a profile or a path of ours. Nor does a build install anything; [`Toolchain::install`] is for
//! that, so that building a crate never changes the machine.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod cli;
mod compile;
mod component;
mod crate_info;
mod debian;
mod error_line;
mod progress;
mod toolchain;

use crypto::{hex, sha256};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

use self::compile::Of;
use self::crate_info::CrateInfo;
pub use self::{
    compile::CompileError,
    component::{CONTRACT, ComponentError},
    crate_info::CrateError,
    debian::DebianError,
    progress::RunError,
    toolchain::{RustupError, TARGET, Toolchain, ToolchainError},
};

/// A provider component on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Built {
    /// The package name without `countersign-provider-`.
    pub name: String,
    /// Where the component is: as it was given, or else in the crate's target directory, absolute.
    pub path: PathBuf,
    /// Of the component, in bytes.
    pub size_bytes: u64,
    /// SHA-256 of the file in lower-case hex, as `sha256sum` prints it.
    pub sha256: String,
}

/// Why there is no component.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// No Rust here can build providers.
    #[error(transparent)]
    Toolchain(#[from] ToolchainError),
    /// The directory is not that of a provider crate.
    #[error(transparent)]
    Crate(#[from] CrateError),
    /// Cargo made no module of the crate.
    #[error(transparent)]
    Compile(#[from] CompileError),
    /// Cargo's module does not make a component that a daemon would install.
    #[error("`{package}` is not a provider component")]
    Component {
        /// Name of the crate.
        package: String,
        /// What is wrong with the module.
        source: ComponentError,
    },
    /// Something could not be read or written.
    #[error("{}", path.display())]
    File {
        /// Directory of the crate, module or component.
        path: PathBuf,
        /// The system's own words.
        source: io::Error,
    },
}

/// Builds the crate in `dir` and writes the component to `out`, by default `providers/<name>.wasm` in the crate's
/// target directory. Runs cargo, so it blocks for as long as that takes; offline it works with what cargo has cached.
///
/// # Errors
/// Says what to change, in the crate or on the machine. What cargo and rustc had to say has gone to standard error.
pub fn build(dir: &Path, out: Option<&Path>) -> Result<Built, BuildError> {
    let prepared = Prepared::of(dir)?;
    let module = prepared.modules(Of::Library)?.swap_remove(0);
    let path = out.map_or_else(|| prepared.info.default_output(), Path::to_owned);
    prepared.component(prepared.info.provider_name().to_owned(), &module, path)
}

/// Builds every example of the crate in `dir` that is a `cdylib` and writes each to `out`, as `<name>.wasm`: for components that are
/// too small for crates of their own, as tests need many. See [`build`].
///
/// # Errors
/// As those of [`build`].
pub fn build_examples(dir: &Path, out: &Path) -> Result<Vec<Built>, BuildError> {
    let prepared = Prepared::of(dir)?;
    let modules = prepared.modules(Of::Examples)?;
    let component = |module: PathBuf| {
        let name = module.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let path = out.join(format!("{name}.wasm"));
        prepared.component(name, &module, path)
    };
    modules.into_iter().map(component).collect()
}

/// A crate that can be built.
struct Prepared {
    /// Absolute and without links, because that is how cargo names manifests.
    dir: PathBuf,
    info: CrateInfo,
}

impl Prepared {
    fn of(dir: &Path) -> Result<Self, BuildError> {
        let dir = dir.canonicalize().map_err(|source| BuildError::File { path: dir.to_owned(), source })?;
        Ok(Self { info: CrateInfo::read(&dir)?, dir })
    }

    fn modules(&self, of: Of) -> Result<Vec<PathBuf>, BuildError> {
        Ok(compile::modules(&self.dir, &self.info, of, &Toolchain::find(&self.dir)?)?)
    }

    fn component(&self, name: String, module: &Path, path: PathBuf) -> Result<Built, BuildError> {
        let module = fs::read(module).map_err(|source| BuildError::File { path: module.to_owned(), source })?;
        let component = component::from_module(&module)
            .map_err(|source| BuildError::Component { package: self.info.package.clone(), source })?;
        write_whole(&path, &component).map_err(|source| BuildError::File { path: path.clone(), source })?;
        Ok(Built { name, path, size_bytes: component.len() as u64, sha256: hex(&sha256(&component)) })
    }
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
