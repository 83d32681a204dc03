//! From a configuration to an [`App`]: the data directory, the master key, the database, the sandbox. Blocks; listens on
//! nothing.
//!
//! The daemon and every command start here, so that all of them refuse the same things with the same words.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Map, json};

use super::author::Author;
use super::{App, AppParts, SharedApp};
use crate::clock::Clock;
use crate::config::Config;
use crate::data_dir::{self, DataDirError};
use crypto::{KeyError, KeyPlaces, MasterKey, Random, SystemRandom};
use sandbox::lend::{ALGORITHM, Lender};
use sandbox::{Egress, Engine, Registry};
use store::{Reseal, SharedStore, SqliteStore, StoreError};

/// The database's name in the data directory.
pub const DATABASE_FILE_NAME: &str = "countersign.db";

/// Why nothing can be started: what is wrong where, and what mends it.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The directory itself.
    #[error(transparent)]
    DataDir(#[from] DataDirError),
    /// No key, or none that can be used.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Of another version, another key, or no database at all.
    #[error("the database {path} cannot be used", path = path.display())]
    Store {
        /// The database file.
        path: PathBuf,
        /// Why not.
        source: StoreError,
    },
    /// wasmtime says why.
    #[error("the sandbox for providers cannot be made")]
    Sandbox(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl App {
    /// Opens the data directory the configuration names; at the very first start it makes directory, key and database.
    /// Credentials that an earlier version sealed are sealed anew, for where they were given to.
    pub async fn open(config: Config, clock: Arc<dyn Clock>) -> Result<SharedApp, StartError> {
        let engine = Engine::new().map_err(|error| StartError::Sandbox(error.into()))?;
        Self::open_with(config, clock, Registry::new(engine)).await
    }

    /// The same with providers that are compiled already: for tests, which start many daemons.
    pub async fn open_with(config: Config, clock: Arc<dyn Clock>, registry: Registry) -> Result<SharedApp, StartError> {
        data_dir::make(&config.data_dir)?;
        let path = config.database();
        let random: Arc<dyn Random> = Arc::new(SystemRandom);
        let key = find_key(&config, &*random)?;
        let unusable = |source| StartError::Store { path: path.clone(), source };
        let answers = key.answer_key(random.clone());
        let store = SqliteStore::open(&path, key.audit_key(), &key.check(), answers, clock.now());
        let store: SharedStore = Arc::new(store.map_err(unusable)?);
        let lender = Lender::new(&key, random.clone(), Egress::with_system_certificates(), clock.clone());
        let parts = AppParts { config, store, registry, lender, cursor_key: key.cursor_key(), clock, random };
        let app = Arc::new(App::from(parts));
        bind_credentials(&app).await.map_err(unusable)?;
        Ok(app)
    }
}

/// What does not open stays as it is: it would not be lent either.
async fn bind_credentials(app: &App) -> Result<(), StoreError> {
    let unbound = app.store.sealed_otherwise(ALGORITHM).await?;
    if unbound.is_empty() {
        return Ok(());
    }
    let (mut bound, mut left) = (Vec::new(), 0_u64);
    for (owner, before, given_to) in unbound {
        match app.lender.bind(&owner, &given_to, &before) {
            Ok(after) => bound.push(Reseal { owner, before, after }),
            Err(error) => {
                tracing::error!(?owner, %error, "a stored credential cannot be sealed for its address");
                left += 1;
            }
        }
    }
    let details = Map::from_iter([
        ("algorithm".to_owned(), json!(ALGORITHM)),
        ("credentials".to_owned(), json!(bound.len())),
        ("left".to_owned(), json!(left)),
    ]);
    let audit = Author::daemon().changed(app, "credentials.bind", details);
    let credentials = app.store.reseal(bound, audit).await?;
    tracing::info!(credentials, left, "sealed stored credentials for the addresses they were given to");
    Ok(())
}

fn find_key(config: &Config, random: &dyn Random) -> Result<MasterKey, StartError> {
    let places = KeyPlaces {
        named: config.master_key_file.as_deref(),
        credentials_directory: config.credentials_directory.as_deref(),
        data_directory: &config.data_dir,
        database_exists: config.database().exists(),
    };
    let (key, source) = MasterKey::find(places, random)?;
    tracing::info!(key = %key.key_id(), %source, "found the master key");
    Ok(key)
}

impl Config {
    /// Path of the database.
    pub fn database(&self) -> PathBuf {
        self.data_dir.join(DATABASE_FILE_NAME)
    }
}
