//! What `make bench` measures: the sandbox against the same work without it, side by side in one run, and the pages.
//!
//! Four questions. What does an instance cost, against bare wasmtime? What do compiling and loading a component cost? What
//! does a daemon lose by sandboxing its provider, against the same provider code linked natively? What do people wait for who
//! open a page? Rounds of two sides alternate, so that a machine that gets slower slows both; ratios are those of neighbouring rounds.
//!
//! The operations go in at [`countersign::operate::perform`]: policy, audit log, lending and the way out are the daemon's
//! own, on a database that syncs every commit. Pages come by HTTP from a daemon as it is started. Client, daemon and git server share one process, and so the cores.

mod bare;
mod create_branch;
mod daemon;
mod git_server;
mod instances;
mod loading;
mod pages;
mod report;
pub(crate) mod samples;

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;

use self::daemon::Daemon;
use self::git_server::GitServer;
use crate::tidy::workspace_root;

/// Builds the component, measures everything and returns the report, in Markdown. Says on standard error what it is at.
pub async fn run() -> anyhow::Result<String> {
    let component = component(&workspace_root())?;
    let start = |wait| GitServer::start(wait).context("the stand-in git server does not start");
    let (near, far) = (start(Duration::ZERO)?, start(create_branch::FAR_ANSWER_TIME)?);
    let daemon = Daemon::start(&component, near.address, far.address, create_branch::MAX_USERS).await?;
    daemon.check_that_both_answer_alike().await?;

    eprintln!("measuring instances");
    let instances = instances::measure(&daemon, &component).await?;
    eprintln!("measuring compilation and loading");
    let loading = loading::measure(&daemon.engine, &component).await?;
    eprintln!("measuring the provider call alone");
    let call = create_branch::measure_call(&daemon).await?;
    eprintln!("measuring operations");
    let operations = create_branch::measure_operations(&daemon).await?;
    eprintln!("measuring pages");
    let pages = pages::measure(&daemon.engine, &component, &near).await?;
    Ok(report::render(&report::Results {
        component_bytes: component.len(),
        instances,
        loading,
        call,
        operations,
        pages,
    }))
}

/// Built from the very source that is linked natively, so that both sides run the same code.
fn component(root: &Path) -> anyhow::Result<Vec<u8>> {
    eprintln!("building the component");
    let out = root.join("target/providers/github.wasm");
    let built = countersign_build::build(&root.join("providers/github"), Some(&out))?;
    std::fs::read(&built.path).with_context(|| built.path.display().to_string())
}
