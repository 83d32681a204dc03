//! From a configuration to an [`App`]: the data directory, the master key, the database, the sandbox. Blocks; listens on
//! nothing.
//!
//! The daemon and every command start here, so that all of them refuse the same things with the same words.

use std::io::Read as _;
use std::path::PathBuf;
use std::sync::Arc;

use rustix::process::{Resource, getrlimit};

use super::{App, AppParts, ClientCertificatesError, SharedApp, client_certificates};
use crate::clock::Clock;
use crate::config::Config;
use crate::data_dir::{self, DATABASE_FILE_NAME, DataDirError, Lock};
use crypto::{
    GroupReading, KeyError, KeyPlaces, KeySource, MasterKey, Random, SecretFileError, SystemRandom, open_secret_file,
};
use model::{CredentialOwner, Place, Sealed, Timestamp};
use sandbox::lend::{ALGORITHM, Lender};
use sandbox::{AddressSpace, Egress, Engine, Limits, ProxyCredentials, ProxyCredentialsError, Registry};
use store::{Binding, SharedStore, SqliteStore, StoreError};
use zeroize::Zeroizing;

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
    /// A newer program's command, beside the daemon of before, which would go on with tables it does not know.
    #[error(
        "the database {path} is of an earlier version (schema {schema}), and is not upgraded while somebody works with it",
        path = path.display()
    )]
    UpgradeUnderDaemon {
        /// The database file.
        path: PathBuf,
        /// The number of its schema.
        schema: usize,
        /// Who works with it.
        source: DataDirError,
    },
    /// Not there, or in other hands.
    #[error("the proxy credentials file cannot be used")]
    ProxyCredentialsFile(#[source] SecretFileError),
    /// The system says why.
    #[error("the proxy credentials file {path} cannot be read", path = path.display())]
    ProxyCredentialsUnreadable {
        /// Which file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// Which line, the source says.
    #[error("the proxy credentials file {path} is not right", path = path.display())]
    ProxyCredentials {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        source: ProxyCredentialsError,
    },
    /// Which file, and why.
    #[error(transparent)]
    ClientCertificates(#[from] ClientCertificatesError),
    /// wasmtime says why; a limit most likely.
    #[error("the sandbox for providers cannot be made{}", .limited.map(|limited| format!(": {limited}")).unwrap_or_default())]
    Sandbox {
        /// The limit that somebody set.
        limited: Option<AddressSpace>,
        /// Why not.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// What [`App::init`] found and made.
#[derive(Debug)]
pub struct Initialised {
    /// Whether the directory was made.
    pub made_directory: bool,
    /// Whether the database was made.
    pub made_database: bool,
    /// Where the key is; [`KeySource::New`] where it was made.
    pub key: KeySource,
    /// Names the key.
    pub key_id: String,
}

impl App {
    /// Opens the data directory the configuration names, for a command, which makes none: a name that was mistyped is no new
    /// directory. A database of an earlier version is brought up to date, and what is sealed in it is sealed anew, for where it
    /// was given to: only where no daemon works with it.
    pub fn open(config: Config, clock: Arc<dyn Clock>) -> Result<SharedApp, StartError> {
        data_dir::expect_made(&config.data_dir)?;
        let registry = Registry::new(engine(&config)?);
        Ok(opened(config, clock, registry, None)?.app)
    }

    /// Makes directory, key and database, each where there is none, and opens them, so that what is there already is known to
    /// belong together.
    pub fn init(config: Config, clock: Arc<dyn Clock>) -> Result<Initialised, StartError> {
        let directory = config.data_dir.clone();
        let made_directory = !directory.exists();
        let made_database = !data_dir::has_database(&directory)?;
        data_dir::make(&directory)?;
        let lock = if made_database { Some(data_dir::lock(&directory)?) } else { None };
        let registry = Registry::new(engine(&config)?);
        let Opened { key, key_id, .. } = opened(config, clock, registry, lock.as_ref())?;
        Ok(Initialised { made_directory, made_database, key, key_id })
    }

    /// The data directory for a daemon, which makes it where there is none, and has it for itself before anything in it is
    /// touched.
    pub fn open_to_serve(config: Config, clock: Arc<dyn Clock>) -> Result<(SharedApp, Lock), StartError> {
        let registry = Registry::new(engine(&config)?);
        Self::open_with(config, clock, registry)
    }

    /// The same with providers that are compiled already: for tests, which start many daemons.
    pub fn open_with(
        config: Config,
        clock: Arc<dyn Clock>,
        registry: Registry,
    ) -> Result<(SharedApp, Lock), StartError> {
        data_dir::make(&config.data_dir)?;
        let lock = data_dir::lock(&config.data_dir)?;
        Ok((opened(config, clock, registry, Some(&lock))?.app, lock))
    }
}

/// Files that are none of a call's: the database, the log, what waits for an answer from elsewhere.
const OTHER_FILES: u64 = 128;
/// Files that a call may take: its caller's connection, and its own to the git server, the one that it kept and the one that it makes.
const FILES_OF_A_CALL: u64 = 4;

/// With as many calls at once as there are files for.
fn engine(config: &Config) -> Result<Engine, StartError> {
    let files = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    let calls = (files.saturating_sub(OTHER_FILES) / FILES_OF_A_CALL).clamp(1, config.limits.calls.into());
    let calls = u32::try_from(calls).unwrap_or(config.limits.calls);
    if calls < config.limits.calls {
        tracing::warn!(
            files,
            calls,
            "few open files are allowed (`ulimit -n`): this many calls of providers at once, others wait"
        );
    }
    Engine::within(Limits { calls, ..config.limits })
        .map_err(|error| StartError::Sandbox { limited: AddressSpace::limited(), source: error.into() })
}

struct Opened {
    app: SharedApp,
    key: KeySource,
    key_id: String,
}

fn opened(
    config: Config,
    clock: Arc<dyn Clock>,
    registry: Registry,
    held: Option<&Lock>,
) -> Result<Opened, StartError> {
    let random: Arc<dyn Random> = Arc::new(SystemRandom);
    let (key, source) = find_key(&config, &*random)?;
    let egress = Egress::with_system_certificates()
        .within(config.limits)
        .with_proxy_credentials(proxy_credentials(&config)?)
        .with_client_certificates(client_certificates(&config)?);
    let lender = Lender::new(&key, random.clone(), egress, clock.clone());
    let store: SharedStore = Arc::new(open_store(&config, &key, &lender, held, clock.now(), random.clone())?);
    let parts = AppParts {
        config,
        store,
        registry,
        lender,
        cursor_key: key.cursor_key(),
        form_key: key.form_key(),
        clock,
        random,
    };
    Ok(Opened { app: Arc::new(App::from(parts)), key: source, key_id: key.key_id() })
}

/// Those of the file, if one is named. Read once.
pub fn proxy_credentials(config: &Config) -> Result<ProxyCredentials, StartError> {
    let Some(path) = &config.proxy_credentials_file else { return Ok(ProxyCredentials::default()) };
    let unreadable = |source| StartError::ProxyCredentialsUnreadable { path: path.clone(), source };
    let file = open_secret_file(path, GroupReading::OwnGroups);
    let mut file = file.map_err(StartError::ProxyCredentialsFile)?;
    let mut text = Zeroizing::new(String::new());
    file.read_to_string(&mut text).map_err(unreadable)?;
    ProxyCredentials::parse(&text, config.daemon_proxy.as_deref())
        .map_err(|source| StartError::ProxyCredentials { path: path.clone(), source })
}

/// Brings one of an earlier version up to date first, with the data directory held meanwhile.
fn open_store(
    config: &Config,
    key: &MasterKey,
    lender: &Lender,
    held: Option<&Lock>,
    now: Timestamp,
    random: Arc<dyn Random>,
) -> Result<SqliteStore, StartError> {
    let path = config.database();
    let unusable = |source| StartError::Store { path: path.clone(), source };
    let answers = key.answer_key(random);
    let open = || SqliteStore::open(&path, key.audit_key(), &key.check(), answers.clone(), now);
    let schema = match open() {
        Err(StoreError::Outdated(schema)) => schema,
        opened => return opened.map_err(unusable),
    };
    let _until_it_is_done = match held {
        Some(_) => None,
        None => Some(data_dir::lock(&config.data_dir).map_err(|source| StartError::UpgradeUnderDaemon {
            path: path.clone(),
            schema,
            source,
        })?),
    };
    let seal = |owner: &_, place: &_, sealed: &_| bound(lender, owner, place, sealed);
    let binding = Binding { algorithm: ALGORITHM, seal: &seal };
    SqliteStore::upgrade(&path, &key.audit_key(), &key.check(), &binding, now).map_err(unusable)?;
    open().map_err(unusable)
}

/// What does not open stays as it is: it would not be lent either.
fn bound(lender: &Lender, owner: &CredentialOwner, given_to: &Place, sealed: &Sealed) -> Option<Sealed> {
    let bound = lender.bind(owner, given_to, sealed);
    bound.map_err(|error| tracing::error!(?owner, %error, "a stored credential cannot be sealed for its address")).ok()
}

fn find_key(config: &Config, random: &dyn Random) -> Result<(MasterKey, KeySource), StartError> {
    let places = KeyPlaces {
        named: config.master_key_file.as_deref(),
        credentials_directory: config.credentials_directory.as_deref(),
        data_directory: &config.data_dir,
        database_exists: data_dir::has_database(&config.data_dir)?,
    };
    let (key, source) = MasterKey::find(places, random)?;
    tracing::info!(key = %key.key_id(), %source, "found the master key");
    Ok((key, source))
}

impl Config {
    /// Path of the database.
    pub fn database(&self) -> PathBuf {
        self.data_dir.join(DATABASE_FILE_NAME)
    }
}
