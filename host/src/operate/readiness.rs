//! Whether operations can be done, as far as that is known without asking for one.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use model::{ProviderRecord, Revision};

/// How long an answer is given again: it is asked without authentication, and asks the disk.
const PROBED_EVERY: Duration = Duration::from_secs(3);

/// What is known so far.
#[derive(Default)]
pub(super) struct Readiness {
    last: tokio::sync::Mutex<Option<(Instant, Result<(), NotReady>)>>,
    preparation: Mutex<Preparation>,
}

/// How far what is registered has been compiled.
#[derive(Default)]
struct Preparation {
    /// Whether all that was registered at the start has been gone through.
    is_through: bool,
    /// Registrations that cannot be used. Registering again is another.
    failed: HashSet<(String, Revision)>,
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
    /// What is registered is not known.
    #[error("the registered providers cannot be read")]
    Providers,
    /// It cannot be read or written, down to the device.
    #[error("the store cannot be used")]
    Store,
    /// It did not answer in time.
    #[error("the store does not answer")]
    StoreSilent,
}

impl Readiness {
    /// All that is registered has been gone through once.
    pub fn note_through(&self) {
        self.preparation().is_through = true;
    }

    /// A registered provider cannot be used.
    pub fn note_failed(&self, record: &ProviderRecord) {
        self.preparation().failed.insert(registration(record));
    }

    /// Whether that was noted.
    pub fn has_failed(&self, record: &ProviderRecord) -> bool {
        self.preparation().failed.contains(&registration(record))
    }

    /// The verdict of `probe`, or that of one not long ago, once what was registered at the start has been gone through. One
    /// probe runs at a time.
    pub async fn verdict(&self, probe: impl Future<Output = Result<(), NotReady>>) -> Result<(), NotReady> {
        if !self.preparation().is_through {
            return Err(NotReady::Preparing);
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

    fn preparation(&self) -> std::sync::MutexGuard<'_, Preparation> {
        self.preparation.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn registration(record: &ProviderRecord) -> (String, Revision) {
    (record.sha256.clone(), record.revision)
}
