//! What an operation is decided with, and the intents whose outcome is not known yet.

use rusqlite::{Connection, params};

use super::writer::Write;
use super::{StoreError, integrations, pats, providers};
use crate::{Begun, Case, Fingerprint};
use model::{IntegrationId, JiraUser, NewAuditEntry};

/// The hot path: at most four look-ups by key, in one transaction of the caller's.
pub(super) fn load_case(
    database: &Connection,
    integration: &IntegrationId,
    user: Option<&JiraUser>,
) -> Result<Option<Case>, StoreError> {
    let Some((record, integration_credential)) = integrations::one(database, integration)? else {
        return Ok(None);
    };
    Ok(Some(Case {
        policy: integrations::policy(database)?,
        pat: user.map(|user| pats::one(database, integration, user)).transpose()?.flatten(),
        provider: providers::one(database, &record.provider)?,
        integration: record,
        integration_credential,
    }))
}

pub(super) fn begin(
    write: &Write<'_>,
    intent: &NewAuditEntry,
    fingerprint: Option<Fingerprint>,
) -> Result<Begun, StoreError> {
    let intent = write.append_audit(intent)?;
    let Some(fingerprint) = fingerprint else {
        return Ok(Begun { intent, unsettled: false });
    };
    let unsettled = write
        .database
        .prepare_cached("SELECT 1 FROM unsettled_intents WHERE fingerprint = ?1")?
        .exists([fingerprint])?;
    write
        .database
        .prepare_cached("INSERT INTO unsettled_intents (intent, fingerprint) VALUES (?1, ?2)")?
        .execute(params![intent, fingerprint])?;
    Ok(Begun { intent, unsettled })
}

/// The outcome's entry always refers to its intent, whatever it says itself.
pub(super) fn finish(write: &Write<'_>, intent: i64, outcome: NewAuditEntry, settled: bool) -> Result<(), StoreError> {
    write.append_audit(&NewAuditEntry { refers_to: Some(intent), ..outcome })?;
    if settled {
        // Not the later ones: what they do may not have been done when this one was answered.
        write
            .database
            .prepare_cached(
                "DELETE FROM unsettled_intents WHERE intent <= ?1 \
                 AND fingerprint = (SELECT fingerprint FROM unsettled_intents WHERE intent = ?1)",
            )?
            .execute([intent])?;
    }
    Ok(())
}
