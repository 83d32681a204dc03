//! What a store says when it did not do something, whichever backend it is.

/// Why the store did not do it. Nothing is half done, and nothing is done at all, but for [`StoreError::OutcomeUnknown`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The id is taken.
    #[error("{0} exists already")]
    Conflict(String),
    /// What was to be changed, or stored with, is not there (any more).
    #[error("there is no {0}")]
    Missing(String),
    /// Somebody changed it since the state that was expected.
    #[error("{0} was changed meanwhile")]
    Changed(String),
    /// Others need it, or have it.
    #[error("{0}")]
    InUse(String),
    /// Cannot be written or read now: disk full, read-only, busy. The text is for the log.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// It may have been kept: the device failed in the middle of a commit and did not say. Nothing more is written until the
    /// store is opened anew, which tells. The text is for the log.
    #[error("whether the last commit was kept is unknown: {0}")]
    OutcomeUnknown(String),
    /// What was read is not what was written. The text is for the log.
    #[error("the store is damaged: {0}")]
    Damaged(String),
    /// Made by an earlier version of the program, with a schema of this number, and not upgraded yet.
    #[error("this database has schema {0}, made by an earlier version of Countersign, and is not upgraded yet")]
    Outdated(usize),
    /// Made by a newer version of the program, or with another key.
    #[error("{0}")]
    Unusable(String),
}
