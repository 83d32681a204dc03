//! The audit log, as administrators read it.

use futures_util::stream::{self, Stream};

use super::change::{INTEGRATION_REMOVED, Meanwhile, POLICY_SET};
use crate::operate::{App, OperationError, SharedApp};
use model::{Actor, AuditEntry, AuditEvent, AuditFilter, AuditVerdict, IntegrationId, Revision, Timestamp};
use store::{AuditPage, MAX_AUDIT_PAGE};

/// One page, newest first. It may be short, or empty, although more follow.
pub async fn audit_page(
    app: &App,
    filter: &AuditFilter,
    before: Option<i64>,
    limit: usize,
) -> Result<AuditPage, OperationError> {
    Ok(app.store.audit_page(filter, before, limit).await?)
}

/// All entries, newest first, page by page: no more of them than one page is in memory. It ends with the first error.
pub fn audit_entries(
    app: SharedApp,
    filter: AuditFilter,
    before: Option<i64>,
) -> impl Stream<Item = Result<Vec<AuditEntry>, OperationError>> + Send + 'static {
    let begin = Some((app, filter, before));
    stream::try_unfold(begin, |state| async move {
        let Some((app, filter, before)) = state else { return Ok(None) };
        let page = audit_page(&app, &filter, before, MAX_AUDIT_PAGE).await?;
        let rest = page.next_before.map(|next| (app, filter, Some(next)));
        Ok(Some((page.entries, rest)))
    })
}

/// What became of an integration since the state of `since`, or of the rules over all where none is named. Nothing where nobody
/// knows since when.
pub async fn changes_since(
    app: &App,
    integration: Option<&IntegrationId>,
    since: Option<Revision>,
) -> Result<Meanwhile, OperationError> {
    let Some(since) = since.map(Revision::number) else { return Ok(Meanwhile::default()) };
    let filter = AuditFilter {
        integration: integration.cloned(),
        event: Some(AuditEvent::Changed),
        subject: integration.is_none().then(|| POLICY_SET.to_owned()),
        ..AuditFilter::default()
    };
    let (mut entries, mut before) = (Vec::new(), None);
    loop {
        let page = audit_page(app, &filter, before, MAX_AUDIT_PAGE).await?;
        entries.extend(page.entries.into_iter().filter(|entry| entry.sequence > since));
        before = page.next_before.filter(|next| *next > since);
        if before.is_none() {
            entries.reverse();
            return Ok(Meanwhile::of(entries));
        }
    }
}

/// Who removed an integration last, and when.
pub async fn removal_of(app: &App, integration: &IntegrationId) -> Result<Option<(Actor, Timestamp)>, OperationError> {
    let filter = AuditFilter {
        integration: Some(integration.clone()),
        subject: Some(INTEGRATION_REMOVED.to_owned()),
        ..AuditFilter::default()
    };
    let mut before = None;
    loop {
        let page = audit_page(app, &filter, before, 1).await?;
        let found = page.entries.into_iter().next().map(|entry| (entry.actor, entry.at));
        before = page.next_before;
        if found.is_some() || before.is_none() {
            return Ok(found);
        }
    }
}

/// Recomputes the whole chain.
pub async fn verify_audit(app: &App) -> Result<AuditVerdict, OperationError> {
    Ok(app.store.verify_audit().await?)
}
