//! Bytes that may be held at one time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// So many bytes, shared by all that hold some of them.
#[derive(Debug, Clone)]
pub struct Budget(Arc<AtomicUsize>);

/// The [`Budget`] of the connection a request came on. HTTP/2 has many requests on one.
#[derive(Debug, Clone)]
pub struct OfConnection(pub Budget);

impl Budget {
    /// Of this many bytes.
    pub fn new(bytes: usize) -> Self {
        Self(Arc::new(AtomicUsize::new(bytes)))
    }

    /// To hold some of it, none yet.
    pub(super) fn hold(&self) -> Held {
        Held { budget: self.clone(), bytes: 0 }
    }
}

/// Bytes that are held; given back when this is dropped.
#[derive(Debug)]
pub(super) struct Held {
    budget: Budget,
    bytes: usize,
}

impl Held {
    /// False where there is no room for so many more now.
    pub(super) fn more(&mut self, bytes: usize) -> bool {
        let left = &self.budget.0;
        let taken = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(bytes)).is_ok();
        if taken {
            self.bytes += bytes;
        }
        taken
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.budget.0.fetch_add(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_is_bounded_and_comes_back() {
        let budget = Budget::new(10);
        let (mut some, mut others) = (budget.hold(), budget.hold());
        assert!(some.more(4) && some.more(3) && others.more(3));
        assert!(!some.more(1) && !others.more(1));
        drop(some);
        assert!(!others.more(8) && others.more(7));
        drop(others);
        assert!(budget.hold().more(10));
    }
}
