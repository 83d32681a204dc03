//! Everything that runs, from its start to its end.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;

use super::administer::{self, Administered};
use super::at_jira;
use super::command::Countersign;
use super::daemon::Daemon;
use super::env::{self, EnvFile};
use super::jira::Jira;
use super::screen::Screen;
use super::world::World;

/// Dropping it stops everything too, only less politely.
pub(super) struct Demo {
    // In the order they have to go: first what tells of the daemon, then it, then what it uses.
    env: EnvFile,
    pub(super) jira: Jira,
    pub(super) daemon: Daemon,
    pub(super) countersign: Countersign,
    pub(super) administered: Administered,
    pub(super) world: Arc<World>,
}

impl Demo {
    /// `port` is where the daemon listens, any free one where there is none; `dir` takes its log and `env.json`.
    pub(super) async fn start(port: Option<u16>, dir: &Path, screen: &Screen) -> anyhow::Result<Demo> {
        screen.heading("Starting");
        let world = Arc::new(World::start().await?);
        let countersign = Countersign::install()?;
        std::fs::create_dir_all(dir).with_context(|| format!("cannot create {}", dir.display()))?;
        let daemon = Daemon::start(&countersign, port, &dir.join("daemon.log")).await?;
        screen.done("daemon", "answers", daemon.public_url());
        let jira = at_jira::listen().await?;
        let administered = administer::all(&countersign, &world, &jira.1, screen).await?;
        let jira = at_jira::serve(jira, &daemon, &administered, &world)?;
        screen.done("Jira", "is played", &jira.page());
        let env = EnvFile::write(&dir.join("env.json"), &env::describe(&jira, &daemon, &administered, &world))?;
        Ok(Demo { env, jira, daemon, countersign, administered, world })
    }

    /// Returns once the daemon is gone. The stand-ins and their repositories go with `self`.
    pub(super) async fn stop(self) -> anyhow::Result<()> {
        drop(self.env);
        self.daemon.stop().await
    }
}
