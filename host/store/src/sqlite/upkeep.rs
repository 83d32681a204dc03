//! What keeps the database going: whether it can be used, what has run out, and credentials to be sealed anew.

use async_trait::async_trait;
use model::{ActingUser, Actor, AuditEvent, CredentialOwner, NewAuditEntry, Place, Sealed, Timestamp};
use rusqlite::{Connection, params};

use super::columns::Reading;
use super::writer::Write;
use super::{SqliteStore, admin_sessions, requests, seen, visits};
use crate::{Reseal, StoreError, Upkeep};

/// The tables every operation reads.
const READ_BY_OPERATIONS: [&str; 6] = ["connectors", "integrations", "pats", "policy", "providers", "sites"];

#[async_trait]
impl Upkeep for SqliteStore {
    async fn probe(&self) -> Result<(), StoreError> {
        self.read(read_something).await?;
        self.write(write_something).await
    }

    fn stopped(&self) -> Option<String> {
        self.writer.reason_for_having_stopped()
    }

    async fn sweep(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.write(move |write| {
            let of_requests = requests::sweep(write, now)?;
            let of_pages = visits::sweep(write, now)? + admin_sessions::sweep(write, now)?;
            Ok(of_requests + of_pages + seen::sweep(write, now)?)
        })
        .await
    }

    async fn sealed_otherwise(&self, algorithm: &str) -> Result<Vec<(CredentialOwner, Sealed, Place)>, StoreError> {
        let algorithm = algorithm.to_owned();
        self.read(move |database| sealed_otherwise(database, &algorithm)).await
    }

    async fn reseal(&self, credentials: Vec<Reseal>, audit: NewAuditEntry) -> Result<u64, StoreError> {
        self.write(move |write| reseal(write, &credentials, &audit)).await
    }
}

fn read_something(database: &Connection) -> Result<(), StoreError> {
    for table in READ_BY_OPERATIONS {
        database.prepare_cached(&format!("SELECT * FROM {table} LIMIT 1"))?.exists([])?;
    }
    Ok(())
}

/// All an operation writes is tried, and taken back; then something that nobody reads is written, and synced.
fn write_something(write: &Write<'_>) -> Result<(), StoreError> {
    let trial = NewAuditEntry {
        at: Timestamp::from_unix_ms(0),
        event: AuditEvent::Intent,
        subject: "probe",
        actor: Actor::Daemon,
        integration: None,
        request_id: String::new(),
        refers_to: None,
        details: Default::default(),
    };
    write.database.execute_batch("SAVEPOINT trial")?;
    let tried = write.append_audit(&trial).and_then(|intent| {
        let insert = "INSERT INTO unsettled_intents (intent, fingerprint) VALUES (?1, zeroblob(32))";
        write.database.prepare_cached(insert)?.execute([intent.number()])?;
        Ok(())
    });
    write.database.execute_batch("ROLLBACK TO trial; RELEASE trial")?;
    tried?;
    write.database.prepare_cached("UPDATE probe SET writes = writes + 1")?.execute([])?;
    Ok(())
}

fn sealed_otherwise(
    database: &Connection,
    algorithm: &str,
) -> Result<Vec<(CredentialOwner, Sealed, Place)>, StoreError> {
    let mut users = database.prepare(
        "SELECT rowid AS row_number, integration, site, jira_user, given_to, algorithm, key_id, salt, nonce, ciphertext \
         FROM pats WHERE algorithm <> ?1",
    )?;
    let users = users.query_and_then([algorithm], |row| {
        let row = Reading::new("pats", row);
        let user = ActingUser { site: row.parsed("site")?, id: row.parsed("jira_user")? };
        let owner = CredentialOwner::User { integration: row.parsed("integration")?, user };
        Ok::<_, StoreError>((owner, row.sealed()?, row.json("given_to")?))
    })?;
    let mut integrations = database.prepare(
        "SELECT rowid AS row_number, id, own_given_to, algorithm, key_id, salt, nonce, ciphertext \
         FROM integrations WHERE ciphertext IS NOT NULL AND algorithm <> ?1",
    )?;
    let integrations = integrations.query_and_then([algorithm], |row| {
        let row = Reading::new("integrations", row);
        let owner = CredentialOwner::Integration { integration: row.parsed("id")? };
        Ok::<_, StoreError>((owner, row.sealed()?, row.json("own_given_to")?))
    })?;
    users.chain(integrations).collect()
}

fn reseal(write: &Write<'_>, credentials: &[Reseal], audit: &NewAuditEntry) -> Result<u64, StoreError> {
    const SET: &str = "SET algorithm = ?1, key_id = ?2, salt = ?3, nonce = ?4, ciphertext = ?5";
    let mut resealed = 0;
    for Reseal { owner, before, after } in credentials {
        let Sealed { algorithm, key_id, salt, nonce, ciphertext } = after;
        resealed += match owner {
            CredentialOwner::User { integration, user } => {
                let of_user = "WHERE ciphertext = ?6 AND integration = ?7 AND site = ?8 AND jira_user = ?9";
                let mut update = write.database.prepare_cached(&format!("UPDATE pats {SET} {of_user}"))?;
                let (integration, site, user) = (integration.as_str(), user.site.as_str(), user.id.as_str());
                let before = &before.ciphertext;
                update.execute(params![algorithm, key_id, salt, nonce, ciphertext, before, integration, site, user])?
            }
            CredentialOwner::Integration { integration } => {
                let own = "WHERE ciphertext = ?6 AND id = ?7";
                let mut update = write.database.prepare_cached(&format!("UPDATE integrations {SET} {own}"))?;
                let (before, integration) = (&before.ciphertext, integration.as_str());
                update.execute(params![algorithm, key_id, salt, nonce, ciphertext, before, integration])?
            }
        };
    }
    if resealed > 0 {
        write.erased_credential();
        write.append_audit(audit)?;
    }
    Ok(resealed as u64)
}
