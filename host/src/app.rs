//! Everything a request needs, made once at start.

mod open;

use std::sync::Arc;

use crypto::Random;

pub use self::open::{DATABASE_FILE_NAME, StartError};

use crate::clock::Clock;
use crate::config::Config;
use crate::metrics::Metrics;
use crypto::CursorKey;
use sandbox::lend::Lender;
use sandbox::{Egress, Registry};
use store::SharedStore;

/// Shared by all requests behind an `Arc`.
pub struct App {
    pub config: Config,
    pub store: SharedStore,
    /// Providers ready to be called.
    pub registry: Registry,
    /// The way out to git servers.
    pub egress: Egress,
    /// Opens and seals credentials, and lends them against a permit.
    pub lender: Lender,
    /// Marks cursors, so that one works only where it was given out.
    pub cursor_key: CursorKey,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
    pub metrics: Arc<Metrics>,
}

pub type SharedApp = Arc<App>;
