//! What keeps the database going: whether it can be used, and what has run out.

use std::path::Path;

use async_trait::async_trait;
use crypto::KeyCheck;
use model::{Actor, AuditEvent, NewAuditEntry, Timestamp};
use rusqlite::Connection;

use super::writer::Write;
use super::{SqliteStore, admin_sessions, connection, integrations, migrations, providers, requests, seen, visits};
use crate::{StoreError, Upkeep};

/// The tables of which every operation reads what is its caller's or its user's.
const READ_BY_OPERATIONS: [&str; 8] =
    ["connectors", "idempotency_keys", "page_links", "pats", "seen_users", "sites", "used_token_ids", "visits"];

impl SqliteStore {
    /// Looks whether a database could be opened, and changes nothing, not even the files beside it. Blocks.
    ///
    /// # Errors
    /// Those of [`SqliteStore::open`].
    pub fn inspect(path: &Path, key_check: &KeyCheck) -> Result<(), StoreError> {
        let database = connection::open_untouched(path)?;
        if migrations::is_made(&database, key_check)? { read_something(&database) } else { Ok(()) }
    }
}

#[async_trait]
impl Upkeep for SqliteStore {
    async fn probe(&self) -> Result<(), StoreError> {
        self.read(read_something).await?;
        self.write(write_something).await
    }

    fn stopped(&self) -> Option<String> {
        self.writer.reason_for_having_stopped()
    }

    async fn sweep(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.write(move |write| {
            let of_requests = requests::sweep(write, now)?;
            let of_pages = visits::sweep(write, now)? + admin_sessions::sweep(write, now)?;
            Ok(of_requests + of_pages + seen::sweep(write, now)?)
        })
        .await
    }
}

/// What all operations read is read as they do. One integration that cannot be read is in the way of its own operations only.
fn read_something(database: &Connection) -> Result<(), StoreError> {
    integrations::policy(database)?;
    integrations::some_can_be_read(database)?;
    providers::all(database)?;
    for table in READ_BY_OPERATIONS {
        database.prepare_cached(&format!("SELECT * FROM {table} LIMIT 1"))?.exists([])?;
    }
    Ok(())
}

/// All an operation writes is tried, and taken back; then something that nobody reads is written, and synced.
fn write_something(write: &Write<'_>) -> Result<(), StoreError> {
    let trial = NewAuditEntry {
        at: Timestamp::from_unix_ms(0),
        event: AuditEvent::Intent,
        subject: "probe",
        actor: Actor::Daemon,
        integration: None,
        request_id: String::new(),
        refers_to: None,
        details: Default::default(),
    };
    write.database.execute_batch("SAVEPOINT trial")?;
    let tried = write.append_audit(&trial).and_then(|intent| {
        let insert = "INSERT INTO unsettled_intents (intent, fingerprint) VALUES (?1, zeroblob(32))";
        write.database.prepare_cached(insert)?.execute([intent.number()])?;
        Ok(())
    });
    write.database.execute_batch("ROLLBACK TO trial; RELEASE trial")?;
    tried?;
    write.database.prepare_cached("UPDATE probe SET writes = writes + 1")?.execute([])?;
    Ok(())
}
