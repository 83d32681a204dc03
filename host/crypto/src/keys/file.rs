//! Where the master key comes from: a file that nobody else can read, named, handed over by systemd, or kept beside the
//! database.
//!
//! A key is made in one case only: nobody named one and there is no database yet. Everything else that is not exactly a
//! key file in safe hands is refused with its name and what mends it; the content is never repeated.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use super::{MASTER_KEY_BYTES, MasterKey};
use crate::random::Random;
use crate::secret_file::{GroupReading, SecretFileError, open_secret_file};

/// The key's name in the data directory.
pub const KEY_FILE_NAME: &str = "master.key";

/// The key's name among systemd's credentials (`LoadCredential=countersign-master-key:…`).
pub const CREDENTIAL_NAME: &str = "countersign-master-key";

/// Length of a key file's text without its newline, in bytes.
const HEX_DIGITS: usize = 2 * MASTER_KEY_BYTES;

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
    #[error("the master key {0} does not hold {HEX_DIGITS} hexadecimal digits and a newline, and nothing else")]
    Malformed(PathBuf),
    #[error("the master key cannot be used")]
    File(#[from] SecretFileError),
    #[error("the master key {path} cannot be read", path = path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error(
        "the master key {path} cannot be made; its directory has to be writable for this user and its disk to have room, or name \
         another with --data-dir",
        path = path.display()
    )]
    Make { path: PathBuf, source: io::Error },
}

impl MasterKey {
    /// Finds the key, or makes one at the very first start.
    pub fn find(places: KeyPlaces<'_>, random: &dyn Random) -> Result<(Self, KeySource), KeyError> {
        if let Some(path) = places.named {
            let key = read(path, GroupReading::OwnGroups)?;
            return Ok((key, KeySource::Named(path.to_owned())));
        }
        if let Some(path) = places.credentials_directory.map(|at| at.join(CREDENTIAL_NAME)) {
            match read(&path, GroupReading::BySystemd) {
                Err(KeyError::Missing(_)) => {}
                found => return Ok((found?, KeySource::SystemdCredential(path))),
            }
        }
        let path = places.data_directory.join(KEY_FILE_NAME);
        match read(&path, GroupReading::OwnGroups) {
            Err(KeyError::Missing(_)) if places.database_exists => Err(KeyError::MissingForDatabase(path)),
            Err(KeyError::Missing(_)) => Ok((make(&path, random)?, KeySource::New(path))),
            found => Ok((found?, KeySource::DataDirectory(path))),
        }
    }
}

fn read(path: &Path, group_reading: GroupReading) -> Result<MasterKey, KeyError> {
    let mut file = open_secret_file(path, group_reading).map_err(|error| match error {
        SecretFileError::Missing(path) => KeyError::Missing(path),
        error => KeyError::File(error),
    })?;
    // One byte more than a key file has, so that a longer file is seen to be longer.
    let mut text = Zeroizing::new([0; HEX_DIGITS + 2]);
    let unread = |source| KeyError::Read { path: path.to_owned(), source };
    let length = read_up_to(&mut file, &mut *text).map_err(unread)?;
    parse(&text[..length]).ok_or_else(|| KeyError::Malformed(path.to_owned()))
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
    write_new(path, &key).map_err(|source| KeyError::Make { path: path.to_owned(), source })?;
    Ok(key)
}

/// Complete before it has its name: what a full disk or a kill leaves half-written is never taken for a key. Whoever makes one
/// has the data directory for himself.
fn write_new(path: &Path, key: &MasterKey) -> io::Result<()> {
    let mut text = Zeroizing::new([b'\n'; HEX_DIGITS + 1]);
    for (pair, byte) in text.chunks_exact_mut(2).zip(key.0.expose_secret()) {
        pair[0] = b"0123456789abcdef"[usize::from(byte >> 4)];
        pair[1] = b"0123456789abcdef"[usize::from(byte & 15)];
    }
    let unfinished = path.with_extension("unfinished");
    remove_if_there(&unfinished)?;
    let written = OpenOptions::new().write(true).create_new(true).mode(0o400).open(&unfinished).and_then(|mut file| {
        file.write_all(&*text)?;
        file.sync_all()?;
        fs::rename(&unfinished, path)
    });
    match written {
        Ok(()) => sync_directory_of(path),
        Err(error) => {
            remove_if_there(&unfinished)?;
            Err(error)
        }
    }
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Makes a file's name as durable as its content.
pub fn sync_directory_of(path: &Path) -> io::Result<()> {
    let directory = path.parent().filter(|directory| !directory.as_os_str().is_empty());
    File::open(directory.unwrap_or(Path::new(".")))?.sync_all()
}

impl KeySource {
    /// The file.
    pub fn path(&self) -> &Path {
        match self {
            KeySource::Named(path)
            | KeySource::SystemdCredential(path)
            | KeySource::DataDirectory(path)
            | KeySource::New(path) => path,
        }
    }
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
