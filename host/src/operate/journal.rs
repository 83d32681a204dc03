//! The audit log's two entries around everything that is asked of a git server, and the metrics: one way for all.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use serde_json::{Map, Value, json};

use super::admission::Admitted;
use super::author::Author;
use super::effect::Recognised;
use super::rates::Asked;
use super::repeats::{Alike, Repeats, write_down};
use super::under_way::Alone;
use super::{App, OperationError, background};
use model::{AuditEvent, Clock, NewAuditEntry, OperationKind, ProviderId};
use store::{Begun, Doubt, Settles, SharedStore, StoreError};

/// Leave to begin: to have one more under way with a provider, alone at what it would bring about.
pub(super) struct Turn {
    provider: ProviderId,
    /// What would be brought about, as far as is known by now.
    change: Option<Recognised>,
    /// By every name that it was known by, so that whoever waits by any of them is told what this came to.
    alone: Vec<Alone>,
    /// Held for as long as it is under way, and does not wait for another.
    admitted: Option<Admitted>,
    /// Whether time has passed since it was asked for: what was decided before then was decided on what was so then.
    pub was_waited_for: bool,
}

impl Turn {
    /// Waits until it is an author's, and nobody else's who would bring about the same.
    pub async fn of(
        app: &App,
        author: &Author,
        provider: &ProviderId,
        change: Option<Recognised>,
    ) -> Result<Self, OperationError> {
        app.frequency.count(&author.actor, Asked::Answer).map_err(OperationError::TooOften)?;
        let (provider, alone) = (provider.clone(), Vec::new());
        let mut turn = Self { provider, change: None, alone, admitted: None, was_waited_for: false };
        turn.was_waited_for = turn.wait(app, author, change).await?;
        Ok(turn)
    }

    /// Nobody is told of another attempt at the same what it has not come to yet. Whether time has passed.
    async fn wait(&mut self, app: &App, author: &Author, change: Option<Recognised>) -> Result<bool, OperationError> {
        let mut was_waited_for = false;
        let (actor, integration) = (&author.actor, author.integration.as_ref());
        // Whoever is at the same may wait for the place that this one has.
        self.admitted = None;
        self.change = change;
        if let Some(change) = change {
            let may_wait = || app.admission.waits(actor, integration, &self.provider);
            let alone = app.under_way.alone(change.turn, may_wait).await.map_err(OperationError::Crowded)?;
            was_waited_for |= alone.was_waited_for;
            self.alone.push(alone);
        }
        let admitted = app.admission.admit(actor, integration, &self.provider).await;
        let admitted = admitted.map_err(OperationError::Crowded)?;
        was_waited_for |= admitted.was_waited_for;
        self.admitted = Some(admitted);
        Ok(was_waited_for)
    }

    fn note(&self, may_have: bool) {
        self.alone.iter().for_each(|alone| alone.note(may_have));
    }
}

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
    unless_closed: BrokenOff,
    /// Of what only looks: what makes others like it, and whether its intent is that of one before.
    look: Option<(Alike, bool)>,
    started: Instant,
    turn: Turn,
}

/// What begins.
pub(super) struct Begins {
    pub operation: OperationKind,
    /// What the audit log keeps of what was asked.
    pub details: Map<String, Value>,
    /// Of what only looks.
    pub look: Option<Alike>,
}

impl Begins {
    /// One that brings nothing about that could be brought about twice.
    pub fn of(operation: OperationKind) -> Self {
        Self { operation, details: Map::new(), look: None }
    }
}

impl<'a> Journal<'a> {
    /// Written, and synced, before a credential is lent, once it is its author's turn. A look like one of a while ago is covered by
    /// the intent of that.
    pub async fn open(app: &'a App, author: Author, turn: Turn, begins: Begins) -> Result<Self, OperationError> {
        let Begins { operation, mut details, look } = begins;
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
                let effect = turn.change.map(|change| change.effect);
                app.store.begin_operation(intent, effect).await.map_err(OperationError::nothing_done)?
            }
        };
        let look = look.map(|look| (look, covering.is_some()));
        if let Some((look, false)) = &look {
            app.repeats.covers(look.clone(), now, intent);
        }
        let outcome = || author.entry(app, AuditEvent::Outcome, operation.as_str(), Map::new());
        let unless_closed = BrokenOff::of(app, intent, look.is_none().then(outcome));
        let (looked, started) = (AtomicBool::new(false), Instant::now());
        Ok(Self { app, author, operation, intent, doubt, looked, unless_closed, look, started, turn })
    }

    /// What would be brought about is this, by what the git server says: where it was known by another name, once nobody else is at
    /// the same.
    /// Whether time has passed until then.
    pub async fn recognise(&mut self, change: Recognised) -> Result<bool, OperationError> {
        if self.turn.change == Some(change) {
            return Ok(false);
        }
        let was_waited_for = self.turn.wait(self.app, &self.author, Some(change)).await?;
        let recognised = self.app.store.recognise_operation(self.intent, change.effect).await;
        self.doubt = self.doubt.max(recognised.map_err(OperationError::nothing_done)?);
        Ok(was_waited_for)
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
        self.doubt > Doubt::Nothing || self.turn.alone.iter().any(Alone::came_to_something)
    }

    /// Whether an earlier attempt of the same user may have been carried out, and nobody has looked yet.
    pub fn is_open(&self) -> bool {
        self.may_be_own() && !self.looked.load(Ordering::Relaxed)
    }

    /// From here on it may be brought about, also where this is broken off.
    pub fn note_sent(&self) {
        self.unless_closed.is_sent.store(true, Ordering::Relaxed);
        self.turn.note(true);
    }

    /// What came of earlier attempts is known.
    pub fn note_looked(&self) {
        self.looked.store(true, Ordering::Relaxed);
    }

    /// How it ended: `done`, or what became of it in another word.
    pub async fn done(self, result: &str, details: Map<String, Value>) -> Result<(), StoreError> {
        self.turn.note(true);
        self.close(result, details, Settles::AllBefore).await
    }

    /// It ended with an error, which is what its caller is told, whether that can be written down or not.
    pub async fn failed(self, error: &OperationError, mut details: Map<String, Value>) {
        let is_unknown = error.is_unknown_outcome();
        self.turn.note(is_unknown || matches!(error, OperationError::StillThere));
        details.insert("message".into(), json!(error.to_string()));
        // Not being written down, an outcome is taken for unknown, and looked up before the same is tried again.
        let settles = if is_unknown {
            // Where nothing was sent, what is unknown is what came of another.
            if self.unless_closed.is_sent.load(Ordering::Relaxed) { Settles::Nothing } else { Settles::Itself }
        } else if self.looked.load(Ordering::Relaxed) && !error.may_be_own() {
            Settles::AllBefore
        } else {
            Settles::Itself
        };
        let _ = self.close(error.code(), details, settles).await;
    }

    async fn close(self, result: &str, mut details: Map<String, Value>, settles: Settles) -> Result<(), StoreError> {
        let Self { app, author, operation, intent, look, started, unless_closed, turn: _turn, .. } = self;
        unless_closed.close();
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

/// What is written of an operation that is broken off before anything was sent: that leaves no doubt behind.
struct BrokenOff {
    store: SharedStore,
    clock: Arc<dyn Clock>,
    intent: i64,
    outcome: Option<NewAuditEntry>,
    /// Whether the git server may have been asked to bring it about.
    is_sent: AtomicBool,
}

impl BrokenOff {
    fn of(app: &App, intent: i64, outcome: Option<NewAuditEntry>) -> Self {
        let (store, clock) = (app.store.clone(), app.clock.clone());
        Self { store, clock, intent, outcome, is_sent: AtomicBool::new(false) }
    }

    fn close(mut self) {
        self.outcome = None;
    }
}

impl Drop for BrokenOff {
    fn drop(&mut self) {
        let Some(mut outcome) = self.outcome.take().filter(|_| !self.is_sent.load(Ordering::Relaxed)) else { return };
        outcome.at = self.clock.now();
        outcome.details.insert("result".into(), json!("broken-off"));
        let (store, intent) = (self.store.clone(), self.intent);
        background::note("that an operation was broken off", async move {
            store.finish_operation(intent, outcome, Settles::Itself).await
        });
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::world::World;

    const CHANGE: Recognised = Recognised { turn: [1; 32], effect: [1; 32] };

    async fn begun(app: &App) -> Journal<'_> {
        let (author, provider) = (Author::daemon(), "scripted".parse().unwrap());
        let turn = Turn::of(app, &author, &provider, Some(CHANGE)).await.unwrap();
        Journal::open(app, author, turn, Begins::of(OperationKind::CreateBranch)).await.unwrap()
    }

    #[tokio::test]
    async fn v7_what_is_broken_off_leaves_a_doubt_where_something_was_sent() {
        let world = World::new().await;
        for (is_sent, doubt) in [(false, Doubt::Nothing), (true, Doubt::Own)] {
            let journal = begun(&world.app).await;
            assert!(journal.doubt == Doubt::Nothing);
            if is_sent {
                journal.note_sent();
            }
            drop(journal);
            // What is written of it is written beside.
            tokio::time::sleep(Duration::from_millis(300)).await;
            let page = world.store.audit_page(&Default::default(), None, 1).await.unwrap();
            assert_eq!(page.entries[0].details.get("result").is_some(), !is_sent, "{:?}", page.entries[0]);
            let next = begun(&world.app).await;
            assert!(next.doubt == doubt, "{is_sent}");
            next.failed(&OperationError::replaced(), Map::new()).await;
        }
    }
}
