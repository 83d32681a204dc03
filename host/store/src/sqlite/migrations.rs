//! The schema, version by version, and what recognises a database as ours.
//!
//! A migration that was ever released is never edited: a new one is added.

use rusqlite::{Connection, OptionalExtension, TransactionBehavior};

use super::{StoreError, audit};
use crypto::{AuditKey, KeyCheck};

/// Version n is reached by the n-th, counted from 1.
const MIGRATIONS: [&str; 2] =
    [include_str!("migrations/0001_first.sql"), include_str!("migrations/0002_branch_naming.sql")];

/// `CSGN`: marks a SQLite file as a database of this program.
const APPLICATION_ID: i64 = 0x4353_474e;

/// Refuses a database of a newer version or of another program. Changes nothing.
pub(super) fn refuse_foreign(database: &Connection) -> Result<(), StoreError> {
    let (version, known) = (version(database)?, MIGRATIONS.len());
    let marked = database.pragma_query_value(None, "application_id", |row| row.get::<_, i64>(0))?;
    let tables: i64 = database.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let is_new = marked == 0 && version == 0 && tables == 0;
    if marked != APPLICATION_ID && !is_new {
        return Err(StoreError::Unusable("this file is not a Countersign database".to_owned()));
    }
    if version > known {
        return Err(StoreError::Unusable(format!(
            "this database has schema {version}, made by a newer version of Countersign; this version knows schemas up to {known}"
        )));
    }
    Ok(())
}

/// Makes or changes the tables, all in one transaction: a database is of one version or of another, never between.
pub(super) fn bring_up_to_date(
    database: &mut Connection,
    audit_key: &AuditKey,
    key_check: &KeyCheck,
) -> Result<(), StoreError> {
    bring_to(database, MIGRATIONS.len(), audit_key, key_check)
}

fn bring_to(
    database: &mut Connection,
    wanted: usize,
    audit_key: &AuditKey,
    key_check: &KeyCheck,
) -> Result<(), StoreError> {
    let transaction = database.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Asked again: another process may have been here between the first look and the lock.
    refuse_foreign(&transaction)?;
    let before = version(&transaction)?;
    for migration in MIGRATIONS.iter().take(wanted).skip(before) {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "user_version", wanted as u32)?;
    if before == 0 {
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        audit::begin_log(&transaction, audit_key)?;
        keep_key_check(&transaction, key_check)?;
    }
    refuse_other_key(&transaction, key_check)?;
    Ok(transaction.commit()?)
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
mod tests {
    use rusqlite::params;

    use super::*;
    use crate::sqlite::columns::json;
    use crate::suite::values::integration;
    use crate::{SqliteStore, Store as _};
    use crypto::{MasterKey, SystemRandom};
    use model::{BranchNaming, IntegrationRecord, Mappings};

    /// As the first version stored it.
    fn insert(database: &Connection, record: &IntegrationRecord) {
        let template = record.naming.template.as_ref().map(|template| template.as_str());
        let insert = "INSERT INTO integrations (id, name, provider, kind, settings, connection, network, projects, \
                      require_user_pat, branch_template, account, created_at, updated_at) \
                      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
        let values = params![
            record.id.as_str(),
            record.name,
            record.provider.as_str(),
            record.kind.as_str(),
            json(&record.settings),
            json(&record.connection),
            json(&record.network),
            json(&record.projects),
            record.require_user_pat,
            template,
            json(&record.account),
            record.created_at.unix_ms(),
            record.updated_at.unix_ms(),
        ];
        database.execute(insert, values).unwrap();
    }

    #[tokio::test]
    async fn an_integration_of_the_first_schema_keeps_its_template_and_gets_no_mappings() {
        let (directory, key) = (tempfile::TempDir::new().unwrap(), MasterKey::random(&SystemRandom));
        let path = directory.path().join("countersign.db");
        let mut first = Connection::open(&path).unwrap();
        bring_to(&mut first, 1, &key.audit_key(), &key.check()).unwrap();
        let naming = BranchNaming { template: integration("with").naming.template, ..BranchNaming::default() };
        let old = |name, naming| IntegrationRecord { naming, mappings: Mappings::default(), ..integration(name) };
        let kept = [old("with", naming), old("without", BranchNaming::default())];
        kept.iter().for_each(|record| insert(&first, record));
        drop(first);

        let store = SqliteStore::open(&path, key.audit_key(), &key.check()).unwrap();
        assert_eq!(store.integrations().await.unwrap(), kept);
    }
}
