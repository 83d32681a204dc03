//! What SQLite adds to the promises of every store: what is in the file, and what a second hand does to it.

mod durability;
mod erasing;
mod kept_answers;
mod killing;
mod measurements;
mod refusals;
mod searching;
mod tampering;
mod writing;

use std::path::PathBuf;
use std::sync::Arc;

use rusqlite::Connection;
use tempfile::TempDir;

use super::SqliteStore;
use crate::Operations as _;
use crate::suite::values::{at, id, user};
use crate::{SharedStore, StoreError, suite};
use crypto::{MasterKey, SystemRandom};
use model::{PatRecord, ProjectKey, SiteProject, policy};

suite::every_promise!(crate::sqlite::tests::open_empty);

fn open_empty() -> (SharedStore, Scratch) {
    let scratch = Scratch::new();
    (Arc::new(scratch.open()), scratch)
}

/// A directory for one database, and its key.
struct Scratch {
    directory: TempDir,
    key: MasterKey,
}

impl Scratch {
    fn new() -> Self {
        Self { directory: TempDir::new().unwrap(), key: MasterKey::random(&SystemRandom) }
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("countersign.db")
    }

    fn open(&self) -> SqliteStore {
        self.try_open().unwrap()
    }

    fn try_open(&self) -> Result<SqliteStore, StoreError> {
        SqliteStore::open(
            &self.path(),
            self.key.audit_key(),
            &self.key.check(),
            self.key.answer_key(Arc::new(SystemRandom)),
            at(0),
        )
    }

    /// The refusal's text.
    fn refusal(&self) -> String {
        match self.try_open() {
            Ok(_) => panic!("the database was opened"),
            Err(StoreError::Unusable(text)) => text,
            Err(other) => panic!("{other:?}"),
        }
    }

    /// Somebody else with access to the file and no key.
    fn second_hand(&self) -> Connection {
        let database = Connection::open(self.path()).unwrap();
        database.busy_timeout(super::connection::BUSY_TIMEOUT).unwrap();
        database
    }
}

/// What is kept for a user of the integration `acme`.
async fn pat_of(store: &SqliteStore, who: &str) -> Option<PatRecord> {
    let (user, project) = (user(who), SiteProject { site: user(who).site, key: ProjectKey::parse("ABC").unwrap() });
    let found = store.find_open(&id("acme"), &project, &user).await.unwrap();
    policy::admit(true, found).unwrap().into_inner().pat
}
