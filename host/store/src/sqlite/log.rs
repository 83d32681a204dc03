//! The audit log as the store offers it. Its rows are in `audit`, for all that write entries with what they change.

use async_trait::async_trait;
use model::{AuditFilter, AuditVerdict, NewAuditEntry, Revision};

use super::SqliteStore;
use super::audit::{page, verify};
use crate::{AuditPage, Log, MAX_AUDIT_PAGE, MAX_AUDIT_SCAN, StoreError};

#[async_trait]
impl Log for SqliteStore {
    async fn append_audit(&self, entry: NewAuditEntry) -> Result<i64, StoreError> {
        self.write(move |write| write.append_audit(&entry).map(Revision::number)).await
    }

    async fn audit_page(
        &self,
        filter: &AuditFilter,
        before: Option<i64>,
        limit: usize,
    ) -> Result<AuditPage, StoreError> {
        let (filter, limit) = (filter.clone(), limit.clamp(1, MAX_AUDIT_PAGE));
        self.read(move |database| page(database, &filter, before, limit, MAX_AUDIT_SCAN)).await
    }

    async fn verify_audit(&self) -> Result<AuditVerdict, StoreError> {
        let key = self.audit_key.clone();
        self.read(move |database| verify(database, &key)).await
    }
}
