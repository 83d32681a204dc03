//! The store in one SQLite file: SQL lives below this module and nowhere else.
//!
//! One thread writes, and commits what has queued up together (`writer`); reads run beside it on connections of their own
//! (`readers`). A file per subject holds its statements. Other processes may write at the same time, the command line for
//! one: nothing that decides a write is kept in memory.

mod admin_tokens;
mod audit;
mod columns;
mod connection;
mod connectors;
mod error;
mod integrations;
mod log;
mod migrations;
mod operations;
mod pats;
mod providers;
mod readers;
mod requests;
mod setup_links;
mod sites;
#[cfg(test)]
mod tests;
mod upkeep;
mod writer;

use std::path::Path;

use crypto::{AnswerKey, AuditKey, KeyCheck};
use model::Timestamp;
use rusqlite::Connection;

use self::readers::Readers;
use self::writer::{Write, Writer};
use crate::StoreError;

/// A database file, opened. Dropping it writes what is queued and waits for it.
pub struct SqliteStore {
    writer: Writer,
    readers: Readers,
    audit_key: AuditKey,
    answer_key: AnswerKey,
}

impl SqliteStore {
    /// Opens the database, makes it when there is none, and brings an older one up to date. Blocks.
    ///
    /// # Errors
    /// [`StoreError::Unusable`] for a database of a newer version, of another program or of another master key; nothing in
    /// the file is changed then.
    pub fn open(
        path: &Path,
        audit_key: AuditKey,
        key_check: &KeyCheck,
        answer_key: AnswerKey,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let mut database = connection::open_writer(path)?;
        migrations::bring_up_to_date(&mut database, &audit_key, key_check, now)?;
        connection::harden(&database)?;
        let writer = Writer::start(database, audit_key.clone())?;
        Ok(Self { writer, readers: Readers::new(path), audit_key, answer_key })
    }

    async fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Write<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        self.writer.run(work).await
    }

    async fn read<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        self.readers.read(work).await
    }
}
