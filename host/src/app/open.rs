//! From a configuration to an [`App`]: the data directory, the master key, the database, the sandbox. Blocks; listens on
//! nothing.
//!
//! The daemon and every command start here, so that all of them refuse the same things with the same words.

use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{App, SharedApp};
use crate::clock::Clock;
use crate::config::Config;
use crate::metrics::Metrics;
use crypto::{KeyError, KeyPlaces, MasterKey, Random, SystemRandom};
use sandbox::lend::{Lender, Sealer};
use sandbox::{Egress, Engine, Registry};
use store::{SqliteStore, StoreError};

/// The database's name in the data directory.
pub const DATABASE_FILE_NAME: &str = "countersign.db";

/// The data directory is the owner's alone: who can write there can put another key or database in place.
const DATA_DIR_MODE: u32 = 0o700;

/// Why nothing can be started: what is wrong where, and what mends it.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(
        "the data directory {path} cannot be made or entered: {source}; make it for this user, or name another with --data-dir",
        path = path.display()
    )]
    DataDir { path: PathBuf, source: io::Error },
    #[error("{source}{mend}", mend = mend(source))]
    Key { source: KeyError },
    #[error("the database {path} cannot be used: {source}", path = path.display())]
    Store { path: PathBuf, source: StoreError },
    #[error("the sandbox for providers cannot be made: {0}")]
    Sandbox(String),
}

impl App {
    /// Opens the data directory the configuration names; at the very first start it makes directory, key and database.
    pub fn open(config: Config, clock: Arc<dyn Clock>) -> Result<SharedApp, StartError> {
        make_data_dir(&config.data_dir)?;
        let path = config.database();
        let key = find_key(&config, &SystemRandom)?;
        let store = SqliteStore::open(&path, key.audit_key(), &key.check())
            .map_err(|source| StartError::Store { path, source })?;
        let engine = Engine::new().map_err(|error| StartError::Sandbox(error.to_string()))?;
        Ok(Arc::new(App {
            config,
            store: Arc::new(store),
            registry: Registry::new(engine),
            egress: Egress::with_system_certificates(),
            lender: Lender::new(Arc::new(Sealer::new(&key, Arc::new(SystemRandom)))),
            cursor_key: key.cursor_key(),
            clock,
            random: Arc::new(SystemRandom),
            metrics: Arc::new(Metrics::default()),
        }))
    }
}

fn make_data_dir(path: &Path) -> Result<(), StartError> {
    let made = DirBuilder::new().recursive(true).mode(DATA_DIR_MODE).create(path);
    made.map_err(|source| StartError::DataDir { path: path.to_owned(), source })
}

fn find_key(config: &Config, random: &dyn Random) -> Result<MasterKey, StartError> {
    let places = KeyPlaces {
        named: config.master_key_file.as_deref(),
        credentials_directory: config.credentials_directory.as_deref(),
        data_directory: &config.data_dir,
        database_exists: config.database().exists(),
    };
    let (key, source) = MasterKey::find(places, random).map_err(|source| StartError::Key { source })?;
    tracing::info!(key = %key.key_id(), %source, "found the master key");
    Ok(key)
}

/// What the key's own words leave open.
fn mend(error: &KeyError) -> &'static str {
    match error {
        KeyError::Missing(_) => {
            ": put it there; the first start makes one in the data directory where no other file is named"
        }
        _ => "",
    }
}

impl Config {
    /// Path of the database.
    pub fn database(&self) -> PathBuf {
        self.data_dir.join(DATABASE_FILE_NAME)
    }
}
