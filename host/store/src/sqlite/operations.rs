//! What an operation is decided with, and the intents whose outcome is not known yet.

use std::collections::HashMap;

use async_trait::async_trait;
use model::policy::Unseen;
use model::{ActingUser, IntegrationId, NewAuditEntry, SiteProject};
use rusqlite::{Connection, params};

use super::writer::Write;
use super::{SqliteStore, integrations, pats, providers};
use crate::{Begun, Case, Doubt, Fingerprint, OpenIntegration, OpenIntegrations, Operations, Settles, StoreError};

#[async_trait]
impl Operations for SqliteStore {
    async fn find_open(
        &self,
        integration: &IntegrationId,
        project: &SiteProject,
        user: &ActingUser,
    ) -> Result<Option<Unseen<Case>>, StoreError> {
        let (integration, project, user) = (integration.clone(), project.clone(), user.clone());
        self.read(move |database| find_open(database, &integration, &project, &user)).await
    }

    async fn open_integrations(
        &self,
        project: &SiteProject,
        user: &ActingUser,
    ) -> Result<Unseen<OpenIntegrations>, StoreError> {
        let (project, user) = (project.clone(), user.clone());
        self.read(move |database| open_integrations(database, &project, &user)).await
    }

    async fn begin_operation(
        &self,
        intent: NewAuditEntry,
        fingerprint: Option<Fingerprint>,
    ) -> Result<Begun, StoreError> {
        self.write(move |write| begin(write, &intent, fingerprint)).await
    }

    async fn recognise_operation(&self, intent: i64, fingerprint: Fingerprint) -> Result<Doubt, StoreError> {
        self.write(move |write| {
            rename(write, intent, fingerprint)?;
            recognise(write, intent, fingerprint)
        })
        .await
    }

    async fn has_unsettled_before(&self, intent: i64) -> Result<bool, StoreError> {
        self.read(move |database| has_unsettled_before(database, intent)).await
    }

    async fn finish_operation(&self, intent: i64, outcome: NewAuditEntry, settles: Settles) -> Result<(), StoreError> {
        self.write(move |write| finish(write, intent, outcome, settles)).await
    }
}

/// The hot path: at most four look-ups by key, in one transaction of the caller's.
pub(super) fn find_open(
    database: &Connection,
    integration: &IntegrationId,
    project: &SiteProject,
    user: &ActingUser,
) -> Result<Option<Unseen<Case>>, StoreError> {
    let Some((record, own_credential)) = integrations::open_to(database, integration, project)? else {
        return Ok(None);
    };
    Ok(Some(Unseen::new(Case {
        policy: integrations::policy(database)?,
        pat: pats::one(database, integration, user)?,
        provider: providers::one(database, &record.provider)?,
        integration: record,
        own_credential,
    })))
}

fn open_integrations(
    database: &Connection,
    project: &SiteProject,
    user: &ActingUser,
) -> Result<Unseen<OpenIntegrations>, StoreError> {
    let mut pats: HashMap<_, _> = pats::of_user(database, user)?.into_iter().collect();
    let mut records = integrations::all(database)?;
    records.retain(|record| record.projects.include(project));
    let integrations = records.into_iter().map(|record| OpenIntegration { pat: pats.remove(&record.id), record });
    Ok(Unseen::new(OpenIntegrations { policy: integrations::policy(database)?, integrations: integrations.collect() }))
}

/// Whose the intent of this number is, in SQL.
fn user_of(intent: &str) -> String {
    format!("(SELECT json_extract(actor, '$.site', '$.jira_user') FROM audit WHERE sequence = {intent})")
}

fn begin(write: &Write<'_>, intent: &NewAuditEntry, fingerprint: Option<Fingerprint>) -> Result<Begun, StoreError> {
    let intent = write.append_audit(intent)?.number();
    let doubt = fingerprint.map(|fingerprint| recognise(write, intent, fingerprint)).transpose()?;
    Ok(Begun { intent, doubt: doubt.unwrap_or(Doubt::Nothing) })
}

/// All that were named as this one, up to it: later ones may be under way.
fn rename(write: &Write<'_>, intent: i64, fingerprint: Fingerprint) -> Result<(), StoreError> {
    write
        .database
        .prepare_cached(
            "UPDATE unsettled_intents SET fingerprint = ?1 WHERE intent <= ?2 \
             AND fingerprint = (SELECT fingerprint FROM unsettled_intents WHERE intent = ?2)",
        )?
        .execute(params![fingerprint, intent])?;
    Ok(())
}

fn has_unsettled_before(database: &Connection, intent: i64) -> Result<bool, StoreError> {
    let named = |intent| {
        format!(
            "(SELECT json_array(integration, subject, json_extract(details, '$.branch', '$.source', '$.target')) \
             FROM audit WHERE sequence = {intent})"
        )
    };
    let earlier = "unsettled_intents.intent";
    let query = format!(
        "SELECT EXISTS (SELECT 1 FROM unsettled_intents WHERE intent < ?1 AND {} IS {} AND {} IS {})",
        named(earlier),
        named("?1"),
        user_of(earlier),
        user_of("?1"),
    );
    Ok(database.prepare_cached(&query)?.query_row([intent], |row| row.get(0))?)
}

fn recognise(write: &Write<'_>, intent: i64, fingerprint: Fingerprint) -> Result<Doubt, StoreError> {
    let (others, own): (Option<bool>, Option<bool>) = write
        .database
        .prepare_cached(&format!(
            "SELECT max(1), max({} IS {}) FROM unsettled_intents WHERE fingerprint = ?1 AND intent != ?2",
            user_of("unsettled_intents.intent"),
            user_of("?2"),
        ))?
        .query_row(params![fingerprint, intent], |row| Ok((row.get(0)?, row.get(1)?)))?;
    write
        .database
        .prepare_cached("INSERT OR REPLACE INTO unsettled_intents (intent, fingerprint) VALUES (?1, ?2)")?
        .execute(params![intent, fingerprint])?;
    Ok(match (others, own) {
        (_, Some(true)) => Doubt::Own,
        (Some(true), _) => Doubt::Others,
        _ => Doubt::Nothing,
    })
}

/// The outcome's entry always refers to its intent, whatever it says itself.
fn finish(write: &Write<'_>, intent: i64, outcome: NewAuditEntry, settles: Settles) -> Result<(), StoreError> {
    write.append_audit(&NewAuditEntry { refers_to: Some(intent), ..outcome })?;
    let settled = match settles {
        Settles::Nothing => return Ok(()),
        Settles::Itself => "DELETE FROM unsettled_intents WHERE intent = ?1".to_owned(),
        // Not the later ones: what they do may not have been done when this one was answered.
        Settles::AllBefore => format!(
            "DELETE FROM unsettled_intents WHERE intent <= ?1 \
             AND fingerprint = (SELECT fingerprint FROM unsettled_intents WHERE intent = ?1) AND {} IS {}",
            user_of("unsettled_intents.intent"),
            user_of("?1"),
        ),
    };
    write.database.prepare_cached(&settled)?.execute([intent])?;
    Ok(())
}
