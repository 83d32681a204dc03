//! Reading beside the writer: a few connections, lent to blocking threads.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::Semaphore;
use tokio::task;

use super::{StoreError, connection};

/// Most reads at a time. Each holds a connection with up to 2 MB of cached pages; a read takes some ten microseconds, so
/// that more would wait for the processor rather than for a connection.
const MAX_READERS: usize = 8;

pub(super) struct Readers {
    path: PathBuf,
    idle: Arc<Mutex<Vec<Connection>>>,
    permits: Arc<Semaphore>,
}

impl Readers {
    /// Opens nothing yet; each connection is opened when it is first needed.
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), idle: Arc::default(), permits: Arc::new(Semaphore::new(MAX_READERS)) }
    }

    /// Runs the reads in one transaction: they all see the same state.
    pub async fn read<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let permit = Arc::clone(&self.permits).acquire_owned().await;
        let permit = permit.map_err(|_| StoreError::Unavailable("the store is closed".to_owned()))?;
        let (path, idle) = (self.path.clone(), Arc::clone(&self.idle));
        let reading = task::spawn_blocking(move || {
            // Held here rather than by the caller, who may go away while this goes on.
            let _permit = permit;
            let kept = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let mut database = kept.map_or_else(|| connection::open_reader(&path), Ok)?;
            let snapshot = database.transaction()?;
            let result = work(&snapshot);
            snapshot.finish()?;
            idle.lock().unwrap_or_else(PoisonError::into_inner).push(database);
            result
        });
        // A panic closes the connection it happened on; the next reader opens another.
        reading.await.map_err(|_| StoreError::Unavailable("a read panicked".to_owned()))?
    }
}
