//! The daemon: answers requests on a listener until it is stopped, and does what has to be done meanwhile.
//!
//! Knows nothing of signals, flags or log formats: the command line does, and tests start a daemon of their own, with a
//! clock and a data directory of theirs. What a request is answered is `api`'s business.

mod connections;

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use hyper_util::service::TowerToHyperService;
use serde_json::{Map, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{MissedTickBehavior, interval};

pub use self::connections::STOPPING_GRACE;
use crate::api;
use crate::app::SharedApp;
use crate::operate;
use crate::ui;
use model::{Actor, AuditEvent, NewAuditEntry, ProviderRecord};
use store::StoreError;

/// How often what has run out is forgotten: token ids live for minutes, kept answers for a day.
const SWEEP_EVERY: Duration = Duration::from_secs(10 * 60);

/// How often to look whether the store still writes. It costs a look at a flag.
const STORE_CHECK_EVERY: Duration = Duration::from_secs(2);

/// A daemon at work. Dropping it stops it too, without waiting.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    stop: watch::Sender<()>,
    daemon: JoinHandle<Result<(), ServeError>>,
}

/// Why a daemon did not start, or ended by itself.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error("the listener cannot be used: {0}")]
    Listener(#[from] io::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What was committed last can be told only by opening the database anew.
    #[error("the database takes no more writes ({0}): check the disk, then start again")]
    StoreStopped(String),
    #[error("the daemon panicked")]
    Panicked,
}

/// Starts a daemon on a bound listener; needs a tokio runtime, which then serves it. Returns once the start is in the audit
/// log; requests are answered from then on.
pub async fn start(app: SharedApp, listener: TcpListener) -> Result<Running, ServeError> {
    let address = listener.local_addr()?;
    app.store.append_audit(started(&app, address)).await?;
    let (stop, stopping) = watch::channel(());
    let daemon = tokio::spawn(run(app, listener, stopping));
    Ok(Running { address, stop, daemon })
}

impl Running {
    /// Where it listens: with the port it got, where any free one was asked for.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops accepting, lets requests finish for up to [`STOPPING_GRACE`], and returns when the daemon is gone.
    pub async fn stop(self) -> Result<(), ServeError> {
        drop(self.stop);
        self.daemon.await.unwrap_or(Err(ServeError::Panicked))
    }

    /// Returns when the daemon ended without being asked to.
    pub async fn ended(&mut self) -> ServeError {
        match (&mut self.daemon).await {
            Ok(Err(error)) => error,
            Ok(Ok(())) | Err(_) => ServeError::Panicked,
        }
    }
}

async fn run(app: SharedApp, listener: TcpListener, stopping: watch::Receiver<()>) -> Result<(), ServeError> {
    // Ends with this function, whatever they are at.
    let mut chores = JoinSet::new();
    chores.spawn(prepare_providers(app.clone()));
    chores.spawn(sweep(app.clone()));
    let answers = TowerToHyperService::new(api::router(app.clone()).merge(ui::router(app.clone())));
    tokio::select! {
        () = connections::serve(listener, answers, stopping) => Ok(()),
        reason = store_stopped(&app) => Err(ServeError::StoreStopped(reason)),
    }
}

/// Compiles what is registered, so that the first caller does not wait for it. Each takes a second or so.
async fn prepare_providers(app: SharedApp) {
    let records = app.store.providers().await.unwrap_or_else(|error| {
        tracing::error!(%error, "the registered providers cannot be read");
        Vec::new()
    });
    for record in &records {
        prepare(&app, record).await;
    }
}

async fn prepare(app: &SharedApp, record: &ProviderRecord) {
    let (id, version) = (&record.description.id, &record.description.version);
    match operate::ready(app, record).await {
        Ok(_) => tracing::info!(provider = %id, %version, "the provider is ready"),
        Err(error) => tracing::error!(provider = %id, %version, %error, "the provider is not ready"),
    }
}

async fn sweep(app: SharedApp) {
    let mut turn = interval(SWEEP_EVERY);
    turn.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        turn.tick().await;
        match app.store.sweep(app.clock.now()).await {
            Ok(rows) => tracing::debug!(rows, "forgot what has run out"),
            Err(error) => tracing::warn!(%error, "what has run out cannot be forgotten now"),
        }
    }
}

/// Returns the reason once the store writes nothing more, whatever is mended.
async fn store_stopped(app: &SharedApp) -> String {
    let mut turn = interval(STORE_CHECK_EVERY);
    loop {
        turn.tick().await;
        if let Some(reason) = app.store.stopped() {
            return reason;
        }
    }
}

fn started(app: &SharedApp, address: SocketAddr) -> NewAuditEntry {
    NewAuditEntry {
        at: app.clock.now(),
        event: AuditEvent::Changed,
        subject: "daemon.start",
        actor: Actor::Daemon,
        integration: None,
        request_id: String::new(),
        refers_to: None,
        details: Map::from_iter([
            ("version".to_owned(), json!(env!("CARGO_PKG_VERSION"))),
            ("listen".to_owned(), json!(address.to_string())),
            ("public_url".to_owned(), json!(app.config.public_url)),
        ]),
    }
}
