//! What SQLite's errors mean to the rest of the program.

use rusqlite::ErrorCode;
use rusqlite::ffi::{
    SQLITE_CONSTRAINT_FOREIGNKEY, SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE, SQLITE_IOERR_SHMSIZE,
};

use super::StoreError;

impl From<rusqlite::Error> for StoreError {
    /// Only SQLite's own texts get through: they name tables and columns, never what is in them.
    fn from(error: rusqlite::Error) -> Self {
        match &error {
            rusqlite::Error::SqliteFailure(failure, _) => match failure.code {
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => StoreError::Damaged(error.to_string()),
                _ => StoreError::Unavailable(with_reason(&error)),
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
        Some(ErrorCode::SystemIoFailure) => StoreError::OutcomeUnknown(with_reason(&error)),
        _ => error.into(),
    }
}

/// SQLite's text, after what an administrator can mend where that is known.
fn with_reason(error: &rusqlite::Error) -> String {
    let extended_code = error.sqlite_error().map(|failure| failure.extended_code);
    let reason = match (error.sqlite_error_code(), extended_code) {
        // The second is of a file that stands for memory shared with other processes: it is given its size when the database is opened.
        (Some(ErrorCode::DiskFull), _) | (_, Some(SQLITE_IOERR_SHMSIZE)) => "the disk that the database is on is full",
        (Some(ErrorCode::CannotOpen), _) => {
            "it, or a file that is kept beside it, cannot be made or opened by this user"
        }
        (Some(ErrorCode::ReadOnly), _) => "the database, or the disk that it is on, is read-only",
        _ => return error.to_string(),
    };
    format!("{reason} ({error})")
}

#[cfg(test)]
mod tests {
    use rusqlite::ffi::{SQLITE_FULL, SQLITE_IOERR_WRITE, SQLITE_READONLY_DIRECTORY};

    use super::*;

    #[test]
    fn s7_a_disk_that_takes_nothing_more_is_told_as_that() {
        let told = |code| StoreError::from(rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None));
        for (code, reason) in [
            (SQLITE_FULL, "the disk that the database is on is full ("),
            (SQLITE_IOERR_SHMSIZE, "the disk that the database is on is full ("),
            (SQLITE_READONLY_DIRECTORY, "the database, or the disk that it is on, is read-only ("),
        ] {
            assert!(matches!(told(code), StoreError::Unavailable(text) if text.starts_with(reason)), "{code}");
        }
        assert!(matches!(told(SQLITE_IOERR_WRITE), StoreError::Unavailable(text) if !text.contains("full")));
    }
}
