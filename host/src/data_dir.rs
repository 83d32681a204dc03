//! The directory that everything is kept in: its owner's alone, and one daemon's at a time. So are the files in it.

use std::fs::{self, DirBuilder, File, Metadata, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// Who can write there can put another key or database in place.
const MODE: u32 = 0o700;
/// Write permission of the group and of everybody.
const WRITABLE_BY_OTHERS: u32 = 0o022;
/// The database's name in the data directory.
pub const DATABASE_FILE_NAME: &str = "countersign.db";

/// What SQLite keeps beside it: the write-ahead log, its index, and what a transaction would be taken back with.
const DATABASE_ENDINGS: [&str; 4] = ["", "-wal", "-shm", "-journal"];

/// Who may look into the directory's files, by its permissions, and what they may do there by a file's own.
const GROUP: (u32, u32) = (0o010, 0o060);
const EVERYBODY: (u32, u32) = (0o001, 0o006);

/// Held by the daemon that works on the directory.
const LOCK_FILE_NAME: &str = "daemon.lock";
/// Where Linux says whose process this is.
const SELF: &str = "/proc/self";

/// Why a directory is not worked on.
#[derive(Debug, thiserror::Error)]
pub enum DataDirError {
    /// Not there, and not to be made by this user.
    #[error(
        "the data directory {path} cannot be made; make it for this user, or name another with --data-dir",
        path = path.display()
    )]
    Unmakable {
        /// The directory.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// There, and not for this user.
    #[error(
        "the data directory {path} cannot be entered by this user; run this as the user whose it is, or name another with \
         --data-dir",
        path = path.display()
    )]
    Closed {
        /// The directory.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A file, most likely.
    #[error("{path} is no directory; name the data directory with --data-dir", path = path.display())]
    NotADirectory {
        /// What was named.
        path: PathBuf,
    },
    /// Nobody knows what is there.
    #[error("the data directory {path} cannot be looked at", path = path.display())]
    Unseen {
        /// The directory.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The daemon that works on it says so there.
    #[error("the data directory {path} cannot be written; make it this user's, or name another with --data-dir", path = path.display())]
    Unwritable {
        /// The directory.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A command that makes none was given a directory that is none.
    #[error(
        "there is no data directory {path}: make it with `countersign init --data-dir {path}`, or name the one there is with \
         --data-dir (in the environment COUNTERSIGN_DATA_DIR, in the configuration file data_dir)",
        path = path.display()
    )]
    Missing {
        /// What was named.
        path: PathBuf,
    },
    /// The same, of a directory of something else.
    #[error(
        "the directory {path} has no database of Countersign in it: make one with `countersign init --data-dir {path}`, or name \
         the directory that has it with --data-dir (in the environment COUNTERSIGN_DATA_DIR, in the configuration file data_dir)",
        path = path.display()
    )]
    Empty {
        /// What was named.
        path: PathBuf,
    },
    /// Its permissions.
    #[error(
        "the data directory {path} can be written by others (its mode is {mode:03o}), who could put another key or database \
         in place: make it its owner's alone with `chmod 700 {path}`, or name another with --data-dir",
        path = path.display()
    )]
    WritableByOthers {
        /// The directory.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// A file's permissions, in a directory that others can enter.
    #[error(
        "{path} can be read or written by others (its mode is {mode:03o}), and holds everybody's credentials, sealed, and who is \
         administrator: make it its owner's alone with `chmod 600 {path}`",
        path = path.display()
    )]
    OpenToOthers {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// Its owner.
    #[error(
        "the data directory {path} belongs to another user (id {owner}; this process runs as {own}), who could put another \
         key or database in place: `chown` it, or name another with --data-dir",
        path = path.display()
    )]
    OfAnother {
        /// The directory.
        path: PathBuf,
        /// Whose it is.
        owner: u32,
        /// Who is asking.
        own: u32,
    },
    /// Two daemons on one database would compile, sweep and answer for each other.
    #[error(
        "another daemon works on the data directory {path}: stop it first, or name another directory with --data-dir",
        path = path.display()
    )]
    Locked {
        /// The directory.
        path: PathBuf,
    },
}

/// Makes the directory where there is none, and holds the one there is to its owner.
pub fn make(path: &Path) -> Result<(), DataDirError> {
    hold(path)?;
    let unmakable = |source| DataDirError::Unmakable { path: path.to_owned(), source };
    DirBuilder::new().recursive(true).mode(MODE).create(path).map_err(unmakable)?;
    hold(path)
}

/// Holds the directory, where there is one, and the database in it to their owner. (Who opens the key holds it to its own.)
pub fn hold(path: &Path) -> Result<(), DataDirError> {
    let own = fs::metadata(SELF).ok().map(|process| process.uid());
    let Some(directory) = found(path, path)? else { return Ok(()) };
    if !directory.is_dir() {
        return Err(DataDirError::NotADirectory { path: path.to_owned() });
    }
    hold_to_its_owner(path, &directory, own)?;
    let others = [GROUP, EVERYBODY].iter().filter(|(enter, _)| directory.mode() & enter != 0);
    let theirs = others.fold(0, |theirs, (_, use_it)| theirs | use_it);
    for ending in DATABASE_ENDINGS {
        let file = path.join(format!("{DATABASE_FILE_NAME}{ending}"));
        if let Some(mode) = found(path, &file)?.map(|file| file.mode() & 0o777).filter(|mode| mode & theirs != 0) {
            return Err(DataDirError::OpenToOthers { path: file, mode });
        }
    }
    Ok(())
}

/// Whether there is a database in the directory. One without a byte is none: whoever was to make it was kept from it.
pub fn has_database(path: &Path) -> Result<bool, DataDirError> {
    Ok(found(path, &path.join(DATABASE_FILE_NAME))?.is_some_and(|file| file.len() > 0))
}

/// Refuses a directory in which nothing was made yet, and makes nothing.
pub fn expect_made(path: &Path) -> Result<(), DataDirError> {
    hold(path)?;
    match (has_database(path)?, found(path, path)?) {
        (true, _) => Ok(()),
        (false, Some(_)) => Err(DataDirError::Empty { path: path.to_owned() }),
        (false, None) => Err(DataDirError::Missing { path: path.to_owned() }),
    }
}

/// The directory itself, or a file in it.
fn found(directory: &Path, path: &Path) -> Result<Option<Metadata>, DataDirError> {
    match fs::metadata(path) {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unseen(directory, error)),
    }
}

fn unseen(directory: &Path, source: io::Error) -> DataDirError {
    let path = directory.to_owned();
    match source.kind() {
        io::ErrorKind::PermissionDenied => DataDirError::Closed { path, source },
        io::ErrorKind::NotADirectory => DataDirError::NotADirectory { path },
        _ => DataDirError::Unseen { path, source },
    }
}

/// Root could write there anyway.
fn hold_to_its_owner(path: &Path, found: &Metadata, own: Option<u32>) -> Result<(), DataDirError> {
    let mode = found.mode() & 0o777;
    if mode & WRITABLE_BY_OTHERS != 0 {
        return Err(DataDirError::WritableByOthers { path: path.to_owned(), mode });
    }
    match own {
        Some(own) if found.uid() != own && found.uid() != 0 => {
            Err(DataDirError::OfAnother { path: path.to_owned(), owner: found.uid(), own })
        }
        _ => Ok(()),
    }
}

/// The right of one daemon to work on the directory, for as long as it lives.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// Gets it, or says that another daemon has it. The system takes it back when the process ends, however it ends.
pub fn lock(path: &Path) -> Result<Lock, DataDirError> {
    let unwritable = |source| DataDirError::Unwritable { path: path.to_owned(), source };
    let file = File::options().write(true).create(true).truncate(false).mode(0o600).open(path.join(LOCK_FILE_NAME));
    let file = file.map_err(unwritable)?;
    match file.try_lock() {
        Ok(()) => Ok(Lock { _file: file }),
        Err(TryLockError::WouldBlock) => Err(DataDirError::Locked { path: path.to_owned() }),
        Err(TryLockError::Error(source)) => Err(unwritable(source)),
    }
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt as _;

    use tempfile::TempDir;

    use super::*;

    #[test]
    fn s14_a_directory_that_others_can_write_is_refused_with_the_reason() {
        let directory = TempDir::new().unwrap();
        for mode in [0o777, 0o770, 0o702, 0o720, 0o1777] {
            fs::set_permissions(directory.path(), Permissions::from_mode(mode)).unwrap();
            let refused = make(directory.path()).unwrap_err().to_string();
            assert!(refused.contains("can be written by others") && refused.contains("chmod 700"), "{refused}");
        }
        for mode in [0o700, 0o755, 0o750] {
            fs::set_permissions(directory.path(), Permissions::from_mode(mode)).unwrap();
            make(directory.path()).unwrap();
        }
    }

    #[test]
    fn s14_a_directory_of_another_user_is_refused_with_the_reason() {
        let directory = TempDir::new().unwrap();
        let found = fs::metadata(directory.path()).unwrap();
        let judged = |own| hold_to_its_owner(directory.path(), &found, own).map_err(|error| error.to_string());
        assert_eq!(judged(Some(found.uid())), Ok(()));
        assert_eq!(judged(None), Ok(()), "where the system does not say");
        let by_another = judged(Some(found.uid() + 1));
        // Whatever root owns is not another user's.
        assert_eq!(by_another.is_err(), found.uid() != 0, "{by_another:?}");
    }

    #[test]
    fn s14_a_database_that_others_can_read_or_write_is_refused_with_the_reason() {
        let directory = TempDir::new().unwrap();
        let set = |path: &Path, mode| fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
        for ending in DATABASE_ENDINGS {
            let file = directory.path().join(format!("{DATABASE_FILE_NAME}{ending}"));
            fs::write(&file, "").unwrap();
            let refused =
                [(0o755, 0o666), (0o755, 0o644), (0o755, 0o602), (0o750, 0o640), (0o710, 0o620), (0o711, 0o604)];
            for (of_directory, of_file) in refused {
                set(directory.path(), of_directory);
                set(&file, of_file);
                let refused = make(directory.path()).unwrap_err().to_string();
                let mend = format!("`chmod 600 {}`", file.display());
                assert!(
                    refused.contains(&format!("(its mode is {of_file:03o})")) && refused.contains(&mend),
                    "{refused}"
                );
            }
            // Nobody comes near a file in a directory that is closed to them.
            for (of_directory, of_file) in [(0o755, 0o600), (0o700, 0o666), (0o750, 0o604), (0o755, 0o400)] {
                set(directory.path(), of_directory);
                set(&file, of_file);
                make(directory.path()).unwrap();
            }
            set(&file, 0o600);
        }
    }

    #[test]
    fn s14_one_daemon_works_on_a_directory_at_a_time() {
        let directory = TempDir::new().unwrap();
        let first = lock(directory.path()).unwrap();
        let refused = lock(directory.path()).unwrap_err().to_string();
        assert!(refused.starts_with("another daemon works on the data directory "), "{refused}");
        drop(first);
        lock(directory.path()).unwrap();
    }

    #[test]
    fn a_directory_in_which_nothing_was_made_is_refused_and_stays_as_it_is() {
        let directory = TempDir::new().unwrap();
        let path = directory.path().join("typo");
        let refused = expect_made(&path).unwrap_err().to_string();
        assert!(refused.starts_with("there is no data directory ") && refused.contains("--data-dir"), "{refused}");
        assert!(!path.exists());
        make(&path).unwrap();
        let refused = expect_made(&path).unwrap_err().to_string();
        assert!(
            refused.contains("has no database of Countersign in it") && refused.contains("countersign init"),
            "{refused}"
        );
        fs::write(path.join(DATABASE_FILE_NAME), "").unwrap();
        assert!(matches!(expect_made(&path), Err(DataDirError::Empty { .. })), "nothing was written into it");
        fs::write(path.join(DATABASE_FILE_NAME), "x").unwrap();
        expect_made(&path).unwrap();
    }

    #[test]
    fn what_is_wrong_is_said_of_the_directory_and_not_that_it_could_not_be_made_where_nobody_makes_one() {
        let directory = TempDir::new().unwrap();
        let file = directory.path().join("file");
        fs::write(&file, "").unwrap();
        fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
        let said = |path: &Path| expect_made(path).unwrap_err().to_string();
        for path in [file.clone(), file.join("below")] {
            let expected = format!("{} is no directory; name the data directory with --data-dir", path.display());
            assert_eq!(said(&path), expected);
            assert_eq!(make(&path).unwrap_err().to_string(), expected);
        }
        let long = directory.path().join("x".repeat(300));
        assert_eq!(said(&long), format!("the data directory {} cannot be looked at", long.display()));
        let closed = unseen(&file, io::ErrorKind::PermissionDenied.into()).to_string();
        assert!(closed.starts_with(&format!("the data directory {} cannot be entered by this user;", file.display())));
        assert!(make(Path::new("/proc/none")).unwrap_err().to_string().contains("/proc/none cannot be made;"));
    }

    #[test]
    fn a_directory_that_is_not_there_is_made_for_its_owner_alone() {
        let directory = TempDir::new().unwrap();
        let path = directory.path().join("a/b");
        make(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, MODE);
    }
}
