//! Who may call: connectors by their public keys, administrators by the hashes of their tokens.

use rusqlite::{Connection, OptionalExtension, params};

use super::StoreError;
use super::columns::{Reading, json};
use super::error::taken;
use super::writer::Write;
use crate::TokenHash;
use model::{Connector, ConnectorId, NewAuditEntry};

const COLUMNS: &str = "rowid AS row_number, id, name, key, return_origins, created_at";

pub(super) fn add(write: &Write<'_>, connector: &Connector, audit: &NewAuditEntry) -> Result<(), StoreError> {
    write.append_audit(audit)?;
    write
        .database
        .prepare_cached(
            "INSERT INTO connectors (id, name, key, return_origins, created_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            connector.id.as_str(),
            connector.name,
            json(&connector.key),
            json(&connector.return_origins),
            connector.created_at.unix_ms(),
        ])
        .map_err(|error| taken(error, &format!("connector {}", connector.id)))?;
    Ok(())
}

/// The setup links it asked for go with it. The token ids it used stay: it may be added again with the same key.
pub(super) fn remove(write: &Write<'_>, id: &ConnectorId, audit: &NewAuditEntry) -> Result<bool, StoreError> {
    let removed = write.database.prepare_cached("DELETE FROM connectors WHERE id = ?1")?.execute([id.as_str()])?;
    if removed > 0 {
        write.database.execute("DELETE FROM setup_links WHERE connector = ?1", [id.as_str()])?;
        write.append_audit(audit)?;
    }
    Ok(removed > 0)
}

pub(super) fn one(database: &Connection, id: &ConnectorId) -> Result<Option<Connector>, StoreError> {
    let mut query = database.prepare_cached(&format!("SELECT {COLUMNS} FROM connectors WHERE id = ?1"))?;
    let mut rows = query.query_and_then([id.as_str()], |row| connector(&Reading::new("connectors", row)))?;
    rows.next().transpose()
}

pub(super) fn all(database: &Connection) -> Result<Vec<Connector>, StoreError> {
    let mut query = database.prepare_cached(&format!("SELECT {COLUMNS} FROM connectors ORDER BY id"))?;
    query.query_and_then([], |row| connector(&Reading::new("connectors", row)))?.collect()
}

fn connector(row: &Reading<'_>) -> Result<Connector, StoreError> {
    Ok(Connector {
        id: row.parsed("id")?,
        name: row.plain("name")?,
        key: row.json("key")?,
        return_origins: row.json("return_origins")?,
        created_at: row.time("created_at")?,
    })
}

pub(super) fn add_admin_token(
    write: &Write<'_>,
    token: &TokenHash,
    label: &str,
    audit: &NewAuditEntry,
) -> Result<(), StoreError> {
    write.append_audit(audit)?;
    write
        .database
        .prepare_cached("INSERT INTO admin_tokens (hash, label, created_at) VALUES (?1, ?2, ?3)")?
        .execute(params![token, label, audit.at.unix_ms()])
        .map_err(|error| taken(error, "this admin token"))?;
    Ok(())
}

pub(super) fn admin_token(database: &Connection, token: &TokenHash) -> Result<Option<String>, StoreError> {
    let mut query = database.prepare_cached("SELECT label FROM admin_tokens WHERE hash = ?1")?;
    Ok(query.query_row([token], |row| row.get(0)).optional()?)
}
