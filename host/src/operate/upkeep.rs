//! What keeps a daemon going beside its requests.

use std::time::Duration;

use serde_json::{Map, json};
use tokio::time::timeout;

use super::author::Author;
use super::providers;
use super::readiness::NotReady;
use super::repeats::write_down;
use super::{App, OperationError, client_certificates};
use model::{ProviderRecord, Timestamp};
use store::StoreError;

/// How long a probe may take. What takes longer is no readiness.
const PROBE_TIMEOUT: Duration = Duration::from_secs(5);

/// Whether operations can be done: providers are there, and it can be read and written down. The store is asked at most
/// every few seconds, however often this is.
pub async fn ready(app: &App) -> Result<(), NotReady> {
    app.readiness.verdict(probe(app)).await
}

async fn probe(app: &App) -> Result<(), NotReady> {
    let probed = async {
        has_providers(app).await?;
        app.store.probe().await.map_err(|error| not_ready(NotReady::Store, &error))
    };
    timeout(PROBE_TIMEOUT, probed).await.unwrap_or(Err(NotReady::StoreSilent))
}

/// What is registered now, and compiled now: either may have changed since the start.
async fn has_providers(app: &App) -> Result<(), NotReady> {
    let records = app.store.providers().await.map_err(|error| not_ready(NotReady::Providers, &error))?;
    let is_ready = |record: &ProviderRecord| app.registry.get(&record.sha256).is_some();
    match records.as_slice() {
        [] => Ok(()),
        some if some.iter().any(is_ready) => Ok(()),
        some if some.iter().all(|record| app.readiness.has_failed(record)) => Err(NotReady::NoProvider),
        _ => Err(NotReady::Preparing),
    }
}

fn not_ready(why: NotReady, error: &StoreError) -> NotReady {
    tracing::warn!(%error, "not ready: {why}");
    why
}

/// Compiles what is registered and was not compiled yet, so that the first caller does not wait for it. Each takes a second or
/// so. What the command line registers beside a daemon is found the next time. Returns how many are ready now that were not.
pub async fn prepare(app: &App) -> usize {
    let mut prepared = 0;
    let records = app.store.providers().await.unwrap_or_else(|error| {
        tracing::error!(%error, "the registered providers cannot be read");
        Vec::new()
    });
    for record in &records {
        let ProviderRecord { description, sha256, .. } = record;
        if app.registry.get(sha256).is_some() || app.readiness.has_failed(record) {
            continue;
        }
        let (provider, version) = (&description.id, &description.version);
        match providers::ready(app, record).await {
            Ok(_) => {
                prepared += 1;
                tracing::info!(%provider, %version, "the provider is ready");
            }
            Err(error) => {
                tracing::error!(%provider, %version, error = &error as &dyn std::error::Error, "the provider is not ready");
                // A store that cannot be read just now says nothing of a provider.
                if !matches!(error, OperationError::Store(StoreError::Unavailable(_))) {
                    app.readiness.note_failed(record);
                }
            }
        }
    }
    app.readiness.note_through();
    prepared
}

/// What was taken up anew.
#[derive(Debug)]
pub struct Renewed {
    /// Certificates of the system that are trusted now; none where they could not be read, and those before stay.
    pub certificates: Option<usize>,
    /// Certificates that are shown to git servers from now on; none where one of them cannot be used, and those before stay.
    pub client_certificates: Option<usize>,
    /// Providers that are ready now and were not.
    pub providers: usize,
}

/// Takes up what may have changed on the machine since the start.
pub async fn renew(app: &App) -> Renewed {
    let shown = client_certificates(&app.config);
    let shown = shown.inspect_err(|error| {
        let error = error as &dyn std::error::Error;
        tracing::error!(error, "client certificates cannot be read anew; those that were read before stay");
    });
    let shown = shown.ok();
    let client_certificates = shown.as_ref().map(|shown| shown.hosts().len());
    let certificates = app.lender.renew_certificates(shown);
    Renewed { certificates, client_certificates, providers: prepare(app).await }
}

/// Forgets what has run out: token ids, kept answers, links. Returns how many rows.
pub async fn sweep(app: &App) -> Result<u64, OperationError> {
    let now: Timestamp = app.clock.now();
    write_down_repeats(app, Some(now)).await?;
    Ok(app.store.sweep(now).await?)
}

/// Writes down how often more than once the same was denied, where a while is over; all of it where no time is given, as a daemon
/// that stops does.
pub async fn write_down_repeats(app: &App, now: Option<Timestamp>) -> Result<(), StoreError> {
    write_down(&app.store, app.repeats.due(now)).await
}

/// Why nothing more will be written, whatever is mended, until the daemon is started anew. None while it writes.
pub fn stopped(app: &App) -> Option<String> {
    app.store.stopped()
}

/// Writes the start of a daemon down. What its predecessor had under way, if it was killed, is under way no more.
pub async fn note_start(app: &App, listen: &str) -> Result<(), StoreError> {
    app.store.end_claims(app.clock.now()).await?;
    let details = Map::from_iter([
        ("version".to_owned(), json!(env!("CARGO_PKG_VERSION"))),
        ("listen".to_owned(), json!(listen)),
        ("public_url".to_owned(), json!(app.config.public_url)),
    ]);
    app.store.append_audit(Author::daemon().changed(app, "daemon.start", details)).await.map(drop)
}
