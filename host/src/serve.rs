//! The daemon: answers requests on a listener until it is stopped, and does what has to be done meanwhile.
//!
//! Knows nothing of signals, flags or log formats: the command line does, and tests start a daemon of their own, with a
//! clock and a data directory of theirs. What a request is answered is `api`'s business.

mod connections;
mod operators;
mod stack;

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{MissedTickBehavior, interval};

pub use self::connections::STOPPING_GRACE;
pub use self::stack::router;
use crate::data_dir::Lock;
use crate::operate::{self, OperationError, SharedApp};
use crate::request::Limits;
use store::StoreError;

/// How often what has run out is forgotten: token ids live for minutes, kept answers for a day.
const SWEEP_EVERY: Duration = Duration::from_secs(10 * 60);

/// How often to look for providers that were registered meanwhile. It costs one read.
const PREPARE_EVERY: Duration = Duration::from_secs(5);

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
    /// The system says why.
    #[error("the listener cannot be used")]
    Listener(#[from] io::Error),
    /// The start could not be written down.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The proxy it was started with could not be made the integrations'.
    #[error("the daemon's proxy could not be written down")]
    Proxy(#[from] OperationError),
    /// What was committed last can be told only by opening the database anew.
    #[error("the database takes no more writes ({0}): check the disk, then start again")]
    StoreStopped(String),
    /// A fault of the program.
    #[error("the daemon panicked")]
    Panicked,
}

/// Starts a daemon on a bound listener, which keeps the data directory for itself until it ends; needs a tokio runtime, which
/// then serves it. Returns once the start is in the audit log; requests are answered from then on.
pub async fn start(app: SharedApp, lock: Lock, listener: TcpListener) -> Result<Running, ServeError> {
    let address = listener.local_addr()?;
    operate::note_start(&app, &address.to_string()).await?;
    operate::administration::adopt_proxy(&app).await?;
    let (stop, stopping) = watch::channel(());
    let daemon = tokio::spawn(async move {
        let _until_it_ends = lock;
        run(app, listener, stopping).await
    });
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
    let (prepared, swept) = (app.clone(), app.clone());
    chores.spawn(prepare(prepared));
    chores.spawn(sweep(swept));
    let answers = TowerToHyperService::new(router(app.clone(), Limits::default()));
    tokio::select! {
        () = connections::serve(listener, answers, stopping) => {
            if let Err(error) = operate::write_down_repeats(&app, None).await {
                tracing::warn!(%error, "how often the same was denied cannot be written down");
            }
            Ok(())
        }
        reason = store_stopped(&app) => Err(ServeError::StoreStopped(reason)),
        // A daemon without them is not ready, or keeps what it should forget, and nobody would know why.
        _ = chores.join_next() => Err(ServeError::Panicked),
    }
}

async fn prepare(app: SharedApp) {
    let mut turn = interval(PREPARE_EVERY);
    turn.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        turn.tick().await;
        operate::prepare(&app).await;
    }
}

async fn sweep(app: SharedApp) {
    let mut turn = interval(SWEEP_EVERY);
    turn.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        turn.tick().await;
        match operate::sweep(&app).await {
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
        if let Some(reason) = operate::stopped(app) {
            return reason;
        }
    }
}
