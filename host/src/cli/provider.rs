//! `countersign provider`: the components in the daemon's registry. Building them is another program's, and needs no
//! configuration.

mod builder;
mod trial;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use clap::Subcommand;

use super::answer::{Answer, Format, Table, document};
use super::context::{Context, administration};
use super::failure;
use super::shown::shown;
use crate::operate::administration;
use crate::view::{ProviderView, Providers};
use model::ProviderRecord;

/// Largest file that is read, in bytes; what is too large for the sandbox is the sandbox's to say.
const MAX_FILE_BYTES: u64 = 256 << 20;
/// Shows what there is.
const LIST: &str = "countersign provider list";

#[derive(Subcommand)]
pub(super) enum Command {
    /// Build a provider crate into a component
    Build {
        /// Directory of the crate
        dir: PathBuf,
        /// Where to write the component [default: target/providers/NAME.wasm]
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Find a Rust that can build providers
    Toolchain {
        /// Get one where there is none
        #[arg(long)]
        install: bool,
    },
    /// Register a component, in the place of the one with the same id
    Register {
        #[arg(value_name = "FILE.wasm")]
        file: PathBuf,
    },
    /// List registered providers and the kinds they serve
    List,
    /// Compile what comes on standard input, and register nothing
    #[command(name = trial::TRY, hide = true)]
    Try { compile_s: u32, compile_mib: u32 },
}

impl Command {
    /// `format` is for the program that builds, which prints its answer itself.
    pub(super) async fn run(self, context: &Context, format: Format) -> anyhow::Result<Answer> {
        match self {
            Command::Build { dir, out } => Err(builder::build(&dir, out.as_deref(), format).into()),
            Command::Toolchain { install } => Err(builder::toolchain(install, format).into()),
            Command::Register { file } => register(context, &file).await,
            Command::List => list(context).await,
            Command::Try { compile_s, compile_mib } => trial::run(compile_s, compile_mib),
        }
    }
}

async fn register(context: &Context, file: &Path) -> anyhow::Result<Answer> {
    let component = read(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let app = context.open()?;
    trial::expect_to_compile(&component, &app.config.limits).await.with_context(|| file.display().to_string())?;
    let registered = administration::register_provider(&app, &administration(), component).await;
    let record = registered
        .map_err(|error| failure::of_operation(error, LIST, |_| "the component was refused".to_owned()))
        .with_context(|| file.display().to_string())?;
    let text = format!(
        "registered provider {} {}, which serves {}; SHA-256 {}",
        record.description.id,
        record.description.version,
        kinds(&record).join(", "),
        record.sha256,
    );
    Ok(Answer::new(shown(&text), document(&ProviderView::from(record))))
}

/// A plain file only: a device or a pipe could go on for ever.
fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    let metadata = fs::metadata(file)?;
    ensure!(metadata.is_file(), "it is not a file");
    ensure!(metadata.len() <= MAX_FILE_BYTES, "it has {} bytes; at most {MAX_FILE_BYTES} are read", metadata.len());
    Ok(fs::read(file)?)
}

async fn list(context: &Context) -> anyhow::Result<Answer> {
    let providers = administration::providers(&*context.open()?).await?;
    let mut table = Table::new(["ID", "VERSION", "KINDS", "BYTES", "SHA-256", "REGISTERED"]);
    for record in &providers {
        table.row([
            record.description.id.to_string(),
            record.description.version.clone(),
            kinds(record).join(" "),
            record.size_bytes.to_string(),
            record.sha256.clone(),
            record.registered_at.to_string(),
        ]);
    }
    let providers = Providers { providers: providers.into_iter().map(ProviderView::from).collect() };
    Ok(Answer::new(table.to_string(), document(&providers)))
}

fn kinds(record: &ProviderRecord) -> Vec<&str> {
    record.description.kinds.iter().map(|kind| kind.id.as_str()).collect()
}
