//! What is written down beside a request.

use model::Timestamp;
use store::StoreError;
use tokio::runtime::Handle;

/// Within what time the last use of whatever opens the daemon is remembered.
const USE_NOTED_EVERY_MS: i64 = 60_000;

/// Whether a use is worth a write: it is one in a minute.
pub(super) fn is_due(last: Option<Timestamp>, now: Timestamp) -> bool {
    last.is_none_or(|last| last.plus_ms(USE_NOTED_EVERY_MS) <= now)
}

/// Nobody waits for it, and nothing is refused because it cannot be written. `what` begins the line that says so.
pub(super) fn note<T: Send + 'static>(
    what: &'static str,
    writing: impl Future<Output = Result<T, StoreError>> + Send + 'static,
) {
    let Ok(runtime) = Handle::try_current() else { return };
    runtime.spawn(async move {
        if let Err(error) = writing.await {
            tracing::warn!(%error, "{what} could not be written down");
        }
    });
}
