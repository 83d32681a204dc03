//! `countersign serve`: from a configuration to a daemon that answers, and from a signal to its end.

mod renewal;
mod service_manager;
mod signals;

use std::ffi::OsString;
use std::pin::pin;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use serde_json::Value;
use tokio::net::TcpListener;

use self::renewal::Renewal;
use self::signals::{Signals, Told};
use super::answer::Answer;
use super::context::{Configured, Context};
use super::{logging, process};
use crate::clock::SystemClock;
use crate::operate::App;
use crate::serve::{self, Running};

/// To be called before anything else. Where a daemon is to be started, SIGHUP is no reason to end from then on, however long it
/// takes until it is heard. What it asks for is done by the start.
pub(super) fn outlive_hang_up(mut arguments: impl Iterator<Item = OsString>) {
    if arguments.any(|argument| argument == "serve") {
        // Where it cannot be caught, `Signals` says so.
        let _ = signals::catch_hang_up();
    }
}

pub(super) async fn run(context: &Context) -> anyhow::Result<Answer> {
    // Caught first of all, so that none of them just kills what has begun.
    let mut signals = Signals::catch().context("cannot catch signals")?;
    let Configured { mut config, warnings, .. } = context.configured()?;
    let files = process::have_all_files();
    let (started_with, level) = (config.clone(), logging::start(config.log, config.log_level));
    for warning in warnings {
        tracing::warn!("{warning}");
    }
    if let Err(error) = files {
        tracing::warn!(%error, "no more files can be open at once than the system's soft limit says");
    }
    let handed =
        service_manager::listener().context("the socket that the service manager hands over cannot be used")?;
    // Where another daemon listens already, this one leaves no trace of having tried.
    let listener = match handed {
        Some(listener) => listener,
        None => TcpListener::bind(config.listen)
            .await
            .with_context(|| format!("cannot listen on {}; name another address with --listen", config.listen))?,
    };
    if config.listen.port() == 0 && config.public_url == format!("http://{}", config.listen) {
        config.public_url = format!("http://{}", listener.local_addr()?);
    }
    let public_url = config.public_url.clone();
    let (app, lock) = App::open_to_serve(config, Arc::new(SystemClock))?;
    let running = serve::start(app.clone(), lock, listener).await?;
    tracing::info!(address = %running.address(), public_url, version = env!("CARGO_PKG_VERSION"), "listening");
    service_manager::ready();
    until_stopped(running, &mut signals, Renewal { app, context, level, config: started_with }).await?;
    tracing::info!("stopped");
    Ok(Answer::new("", Value::Null))
}

async fn until_stopped(mut running: Running, signals: &mut Signals, mut renewal: Renewal<'_>) -> anyhow::Result<()> {
    let name = loop {
        tokio::select! {
            told = signals.next() => match told {
                Told::Renew => renewal.begin(),
                Told::Stop(name) => break name,
            },
            error = running.ended() => return Err(error.into()),
        }
    };
    // It is what keeps the store open beside the daemon.
    drop(renewal);
    service_manager::stopping();
    tracing::info!(signal = name, grace_s = serve::STOPPING_GRACE.as_secs(), "stopping once requests are answered");
    let mut stopped = pin!(running.stop());
    loop {
        tokio::select! {
            stopped = &mut stopped => return Ok(stopped?),
            told = signals.next() => match told {
                Told::Renew => tracing::info!(signal = "SIGHUP", "nothing is read anew: the daemon is stopping"),
                Told::Stop(name) => bail!("a second signal ({name}) came before all requests were answered"),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn a_daemon_that_has_not_read_its_arguments_outlives_sighup() {
        let hang_up =
            || Command::new("sh").args(["-c", &format!("kill -HUP {}", std::process::id())]).status().unwrap();
        outlive_hang_up(["countersign", "--output", "json", "serve"].map(OsString::from).into_iter());
        // It would end the tests.
        assert!(hang_up().success());
        assert!(hang_up().success());
    }
}
