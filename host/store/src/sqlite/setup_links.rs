//! One-time links to the PAT page, kept by the hash of their secret.

use async_trait::async_trait;
use model::{ActingUser, NewAuditEntry, SetupLink, Timestamp};
use rusqlite::{Connection, params};

use super::SqliteStore;
use super::columns::Reading;
use super::error::refused;
use super::writer::Write;
use crate::{SetupLinks, StoreError, TokenHash};

#[async_trait]
impl SetupLinks for SqliteStore {
    async fn add_setup_link(&self, token: TokenHash, link: SetupLink, audit: NewAuditEntry) -> Result<(), StoreError> {
        self.write(move |write| add(write, &token, &link, &audit)).await
    }

    async fn peek_setup_link(&self, token: TokenHash, now: Timestamp) -> Result<Option<SetupLink>, StoreError> {
        self.read(move |database| peek(database, &token, now)).await
    }

    async fn take_setup_link(&self, token: TokenHash, now: Timestamp) -> Result<Option<SetupLink>, StoreError> {
        self.write(move |write| take(write, &token, now)).await
    }
}

fn add(write: &Write<'_>, token: &TokenHash, link: &SetupLink, audit: &NewAuditEntry) -> Result<(), StoreError> {
    write.append_audit(audit)?;
    let inserted = write
        .database
        .prepare_cached(
            "INSERT INTO setup_links (hash, integration, site, jira_user, project, connector, return_to, expires_at) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            token,
            link.integration.as_str(),
            link.user.site.as_str(),
            link.user.id.as_str(),
            link.project.as_str(),
            link.connector.as_str(),
            link.return_to,
            link.expires_at.unix_ms(),
        ]);
    inserted
        .map_err(|error| refused(error, "this setup link", &format!("integration {}", link.integration)))
        .map(|_| ())
}

fn peek(database: &Connection, token: &TokenHash, now: Timestamp) -> Result<Option<SetupLink>, StoreError> {
    let mut query = database.prepare_cached(
        "SELECT rowid AS row_number, integration, site, jira_user, project, connector, return_to, expires_at \
         FROM setup_links WHERE hash = ?1 AND expires_at > ?2",
    )?;
    let mut rows =
        query.query_and_then(params![token, now.unix_ms()], |row| link(&Reading::new("setup_links", row)))?;
    rows.next().transpose()
}

fn take(write: &Write<'_>, token: &TokenHash, now: Timestamp) -> Result<Option<SetupLink>, StoreError> {
    let found = peek(write.database, token, now)?;
    if found.is_some() {
        write.database.prepare_cached("DELETE FROM setup_links WHERE hash = ?1")?.execute([token])?;
    }
    Ok(found)
}

/// How many had run out.
pub(super) fn sweep(write: &Write<'_>, now: Timestamp) -> Result<u64, StoreError> {
    let swept = write.database.execute("DELETE FROM setup_links WHERE expires_at <= ?1", [now.unix_ms()])?;
    Ok(swept as u64)
}

fn link(row: &Reading<'_>) -> Result<SetupLink, StoreError> {
    Ok(SetupLink {
        integration: row.parsed("integration")?,
        user: ActingUser { site: row.parsed("site")?, id: row.parsed("jira_user")? },
        project: row.parsed("project")?,
        connector: row.parsed("connector")?,
        return_to: row.plain("return_to")?,
        expires_at: row.time("expires_at")?,
    })
}
