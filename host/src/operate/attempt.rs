//! The audit log's two entries, and the metrics, around what is asked of a git server about a credential itself.
//!
//! What is done *with* a credential goes through [`super::perform`], which has its own.

use std::time::Instant;

use serde_json::{Map, Value, json};

use super::{Ask, OperationError, entry};
use crate::app::App;
use model::{AuditEvent, NewAuditEntry, OperationKind};

pub(super) struct Attempt<'a> {
    app: &'a App,
    ask: &'a Ask,
    operation: OperationKind,
    intent: i64,
    started: Instant,
}

impl<'a> Attempt<'a> {
    /// Written, and synced, before a credential is lent.
    pub async fn begin(app: &'a App, ask: &'a Ask, operation: OperationKind) -> Result<Self, OperationError> {
        let intent = entry(app, ask, AuditEvent::Intent, operation.as_str(), Map::new());
        let begun = app.store.begin_operation(intent, None).await?;
        Ok(Self { app, ask, operation, intent: begun.intent, started: Instant::now() })
    }

    /// `result`: `done`, or the code of what went wrong.
    pub async fn end(self, result: &str, mut details: Map<String, Value>) -> Result<(), OperationError> {
        details.insert("result".into(), json!(result));
        let Self { app, ask, operation, intent, started } = self;
        app.metrics.operation(operation.as_str(), result, started.elapsed());
        let outcome = entry(app, ask, AuditEvent::Outcome, operation.as_str(), details);
        let outcome = NewAuditEntry { refers_to: Some(intent), ..outcome };
        Ok(app.store.finish_operation(intent, outcome, true).await?)
    }
}
