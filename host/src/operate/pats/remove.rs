//! A PAT removed: here, and at the git server where its user wants that and the git server can do it. Never the
//! integration's own credential.

use serde_json::{Map, json};

use crate::operate::decision::{self, Found};
use crate::operate::journal::{Begins, Journal, Turn};
use crate::operate::loan::lend;
use crate::operate::providers::serving;
use crate::operate::{App, Ask, OperationError};
use model::policy::{Denial, Permit, decide_revocation};
use model::{Failure, FailureReason, OperationKind, PatState, Revocation, Timestamp, operation};
use store::PatDeletion;

const DELETE: &str = "pat.delete";
const REVOKED_OR_NOT: &str = "the git server was asked to forget the personal access token and no answer came; here it could \
                              not be removed; ask again to remove it, once the store can be written";

/// How far a PAT is removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PatRemoval {
    /// It is forgotten here.
    Here,
    /// The git server is asked to forget it first.
    EverywhereKnown,
}

/// What became of a PAT, which is not here any more.
#[derive(Debug)]
pub struct RemovedPat {
    /// While the git server was asked, its owner saved another, which stays.
    pub has_successor: bool,
    /// What became of it at the git server; none where that was not to be asked.
    pub outcome: Option<RevocationOutcome>,
    /// Where its owner makes the git server forget it.
    pub credential_list_page: Option<String>,
}

/// What became of a PAT at the git server.
#[derive(Debug)]
pub enum RevocationOutcome {
    /// The git server accepts it no more.
    Revoked,
    /// There was none.
    NothingStored,
    /// The git server does not let a credential end itself.
    Unsupported,
    /// It was given to another address than the integration's, and is not sent there.
    SetAside,
    /// The git server may still accept it.
    Failed(OperationError),
}

/// Whoever may know of the integration may take her own PAT away, whatever the rule. Whatever the git server says, it is
/// removed here. Only a log that cannot be written keeps it: then it was not lent either, or what was done is told.
///
/// `seen`: when the one was saved that is to go, where its owner was asked about it; another stays. None: whichever there is.
pub async fn remove_pat(
    app: &App,
    ask: &Ask,
    removal: PatRemoval,
    seen: Option<Timestamp>,
) -> Result<RemovedPat, OperationError> {
    let subject = match removal {
        PatRemoval::Here => DELETE,
        PatRemoval::EverywhereKnown => OperationKind::RevokeCredential.as_str(),
    };
    let found = decision::find(app, ask, subject).await?;
    let saved_at = found.pat().map(|pat| pat.metadata.saved_at);
    // What is gone is not another.
    if seen.is_some() && saved_at.is_some() && seen != saved_at {
        return Err(OperationError::replaced());
    }
    let outcome = match removal {
        PatRemoval::Here => None,
        PatRemoval::EverywhereKnown => Some(revoked(app, ask, &found).await?),
    };
    // One that was saved since is another, and stays.
    let has_successor = match found.pat() {
        None => false,
        Some(pat) => {
            let audit = ask.author().changed(app, DELETE, Map::new());
            let deletion = app.store.delete_pat(&ask.integration, ask.user(), Some(pat.revision), audit).await;
            match (deletion, &outcome) {
                (Ok(PatDeletion::Deleted | PatDeletion::Missing), _) => false,
                (Ok(PatDeletion::Another), Some(RevocationOutcome::Revoked | RevocationOutcome::Failed(_))) => true,
                (Ok(PatDeletion::Another), _) => return Err(OperationError::replaced()),
                (Err(_), Some(RevocationOutcome::Revoked)) => return Err(revoked_but_kept(ask)),
                (Err(error), Some(RevocationOutcome::Failed(failed))) if failed.is_unknown_outcome() => {
                    return Err(OperationError::Unknown { told: REVOKED_OR_NOT, source: error });
                }
                (Err(error), _) => return Err(error.into()),
            }
        }
    };
    // Of one that was given to another address, the page would be another server's.
    let is_of_another = matches!(outcome, Some(RevocationOutcome::SetAside));
    let page = found.integration().connection.credential_list_page.clone();
    Ok(RemovedPat { has_successor, outcome, credential_list_page: page.filter(|_| !is_of_another) })
}

async fn revoked(app: &App, ask: &Ask, found: &Found) -> Result<RevocationOutcome, OperationError> {
    match decide_revocation(&found.facts(app, ask)) {
        Err(Denial::UserPatMissing(PatState::SetAside)) => Ok(RevocationOutcome::SetAside),
        Err(Denial::UserPatMissing(_)) => Ok(RevocationOutcome::NothingStored),
        decided => {
            let permit = decision::decided(app, ask, OperationKind::RevokeCredential.as_str(), decided).await?;
            revoke(app, ask, found, permit).await
        }
    }
}

async fn revoke(
    app: &App,
    ask: &Ask,
    found: &Found,
    permit: Permit<operation::RevokeCredential>,
) -> Result<RevocationOutcome, OperationError> {
    let (author, begins) = (ask.author(), Begins::of(OperationKind::RevokeCredential));
    let turn = Turn::of(app, &author, &found.integration().provider, None).await?;
    let journal = Journal::open(app, author, turn, begins).await?;
    match asked_to_forget(app, ask, found, permit).await {
        Ok(Revocation::Revoked) => {
            journal.done("done", Map::new()).await.map_err(|_| revoked_but_kept(ask))?;
            Ok(RevocationOutcome::Revoked)
        }
        Ok(Revocation::Unsupported) => {
            journal.done("unsupported", Map::new()).await.map_err(OperationError::nothing_done)?;
            Ok(RevocationOutcome::Unsupported)
        }
        Err(error) => {
            journal.failed(&error, Map::new()).await;
            if error.is_rejected_credential() {
                return Ok(RevocationOutcome::Revoked);
            }
            tracing::warn!(%error, request_id = ask.request_id(), "a PAT was removed but not revoked");
            Ok(RevocationOutcome::Failed(error))
        }
    }
}

async fn asked_to_forget(
    app: &App,
    ask: &Ask,
    found: &Found,
    permit: Permit<operation::RevokeCredential>,
) -> Result<Revocation, OperationError> {
    let (integration, whose) = (found.integration(), permit.acts_as());
    let served = serving(app, found).await?;
    let loan = lend(app, found, served.kind(&integration.kind)?, permit, ask.request_id())?;
    let failed = |failure| OperationError::failed(failure, whose, integration, app.clock.now());
    let refused = match served.provider.revoke_credential(loan.link()).await {
        Err(refused) if refused.reason == FailureReason::CredentialRejected => refused,
        other => return other.map_err(failed),
    };
    // One that the git server refuses is dead already, if it refuses it where nothing else can be meant, too.
    Err(failed(match served.provider.whoami(loan.identify()).await {
        Ok(_) => {
            let said = refused.message.trim_end_matches('.');
            let message = format!(
                "It reads as if the token were not accepted, although the git server knows whose it is: {said}"
            );
            Failure { reason: FailureReason::UnexpectedReply, message, help_url: None, ..refused }
        }
        Err(unasked) if unasked.reason != FailureReason::CredentialRejected => unasked,
        Err(_) => refused,
    }))
}

fn revoked_but_kept(ask: &Ask) -> OperationError {
    let details = Map::from_iter([("integration".to_owned(), json!(ask.integration))]);
    OperationError::not_recorded(OperationKind::RevokeCredential, &details)
}
