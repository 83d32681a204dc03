//! The providers that integrations are served by.

use std::sync::Arc;

use super::decision::Found;
use super::{App, OperationError, ProviderError};
use model::{Kind, KindId, ProviderRecord};
use sandbox::Provider;

/// A provider that is ready to be called.
pub(super) struct Served {
    pub provider: Arc<dyn Provider>,
}

impl Served {
    /// What the component that runs says of a kind, which it may serve no longer.
    pub fn kind(&self, kind: &KindId) -> Result<&Kind, OperationError> {
        Ok(self.provider.description().kind(kind).ok_or_else(|| ProviderError::KindGone(kind.clone()))?)
    }
}

/// The provider an integration is served by.
pub(super) async fn serving(app: &App, found: &Found) -> Result<Served, OperationError> {
    let provider = &found.integration().provider;
    let record = found.case().provider.as_ref().ok_or_else(|| ProviderError::NotRegistered(provider.clone()))?;
    Ok(Served { provider: ready(app, record).await? })
}

/// A registered provider, compiled from the registered bytes if it is not ready yet.
pub(super) async fn ready(app: &App, record: &ProviderRecord) -> Result<Arc<dyn Provider>, OperationError> {
    if let Some(ready) = app.registry.get(&record.sha256) {
        return Ok(ready);
    }
    let component = app.store.component(&record.sha256).await?.ok_or(ProviderError::BytesGone)?;
    let (_, provider) = app.registry.load(component).await.map_err(ProviderError::Component)?;
    Ok(provider)
}
