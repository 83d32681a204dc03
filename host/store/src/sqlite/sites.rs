//! The Jiras whose users are known.

use async_trait::async_trait;
use model::{NewAuditEntry, Revision, Site, SiteId};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::SqliteStore;
use super::columns::Reading;
use super::error::taken;
use super::integrations;
use super::writer::{Guarded, Write};
use crate::{Sites, StoreError};

const COLUMNS: &str = "rowid AS row_number, id, name, created_at, revision";

#[async_trait]
impl Sites for SqliteStore {
    async fn add_site(&self, site: Site, audit: NewAuditEntry) -> Result<Revision, StoreError> {
        self.write(move |write| add(write, &site, &audit)).await
    }

    async fn change_site(&self, site: Site, audit: NewAuditEntry) -> Result<Revision, StoreError> {
        self.write(move |write| change(write, &site, &audit)).await
    }

    async fn remove_site(
        &self,
        id: &SiteId,
        expected: Option<Revision>,
        audit: NewAuditEntry,
    ) -> Result<bool, StoreError> {
        let id = id.clone();
        self.write(move |write| remove(write, &id, expected, &audit)).await
    }

    async fn site(&self, id: &SiteId) -> Result<Option<Site>, StoreError> {
        let id = id.clone();
        self.read(move |database| one(database, &id)).await
    }

    async fn sites(&self) -> Result<Vec<Site>, StoreError> {
        self.read(all).await
    }
}

fn add(write: &Write<'_>, site: &Site, audit: &NewAuditEntry) -> Result<Revision, StoreError> {
    let revision = write.append_audit(audit)?;
    write
        .database
        .prepare_cached("INSERT INTO sites (id, name, created_at, revision) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![site.id.as_str(), site.name.as_str(), site.created_at.unix_ms(), revision.number()])
        .map_err(|error| taken(error, &format!("site {}", site.id)))?;
    Ok(revision)
}

fn change(write: &Write<'_>, site: &Site, audit: &NewAuditEntry) -> Result<Revision, StoreError> {
    let revision = write.append_audit(audit)?;
    let changed = write
        .database
        .prepare_cached("UPDATE sites SET name = ?2, revision = ?3 WHERE id = ?1 AND revision = ?4")?
        .execute(params![site.id.as_str(), site.name.as_str(), revision.number(), site.revision.number()])?;
    write.guarded(of(&site.id)).changed(changed)?;
    Ok(revision)
}

/// PATs go with it by the table's foreign key.
fn remove(
    write: &Write<'_>,
    id: &SiteId,
    expected: Option<Revision>,
    audit: &NewAuditEntry,
) -> Result<bool, StoreError> {
    let connector: Option<String> = write
        .database
        .prepare_cached("SELECT id FROM connectors WHERE site = ?1 ORDER BY id LIMIT 1")?
        .query_row([id.as_str()], |row| row.get(0))
        .optional()?;
    if let Some(connector) = connector {
        return Err(StoreError::InUse(format!("connector {connector} is of site {id}: remove that first")));
    }
    let integrations = integrations::all(write.database)?;
    if let Some(record) = integrations.iter().find(|record| record.projects.sites().contains(id)) {
        let open = format!("integration {} is open to projects of site {id}: change that first", record.id);
        return Err(StoreError::InUse(open));
    }
    let removed = write.guarded(of(id)).remove(expected)?;
    if removed {
        write.database.execute("DELETE FROM idempotency_keys WHERE site = ?1", [id.as_str()])?;
        write.erased_credential();
        write.append_audit(audit)?;
    }
    Ok(removed)
}

fn of(id: &SiteId) -> Guarded<'_> {
    Guarded { table: "sites", what: "site", id: id.as_str() }
}

pub(super) fn one(database: &Connection, id: &SiteId) -> Result<Option<Site>, StoreError> {
    let mut query = database.prepare_cached(&format!("SELECT {COLUMNS} FROM sites WHERE id = ?1"))?;
    let mut rows = query.query_and_then([id.as_str()], |row| site(&Reading::new("sites", row)))?;
    rows.next().transpose()
}

fn all(database: &Connection) -> Result<Vec<Site>, StoreError> {
    let mut query = database.prepare_cached(&format!("SELECT {COLUMNS} FROM sites ORDER BY id"))?;
    query.query_and_then([], |row| site(&Reading::new("sites", row)))?.collect()
}

fn site(row: &Reading<'_>) -> Result<Site, StoreError> {
    Ok(Site {
        id: row.parsed("id")?,
        name: row.parsed("name")?,
        created_at: row.time("created_at")?,
        revision: row.revision()?,
    })
}
