//! A flood of calls that trap, turn for ever and hand over too much, one after another; and of one user's requests: what they took
//! comes back, and others are answered meanwhile as they are when it is quiet. `make soak` has a million of them.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use futures_util::future::join_all;
use http::Method;
use model::{FailureReason, IntegrationRecord};
use sandbox::{Engine, Limits, Provider, Registry};

use crate::bench::samples::Samples;
use crate::daemon::{Daemon, GitHubServer, MAIN, User, WIDGETS, at};
use crate::hostile::{Stage, component};
use crate::standin::StandIn as _;
use crate::standin::faults::{Fault, When};
use countersign::operate::Rates;

/// How many calls of the honest provider, and of the honest user, make a figure.
const HONEST_CALLS: usize = 300;
/// What a git server takes for an answer.
const ANSWER_MS: u64 = 20;
/// Between two of the honest calls.
const PAUSE: Duration = Duration::from_millis(5);
/// Of so many calls one turns for ever, one takes memory, one floods the log and one hands over too much. The others trap.
const ROUND: u64 = 1000;
/// What the process may keep of it all, in bytes: allocators keep what was used last.
const KEPT_BYTES: u64 = 64 << 20;
/// Clients through which the flooding user asks.
const CLIENTS: usize = 16;

/// Memory of this process that is in RAM, in bytes; none where the system does not say.
pub fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kilobytes| kilobytes << 10)
}

/// What a process has of the system.
#[derive(Debug, Clone, Copy)]
struct Taken {
    resident_bytes: u64,
    descriptors: usize,
}

impl Taken {
    /// By this one.
    fn now() -> anyhow::Result<Self> {
        let resident_bytes = resident_bytes().context("this system does not say")?;
        let descriptors = std::fs::read_dir("/proc/self/fd")?.count();
        Ok(Self { resident_bytes, descriptors })
    }
}

impl fmt::Display for Taken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} MiB, {} descriptors", self.resident_bytes >> 20, self.descriptors)
    }
}

/// What came of a flood.
#[derive(Debug)]
pub struct Report {
    calls: u64,
    took: Duration,
    before: Taken,
    halfway: Taken,
    after: Taken,
    /// Linear memory of guests that is not given back.
    guests_bytes: u64,
    quiet: Samples,
    meanwhile: Samples,
    quiet_again: Samples,
}

impl Report {
    /// # Errors
    /// What was not given back.
    pub fn expect_given_back(&self) -> anyhow::Result<()> {
        ensure!(self.guests_bytes == 0, "{} bytes of guests' memory are taken", self.guests_bytes);
        let kept = self.after.resident_bytes.saturating_sub(self.before.resident_bytes);
        ensure!(kept < KEPT_BYTES, "{} MiB more than before", kept >> 20);
        let open = self.after.descriptors.saturating_sub(self.before.descriptors);
        ensure!(open < 16, "{open} descriptors more than before");
        Ok(())
    }

    /// # Errors
    /// How much longer an honest call takes meanwhile.
    pub fn expect_others_answered(&self) -> anyhow::Result<()> {
        within(&self.quiet, &self.meanwhile, 2)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micros = self.took.as_secs_f64() * 1e6 / self.calls as f64;
        writeln!(f, "{} broken calls in {:.1} s, {micros:.0} µs each", self.calls, self.took.as_secs_f64())?;
        writeln!(f, "  the process before   {}", self.before)?;
        writeln!(f, "  halfway              {}", self.halfway)?;
        writeln!(f, "  after                {}", self.after)?;
        writeln!(
            f,
            "  a call of an honest provider (median / 99th percentile), {ANSWER_MS} ms of them the git server's"
        )?;
        writeln!(f, "  quiet                {}", self.quiet.spread())?;
        writeln!(f, "  meanwhile            {}", self.meanwhile.spread())?;
        write!(f, "  quiet again          {}", self.quiet_again.spread())
    }
}

/// Whether 99 of 100 calls took no more than so many times what they take when it is quiet.
fn within(quiet: &Samples, meanwhile: &Samples, times: u32) -> anyhow::Result<()> {
    let (quiet, meanwhile) = (quiet.percentile(99), meanwhile.percentile(99));
    ensure!(meanwhile <= quiet * times, "{meanwhile:?} meanwhile, and {quiet:?} when it is quiet");
    Ok(())
}

/// One of the guests, and the integration it is at.
struct Guest {
    provider: Arc<dyn Provider>,
    at: IntegrationRecord,
}

impl Guest {
    async fn of(stage: &Stage, registry: &Registry, name: &str) -> anyhow::Result<Self> {
        let provider = registry.load(component(name)).await?.1;
        let at = stage.integration(&*provider, "what is said again and again").await;
        Ok(Self { provider, at })
    }

    async fn is_broken_off(&self, stage: &Stage) -> anyhow::Result<()> {
        match stage.attempt_at(&*self.provider, self.at.clone()).await {
            Err(failure) if failure.reason == FailureReason::ProviderFailed => Ok(()),
            other => anyhow::bail!("it was to be broken off: {other:?}"),
        }
    }

    async fn is_answered(&self, stage: &Stage) -> anyhow::Result<Duration> {
        let begun = Instant::now();
        stage.attempt_at(&*self.provider, self.at.clone()).await.map_err(|failure| anyhow::anyhow!(failure.message))?;
        Ok(begun.elapsed())
    }

    async fn samples(&self, stage: &Stage, many: usize) -> anyhow::Result<Samples> {
        let mut samples = Samples::default();
        for _ in 0..many {
            samples.push(self.is_answered(stage).await?);
            tokio::time::sleep(PAUSE).await;
        }
        Ok(samples)
    }
}

/// So many calls that are broken off, one after another, with an honest provider beside them.
///
/// # Errors
/// Where one is not broken off, or an honest one not answered.
pub async fn calls(many: u64) -> anyhow::Result<Report> {
    let stage = Arc::new(Stage::set().await);
    let answer = When::new(Method::GET, |path| path.ends_with("/user"));
    stage.stand_in.faults().always(answer, Fault::DelayAnswer { delay_ms: ANSWER_MS });
    // No pause, and limits that are soon reached: it is the end of a call that is tried here.
    let limits = Limits { failures_in_a_row: 1_000_000_000, cpu_ms: 50, memory_mib: 8, reply_mib: 4, ..Limits::USUAL };
    let registry = Registry::new(Engine::within(limits).map_err(|error| anyhow::anyhow!("{error:#}"))?);
    let guest = async |name| Guest::of(&stage, &registry, name).await;
    let honest = Arc::new(guest("asks").await?);
    let traps = guest("p2_traps").await?;
    let mut floods = Vec::new();
    for name in ["p1_turns_for_ever", "p1_takes_memory", "p1_floods_the_log", "p1_hands_over_a_flood"] {
        floods.push(guest(name).await?);
    }
    for broken in floods.iter().chain([&traps]) {
        broken.is_broken_off(&stage).await?;
    }
    let quiet = honest.samples(&stage, HONEST_CALLS).await?;
    let before = Taken::now()?;

    let (is_over, begun) = (Arc::new(AtomicBool::new(false)), Instant::now());
    // A task of its own, as every request is one to the daemon.
    let asking = tokio::spawn({
        let (is_over, honest, stage) = (is_over.clone(), honest.clone(), stage.clone());
        async move {
            let mut samples = Samples::default();
            while !is_over.load(Ordering::Relaxed) {
                samples.push(honest.is_answered(&stage).await?);
                // Which else has all of these requests in memory.
                stage.stand_in.record.clear();
                tokio::time::sleep(PAUSE).await;
            }
            anyhow::Ok(samples)
        }
    });
    let flood = async {
        let mut halfway = before;
        for number in 0..many {
            let flood = usize::try_from(number % ROUND).ok().and_then(|place| floods.get(place));
            flood.unwrap_or(&traps).is_broken_off(&stage).await?;
            if number == many / 2 {
                halfway = Taken::now()?;
            }
            if number % (many / 10).max(1) == 0 {
                eprintln!("{number} of {many}: {}", Taken::now()?);
            }
        }
        anyhow::Ok((halfway, begun.elapsed()))
    };
    let flooded = flood.await;
    is_over.store(true, Ordering::Relaxed);
    let (meanwhile, (halfway, took)) = (asking.await??, flooded?);
    let quiet_again = honest.samples(&stage, HONEST_CALLS).await?;
    let (after, guests_bytes) = (Taken::now()?, registry.engine().memory_taken());
    Ok(Report { calls: many, took, before, halfway, after, guests_bytes, quiet, meanwhile, quiet_again })
}

/// What an honest user's request takes beside a flood of another's.
#[derive(Debug)]
pub struct UsersReport {
    requests: usize,
    refused: usize,
    quiet: Samples,
    meanwhile: Samples,
}

impl UsersReport {
    /// # Errors
    /// How much longer an honest user's request takes meanwhile, or that the flooding one was told nothing.
    pub fn expect_others_answered(&self) -> anyhow::Result<()> {
        ensure!(self.refused > 0, "nobody told the flooding user when to come back");
        within(&self.quiet, &self.meanwhile, 3)
    }
}

impl fmt::Display for UsersReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { requests, refused, quiet, meanwhile } = self;
        writeln!(f, "{requests} requests of one user through {CLIENTS} clients, {refused} of them answered with 429")?;
        writeln!(f, "  another user's, over HTTP (median / 99th percentile), {ANSWER_MS} ms the git server's")?;
        writeln!(f, "  quiet                {}", quiet.spread())?;
        write!(f, "  meanwhile            {}", meanwhile.spread())
    }
}

/// One user's requests, as many as she can make, while another makes a few.
///
/// # Errors
/// Where the honest one is not answered.
pub async fn users() -> anyhow::Result<UsersReport> {
    let stand_in = GitHubServer::Cloud.builder().usual().start().await?;
    let usual = |settings: &mut countersign::config::Settings| settings.rates = Some(Rates::default());
    let daemon = Daemon::start_configured(GitHubServer::Cloud, stand_in, usual).await;
    daemon.stand_in.faults().always(When::new(Method::GET, |_| true), Fault::DelayAnswer { delay_ms: ANSWER_MS });
    let (honest, flooding) = (daemon.as_user("ann"), daemon.as_user("mallory"));
    let repository = format!("{}?project=ABC", at(&["integrations", MAIN, "repositories", WIDGETS]));
    let asked = async |user: &User| {
        let begun = Instant::now();
        (user.get(&repository).await.status, begun.elapsed())
    };
    let samples = async || {
        let mut samples = Samples::default();
        for _ in 0..HONEST_CALLS {
            let (status, took) = asked(&honest).await;
            ensure!(status == 200, "an honest user is answered with {status}");
            samples.push(took);
            tokio::time::sleep(PAUSE).await;
        }
        Ok(samples)
    };
    asked(&honest).await;
    let quiet = samples().await?;
    let is_over = AtomicBool::new(false);
    let client = async || {
        let mut told = (0, 0);
        while !is_over.load(Ordering::Relaxed) {
            let (status, _) = asked(&flooding).await;
            told = (told.0 + 1, told.1 + usize::from(status == 429));
        }
        told
    };
    let clients = async {
        let mut told = (0, 0);
        for (requests, refused) in join_all((0..CLIENTS).map(|_| client())).await {
            told = (told.0 + requests, told.1 + refused);
        }
        told
    };
    let honest_one = async {
        let samples = samples().await;
        is_over.store(true, Ordering::Relaxed);
        samples
    };
    let ((requests, refused), meanwhile) = tokio::join!(clients, honest_one);
    Ok(UsersReport { requests, refused, quiet, meanwhile: meanwhile? })
}
