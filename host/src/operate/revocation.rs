//! A user's PAT revoked: forgotten by the git server, where it can, and then here. Never the integration's own credential.

use serde_json::Map;

use super::attempt::Attempt;
use super::checks::lent;
use super::{Ask, OperationError, admit, entry, facts, kind_of, load, provider_of};
use crate::app::App;
use model::policy::{Denial, Permit, decide_revocation};
use model::{AuditEvent, OperationKind, Revocation};
use sandbox::lend::{LendError, Material};
use store::Case;

const REVOKE: OperationKind = OperationKind::RevokeCredential;

/// What became of a PAT that was to be revoked. Here there is none any more.
#[derive(Debug)]
pub struct RevokedPat {
    pub outcome: RevocationOutcome,
    /// Where its owner makes the git server forget it.
    pub credential_page: Option<String>,
}

#[derive(Debug)]
pub enum RevocationOutcome {
    /// The git server accepts it no more.
    Revoked,
    /// There was none.
    NothingStored,
    /// The git server does not let a credential end itself.
    Unsupported,
    /// The git server may still accept it.
    Failed(OperationError),
}

/// Whatever the git server says, the PAT is removed here. Only a log that cannot be written keeps it: then it was not lent
/// either, or its removal could not be written down.
pub async fn revoke_pat(app: &App, ask: &Ask) -> Result<RevokedPat, OperationError> {
    let case = load(app, ask, REVOKE).await?;
    let credential_page = case.integration.connection.credential_page.clone();
    let decided = decide_revocation(&facts(ask, &case, app.clock.now()));
    if decided == Err(Denial::UserPatMissing) {
        return Ok(RevokedPat { outcome: RevocationOutcome::NothingStored, credential_page });
    }
    let permit = admit(app, ask, REVOKE, decided).await?;

    let attempt = Attempt::begin(app, ask, REVOKE).await?;
    let revoked = revoke(app, ask, &case, permit).await;
    let result = revoked.as_ref().map_or_else(OperationError::code, |revocation| match revocation {
        Revocation::Revoked => "done",
        Revocation::Unsupported => "unsupported",
    });
    attempt.end(result, Map::new()).await?;

    let audit = entry(app, ask, AuditEvent::Changed, "pat.delete", Map::new());
    // One that was saved meanwhile is another, and stays.
    let revision = case.pat.as_ref().map(|pat| pat.revision);
    app.store.delete_pat(&ask.integration, &ask.user, revision, audit).await?;
    Ok(RevokedPat { outcome: outcome(ask, revoked), credential_page })
}

async fn revoke(app: &App, ask: &Ask, case: &Case, permit: Permit) -> Result<Revocation, OperationError> {
    let (integration, whose) = (&case.integration, permit.acts_as());
    let provider = provider_of(app, case).await?;
    let kind = kind_of(&*provider, &integration.kind)?;
    let route = app.egress.route(integration)?;
    let unusable = |error| OperationError::Lend { error, whose };
    let pat = case.pat.as_ref().ok_or(LendError::WrongMaterial).map_err(unusable)?;
    let link = lent(app, kind, integration, route, permit, Material::Stored(&pat.sealed), &ask.request_id)?;
    let revoked = provider.revoke_credential(link).await;
    revoked.map_err(|failure| OperationError::failed(failure, whose, integration))
}

/// One that the git server refuses is dead already.
fn outcome(ask: &Ask, revoked: Result<Revocation, OperationError>) -> RevocationOutcome {
    match revoked {
        Ok(Revocation::Revoked) => RevocationOutcome::Revoked,
        Ok(Revocation::Unsupported) => RevocationOutcome::Unsupported,
        Err(error) if error.is_rejected_credential() => RevocationOutcome::Revoked,
        Err(error) => {
            tracing::warn!(%error, request_id = ask.request_id, "a PAT was removed but not revoked");
            RevocationOutcome::Failed(error)
        }
    }
}
