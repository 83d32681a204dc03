//! What a fresh instance costs: made, called once with a credential lent to it, dropped.
//!
//! The call is `find-branch` with a repository id that is none: the provider is lent a credential, reads its integration's
//! settings, refuses, and sends nothing.

use anyhow::{anyhow, bail};
use model::{BranchName, FailureReason, RepositoryId};

use super::bare::{Bare, Question};
use super::daemon::Daemon;
use super::samples::{Samples, time};

const ROUNDS: usize = 15;
const CALLS_PER_ROUND: usize = 2_000;
/// Before the first round: fills the pool's slots and the allocator.
const WARM_UP_CALLS: usize = 500;

/// Not `owner/name`.
const NO_REPOSITORY: &str = "nowhere";
const BRANCH: &str = "main";

/// One [`Samples`] per round.
#[derive(Default)]
pub(super) struct Instances {
    /// Through the host's sandbox.
    pub(super) host: Vec<Samples>,
    pub(super) bare_awaited: Vec<Samples>,
    pub(super) bare_synchronous: Vec<Samples>,
    /// The call alone, on one instance of bare wasmtime.
    pub(super) bare_kept: Vec<Samples>,
}

pub(super) async fn measure(daemon: &Daemon, component: &[u8]) -> anyhow::Result<Instances> {
    let (provider, loan) = (&daemon.sandboxed_provider, daemon.loan().await?);
    let (repository, name) = (RepositoryId::parse(NO_REPOSITORY)?, BranchName::parse(BRANCH)?);
    let bare = Bare::new(daemon.engine.wasmtime(), component).map_err(|error| anyhow!("{error:#}"))?;
    let question = Question::new(loan.destination().kind.as_str(), &loan.destination().settings, NO_REPOSITORY, BRANCH);
    let mut kept = bare.keep().await?;

    let host = async || match provider.find_branch(loan.look_up(), &repository, &name).await {
        Err(failure) if matches!(failure.reason, FailureReason::NotFound(_)) => Ok(()),
        other => bail!("the provider should not have found this: {other:?}"),
    };
    let mut found = Instances::default();
    time(WARM_UP_CALLS, host).await?;
    time(WARM_UP_CALLS, async || bare.call(&question).await).await?;
    for _ in 0..ROUNDS {
        found.host.push(time(CALLS_PER_ROUND, host).await?);
        found.bare_awaited.push(time(CALLS_PER_ROUND, async || bare.call(&question).await).await?);
        let synchronous = time(CALLS_PER_ROUND, async || bare.call_synchronously(&question)).await?;
        found.bare_synchronous.push(synchronous);
        found.bare_kept.push(time(CALLS_PER_ROUND, async || kept.call(&question).await).await?);
    }
    Ok(found)
}
