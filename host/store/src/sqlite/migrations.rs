//! The schema, version by version, and what recognises a database as ours.
//!
//! A migration that was ever released is never edited: a new one is added.

mod binding;
mod sites_and_places;

use std::collections::BTreeSet;

use crypto::{AuditKey, KeyCheck};
use model::Timestamp;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior};

use super::audit;
use crate::{Binding, StoreError};

/// How one version becomes the next: statements, and then what takes a program.
struct Migration {
    sql: &'static str,
    then: fn(&Connection, Timestamp) -> Result<(), StoreError>,
}

/// Version n is reached by the n-th, counted from 1.
const MIGRATIONS: [Migration; 9] = [
    Migration { sql: include_str!("migrations/0001_first.sql"), then: nothing },
    Migration { sql: include_str!("migrations/0002_branch_naming.sql"), then: nothing },
    Migration { sql: include_str!("migrations/0003_sites_and_places.sql"), then: sites_and_places::migrate },
    Migration { sql: include_str!("migrations/0004_rules_and_seen_users.sql"), then: nothing },
    Migration { sql: include_str!("migrations/0005_visits.sql"), then: nothing },
    Migration { sql: include_str!("migrations/0006_admin_sessions.sql"), then: nothing },
    Migration { sql: include_str!("migrations/0007_connector_use.sql"), then: nothing },
    Migration { sql: include_str!("migrations/0008_refusals_and_letters.sql"), then: nothing },
    Migration { sql: include_str!("migrations/0009_refused_own_credentials.sql"), then: nothing },
];

/// The version from which on every credential is sealed for a place.
const WITH_PLACES: usize = 3;

/// `CSGN`: marks a SQLite file as a database of this program.
const APPLICATION_ID: i64 = 0x4353_474e;

fn nothing(_: &Connection, _: Timestamp) -> Result<(), StoreError> {
    Ok(())
}

/// Refuses a database of a newer version, of another program, or one that is not what it says of itself. Changes nothing.
pub(super) fn refuse_foreign(database: &Connection) -> Result<(), StoreError> {
    let (version, known) = (version(database)?, MIGRATIONS.len());
    let marked = database.pragma_query_value(None, "application_id", |row| row.get::<_, i64>(0))?;
    let tables: i64 = database.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if marked == 0 && version == 0 && tables == 0 {
        return Ok(());
    }
    if marked != APPLICATION_ID {
        return Err(StoreError::Unusable("this file is not a Countersign database".to_owned()));
    }
    if version > known {
        return Err(StoreError::Unusable(format!(
            "this database has schema {version}, made by a newer version of Countersign; this version knows schemas up to {known}"
        )));
    }
    refuse_other_tables(database, version)
}

/// Refuses those, and a database of an earlier version too. Changes nothing.
pub(super) fn refuse_outdated(database: &Connection) -> Result<(), StoreError> {
    refuse_foreign(database)?;
    match version(database)? {
        older if (1..MIGRATIONS.len()).contains(&older) => Err(StoreError::Outdated(older)),
        _ => Ok(()),
    }
}

/// The number in the file is easily changed, and a migration of the wrong tables would do harm before it failed.
fn refuse_other_tables(database: &Connection, version: usize) -> Result<(), StoreError> {
    let found = columns(database)?;
    let is_of = |version: usize| Ok::<_, StoreError>(columns(&made(version)?)? == found);
    if is_of(version)? {
        return Ok(());
    }
    let mut others = 1..=MIGRATIONS.len();
    let really = others.find_map(|other| is_of(other).ok()?.then_some(other));
    Err(StoreError::Unusable(match really {
        Some(really) => format!(
            "this database says that its schema is {version}, but its tables are those of schema {really}: its \
             `user_version` was changed; put back {really}, or a backup"
        ),
        None => format!(
            "this database says that its schema is {version}, but its tables are not those of that schema: put back a backup"
        ),
    }))
}

/// An empty database of a version.
fn made(version: usize) -> Result<Connection, StoreError> {
    let database = Connection::open_in_memory()?;
    for migration in MIGRATIONS.iter().take(version) {
        apply(migration, &database, Timestamp::from_unix_ms(0))?;
    }
    Ok(database)
}

/// Table, column and type of every column.
fn columns(database: &Connection) -> Result<BTreeSet<(String, String, String)>, StoreError> {
    let sql = "SELECT tables.name, columns.name, columns.type FROM sqlite_schema AS tables \
               JOIN pragma_table_info(tables.name) AS columns \
               WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite_%'";
    let mut query = database.prepare(sql)?;
    let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Makes the tables in an empty database, and sees whether another one is of this version and key. All in one transaction,
/// which another process may not come between.
pub(super) fn make_or_recognise(
    database: &mut Connection,
    audit_key: &AuditKey,
    key_check: &KeyCheck,
    now: Timestamp,
) -> Result<(), StoreError> {
    let transaction = database.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if !is_made(&transaction, key_check)? {
        make(&transaction, MIGRATIONS.len(), audit_key, key_check, now)?;
    }
    Ok(transaction.commit()?)
}

/// Whether there are tables in a database yet, which have to be of this version and key.
pub(super) fn is_made(database: &Connection, key_check: &KeyCheck) -> Result<bool, StoreError> {
    match recognised(database, key_check)? {
        0 => Ok(false),
        current if current == MIGRATIONS.len() => Ok(true),
        older => Err(StoreError::Outdated(older)),
    }
}

/// Changes the tables, and what is sealed in them, all in one transaction: a database is of one version or of another, never
/// between.
pub(super) fn bring_up_to_date(
    database: &mut Connection,
    audit_key: &AuditKey,
    key_check: &KeyCheck,
    binding: &Binding<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let transaction = database.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let (before, wanted) = (recognised(&transaction, key_check)?, MIGRATIONS.len());
    // There is nothing to do where another process was here first.
    if before == 0 || before == wanted {
        return Ok(());
    }
    for migration in MIGRATIONS.iter().skip(before) {
        apply(migration, &transaction, now)?;
    }
    transaction.pragma_update(None, "user_version", wanted as u32)?;
    if before < WITH_PLACES {
        binding::bind(&transaction, audit_key, binding, now)?;
    }
    transaction.commit()?;
    tracing::info!(from = before, to = wanted, "brought the database to a newer schema");
    Ok(())
}

/// The version of a database that is ours, of this key, and of a version that is known; 0 for an empty one. Asked with the
/// database locked: another process may have been here since it was opened.
fn recognised(database: &Connection, key_check: &KeyCheck) -> Result<usize, StoreError> {
    refuse_foreign(database)?;
    let version = version(database)?;
    if version > 0 {
        refuse_other_key(database, key_check)?;
    }
    Ok(version)
}

fn make(
    database: &Connection,
    version: usize,
    audit_key: &AuditKey,
    key_check: &KeyCheck,
    now: Timestamp,
) -> Result<(), StoreError> {
    for migration in MIGRATIONS.iter().take(version) {
        apply(migration, database, now)?;
    }
    database.pragma_update(None, "user_version", version as u32)?;
    database.pragma_update(None, "application_id", APPLICATION_ID)?;
    audit::begin_log(database, audit_key)?;
    keep_key_check(database, key_check)
}

fn apply(migration: &Migration, database: &Connection, now: Timestamp) -> Result<(), StoreError> {
    database.execute_batch(migration.sql)?;
    (migration.then)(database, now)
}

fn version(database: &Connection) -> Result<usize, StoreError> {
    let version = database.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0))?;
    // A negative one was never written by us; the largest is refused as newer.
    Ok(usize::try_from(version).unwrap_or(usize::MAX))
}

fn keep_key_check(database: &Connection, key_check: &KeyCheck) -> Result<(), StoreError> {
    let insert = "INSERT INTO key_check (id, key_id, mac) VALUES (1, ?1, ?2)";
    database.execute(insert, (&key_check.id, key_check.mac))?;
    Ok(())
}

fn refuse_other_key(database: &Connection, key_check: &KeyCheck) -> Result<(), StoreError> {
    let kept = database
        .query_row("SELECT key_id, mac FROM key_check", [], |row| Ok(KeyCheck { id: row.get(0)?, mac: row.get(1)? }))
        .optional()?;
    match kept {
        Some(kept) if kept == *key_check => Ok(()),
        Some(kept) => Err(StoreError::Unusable(format!(
            "this database was made with another master key (id {}); the key given has id {}",
            kept.id, key_check.id
        ))),
        None => Err(StoreError::Damaged("the database does not say which master key it was made with".to_owned())),
    }
}

#[cfg(test)]
mod tests;
