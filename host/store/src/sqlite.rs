//! The store in one SQLite file: SQL lives below this module and nowhere else.
//!
//! One thread writes, and commits what has queued up together (`writer`); reads run beside it on connections of their own
//! (`readers`). A file per subject holds its statements. Other processes may write at the same time, the command line for
//! one: nothing that decides a write is kept in memory.

mod audit;
mod columns;
mod connection;
mod connectors;
mod error;
mod integrations;
mod migrations;
mod operations;
mod pats;
mod providers;
mod readers;
mod requests;
mod setup_links;
#[cfg(test)]
mod tests;
mod writer;

use std::path::Path;

use async_trait::async_trait;

use self::readers::Readers;
use self::writer::{Write, Writer};
use super::{
    Begun, Case, Claim, Fingerprint, IdempotencyKey, MAX_AUDIT_PAGE, NewPat, RequestClaim, Store, StoreError,
    StoredAnswer, TokenHash,
};
use crypto::{AuditKey, KeyCheck};
use model::{
    AuditEntry, AuditVerdict, Connector, ConnectorId, IntegrationId, IntegrationRecord, JiraUser, NewAuditEntry,
    PatMetadata, Policy, ProviderRecord, Sealed, SetupLink, Timestamp,
};

/// A database file, opened. Dropping it writes what is queued and waits for it.
pub struct SqliteStore {
    writer: Writer,
    readers: Readers,
    audit_key: AuditKey,
}

impl SqliteStore {
    /// Opens the database, makes it when there is none, and brings an older one up to date. Blocks.
    ///
    /// # Errors
    /// [`StoreError::Unusable`] for a database of a newer version, of another program or of another master key; nothing in
    /// the file is changed then.
    pub fn open(path: &Path, audit_key: AuditKey, key_check: &KeyCheck) -> Result<Self, StoreError> {
        let mut database = connection::open_writer(path)?;
        migrations::bring_up_to_date(&mut database, &audit_key, key_check)?;
        connection::harden(&database)?;
        Ok(Self { writer: Writer::start(database, audit_key.clone())?, readers: Readers::new(path), audit_key })
    }

    async fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Write<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        self.writer.run(work).await
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn claim_request(&self, claim: RequestClaim) -> Result<Claim, StoreError> {
        self.write(move |write| requests::claim(write, &claim)).await
    }

    async fn load_case(
        &self,
        integration: &IntegrationId,
        user: Option<&JiraUser>,
    ) -> Result<Option<Case>, StoreError> {
        let (integration, user) = (integration.clone(), user.cloned());
        self.readers.read(move |database| operations::load_case(database, &integration, user.as_ref())).await
    }

    async fn begin_operation(
        &self,
        intent: NewAuditEntry,
        fingerprint: Option<Fingerprint>,
    ) -> Result<Begun, StoreError> {
        self.write(move |write| operations::begin(write, &intent, fingerprint)).await
    }

    async fn finish_operation(&self, intent: i64, outcome: NewAuditEntry, settled: bool) -> Result<(), StoreError> {
        self.write(move |write| operations::finish(write, intent, outcome, settled)).await
    }

    async fn keep_answer(&self, key: IdempotencyKey, answer: Option<StoredAnswer>) -> Result<(), StoreError> {
        self.write(move |write| requests::keep_answer(write, &key, answer.as_ref())).await
    }

    async fn save_pat(&self, pat: NewPat, audit: NewAuditEntry) -> Result<(), StoreError> {
        self.write(move |write| pats::save(write, &pat, &audit)).await
    }

    async fn delete_pat(
        &self,
        integration: &IntegrationId,
        user: &JiraUser,
        revision: Option<i64>,
        audit: NewAuditEntry,
    ) -> Result<bool, StoreError> {
        let (integration, user) = (integration.clone(), user.clone());
        self.write(move |write| pats::delete(write, &integration, &user, revision, &audit)).await
    }

    async fn note_pat(
        &self,
        integration: &IntegrationId,
        user: &JiraUser,
        revision: i64,
        metadata: PatMetadata,
        audit: NewAuditEntry,
    ) -> Result<bool, StoreError> {
        let (integration, user) = (integration.clone(), user.clone());
        self.write(move |write| pats::note(write, &integration, &user, revision, &metadata, &audit)).await
    }

    async fn pats_of(&self, user: &JiraUser) -> Result<Vec<(IntegrationId, PatMetadata)>, StoreError> {
        let user = user.clone();
        self.readers.read(move |database| pats::of_user(database, &user)).await
    }

    async fn pats_for(&self, integration: &IntegrationId) -> Result<Vec<(JiraUser, PatMetadata)>, StoreError> {
        let integration = integration.clone();
        self.readers.read(move |database| pats::of_integration(database, &integration)).await
    }

    async fn add_integration(
        &self,
        record: IntegrationRecord,
        credential: Option<Sealed>,
        audit: NewAuditEntry,
    ) -> Result<(), StoreError> {
        self.write(move |write| integrations::add(write, &record, credential.as_ref(), &audit)).await
    }

    async fn change_integration(
        &self,
        record: IntegrationRecord,
        credential: Option<Sealed>,
        audit: NewAuditEntry,
    ) -> Result<bool, StoreError> {
        self.write(move |write| integrations::change(write, &record, credential.as_ref(), &audit)).await
    }

    async fn remove_integration(&self, id: &IntegrationId, audit: NewAuditEntry) -> Result<bool, StoreError> {
        let id = id.clone();
        self.write(move |write| integrations::remove(write, &id, &audit)).await
    }

    async fn integrations(&self) -> Result<Vec<IntegrationRecord>, StoreError> {
        self.readers.read(integrations::all).await
    }

    async fn policy(&self) -> Result<Policy, StoreError> {
        self.readers.read(integrations::policy).await
    }

    async fn set_policy(&self, policy: Policy, audit: NewAuditEntry) -> Result<(), StoreError> {
        self.write(move |write| integrations::set_policy(write, policy, &audit)).await
    }

    async fn put_provider(
        &self,
        record: ProviderRecord,
        component: Vec<u8>,
        audit: NewAuditEntry,
    ) -> Result<(), StoreError> {
        self.write(move |write| providers::put(write, &record, &component, &audit)).await
    }

    async fn providers(&self) -> Result<Vec<ProviderRecord>, StoreError> {
        self.readers.read(providers::all).await
    }

    async fn component(&self, sha256: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let sha256 = sha256.to_owned();
        self.readers.read(move |database| providers::component(database, &sha256)).await
    }

    async fn add_connector(&self, connector: Connector, audit: NewAuditEntry) -> Result<(), StoreError> {
        self.write(move |write| connectors::add(write, &connector, &audit)).await
    }

    async fn remove_connector(&self, id: &ConnectorId, audit: NewAuditEntry) -> Result<bool, StoreError> {
        let id = id.clone();
        self.write(move |write| connectors::remove(write, &id, &audit)).await
    }

    async fn connector(&self, id: &ConnectorId) -> Result<Option<Connector>, StoreError> {
        let id = id.clone();
        self.readers.read(move |database| connectors::one(database, &id)).await
    }

    async fn connectors(&self) -> Result<Vec<Connector>, StoreError> {
        self.readers.read(connectors::all).await
    }

    async fn add_admin_token(&self, token: TokenHash, label: &str, audit: NewAuditEntry) -> Result<(), StoreError> {
        let label = label.to_owned();
        self.write(move |write| connectors::add_admin_token(write, &token, &label, &audit)).await
    }

    async fn admin_token(&self, token: TokenHash) -> Result<Option<String>, StoreError> {
        self.readers.read(move |database| connectors::admin_token(database, &token)).await
    }

    async fn add_setup_link(&self, token: TokenHash, link: SetupLink, audit: NewAuditEntry) -> Result<(), StoreError> {
        self.write(move |write| setup_links::add(write, &token, &link, &audit)).await
    }

    async fn peek_setup_link(&self, token: TokenHash, now: Timestamp) -> Result<Option<SetupLink>, StoreError> {
        self.readers.read(move |database| setup_links::peek(database, &token, now)).await
    }

    async fn take_setup_link(&self, token: TokenHash, now: Timestamp) -> Result<Option<SetupLink>, StoreError> {
        self.write(move |write| setup_links::take(write, &token, now)).await
    }

    async fn append_audit(&self, entry: NewAuditEntry) -> Result<i64, StoreError> {
        self.write(move |write| write.append_audit(&entry)).await
    }

    async fn audit_page(
        &self,
        before: Option<i64>,
        integration: Option<&IntegrationId>,
        limit: usize,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        let (integration, limit) = (integration.cloned(), limit.min(MAX_AUDIT_PAGE));
        self.readers.read(move |database| audit::page(database, before, integration.as_ref(), limit)).await
    }

    async fn verify_audit(&self) -> Result<AuditVerdict, StoreError> {
        let key = self.audit_key.clone();
        self.readers.read(move |database| audit::verify(database, &key)).await
    }

    async fn ready(&self) -> Result<(), StoreError> {
        self.write(writer::probe).await
    }

    fn stopped(&self) -> Option<String> {
        self.writer.reason_for_having_stopped()
    }

    async fn sweep(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.write(move |write| Ok(requests::sweep(write, now)? + setup_links::sweep(write, now)?)).await
    }
}
