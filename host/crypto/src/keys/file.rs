//! Where the master key comes from: a file that only its owner can read, named, handed over by systemd, or kept beside
//! the database.
//!
//! A key is made in one case only: nobody named one and there is no database yet. Everything else that is not exactly a
//! key file in safe hands is refused with its name and what mends it; the content is never repeated.

use std::fmt;
use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use super::{MASTER_KEY_BYTES, MasterKey};
use crate::random::Random;

/// The key's name in the data directory.
pub const KEY_FILE_NAME: &str = "master.key";

/// The key's name among systemd's credentials (`LoadCredential=countersign-master-key:…`).
pub const CREDENTIAL_NAME: &str = "countersign-master-key";

/// Length of a key file's text without its newline, in bytes.
const HEX_DIGITS: usize = 2 * MASTER_KEY_BYTES;

/// Nobody but the owner: the mode bits that must be clear.
const GROUP_AND_OTHERS: u32 = 0o077;

/// systemd lends a credential to the service's user through an access control list, and its mask shows as the group's
/// permission to read (0440); the directory itself is closed to everybody else.
const ALL_BUT_GROUP_READING: u32 = 0o037;

/// Where to look, in this order.
#[derive(Debug, Clone, Copy)]
pub struct KeyPlaces<'a> {
    /// The file the administrator named; nowhere else is looked then.
    pub named: Option<&'a Path>,
    /// `$CREDENTIALS_DIRECTORY`; skipped when it holds no [`CREDENTIAL_NAME`].
    pub credentials_directory: Option<&'a Path>,
    /// Holds the database, and [`KEY_FILE_NAME`] where nothing else is named.
    pub data_directory: &'a Path,
    /// Whether there is a database already. It was made with some key, so none is made for it.
    pub database_exists: bool,
}

/// Where a key was found; the text is for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    /// In the file the administrator named.
    Named(PathBuf),
    /// Among what systemd hands to the service.
    SystemdCredential(PathBuf),
    /// Beside the database.
    DataDirectory(PathBuf),
    /// Made just now, in the data directory.
    New(PathBuf),
}

/// Why there is no key to work with.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error(
        "there is no master key at {0}: put it there; the first start makes one in the data directory where no other file is named"
    )]
    Missing(PathBuf),
    #[error("there is a database but no master key at {0}: put back the key the database was made with")]
    MissingForDatabase(PathBuf),
    #[error("the master key {0} is not a regular file (symbolic links are not followed)")]
    NotAFile(PathBuf),
    #[error("the master key {path} is open to others than its owner (mode {mode:04o}): run `chmod 400 {path}`", path = path.display())]
    OpenToOthers { path: PathBuf, mode: u32 },
    #[error("the master key {0} does not hold {HEX_DIGITS} hexadecimal digits and a newline, and nothing else")]
    Malformed(PathBuf),
    #[error("the master key {path} cannot be used", path = path.display())]
    Io { path: PathBuf, source: io::Error },
}

impl MasterKey {
    /// Finds the key, or makes one at the very first start.
    pub fn find(places: KeyPlaces<'_>, random: &dyn Random) -> Result<(Self, KeySource), KeyError> {
        if let Some(path) = places.named {
            let key = read(path, GROUP_AND_OTHERS)?;
            return Ok((key, KeySource::Named(path.to_owned())));
        }
        if let Some(path) = places.credentials_directory.map(|at| at.join(CREDENTIAL_NAME)) {
            match read(&path, ALL_BUT_GROUP_READING) {
                Err(KeyError::Missing(_)) => {}
                found => return Ok((found?, KeySource::SystemdCredential(path))),
            }
        }
        let path = places.data_directory.join(KEY_FILE_NAME);
        match read(&path, GROUP_AND_OTHERS) {
            Err(KeyError::Missing(_)) if places.database_exists => Err(KeyError::MissingForDatabase(path)),
            Err(KeyError::Missing(_)) => Ok((make(&path, random)?, KeySource::New(path))),
            found => Ok((found?, KeySource::DataDirectory(path))),
        }
    }
}

fn read(path: &Path, forbidden_mode: u32) -> Result<MasterKey, KeyError> {
    let mut file = open_private(path, forbidden_mode)?;
    // One byte more than a key file has, so that a longer file is seen to be longer.
    let mut text = Zeroizing::new([0; HEX_DIGITS + 2]);
    let length = read_up_to(&mut file, &mut *text).map_err(|source| io_error(path, source))?;
    parse(&text[..length]).ok_or_else(|| KeyError::Malformed(path.to_owned()))
}

/// Opens the very file whose type and mode were looked at: a file put in its place in between has another number.
fn open_private(path: &Path, forbidden_mode: u32) -> Result<File, KeyError> {
    let seen = path.symlink_metadata().map_err(|source| match source.kind() {
        ErrorKind::NotFound => KeyError::Missing(path.to_owned()),
        _ => io_error(path, source),
    })?;
    // Before opening: to open a FIFO is to wait for whoever writes to it.
    if !seen.is_file() {
        return Err(KeyError::NotAFile(path.to_owned()));
    }
    let file = File::open(path).map_err(|source| io_error(path, source))?;
    let opened = file.metadata().map_err(|source| io_error(path, source))?;
    if identity(&seen) != identity(&opened) {
        return Err(KeyError::NotAFile(path.to_owned()));
    }
    let mode = opened.mode() & 0o7777;
    if mode & forbidden_mode != 0 {
        return Err(KeyError::OpenToOthers { path: path.to_owned(), mode });
    }
    Ok(file)
}

fn identity(metadata: &Metadata) -> (u64, u64) {
    (metadata.dev(), metadata.ino())
}

fn read_up_to(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while length < buffer.len() {
        match file.read(&mut buffer[length..]) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(length)
}

fn parse(text: &[u8]) -> Option<MasterKey> {
    let digits = text.strip_suffix(b"\n").unwrap_or(text);
    if digits.len() != HEX_DIGITS || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    Some(MasterKey::filled_by(|bytes| {
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = digit(pair[0]) << 4 | digit(pair[1]);
        }
    }))
}

fn digit(hexadecimal: u8) -> u8 {
    match hexadecimal {
        b'0'..=b'9' => hexadecimal - b'0',
        _ => (hexadecimal | 0x20) - b'a' + 10,
    }
}

/// Makes the key, and returns only when file and directory entry would survive a power cut: nothing must be sealed with
/// a key that could be gone.
fn make(path: &Path, random: &dyn Random) -> Result<MasterKey, KeyError> {
    let key = MasterKey::random(random);
    write_new(path, &key).map_err(|source| io_error(path, source))?;
    Ok(key)
}

fn write_new(path: &Path, key: &MasterKey) -> io::Result<()> {
    let mut text = Zeroizing::new([b'\n'; HEX_DIGITS + 1]);
    for (pair, byte) in text.chunks_exact_mut(2).zip(key.0.expose_secret()) {
        pair[0] = b"0123456789abcdef"[usize::from(byte >> 4)];
        pair[1] = b"0123456789abcdef"[usize::from(byte & 15)];
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o400).open(path)?;
    file.write_all(&*text)?;
    file.sync_all()?;
    sync_directory_of(path)
}

/// Makes a file's name as durable as its content.
pub fn sync_directory_of(path: &Path) -> io::Result<()> {
    let directory = path.parent().filter(|directory| !directory.as_os_str().is_empty());
    File::open(directory.unwrap_or(Path::new(".")))?.sync_all()
}

fn io_error(path: &Path, source: io::Error) -> KeyError {
    KeyError::Io { path: path.to_owned(), source }
}

impl fmt::Display for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeySource::Named(path) => write!(f, "{}, as named", path.display()),
            KeySource::SystemdCredential(path) => {
                write!(f, "{}, a systemd credential", path.display())
            }
            KeySource::DataDirectory(path) => write!(f, "{}", path.display()),
            KeySource::New(path) => write!(f, "{}, made just now", path.display()),
        }
    }
}

#[cfg(test)]
mod tests;
