//! Opening the database file, with the settings that the store's promises rest on.

use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::StoreError;
use crypto::sync_directory_of;

/// How long to wait for another process that is writing: longer than any command's transaction, shorter than a caller's
/// patience.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Prepared statements kept per connection: more than the store has.
const CACHED_STATEMENTS: usize = 96;

/// What the writer's connection is set to, and must then be found at.
///
/// `synchronous` 2 is FULL: a commit returns when it is on the device. `temp_store` 2 is memory: SQLite would otherwise put
/// old pages into temporary files. `secure_delete` 1 overwrites what is deleted.
const SETTINGS: [(&str, &str); 7] = [
    ("journal_mode", "wal"),
    ("synchronous", "2"),
    ("secure_delete", "1"),
    ("foreign_keys", "1"),
    ("trusted_schema", "0"),
    ("temp_store", "2"),
    ("cell_size_check", "1"),
];

/// Opens the file for writing, made readable by its owner only where there is none, and has one that is not ours refused
/// before anything in it is touched.
pub(super) fn open_writer(
    path: &Path,
    refuse: fn(&Connection) -> Result<(), StoreError>,
) -> Result<Connection, StoreError> {
    create_private(path)?;
    let database = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    refuse(&database)?;
    database.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    for (name, value) in SETTINGS {
        // Some of these answer with a row, some do not.
        database.pragma_update_and_check(None, name, value, |_| Ok(())).or_else(|error| match error {
            rusqlite::Error::QueryReturnedNoRows => Ok(()),
            error => Err(error),
        })?;
    }
    Ok(database)
}

/// Refuses a database that another process has open: daemons of earlier versions, for one, which held nothing else that
/// would show. Only a connection that is alone can leave the write-ahead log; it goes back to it at once.
pub(super) fn refuse_company(writer: &Connection) -> Result<(), StoreError> {
    let journal = |mode| writer.pragma_update_and_check(None, "journal_mode", mode, |row| row.get::<_, String>(0));
    let left = journal("delete");
    journal("wal")?;
    match left {
        Ok(mode) if mode == "delete" => Ok(()),
        Err(error) if error.sqlite_error_code() != Some(ErrorCode::DatabaseBusy) => Err(error.into()),
        _ => Err(StoreError::Unusable(
            "this database is of an earlier version, and is not upgraded while another process has it open: stop that first"
                .to_owned(),
        )),
    }
}

/// Makes sure that every setting took: a file system without shared memory, for one, silently keeps SQLite from using a
/// write-ahead log.
pub(super) fn harden(writer: &Connection) -> Result<(), StoreError> {
    for (name, promised) in SETTINGS {
        let found = setting(writer, name)?;
        if found != promised {
            let text = format!("the database needs {name} = {promised} and got {found}");
            return Err(StoreError::Unusable(text));
        }
    }
    Ok(())
}

/// A connection that can only read.
pub(super) fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    let database = open(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    database.pragma_update(None, "query_only", true)?;
    database.pragma_update(None, "trusted_schema", false)?;
    database.pragma_update(None, "temp_store", 2)?;
    Ok(database)
}

/// A connection that leaves the files as they are. A database without a write-ahead log is nobody's at the moment: SQLite is
/// told that it stays so, and makes no log of its own.
pub(super) fn open_untouched(path: &Path) -> Result<Connection, StoreError> {
    if beside(path, "-wal").exists() {
        return open_reader(path);
    }
    let (access, uri) = (OpenFlags::SQLITE_OPEN_READ_ONLY, OpenFlags::SQLITE_OPEN_URI);
    open(Path::new(&format!("file:{}?immutable=1", escaped(path))), access | uri)
}

/// A path in a URI: whatever might mean something there is written as its bytes.
fn escaped(path: &Path) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._".contains(&byte);
    let bytes = path.as_os_str().as_bytes().iter();
    bytes.map(|byte| if plain(*byte) { char::from(*byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// A file that SQLite keeps beside the database.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn open(path: &Path, access: OpenFlags) -> Result<Connection, StoreError> {
    let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let database = Connection::open_with_flags(path, flags)?;
    database.busy_timeout(BUSY_TIMEOUT)?;
    database.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
    Ok(database)
}

/// A setting's value, as text.
pub(super) fn setting(database: &Connection, name: &str) -> Result<String, StoreError> {
    let value = database.pragma_query_value(None, name, |row| row.get::<_, rusqlite::types::Value>(0))?;
    Ok(match value {
        rusqlite::types::Value::Integer(number) => number.to_string(),
        rusqlite::types::Value::Text(text) => text,
        _ => String::new(),
    })
}

/// SQLite gives its write-ahead log the mode of the database file, so this covers both.
fn create_private(path: &Path) -> Result<(), StoreError> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(_) => sync_directory_of(path).map_err(|error| unavailable(path, &error)),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(unavailable(path, &error)),
    }
}

fn unavailable(path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Unavailable(format!("{}: {error}", path.display()))
}
