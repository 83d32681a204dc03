//! Admin tokens by their hashes.

use async_trait::async_trait;
use model::{AdminToken, NewAuditEntry, Timestamp, TokenLabel};
use rusqlite::{Connection, params};

use super::SqliteStore;
use super::columns::{Reading, optional_ms};
use super::error::taken;
use super::writer::Write;
use crate::{AdminTokens, StoreError, TokenHash};

const COLUMNS: &str = "rowid AS row_number, label, created_at, expires_at, last_used_at";

#[async_trait]
impl AdminTokens for SqliteStore {
    async fn add_admin_token(
        &self,
        hash: TokenHash,
        token: AdminToken,
        audit: NewAuditEntry,
    ) -> Result<(), StoreError> {
        self.write(move |write| add(write, &hash, &token, &audit)).await
    }

    async fn revoke_admin_token(&self, label: &TokenLabel, audit: NewAuditEntry) -> Result<bool, StoreError> {
        let label = label.clone();
        self.write(move |write| revoke(write, &label, &audit)).await
    }

    async fn admin_token(&self, hash: TokenHash) -> Result<Option<AdminToken>, StoreError> {
        self.read(move |database| one(database, &hash)).await
    }

    async fn admin_tokens(&self) -> Result<Vec<AdminToken>, StoreError> {
        self.read(all).await
    }

    async fn note_admin_token_use(&self, hash: TokenHash, at: Timestamp) -> Result<(), StoreError> {
        self.write(move |write| note_use(write, &hash, at)).await
    }
}

fn add(write: &Write<'_>, hash: &TokenHash, token: &AdminToken, audit: &NewAuditEntry) -> Result<(), StoreError> {
    write.append_audit(audit)?;
    write
        .database
        .prepare_cached(
            "INSERT INTO admin_tokens (hash, label, created_at, expires_at, last_used_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            hash,
            token.label.as_str(),
            token.created_at.unix_ms(),
            optional_ms(token.expires_at),
            optional_ms(token.last_used_at)
        ])
        .map_err(|error| taken(error, &format!("an admin token labelled {}", token.label)))?;
    Ok(())
}

fn revoke(write: &Write<'_>, label: &TokenLabel, audit: &NewAuditEntry) -> Result<bool, StoreError> {
    let mut delete = write.database.prepare_cached("DELETE FROM admin_tokens WHERE label = ?1")?;
    let existed = delete.execute([label.as_str()])? > 0;
    if existed {
        write.append_audit(audit)?;
    }
    Ok(existed)
}

fn one(database: &Connection, hash: &TokenHash) -> Result<Option<AdminToken>, StoreError> {
    let mut query = database.prepare_cached(&format!("SELECT {COLUMNS} FROM admin_tokens WHERE hash = ?1"))?;
    let mut rows = query.query_and_then([hash], |row| token(&Reading::new("admin_tokens", row)))?;
    rows.next().transpose()
}

fn all(database: &Connection) -> Result<Vec<AdminToken>, StoreError> {
    let mut query = database.prepare_cached(&format!("SELECT {COLUMNS} FROM admin_tokens ORDER BY label"))?;
    query.query_and_then([], |row| token(&Reading::new("admin_tokens", row)))?.collect()
}

/// Never backwards, whatever order uses are noted in.
fn note_use(write: &Write<'_>, hash: &TokenHash, at: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE admin_tokens SET last_used_at = max(coalesce(last_used_at, 0), ?2) WHERE hash = ?1";
    write.database.prepare_cached(sql)?.execute(params![hash, at.unix_ms()])?;
    Ok(())
}

fn token(row: &Reading<'_>) -> Result<AdminToken, StoreError> {
    Ok(AdminToken {
        label: row.parsed("label")?,
        created_at: row.time("created_at")?,
        expires_at: row.optional_time("expires_at")?,
        last_used_at: row.optional_time("last_used_at")?,
    })
}
