//! Credentials of a database from before there were places, each sealed anew for where it was given to.
//!
//! Done once, within the transaction that makes the places: a database has either the old tables and the old credentials or
//! neither. Whatever is sealed in the old way in the new tables was put there later, by somebody who had it from a backup and
//! chose the place; nothing opens it.

use crypto::AuditKey;
use model::{ActingUser, Actor, AuditEvent, CredentialOwner, NewAuditEntry, Place, Sealed, Timestamp};
use rusqlite::{Connection, params};
use serde_json::{Map, json};

use crate::sqlite::audit;
use crate::sqlite::columns::Reading;
use crate::{Binding, StoreError};

/// What the audit log calls it, once in its life.
const SUBJECT: &str = "credentials.bind";

/// Has every credential sealed anew, and writes it down.
///
/// # Errors
/// Where it was done before: somebody gave a database its old tables back, to have it done with places of their choice.
pub(super) fn bind(
    database: &Connection,
    key: &AuditKey,
    binding: &Binding<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let done = "SELECT 1 FROM audit WHERE subject = ?1";
    if database.prepare(done)?.exists([SUBJECT])? {
        return Err(StoreError::Unusable(
            "the tables of this database are those of an earlier version, but its audit log says that it was upgraded: put back \
             a whole backup"
                .to_owned(),
        ));
    }
    let (mut bound, mut left) = (0_u64, 0_u64);
    for (owner, place, before) in all(database)? {
        match (binding.seal)(&owner, &place, &before) {
            Some(after) => {
                replace(database, &owner, &after)?;
                bound += 1;
            }
            None => left += 1,
        }
    }
    tracing::info!(credentials = bound, left, "sealed stored credentials for the addresses they were given to");
    audit::append(database, key, &entry(binding.algorithm, bound, left, now)).map(drop)
}

fn entry(algorithm: &str, credentials: u64, left: u64, at: Timestamp) -> NewAuditEntry {
    NewAuditEntry {
        at,
        event: AuditEvent::Changed,
        subject: SUBJECT,
        actor: Actor::Daemon,
        integration: None,
        request_id: String::new(),
        refers_to: None,
        details: Map::from_iter([
            ("algorithm".to_owned(), json!(algorithm)),
            ("credentials".to_owned(), json!(credentials)),
            ("left".to_owned(), json!(left)),
        ]),
    }
}

/// Every credential, whose it is, and where it was given to.
fn all(database: &Connection) -> Result<Vec<(CredentialOwner, Place, Sealed)>, StoreError> {
    let mut users = database.prepare(
        "SELECT rowid AS row_number, integration, site, jira_user, given_to, algorithm, key_id, salt, nonce, ciphertext \
         FROM pats",
    )?;
    let users = users.query_and_then([], |row| {
        let row = Reading::new("pats", row);
        let user = ActingUser { site: row.parsed("site")?, id: row.parsed("jira_user")? };
        let owner = CredentialOwner::User { integration: row.parsed("integration")?, user };
        Ok::<_, StoreError>((owner, row.json("given_to")?, row.sealed()?))
    })?;
    let mut integrations = database.prepare(
        "SELECT rowid AS row_number, id, own_given_to, algorithm, key_id, salt, nonce, ciphertext \
         FROM integrations WHERE ciphertext IS NOT NULL",
    )?;
    let integrations = integrations.query_and_then([], |row| {
        let row = Reading::new("integrations", row);
        let owner = CredentialOwner::Integration { integration: row.parsed("id")? };
        Ok::<_, StoreError>((owner, row.json("own_given_to")?, row.sealed()?))
    })?;
    users.chain(integrations).collect()
}

fn replace(database: &Connection, owner: &CredentialOwner, sealed: &Sealed) -> Result<(), StoreError> {
    const SET: &str = "SET algorithm = ?1, key_id = ?2, salt = ?3, nonce = ?4, ciphertext = ?5";
    let Sealed { algorithm, key_id, salt, nonce, ciphertext } = sealed;
    match owner {
        CredentialOwner::User { integration, user } => {
            let of_user = "WHERE integration = ?6 AND site = ?7 AND jira_user = ?8";
            let mut update = database.prepare_cached(&format!("UPDATE pats {SET} {of_user}"))?;
            let (integration, site, user) = (integration.as_str(), user.site.as_str(), user.id.as_str());
            update.execute(params![algorithm, key_id, salt, nonce, ciphertext, integration, site, user])?
        }
        CredentialOwner::Integration { integration } => {
            let mut update = database.prepare_cached(&format!("UPDATE integrations {SET} WHERE id = ?6"))?;
            update.execute(params![algorithm, key_id, salt, nonce, ciphertext, integration.as_str()])?
        }
    };
    Ok(())
}
