//! Integrations with their own credential, and the rules over all of them.

use async_trait::async_trait;
use model::{
    BranchNaming, Features, IntegrationId, IntegrationRecord, NewAuditEntry, Policy, Rejection, Revision, Rules,
    Sealed, SiteProject, Timestamp,
};
use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};

use super::SqliteStore;
use super::columns::{Reading, json, optional_ms};
use super::error::taken;
use super::pats::saved;
use super::writer::{Guarded, Write};
use crate::{Integrations, OwnCredentialChange, SeenIntegration, StoreError};

const COLUMNS: &str = "rowid AS row_number, id, name, provider, kind, settings, connection, network, projects, \
                       require_user_pat, branch_template, account, created_at, updated_at, branch_separator, \
                       branch_max_length, mappings, own_given_to, require_user_pat_from, enforce_git_permissions, \
                       create_branches, delete_branches, create_pull_requests, branch_letters, own_rejected_at, \
                       own_rejected_why, revision, algorithm, key_id, salt, nonce, ciphertext";

#[async_trait]
impl Integrations for SqliteStore {
    async fn add_integration(
        &self,
        record: IntegrationRecord,
        credential: Option<Sealed>,
        audit: NewAuditEntry,
    ) -> Result<Revision, StoreError> {
        self.write(move |write| add(write, &record, credential.as_ref(), &audit)).await
    }

    async fn change_integration(
        &self,
        record: IntegrationRecord,
        credential: OwnCredentialChange,
        audit: NewAuditEntry,
    ) -> Result<Revision, StoreError> {
        self.write(move |write| change(write, &record, &credential, &audit)).await
    }

    async fn note_own_rejection(
        &self,
        id: &IntegrationId,
        of: Revision,
        rejection: Rejection,
        audit: NewAuditEntry,
    ) -> Result<bool, StoreError> {
        let id = id.clone();
        self.write(move |write| note_rejection(write, &id, of, &rejection, &audit)).await
    }

    async fn forget_own_rejection(
        &self,
        id: &IntegrationId,
        of: Revision,
        rejected_at: Timestamp,
        audit: NewAuditEntry,
    ) -> Result<bool, StoreError> {
        let id = id.clone();
        self.write(move |write| forget_rejection(write, &id, of, rejected_at, &audit)).await
    }

    async fn remove_integration(
        &self,
        id: &IntegrationId,
        expected: Option<SeenIntegration>,
        audit: NewAuditEntry,
    ) -> Result<bool, StoreError> {
        let id = id.clone();
        self.write(move |write| remove(write, &id, expected, &audit)).await
    }

    async fn integration(&self, id: &IntegrationId) -> Result<Option<IntegrationRecord>, StoreError> {
        let id = id.clone();
        self.read(move |database| one(database, &id)).await
    }

    async fn integrations(&self) -> Result<Vec<IntegrationRecord>, StoreError> {
        self.read(all).await
    }

    async fn policy(&self) -> Result<Policy, StoreError> {
        self.read(policy).await
    }

    async fn set_policy(&self, policy: Policy, audit: NewAuditEntry) -> Result<Revision, StoreError> {
        self.write(move |write| set_policy(write, policy, &audit)).await
    }
}

fn add(
    write: &Write<'_>,
    record: &IntegrationRecord,
    credential: Option<&Sealed>,
    audit: &NewAuditEntry,
) -> Result<Revision, StoreError> {
    hold_to_sites(write, record)?;
    let revision = write.append_audit(audit)?;
    write
        .database
        .prepare_cached(
            "INSERT INTO integrations (id, name, provider, kind, settings, connection, network, projects, \
             require_user_pat, branch_template, account, created_at, updated_at, branch_separator, branch_max_length, \
             mappings, own_given_to, require_user_pat_from, enforce_git_permissions, create_branches, delete_branches, \
             create_pull_requests, branch_letters, revision) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, \
             ?22, ?23, ?24)",
        )?
        .execute(params_from_iter(columns(record).into_iter().chain([revision.number().into()])))
        .map_err(|error| taken(error, &format!("integration {}", record.id)))?;
    if credential.is_some() {
        set_credential(write, &record.id, credential)?;
    }
    Ok(revision)
}

/// In the transaction of the change: a site is not removed in between.
fn hold_to_sites(write: &Write<'_>, record: &IntegrationRecord) -> Result<(), StoreError> {
    let mut known = write.database.prepare_cached("SELECT 1 FROM sites WHERE id = ?1")?;
    for site in record.projects.sites() {
        if !known.exists([site.as_str()])? {
            return Err(StoreError::Missing(format!("site {site}")));
        }
    }
    Ok(())
}

/// The revision is compared in the statement that changes the row.
fn change(
    write: &Write<'_>,
    record: &IntegrationRecord,
    credential: &OwnCredentialChange,
    audit: &NewAuditEntry,
) -> Result<Revision, StoreError> {
    hold_to_sites(write, record)?;
    let revision = write.append_audit(audit)?;
    let values = columns(record).into_iter().chain([revision.number().into(), record.revision.number().into()]);
    let changed = write
        .database
        .prepare_cached(
            "UPDATE integrations SET name = ?2, provider = ?3, kind = ?4, settings = ?5, connection = ?6, network = ?7, \
             projects = ?8, require_user_pat = ?9, branch_template = ?10, account = ?11, created_at = ?12, \
             updated_at = ?13, branch_separator = ?14, branch_max_length = ?15, mappings = ?16, own_given_to = ?17, \
             require_user_pat_from = ?18, enforce_git_permissions = ?19, create_branches = ?20, delete_branches = ?21, \
             create_pull_requests = ?22, branch_letters = ?23, revision = ?24 WHERE id = ?1 AND revision = ?25",
        )?
        .execute(params_from_iter(values))?;
    write.guarded(of(&record.id)).changed(changed)?;
    match credential {
        OwnCredentialChange::Keep => {}
        OwnCredentialChange::Replace(sealed) => set_credential(write, &record.id, Some(sealed))?,
        OwnCredentialChange::Remove => set_credential(write, &record.id, None)?,
    }
    Ok(revision)
}

/// The first refusal stays, with its time: later ones of the same credential say nothing new.
fn note_rejection(
    write: &Write<'_>,
    id: &IntegrationId,
    of: Revision,
    rejection: &Rejection,
    audit: &NewAuditEntry,
) -> Result<bool, StoreError> {
    let noted = write
        .database
        .prepare_cached(
            "UPDATE integrations SET own_rejected_at = ?3, own_rejected_why = ?4 \
             WHERE id = ?1 AND revision = ?2 AND own_rejected_at IS NULL",
        )?
        .execute(params![id.as_str(), of.number(), rejection.at.unix_ms(), rejection.why])?;
    written_down(write, noted, audit)
}

fn forget_rejection(
    write: &Write<'_>,
    id: &IntegrationId,
    of: Revision,
    rejected_at: Timestamp,
    audit: &NewAuditEntry,
) -> Result<bool, StoreError> {
    let forgotten = write
        .database
        .prepare_cached(
            "UPDATE integrations SET own_rejected_at = NULL, own_rejected_why = NULL \
             WHERE id = ?1 AND revision = ?2 AND own_rejected_at = ?3",
        )?
        .execute(params![id.as_str(), of.number(), rejected_at.unix_ms()])?;
    written_down(write, forgotten, audit)
}

/// The entry of a change to some rows, where there were any. Whether there were.
fn written_down(write: &Write<'_>, rows: usize, audit: &NewAuditEntry) -> Result<bool, StoreError> {
    if rows > 0 {
        write.append_audit(audit)?;
    }
    Ok(rows > 0)
}

/// Its PATs and setup links go with it, by the tables' foreign keys.
fn remove(
    write: &Write<'_>,
    id: &IntegrationId,
    expected: Option<SeenIntegration>,
    audit: &NewAuditEntry,
) -> Result<bool, StoreError> {
    let is_as_told = match expected {
        Some(seen) => saved(write.database, id)? == seen.pats,
        None => true,
    };
    let removed = write.guarded(of(id)).remove(expected.map(|seen| seen.revision))?;
    if removed {
        if !is_as_told {
            return Err(StoreError::Changed(format!("integration {id}")));
        }
        write.erased_credential();
        write.append_audit(audit)?;
    }
    Ok(removed)
}

fn of(id: &IntegrationId) -> Guarded<'_> {
    Guarded { table: "integrations", what: "integration", id: id.as_str() }
}

pub(super) fn one(database: &Connection, id: &IntegrationId) -> Result<Option<IntegrationRecord>, StoreError> {
    let mut query = database.prepare_cached(&format!("SELECT {COLUMNS} FROM integrations WHERE id = ?1"))?;
    let mut rows = query.query_and_then([id.as_str()], |row| record(&Reading::new("integrations", row)))?;
    rows.next().transpose()
}

/// An integration with its own credential, if it is open to the project. One that is not is not even read.
pub(super) fn open_to(
    database: &Connection,
    id: &IntegrationId,
    project: &SiteProject,
) -> Result<Option<(IntegrationRecord, Option<Sealed>)>, StoreError> {
    let mut query = database.prepare_cached(&format!("SELECT {COLUMNS} FROM integrations WHERE id = ?1"))?;
    let mut rows = query.query_and_then([id.as_str()], |row| {
        let row = Reading::new("integrations", row);
        let projects: model::Projects = row.json("projects")?;
        if projects.include(project) { Ok(Some((record(&row)?, credential(&row)?))) } else { Ok(None) }
    })?;
    rows.next().transpose().map(Option::flatten)
}

pub(super) fn all(database: &Connection) -> Result<Vec<IntegrationRecord>, StoreError> {
    let mut query = database.prepare_cached(&format!("SELECT {COLUMNS} FROM integrations ORDER BY id"))?;
    query.query_and_then([], |row| record(&Reading::new("integrations", row)))?.collect()
}

/// Fails where there are integrations and none of them can be read.
pub(super) fn some_can_be_read(database: &Connection) -> Result<(), StoreError> {
    let mut query = database.prepare_cached(&format!("SELECT {COLUMNS} FROM integrations ORDER BY id"))?;
    let mut records = query.query_and_then([], |row| record(&Reading::new("integrations", row)))?;
    let Some(Err(first)) = records.next() else { return Ok(()) };
    if records.any(|record| record.is_ok()) { Ok(()) } else { Err(first) }
}

pub(super) fn policy(database: &Connection) -> Result<Policy, StoreError> {
    let mut query = database.prepare_cached(
        "SELECT id AS row_number, require_user_pat, require_user_pat_from, enforce_git_permissions, revision FROM policy",
    )?;
    let mut rows = query.query_and_then([], |row| {
        let row = Reading::new("policy", row);
        Ok(Policy { rules: rules(&row)?, revision: row.revision()? })
    })?;
    // No row is no permission to go without the rule.
    rows.next().unwrap_or_else(|| Err(StoreError::Damaged("table policy has no row".to_owned())))
}

fn set_policy(write: &Write<'_>, policy: Policy, audit: &NewAuditEntry) -> Result<Revision, StoreError> {
    let revision = write.append_audit(audit)?;
    let changed = write.database.execute(
        "UPDATE policy SET require_user_pat = ?1, require_user_pat_from = ?2, enforce_git_permissions = ?3, \
         revision = ?4 WHERE revision = ?5",
        params![
            policy.rules.require_user_pat,
            optional_ms(policy.rules.require_user_pat_from),
            policy.rules.enforce_git_permissions,
            revision.number(),
            policy.revision.number(),
        ],
    )?;
    if changed == 0 {
        return Err(StoreError::Changed("the policy".to_owned()));
    }
    Ok(revision)
}

/// None leaves no trace of the one there was. That the one before was refused tells nothing of this one.
fn set_credential(write: &Write<'_>, id: &IntegrationId, sealed: Option<&Sealed>) -> Result<(), StoreError> {
    write.erased_credential();
    write
        .database
        .prepare_cached(
            "UPDATE integrations SET algorithm = ?2, key_id = ?3, salt = ?4, nonce = ?5, ciphertext = ?6, \
             own_rejected_at = NULL, own_rejected_why = NULL WHERE id = ?1",
        )?
        .execute(params![
            id.as_str(),
            sealed.map(|sealed| &sealed.algorithm),
            sealed.map(|sealed| &sealed.key_id),
            sealed.map(|sealed| &sealed.salt),
            sealed.map(|sealed| &sealed.nonce),
            sealed.map(|sealed| &sealed.ciphertext),
        ])?;
    Ok(())
}

/// The record's columns that a change sets, but for the revision, in the order in which adding and changing number them.
fn columns(record: &IntegrationRecord) -> [Value; 23] {
    let IntegrationRecord { naming, rules, features, .. } = record;
    [
        record.id.as_str().to_owned().into(),
        record.name.as_str().to_owned().into(),
        record.provider.as_str().to_owned().into(),
        record.kind.as_str().to_owned().into(),
        json(&record.settings).into(),
        json(&record.connection).into(),
        json(&record.network).into(),
        json(&record.projects).into(),
        rules.require_user_pat.into(),
        naming.template.as_ref().map(|template| template.as_str().to_owned()).into(),
        record.account.as_ref().map(json).into(),
        record.created_at.unix_ms().into(),
        record.updated_at.unix_ms().into(),
        naming.separator.as_char().to_string().into(),
        naming.max_length.map(|max| i64::from(max.bytes())).into(),
        json(&record.mappings).into(),
        record.own_given_to.as_ref().map(json).into(),
        optional_ms(rules.require_user_pat_from).into(),
        rules.enforce_git_permissions.into(),
        features.create_branches.into(),
        features.delete_branches.into(),
        features.create_pull_requests.into(),
        naming.letters.as_str().to_owned().into(),
    ]
}

fn record(row: &Reading<'_>) -> Result<IntegrationRecord, StoreError> {
    Ok(IntegrationRecord {
        id: row.parsed("id")?,
        name: row.parsed("name")?,
        provider: row.parsed("provider")?,
        kind: row.parsed("kind")?,
        settings: row.json("settings")?,
        connection: row.json("connection")?,
        network: row.json("network")?,
        projects: row.json("projects")?,
        rules: rules(row)?,
        features: Features {
            create_branches: row.plain("create_branches")?,
            delete_branches: row.plain("delete_branches")?,
            create_pull_requests: row.plain("create_pull_requests")?,
        },
        naming: BranchNaming {
            template: row.optional_parsed("branch_template")?,
            separator: row.parsed("branch_separator")?,
            letters: row.parsed("branch_letters")?,
            max_length: row.checked("branch_max_length")?,
        },
        mappings: row.json("mappings")?,
        own_given_to: row.optional_json("own_given_to")?,
        account: row.optional_json("account")?,
        own_rejection: row.rejection("own_rejected_at", "own_rejected_why")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
        revision: row.revision()?,
    })
}

/// Of an integration, or over all.
fn rules(row: &Reading<'_>) -> Result<Rules, StoreError> {
    Ok(Rules {
        require_user_pat: row.plain("require_user_pat")?,
        require_user_pat_from: row.optional_time("require_user_pat_from")?,
        enforce_git_permissions: row.plain("enforce_git_permissions")?,
    })
}

fn credential(row: &Reading<'_>) -> Result<Option<Sealed>, StoreError> {
    let ciphertext: Option<Vec<u8>> = row.plain("ciphertext")?;
    ciphertext.map(|_| row.sealed()).transpose()
}
