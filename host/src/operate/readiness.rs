//! Whether operations can be done, as far as that is known without asking for one.

use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

/// How long an answer is given again: it is asked without authentication, and asks the disk.
const PROBED_EVERY: Duration = Duration::from_secs(3);

/// What is known so far.
#[derive(Default)]
pub(super) struct Readiness {
    last: Mutex<Option<(Instant, Result<(), NotReady>)>>,
    prepared: Mutex<Option<Prepared>>,
}

/// How many providers are ready, of those that are registered.
#[derive(Debug, Clone, Copy)]
pub(super) struct Prepared {
    pub ready: usize,
    pub registered: usize,
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

impl Readiness {
    /// Providers are there, as far as they can be.
    pub async fn note_prepared(&self, prepared: Prepared) {
        *self.prepared.lock().await = Some(prepared);
    }

    /// The verdict of `probe`, or that of one not long ago, once providers are there. One probe runs at a time.
    pub async fn verdict(&self, probe: impl Future<Output = Result<(), NotReady>>) -> Result<(), NotReady> {
        match *self.prepared.lock().await {
            None => return Err(NotReady::Preparing),
            Some(Prepared { ready: 0, registered: 1.. }) => return Err(NotReady::NoProvider),
            Some(_) => {}
        }
        let mut last = self.last.lock().await;
        if let Some((at, verdict)) = *last
            && at.elapsed() < PROBED_EVERY
        {
            return verdict;
        }
        let verdict = probe.await;
        *last = Some((Instant::now(), verdict));
        verdict
    }
}
