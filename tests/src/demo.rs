//! The demo: stand-in git servers, a daemon on a throw-away data directory, and something to look at.
//!
//! Drives the `countersign` program the way an administrator and a Jira connector do, by its commands and its HTTP API, and
//! never through the crate: what is shown is what everybody gets.
//!
//! | module | job |
//! |---|---|
//! | [`integrations`] | the table: what stands in for which git server, who has which credential there |
//! | [`world`] | the stand-ins, running, and what they know of what was done |
//! | [`command`] | the `countersign` program and its one configuration |
//! | [`daemon`] | the daemon as a child process that never outlives the demo |
//! | [`administer`] | from an empty data directory to integrations that can be used |
//! | [`jira`] | a Jira to look at, whose buttons open the daemon's pages |
//! | [`at_jira`] | the same with the people and the git servers of the table |
//! | [`env`] | the file that tells other programs of all this |
//! | [`running`] | all of this, from its start to its end |
//! | [`guide`] | what a person is told to type |
//! | [`tour`] | the same, played and checked step by step |
//! | [`client`] | HTTP as a connector speaks it |
//! | [`screen`] | lines on the terminal |

mod administer;
mod at_jira;
mod client;
mod command;
mod daemon;
mod env;
mod guide;
mod integrations;
pub mod jira;
mod running;
mod screen;
mod tour;
mod world;

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use tokio::signal::unix::{Signal, SignalKind, signal};

use self::running::Demo;
use self::screen::Screen;
use crate::tidy::workspace_root;

/// How to play, from environment variables: there is nothing else to choose.
#[derive(Debug)]
pub struct Options {
    /// `DEMO_ONCE=1`: play the tour and end, instead of waiting for somebody to try things.
    pub once: bool,
    /// `DEMO_TOUR=curl`: say, besides where to look, what to type.
    pub curl: bool,
    /// `DEMO_PORT`: where the daemon listens; any free port where it is not set.
    pub port: Option<u16>,
    /// `DEMO_DIR`: where `env.json` and `daemon.log` go; `target/demo` of the workspace where it is not set.
    pub dir: PathBuf,
}

impl Options {
    pub fn from_environment() -> anyhow::Result<Options> {
        let once = match std::env::var("DEMO_ONCE").as_deref() {
            Err(_) | Ok("" | "0") => false,
            Ok("1") => true,
            Ok(other) => bail!("DEMO_ONCE is 1 or is not set, and not {other:?}"),
        };
        let curl = match std::env::var("DEMO_TOUR").as_deref() {
            Err(_) | Ok("") => false,
            Ok("curl") => true,
            Ok(other) => bail!("DEMO_TOUR is curl or is not set, and not {other:?}"),
        };
        let port = std::env::var("DEMO_PORT").ok().filter(|port| !port.is_empty());
        let port =
            port.map(|port| port.parse().with_context(|| format!("DEMO_PORT={port} is not a port"))).transpose()?;
        let dir = std::env::var_os("DEMO_DIR").map_or_else(|| workspace_root().join("target/demo"), PathBuf::from);
        Ok(Options { once, curl, port, dir: std::path::absolute(dir)? })
    }
}

/// Plays the demo to its end. An error is a demo that did not come up or did not end cleanly; a tour that went wrong is told
/// on the way and is in the exit code.
pub async fn run(options: Options) -> anyhow::Result<ExitCode> {
    // From the start, so that no signal leaves anything behind.
    let mut signals = Signals::catch().context("cannot catch signals")?;
    let screen = Screen::of_standard_output();
    let mut demo = tokio::select! {
        started = Demo::start(options.port, &options.dir, &screen) => started?,
        name = signals.next() => bail!("{name} came before the demo was up"),
    };
    let played = tokio::select! {
        played = play(&mut demo, &options, &screen) => played,
        name = signals.next() => {
            screen.text(&format!("\n{name}: stopping"));
            // That is how the guide ends; a tour cut short has shown nothing.
            Ok(if options.once { ExitCode::FAILURE } else { ExitCode::SUCCESS })
        }
    };
    let stopped = demo.stop().await;
    let code = played?;
    stopped?;
    Ok(code)
}

async fn play(demo: &mut Demo, options: &Options, screen: &Screen) -> anyhow::Result<ExitCode> {
    if options.once {
        let as_promised = tour::play(demo, screen).await?;
        return Ok(if as_promised { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    guide::print(demo, &options.dir, options.curl, screen);
    let status = demo.daemon.ended().await?;
    bail!("the daemon ended by itself ({status}); its log is {}", options.dir.join("daemon.log").display())
}

/// What asks the demo to stop, a closed terminal included.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hang_up: Signal,
}

impl Signals {
    fn catch() -> io::Result<Signals> {
        Ok(Signals {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.interrupt.recv() => "SIGINT",
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.hang_up.recv() => "SIGHUP",
        }
    }
}
