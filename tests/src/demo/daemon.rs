//! The daemon as a child process. It never outlives the demo, however that ends.

use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context as _, bail};
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

use super::command::Countersign;
use crate::loopback::http;

/// How long the daemon may take until it is ready, and how long until it is gone.
const START_TIMEOUT: Duration = Duration::from_secs(10);
/// Longer than the daemon itself gives requests in flight.
const STOP_TIMEOUT: Duration = Duration::from_secs(40);
const READY_POLL: Duration = Duration::from_millis(50);

/// A port that was free a moment ago may be somebody's by now; three times in a row it is not chance.
const PORT_TRIES: usize = 3;

/// Waits until its standard input ends, which it does with the demo, even one that is killed; then asks the daemon to stop.
const WATCHER: &str = r#"read -r _; kill -TERM "$1" 2>/dev/null"#;

/// A running daemon. Dropping it kills it.
#[derive(Debug)]
pub(super) struct Daemon {
    public_url: String,
    process: Child,
    watcher: Child,
}

impl Daemon {
    /// Starts the daemon on `port`, or any free one, and returns once it is ready. `log` takes all it says.
    pub(super) async fn start(countersign: &Countersign, port: Option<u16>, log: &Path) -> anyhow::Result<Daemon> {
        let tries = if port.is_some() { 1 } else { PORT_TRIES };
        let mut failed = None;
        for _ in 0..tries {
            let listen = free_address(port)?;
            countersign.configure(listen)?;
            let mut daemon = Daemon::spawn(countersign, format!("http://{listen}"), log)?;
            match daemon.until_ready().await {
                Ok(()) => return Ok(daemon),
                Err(error) => failed = Some(error),
            }
        }
        Err(failed.context("not tried")?).with_context(|| format!("no daemon; its log is {}", log.display()))
    }

    pub(super) fn public_url(&self) -> &str {
        &self.public_url
    }

    /// What the paths of the HTTP API are appended to.
    pub(super) fn api_url(&self) -> String {
        format!("{}/api/v1", self.public_url)
    }

    /// Returns when the daemon is gone without having been asked to.
    pub(super) async fn ended(&mut self) -> anyhow::Result<ExitStatus> {
        Ok(self.process.wait().await?)
    }

    /// Asks the daemon to stop and returns when it has.
    pub(super) async fn stop(mut self) -> anyhow::Result<()> {
        if self.process.try_wait()?.is_some() {
            // Its process id may be somebody else's soon: nothing may be sent there.
            self.watcher.kill().await?;
            bail!("the daemon was gone already");
        }
        drop(self.watcher.stdin.take());
        let stopped = timeout(STOP_TIMEOUT, self.process.wait()).await;
        let status = stopped.with_context(|| format!("the daemon did not stop within {STOP_TIMEOUT:?}"))??;
        self.watcher.wait().await?;
        if !status.success() {
            bail!("the daemon did not stop cleanly: {status}");
        }
        Ok(())
    }

    fn spawn(countersign: &Countersign, public_url: String, log: &Path) -> anyhow::Result<Daemon> {
        let log = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
        let mut serve = countersign.command(&["serve"]);
        // A group of its own: Ctrl-C is for the demo, which then stops the daemon, once.
        serve.stdout(log.try_clone()?).stderr(log).process_group(0);
        let process = serve.spawn().context("the daemon cannot be started")?;
        let id = process.id().context("the daemon has no process id")?.to_string();
        let mut watcher = Command::new("sh");
        watcher.args(["-c", WATCHER, "watcher", &id]).process_group(0).kill_on_drop(true);
        watcher.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        Ok(Daemon { public_url, process, watcher: watcher.spawn().context("sh cannot be started")? })
    }

    async fn until_ready(&mut self) -> anyhow::Result<()> {
        let url = format!("{}/readyz", self.public_url);
        let client = http()?;
        let ready = async {
            while !client.get(&url).send().await.is_ok_and(|answer| answer.status().is_success()) {
                sleep(READY_POLL).await;
            }
        };
        tokio::select! {
            status = self.process.wait() => bail!("the daemon ended at once ({})", status?),
            ready = timeout(START_TIMEOUT, ready) => ready.with_context(|| format!("not ready within {START_TIMEOUT:?}")),
        }
    }
}

/// Asked for before the daemon is: otherwise another one at the same port would be taken for ours.
fn free_address(port: Option<u16>) -> anyhow::Result<SocketAddr> {
    let wanted = SocketAddr::from((Ipv4Addr::LOCALHOST, port.unwrap_or(0)));
    let listener = TcpListener::bind(wanted).with_context(|| format!("cannot listen on {wanted}"))?;
    Ok(listener.local_addr()?)
}
