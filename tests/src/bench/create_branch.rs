//! Creating branches, sandboxed and native: the provider's call by itself, and the whole operation for several users at
//! once.

use std::sync::Arc;
use std::time::{Duration, Instant};

use countersign::operate::{self, Ask, SharedApp};
use sandbox::Provider;
use tokio::task::JoinSet;

use super::daemon::Daemon;
use super::samples::{Samples, time};

/// Most users at once in any measurement.
pub(super) const MAX_USERS: usize = 32;
/// What a git server on another continent, or a busy one near by, takes to answer; most take longer.
pub(super) const FAR_ANSWER_TIME: Duration = Duration::from_millis(20);

/// Users at once.
const USERS: [usize; 3] = [1, 8, MAX_USERS];
/// Pairs of rounds for each number of users, and the length of a round.
const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_millis(900);
/// Before the first pair: opens the connections.
const WARM_UP: Duration = Duration::from_millis(300);

const CALL_ROUNDS: usize = 9;
const CALLS_PER_ROUND: usize = 400;

/// The provider's call alone, one after the other; one [`Samples`] per round.
#[derive(Default)]
pub(super) struct Calls {
    pub(super) sandboxed: Vec<Samples>,
    pub(super) native: Vec<Samples>,
}

/// Whole operations by a number of users, each of whom asks again as soon as she has her answer.
pub(super) struct Operations {
    pub(super) users: usize,
    /// What the git server takes for each of its two answers.
    pub(super) answer_time: Duration,
    pub(super) sandboxed: Vec<Round>,
    pub(super) native: Vec<Round>,
}

pub(super) struct Round {
    pub(super) per_second: f64,
    pub(super) latencies: Samples,
}

/// `create-branch` with a lease in hand: two requests to the git server, no policy, no audit log.
pub(super) async fn measure_call(daemon: &Daemon) -> anyhow::Result<Calls> {
    let (mut calls, branches) = (Calls::default(), daemon.branches());
    let loan = daemon.loan().await?;
    let round = async |provider: &dyn Provider, calls: usize| {
        time(calls, async || {
            let effect = branches.next()?;
            let created = provider.create_branch(loan.link(), &effect.repository, &effect.branch).await;
            created.map(drop).map_err(|failure| anyhow::anyhow!("{failure:?}"))
        })
        .await
    };
    let (sandboxed, native) = (&*daemon.sandboxed_provider, &*daemon.native_provider);
    for provider in [sandboxed, native] {
        round(provider, CALLS_PER_ROUND / 4).await?;
    }
    for _ in 0..CALL_ROUNDS {
        calls.sandboxed.push(round(sandboxed, CALLS_PER_ROUND).await?);
        calls.native.push(round(native, CALLS_PER_ROUND).await?);
    }
    Ok(calls)
}

pub(super) async fn measure_operations(daemon: &Daemon) -> anyhow::Result<Vec<Operations>> {
    let mut all = Vec::new();
    for users in USERS {
        all.push(operations(daemon, &daemon.asks[..users], Duration::ZERO).await?);
    }
    all.push(operations(daemon, &daemon.far_asks, FAR_ANSWER_TIME).await?);
    Ok(all)
}

async fn operations(daemon: &Daemon, asks: &[Ask], answer_time: Duration) -> anyhow::Result<Operations> {
    for app in [&daemon.sandboxed, &daemon.native] {
        round(daemon, app, asks, WARM_UP).await?;
    }
    let mut operations = Operations { users: asks.len(), answer_time, sandboxed: Vec::new(), native: Vec::new() };
    for _ in 0..ROUNDS {
        operations.sandboxed.push(round(daemon, &daemon.sandboxed, asks, ROUND).await?);
        operations.native.push(round(daemon, &daemon.native, asks, ROUND).await?);
    }
    Ok(operations)
}

/// Lets users create branches until the time is up, and waits for the last answers.
async fn round(daemon: &Daemon, app: &SharedApp, asks: &[Ask], length: Duration) -> anyhow::Result<Round> {
    let started = Instant::now();
    let mut at_work = JoinSet::new();
    for ask in asks {
        let (app, ask, branches) = (Arc::clone(app), ask.clone(), daemon.branches());
        at_work.spawn(async move {
            let mut latencies = Samples::default();
            while started.elapsed() < length {
                let effect = branches.next()?;
                let asked = Instant::now();
                operate::perform(&app, &ask, &effect).await?;
                latencies.push(asked.elapsed());
            }
            anyhow::Ok(latencies)
        });
    }
    let mut latencies = Samples::default();
    while let Some(done) = at_work.join_next().await {
        latencies.append(done??);
    }
    Ok(Round { per_second: latencies.len() as f64 / started.elapsed().as_secs_f64(), latencies })
}
