//! The `countersign` program as an administrator has it: installed, with one configuration file and an empty data directory.

use std::fs::File;
use std::io::Write as _;
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;
use tokio::time::timeout;

/// How long one command may take. Registering a provider compiles it, which takes seconds on a busy machine.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(60);

/// The program, its configuration and a throw-away directory for everything it keeps. Dropping it removes the directory.
#[derive(Debug)]
pub(super) struct Countersign {
    program: PathBuf,
    directory: TempDir,
}

impl Countersign {
    /// Finds the program and makes its directory.
    pub(super) fn install() -> anyhow::Result<Countersign> {
        let directory = tempfile::Builder::new().prefix("countersign-demo-").tempdir();
        Ok(Countersign { program: program()?, directory: directory.context("no directory to keep things in")? })
    }

    pub(super) fn program(&self) -> &Path {
        &self.program
    }

    /// A file beside the data, which ends with it.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(super) fn config_path(&self) -> PathBuf {
        self.path("countersign.toml")
    }

    /// Writes a file only its owner may read; replaces one of the same name.
    pub(super) fn write(&self, name: &str, content: &str) -> anyhow::Result<PathBuf> {
        let path = self.path(name);
        let write = || {
            let mut file = File::options().write(true).create(true).truncate(true).mode(0o600).open(&path)?;
            file.write_all(content.as_bytes())
        };
        write().with_context(|| format!("cannot write {}", path.display()))?;
        Ok(path)
    }

    /// Writes the configuration every command and the daemon read.
    pub(super) fn configure(&self, listen: SocketAddr) -> anyhow::Result<()> {
        let settings = [
            ("listen", listen.to_string()),
            ("public_url", format!("http://{listen}")),
            ("data_dir", self.path("data").display().to_string()),
        ];
        // A string of JSON is one of TOML.
        let lines: String = settings.map(|(name, value)| format!("{name} = {}\n", json!(value))).concat();
        self.write("countersign.toml", &lines).map(drop)
    }

    /// A command with this configuration and no other: neither the environment nor the machine adds to it.
    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        for (name, _) in std::env::vars_os() {
            if name.as_encoded_bytes().starts_with(b"COUNTERSIGN_") || name == "CREDENTIALS_DIRECTORY" {
                command.env_remove(name);
            }
        }
        command.args(arguments).arg("--config").arg(self.config_path());
        command.stdin(Stdio::null()).kill_on_drop(true);
        command
    }

    /// Runs a command to its end and returns its answer.
    pub(super) async fn run(&self, arguments: &[&str]) -> anyhow::Result<Value> {
        let shown = format!("countersign {}", arguments.join(" "));
        let mut command = self.command(arguments);
        command.args(["--output", "json"]);
        let output = timeout(COMMAND_TIMEOUT, command.output()).await;
        let output = output.with_context(|| format!("`{shown}` took longer than {COMMAND_TIMEOUT:?}"))?;
        let output = output.with_context(|| format!("`{shown}` cannot be started"))?;
        if !output.status.success() {
            let said = [output.stdout, output.stderr].concat();
            bail!("`{shown}` failed ({}): {}", output.status, String::from_utf8_lossy(&said).trim());
        }
        serde_json::from_slice(&output.stdout).with_context(|| format!("`{shown}` answered no JSON"))
    }
}

/// Beside the demo's own program, where one build puts both.
fn program() -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe().context("cannot tell where this program is")?;
    let program = own.with_file_name("countersign");
    if !program.is_file() {
        bail!("there is no {}: `make setup` builds it", program.display());
    }
    Ok(program)
}
