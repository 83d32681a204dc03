//! Provider components: registered, and found by the kind they serve.

use super::Administration;
use super::change::Change;
use crate::causes::with_causes;
use crate::operate::providers::{Served, ready};
use crate::operate::{App, OperationError};
use model::{KindId, ProviderRecord, Revision};
use sandbox::Paused;

/// All registered providers, in order of id.
pub async fn providers(app: &App) -> Result<Vec<ProviderRecord>, OperationError> {
    Ok(app.store.providers().await?)
}

/// Where providers are asked for nothing now, because they failed again and again: by the SHA-256 of the component.
pub fn paused(app: &App, sha256: &str) -> Vec<Paused> {
    app.registry.get(sha256).map(|provider| provider.paused()).unwrap_or_default()
}

/// Registers a component as a provider, in the place of the registered one with the same id.
pub async fn register_provider(
    app: &App,
    by: &Administration,
    component: Vec<u8>,
) -> Result<ProviderRecord, OperationError> {
    let size_bytes = component.len() as u64;
    let loaded = app.registry.load(component.clone()).await;
    let (sha256, provider) = loaded.map_err(|error| OperationError::invalid("component", with_causes(&error)))?;
    let description = provider.description().clone();
    let registered = app.store.providers().await?;
    let before = registered.iter().find(|record| record.description.id == description.id);
    let registered_at = app.clock.now();
    let after = ProviderRecord { description, sha256, size_bytes, registered_at, revision: Revision::FIRST };
    let audit = Change::ProviderRegistered { before, after: &after }.entry(app, by);
    let seen = before.map(|record| record.revision);
    let revision = app.store.put_provider(after.clone(), component, seen, audit).await?;
    Ok(ProviderRecord { revision, ..after })
}

/// The registered provider that serves a kind, ready to be asked.
pub(super) async fn serving(app: &App, kind: &KindId) -> Result<(ProviderRecord, Served), OperationError> {
    let providers = app.store.providers().await?;
    let kinds = providers.iter().flat_map(|record| &record.description.kinds);
    let known: Vec<String> = kinds.map(|kind| kind.id.to_string()).collect();
    let Some(record) = providers.into_iter().find(|record| record.description.kind(kind).is_some()) else {
        let message = if known.is_empty() {
            "no provider is registered; `countersign provider register` registers one".to_owned()
        } else {
            format!("no registered provider serves `{kind}`; the kinds are: {}", known.join(", "))
        };
        return Err(OperationError::invalid("kind", message));
    };
    let provider = ready(app, &record).await?;
    Ok((record, Served { provider }))
}
