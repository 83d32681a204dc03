//! User PATs: sealed credentials with what is known of them.

use async_trait::async_trait;
use model::{ActingUser, IntegrationId, Learnt, NewAuditEntry, PatMetadata, PatRecord, Revision, Timestamp};
use rusqlite::{Connection, params};

use super::SqliteStore;
use super::columns::{Reading, json, optional_ms};
use super::error::refused;
use super::writer::Write;
use crate::{NewPat, PatDeletion, Pats, SavedPats, StoreError};

const COLUMNS: &str = "rowid AS row_number, integration, site, jira_user, revision, account, account_before, permissions, \
                       expiry, saved_at, last_checked_at, last_used_at, rejected_at, rejected_why, given_to, algorithm, key_id, \
                       salt, nonce, ciphertext";

#[async_trait]
impl Pats for SqliteStore {
    async fn save_pat(&self, pat: NewPat, audit: NewAuditEntry) -> Result<Revision, StoreError> {
        self.write(move |write| save(write, &pat, &audit)).await
    }

    async fn replace_pat(
        &self,
        of: Option<Revision>,
        pat: NewPat,
        audit: NewAuditEntry,
    ) -> Result<Revision, StoreError> {
        self.write(move |write| replace(write, of, &pat, &audit)).await
    }

    async fn delete_pat(
        &self,
        integration: &IntegrationId,
        user: &ActingUser,
        revision: Option<Revision>,
        audit: NewAuditEntry,
    ) -> Result<PatDeletion, StoreError> {
        let (integration, user) = (integration.clone(), user.clone());
        self.write(move |write| {
            if erase(write, &integration, &user, revision)? {
                write.append_audit(&audit)?;
                return Ok(PatDeletion::Deleted);
            }
            let another = one(write.database, &integration, &user)?;
            Ok(if another.is_some() { PatDeletion::Another } else { PatDeletion::Missing })
        })
        .await
    }

    async fn note_pat(
        &self,
        integration: &IntegrationId,
        user: &ActingUser,
        revision: Revision,
        learnt: Learnt,
        audit: NewAuditEntry,
    ) -> Result<Option<PatMetadata>, StoreError> {
        let (integration, user) = (integration.clone(), user.clone());
        self.write(move |write| note(write, &integration, &user, revision, learnt, &audit)).await
    }

    async fn note_pat_use(
        &self,
        integration: &IntegrationId,
        user: &ActingUser,
        revision: Revision,
        at: Timestamp,
        every_ms: i64,
    ) -> Result<(), StoreError> {
        let (integration, user) = (integration.clone(), user.clone());
        self.write(move |write| note_use(write, &integration, &user, revision, at, every_ms)).await
    }

    async fn pats_of(&self, user: &ActingUser) -> Result<Vec<(IntegrationId, PatMetadata)>, StoreError> {
        let user = user.clone();
        self.read(move |database| of_user(database, &user)).await
    }

    async fn pats_for(&self, integration: &IntegrationId) -> Result<Vec<(ActingUser, PatMetadata)>, StoreError> {
        let integration = integration.clone();
        self.read(move |database| of_integration(database, &integration)).await
    }

    async fn saved_pats(&self, integration: &IntegrationId) -> Result<SavedPats, StoreError> {
        let integration = integration.clone();
        self.read(move |database| saved(database, &integration)).await
    }
}

fn save(write: &Write<'_>, pat: &NewPat, audit: &NewAuditEntry) -> Result<Revision, StoreError> {
    erase(write, &pat.integration, &pat.user, None)?;
    insert(write, pat, audit)
}

/// The revision is compared in the transaction that writes.
fn replace(
    write: &Write<'_>,
    of: Option<Revision>,
    pat: &NewPat,
    audit: &NewAuditEntry,
) -> Result<Revision, StoreError> {
    let is_as_seen = match of {
        Some(of) => erase(write, &pat.integration, &pat.user, Some(of))?,
        None => one(write.database, &pat.integration, &pat.user)?.is_none(),
    };
    if !is_as_seen {
        return Err(StoreError::Changed(format!("the PAT for integration {}", pat.integration)));
    }
    insert(write, pat, audit)
}

fn insert(write: &Write<'_>, pat: &NewPat, audit: &NewAuditEntry) -> Result<Revision, StoreError> {
    let revision = write.append_audit(audit)?;
    let (metadata, sealed) = (&pat.metadata, &pat.sealed);
    write
        .database
        .prepare_cached(
            "INSERT INTO pats (integration, site, jira_user, revision, account, account_before, permissions, expiry, \
             saved_at, last_checked_at, last_used_at, rejected_at, rejected_why, given_to, algorithm, key_id, salt, nonce, \
             ciphertext) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)",
        )?
        .execute(params![
            pat.integration.as_str(),
            pat.user.site.as_str(),
            pat.user.id.as_str(),
            revision.number(),
            metadata.account.as_ref().map(json),
            metadata.account_before.as_ref().map(json),
            json(&metadata.permissions),
            json(&metadata.expiry),
            metadata.saved_at.unix_ms(),
            optional_ms(metadata.last_checked_at),
            optional_ms(metadata.last_used_at),
            optional_ms(metadata.rejection.as_ref().map(|rejection| rejection.at)),
            metadata.rejection.as_ref().map(|rejection| &rejection.why),
            json(&metadata.given_to),
            sealed.algorithm,
            sealed.key_id,
            sealed.salt,
            sealed.nonce,
            sealed.ciphertext,
        ])
        .map_err(|error| refused(error, "this PAT", &format!("integration {}", pat.integration)))?;
    Ok(revision)
}

fn erase(
    write: &Write<'_>,
    integration: &IntegrationId,
    user: &ActingUser,
    revision: Option<Revision>,
) -> Result<bool, StoreError> {
    let deleted = write
        .database
        .prepare_cached(
            "DELETE FROM pats WHERE integration = ?1 AND site = ?2 AND jira_user = ?3 AND (?4 IS NULL OR revision = ?4)",
        )?
        .execute(params![
            integration.as_str(),
            user.site.as_str(),
            user.id.as_str(),
            revision.map(Revision::number)
        ])?;
    if deleted > 0 {
        write.erased_credential();
    }
    Ok(deleted > 0)
}

/// Read and written in one transaction: nothing that was learnt in between is lost.
fn note(
    write: &Write<'_>,
    integration: &IntegrationId,
    user: &ActingUser,
    revision: Revision,
    learnt: Learnt,
    audit: &NewAuditEntry,
) -> Result<Option<PatMetadata>, StoreError> {
    let known = one(write.database, integration, user)?.filter(|pat| pat.revision == revision);
    let Some(metadata) = known.and_then(|pat| learnt.added_to(pat.metadata)) else {
        return Ok(None);
    };
    write
        .database
        .prepare_cached(
            "UPDATE pats SET account = ?4, account_before = ?5, permissions = ?6, expiry = ?7, last_checked_at = ?8, \
             rejected_at = ?9, rejected_why = ?10 WHERE integration = ?1 AND site = ?2 AND jira_user = ?3",
        )?
        .execute(params![
            integration.as_str(),
            user.site.as_str(),
            user.id.as_str(),
            metadata.account.as_ref().map(json),
            metadata.account_before.as_ref().map(json),
            json(&metadata.permissions),
            json(&metadata.expiry),
            optional_ms(metadata.last_checked_at),
            optional_ms(metadata.rejection.as_ref().map(|rejection| rejection.at)),
            metadata.rejection.as_ref().map(|rejection| &rejection.why),
        ])?;
    write.append_audit(audit)?;
    Ok(Some(metadata))
}

fn note_use(
    write: &Write<'_>,
    integration: &IntegrationId,
    user: &ActingUser,
    revision: Revision,
    at: Timestamp,
    every_ms: i64,
) -> Result<(), StoreError> {
    write
        .database
        .prepare_cached(
            "UPDATE pats SET last_used_at = ?5 WHERE integration = ?1 AND site = ?2 AND jira_user = ?3 AND revision = ?4 \
             AND (last_used_at IS NULL OR last_used_at <= ?6)",
        )?
        .execute(params![
            integration.as_str(),
            user.site.as_str(),
            user.id.as_str(),
            revision.number(),
            at.unix_ms(),
            at.plus_ms(-every_ms).unix_ms(),
        ])?;
    Ok(())
}

pub(super) fn one(
    database: &Connection,
    integration: &IntegrationId,
    user: &ActingUser,
) -> Result<Option<PatRecord>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM pats WHERE integration = ?1 AND site = ?2 AND jira_user = ?3");
    let mut query = database.prepare_cached(&sql)?;
    let mut rows = query.query_and_then([integration.as_str(), user.site.as_str(), user.id.as_str()], |row| {
        let row = Reading::new("pats", row);
        Ok(PatRecord { metadata: metadata(&row)?, sealed: row.sealed()?, revision: row.revision()? })
    })?;
    rows.next().transpose()
}

pub(super) fn of_user(
    database: &Connection,
    user: &ActingUser,
) -> Result<Vec<(IntegrationId, PatMetadata)>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM pats WHERE site = ?1 AND jira_user = ?2 ORDER BY integration");
    let mut query = database.prepare_cached(&sql)?;
    query
        .query_and_then([user.site.as_str(), user.id.as_str()], |row| {
            let row = Reading::new("pats", row);
            Ok((row.parsed("integration")?, metadata(&row)?))
        })?
        .collect()
}

fn of_integration(
    database: &Connection,
    integration: &IntegrationId,
) -> Result<Vec<(ActingUser, PatMetadata)>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM pats WHERE integration = ?1 ORDER BY site, jira_user");
    let mut query = database.prepare_cached(&sql)?;
    query
        .query_and_then([integration.as_str()], |row| {
            let row = Reading::new("pats", row);
            Ok((ActingUser { site: row.parsed("site")?, id: row.parsed("jira_user")? }, metadata(&row)?))
        })?
        .collect()
}

pub(super) fn saved(database: &Connection, integration: &IntegrationId) -> Result<SavedPats, StoreError> {
    let mut query = database.prepare_cached("SELECT count(*), max(revision) FROM pats WHERE integration = ?1")?;
    let (people, newest): (i64, Option<i64>) =
        query.query_row([integration.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(SavedPats { people: usize::try_from(people).unwrap_or_default(), newest: newest.map(Revision::of_entry) })
}

fn metadata(row: &Reading<'_>) -> Result<PatMetadata, StoreError> {
    Ok(PatMetadata {
        account: row.optional_json("account")?,
        account_before: row.optional_json("account_before")?,
        permissions: row.json("permissions")?,
        expiry: row.json("expiry")?,
        saved_at: row.time("saved_at")?,
        last_checked_at: row.optional_time("last_checked_at")?,
        last_used_at: row.optional_time("last_used_at")?,
        rejection: row.rejection("rejected_at", "rejected_why")?,
        given_to: row.json("given_to")?,
    })
}
