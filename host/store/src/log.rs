//! The audit log, as it is read and added to.

use async_trait::async_trait;
use model::{AuditEntry, AuditVerdict, IntegrationId, NewAuditEntry};

use crate::StoreError;

/// Most entries one page of the audit log holds.
pub const MAX_AUDIT_PAGE: usize = 500;

/// The audit log. What changes something else too writes its own entry.
#[async_trait]
pub trait Log {
    /// For what changes nothing else: a denial, a start of the daemon.
    async fn append_audit(&self, entry: NewAuditEntry) -> Result<i64, StoreError>;

    /// Newest first, those before `before` (exclusive) where it is given, at most `limit` and [`MAX_AUDIT_PAGE`].
    async fn audit_page(
        &self,
        before: Option<i64>,
        integration: Option<&IntegrationId>,
        limit: usize,
    ) -> Result<Vec<AuditEntry>, StoreError>;

    /// Recomputes the whole chain.
    async fn verify_audit(&self) -> Result<AuditVerdict, StoreError>;
}
