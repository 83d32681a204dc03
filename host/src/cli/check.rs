//! `countersign config check`: the configuration as it is resolved, where each value comes from, and whether a daemon could
//! start with it. Changes nothing, leaves nothing behind, and prints nothing secret.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;
use clap::Subcommand;
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;

use super::answer::{Answer, Table};
use super::context::{Configured, Context};
use super::logging;
use crate::config::{Config, LogFormat, LogLevel, SETTINGS};
use crate::data_dir;
use crate::operate::{self, Rates};
use crypto::{CREDENTIAL_NAME, KEY_FILE_NAME, KeyPlaces, MasterKey, SystemRandom};
use model::Limit;
use sandbox::Limits;
use store::{SqliteStore, StoreError};

/// About what a first start writes, in bytes; whoever has less free is about to run out.
const FIRST_START_BYTES: usize = 512 * 1024;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Show the resolved configuration, and try the key, the database and the listen address
    Check,
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Answer> {
        let Command::Check = self;
        let configured = context.configured()?;
        logging::start(LogFormat::Text, LogLevel::Error);
        let (settings, settings_json) = settings(context, &configured)?;
        let (limits, limits_json) = limits(&configured);
        let config = &configured.config;
        let (mut checks, mut checks_json, mut all_well) = (Table::new(["CHECK", "RESULT", "DETAIL"]), Vec::new(), true);
        let proxies = config.proxy_credentials_file.is_some().then(|| ("proxy_credentials", proxy_credentials(config)));
        let shown =
            config.client_certificates_dir.is_some().then(|| ("client_certificates", client_certificates(config)));
        let outcomes = [("data", data(config)), ("listen", listen(config).await)];
        for (name, outcome) in outcomes.into_iter().chain(proxies).chain(shown) {
            let (is_well, detail) = match outcome {
                Ok(detail) => (true, detail),
                Err(error) => (false, format!("{error:#}")),
            };
            checks.row([name.into(), if is_well { "ok" } else { "failed" }.into(), detail.clone()]);
            checks_json.push(json!({ "check": name, "ok": is_well, "detail": detail }));
            all_well &= is_well;
        }
        // No daemon is kept from starting by it.
        for warning in &configured.warnings {
            checks.row(["names".into(), "warning".into(), warning.clone()]);
            checks_json.push(json!({ "check": "names", "ok": true, "detail": warning }));
        }
        let json = json!({ "settings": settings_json, "limits": limits_json, "checks": checks_json });
        Ok(Answer::verdict(format!("{settings}\n\n{limits}\n\n{checks}"), json, all_well))
    }
}

fn settings(context: &Context, configured: &Configured) -> anyhow::Result<(Table, Map<String, Value>)> {
    let values = serde_json::to_value(&configured.config)?;
    let (mut table, mut json) = (Table::new(["SETTING", "VALUE", "FROM"]), Map::new());
    for name in SETTINGS {
        let source = context.source(name, configured);
        let value = &values[name];
        let text = match value {
            Value::Null => "-".to_owned(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        table.row([name.into(), text, source.clone()]);
        json.insert(name.into(), json!({ "value": value, "from": source }));
    }
    Ok((table, json))
}

/// What calls of providers may use, and how often may be asked for something.
fn limits(configured: &Configured) -> (Table, Map<String, Value>) {
    let (mut table, mut json) = (Table::new(["LIMIT", "VALUE", "FROM"]), Map::new());
    let Config { limits, rates, .. } = &configured.config;
    for Limit { name, usual, least, most, about } in Limits::ALL.iter().chain(Rates::ALL) {
        let value = limits.get(name).or_else(|| rates.get(name));
        let source = Context::source_of_limit(name, configured);
        table.row([(*name).into(), value.unwrap_or(*usual).to_string(), source.clone()]);
        let shown = json!({ "value": value, "from": source, "least": least, "most": most, "about": about });
        json.insert((*name).into(), shown);
    }
    (table, json)
}

/// Key and database together: each is of use with the other only.
fn data(config: &Config) -> anyhow::Result<String> {
    let (database, directory) = (config.database(), config.data_dir.display());
    data_dir::hold(&config.data_dir)?;
    if is_first_start(config) {
        can_be_written(&config.data_dir)?;
        return Ok(format!(
            "the first start makes a key and a database in {directory}, and so does `countersign init`"
        ));
    }
    let places = KeyPlaces {
        named: config.master_key_file.as_deref(),
        credentials_directory: config.credentials_directory.as_deref(),
        data_directory: &config.data_dir,
        // Makes no key, whatever is there.
        database_exists: true,
    };
    let (key, source) = MasterKey::find(places, &SystemRandom)?;
    if !database.exists() {
        can_be_written(&config.data_dir)?;
        return Ok(format!("the key {} is {source}; the first start makes a database in {directory}", key.key_id()));
    }
    let opens = format!("the key {} is {source}; it opens {}", key.key_id(), database.display());
    let found = match SqliteStore::inspect(&database, &key.check()) {
        Ok(()) => Ok(format!("{opens}, which can be written")),
        Err(StoreError::Outdated(schema)) => Ok(format!(
            "{opens}, which is of an earlier version (schema {schema}) and upgraded by the next start: make a copy of {directory} \
             first"
        )),
        Err(error) => Err(error),
    };
    let found = found.with_context(|| format!("the database {} cannot be used", database.display()))?;
    File::options().write(true).open(&database).with_context(|| format!("{} cannot be written", database.display()))?;
    can_be_written(&config.data_dir)?;
    Ok(found)
}

/// Whether the daemon would make the key.
fn is_first_start(config: &Config) -> bool {
    let credential = config.credentials_directory.as_ref().map(|directory| directory.join(CREDENTIAL_NAME));
    let has_a_key = config.master_key_file.is_some()
        || credential.is_some_and(|path| path.exists())
        || config.data_dir.join(KEY_FILE_NAME).exists();
    !has_a_key && !config.database().exists()
}

/// Tries it, in the nearest directory that is there.
fn can_be_written(directory: &Path) -> anyhow::Result<()> {
    let nearest = directory.ancestors().find(|path| path.is_dir()).unwrap_or(Path::new("."));
    let trial = nearest.join(format!(".countersign-check-{}", std::process::id()));
    let written = File::create_new(&trial).and_then(|mut file| file.write_all(&vec![0; FIRST_START_BYTES]));
    let removed = fs::remove_file(&trial);
    written.and(removed).with_context(|| format!("{} cannot be written", nearest.display()))
}

/// As the daemon reads it. What is told of it is whose it is.
fn proxy_credentials(config: &Config) -> anyhow::Result<String> {
    let read = operate::proxy_credentials(config)?;
    let proxies: Vec<_> = read.proxies().collect();
    Ok(match proxies.as_slice() {
        [] => "the file is empty".to_owned(),
        some => format!("the file has a user name and a password for {}", some.join(", ")),
    })
}

/// As the daemon reads them. What is told of them is whom they are shown to.
fn client_certificates(config: &Config) -> anyhow::Result<String> {
    let read = operate::client_certificates(config)?;
    let hosts: Vec<_> = read.hosts().collect();
    Ok(match hosts.as_slice() {
        [] => "the directory is empty".to_owned(),
        some => format!("there is a certificate, and its key, for {}", some.join(", ")),
    })
}

async fn listen(config: &Config) -> anyhow::Result<String> {
    TcpListener::bind(config.listen).await.with_context(|| {
        format!("{} cannot be listened on (where a daemon runs there already, this is why)", config.listen)
    })?;
    Ok(format!("{} is free", config.listen))
}
