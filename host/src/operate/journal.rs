//! The audit log's two entries around everything that is asked of a git server, and the metrics: one way for all.

use std::time::Instant;

use serde_json::{Map, Value, json};

use super::admission::Admitted;
use super::author::Author;
use super::rates::Asked;
use super::{App, OperationError};
use model::{AuditEvent, OperationKind, ProviderId};
use store::{Fingerprint, StoreError};

/// An operation whose intent is written, and whose outcome is to be.
#[must_use = "an intent wants its outcome"]
pub(super) struct Journal<'a> {
    app: &'a App,
    author: Author,
    operation: OperationKind,
    intent: i64,
    unsettled: bool,
    started: Instant,
    /// Held for as long as it is under way.
    _admitted: Admitted,
}

impl<'a> Journal<'a> {
    /// Written, and synced, before a credential is lent, once it is its author's turn to have something under way with a
    /// `provider`. `fingerprint` names what would be brought about.
    pub async fn open(
        app: &'a App,
        author: Author,
        provider: &ProviderId,
        operation: OperationKind,
        details: Map<String, Value>,
        fingerprint: Option<Fingerprint>,
    ) -> Result<Self, OperationError> {
        app.frequency.count(&author.actor, Asked::Answer).map_err(OperationError::TooOften)?;
        let admitted = app.admission.admit(&author.actor, author.integration.as_ref(), provider).await;
        let _admitted = admitted.map_err(OperationError::Crowded)?;
        let intent = author.entry(app, AuditEvent::Intent, operation.as_str(), details);
        let begun = app.store.begin_operation(intent, fingerprint).await.map_err(OperationError::nothing_done)?;
        let (intent, unsettled, started) = (begun.intent, begun.unsettled, Instant::now());
        Ok(Self { app, author, operation, intent, unsettled, started, _admitted })
    }

    /// Whether an earlier attempt at the same may have been carried out.
    pub fn is_unsettled(&self) -> bool {
        self.unsettled
    }

    /// How it ended: `done`, or what became of it in another word.
    pub async fn done(self, result: &str, details: Map<String, Value>) -> Result<(), StoreError> {
        self.close(result, details, true).await
    }

    /// It ended with an error, which is what its caller is told, whether that can be written down or not.
    pub async fn failed(self, error: &OperationError, mut details: Map<String, Value>) {
        details.insert("message".into(), json!(error.to_string()));
        // Not being written down, an outcome is taken for unknown, and looked up before the same is tried again.
        let _ = self.close(error.code(), details, !error.is_unknown_outcome()).await;
    }

    async fn close(self, result: &str, mut details: Map<String, Value>, settled: bool) -> Result<(), StoreError> {
        let Self { app, author, operation, intent, started, .. } = self;
        app.metrics.operation(operation.as_str(), result, started.elapsed());
        details.insert("result".into(), json!(result));
        let outcome = author.entry(app, AuditEvent::Outcome, operation.as_str(), details);
        let written = app.store.finish_operation(intent, outcome, settled).await;
        if let Err(error) = &written {
            let request_id = &author.request_id;
            tracing::error!(%error, request_id, intent, result, "an outcome could not be written down");
        }
        written
    }
}
