//! Everything a request needs, made once at start.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use crypto::{CursorKey, FormKey, Random};
use model::Clock;
use sandbox::Registry;
use sandbox::lend::Lender;
use store::{IdempotencyKey, SharedStore};

use super::admission::Admission;
use super::names::Names;
use super::rates::Frequency;
use super::readiness::Readiness;
use super::repeats::Repeats;
use super::second_chances::SecondChances;
use super::seen::Seen;
use super::under_way::UnderWay;
use crate::config::Config;
use crate::metrics::{Counted, Metrics};

/// Shared by all requests behind an `Arc`. What is stored, compiled or lent is reached through the functions of this module
/// only.
pub struct App {
    /// What the daemon runs with.
    pub config: Config,
    /// Marks cursors, so that one works only where it was given out.
    pub cursor_key: CursorKey,
    /// Marks forms, so that one is sent only from where it was shown.
    pub form_key: FormKey,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where randomness comes from.
    pub random: Arc<dyn Random>,
    /// What operators count.
    pub metrics: Arc<Metrics>,
    pub(super) store: SharedStore,
    pub(super) registry: Registry,
    pub(super) lender: Lender,
    pub(super) readiness: Readiness,
    pub(super) seen: Seen,
    pub(super) admission: Admission,
    pub(super) frequency: Frequency,
    pub(super) repeats: Repeats,
    pub(super) under_way: UnderWay,
    pub(super) names: Names,
    pub(super) second_chances: SecondChances,
    /// Keys whose request ended and whose answer could not be written down: they stand in nobody's way.
    pub(super) abandoned: Mutex<HashSet<IdempotencyKey>>,
}

/// An [`App`], shared.
pub type SharedApp = Arc<App>;

/// What an [`App`] is made of, for whoever makes one of other parts than [`App::open`] does: tests and benchmarks.
pub struct AppParts {
    /// What the daemon runs with.
    pub config: Config,
    /// Where everything is stored.
    pub store: SharedStore,
    /// Providers ready to be called.
    pub registry: Registry,
    /// Opens and seals credentials, and lends them against a permit.
    pub lender: Lender,
    /// Marks cursors.
    pub cursor_key: CursorKey,
    /// Marks forms.
    pub form_key: FormKey,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where randomness comes from.
    pub random: Arc<dyn Random>,
}

impl From<AppParts> for App {
    fn from(parts: AppParts) -> Self {
        let AppParts { config, store, registry, lender, cursor_key, form_key, clock, random } = parts;
        let frequency = Frequency::within(config.rates);
        Self {
            config,
            cursor_key,
            form_key,
            clock,
            random,
            metrics: Arc::default(),
            store,
            admission: Admission::for_calls(registry.calls()),
            frequency,
            repeats: Repeats::default(),
            under_way: UnderWay::default(),
            names: Names::default(),
            registry,
            lender,
            readiness: Readiness::default(),
            seen: Seen::default(),
            second_chances: SecondChances::default(),
            abandoned: Mutex::default(),
        }
    }
}

impl App {
    /// Stored credentials opened so far: users' and integrations'.
    pub fn unseals(&self) -> (u64, u64) {
        self.lender.unseals()
    }

    /// What is counted elsewhere than in [`Metrics`].
    pub fn counted(&self) -> Counted {
        let engine = self.registry.engine();
        Counted { unseals: self.unseals(), exceeded: engine.exceeded(), memory_bytes: engine.memory_taken() }
    }
}
