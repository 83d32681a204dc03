//! Room for large replies: few calls at once may hold one, so that all that is in memory of them is bounded.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OnceCell, OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// Calls at once that may be given replies larger than the ordinary. Each of them takes at most twice the largest reply here
/// and the memory of an instance, 128 MiB in all.
const MAX_LARGE_CALLS: usize = 4;
/// How long a call waits for another to end: less than a reply may take, so that it is told what it waited for.
const MAX_WAIT: Duration = Duration::from_secs(10);

/// All there is.
#[derive(Clone)]
pub(super) struct Rooms {
    places: Arc<Semaphore>,
    wait: Duration,
}

/// What one call has of it: nothing, until a large reply comes, and from then on a place until it ends.
pub(crate) struct Room {
    of: Rooms,
    had: OnceCell<OwnedSemaphorePermit>,
}

impl Rooms {
    pub(super) fn new() -> Self {
        Self::of(MAX_LARGE_CALLS, MAX_WAIT)
    }

    fn of(places: usize, wait: Duration) -> Self {
        Self { places: Arc::new(Semaphore::new(places)), wait }
    }

    pub(super) fn room(&self) -> Room {
        Room { of: self.clone(), had: OnceCell::new() }
    }
}

impl Room {
    /// Whether there is a place for this call, perhaps after a while. Asked again, it is the same one.
    pub(super) async fn is_had(&self) -> bool {
        let place = || async {
            let free = timeout(self.of.wait, self.of.places.clone().acquire_owned()).await;
            free.ok().and_then(Result::ok).ok_or(())
        };
        self.had.get_or_try_init(place).await.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_call_has_one_place_until_it_ends_and_no_other_waits_longer_than_it_may() {
        let rooms = Rooms::of(2, Duration::from_millis(50));
        let all = [rooms.room(), rooms.room()];
        for room in &all {
            assert!(room.is_had().await && room.is_had().await);
        }
        let next = rooms.room();
        assert!(!next.is_had().await);
        let waiting = async {
            drop(all);
        };
        let (had, ()) = tokio::join!(next.is_had(), waiting);
        assert!(had);
    }
}
