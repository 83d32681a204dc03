//! The audit log as the store offers it. Its rows are in `audit`, for all that write entries with what they change.

use async_trait::async_trait;
use model::{AuditEntry, AuditVerdict, IntegrationId, NewAuditEntry, Revision};

use super::SqliteStore;
use super::audit::{page, verify};
use crate::{Log, MAX_AUDIT_PAGE, StoreError};

#[async_trait]
impl Log for SqliteStore {
    async fn append_audit(&self, entry: NewAuditEntry) -> Result<i64, StoreError> {
        self.write(move |write| write.append_audit(&entry).map(Revision::number)).await
    }

    async fn audit_page(
        &self,
        before: Option<i64>,
        integration: Option<&IntegrationId>,
        limit: usize,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        let (integration, limit) = (integration.cloned(), limit.min(MAX_AUDIT_PAGE));
        self.read(move |database| page(database, before, integration.as_ref(), limit)).await
    }

    async fn verify_audit(&self) -> Result<AuditVerdict, StoreError> {
        let key = self.audit_key.clone();
        self.read(move |database| verify(database, &key)).await
    }
}
