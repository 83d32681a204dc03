//! The audit log, as administrators read it.

use crate::operate::{App, OperationError};
use model::{AuditEntry, AuditVerdict, IntegrationId};

/// Which entries.
#[derive(Debug, Clone)]
pub struct AuditQuery {
    /// Those before the entry with this number.
    pub before: Option<i64>,
    /// Those about this integration.
    pub integration: Option<IntegrationId>,
    /// At most so many.
    pub limit: usize,
}

/// Newest first.
pub async fn audit_page(app: &App, query: AuditQuery) -> Result<Vec<AuditEntry>, OperationError> {
    Ok(app.store.audit_page(query.before, query.integration.as_ref(), query.limit).await?)
}

/// Recomputes the whole chain.
pub async fn verify_audit(app: &App) -> Result<AuditVerdict, OperationError> {
    Ok(app.store.verify_audit().await?)
}
