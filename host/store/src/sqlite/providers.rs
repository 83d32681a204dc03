//! Registered provider components: what they say of themselves, and their bytes.

use async_trait::async_trait;
use model::{NewAuditEntry, ProviderId, ProviderRecord, Revision};
use rusqlite::{Connection, params};

use super::SqliteStore;
use super::columns::{Reading, json};
use super::writer::Write;
use crate::{Providers, StoreError};

const COLUMNS: &str = "rowid AS row_number, description, sha256, size_bytes, registered_at, revision";

#[async_trait]
impl Providers for SqliteStore {
    async fn put_provider(
        &self,
        record: ProviderRecord,
        component: Vec<u8>,
        seen: Option<Revision>,
        audit: NewAuditEntry,
    ) -> Result<Revision, StoreError> {
        self.write(move |write| put(write, &record, &component, seen, &audit)).await
    }

    async fn providers(&self) -> Result<Vec<ProviderRecord>, StoreError> {
        self.read(all).await
    }

    async fn component(&self, sha256: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let sha256 = sha256.to_owned();
        self.read(move |database| component(database, &sha256)).await
    }
}

/// Who serves which kind, and what is replaced, is looked at in the transaction that writes.
///
/// # Errors
/// [`StoreError::Damaged`] where the bytes are not those that the record's SHA-256 names: they could never be read back.
fn put(
    write: &Write<'_>,
    record: &ProviderRecord,
    component: &[u8],
    seen: Option<Revision>,
    audit: &NewAuditEntry,
) -> Result<Revision, StoreError> {
    hold_to(&record.sha256, component)?;
    let registered = all(write.database)?;
    let id = &record.description.id;
    for other in registered.iter().filter(|other| other.description.id != *id) {
        if let Some(kind) = record.description.kinds.iter().find(|kind| other.description.kind(&kind.id).is_some()) {
            let taken = format!("the kind `{}` is served by the provider `{}`", kind.id, other.description.id);
            return Err(StoreError::InUse(taken));
        }
    }
    let found = registered.iter().find(|record| record.description.id == *id).map(|record| record.revision);
    if found != seen {
        return Err(StoreError::Changed(format!("provider {id}")));
    }
    let revision = write.append_audit(audit)?;
    write
        .database
        // What stands under this SHA-256 may have been damaged, and is what registering again is to mend.
        .prepare_cached(
            "INSERT INTO components (sha256, bytes) VALUES (?1, ?2) \
             ON CONFLICT (sha256) DO UPDATE SET bytes = excluded.bytes",
        )?
        .execute(params![record.sha256, component])?;
    write
        .database
        .prepare_cached(
            "INSERT INTO providers (id, description, sha256, size_bytes, registered_at, revision) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
             ON CONFLICT (id) DO UPDATE SET description = excluded.description, sha256 = excluded.sha256, \
             size_bytes = excluded.size_bytes, registered_at = excluded.registered_at, revision = excluded.revision",
        )?
        .execute(params![
            record.description.id.as_str(),
            json(&record.description),
            record.sha256,
            i64::try_from(record.size_bytes).unwrap_or(i64::MAX),
            record.registered_at.unix_ms(),
            revision.number(),
        ])?;
    // The replaced component's bytes, unless another provider is made of the same.
    write.database.execute("DELETE FROM components WHERE sha256 NOT IN (SELECT sha256 FROM providers)", [])?;
    Ok(revision)
}

pub(super) fn one(database: &Connection, id: &ProviderId) -> Result<Option<ProviderRecord>, StoreError> {
    let mut query = database.prepare_cached(&format!("SELECT {COLUMNS} FROM providers WHERE id = ?1"))?;
    let mut rows = query.query_and_then([id.as_str()], |row| record(&Reading::new("providers", row)))?;
    rows.next().transpose()
}

pub(super) fn all(database: &Connection) -> Result<Vec<ProviderRecord>, StoreError> {
    let mut query = database.prepare_cached(&format!("SELECT {COLUMNS} FROM providers ORDER BY id"))?;
    query.query_and_then([], |row| record(&Reading::new("providers", row)))?.collect()
}

/// # Errors
/// [`StoreError::Damaged`] where the bytes are no longer those that were registered.
fn component(database: &Connection, sha256: &str) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "SELECT rowid AS row_number, bytes FROM components WHERE sha256 = ?1";
    let mut query = database.prepare_cached(sql)?;
    let mut rows = query.query_and_then([sha256], |row| {
        let component: Vec<u8> = Reading::new("components", row).plain("bytes")?;
        hold_to(sha256, &component)?;
        Ok(component)
    })?;
    rows.next().transpose()
}

fn hold_to(sha256: &str, component: &[u8]) -> Result<(), StoreError> {
    let found = crypto::hex(&crypto::sha256(component));
    if found == sha256 {
        return Ok(());
    }
    Err(StoreError::Damaged(format!("a component is not the one its SHA-256 names: it has {found}")))
}

fn record(row: &Reading<'_>) -> Result<ProviderRecord, StoreError> {
    let size_bytes: i64 = row.plain("size_bytes")?;
    Ok(ProviderRecord {
        description: row.json("description")?,
        sha256: row.plain("sha256")?,
        size_bytes: u64::try_from(size_bytes).map_err(|_| row.damaged("size_bytes"))?,
        registered_at: row.time("registered_at")?,
        revision: row.revision()?,
    })
}
