//! What is under way, by what it would bring about: one attempt after the other, so that the second is told what the first came to.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use store::Fingerprint;
use tokio::sync::OwnedMutexGuard;

/// Turns of those who would bring about the same.
type Turns = Mutex<HashMap<Fingerprint, Arc<tokio::sync::Mutex<Came>>>>;

/// What attempts at the same have come to, those that were under way without a break.
#[derive(Debug, Default)]
struct Came {
    /// Whether one of them may have brought it about.
    to_something: bool,
}

/// Every attempt that is under way, or waits for another.
#[derive(Debug, Default)]
pub(super) struct UnderWay(Arc<Turns>);

/// Nobody else is at the same, until it is dropped.
pub(super) struct Alone {
    turns: Arc<Turns>,
    fingerprint: Fingerprint,
    turn: Option<OwnedMutexGuard<Came>>,
    /// Whether this attempt may have brought it about, as far as it is known by now: it may be broken off at any time.
    may_have: AtomicBool,
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
    /// Waits until nobody else is at the same.
    pub async fn alone(&self, fingerprint: Fingerprint) -> Alone {
        let mut alone = Alone { turns: self.0.clone(), fingerprint, turn: None, may_have: AtomicBool::new(false) };
        let turn = {
            let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            turns.entry(fingerprint).or_default().clone()
        };
        alone.turn = Some(turn.lock_owned().await);
        alone
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
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    #[tokio::test]
    async fn one_attempt_at_the_same_is_under_way_and_nothing_of_it_is_left() {
        let under_way = UnderWay::default();
        let first = under_way.alone([1; 32]).await;
        let short = Duration::from_millis(10);
        assert!(timeout(short, under_way.alone([1; 32])).await.is_err(), "given up");
        assert!(!timeout(short, under_way.alone([2; 32])).await.unwrap().came_to_something());
        let (second, ()) = tokio::join!(under_way.alone([1; 32]), async {
            tokio::time::sleep(short).await;
            first.note(true);
            drop(first);
        });
        assert!(second.came_to_something());
        assert_eq!(under_way.0.lock().unwrap().len(), 1);
        drop(second);
        assert!(under_way.0.lock().unwrap().is_empty());
        assert!(!under_way.alone([1; 32]).await.came_to_something());
    }
}
