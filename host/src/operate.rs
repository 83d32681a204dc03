//! THE path of every operation: load, decide, record the intent, lend, call, record the outcome.
//!
//! [`perform`] is that path, once, for every sort of operation; what differs between them is an [`Effect`]. Nothing else
//! in the program asks for a permit, a lease or a provider call.

mod attempt;
mod branches;
mod carry_out;
mod checks;
mod effect;
mod error;
mod integrations;
mod pats;
mod pull_requests;
mod repositories;
mod revocation;
mod setup_links;

use std::sync::Arc;
use std::time::Instant;

use serde_json::{Map, json};

pub use self::branches::{CreateBranch, DeleteBranch, ListBranches};
use self::carry_out::carry_out;
pub use self::checks::NewIntegrationSettings;
pub use self::effect::Effect;
pub use self::error::OperationError;
pub use self::integrations::entry as administrators_entry;
pub use self::integrations::{
    Administration, NewIntegration, add_integration, change_integration, register_provider, remove_integration,
};
pub use self::pats::{SavePat, SavedPat, check_pat, delete_pat, save_pat};
pub use self::pull_requests::CreatePullRequest;
pub use self::repositories::{GetRepository, ListRepositories};
pub use self::revocation::{RevocationOutcome, RevokedPat, revoke_pat};
pub use self::setup_links::{
    NewSetupLink, ask_of, make_setup_link, peek_setup_link, renew_setup_link, take_setup_link,
};
use crate::app::App;
use model::policy::{self, Denial, Facts, Permit};
use model::{
    ActAs, ActedAs, Actor, AuditEvent, ConnectorId, IntegrationId, JiraUser, Kind, KindId, NewAuditEntry,
    OperationKind, PatState, ProjectKey, ProviderRecord, Receipt, Timestamp,
};
use sandbox::{Provider, fingerprint};
use store::{Begun, Case};

/// Who asks, for which Jira project, on which integration.
#[derive(Debug, Clone)]
pub struct Ask {
    pub connector: ConnectorId,
    pub user: JiraUser,
    pub project: ProjectKey,
    /// Whether the connector vouches that the user holds *View Development Tools* in that project.
    pub may_view_development_tools: bool,
    pub integration: IntegrationId,
    pub act_as: ActAs,
    pub request_id: String,
    /// The same for every attempt at the same request; 32 hexadecimal digits.
    pub attempt_token: String,
}

impl Ask {
    pub fn actor(&self) -> Actor {
        Actor::User { connector: self.connector.to_string(), jira_user: self.user.clone() }
    }
}

/// What was done, and in whose name.
#[derive(Debug)]
pub struct Performed<T> {
    pub answer: T,
    pub receipt: Receipt,
}

/// Does one operation for one user.
pub async fn perform<E: Effect>(app: &App, ask: &Ask, effect: &E) -> Result<Performed<E::Answer>, OperationError> {
    let case = load(app, ask, E::KIND).await?;
    let provider = provider_of(app, &case).await?;
    effect.fits(kind_of(&*provider, &case.integration.kind)?)?;
    let decided = policy::decide(&facts(ask, &case, app.clock.now()), E::KIND, ask.act_as);
    let permit = admit(app, ask, E::KIND, decided).await?;
    let intent = entry(app, ask, AuditEvent::Intent, E::KIND.as_str(), effect.details(permit.acts_as()));
    let begun = app.store.begin_operation(intent, effect.fingerprint(&ask.integration)).await?;

    let started = Instant::now();
    let acted_as = permit.acts_as();
    let done = carry_out(app, ask, effect, &case, &*provider, permit, begun.unsettled).await;
    let result = done.as_ref().map_or_else(OperationError::code, |_| "done");
    app.metrics.operation(E::KIND.as_str(), result, started.elapsed());
    record_outcome(app, ask, effect, begun, acted_as, &done).await?;
    done
}

/// What the user would find: the integration and the state of her PAT. None where there is no such integration for her.
pub async fn look(app: &App, ask: &Ask) -> Result<(Case, Arc<dyn Provider>), OperationError> {
    let case = load(app, ask, OperationKind::CheckCredential).await?;
    let facts = facts(ask, &case, app.clock.now());
    policy::may_look(&facts).map_err(OperationError::Denied)?;
    let provider = provider_of(app, &case).await?;
    Ok((case, provider))
}

/// Everything the decision needs, in one read. An integration that is not there looks like one closed to the project.
pub(crate) async fn load(app: &App, ask: &Ask, operation: OperationKind) -> Result<Case, OperationError> {
    match app.store.load_case(&ask.integration, Some(&ask.user)).await? {
        Some(case) => Ok(case),
        None if ask.may_view_development_tools => Err(OperationError::Denied(Denial::NotOpenToProject)),
        None => Err(admit(app, ask, operation, Err(Denial::PermissionMissing)).await.expect_err("a denial")),
    }
}

pub(crate) fn facts<'a>(ask: &'a Ask, case: &'a Case, now: Timestamp) -> Facts<'a> {
    Facts {
        integration: &case.integration.id,
        user: &ask.user,
        may_view_development_tools: ask.may_view_development_tools,
        is_open_to_project: case.integration.projects.include(&ask.project),
        global_rule: case.policy.require_user_pat,
        integration_rule: case.integration.require_user_pat,
        user_credentials: &case.integration.connection.user_credentials,
        pat: PatState::of(case.pat.as_ref().map(|pat| &pat.metadata), now),
        has_integration_account: case.integration_credential.is_some(),
    }
}

/// Passes a permit on; writes a denial down and makes it the answer.
async fn admit(
    app: &App,
    ask: &Ask,
    operation: OperationKind,
    decided: Result<Permit, Denial>,
) -> Result<Permit, OperationError> {
    let denial = match decided {
        Ok(permit) => return Ok(permit),
        Err(denial) => denial,
    };
    app.metrics.denial(denial.code());
    let details =
        Map::from_iter([("reason".to_owned(), json!(denial.code())), ("project".to_owned(), json!(ask.project))]);
    app.store.append_audit(entry(app, ask, AuditEvent::Denied, operation.as_str(), details)).await?;
    Err(OperationError::Denied(denial))
}

/// The provider an integration is served by.
pub(crate) async fn provider_of(app: &App, case: &Case) -> Result<Arc<dyn Provider>, OperationError> {
    match &case.provider {
        Some(record) => ready(app, record).await,
        None => Err(OperationError::ProviderUnusable(format!("`{}` is not registered", case.integration.provider))),
    }
}

/// A registered provider, compiled from the registered bytes if it is not ready yet.
pub(crate) async fn ready(app: &App, record: &ProviderRecord) -> Result<Arc<dyn Provider>, OperationError> {
    if let Some(ready) = app.registry.get(&record.sha256) {
        return Ok(ready);
    }
    let gone = || OperationError::ProviderUnusable("its registered bytes are missing".into());
    let component = app.store.component(&record.sha256).await?.ok_or_else(gone)?;
    if fingerprint(&component) != record.sha256 {
        return Err(OperationError::ProviderUnusable("its registered bytes have changed; register it again".into()));
    }
    let loaded = app.registry.load(component).await;
    loaded.map(|(_, provider)| provider).map_err(|error| OperationError::ProviderUnusable(error.to_string()))
}

pub(crate) fn kind_of<'a>(provider: &'a dyn Provider, kind: &KindId) -> Result<&'a Kind, OperationError> {
    provider
        .description()
        .kind(kind)
        .ok_or_else(|| OperationError::ProviderUnusable(format!("it no longer serves the kind `{kind}`")))
}

async fn record_outcome<E: Effect>(
    app: &App,
    ask: &Ask,
    effect: &E,
    begun: Begun,
    acted_as: ActedAs,
    done: &Result<Performed<E::Answer>, OperationError>,
) -> Result<(), OperationError> {
    let mut details = effect.details(acted_as);
    let settled = match done {
        Ok(performed) => {
            details.insert("result".into(), json!("done"));
            details.insert("receipt".into(), json!(performed.receipt));
            details.extend(E::result(&performed.answer));
            true
        }
        Err(error) => {
            details.insert("result".into(), json!(error.code()));
            details.insert("message".into(), json!(error.to_string()));
            !error.is_unknown_outcome()
        }
    };
    let outcome = NewAuditEntry {
        refers_to: Some(begun.intent),
        ..entry(app, ask, AuditEvent::Outcome, E::KIND.as_str(), details)
    };
    Ok(app.store.finish_operation(begun.intent, outcome, settled).await?)
}

pub(crate) fn entry(
    app: &App,
    ask: &Ask,
    event: AuditEvent,
    subject: &'static str,
    details: Map<String, serde_json::Value>,
) -> NewAuditEntry {
    NewAuditEntry {
        at: app.clock.now(),
        event,
        subject,
        actor: ask.actor(),
        integration: Some(ask.integration.clone()),
        request_id: ask.request_id.clone(),
        refers_to: None,
        details,
    }
}
