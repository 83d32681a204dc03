//! What becomes known of a PAT while it is used, written down.

use serde_json::{Map, Value, json};

use super::providers::Served;
use super::{App, Ask, background};
use model::operation::Operation;
use model::{Account, Failure, FailureReason, Learnt, PatAnswer, PatRecord, Timestamp};
use sandbox::lend::Loan;

/// Asks whose the lent credential is. What is learnt of a user's PAT is kept: one that the git server refuses is rejected from
/// then on.
pub(super) async fn identify<O: Operation>(
    app: &App,
    ask: &Ask,
    served: &Served,
    pat: Option<&PatRecord>,
    loan: &Loan<O>,
) -> Result<Account, Failure> {
    let asked_at = app.clock.now();
    let identity = match served.provider.whoami(loan.identify()).await {
        Ok(identity) => identity,
        Err(failure) => {
            if let Some(pat) = pat.filter(|_| failure.reason == FailureReason::CredentialRejected) {
                note(app, ask, pat, asked_at, PatAnswer::Refused(failure.message.clone()), Map::new()).await;
            }
            return Err(failure);
        }
    };
    let kind = served.kind(&loan.destination().kind).ok();
    let identity = identity.covering(kind.map_or(&[], |kind| &kind.permissions));
    let account = identity.account.clone();
    if let Some(pat) = pat {
        let mut details = Map::from_iter([("account".to_owned(), json!(account))]);
        let before = pat.metadata.account_before.as_ref();
        if let Some(before) = before.filter(|before| before.id != account.id) {
            details.insert("previous_account".to_owned(), json!(before));
        }
        note(app, ask, pat, asked_at, PatAnswer::Accepted(identity), details).await;
    }
    Ok(account)
}

/// Whether the git server refuses the credential when it is asked whose it is, too. Servers, and what stands before them, say
/// so in passing: a refusal that is not repeated there was of something else.
pub(super) async fn doubted<O: Operation>(
    app: &App,
    ask: &Ask,
    served: &Served,
    pat: Option<&PatRecord>,
    loan: &Loan<O>,
    refused: Failure,
) -> Failure {
    let yet = match identify(app, ask, served, pat, loan).await {
        Err(failure) if failure.reason == FailureReason::CredentialRejected => return refused,
        Ok(_) => "yet it knows whose the credential is".to_owned(),
        Err(failure) => format!("and whose the credential is could not be asked: {}", failure.message),
    };
    let message = format!("{}; {yet}", refused.message.trim_end_matches('.'));
    Failure { reason: FailureReason::UnexpectedReply, message, help_url: None, ..refused }
}

/// A PAT's last use is remembered to within this time, in milliseconds.
const USE_NOTED_EVERY_MS: i64 = 60 * 60 * 1000;

/// Remembers that a user's PAT was lent.
pub(super) fn note_use(app: &App, ask: &Ask, pat: &PatRecord) {
    let now = app.clock.now();
    if pat.metadata.last_used_at.is_some_and(|last| last.plus_ms(USE_NOTED_EVERY_MS) > now) {
        return;
    }
    let (store, integration, user, revision) =
        (app.store.clone(), ask.integration.clone(), ask.user().clone(), pat.revision);
    let noting = async move { store.note_pat_use(&integration, &user, revision, now, USE_NOTED_EVERY_MS).await };
    background::note("the last use of a PAT", noting);
}

/// What was learnt serves this operation even where it cannot be written down, or something newer is known.
async fn note(
    app: &App,
    ask: &Ask,
    pat: &PatRecord,
    asked_at: Timestamp,
    answer: PatAnswer,
    details: Map<String, Value>,
) {
    let subject = match &answer {
        PatAnswer::Accepted(_) => "pat.check",
        PatAnswer::Refused(_) => "pat.rejected",
    };
    let audit = ask.author().changed(app, subject, details);
    let learnt = Learnt { asked_at, answered_at: app.clock.now(), answer };
    let noted = app.store.note_pat(&ask.integration, ask.user(), pat.revision, learnt, audit).await;
    if let Err(error) = noted {
        tracing::warn!(%error, request_id = ask.request_id(), "what was learnt of a PAT could not be kept");
    }
}
