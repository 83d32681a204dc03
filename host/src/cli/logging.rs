//! Log lines on standard error, so that standard output holds answers only.

use std::{fmt, io};

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::reload::{Handle, Layer as Reloadable};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, Registry};

use crate::clock::{Clock as _, SystemClock};
use crate::config::{LogFormat, LogLevel};

/// The level lines are written from, which can be changed while they are.
pub(super) struct Level(Handle<Targets, Registry>);

impl Level {
    /// From now on.
    pub(super) fn change(&self, level: LogLevel) -> anyhow::Result<()> {
        Ok(self.0.reload(heard(level))?)
    }
}

/// Times have the one form that API and audit log have: UTC, with milliseconds.
struct Now;

impl FormatTime for Now {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        write!(writer, "{}", SystemClock.now())
    }
}

/// To be called once.
pub(super) fn start(format: LogFormat, level: LogLevel) -> Level {
    let lines = tracing_subscriber::fmt::layer().with_timer(Now).with_writer(io::stderr).with_ansi(false);
    let lines = match format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    let (heard, handle) = Reloadable::new(heard(level));
    Registry::default().with(heard).with(lines).init();
    Level(handle)
}

/// Libraries are heard from warnings on, whatever the level: what they say below that can show headers, and with them
/// credentials.
fn heard(level: LogLevel) -> Targets {
    let level = match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
    };
    Targets::new().with_default(level.min(LevelFilter::WARN)).with_target(env!("CARGO_CRATE_NAME"), level)
}
