//! Connectors by their public keys.

use async_trait::async_trait;
use model::{Connector, ConnectorId, NewAuditEntry, Revision, Timestamp};
use rusqlite::{Connection, params};

use super::SqliteStore;
use super::columns::{Reading, json, optional_ms};
use super::error::taken;
use super::sites;
use super::writer::{Guarded, Write};
use crate::{Connectors, StoreError};

const COLUMNS: &str = "rowid AS row_number, id, site, name, key, return_origins, created_at, last_used_at, revision";

#[async_trait]
impl Connectors for SqliteStore {
    async fn add_connector(&self, connector: Connector, audit: NewAuditEntry) -> Result<Revision, StoreError> {
        self.write(move |write| add(write, &connector, &audit)).await
    }

    async fn remove_connector(
        &self,
        id: &ConnectorId,
        expected: Option<Revision>,
        audit: NewAuditEntry,
    ) -> Result<bool, StoreError> {
        let id = id.clone();
        self.write(move |write| remove(write, &id, expected, &audit)).await
    }

    async fn connector(&self, id: &ConnectorId) -> Result<Option<Connector>, StoreError> {
        let id = id.clone();
        self.read(move |database| one(database, &id)).await
    }

    async fn connectors(&self) -> Result<Vec<Connector>, StoreError> {
        self.read(all).await
    }

    async fn note_connector_use(&self, id: &ConnectorId, at: Timestamp) -> Result<(), StoreError> {
        let id = id.clone();
        self.write(move |write| note_use(write, &id, at)).await
    }
}

/// The site is held to here rather than by the table, which was there before sites were.
fn add(write: &Write<'_>, connector: &Connector, audit: &NewAuditEntry) -> Result<Revision, StoreError> {
    if sites::one(write.database, &connector.site)?.is_none() {
        return Err(StoreError::Missing(format!("site {}", connector.site)));
    }
    let revision = write.append_audit(audit)?;
    write
        .database
        .prepare_cached(
            "INSERT INTO connectors (id, site, name, key, return_origins, created_at, last_used_at, revision) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            connector.id.as_str(),
            connector.site.as_str(),
            connector.name.as_str(),
            json(&connector.key),
            json(&connector.return_origins),
            connector.created_at.unix_ms(),
            optional_ms(connector.last_used_at),
            revision.number(),
        ])
        .map_err(|error| taken(error, &format!("connector {}", connector.id)))?;
    Ok(revision)
}

/// The links it asked for and the visits they began go with it, by the tables' foreign keys. The token ids it used stay: it may be added again with the same key.
fn remove(
    write: &Write<'_>,
    id: &ConnectorId,
    expected: Option<Revision>,
    audit: &NewAuditEntry,
) -> Result<bool, StoreError> {
    let removed =
        write.guarded(Guarded { table: "connectors", what: "connector", id: id.as_str() }).remove(expected)?;
    if removed {
        write.append_audit(audit)?;
    }
    Ok(removed)
}

/// Never backwards, whatever order uses are noted in.
fn note_use(write: &Write<'_>, id: &ConnectorId, at: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE connectors SET last_used_at = max(coalesce(last_used_at, 0), ?2) WHERE id = ?1";
    write.database.prepare_cached(sql)?.execute(params![id.as_str(), at.unix_ms()])?;
    Ok(())
}

fn one(database: &Connection, id: &ConnectorId) -> Result<Option<Connector>, StoreError> {
    let mut query = database.prepare_cached(&format!("SELECT {COLUMNS} FROM connectors WHERE id = ?1"))?;
    let mut rows = query.query_and_then([id.as_str()], |row| connector(&Reading::new("connectors", row)))?;
    rows.next().transpose()
}

fn all(database: &Connection) -> Result<Vec<Connector>, StoreError> {
    let mut query = database.prepare_cached(&format!("SELECT {COLUMNS} FROM connectors ORDER BY id"))?;
    query.query_and_then([], |row| connector(&Reading::new("connectors", row)))?.collect()
}

fn connector(row: &Reading<'_>) -> Result<Connector, StoreError> {
    Ok(Connector {
        id: row.parsed("id")?,
        site: row.parsed("site")?,
        name: row.parsed("name")?,
        key: row.json("key")?,
        return_origins: row.json("return_origins")?,
        created_at: row.time("created_at")?,
        last_used_at: row.optional_time("last_used_at")?,
        revision: row.revision()?,
    })
}
