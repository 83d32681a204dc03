//! What SQLite's errors mean to the rest of the program.

use rusqlite::ErrorCode;
use rusqlite::ffi::{SQLITE_CONSTRAINT_FOREIGNKEY, SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE};

use super::StoreError;

impl From<rusqlite::Error> for StoreError {
    /// Only SQLite's own texts get through: they name tables and columns, never what is in them.
    fn from(error: rusqlite::Error) -> Self {
        match &error {
            rusqlite::Error::SqliteFailure(failure, _) => match failure.code {
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => StoreError::Damaged(error.to_string()),
                _ => StoreError::Unavailable(error.to_string()),
            },
            _ => StoreError::Damaged("a column does not hold what its table promises".to_owned()),
        }
    }
}

/// What an INSERT's error means: `new` names the thing inserted, should its id be taken, `owner` what it refers to, should
/// that be gone.
pub(super) fn refused(error: rusqlite::Error, new: &str, owner: &str) -> StoreError {
    match error.sqlite_error().map(|failure| failure.extended_code) {
        Some(SQLITE_CONSTRAINT_PRIMARYKEY | SQLITE_CONSTRAINT_UNIQUE) => StoreError::Conflict(new.to_owned()),
        Some(SQLITE_CONSTRAINT_FOREIGNKEY) => StoreError::Missing(owner.to_owned()),
        _ => error.into(),
    }
}

/// The same for what refers to nothing.
pub(super) fn taken(error: rusqlite::Error, new: &str) -> StoreError {
    refused(error, new, "such row to refer to")
}

/// What a COMMIT's error means. One that the device gave may yet be found done after a restart.
pub(super) fn of_commit(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::SystemIoFailure) => StoreError::OutcomeUnknown(error.to_string()),
        _ => error.into(),
    }
}
