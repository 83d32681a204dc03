//! One step of the tour: played, and told.

use std::any::Any;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

use super::check::{Miss, Outcome};
use crate::demo::screen::Screen;

/// A step went wrong and was told; those after it mean nothing.
pub(super) struct Stopped;

/// Plays one step and tells how it went.
pub(super) async fn step<T>(
    screen: &Screen,
    who: &str,
    what: &str,
    play: impl Future<Output = Outcome<T>>,
) -> Result<T, Stopped> {
    match play.await {
        Ok((value, seen)) => {
            screen.done(who, what, &seen);
            Ok(value)
        }
        Err(Miss { expected, came }) => {
            screen.failed(who, what, &expected, &came);
            Err(Stopped)
        }
    }
}

/// Plays what panics where it cannot go on, as everything of a browser does: that is a promise that was not kept, and no more.
pub(super) async fn watched<T>(play: impl Future<Output = Outcome<T>>) -> Outcome<T> {
    let mut play = pin!(play);
    let played = poll_fn(|context| {
        // Whatever it was about is not used any more after a panic.
        match catch_unwind(AssertUnwindSafe(|| play.as_mut().poll(context))) {
            Ok(polled) => polled.map(Ok),
            Err(panic) => Poll::Ready(Err(panic)),
        }
    });
    played.await.unwrap_or_else(|panic| Err(Miss::new("a page as it is promised", said(&*panic))))
}

fn said(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic without words")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_a_promise_that_was_not_kept() {
        let found = Vec::<u32>::new();
        let missed = watched(async {
            tokio::task::yield_now().await;
            let found = found.first().expect("a button");
            Ok((*found, String::new()))
        });
        assert_eq!(missed.await, Err(Miss::new("a page as it is promised", "a button")));
        assert_eq!(watched(async { Ok((7, "seen".to_owned())) }).await, Ok((7, "seen".to_owned())));
    }
}
