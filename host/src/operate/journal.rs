//! The audit log's two entries around everything that is asked of a git server, and the metrics: one way for all.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use serde_json::{Map, Value, json};

use super::admission::Admitted;
use super::author::Author;
use super::effect::Recognised;
use super::rates::Asked;
use super::repeats::{Alike, Repeats, write_down};
use super::under_way::Alone;
use super::{App, OperationError};
use model::{AuditEvent, NewAuditEntry, OperationKind, ProviderId};
use store::{Begun, Doubt, Settles, StoreError};

/// An operation whose intent is written, and whose outcome is to be.
#[must_use = "an intent wants its outcome"]
pub(super) struct Journal<'a> {
    app: &'a App,
    author: Author,
    operation: OperationKind,
    intent: i64,
    doubt: Doubt,
    /// Whether it was looked for what may have come of earlier attempts.
    looked: AtomicBool,
    /// Whether the git server may have been asked to bring it about.
    is_sent: AtomicBool,
    /// Of what only looks: what makes others like it, and whether its intent is that of one before.
    look: Option<(Alike, bool)>,
    started: Instant,
    /// Held for as long as it is under way, and does not wait for another.
    admitted: Option<Admitted>,
    provider: ProviderId,
    /// What would be brought about, as far as is known by now.
    change: Option<Recognised>,
    /// By every name that it was known by, so that whoever waits by any of them is told what this came to.
    alone: Vec<Alone>,
}

/// What begins.
pub(super) struct Begins {
    pub operation: OperationKind,
    /// What the audit log keeps of what was asked.
    pub details: Map<String, Value>,
    /// What would be brought about.
    pub change: Option<Recognised>,
    /// Of what only looks.
    pub look: Option<Alike>,
}

impl Begins {
    /// One that brings nothing about that could be brought about twice.
    pub fn of(operation: OperationKind) -> Self {
        Self { operation, details: Map::new(), change: None, look: None }
    }
}

impl<'a> Journal<'a> {
    /// Written, and synced, before a credential is lent, once it is its author's turn to have something under way with a
    /// `provider`. A look like one of a while ago is covered by the intent of that.
    pub async fn open(
        app: &'a App,
        author: Author,
        provider: &ProviderId,
        begins: Begins,
    ) -> Result<Self, OperationError> {
        let Begins { operation, mut details, change, look } = begins;
        app.frequency.count(&author.actor, Asked::Answer).map_err(OperationError::TooOften)?;
        // Nobody is told of another attempt at the same what it has not come to yet.
        let alone = match change {
            Some(change) => vec![alone(app, change).await?],
            None => Vec::new(),
        };
        let admitted = Some(admit(app, &author, provider).await?);
        let now = app.clock.now();
        // Where nothing more will be written, nothing is lent.
        let covering = look.as_ref().filter(|_| app.store.stopped().is_none());
        let covering = covering.and_then(|look| app.repeats.covering(look, now));
        let Begun { intent, doubt } = match covering {
            Some(intent) => Begun { intent, doubt: Doubt::Nothing },
            None => {
                if look.is_some() {
                    details.insert("covers_until".into(), json!(Repeats::covers_until(now)));
                }
                let intent = author.entry(app, AuditEvent::Intent, operation.as_str(), details);
                let effect = change.map(|change| change.effect);
                app.store.begin_operation(intent, effect).await.map_err(OperationError::nothing_done)?
            }
        };
        let look = look.map(|look| (look, covering.is_some()));
        if let Some((look, false)) = &look {
            app.repeats.covers(look.clone(), now, intent);
        }
        let (looked, is_sent, started) = (AtomicBool::new(false), AtomicBool::new(false), Instant::now());
        let provider = provider.clone();
        Ok(Self {
            app,
            author,
            operation,
            intent,
            doubt,
            looked,
            is_sent,
            look,
            started,
            admitted,
            provider,
            change,
            alone,
        })
    }

    /// What would be brought about is this, by what the git server says: where it was known by another name, once nobody else is at
    /// the same.
    pub async fn recognise(&mut self, change: Recognised) -> Result<(), OperationError> {
        if self.change.replace(change) == Some(change) {
            return Ok(());
        }
        // Whoever is at the same may wait for the place that this one has.
        self.admitted = None;
        self.alone.push(alone(self.app, change).await?);
        self.admitted = Some(admit(self.app, &self.author, &self.provider).await?);
        let recognised = self.app.store.recognise_operation(self.intent, change.effect).await;
        self.doubt = self.doubt.max(recognised.map_err(OperationError::nothing_done)?);
        Ok(())
    }

    /// What it would bring about cannot be recognised now: an earlier attempt of the same user at what is called the same in a repository
    /// may have been carried out in this one.
    pub async fn expect_earlier_ones(&mut self) {
        // Where the store cannot say, there may be some.
        if self.app.store.has_unsettled_before(self.intent).await.unwrap_or(true) {
            self.doubt = Doubt::Own;
        }
    }

    /// Whether what is found may be what came of an earlier attempt of the same user.
    pub fn may_be_own(&self) -> bool {
        self.doubt == Doubt::Own
    }

    /// Whether it has to be looked for first: an earlier attempt at the same may have been carried out, or one that was under way until
    /// now.
    pub fn looks_first(&self) -> bool {
        self.doubt > Doubt::Nothing || self.alone.iter().any(Alone::came_to_something)
    }

    /// Whether an earlier attempt of the same user may have been carried out, and nobody has looked yet.
    pub fn is_open(&self) -> bool {
        self.may_be_own() && !self.looked.load(Ordering::Relaxed)
    }

    /// From here on it may be brought about, also where this is broken off.
    pub fn note_sent(&self) {
        self.is_sent.store(true, Ordering::Relaxed);
        self.note(true);
    }

    /// What came of earlier attempts is known.
    pub fn note_looked(&self) {
        self.looked.store(true, Ordering::Relaxed);
    }

    /// How it ended: `done`, or what became of it in another word.
    pub async fn done(self, result: &str, details: Map<String, Value>) -> Result<(), StoreError> {
        self.note(true);
        self.close(result, details, Settles::AllBefore).await
    }

    /// It ended with an error, which is what its caller is told, whether that can be written down or not.
    pub async fn failed(self, error: &OperationError, mut details: Map<String, Value>) {
        let is_unknown = error.is_unknown_outcome();
        self.note(is_unknown || matches!(error, OperationError::StillThere));
        details.insert("message".into(), json!(error.to_string()));
        // Not being written down, an outcome is taken for unknown, and looked up before the same is tried again.
        let settles = if is_unknown {
            // Where nothing was sent, what is unknown is what came of another.
            if self.is_sent.load(Ordering::Relaxed) { Settles::Nothing } else { Settles::Itself }
        } else if self.looked.load(Ordering::Relaxed) && !error.may_be_own() {
            Settles::AllBefore
        } else {
            Settles::Itself
        };
        let _ = self.close(error.code(), details, settles).await;
    }

    fn note(&self, may_have: bool) {
        self.alone.iter().for_each(|alone| alone.note(may_have));
    }

    async fn close(self, result: &str, mut details: Map<String, Value>, settles: Settles) -> Result<(), StoreError> {
        let Self { app, author, operation, intent, look, started, .. } = self;
        app.metrics.operation(operation.as_str(), result, started.elapsed());
        details.insert("result".into(), json!(result));
        let outcome = author.entry(app, AuditEvent::Outcome, operation.as_str(), details);
        let written = match look {
            None => app.store.finish_operation(intent, outcome, settles).await,
            Some((look, is_covered)) => {
                let outcome = NewAuditEntry { refers_to: Some(intent), ..outcome };
                let (repeats, alike) = (&app.repeats, look.ended(result));
                let due = if is_covered { repeats.note(alike, outcome) } else { repeats.note_written(alike, outcome) };
                write_down(&app.store, due).await
            }
        };
        if let Err(error) = &written {
            let request_id = &author.request_id;
            tracing::error!(%error, request_id, intent, result, "an outcome could not be written down");
        }
        written
    }
}

async fn alone(app: &App, change: Recognised) -> Result<Alone, OperationError> {
    app.under_way.alone(change.turn).await.map_err(OperationError::Crowded)
}

async fn admit(app: &App, author: &Author, provider: &ProviderId) -> Result<Admitted, OperationError> {
    let admitted = app.admission.admit(&author.actor, author.integration.as_ref(), provider).await;
    admitted.map_err(OperationError::Crowded)
}
