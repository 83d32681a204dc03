//! Kinds of integrations, as the providers that are installed describe them.

use super::session::Administering;
use crate::operate::administration;
use crate::pages::answer::Page;
use crate::problem::Problem;
use model::{IntegrationRecord, Kind, KindId, ProviderRecord};

/// An integration's.
pub(super) async fn of(at: &Administering, record: &IntegrationRecord) -> Result<Kind, Page> {
    let found = find(&providers(at).await?, &record.kind);
    found.ok_or_else(|| at.told(Problem::not_found("kind: its provider is not installed")))
}

/// The one of this id, whatever was sent for one.
pub(super) async fn named(at: &Administering, text: &str) -> Result<(KindId, Kind), Page> {
    let providers = providers(at).await?;
    let found = KindId::parse(text).ok().and_then(|id| Some((id.clone(), find(&providers, &id)?)));
    found.ok_or_else(|| at.told(Problem::not_found("kind")))
}

/// What people call a kind; its id where no provider serves it any more.
pub(super) fn label(providers: &[ProviderRecord], id: &KindId) -> String {
    find(providers, id).map_or_else(|| id.to_string(), |kind| kind.label)
}

/// All that are installed.
pub(super) async fn providers(at: &Administering) -> Result<Vec<ProviderRecord>, Page> {
    administration::providers(&at.app).await.map_err(|error| at.stopped(error))
}

fn find(providers: &[ProviderRecord], id: &KindId) -> Option<Kind> {
    providers.iter().find_map(|provider| provider.description.kind(id)).cloned()
}
