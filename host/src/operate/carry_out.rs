//! From a permit to an answer: lend, call, look up what a lost answer left open. By now the intent is written.

use std::sync::Arc;

use serde_json::{Map, json};

use super::{Ask, Effect, OperationError, Performed, entry, kind_of};
use crate::app::App;
use model::policy::{Lends, Permit};
use model::{Account, AuditEvent, Failure, FailureReason, Identity, PatMetadata, Receipt};
use sandbox::lend::{Lease, LendError, Material};
use sandbox::{Link, Provider, Route};
use store::{Case, StoreError};

/// Does what the permit allows, in its name. `unsettled`: an earlier attempt may have been carried out.
pub(super) async fn carry_out<E: Effect>(
    app: &App,
    ask: &Ask,
    effect: &E,
    case: &Case,
    provider: &dyn Provider,
    permit: Permit,
    unsettled: bool,
) -> Result<Performed<E::Answer>, OperationError> {
    let acted_as = permit.acts_as();
    let loan = Loan::make(app, ask, case, provider, permit)?;
    let answered = loan.answer(effect, unsettled).await;
    if let Err(failure) = &answered
        && failure.reason == FailureReason::CredentialRejected
    {
        loan.mark_rejected().await?;
    }
    let (recorded, answer) =
        answered.map_err(|failure| OperationError::failed(failure, acted_as, &case.integration))?;
    let account = E::credited_to(&answer).unwrap_or(&recorded).clone();
    let expected = loan.account_before().cloned().unwrap_or(recorded);
    let receipt = Receipt {
        acted_as,
        integration: ask.integration.clone(),
        jira_user: ask.user.clone(),
        at: app.clock.now(),
        expected_account: (expected.id != account.id).then_some(expected),
        account,
    };
    Ok(Performed { answer, receipt })
}

/// A lease with everything a call needs beside it.
struct Loan<'a> {
    app: &'a App,
    ask: &'a Ask,
    case: &'a Case,
    provider: &'a dyn Provider,
    lends: Lends,
    lease: Arc<Lease>,
    route: Arc<Route>,
}

impl<'a> Loan<'a> {
    fn make(
        app: &'a App,
        ask: &'a Ask,
        case: &'a Case,
        provider: &'a dyn Provider,
        permit: Permit,
    ) -> Result<Self, OperationError> {
        let kind = kind_of(provider, &case.integration.kind)?;
        let route = app.egress.route(&case.integration)?;
        let (lends, whose) = (permit.lends(), permit.acts_as());
        let sealed = match lends {
            Lends::UserPat => case.pat.as_ref().map(|pat| &pat.sealed),
            Lends::IntegrationAccount => case.integration_credential.as_ref(),
            Lends::Candidate => None,
        };
        let lent = sealed
            .ok_or(LendError::WrongMaterial)
            .and_then(|sealed| app.lender.lend(permit, Material::Stored(sealed), kind));
        let lease = lent.map_err(|error| OperationError::Lend { error, whose })?;
        Ok(Self { app, ask, case, provider, lends, lease: Arc::new(lease), route })
    }

    /// One call's worth of it.
    fn link(&self) -> Link {
        let (lease, route, clock) = (self.lease.clone(), self.route.clone(), self.app.clock.clone());
        let integration = &self.case.integration;
        Link::new(
            lease,
            route,
            clock,
            integration.kind.clone(),
            integration.settings.clone(),
            self.ask.request_id.clone(),
        )
    }

    /// The account the credential is recorded for, and what the git server answered.
    async fn answer<E: Effect>(&self, effect: &E, unsettled: bool) -> Result<(Account, E::Answer), Failure> {
        let recorded = match self.recorded_account() {
            Some(account) => account,
            None => self.identify().await?,
        };
        if unsettled && let Some(stands) = effect.look_up(self.provider, self.link()).await? {
            return Ok((recorded, stands));
        }
        match effect.call(self.provider, self.link()).await {
            // The answer to a change was lost. If it stands, it was made; if not, it may still come: nobody sends it again.
            Err(unknown) if unknown.reason == FailureReason::OutcomeUnknown => {
                match effect.look_up(self.provider, self.link()).await {
                    Ok(Some(stands)) => Ok((recorded, stands)),
                    Ok(None) | Err(_) => Err(unknown),
                }
            }
            answered => answered.map(|answer| (recorded, answer)),
        }
    }

    fn recorded_account(&self) -> Option<Account> {
        match self.lends {
            Lends::UserPat => self.case.pat.as_ref().and_then(|pat| pat.metadata.account.clone()),
            Lends::IntegrationAccount => self.case.integration.account.clone(),
            Lends::Candidate => None,
        }
    }

    /// Whose the PAT before was, where nobody knew yet whose this one is.
    fn account_before(&self) -> Option<&Account> {
        let pat = self.case.pat.as_ref().filter(|_| self.lends == Lends::UserPat);
        pat.and_then(|pat| pat.metadata.account_before.as_ref())
    }

    /// A PAT that was saved unchecked is checked now, at its first use: nothing is done in an unknown name.
    async fn identify(&self) -> Result<Account, Failure> {
        let identity = self.provider.whoami(self.link()).await?;
        let kind = self.provider.description().kind(&self.case.integration.kind);
        let Identity { account, permissions, expiry } = identity.covering(kind.map_or(&[], |kind| &kind.permissions));
        let now = self.app.clock.now();
        let mut details = Map::from_iter([("account".to_owned(), json!(account))]);
        if let Some(before) = self.account_before().filter(|before| before.id != account.id) {
            details.insert("previous_account".to_owned(), json!(before));
        }
        let learnt = |known: PatMetadata| PatMetadata {
            account: Some(account.clone()),
            account_before: None,
            permissions,
            expiry: expiry.or(known.expiry),
            last_checked_at: Some(now),
            ..known
        };
        // What was learnt serves this operation even where it cannot be written down.
        if let Err(error) = self.note(learnt, "pat.check", details).await {
            tracing::warn!(%error, request_id = self.ask.request_id, "what was learnt of a PAT could not be kept");
        }
        Ok(account)
    }

    /// Once: a PAT that was saved in between is left alone.
    async fn mark_rejected(&self) -> Result<(), StoreError> {
        let now = self.app.clock.now();
        let rejected = |known| PatMetadata { rejected_at: Some(now), last_checked_at: Some(now), ..known };
        self.note(rejected, "pat.rejected", Map::new()).await
    }

    /// Writes down what became known of the user's PAT, if it is that which was lent.
    async fn note(
        &self,
        learnt: impl FnOnce(PatMetadata) -> PatMetadata,
        subject: &'static str,
        details: Map<String, serde_json::Value>,
    ) -> Result<(), StoreError> {
        let Some(pat) = self.case.pat.as_ref().filter(|_| self.lends == Lends::UserPat) else { return Ok(()) };
        let (integration, user) = (&self.ask.integration, &self.ask.user);
        let audit = entry(self.app, self.ask, AuditEvent::Changed, subject, details);
        let metadata = learnt(pat.metadata.clone());
        self.app.store.note_pat(integration, user, pat.revision, metadata, audit).await?;
        Ok(())
    }
}
