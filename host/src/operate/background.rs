//! What is written down beside a request.

use store::StoreError;

/// Nobody waits for it, and nothing is refused because it cannot be written. `what` begins the line that says so.
pub(super) fn note<T: Send + 'static>(
    what: &'static str,
    writing: impl Future<Output = Result<T, StoreError>> + Send + 'static,
) {
    tokio::spawn(async move {
        if let Err(error) = writing.await {
            tracing::warn!(%error, "{what} could not be written down");
        }
    });
}
