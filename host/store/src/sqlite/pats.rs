//! User PATs: sealed credentials with what is known of them.

use rusqlite::{Connection, params};

use super::StoreError;
use super::columns::{Reading, json, optional_ms};
use super::error::refused;
use super::writer::Write;
use crate::NewPat;
use model::{IntegrationId, JiraUser, NewAuditEntry, PatMetadata, PatRecord};

const COLUMNS: &str = "rowid AS row_number, integration, jira_user, revision, account, account_before, permissions, expiry, saved_at, \
                       last_checked_at, rejected_at, algorithm, key_id, salt, nonce, ciphertext";

pub(super) fn save(write: &Write<'_>, pat: &NewPat, audit: &NewAuditEntry) -> Result<(), StoreError> {
    // Unlike a counter in the row, the number of the audit entry is not used again after the row was deleted.
    let revision = write.append_audit(audit)?;
    erase(write, &pat.integration, &pat.user, None)?;
    let (metadata, sealed) = (&pat.metadata, &pat.sealed);
    write
        .database
        .prepare_cached(
            "INSERT INTO pats (integration, jira_user, revision, account, permissions, expiry, saved_at, \
             last_checked_at, rejected_at, algorithm, key_id, salt, nonce, ciphertext, account_before) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
        )?
        .execute(params![
            pat.integration.as_str(),
            pat.user.as_str(),
            revision,
            metadata.account.as_ref().map(json),
            json(&metadata.permissions),
            json(&metadata.expiry),
            metadata.saved_at.unix_ms(),
            optional_ms(metadata.last_checked_at),
            optional_ms(metadata.rejected_at),
            sealed.algorithm,
            sealed.key_id,
            sealed.salt,
            sealed.nonce,
            sealed.ciphertext,
            metadata.account_before.as_ref().map(json),
        ])
        .map_err(|error| refused(error, "this PAT", &format!("integration {}", pat.integration)))?;
    Ok(())
}

pub(super) fn delete(
    write: &Write<'_>,
    integration: &IntegrationId,
    user: &JiraUser,
    revision: Option<i64>,
    audit: &NewAuditEntry,
) -> Result<bool, StoreError> {
    let existed = erase(write, integration, user, revision)?;
    if existed {
        write.append_audit(audit)?;
    }
    Ok(existed)
}

fn erase(
    write: &Write<'_>,
    integration: &IntegrationId,
    user: &JiraUser,
    revision: Option<i64>,
) -> Result<bool, StoreError> {
    let deleted = write
        .database
        .prepare_cached("DELETE FROM pats WHERE integration = ?1 AND jira_user = ?2 AND (?3 IS NULL OR revision = ?3)")?
        .execute(params![integration.as_str(), user.as_str(), revision])?;
    if deleted > 0 {
        write.erased_credential();
    }
    Ok(deleted > 0)
}

pub(super) fn note(
    write: &Write<'_>,
    integration: &IntegrationId,
    user: &JiraUser,
    revision: i64,
    metadata: &PatMetadata,
    audit: &NewAuditEntry,
) -> Result<bool, StoreError> {
    let changed = write
        .database
        .prepare_cached(
            "UPDATE pats SET account = ?4, permissions = ?5, expiry = ?6, saved_at = ?7, last_checked_at = ?8, \
             rejected_at = ?9, account_before = ?10 WHERE integration = ?1 AND jira_user = ?2 AND revision = ?3",
        )?
        .execute(params![
            integration.as_str(),
            user.as_str(),
            revision,
            metadata.account.as_ref().map(json),
            json(&metadata.permissions),
            json(&metadata.expiry),
            metadata.saved_at.unix_ms(),
            optional_ms(metadata.last_checked_at),
            optional_ms(metadata.rejected_at),
            metadata.account_before.as_ref().map(json),
        ])?;
    if changed > 0 {
        write.append_audit(audit)?;
    }
    Ok(changed > 0)
}

pub(super) fn one(
    database: &Connection,
    integration: &IntegrationId,
    user: &JiraUser,
) -> Result<Option<PatRecord>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM pats WHERE integration = ?1 AND jira_user = ?2");
    let mut query = database.prepare_cached(&sql)?;
    let mut rows = query.query_and_then([integration.as_str(), user.as_str()], |row| {
        let row = Reading::new("pats", row);
        Ok(PatRecord { metadata: metadata(&row)?, sealed: row.sealed()?, revision: row.plain("revision")? })
    })?;
    rows.next().transpose()
}

pub(super) fn of_user(database: &Connection, user: &JiraUser) -> Result<Vec<(IntegrationId, PatMetadata)>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM pats WHERE jira_user = ?1 ORDER BY integration");
    let mut query = database.prepare_cached(&sql)?;
    query
        .query_and_then([user.as_str()], |row| {
            let row = Reading::new("pats", row);
            Ok((row.parsed("integration")?, metadata(&row)?))
        })?
        .collect()
}

pub(super) fn of_integration(
    database: &Connection,
    integration: &IntegrationId,
) -> Result<Vec<(JiraUser, PatMetadata)>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM pats WHERE integration = ?1 ORDER BY jira_user");
    let mut query = database.prepare_cached(&sql)?;
    query
        .query_and_then([integration.as_str()], |row| {
            let row = Reading::new("pats", row);
            Ok((row.parsed("jira_user")?, metadata(&row)?))
        })?
        .collect()
}

fn metadata(row: &Reading<'_>) -> Result<PatMetadata, StoreError> {
    Ok(PatMetadata {
        account: row.optional_json("account")?,
        account_before: row.optional_json("account_before")?,
        permissions: row.json("permissions")?,
        expiry: row.json("expiry")?,
        saved_at: row.time("saved_at")?,
        last_checked_at: row.optional_time("last_checked_at")?,
        rejected_at: row.optional_time("rejected_at")?,
    })
}
