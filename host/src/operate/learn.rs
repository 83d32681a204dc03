//! What becomes known of a PAT while it is used, written down.

use serde_json::{Map, Value, json};

use super::providers::Served;
use super::{App, Ask};
use model::operation::Operation;
use model::{Account, Failure, Identity, PatMetadata, PatRecord};
use sandbox::lend::Loan;

/// Asks whose the lent credential is. What is learnt of a user's PAT is kept.
pub(super) async fn identify<O: Operation>(
    app: &App,
    ask: &Ask,
    served: &Served,
    pat: Option<&PatRecord>,
    loan: &Loan<O>,
) -> Result<Account, Failure> {
    let identity = served.provider.whoami(loan.identify()).await?;
    let kind = served.kind(&loan.destination().kind).ok();
    let Identity { account, permissions, expiry } = identity.covering(kind.map_or(&[], |kind| &kind.permissions));
    if let Some(pat) = pat {
        let mut details = Map::from_iter([("account".to_owned(), json!(account))]);
        let before = pat.metadata.account_before.as_ref();
        if let Some(before) = before.filter(|before| before.id != account.id) {
            details.insert("previous_account".to_owned(), json!(before));
        }
        let learnt = PatMetadata {
            account: Some(account.clone()),
            account_before: None,
            permissions,
            expiry: expiry.or(pat.metadata.expiry),
            last_checked_at: Some(app.clock.now()),
            ..pat.metadata.clone()
        };
        note(app, ask, pat, learnt, "pat.check", details).await;
    }
    Ok(account)
}

/// Once: a PAT that was saved in between is left alone.
pub(super) async fn mark_rejected(app: &App, ask: &Ask, pat: &PatRecord) {
    let now = app.clock.now();
    let rejected = PatMetadata { rejected_at: Some(now), last_checked_at: Some(now), ..pat.metadata.clone() };
    note(app, ask, pat, rejected, "pat.rejected", Map::new()).await;
}

/// What was learnt serves this operation even where it cannot be written down.
async fn note(
    app: &App,
    ask: &Ask,
    pat: &PatRecord,
    learnt: PatMetadata,
    subject: &'static str,
    details: Map<String, Value>,
) {
    let audit = ask.author().changed(app, subject, details);
    let noted = app.store.note_pat(&ask.integration, ask.user(), pat.revision, learnt, audit).await;
    if let Err(error) = noted {
        tracing::warn!(%error, request_id = ask.request_id(), "what was learnt of a PAT could not be kept");
    }
}
