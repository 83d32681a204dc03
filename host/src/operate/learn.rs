//! What becomes known of a stored credential while it is used, written down.

use serde_json::{Map, Value, json};

use super::providers::Served;
use super::{App, Ask, background};
use model::operation::Operation;
use model::{Account, Failure, FailureReason, IntegrationRecord, Learnt, PatAnswer, PatRecord, Rejection, Timestamp};
use sandbox::lend::Loan;
use store::StoreError;

/// Which stored credential was lent, with what was known of it.
#[derive(Clone, Copy)]
pub(super) enum Lent<'a> {
    /// The user's own.
    Pat(&'a PatRecord),
    /// The integration's.
    Own(&'a IntegrationRecord),
}

/// Asks whose the lent credential is. What is learnt of it is kept: one that the git server refuses is rejected from then on.
pub(super) async fn identify<O: Operation>(
    app: &App,
    ask: &Ask,
    served: &Served,
    lent: Lent<'_>,
    loan: &Loan<O>,
) -> Result<Account, Failure> {
    let asked_at = app.clock.now();
    let identity = match served.provider.whoami(loan.identify()).await {
        Ok(identity) => identity,
        Err(failure) => {
            if failure.reason == FailureReason::CredentialRejected {
                note_refusal(app, ask, lent, asked_at, failure.message.clone()).await;
            }
            return Err(failure);
        }
    };
    let kind = served.kind(&loan.destination().kind).ok();
    let identity = identity.covering(kind.map_or(&[], |kind| &kind.permissions));
    let account = identity.account.clone();
    if let Lent::Pat(pat) = lent {
        let mut details = Map::from_iter([("account".to_owned(), json!(account))]);
        let before = pat.metadata.account_before.as_ref();
        if let Some(before) = before.filter(|before| before.id != account.id) {
            details.insert("previous_account".to_owned(), json!(before));
        }
        note(app, ask, pat, asked_at, PatAnswer::Accepted(identity), details).await;
    }
    note_taken(app, ask, lent).await;
    Ok(account)
}

/// Whether the git server refuses the credential when it is asked whose it is, too. Servers, and what stands before them, say
/// so in passing: a refusal that is not repeated there was of something else.
pub(super) async fn doubted<O: Operation>(
    app: &App,
    ask: &Ask,
    served: &Served,
    lent: Lent<'_>,
    loan: &Loan<O>,
    refused: Failure,
) -> Failure {
    let said = refused.message.trim_end_matches('.');
    let (yet, why) = match identify(app, ask, served, lent, loan).await {
        Err(failure) if failure.reason == FailureReason::CredentialRejected => return refused,
        Ok(_) => ("although the git server knows whose it is".to_owned(), said.to_owned()),
        // It says what was said already.
        Err(failure) if failure.message.contains(said) => {
            ("and whose it is could not be asked".to_owned(), failure.message)
        }
        Err(failure) => {
            let unasked = failure.message.trim_end_matches('.');
            (format!("and whose it is could not be asked ({unasked})"), said.to_owned())
        }
    };
    // What was refused was said of the credential, by the git server or by whoever read its answer, and need not be true.
    let message = format!("It reads as if the credential were not accepted, {yet}: {why}");
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

/// That the git server did what it was asked with the credential. Of a PAT that is no news: a rejected one is not lent. The
/// integration's own is good again where it was known to be refused; else there is nothing to write.
pub(super) async fn note_taken(app: &App, ask: &Ask, lent: Lent<'_>) {
    let Lent::Own(integration) = lent else { return };
    let Some(rejection) = &integration.own_rejection else { return };
    let audit = ask.author().changed(app, "own-credential.accepted", Map::new());
    let forgetting = app.store.forget_own_rejection(&integration.id, integration.revision, rejection.at, audit);
    tell_unkept(ask, "the integration's own credential", forgetting.await);
}

async fn note_refusal(app: &App, ask: &Ask, lent: Lent<'_>, asked_at: Timestamp, why: String) {
    match lent {
        Lent::Pat(pat) => note(app, ask, pat, asked_at, PatAnswer::Refused(why), Map::new()).await,
        // One that is known to be refused goes on being lent: what is known already is not written again.
        Lent::Own(integration) if integration.own_rejection.is_none() => {
            let audit = ask.author().changed(app, "own-credential.rejected", Map::new());
            let rejection = Rejection { at: app.clock.now(), why };
            let noting = app.store.note_own_rejection(&integration.id, integration.revision, rejection, audit);
            tell_unkept(ask, "the integration's own credential", noting.await);
        }
        Lent::Own(_) => {}
    }
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
    tell_unkept(ask, "a PAT", noted);
}

fn tell_unkept<T>(ask: &Ask, of: &str, kept: Result<T, StoreError>) {
    if let Err(error) = kept {
        tracing::warn!(%error, request_id = ask.request_id(), "what was learnt of {of} could not be kept");
    }
}
