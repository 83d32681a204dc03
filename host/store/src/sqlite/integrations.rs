//! Integrations with their own credential, and the rule over all of them.

use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};

use super::StoreError;
use super::columns::{Reading, json};
use super::error::taken;
use super::writer::Write;
use model::{BranchNaming, IntegrationId, IntegrationRecord, NewAuditEntry, Policy, Sealed};

const COLUMNS: &str = "rowid AS row_number, id, name, provider, kind, settings, connection, network, projects, \
                       require_user_pat, branch_template, account, created_at, updated_at, branch_separator, \
                       branch_max_length, mappings, algorithm, key_id, salt, nonce, ciphertext";

pub(super) fn add(
    write: &Write<'_>,
    record: &IntegrationRecord,
    credential: Option<&Sealed>,
    audit: &NewAuditEntry,
) -> Result<(), StoreError> {
    write.append_audit(audit)?;
    write
        .database
        .prepare_cached(
            "INSERT INTO integrations (id, name, provider, kind, settings, connection, network, projects, \
             require_user_pat, branch_template, account, created_at, updated_at, branch_separator, branch_max_length, \
             mappings) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
        )?
        .execute(params_from_iter(columns(record)))
        .map_err(|error| taken(error, &format!("integration {}", record.id)))?;
    set_credential(write, &record.id, credential)
}

pub(super) fn change(
    write: &Write<'_>,
    record: &IntegrationRecord,
    credential: Option<&Sealed>,
    audit: &NewAuditEntry,
) -> Result<bool, StoreError> {
    let changed = write
        .database
        .prepare_cached(
            "UPDATE integrations SET name = ?2, provider = ?3, kind = ?4, settings = ?5, connection = ?6, network = ?7, \
             projects = ?8, require_user_pat = ?9, branch_template = ?10, account = ?11, created_at = ?12, \
             updated_at = ?13, branch_separator = ?14, branch_max_length = ?15, mappings = ?16 WHERE id = ?1",
        )?
        .execute(params_from_iter(columns(record)))?;
    if changed == 0 {
        return Ok(false);
    }
    write.append_audit(audit)?;
    if credential.is_some() {
        write.erased_credential();
    }
    set_credential(write, &record.id, credential)?;
    Ok(true)
}

/// Its PATs and setup links go with it, by the tables' foreign keys.
pub(super) fn remove(write: &Write<'_>, id: &IntegrationId, audit: &NewAuditEntry) -> Result<bool, StoreError> {
    let removed = write.database.prepare_cached("DELETE FROM integrations WHERE id = ?1")?.execute([id.as_str()])?;
    if removed > 0 {
        write.erased_credential();
        write.append_audit(audit)?;
    }
    Ok(removed > 0)
}

pub(super) fn one(
    database: &Connection,
    id: &IntegrationId,
) -> Result<Option<(IntegrationRecord, Option<Sealed>)>, StoreError> {
    let mut query = database.prepare_cached(&format!("SELECT {COLUMNS} FROM integrations WHERE id = ?1"))?;
    let mut rows = query.query_and_then([id.as_str()], |row| {
        let row = Reading::new("integrations", row);
        Ok((record(&row)?, credential(&row)?))
    })?;
    rows.next().transpose()
}

pub(super) fn all(database: &Connection) -> Result<Vec<IntegrationRecord>, StoreError> {
    let mut query = database.prepare_cached(&format!("SELECT {COLUMNS} FROM integrations ORDER BY id"))?;
    query.query_and_then([], |row| record(&Reading::new("integrations", row)))?.collect()
}

pub(super) fn policy(database: &Connection) -> Result<Policy, StoreError> {
    let mut query = database.prepare_cached("SELECT id AS row_number, require_user_pat FROM policy")?;
    let mut rows = query.query_and_then([], |row| {
        Ok(Policy { require_user_pat: Reading::new("policy", row).plain("require_user_pat")? })
    })?;
    // No row is no permission to go without the rule.
    rows.next().unwrap_or_else(|| Err(StoreError::Damaged("table policy has no row".to_owned())))
}

pub(super) fn set_policy(write: &Write<'_>, policy: Policy, audit: &NewAuditEntry) -> Result<(), StoreError> {
    write.append_audit(audit)?;
    write.database.execute("UPDATE policy SET require_user_pat = ?1", [policy.require_user_pat])?;
    Ok(())
}

fn set_credential(write: &Write<'_>, id: &IntegrationId, credential: Option<&Sealed>) -> Result<(), StoreError> {
    let Some(sealed) = credential else { return Ok(()) };
    write
        .database
        .prepare_cached(
            "UPDATE integrations SET algorithm = ?2, key_id = ?3, salt = ?4, nonce = ?5, ciphertext = ?6 WHERE id = ?1",
        )?
        .execute(
            params![id.as_str(), sealed.algorithm, sealed.key_id, sealed.salt, sealed.nonce, sealed.ciphertext,],
        )?;
    Ok(())
}

/// The record's columns, in the order in which adding and changing number them.
fn columns(record: &IntegrationRecord) -> [Value; 16] {
    let naming = &record.naming;
    [
        record.id.as_str().to_owned().into(),
        record.name.clone().into(),
        record.provider.as_str().to_owned().into(),
        record.kind.as_str().to_owned().into(),
        json(&record.settings).into(),
        json(&record.connection).into(),
        json(&record.network).into(),
        json(&record.projects).into(),
        record.require_user_pat.into(),
        naming.template.as_ref().map(|template| template.as_str().to_owned()).into(),
        record.account.as_ref().map(json).into(),
        record.created_at.unix_ms().into(),
        record.updated_at.unix_ms().into(),
        naming.separator.as_char().to_string().into(),
        naming.max_length.map(|max| i64::from(max.bytes())).into(),
        json(&record.mappings).into(),
    ]
}

fn record(row: &Reading<'_>) -> Result<IntegrationRecord, StoreError> {
    Ok(IntegrationRecord {
        id: row.parsed("id")?,
        name: row.plain("name")?,
        provider: row.parsed("provider")?,
        kind: row.parsed("kind")?,
        settings: row.json("settings")?,
        connection: row.json("connection")?,
        network: row.json("network")?,
        projects: row.json("projects")?,
        require_user_pat: row.plain("require_user_pat")?,
        naming: BranchNaming {
            template: row.optional_parsed("branch_template")?,
            separator: row.parsed("branch_separator")?,
            max_length: row.checked("branch_max_length")?,
        },
        mappings: row.json("mappings")?,
        account: row.optional_json("account")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}

fn credential(row: &Reading<'_>) -> Result<Option<Sealed>, StoreError> {
    let ciphertext: Option<Vec<u8>> = row.plain("ciphertext")?;
    ciphertext.map(|_| row.sealed()).transpose()
}
