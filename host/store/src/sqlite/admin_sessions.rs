//! Sessions of administrators, and the login links some begin with.

use async_trait::async_trait;
use model::{AdminSession, NewAuditEntry, Timestamp, TokenLabel, VisitId};
use rusqlite::{Connection, params};

use super::SqliteStore;
use super::columns::Reading;
use super::error::taken;
use super::writer::Write;
use crate::{AdminSessions, NewAdminSession, SignIn, StoreError, TokenHash};

/// Of sessions whose token, where one began them, has not expired.
const KNOWN: &str = "SELECT admin_sessions.rowid AS row_number, id, admin_sessions.label AS label, began_at, used_at, ends_at \
                     FROM admin_sessions LEFT JOIN admin_tokens ON admin_tokens.hash = admin_sessions.token \
                     WHERE (admin_tokens.expires_at IS NULL OR admin_tokens.expires_at > ?1)";

#[async_trait]
impl AdminSessions for SqliteStore {
    async fn add_login_link(
        &self,
        link: TokenHash,
        label: TokenLabel,
        expires_at: Timestamp,
        audit: NewAuditEntry,
    ) -> Result<(), StoreError> {
        self.write(move |write| {
            write.append_audit(&audit)?;
            let insert = "INSERT INTO login_links (hash, label, expires_at) VALUES (?1, ?2, ?3)";
            let values = params![link, label.as_str(), expires_at.unix_ms()];
            write.database.prepare_cached(insert)?.execute(values).map_err(|error| taken(error, "this login link"))?;
            Ok(())
        })
        .await
    }

    async fn login_link(&self, link: TokenHash, now: Timestamp) -> Result<Option<TokenLabel>, StoreError> {
        self.read(move |database| login_link(database, &link, now)).await
    }

    async fn begin_admin_session(
        &self,
        with: SignIn,
        session: NewAdminSession,
        audit: NewAuditEntry,
    ) -> Result<Option<AdminSession>, StoreError> {
        self.write(move |write| begin(write, with, &session, &audit)).await
    }

    async fn admin_session(&self, secret: TokenHash, now: Timestamp) -> Result<Option<AdminSession>, StoreError> {
        self.read(move |database| {
            let mut query = database.prepare_cached(&format!("{KNOWN} AND secret = ?2"))?;
            let mut rows = query.query_and_then(params![now.unix_ms(), secret], session)?;
            rows.next().transpose()
        })
        .await
    }

    async fn admin_sessions(&self, now: Timestamp) -> Result<Vec<AdminSession>, StoreError> {
        self.read(move |database| {
            let mut query = database.prepare_cached(&format!("{KNOWN} ORDER BY used_at DESC, id"))?;
            query.query_and_then([now.unix_ms()], session)?.collect()
        })
        .await
    }

    async fn note_admin_session_use(&self, id: &VisitId, at: Timestamp) -> Result<(), StoreError> {
        let id = id.clone();
        self.write(move |write| {
            let note = "UPDATE admin_sessions SET used_at = max(used_at, ?2) WHERE id = ?1";
            write.database.prepare_cached(note)?.execute(params![id.as_str(), at.unix_ms()])?;
            Ok(())
        })
        .await
    }

    async fn end_admin_session(&self, id: &VisitId, audit: NewAuditEntry) -> Result<bool, StoreError> {
        let id = id.clone();
        self.write(move |write| {
            let mut delete = write.database.prepare_cached("DELETE FROM admin_sessions WHERE id = ?1")?;
            let existed = delete.execute([id.as_str()])? > 0;
            if existed {
                write.append_audit(&audit)?;
            }
            Ok(existed)
        })
        .await
    }
}

fn login_link(database: &Connection, link: &TokenHash, now: Timestamp) -> Result<Option<TokenLabel>, StoreError> {
    let find = "SELECT 0 AS row_number, label FROM login_links WHERE hash = ?1 AND expires_at > ?2";
    let mut query = database.prepare_cached(find)?;
    let mut rows = query.query_and_then(params![link, now.unix_ms()], |row| {
        Reading::new("login_links", row).parsed::<TokenLabel>("label")
    })?;
    rows.next().transpose()
}

fn begin(
    write: &Write<'_>,
    with: SignIn,
    begin: &NewAdminSession,
    audit: &NewAuditEntry,
) -> Result<Option<AdminSession>, StoreError> {
    let NewAdminSession { id, secret, now } = begin;
    let (label, token) = match with {
        SignIn::Link(link) => {
            let label = login_link(write.database, &link, *now)?;
            write.database.prepare_cached("DELETE FROM login_links WHERE hash = ?1")?.execute([link])?;
            (label, None)
        }
        SignIn::Token(token) => {
            let find = "SELECT rowid AS row_number, label FROM admin_tokens \
                        WHERE hash = ?1 AND (expires_at IS NULL OR expires_at > ?2)";
            let mut query = write.database.prepare_cached(find)?;
            let mut rows = query.query_and_then(params![token, now.unix_ms()], |row| {
                Reading::new("admin_tokens", row).parsed::<TokenLabel>("label")
            })?;
            (rows.next().transpose()?, Some(token))
        }
    };
    let Some(label) = label else { return Ok(None) };
    write.append_audit(audit)?;
    let ends_at = now.plus_ms(AdminSession::LASTS_MS);
    write
        .database
        .prepare_cached(
            "INSERT INTO admin_sessions (id, secret, label, token, began_at, used_at, ends_at) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6)",
        )?
        .execute(params![id.as_str(), secret, label.as_str(), token, now.unix_ms(), ends_at.unix_ms()])?;
    Ok(Some(AdminSession { id: id.clone(), label, began_at: *now, used_at: *now, ends_at }))
}

fn session(row: &rusqlite::Row<'_>) -> Result<AdminSession, StoreError> {
    let row = Reading::new("admin_sessions", row);
    Ok(AdminSession {
        id: row.parsed("id")?,
        label: row.parsed("label")?,
        began_at: row.time("began_at")?,
        used_at: row.time("used_at")?,
        ends_at: row.time("ends_at")?,
    })
}

/// How many links had run out, and how many sessions had ended so long ago that nobody goes on with them.
pub(super) fn sweep(write: &Write<'_>, now: Timestamp) -> Result<u64, StoreError> {
    let known_since = now.unix_ms().saturating_sub(AdminSession::KNOWN_MS);
    let ended = "DELETE FROM admin_sessions WHERE ends_at <= ?1 OR used_at <= ?2";
    let idle_since = known_since.saturating_sub(AdminSession::IDLE_MS);
    let sessions = write.database.execute(ended, [known_since, idle_since])?;
    let links = write.database.execute("DELETE FROM login_links WHERE expires_at <= ?1", [now.unix_ms()])?;
    Ok((sessions + links) as u64)
}
