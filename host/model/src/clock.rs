//! The time, as an argument.

use super::Timestamp;

/// Tells the time. Whoever needs it takes one of these; only the daemon's own clock asks the system.
pub trait Clock: Send + Sync {
    fn now(&self) -> Timestamp;
}
