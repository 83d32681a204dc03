//! Whose turn it is to ask a git server: everybody has a share of what can be under way at once, so that nobody's flood keeps
//! another waiting. What counts is work, not connections or requests; it is counted before anything is written down of it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

use super::waiting;
use model::{Actor, IntegrationId, ProviderId};

/// How long somebody waits for a turn: longer than most calls take, and as long as people wait.
const PATIENCE: Duration = Duration::from_secs(10);
/// Of all calls, how many may be one user's: what the pages of one person ask for at once, many times over.
const OF_A_USER: Part = Part(1, 25);
/// One integration's: its git server may be the slow one.
const OF_AN_INTEGRATION: Part = Part(1, 2);
/// One connector's: there is room for others, whatever it does, at the same provider as well.
const OF_A_CONNECTOR: Part = Part(4, 5);
/// One provider's, whoever asks it: there is room for other providers.
const OF_A_PROVIDER: Part = Part(9, 10);
/// How many wait for their turn of a user's share. Of more, none would come to it in time.
const MAX_WAITING: usize = 100;
/// How many wait in all, of as many as may be under way: there are to be places left for those who need not wait.
const WAITING: Part = Part(4, 5);
/// The least that anybody may have under way, where there is room for it: what one page asks for at once.
const LEAST: usize = 4;
/// Shares that are remembered before those are forgotten of which nothing is under way.
const MANY_SHARES: usize = 1000;

/// So many of so many.
#[derive(Clone, Copy)]
struct Part(usize, usize);

impl Part {
    fn of(self, calls: usize) -> usize {
        (calls * self.0 / self.1).max(LEAST.min(calls))
    }
}

/// Why nothing was done: as much is under way already as may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Crowded {
    /// By one user.
    #[error("as many requests of this user are under way as one user may have at once ({0})")]
    User(usize),
    /// By one connector.
    #[error("as many requests of this connector are under way as one connector may have at once ({0})")]
    Connector(usize),
    /// At one integration.
    #[error("as many requests to this integration are under way as one integration may have at once ({0})")]
    Integration(usize),
    /// By one provider.
    #[error("as many calls of this provider are under way as one provider may have at once ({0})")]
    Provider(usize),
    /// While others wait for another attempt at the same.
    #[error("as many requests wait for another attempt at the same as may wait at once ({0})")]
    Waiting(usize),
    /// At the same, and it took too long.
    #[error("another attempt at the same was still under way after {0} seconds, and this one did nothing")]
    Same(u64),
    /// While it waited for another.
    #[error("whoever asked was gone before it was its turn, and it did nothing")]
    Gone,
    /// By all together.
    #[error("as many requests to git servers are under way as there is room for ({0})")]
    Everybody(usize),
}

impl Crowded {
    /// When it may be otherwise, in seconds.
    pub const RETRY_AFTER_S: u32 = 5;
}

/// Whose share it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Whose {
    User(String),
    Connector(String),
    Integration(IntegrationId),
    Provider(ProviderId),
}

/// The shares of everybody who has something under way.
pub(super) struct Admission {
    patience: Duration,
    everybody: Arc<Share>,
    shares: Mutex<HashMap<Whose, Arc<Share>>>,
}

/// Leave to have one call under way, given back when dropped.
#[derive(Debug)]
pub(super) struct Admitted {
    #[expect(dead_code, reason = "held, and dropped")]
    turns: Vec<OwnedSemaphorePermit>,
    /// Whether time has passed since it was asked for.
    pub was_waited_for: bool,
}

#[derive(Debug)]
struct Share {
    limit: usize,
    /// How many may wait: of a larger share than a user's as many as may be under way, so that no user takes all of it.
    may_wait: usize,
    turns: Arc<Semaphore>,
    waiting: AtomicUsize,
}

impl Share {
    fn of(limit: usize, may_wait: usize) -> Arc<Self> {
        let may_wait = may_wait.max(MAX_WAITING);
        Arc::new(Self { limit, may_wait, turns: Arc::new(Semaphore::new(limit)), waiting: AtomicUsize::new(0) })
    }

    /// None where none comes in time, too many wait already, or nobody waits for the answer any more.
    async fn turn(self: &Arc<Self>, until: Instant, was_waited_for: &mut bool) -> Option<OwnedSemaphorePermit> {
        if let Ok(turn) = self.turns.clone().try_acquire_owned() {
            return Some(turn);
        }
        let _waits = Waits::of(self.clone())?;
        *was_waited_for = true;
        tokio::select! {
            biased;
            () = waiting::given_up() => None,
            turn = timeout_at(until, self.turns.clone().acquire_owned()) => turn.ok()?.ok(),
        }
    }
}

/// One who waits, and is counted in a share.
#[derive(Debug)]
pub(super) struct Waits(Arc<Share>);

impl Waits {
    /// None where so many do that it would be in vain.
    fn of(share: Arc<Share>) -> Option<Self> {
        let one = Self(share);
        (one.0.waiting.fetch_add(1, Ordering::Relaxed) < one.0.may_wait).then_some(one)
    }
}

impl Drop for Waits {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Admission {
    /// `calls`: how many there is room for.
    pub fn for_calls(calls: usize) -> Self {
        Self { patience: PATIENCE, everybody: Share::of(calls, WAITING.of(calls)), shares: Mutex::default() }
    }

    /// Waits for the turn of what an actor wants of an integration.
    pub async fn admit(
        &self,
        actor: &Actor,
        integration: Option<&IntegrationId>,
        provider: &ProviderId,
    ) -> Result<Admitted, Crowded> {
        let until = Instant::now() + self.patience;
        let (mut turns, mut was_waited_for) = (Vec::with_capacity(5), false);
        for Wanted { whose, part, crowded } in wanted(actor, integration, provider) {
            let share = self.share(whose, part);
            let turn = share.turn(until, &mut was_waited_for).await;
            turns.push(turn.ok_or_else(|| crowded(share.limit))?);
        }
        let everybody = &self.everybody;
        let turn = everybody.turn(until, &mut was_waited_for).await;
        turns.push(turn.ok_or(Crowded::Everybody(everybody.limit))?);
        Ok(Admitted { turns, was_waited_for })
    }

    /// Counts an actor, for as long as the answer is held, among those who wait for a turn of theirs: so many that there is room for
    /// others, whatever they wait for.
    pub fn waits(
        &self,
        actor: &Actor,
        integration: Option<&IntegrationId>,
        provider: &ProviderId,
    ) -> Result<Vec<Waits>, Crowded> {
        let shares = wanted(actor, integration, provider).map(|Wanted { whose, part, .. }| self.share(whose, part));
        let waits = |share: Arc<Share>| {
            let crowded = Crowded::Waiting(share.may_wait);
            Waits::of(share).ok_or(crowded)
        };
        shares.chain([self.everybody.clone()]).map(waits).collect()
    }

    fn share(&self, whose: Whose, part: Part) -> Arc<Share> {
        let mut shares = self.shares.lock().unwrap_or_else(PoisonError::into_inner);
        if shares.len() >= MANY_SHARES {
            // Whoever has a turn of a share, or waits for one, holds its semaphore.
            shares.retain(|_, share| Arc::strong_count(share) > 1 || share.turns.available_permits() < share.limit);
        }
        let limit = part.of(self.everybody.limit);
        let may_wait = if matches!(whose, Whose::User(_)) { MAX_WAITING } else { limit };
        shares.entry(whose).or_insert_with(|| Share::of(limit, may_wait)).clone()
    }
}

/// A turn of one share, and what is said where there is none.
struct Wanted {
    whose: Whose,
    part: Part,
    crowded: fn(usize) -> Crowded,
}

/// The shares that a call is of, the smallest first: whoever waits there takes nothing of the others.
fn wanted(actor: &Actor, integration: Option<&IntegrationId>, provider: &ProviderId) -> impl Iterator<Item = Wanted> {
    let one = |whose, part, crowded| Some(Wanted { whose, part, crowded });
    let (of_user, of_connector) = match actor {
        Actor::User { site, connector, jira_user } => (
            one(Whose::User(format!("{site}/{jira_user}")), OF_A_USER, Crowded::User),
            one(Whose::Connector(connector.clone()), OF_A_CONNECTOR, Crowded::Connector),
        ),
        Actor::Administrator { .. } | Actor::CommandLine | Actor::Daemon => (None, None),
    };
    let integration = integration.cloned();
    let of_integration =
        integration.and_then(|id| one(Whose::Integration(id), OF_AN_INTEGRATION, Crowded::Integration));
    let of_provider = one(Whose::Provider(provider.clone()), OF_A_PROVIDER, Crowded::Provider);
    [of_user, of_integration, of_connector, of_provider].into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In tests, nobody is patient for long.
    fn for_calls(calls: usize) -> Admission {
        Admission { patience: Duration::from_millis(300), ..Admission::for_calls(calls) }
    }

    fn user(name: &str) -> Actor {
        Actor::User { site: "default".parse().unwrap(), connector: "jira".into(), jira_user: name.parse().unwrap() }
    }

    async fn admit(admission: &Admission, who: &str, integration: &str) -> Result<Admitted, Crowded> {
        let integration = IntegrationId::parse(integration.to_owned()).unwrap();
        let provider = ProviderId::parse("git".to_owned()).unwrap();
        admission.admit(&user(who), Some(&integration), &provider).await
    }

    /// As many of one who asks for all she can get.
    async fn flood(admission: &Admission, who: &str, integration: &str, count: usize) -> (Vec<Admitted>, Vec<Crowded>) {
        let all = futures_util::future::join_all((0..count).map(|_| admit(admission, who, integration))).await;
        let (had, refused): (Vec<_>, Vec<_>) = all.into_iter().partition(Result::is_ok);
        (had.into_iter().flatten().collect(), refused.into_iter().filter_map(Result::err).collect())
    }

    #[tokio::test]
    async fn a17_a_flood_of_one_user_takes_no_more_than_her_share() {
        let admission = for_calls(500);
        let begun = Instant::now();
        let (had, refused) = flood(&admission, "mallory", "slow", 700).await;
        assert_eq!((had.len(), refused.len()), (20, 680));
        assert!(refused.iter().all(|crowded| *crowded == Crowded::User(20)));
        assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
        let (others, refused) = flood(&admission, "ann", "main", 20).await;
        assert_eq!((others.len(), refused.len()), (20, 0));
        drop(had);
        assert_eq!(flood(&admission, "mallory", "slow", 20).await.0.len(), 20, "given back");
    }

    #[tokio::test]
    async fn a17_many_users_of_one_slow_integration_leave_room_at_others() {
        let admission = Admission { patience: Duration::from_millis(20), ..for_calls(500) };
        let mut under_way = Vec::new();
        for user in 0..30 {
            under_way.extend(flood(&admission, &format!("u{user}"), "slow", 20).await.0);
        }
        assert_eq!(under_way.len(), 250);
        let refused = admit(&admission, "u99", "slow").await.unwrap_err();
        assert_eq!(refused, Crowded::Integration(250));
        assert!(admit(&admission, "u99", "main").await.is_ok());
    }

    #[tokio::test]
    async fn a17_where_there_is_room_for_few_everybody_has_one_and_the_whole_is_told() {
        let admission = for_calls(1);
        let one = admit(&admission, "ann", "main").await.unwrap();
        assert_eq!(admit(&admission, "ann", "main").await.unwrap_err(), Crowded::User(1));
        let (waited, ()) = tokio::join!(admit(&admission, "ann", "main"), async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            drop(one);
        });
        assert!(waited.is_ok(), "waits for its turn");
        let other = IntegrationId::parse("other".to_owned()).unwrap();
        let provider = ProviderId::parse("another".to_owned()).unwrap();
        let refused = admission.admit(&user("bob"), Some(&other), &provider).await.unwrap_err();
        assert!(matches!(refused, Crowded::Connector(1) | Crowded::Everybody(1)), "{refused}");
    }

    #[tokio::test]
    async fn a17_who_waits_for_no_answer_waits_for_no_turn() {
        let admission = for_calls(1);
        let _one = admit(&admission, "ann", "main").await.unwrap();
        let begun = Instant::now();
        let (answering, caller) = waiting::answering(admit(&admission, "ann", "main"));
        let (waited, ()) = tokio::join!(answering, async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            drop(caller);
        });
        assert!(waited.is_err() && begun.elapsed() < Duration::from_millis(250));
    }

    #[tokio::test]
    async fn a17_shares_are_forgotten_once_nothing_is_under_way() {
        let admission = for_calls(500);
        let kept = admit(&admission, "kept", "main").await.unwrap();
        for user in 0..3 * MANY_SHARES {
            admit(&admission, &format!("u{user}"), "main").await.unwrap();
        }
        let shares = admission.shares.lock().unwrap();
        assert!(shares.len() <= MANY_SHARES + 3);
        assert!(shares.contains_key(&Whose::User("default/kept".into())));
        drop(kept);
    }
}
