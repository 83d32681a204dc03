//! What administrators set up: providers and integrations. An integration is stored only after its provider accepted the
//! settings and, where a credential is given, the git server said whose it is.

use std::collections::BTreeMap;
use std::sync::Arc;

use secrecy::SecretString;
use serde_json::{Map, Value, json};

use super::checks::{self, credential_fields, whose};
use super::{NewIntegrationSettings, OperationError, kind_of};
use crate::app::App;
use model::policy::{permit_integration_check, users_may_have_pats};
use model::{
    Account, Actor, AuditEvent, BranchNaming, Connection, CredentialOwner, IntegrationId, IntegrationRecord, KindId,
    Mappings, NewAuditEntry, Projects, ProviderRecord, Sealed,
};
use sandbox::lend::Material;
use sandbox::{ConnectError, Provider};

/// An administrator at work.
#[derive(Debug, Clone)]
pub struct Administration {
    pub actor: Actor,
    pub request_id: String,
}

/// What an integration is added or changed to.
#[derive(Debug, Clone)]
pub struct NewIntegration {
    pub id: IntegrationId,
    pub name: String,
    pub kind: KindId,
    pub connect: NewIntegrationSettings,
    pub projects: Projects,
    pub require_user_pat: bool,
    pub naming: BranchNaming,
    /// The whole list.
    pub mappings: Mappings,
    /// The integration's own credential. None: it has none, or keeps the one it has.
    pub credential: Option<BTreeMap<String, SecretString>>,
}

pub async fn add_integration(
    app: &App,
    by: &Administration,
    new: NewIntegration,
) -> Result<IntegrationRecord, OperationError> {
    let prepared = prepare(app, by, new, None).await?;
    let audit = changed(app, by, "integration.add", &prepared.record);
    app.store.add_integration(prepared.record.clone(), prepared.sealed, audit).await?;
    Ok(prepared.record)
}

/// Replaces an integration's settings; the kind stays what it is.
pub async fn change_integration(
    app: &App,
    by: &Administration,
    before: &IntegrationRecord,
    new: NewIntegration,
) -> Result<IntegrationRecord, OperationError> {
    let prepared = prepare(app, by, new, Some(before)).await?;
    let audit = changed(app, by, "integration.change", &prepared.record);
    match app.store.change_integration(prepared.record.clone(), prepared.sealed, audit).await? {
        true => Ok(prepared.record),
        false => Err(OperationError::Conflict(format!("integration {} was removed meanwhile", before.id))),
    }
}

/// With every PAT saved for it. False when there was none.
pub async fn remove_integration(app: &App, by: &Administration, id: &IntegrationId) -> Result<bool, OperationError> {
    let audit = entry(app, by, "integration.remove", Some(id.clone()), Map::new());
    Ok(app.store.remove_integration(id, audit).await?)
}

/// Registers a component as a provider, in the place of the registered one with the same id.
pub async fn register_provider(
    app: &App,
    by: &Administration,
    component: Vec<u8>,
) -> Result<ProviderRecord, OperationError> {
    let size_bytes = component.len() as u64;
    let loaded = app.registry.load(component.clone()).await;
    let (sha256, provider) = loaded.map_err(|error| OperationError::invalid("component", error.to_string()))?;
    let description = provider.description().clone();
    for other in app.store.providers().await? {
        let taken = description.kinds.iter().find(|kind| other.description.kind(&kind.id).is_some());
        if let Some(kind) = taken.filter(|_| other.description.id != description.id) {
            let message = format!("the kind `{}` is served by the provider `{}`", kind.id, other.description.id);
            return Err(OperationError::Conflict(message));
        }
    }
    let record = ProviderRecord { description, sha256, size_bytes, registered_at: app.clock.now() };
    let details = Map::from_iter([
        ("provider".to_owned(), json!(record.description.id)),
        ("version".to_owned(), json!(record.description.version)),
        ("sha256".to_owned(), json!(record.sha256)),
    ]);
    app.store.put_provider(record.clone(), component, entry(app, by, "provider.register", None, details)).await?;
    Ok(record)
}

struct Prepared {
    record: IntegrationRecord,
    sealed: Option<Sealed>,
}

async fn prepare(
    app: &App,
    by: &Administration,
    new: NewIntegration,
    before: Option<&IntegrationRecord>,
) -> Result<Prepared, OperationError> {
    let (record_of_provider, provider) = serving(app, &new.kind).await?;
    let kind = kind_of(&*provider, &new.kind)?;
    checks::settings(kind, &new.connect.settings)?;
    checks::mappings(&new.mappings, &new.projects)?;
    let connection = connect(&*provider, &new).await?;
    if new.require_user_pat {
        users_may_have_pats(&connection.user_credentials).map_err(OperationError::Denied)?;
    }
    let now = app.clock.now();
    let mut record = IntegrationRecord {
        id: new.id,
        name: new.name,
        provider: record_of_provider.description.id.clone(),
        kind: new.kind,
        settings: new.connect.settings,
        connection,
        network: new.connect.network,
        projects: new.projects,
        require_user_pat: new.require_user_pat,
        naming: new.naming,
        mappings: new.mappings,
        account: before.and_then(|before| before.account.clone()),
        created_at: before.map_or(now, |before| before.created_at),
        updated_at: before.map_or(now, |before| now.max(before.updated_at.plus_ms(1))),
    };
    let route = app.egress.route_once(&record)?;
    let Some(credential) = new.credential else {
        return Ok(Prepared { record, sealed: None });
    };

    let fields = credential_fields(kind, credential)?;
    let (permit, material) = (permit_integration_check(&record.id), Material::Candidate(fields.clone()));
    let identity = whose(app, &*provider, &record, route, permit, material, &by.request_id).await;
    let identity = identity.map_err(OperationError::beside_the_setting)?;
    record.account = Some(identity.account);
    let sealed = app.lender.seal(&CredentialOwner::Integration { integration: record.id.clone() }, &fields);
    Ok(Prepared { record, sealed: Some(sealed) })
}

/// The registered provider that serves a kind.
async fn serving(app: &App, kind: &KindId) -> Result<(ProviderRecord, Arc<dyn Provider>), OperationError> {
    let providers = app.store.providers().await?;
    let kinds =
        |record: &ProviderRecord| record.description.kinds.iter().map(|kind| kind.id.to_string()).collect::<Vec<_>>();
    let known: Vec<String> = providers.iter().flat_map(kinds).collect();
    let Some(record) = providers.into_iter().find(|record| record.description.kind(kind).is_some()) else {
        let message = match known.is_empty() {
            true => "no provider is registered; `countersign provider register` registers one".to_owned(),
            false => format!("no registered provider serves `{kind}`; the kinds are: {}", known.join(", ")),
        };
        return Err(OperationError::invalid("kind", message));
    };
    let provider = super::ready(app, &record).await?;
    Ok((record, provider))
}

async fn connect(provider: &dyn Provider, new: &NewIntegration) -> Result<Connection, OperationError> {
    match provider.connect(&new.kind, &new.connect.settings).await {
        Ok(connection) => Ok(connection),
        Err(ConnectError::Settings(errors)) => Err(OperationError::Invalid(errors)),
        Err(ConnectError::Failed(failure)) => Err(OperationError::ProviderUnusable(failure.message)),
    }
}

fn changed(app: &App, by: &Administration, subject: &'static str, record: &IntegrationRecord) -> NewAuditEntry {
    let account = record.account.as_ref().map(|account: &Account| account.login.clone());
    let origins: Vec<&str> = record.connection.origins.iter().map(|origin| origin.url.as_str()).collect();
    let details = Map::from_iter([
        ("kind".to_owned(), json!(record.kind)),
        ("require_user_pat".to_owned(), json!(record.require_user_pat)),
        ("projects".to_owned(), json!(record.projects)),
        ("origins".to_owned(), json!(origins)),
        ("account".to_owned(), json!(account)),
        ("mappings".to_owned(), json!(record.mappings.as_slice().len())),
    ]);
    entry(app, by, subject, Some(record.id.clone()), details)
}

/// An entry for a change an administrator makes.
pub fn entry(
    app: &App,
    by: &Administration,
    subject: &'static str,
    integration: Option<IntegrationId>,
    details: Map<String, Value>,
) -> NewAuditEntry {
    NewAuditEntry {
        at: app.clock.now(),
        event: AuditEvent::Changed,
        subject,
        actor: by.actor.clone(),
        integration,
        request_id: by.request_id.clone(),
        refers_to: None,
        details,
    }
}
