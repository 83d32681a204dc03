//! What surrounds every command: the configuration, where its settings come from, and the way to the data directory.

use std::path::PathBuf;
use std::sync::Arc;

use clap::ArgMatches;
use clap::parser::ValueSource;
use crypto::{SystemRandom, random_id};

use super::environment::Environment;
use super::file::ConfigFile;
use super::{failure, logging};
use crate::clock::SystemClock;
use crate::config::{Config, LogFormat, LogLevel, SETTINGS, Settings};
use crate::operate::administration::Administration;
use crate::operate::{App, SharedApp};
use model::Actor;

/// Read where it exists and no other file is named.
const DEFAULT_FILE: &str = "/etc/countersign.toml";

/// Read when a command needs it: one that needs no configuration works whatever is wrong with it.
pub(super) struct Context {
    given: Settings,
    file: Option<PathBuf>,
    /// Settings that a flag says.
    flags: Vec<&'static str>,
    environment: Environment,
}

/// A configuration, and what its sources said.
pub(super) struct Configured {
    pub config: Config,
    file: Option<PathBuf>,
    /// Settings that the file says.
    in_file: Vec<&'static str>,
    /// Limits that the file says.
    limits_in_file: Vec<String>,
    /// What nobody is kept from starting by, and whoever wrote it should know.
    pub warnings: Vec<String>,
}

impl Context {
    pub(super) fn new(given: Settings, file: Option<PathBuf>, matches: &ArgMatches) -> Self {
        let is_flag = |name: &&str| matches.value_source(name) == Some(ValueSource::CommandLine);
        let flags = SETTINGS.into_iter().filter(is_flag).collect();
        Self { given, file, flags, environment: Environment::of_this_process() }
    }

    /// Flags before environment before file before defaults.
    pub(super) fn configured(&self) -> anyhow::Result<Configured> {
        let of_environment = self.environment.settings(|name| self.flags.contains(&name))?;
        let default = || Some(PathBuf::from(DEFAULT_FILE)).filter(|path| path.exists());
        let path = match &self.file {
            Some(path) => Some(path.clone()),
            None => self.environment.config_file()?.or_else(default),
        };
        let file = path.as_deref().map(ConfigFile::read).transpose()?.unwrap_or_default();
        let warnings = self.warnings(&file);
        let config = self.given.clone().or(of_environment).or(file.settings).resolve()?;
        let credentials_directory = std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from);
        let config = Config { credentials_directory, ..config };
        Ok(Configured { config, file: path, in_file: file.has, limits_in_file: file.limits, warnings })
    }

    /// The same for a command, whose warnings stand beside its answer. What the library logs on the way would only stand between
    /// the lines.
    pub(super) fn config(&self) -> anyhow::Result<Config> {
        let Configured { config, warnings, .. } = self.configured()?;
        warnings.iter().for_each(|warning| failure::warn(warning));
        logging::start(LogFormat::Text, LogLevel::Error);
        Ok(config)
    }

    /// The data directory, for a command.
    pub(super) fn open(&self) -> anyhow::Result<SharedApp> {
        Ok(App::open(self.config()?, Arc::new(SystemClock))?)
    }

    /// Where a setting's value comes from, in words.
    pub(super) fn source(&self, name: &str, configured: &Configured) -> String {
        if self.flags.contains(&name) {
            return format!("flag --{}", name.replace('_', "-"));
        }
        match (self.environment.variable_of(name), &configured.file) {
            (Some(variable), _) => format!("environment {variable}"),
            (None, Some(file)) if configured.in_file.contains(&name) => format!("file {}", file.display()),
            (None, _) => "default".to_owned(),
        }
    }

    /// The same of a limit.
    pub(super) fn source_of_limit(name: &str, configured: &Configured) -> String {
        match &configured.file {
            Some(file) if configured.limits_in_file.iter().any(|limit| limit == name) => {
                format!("file {}", file.display())
            }
            _ => "default".to_owned(),
        }
    }

    /// Variables that look like ours and mean nothing, and names of before.
    fn warnings(&self, file: &ConfigFile) -> Vec<String> {
        let unknown = self.environment.unknown();
        let what =
            "no setting is called so, and nothing reads it: `countersign help configuration` has those there are";
        let unknown = (!unknown.is_empty()).then(|| format!("{} in the environment: {what}", unknown.join(", ")));
        let in_file = file.formerly.iter().map(|(former, now)| format!("`{former}` in the file is called `{now}` now"));
        let of_environment = self.environment.formerly();
        let of_environment =
            of_environment.iter().map(|(former, now)| format!("{former} in the environment is called {now} now"));
        unknown.into_iter().chain(of_environment).chain(in_file).collect()
    }
}

/// Somebody with a shell on the machine, at one command.
pub(super) fn administration() -> Administration {
    Administration { actor: Actor::CommandLine, request_id: random_id(&SystemRandom) }
}
