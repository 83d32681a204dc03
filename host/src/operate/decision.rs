//! Whether somebody may know of an integration, and then whether she may do what she asks: in this order, because nothing
//! that is told of an integration can be had without the first answer. What is refused is written down.

use std::sync::Arc;

use serde_json::{Map, json};

use super::author::Author;
use super::repeats::{Alike, write_down};
use super::{App, Ask, Asker, OperationError, ProviderError, background};
use model::policy::{self, Admitted, Denial, Facts, Unseen};
use model::{
    ActAs, ActingUser, AuditEvent, Destination, IntegrationRecord, Kind, PatMetadata, PatRecord, PatState, Policy,
    Sealed, Timestamp,
};
use store::{Case, OpenIntegrations, Sighting};

/// An integration that whoever asks may know of, with all that an operation on it is decided and done with.
pub(super) struct Found {
    case: Admitted<Case>,
    destination: Arc<Destination>,
}

/// Finds the integration, in one read. `subject` is what the audit log calls what is asked.
pub(super) async fn find(app: &App, ask: &Ask, subject: &'static str) -> Result<Found, OperationError> {
    let found = app.store.find_open(&ask.integration, &ask.asker.project(), ask.user()).await?;
    let case = admitted(app, &ask.asker, &ask.author(), subject, found).await?;
    Ok(Found { destination: case.integration.destination(), case })
}

/// The integrations that are open to the project, in one read.
pub(super) async fn list(
    app: &App,
    asker: &Asker,
    subject: &'static str,
) -> Result<Admitted<OpenIntegrations>, OperationError> {
    let found = app.store.open_integrations(&asker.project(), &asker.user).await?;
    admitted(app, asker, &asker.author(None), subject, Some(found)).await
}

/// Passes on what the policy gives, a permit for one; writes a denial down and makes it the answer.
pub(super) async fn decided<T>(
    app: &App,
    ask: &Ask,
    subject: &'static str,
    decided: Result<T, Denial>,
) -> Result<T, OperationError> {
    match decided {
        Ok(given) => Ok(given),
        Err(denial) => Err(denied(app, &ask.asker, &ask.author(), subject, denial).await),
    }
}

async fn admitted<T>(
    app: &App,
    asker: &Asker,
    author: &Author,
    subject: &'static str,
    found: Option<Unseen<T>>,
) -> Result<Admitted<T>, OperationError> {
    match policy::admit(asker.may_view_development_tools, found) {
        Ok(admitted) => {
            note_seen(app, asker);
            Ok(admitted)
        }
        Err(denial) => Err(denied(app, asker, author, subject, denial).await),
    }
}

/// Once a day for each user and project.
fn note_seen(app: &App, asker: &Asker) {
    let (project, at) = (asker.project(), app.clock.now());
    if !app.seen.is_first_today(&asker.user, &project, at) {
        return;
    }
    let (store, sighting) =
        (app.store.clone(), Sighting { user: asker.user.clone(), project, names: asker.names.clone(), at });
    background::note("that a user was seen", async move { store.note_seen(sighting).await });
}

async fn denied(app: &App, asker: &Asker, author: &Author, subject: &'static str, denial: Denial) -> OperationError {
    app.metrics.denial(denial.code());
    let details =
        Map::from_iter([("reason".to_owned(), json!(denial.code())), ("project".to_owned(), json!(asker.project()))]);
    let entry = author.entry(app, AuditEvent::Denied, subject, details);
    let due = app.repeats.note(Alike::denial(&denial, &asker.project().to_string(), &entry), entry);
    match write_down(&app.store, due).await {
        Ok(()) => OperationError::Denied(denial),
        Err(error) => OperationError::nothing_done(error),
    }
}

/// What the policy decides by, of one integration and one user.
pub(super) fn facts<'a>(
    integration: &'a IntegrationRecord,
    destination: &'a Arc<Destination>,
    policy: &Policy,
    user: &'a ActingUser,
    pat: Option<&PatMetadata>,
    now: Timestamp,
) -> Facts<'a> {
    Facts {
        destination,
        user,
        now,
        global_rules: policy.rules,
        integration_rules: integration.rules,
        features: integration.features,
        user_credentials: &integration.connection.user_credentials,
        pat: PatState::of(pat, &destination.place, now),
        own_credential: integration.own_credential(),
    }
}

impl Found {
    /// The integration as it is stored.
    pub fn integration(&self) -> &IntegrationRecord {
        &self.case.integration
    }

    /// Everything that was read of it.
    pub fn case(&self) -> &Case {
        &self.case
    }

    /// Of whoever asks, when she has one.
    pub fn pat(&self) -> Option<&PatRecord> {
        self.case.pat.as_ref()
    }

    /// What is known of that.
    pub fn pat_metadata(&self) -> Option<&PatMetadata> {
        self.pat().map(|pat| &pat.metadata)
    }

    /// The integration's own, when it has one.
    pub fn own_credential(&self) -> Option<&Sealed> {
        self.case.own_credential.as_ref()
    }

    /// What the policy decides by.
    pub fn facts<'a>(&'a self, app: &App, ask: &'a Ask) -> Admitted<Facts<'a>> {
        let now = app.clock.now();
        self.case.about(|case| {
            let pat = case.pat.as_ref().map(|pat| &pat.metadata);
            facts(&case.integration, &self.destination, &case.policy, ask.user(), pat, now)
        })
    }

    /// That what the user was told beforehand is still so.
    pub fn holds(&self, ask: &Ask) -> Result<(), OperationError> {
        let Some(told) = &ask.told else { return Ok(()) };
        if told.leads_to.as_ref().is_some_and(|told| *told != self.integration().leads_to()) {
            return Err(OperationError::moved());
        }
        let account = match ask.act_as {
            ActAs::Integration => self.integration().account.as_ref(),
            ActAs::User | ActAs::Auto => self.pat_metadata().and_then(|pat| pat.account.as_ref()),
        };
        if account.zip(told.account.as_ref()).is_some_and(|(account, told)| account.id != *told) {
            return Err(OperationError::Changed("the account in whose name this is created".to_owned()));
        }
        Ok(())
    }

    /// What its provider said of its kind when it was registered.
    pub fn kind(&self) -> Result<&Kind, OperationError> {
        let IntegrationRecord { provider, kind, .. } = &self.case.integration;
        let record = self.case.provider.as_ref().ok_or_else(|| ProviderError::NotRegistered(provider.clone()))?;
        Ok(record.description.kind(kind).ok_or_else(|| ProviderError::KindGone(kind.clone()))?)
    }
}
