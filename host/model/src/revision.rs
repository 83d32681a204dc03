//! Which state of a record somebody has seen.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Names one state of a record that people change. Grows with every change and is never used again, not even after the
/// record was removed and made anew: it is the number of the audit entry of the change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Revision(i64);

impl Revision {
    /// Of records that were never changed since there are revisions.
    pub const FIRST: Revision = Revision(0);

    /// The state made by the change with this number in the audit log.
    pub fn of_entry(sequence: i64) -> Self {
        Self(sequence)
    }

    /// As it is stored.
    pub fn number(self) -> i64 {
        self.0
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
