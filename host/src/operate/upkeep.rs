//! What keeps a daemon going beside its requests.

use std::time::Duration;

use serde_json::{Map, json};
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use super::author::Author;
use super::providers;
use super::{App, OperationError};
use model::{ProviderRecord, Timestamp};
use store::StoreError;

/// How long an answer of [`ready`] is given again: it is asked without authentication, and asks the disk.
const PROBED_EVERY: Duration = Duration::from_secs(3);
/// How long a probe may take. What takes longer is no readiness.
const PROBE_TIMEOUT: Duration = Duration::from_secs(5);

/// What is known of whether operations can be done.
#[derive(Default)]
pub(super) struct Readiness {
    last: Mutex<Option<(Instant, Result<(), NotReady>)>>,
    prepared: Mutex<Option<Prepared>>,
}

/// How many providers are ready, of those that are registered.
#[derive(Debug, Clone, Copy)]
struct Prepared {
    ready: usize,
    registered: usize,
}

/// Why operations cannot be done now. For operators: the log says more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotReady {
    /// Providers are still being compiled.
    #[error("providers are being prepared")]
    Preparing,
    /// None of the registered ones can be used.
    #[error("no registered provider can be used")]
    NoProvider,
    /// It cannot be read or written, down to the device.
    #[error("the store cannot be used")]
    Store,
    /// It did not answer in time.
    #[error("the store does not answer")]
    StoreSilent,
}

/// Whether operations can be done: providers are there, and it can be read and written down. The store is asked at most
/// every few seconds, however often this is.
pub async fn ready(app: &App) -> Result<(), NotReady> {
    match *app.readiness.prepared.lock().await {
        None => return Err(NotReady::Preparing),
        Some(Prepared { ready: 0, registered: 1.. }) => return Err(NotReady::NoProvider),
        Some(_) => {}
    }
    let mut last = app.readiness.last.lock().await;
    if let Some((at, verdict)) = *last
        && at.elapsed() < PROBED_EVERY
    {
        return verdict;
    }
    let verdict = probe(app).await;
    *last = Some((Instant::now(), verdict));
    verdict
}

async fn probe(app: &App) -> Result<(), NotReady> {
    let probed = timeout(PROBE_TIMEOUT, app.store.probe()).await.map_err(|_| NotReady::StoreSilent)?;
    probed.map_err(|error| {
        tracing::warn!(%error, "not ready");
        NotReady::Store
    })
}

/// Compiles what is registered, so that the first caller does not wait for it. Each takes a second or so.
pub async fn prepare(app: &App) {
    let records = app.store.providers().await.unwrap_or_else(|error| {
        tracing::error!(%error, "the registered providers cannot be read");
        Vec::new()
    });
    let mut prepared = Prepared { ready: 0, registered: records.len() };
    for record in &records {
        let ProviderRecord { description, .. } = record;
        let (provider, version) = (&description.id, &description.version);
        match providers::ready(app, record).await {
            Ok(_) => {
                tracing::info!(%provider, %version, "the provider is ready");
                prepared.ready += 1;
            }
            Err(error) => {
                tracing::error!(%provider, %version, error = &error as &dyn std::error::Error, "the provider is not ready");
            }
        }
    }
    *app.readiness.prepared.lock().await = Some(prepared);
}

/// Forgets what has run out: token ids, kept answers, links. Returns how many rows.
pub async fn sweep(app: &App) -> Result<u64, OperationError> {
    let now: Timestamp = app.clock.now();
    Ok(app.store.sweep(now).await?)
}

/// Why nothing more will be written, whatever is mended, until the daemon is started anew. None while it writes.
pub fn stopped(app: &App) -> Option<String> {
    app.store.stopped()
}

/// Writes the start of a daemon down.
pub async fn note_start(app: &App, listen: &str) -> Result<(), StoreError> {
    let details = Map::from_iter([
        ("version".to_owned(), json!(env!("CARGO_PKG_VERSION"))),
        ("listen".to_owned(), json!(listen)),
        ("public_url".to_owned(), json!(app.config.public_url)),
    ]);
    app.store.append_audit(Author::daemon().changed(app, "daemon.start", details)).await.map(drop)
}
