//! What surrounds every command: the configuration, where its settings come from, and the way to the data directory.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::ArgMatches;
use clap::parser::ValueSource;
use crypto::{SystemRandom, random_id};

use super::environment::Environment;
use super::failure::Usage;
use super::logging;
use crate::clock::SystemClock;
use crate::config::{Config, LogFormat, LogLevel, SETTINGS, Settings};
use crate::operate::administration::Administration;
use crate::operate::{App, SharedApp};
use model::Actor;

/// Read where it exists and no other file is named.
const DEFAULT_FILE: &str = "/etc/countersign.toml";

pub(super) struct Context {
    /// From flags and environment.
    given: Settings,
    file: Option<PathBuf>,
    /// Settings that a flag says.
    flags: Vec<&'static str>,
    environment: Environment,
}

impl Context {
    pub(super) fn new(flags: Settings, file: Option<PathBuf>, matches: &ArgMatches) -> Result<Self, Usage> {
        let environment = Environment::of_this_process();
        let is_flag = |name: &str| matches.value_source(name) == Some(ValueSource::CommandLine);
        let given = flags.or(environment.settings(is_flag)?);
        let default = || Some(PathBuf::from(DEFAULT_FILE)).filter(|path| path.exists());
        let file = file.or_else(|| environment.config_file()).or_else(default);
        Ok(Self { given, file, flags: SETTINGS.into_iter().filter(|name| is_flag(name)).collect(), environment })
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
        if self.flags.contains(&name) {
            return format!("flag --{}", name.replace('_', "-"));
        }
        match self.environment.variable_of(name) {
            Some(variable) => format!("environment {variable}"),
            None if is_in_file => format!("file {}", self.file.as_deref().unwrap_or(Path::new("-")).display()),
            None => "default".to_owned(),
        }
    }

    /// What is said of variables that look like ours and mean nothing, if there are some.
    pub(super) fn unknown_variables(&self) -> Option<String> {
        let unknown = self.environment.unknown();
        let what =
            "no setting is called so, and nothing reads it: `countersign help configuration` has those there are";
        (!unknown.is_empty()).then(|| format!("{} in the environment: {what}", unknown.join(", ")))
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
            daemon_proxy,
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
            daemon_proxy.is_some(),
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
