//! The audit log, as it is read and added to.

use async_trait::async_trait;
use model::{AuditEntry, AuditFilter, AuditVerdict, NewAuditEntry};

use crate::StoreError;

/// Most entries one page of the audit log holds.
pub const MAX_AUDIT_PAGE: usize = 500;

/// Most entries that are looked at for one page, where they have to be looked at one by one: some tens of milliseconds.
pub const MAX_AUDIT_SCAN: i64 = 100_000;

/// Some entries of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditPage {
    /// Newest first.
    pub entries: Vec<AuditEntry>,
    /// Before which entry the next page begins. None on the last.
    pub next_before: Option<i64>,
}

/// The audit log. What changes something else too writes its own entry.
#[async_trait]
pub trait Log {
    /// For what changes nothing else: a denial, a start of the daemon.
    async fn append_audit(&self, entry: NewAuditEntry) -> Result<i64, StoreError>;

    /// Newest first, those before `before` (exclusive) where it is given, at most `limit` and [`MAX_AUDIT_PAGE`]. Looks at
    /// a bounded part of the log, so that a page may be short, or empty, although more pages follow.
    async fn audit_page(
        &self,
        filter: &AuditFilter,
        before: Option<i64>,
        limit: usize,
    ) -> Result<AuditPage, StoreError>;

    /// Recomputes the whole chain.
    async fn verify_audit(&self) -> Result<AuditVerdict, StoreError>;
}
