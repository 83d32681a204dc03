//! What surrounds every command: the configuration, where its settings come from, and the way to the data directory.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::ArgMatches;
use clap::parser::ValueSource;
use crypto::{SystemRandom, random_id};

use super::logging;
use crate::clock::SystemClock;
use crate::config::{Config, LogFormat, LogLevel, Settings};
use crate::operate::administration::Administration;
use crate::operate::{App, SharedApp};
use model::Actor;

/// Read where it exists and no other file is named.
const DEFAULT_FILE: &str = "/etc/countersign.toml";

/// Names of the settings, which are those of their flags with `_` for `-`.
pub(super) const SETTINGS: [&str; 9] = [
    "listen",
    "public_url",
    "data_dir",
    "master_key_file",
    "log",
    "log_level",
    "proxy",
    "proxy_credentials_file",
    "clock_leeway",
];

/// What the command line calls a setting, with `-` for `_` in its flag: commands have a `proxy` of their own.
fn argument(name: &str) -> &str {
    if name == "proxy" { "daemon_proxy" } else { name }
}

pub(super) struct Context {
    /// From flags and environment.
    given: Settings,
    file: Option<PathBuf>,
    sources: [Option<ValueSource>; SETTINGS.len()],
}

impl Context {
    pub(super) fn new(given: Settings, file: Option<PathBuf>, matches: &ArgMatches) -> Self {
        let default = || Some(PathBuf::from(DEFAULT_FILE)).filter(|path| path.exists());
        Self { given, file: file.or_else(default), sources: SETTINGS.map(|name| matches.value_source(argument(name))) }
    }

    /// Flags before environment before file before defaults.
    pub(super) fn config(&self) -> anyhow::Result<Config> {
        let file = self.of_file()?.unwrap_or_default();
        let config = self.given.clone().or(file).resolve()?;
        let credentials_directory = std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from);
        Ok(Config { credentials_directory, ..config })
    }

    fn of_file(&self) -> anyhow::Result<Option<Settings>> {
        Ok(self.file.as_deref().map(Settings::from_file).transpose()?)
    }

    /// Where a setting's value comes from, in words.
    pub(super) fn source(&self, name: &str, is_in_file: bool) -> String {
        let index = SETTINGS.iter().position(|setting| *setting == name);
        match index.and_then(|index| self.sources[index]) {
            Some(ValueSource::CommandLine) => format!("flag --{}", argument(name).replace('_', "-")),
            Some(ValueSource::EnvVariable) => format!("environment COUNTERSIGN_{}", name.to_uppercase()),
            _ if is_in_file => format!("file {}", self.file.as_deref().unwrap_or(Path::new("-")).display()),
            _ => "default".to_owned(),
        }
    }

    /// The file's settings by name, as far as it has them.
    pub(super) fn names_in_file(&self) -> anyhow::Result<Vec<&'static str>> {
        let Some(settings) = self.of_file()? else { return Ok(Vec::new()) };
        let Settings {
            listen,
            public_url,
            data_dir,
            master_key_file,
            log,
            log_level,
            proxy,
            proxy_credentials_file,
            clock_leeway,
        } = settings;
        let has = [
            listen.is_some(),
            public_url.is_some(),
            data_dir.is_some(),
            master_key_file.is_some(),
            log.is_some(),
            log_level.is_some(),
            proxy.is_some(),
            proxy_credentials_file.is_some(),
            clock_leeway.is_some(),
        ];
        Ok(SETTINGS.into_iter().zip(has).filter(|(_, has)| *has).map(|(name, _)| name).collect())
    }

    /// The data directory, for a command: what the library logs on the way would only stand between the lines.
    pub(super) fn open(&self) -> anyhow::Result<SharedApp> {
        let config = self.config()?;
        logging::start(LogFormat::Text, LogLevel::Error);
        Ok(App::open(config, Arc::new(SystemClock))?)
    }
}

/// Somebody with a shell on the machine, at one command.
pub(super) fn administration() -> Administration {
    Administration { actor: Actor::CommandLine, request_id: random_id(&SystemRandom) }
}
