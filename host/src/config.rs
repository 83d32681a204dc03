//! The daemon's configuration: a file, environment variables and flags, each stronger than the one before, read once.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::Serialize;
use url::Url;

use crate::operate::Rates;
use crate::token::ClockLeeway;
use model::NO_PROXY;
use sandbox::{Limits, ProxyError, checked_proxy};

/// Names of the settings: as they stand in the file, with `-` for `_` as flags, and in capitals, after `COUNTERSIGN_`, in the
/// environment.
pub const SETTINGS: [&str; 10] = [
    "listen",
    "public_url",
    "data_dir",
    "master_key_file",
    "log",
    "log_level",
    "daemon_proxy",
    "proxy_credentials_file",
    "client_certificates_dir",
    "clock_leeway",
];

/// What the daemon runs with.
#[derive(Debug, Clone, Serialize)]
pub struct Config {
    /// Address to listen on. TLS is a reverse proxy's job.
    pub listen: SocketAddr,
    /// Where users and connectors reach the daemon; what connectors' tokens have to name as their audience. Without a
    /// slash at the end.
    pub public_url: String,
    /// Holds the database and, where no other is named, the master key.
    pub data_dir: PathBuf,
    /// File with the master key, when it is not in the data directory.
    pub master_key_file: Option<PathBuf>,
    pub log: LogFormat,
    pub log_level: LogLevel,
    /// The HTTP proxy that dials for integrations that name none of their own.
    pub daemon_proxy: Option<String>,
    /// File with user names and passwords for proxies.
    pub proxy_credentials_file: Option<PathBuf>,
    /// Directory with certificates, and their keys, for git servers that demand them.
    pub client_certificates_dir: Option<PathBuf>,
    /// How far ahead a connector's clock may be.
    pub clock_leeway: ClockLeeway,
    /// What calls of providers may use.
    #[serde(skip)]
    pub limits: Limits,
    /// How much users and connectors may ask for in a minute.
    #[serde(skip)]
    pub rates: Rates,
    /// Where systemd puts what it hands to this service (`$CREDENTIALS_DIRECTORY`); set by whoever starts the daemon, never
    /// by a person.
    #[serde(skip)]
    pub credentials_directory: Option<PathBuf>,
}

/// What a log line looks like: for people, or for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    #[default]
    Text,
    Json,
}

/// From where on the daemon's own lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    Error,
    Warn,
    #[default]
    Info,
    Debug,
}

/// The same settings where each may be left open: what a file, the environment or flags say.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Settings {
    /// Address to listen on [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS:PORT", value_parser = address, global = true)]
    pub listen: Option<SocketAddr>,
    /// Where users and connectors reach it [default: http://LISTEN]
    #[arg(long, value_name = "URL", global = true)]
    pub public_url: Option<String>,
    /// Database and master key [default: /var/lib/countersign]
    #[arg(long, value_name = "DIR", global = true)]
    pub data_dir: Option<PathBuf>,
    /// File that holds the master key [default: DATA_DIR/master.key]
    #[arg(long, value_name = "FILE", global = true)]
    pub master_key_file: Option<PathBuf>,
    /// Form of the log lines, text or json [default: text]
    #[arg(long, hide_possible_values = true, value_name = "FORMAT", global = true)]
    pub log: Option<LogFormat>,
    /// Least level: error, warn, info, debug [default: info]
    #[arg(long, hide_possible_values = true, value_name = "LEVEL", global = true)]
    pub log_level: Option<LogLevel>,
    /// HTTP proxy for integrations that name none [default: none]
    #[arg(long, value_name = "URL", global = true)]
    // Commands have a `proxy` of their own.
    pub daemon_proxy: Option<String>,
    /// `user:password` for it, or lines of `URL user:password`
    #[arg(long, value_name = "FILE", global = true)]
    pub proxy_credentials_file: Option<PathBuf>,
    /// HOST.pem, certificate and key, for servers that demand one
    #[arg(long, value_name = "DIR", global = true)]
    pub client_certificates_dir: Option<PathBuf>,
    /// Seconds connectors' clocks may be ahead [default: 30]
    #[arg(long, value_name = "SECONDS", global = true)]
    pub clock_leeway: Option<ClockLeeway>,
    /// What calls of providers may use: a table of the file alone.
    #[arg(skip)]
    pub limits: Option<Limits>,
    /// How much users and connectors may ask for in a minute; in the same table.
    #[arg(skip)]
    pub rates: Option<Rates>,
}

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// What was given.
    #[error(
        "public_url {0:?} is not the http or https URL of a site, without query, fragment or user name, and with nothing in its path but letters, digits and -._~"
    )]
    PublicUrl(String),
    /// What is wrong with it, the source says.
    #[error("the setting `daemon_proxy` cannot be used")]
    Proxy(#[from] ProxyError),
}

impl Settings {
    /// Fills what is open here from a weaker source.
    pub fn or(self, weaker: Settings) -> Settings {
        Settings {
            listen: self.listen.or(weaker.listen),
            public_url: self.public_url.or(weaker.public_url),
            data_dir: self.data_dir.or(weaker.data_dir),
            master_key_file: self.master_key_file.or(weaker.master_key_file),
            log: self.log.or(weaker.log),
            log_level: self.log_level.or(weaker.log_level),
            daemon_proxy: self.daemon_proxy.or(weaker.daemon_proxy),
            proxy_credentials_file: self.proxy_credentials_file.or(weaker.proxy_credentials_file),
            client_certificates_dir: self.client_certificates_dir.or(weaker.client_certificates_dir),
            clock_leeway: self.clock_leeway.or(weaker.clock_leeway),
            limits: self.limits.or(weaker.limits),
            rates: self.rates.or(weaker.rates),
        }
    }

    /// Fills the rest with defaults and checks the whole.
    pub fn resolve(self) -> Result<Config, ConfigError> {
        let listen = self.listen.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8080)));
        let public_url = self.public_url.unwrap_or_else(|| format!("http://{listen}"));
        Ok(Config {
            listen,
            public_url: site(&public_url)?,
            data_dir: self.data_dir.unwrap_or_else(|| "/var/lib/countersign".into()),
            master_key_file: self.master_key_file,
            log: self.log.unwrap_or_default(),
            log_level: self.log_level.unwrap_or_default(),
            // An empty one, or `none`, takes away what a weaker source says.
            daemon_proxy: self
                .daemon_proxy
                .filter(|proxy| !is_none(proxy))
                .map(|proxy| checked_proxy(&proxy))
                .transpose()?,
            proxy_credentials_file: self.proxy_credentials_file,
            client_certificates_dir: self.client_certificates_dir,
            clock_leeway: self.clock_leeway.unwrap_or_default(),
            limits: self.limits.unwrap_or_default(),
            rates: self.rates.unwrap_or_default(),
            credentials_directory: None,
        })
    }
}

fn is_none(proxy: &str) -> bool {
    matches!(proxy.trim(), "" | NO_PROXY)
}

fn address(text: &str) -> Result<SocketAddr, &'static str> {
    text.parse().map_err(|_| "has to be an address and a port, such as 127.0.0.1:8080")
}

fn site(text: &str) -> Result<String, ConfigError> {
    let wrong = || ConfigError::PublicUrl(text.to_owned());
    let url = Url::parse(text).map_err(|_| wrong())?;
    let is_site = matches!(url.scheme(), "http" | "https")
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none()
        // A cookie's path ends at a semicolon.
        && url.path().bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte));
    if !is_site {
        return Err(wrong());
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stronger_source_wins_and_the_rest_is_filled_in() {
        let flags = Settings { data_dir: Some("/flags".into()), ..Settings::default() };
        let file = Settings {
            listen: Some(([0, 0, 0, 0], 81).into()),
            data_dir: Some("/file".into()),
            log: Some(LogFormat::Json),
            ..Settings::default()
        };
        let config = flags.or(file).resolve().unwrap();
        assert_eq!(config.data_dir, PathBuf::from("/flags"));
        assert_eq!(config.public_url, "http://0.0.0.0:81");
        assert_eq!(config.log, LogFormat::Json);
    }

    #[test]
    fn a_proxy_is_one_or_refused_and_none_takes_it_away() {
        let with = |proxy: &str| Settings { daemon_proxy: Some(proxy.into()), ..Settings::default() };
        let file = || with("http://file.test:3128");
        assert_eq!(file().resolve().unwrap().daemon_proxy.as_deref(), Some("http://file.test:3128"));
        assert_eq!(with("http://P.test:3128/").resolve().unwrap().daemon_proxy.as_deref(), Some("http://p.test:3128"));
        for none in ["", "none"] {
            assert_eq!(with(none).or(file()).resolve().unwrap().daemon_proxy, None);
        }
        for wrong in ["p.test:3128", "http://ann:pw@p.test", "https://p.test", "http://169.254.169.254"] {
            assert!(with(wrong).resolve().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_public_url_is_a_site() {
        let with = |url: &str| Settings { public_url: Some(url.into()), ..Settings::default() }.resolve();
        assert_eq!(with("https://pat.example.com/").unwrap().public_url, "https://pat.example.com");
        assert_eq!(with("https://jira.example.com/pat/").unwrap().public_url, "https://jira.example.com/pat");
        for wrong in [
            "pat.example.com",
            "ftp://x",
            "https://u@x",
            "https://x/?a",
            "https://x/#a",
            "https://x/a;b",
            "https://x/a,b",
        ] {
            assert!(with(wrong).is_err(), "{wrong}");
        }
    }
}
