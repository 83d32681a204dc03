//! THE path of every operation: find, decide, write the intent, lend, call, write the outcome.

use serde_json::{Value, json};

use super::asked_again::asked_again;
use super::decision::{self, Found};
use super::effect::Recognised;
use super::journal::{Begins, Journal, Turn};
use super::learn::{Lent, doubted, identify, note_taken, note_use};
use super::loan::lend;
use super::providers::{Served, serving};
use super::repeats::Alike;
use super::{App, Ask, Effect, OperationError};
use model::operation::{Operation, Use};
use model::policy::{self, Lends, Permit};
use model::{Account, ActedAs, Failure, FailureReason, IntegrationRecord, Receipt, RepositoryId};
use sandbox::lend::Loan;

/// What was done, and in whose name.
#[derive(Debug)]
pub struct Performed<T> {
    /// What the git server answered.
    pub answer: T,
    /// Whom it is credited to.
    pub receipt: Receipt,
}

/// Does one operation for one user.
pub async fn perform<E: Effect>(app: &App, ask: &Ask, effect: &E) -> Result<Performed<E::Answer>, OperationError> {
    let operation = E::Operation::KIND;
    let (author, decided) = (ask.author(), Decided::of(app, ask, effect).await?);
    let change = recognised(app, ask, decided.found.integration(), effect);
    let turn = Turn::of(app, &author, &decided.found.integration().provider, change).await?;
    // What is so by then counts, and not what was so before somebody else was waited for.
    let decided = if turn.was_waited_for { Decided::of(app, ask, effect).await? } else { decided };
    let Decided { found, served, permit } = decided;

    let details = effect.details(permit.acts_as());
    let call = Call { app, ask, found: &found, served: &served, lends: permit.lends() };
    let look = || Alike::look(&author.actor, &ask.integration, operation, &json!([details, call.credential()]));
    let look = operation.only_looks().then(look);
    let mut journal = Journal::open(app, author, turn, Begins { operation, details: details.clone(), look }).await?;
    match call.carry_out(effect, permit, &mut journal).await {
        Ok(performed) => {
            app.names.learn(found.integration(), E::repositories(&performed.answer));
            let mut details = details;
            details.insert("receipt".into(), json!(performed.receipt));
            details.extend(E::result(&performed.answer));
            let kept = journal.done("done", details.clone()).await;
            kept.map_err(|error| {
                if operation.is_ruled() {
                    OperationError::not_recorded(operation, &details)
                } else {
                    OperationError::nothing_done(error)
                }
            })?;
            Ok(performed)
        }
        Err(error) => {
            journal.failed(&error, details).await;
            Err(error)
        }
    }
}

/// What is so of an integration and its user, and what is permitted on that.
struct Decided<O: Operation> {
    found: Found,
    served: Served,
    permit: Permit<O>,
}

impl<O: Use> Decided<O> {
    async fn of<E: Effect<Operation = O>>(app: &App, ask: &Ask, effect: &E) -> Result<Self, OperationError> {
        let subject = O::KIND.as_str();
        let found = decision::find(app, ask, subject).await?;
        let found = asked_again(app, ask, subject, found).await?;
        found.holds(ask)?;
        let decided = policy::decide::<O>(&found.facts(app, ask), ask.act_as);
        let permit = decision::decided(app, ask, subject, decided).await?;
        let served = serving(app, &found).await?;
        effect.fits(served.kind(&found.integration().kind)?)?;
        Ok(Self { found, served, permit })
    }
}

/// What a change would bring about, by what its repository is called as far as that is known.
fn recognised<E: Effect>(app: &App, ask: &Ask, integration: &IntegrationRecord, effect: &E) -> Option<Recognised> {
    let change = effect.change()?;
    let called = app.names.called(integration, change.repository);
    Some(change.recognised::<E>(ask, called.as_ref().unwrap_or(change.repository)))
}

/// One operation, from its permit to its answer. By now the intent is written.
struct Call<'a> {
    app: &'a App,
    ask: &'a Ask,
    found: &'a Found,
    served: &'a Served,
    lends: Lends,
}

impl Call<'_> {
    async fn carry_out<E: Effect>(
        &self,
        effect: &E,
        permit: Permit<E::Operation>,
        journal: &mut Journal<'_>,
    ) -> Result<Performed<E::Answer>, OperationError> {
        let Self { app, ask, found, served, .. } = self;
        let integration = found.integration();
        let loan = lend(app, found, served.kind(&integration.kind)?, permit, ask.request_id())?;
        if let Some(pat) = self.lent_pat() {
            note_use(app, ask, pat);
        }
        let (acted_as, lent) = (loan.acts_as(), self.lent());
        if let Some(change) = effect.change() {
            // Asked for anew: whoever was waited for may have found out by now.
            match self.called(change.repository, &loan).await {
                Ok(called) => {
                    if journal.recognise(change.recognised::<E>(ask, &called)).await? {
                        self.still_holds(effect).await?;
                    }
                }
                Err(failure) => {
                    journal.expect_earlier_ones().await;
                    return Err(self.failed(self.told(failure, &loan).await, acted_as, journal));
                }
            }
        }
        let failed = |failure| self.failed(failure, acted_as, journal);
        let recorded = match self.recorded_account() {
            Some(account) => account,
            // A PAT that was saved unchecked is checked now, at its first use: nothing is done in an unknown name.
            None => identify(app, ask, served, lent, &loan).await.map_err(failed)?,
        };
        let answer = match self.answer(effect, &loan, journal).await {
            Ok(Some(answer)) => answer,
            Ok(None) => return Err(OperationError::StillThere),
            Err(failure) => return Err(failed(self.told(failure, &loan).await)),
        };
        note_taken(app, ask, lent).await;
        let receipt = self.receipt(acted_as, E::credited_to(&answer), recorded);
        Ok(Performed { answer, receipt })
    }

    /// What the git server answered; none where that is not to be asked for again.
    async fn answer<E: Effect>(
        &self,
        effect: &E,
        loan: &Loan<E::Operation>,
        journal: &Journal<'_>,
    ) -> Result<Option<E::Answer>, Failure> {
        let provider = &*self.served.provider;
        if journal.looks_first() {
            let stands = effect.look_up(provider, loan).await?;
            journal.note_looked();
            if stands.is_some() || !E::GOES_AGAIN {
                return Ok(if journal.may_be_own() { stands } else { stands.map(E::anothers) });
            }
        }
        journal.note_sent();
        match effect.call(provider, loan).await {
            // If it stands, it was made; if not, it may still come: nobody sends it again.
            Err(unclear) if may_be_done(&unclear) => match effect.look_up(provider, loan).await {
                Ok(Some(stands)) => Ok(Some(stands)),
                Err(_) if unclear.reason == FailureReason::UnexpectedReply => Err(unclear.unseen()),
                Ok(None) | Err(_) => Err(unclear),
            },
            Err(failure) if matches!(failure.reason, FailureReason::AlreadyExists(_)) => {
                Err(Failure { may_be_own: journal.may_be_own(), ..failure })
            }
            answered => answered.map(Some),
        }
    }

    /// That it would be decided again as it was: on the same integration, for the same credential.
    async fn still_holds<E: Effect>(&self, effect: &E) -> Result<(), OperationError> {
        let Decided { found, permit, .. } = Decided::of(self.app, self.ask, effect).await?;
        let of = |found: &Found| (found.integration().place(), found.pat().map(|pat| pat.revision));
        let is_same = of(&found) == of(self.found) && found.own_credential() == self.found.own_credential();
        if is_same && permit.lends() == self.lends {
            return Ok(());
        }
        Err(OperationError::Changed("what this was permitted by".to_owned()))
    }

    /// What the git server calls a repository. Where it does not say so to whom it is lent, it is called as it was asked for.
    async fn called<O: Operation>(&self, asked: &RepositoryId, loan: &Loan<O>) -> Result<RepositoryId, Failure> {
        if let Some(called) = self.app.names.called(self.found.integration(), asked) {
            return Ok(called);
        }
        match self.served.provider.get_repository(loan.recognise(), asked).await {
            Ok(found) => {
                self.app.names.learn_another(self.found.integration(), asked, &found.id);
                Ok(found.id)
            }
            Err(failure) => match failure.reason {
                FailureReason::PermissionMissing(_) | FailureReason::NotFound(_) => Ok(asked.clone()),
                _ => Err(failure),
            },
        }
    }

    /// A failure of what was asked with the journal open. Until it was looked, what an earlier attempt came to is as unknown as before.
    fn failed(&self, failure: Failure, acted_as: ActedAs, journal: &Journal<'_>) -> OperationError {
        let failure = if journal.is_open() { failure.unsettled() } else { failure };
        OperationError::failed(failure, acted_as, self.found.integration(), self.app.clock.now())
    }

    /// What is told of a failure: of a credential that was refused, only after it was asked whose it is.
    async fn told<O: Operation>(&self, failure: Failure, loan: &Loan<O>) -> Failure {
        if failure.reason != FailureReason::CredentialRejected {
            return failure;
        }
        doubted(self.app, self.ask, self.served, self.lent(), loan, failure).await
    }

    /// Tells the credential that is lent from others: which PAT, or whose account.
    fn credential(&self) -> Value {
        match self.lent_pat() {
            Some(pat) => json!([pat.revision, pat.metadata.account]),
            None => json!(self.found.integration().account),
        }
    }

    fn recorded_account(&self) -> Option<Account> {
        match self.lends {
            Lends::UserPat => self.found.pat_metadata().and_then(|pat| pat.account.clone()),
            Lends::IntegrationAccount => self.found.integration().account.clone(),
            Lends::Candidate | Lends::SetAsidePat => None,
        }
    }

    /// The user's PAT, where it is what was lent.
    fn lent_pat(&self) -> Option<&model::PatRecord> {
        self.found.pat().filter(|_| self.lends == Lends::UserPat)
    }

    fn lent(&self) -> Lent<'_> {
        self.lent_pat().map_or_else(|| Lent::Own(self.found.integration()), Lent::Pat)
    }

    fn receipt(&self, acted_as: ActedAs, credited_to: Option<&Account>, recorded: Account) -> Receipt {
        let account = credited_to.unwrap_or(&recorded).clone();
        // Whose the PAT before was, where nobody knew yet whose this one is.
        let before = self.lent_pat().and_then(|pat| pat.metadata.account_before.clone());
        let expected = before.unwrap_or(recorded);
        let user = self.ask.user();
        Receipt {
            acted_as,
            integration: self.ask.integration.clone(),
            site: user.site.clone(),
            jira_user: user.id.clone(),
            at: self.app.clock.now(),
            expected_account: (expected.id != account.id).then_some(expected),
            account,
        }
    }
}

/// Whether a change may have been made although this came of it: its answer was lost, or is none of the git server's, or one that
/// whatever stands before it gives as well, as where it holds answers back.
fn may_be_done(failure: &Failure) -> bool {
    match failure.reason {
        FailureReason::OutcomeUnknown => true,
        FailureReason::UnexpectedReply
        | FailureReason::Misconfigured(_)
        | FailureReason::Protected
        | FailureReason::ReadOnly
        | FailureReason::SsoAuthorizationRequired => failure.change_sent,
        _ => false,
    }
}
