//! `countersign serve`: from a configuration to a daemon that answers, and from a signal to its end.

use std::io;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::answer::Answer;
use super::context::Context;
use super::logging;
use crate::clock::SystemClock;
use crate::operate::App;
use crate::serve::{self, Running};

pub(super) async fn run(context: &Context) -> anyhow::Result<Answer> {
    let mut config = context.config()?;
    logging::start(config.log, config.log_level);
    // First of all: where another daemon listens already, this one leaves no trace of having tried.
    let listener = TcpListener::bind(config.listen)
        .await
        .with_context(|| format!("cannot listen on {}; name another address with --listen", config.listen))?;
    if config.listen.port() == 0 && config.public_url == format!("http://{}", config.listen) {
        config.public_url = format!("http://{}", listener.local_addr()?);
    }
    let mut signals = Signals::catch().context("cannot catch signals")?;
    let public_url = config.public_url.clone();
    let (app, lock) = App::open_to_serve(config, Arc::new(SystemClock))?;
    let running = serve::start(app, lock, listener).await?;
    tracing::info!(address = %running.address(), public_url, version = env!("CARGO_PKG_VERSION"), "listening");
    until_stopped(running, &mut signals).await?;
    tracing::info!("stopped");
    Ok(Answer::new("", Value::Null))
}

async fn until_stopped(mut running: Running, signals: &mut Signals) -> anyhow::Result<()> {
    let name = tokio::select! {
        name = signals.next() => name,
        error = running.ended() => return Err(error.into()),
    };
    tracing::info!(signal = name, grace_s = serve::STOPPING_GRACE.as_secs(), "stopping once requests are answered");
    tokio::select! {
        stopped = running.stop() => Ok(stopped?),
        name = signals.next() => bail!("a second signal ({name}) came before all requests were answered"),
    }
}

/// What asks the daemon to stop. Caught from the start, so that none of them just kills it.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn catch() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}
