//! The store in one SQLite file: SQL lives below this module and nowhere else.
//!
//! One thread writes, and commits what has queued up together (`writer`); reads run beside it on connections of their own
//! (`readers`). A file per subject holds its statements. Other processes may write at the same time, the command line for
//! one: nothing that decides a write is kept in memory.

mod admin_sessions;
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
mod seen;
mod sites;
#[cfg(test)]
mod tests;
mod upkeep;
mod visits;
mod writer;

use std::path::Path;

use crypto::{AnswerKey, AuditKey, KeyCheck};
use model::Timestamp;
use rusqlite::Connection;

use self::readers::Readers;
use self::writer::{Write, Writer};
use crate::{Binding, StoreError};

/// A database file, opened. Dropping it writes what is queued and waits for it.
pub struct SqliteStore {
    writer: Writer,
    readers: Readers,
    audit_key: AuditKey,
    answer_key: AnswerKey,
}

impl SqliteStore {
    /// Opens the database, and makes it when there is none. Blocks.
    ///
    /// # Errors
    /// [`StoreError::Outdated`] for one of an earlier version, which [`SqliteStore::upgrade`] is for; [`StoreError::Unusable`]
    /// for one of a newer version, of another program or of another master key. Nothing in the file is changed then.
    pub fn open(
        path: &Path,
        audit_key: AuditKey,
        key_check: &KeyCheck,
        answer_key: AnswerKey,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let mut database = connection::open_writer(path, migrations::refuse_outdated)?;
        migrations::make_or_recognise(&mut database, &audit_key, key_check, now)?;
        connection::harden(&database)?;
        let writer = Writer::start(database, audit_key.clone())?;
        Ok(Self { writer, readers: Readers::new(path), audit_key, answer_key })
    }

    /// Brings a database of an earlier version up to date, all of it or nothing, unless another process has it open. Blocks.
    ///
    /// # Errors
    /// Those of [`SqliteStore::open`], but for the one that this is for.
    pub fn upgrade(
        path: &Path,
        audit_key: &AuditKey,
        key_check: &KeyCheck,
        binding: &Binding<'_>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut database = connection::open_writer(path, migrations::refuse_foreign)?;
        connection::refuse_company(&database)?;
        // Closed again, the database is one file: nothing of what was sealed before stays in a write-ahead log.
        migrations::bring_up_to_date(&mut database, audit_key, key_check, binding, now)
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
