use std::ffi::OsStr;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A machine with a data directory of its own, and nothing in the environment.
pub struct Machine {
    directory: TempDir,
}

/// What a command left behind.
#[derive(Debug)]
pub struct Ran {
    pub status: i32,
    pub out: String,
    pub err: String,
}

impl Machine {
    pub fn new() -> Self {
        Self { directory: tempfile::tempdir().unwrap() }
    }

    /// The same where key and database are made.
    pub fn set_up() -> Self {
        let machine = Self::new();
        machine.text("init");
        machine
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub fn data_dir(&self) -> PathBuf {
        self.path("data")
    }

    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// The same where nobody else can read it.
    pub fn write_secret(&self, name: &str, text: &str) -> PathBuf {
        let path = self.write(name, text);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        path
    }

    /// The program, not yet started.
    pub fn command<I: AsRef<OsStr>>(&self, arguments: &[I]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
        command
            .args(arguments)
            .env_clear()
            .env("COUNTERSIGN_DATA_DIR", self.data_dir())
            .current_dir(self.directory.path());
        command
    }

    pub fn run<I: AsRef<OsStr>>(&self, arguments: &[I]) -> Ran {
        Ran::of(self.command(arguments).stdin(Stdio::null()).output().unwrap())
    }

    /// With `input` on standard input.
    pub fn run_with_input(&self, arguments: &[&str], input: &str) -> Ran {
        let mut command = self.command(arguments);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        Ran::of(child.wait_with_output().unwrap())
    }

    /// The text of a command that works.
    pub fn text(&self, line: &str) -> String {
        let ran = self.run(&words(line));
        assert_eq!((ran.status, ran.err.as_str()), (0, ""), "{line}: {ran:?}");
        ran.out.trim_end().to_owned()
    }

    /// The document of a command that works.
    pub fn json(&self, line: &str) -> Value {
        serde_json::from_str(&self.text(&format!("{line} --output json"))).unwrap()
    }

    /// The one line of a command that does not work, without its newline, and its exit status.
    pub fn error(&self, line: &str) -> (i32, String) {
        self.run(&words(line)).error()
    }

    /// Overwrites the text wherever it stands in the database: the last command has emptied the write-ahead log into it.
    pub fn edit_database(&self, from: &[u8], to: &[u8]) {
        let path = self.data_dir().join("countersign.db");
        let mut bytes = std::fs::read(&path).unwrap();
        let places: Vec<usize> = (0..bytes.len() - from.len()).filter(|at| bytes[*at..].starts_with(from)).collect();
        assert!(!places.is_empty(), "the text stands in the file");
        for at in places {
            bytes[at..at + to.len()].copy_from_slice(to);
        }
        std::fs::write(path, bytes).unwrap();
    }

    pub fn register_github(&self) {
        self.text(&format!("provider register {}", github_component().display()));
    }
}

impl Ran {
    pub fn of(output: Output) -> Self {
        Self {
            status: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    pub fn error(self) -> (i32, String) {
        assert!(self.out.is_empty() && self.err.ends_with('\n'), "{self:?}");
        (self.status, self.err.trim_end().to_owned())
    }
}

pub fn words(line: &str) -> Vec<&str> {
    line.split_whitespace().collect()
}

/// The built provider that the tests use as an example.
pub fn github_component() -> PathBuf {
    let host = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    let path = host.join("../target/providers/github.wasm");
    assert!(path.exists(), "{} is not there: run `make setup`", path.display());
    path
}

pub fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o7777
}
