//! What is under way, by what it would bring about: one attempt after the other, so that the second is told what the first came to.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use store::Fingerprint;
use tokio::sync::OwnedMutexGuard;
use tokio::time::timeout;

use super::admission::Crowded;
use super::waiting;

/// How long somebody waits for another attempt at the same to end. Most end much sooner, and a request takes two minutes at most: there is
/// to be time left to look what became of it.
const PATIENCE: Duration = Duration::from_secs(45);

/// Turns of those who would bring about the same.
type Turns = Mutex<HashMap<Fingerprint, Arc<tokio::sync::Mutex<Came>>>>;

/// What attempts at the same have come to, those that were under way without a break.
#[derive(Debug, Default)]
struct Came {
    /// Whether one of them may have brought it about.
    to_something: bool,
}

/// Every attempt that is under way, or waits for another.
#[derive(Debug)]
pub(super) struct UnderWay {
    turns: Arc<Turns>,
    patience: Duration,
}

impl Default for UnderWay {
    fn default() -> Self {
        Self { turns: Arc::default(), patience: PATIENCE }
    }
}

/// Nobody else is at the same, until it is dropped.
pub(super) struct Alone {
    turns: Arc<Turns>,
    fingerprint: Fingerprint,
    turn: Option<OwnedMutexGuard<Came>>,
    /// Whether this attempt may have brought it about, as far as it is known by now: it may be broken off at any time.
    may_have: AtomicBool,
    /// Whether time has passed since it was asked for.
    pub was_waited_for: bool,
}

impl Alone {
    /// Whether it may have been brought about by somebody who was waited for.
    pub fn came_to_something(&self) -> bool {
        self.turn.as_ref().is_some_and(|came| came.to_something)
    }

    /// Whether this attempt may have brought it about: then who waits for it looks first.
    pub fn note(&self, may_have: bool) {
        self.may_have.store(may_have, Ordering::Relaxed);
    }
}

impl UnderWay {
    /// Waits until nobody else is at the same, as long as anybody waits for the answer, and where one more may wait.
    pub async fn alone<W>(
        &self,
        fingerprint: Fingerprint,
        may_wait: impl FnOnce() -> Result<W, Crowded>,
    ) -> Result<Alone, Crowded> {
        let may_have = AtomicBool::new(false);
        let mut alone = Alone { turns: self.turns.clone(), fingerprint, turn: None, may_have, was_waited_for: false };
        let turn = {
            let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
            turns.entry(fingerprint).or_default().clone()
        };
        alone.turn = turn.clone().try_lock_owned().ok();
        if alone.turn.is_none() {
            let _waits = may_wait()?;
            alone.was_waited_for = true;
            alone.turn = tokio::select! {
                biased;
                () = waiting::given_up() => return Err(Crowded::Gone),
                turn = timeout(self.patience, turn.lock_owned()) => {
                    Some(turn.map_err(|_| Crowded::Same(self.patience.as_secs()))?)
                }
            };
        }
        Ok(alone)
    }
}

impl Drop for Alone {
    fn drop(&mut self) {
        if let Some(mut came) = self.turn.take() {
            came.to_something |= self.may_have.load(Ordering::Relaxed);
        }
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        // Who waits has it, too.
        if turns.get(&self.fingerprint).is_some_and(|turn| Arc::strong_count(turn) == 1) {
            turns.remove(&self.fingerprint);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn anybody() -> Result<(), Crowded> {
        Ok(())
    }

    #[tokio::test]
    async fn one_attempt_at_the_same_is_under_way_and_nothing_of_it_is_left() {
        let short = Duration::from_millis(10);
        let under_way = UnderWay { patience: short, ..UnderWay::default() };
        let first = under_way.alone([1; 32], anybody).await.unwrap();
        assert!(matches!(under_way.alone([1; 32], anybody).await, Err(Crowded::Same(_))));
        assert!(!under_way.alone([2; 32], anybody).await.unwrap().came_to_something());
        let under_way = UnderWay { patience: PATIENCE, ..under_way };
        let (second, ()) = tokio::join!(under_way.alone([1; 32], anybody), async {
            tokio::time::sleep(short).await;
            first.note(true);
            drop(first);
        });
        let second = second.unwrap();
        assert!(second.came_to_something());
        let (waits, caller) = waiting::answering(under_way.alone([1; 32], anybody));
        drop(caller);
        assert!(matches!(waits.await, Err(Crowded::Gone)));
        let crowded = under_way.alone([1; 32], || Err::<(), _>(Crowded::User(1))).await;
        assert!(matches!(crowded, Err(Crowded::User(1))), "as many wait as may");
        assert_eq!(under_way.turns.lock().unwrap().len(), 1);
        drop(second);
        assert!(under_way.turns.lock().unwrap().is_empty());
        assert!(!under_way.alone([1; 32], anybody).await.unwrap().came_to_something());
    }
}
