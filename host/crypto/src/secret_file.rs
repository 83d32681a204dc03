//! Files that hold a secret: the master key, a private key or a credential that somebody names. Opened here and nowhere else,
//! and only where nobody can read them but whom they are for.
//!
//! What is judged is the file that was opened, wherever a name led: Kubernetes and Docker mount secrets as links, which are
//! changed for others while they are read. A name is resolved once, so that nothing can be put in its place in between.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use rustix::process::{getegid, geteuid, getgroups};

/// Everybody may do something, or the group may do more than read.
const NEVER: u32 = 0o037;
/// The group may read.
const GROUP_READS: u32 = 0o040;

/// Which group may read a file beside its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupReading {
    /// A group this process is in: the daemon's own, as orchestrators mount secrets for it.
    OwnGroups,
    /// Any: systemd lends a credential to the service's user through an access control list, whose mask shows as the group's
    /// permission to read (0440); the directory itself is closed to everybody else.
    BySystemd,
}

/// Why a file with a secret is not read. Its content is never repeated.
#[derive(Debug, thiserror::Error)]
pub enum SecretFileError {
    /// Nothing has that name.
    #[error("there is no file {}: look at its name", .0.display())]
    Missing(PathBuf),
    /// A link, to what is not there.
    #[error("{} is a symbolic link that leads to nothing: put there what it names, or name another file", .0.display())]
    Dangling(PathBuf),
    /// A directory, a device, a pipe.
    #[error("{} is not a regular file, nor a link to one", .0.display())]
    NotAFile(PathBuf),
    /// Its permissions.
    #[error(
        "{path} is open to others than its owner (mode {mode:04o}): run `chmod 400 {path}`, or where it is mounted as a secret, \
         have it mounted with that mode",
        path = path.display()
    )]
    OpenToOthers {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// Its group's permissions.
    #[error(
        "{path} can be read by the group with id {group} (mode {mode:04o}), which is none of this process's own: run `chmod 400 \
         {path}`, or give the file to a group of the user that reads it",
        path = path.display()
    )]
    OpenToAnotherGroup {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
        /// Whose it is, beside its owner.
        group: u32,
    },
    /// For others than this process.
    #[error("{} cannot be read by this user (id {user}): run `chown {user}` on it, or name another file", path.display())]
    Forbidden {
        /// The file.
        path: PathBuf,
        /// Who asks.
        user: u32,
    },
    /// The system says why.
    #[error("{} cannot be read", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

/// Opens it, where it is in safe hands.
pub fn open_secret_file(path: &Path, group_reading: GroupReading) -> Result<File, SecretFileError> {
    let failed = |source: io::Error| unread(path, source);
    // To open a FIFO would be to wait for whoever writes to it, and to open a terminal to be governed by it.
    let at_once = (OFlags::NONBLOCK | OFlags::NOCTTY).bits().cast_signed();
    let file = OpenOptions::new().read(true).custom_flags(at_once).open(path).map_err(failed)?;
    let opened = file.metadata().map_err(failed)?;
    judge(path, &opened, group_reading, &own_groups().map_err(failed)?)?;
    Ok(file)
}

fn own_groups() -> io::Result<Vec<u32>> {
    let others = getgroups()?;
    Ok(others.into_iter().chain([getegid()]).map(|group| group.as_raw()).collect())
}

fn judge(
    path: &Path,
    opened: &Metadata,
    group_reading: GroupReading,
    own_groups: &[u32],
) -> Result<(), SecretFileError> {
    let path = path.to_owned();
    if !opened.is_file() {
        return Err(SecretFileError::NotAFile(path));
    }
    let (mode, group) = (opened.mode() & 0o7777, opened.gid());
    if mode & NEVER != 0 {
        return Err(SecretFileError::OpenToOthers { path, mode });
    }
    let is_theirs = group_reading == GroupReading::BySystemd || own_groups.contains(&group);
    if mode & GROUP_READS != 0 && !is_theirs {
        return Err(SecretFileError::OpenToAnotherGroup { path, mode, group });
    }
    Ok(())
}

fn unread(path: &Path, source: io::Error) -> SecretFileError {
    let path = path.to_owned();
    match source.kind() {
        ErrorKind::NotFound if path.symlink_metadata().is_ok() => SecretFileError::Dangling(path),
        ErrorKind::NotFound => SecretFileError::Missing(path),
        ErrorKind::PermissionDenied => SecretFileError::Forbidden { path, user: geteuid().as_raw() },
        _ => SecretFileError::Io { path, source },
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::process::Command;

    use tempfile::TempDir;

    use super::*;

    const OF_OTHERS: u32 = 4_000_000_000;

    fn file(directory: &TempDir, mode: u32) -> PathBuf {
        let path = directory.path().join("secret");
        fs::write(&path, "s3cret").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        path
    }

    #[test]
    fn s4_the_groups_own_to_the_process_may_read_and_no_other() {
        let directory = TempDir::new().unwrap();
        for mode in [0o400, 0o600, 0o440, 0o640] {
            let path = file(&directory, mode);
            open_secret_file(&path, GroupReading::OwnGroups).unwrap();
            let opened = path.metadata().unwrap();
            let by_a_stranger = judge(&path, &opened, GroupReading::OwnGroups, &[OF_OTHERS]);
            assert_eq!(by_a_stranger.is_err(), mode & GROUP_READS != 0, "{mode:o}");
            judge(&path, &opened, GroupReading::BySystemd, &[OF_OTHERS]).unwrap();
        }
        let path = file(&directory, 0o440);
        let refused = judge(&path, &path.metadata().unwrap(), GroupReading::OwnGroups, &[]).unwrap_err().to_string();
        let parts =
            [format!("group with id {}", path.metadata().unwrap().gid()), "(mode 0440)".into(), "chmod 400".into()];
        assert!(parts.iter().all(|part| refused.contains(part)), "{refused}");
    }

    #[test]
    fn s4_what_everybody_can_read_or_the_group_can_write_is_refused_whoever_lends_it() {
        let directory = TempDir::new().unwrap();
        for mode in [0o404, 0o444, 0o644, 0o620, 0o460, 0o660, 0o601, 0o402, 0o610] {
            let path = file(&directory, mode);
            for reading in [GroupReading::OwnGroups, GroupReading::BySystemd] {
                let refused = open_secret_file(&path, reading).unwrap_err().to_string();
                let expected = format!("(mode {mode:04o}): run `chmod 400 {}`", path.display());
                assert!(refused.contains(&expected) && !refused.contains("s3cret"), "{refused}");
            }
        }
    }

    #[test]
    fn s4_a_link_is_followed_and_the_file_it_leads_to_judged() {
        let directory = TempDir::new().unwrap();
        // As Kubernetes mounts a secret: the file is a link through a directory that is one.
        let (version, data) = (directory.path().join("..2026"), directory.path().join("..data"));
        fs::create_dir(&version).unwrap();
        fs::write(version.join("key"), "s3cret").unwrap();
        symlink("..2026", data).unwrap();
        let path = directory.path().join("key");
        symlink("..data/key", &path).unwrap();
        for (mode, is_read) in [(0o400, true), (0o440, true), (0o444, false)] {
            fs::set_permissions(version.join("key"), Permissions::from_mode(mode)).unwrap();
            assert_eq!(open_secret_file(&path, GroupReading::OwnGroups).is_ok(), is_read, "{mode:o}");
        }
        fs::remove_file(version.join("key")).unwrap();
        let refused = open_secret_file(&path, GroupReading::OwnGroups).unwrap_err();
        assert!(matches!(refused, SecretFileError::Dangling(_)), "{refused}");
    }

    #[test]
    fn s4_what_is_no_file_is_refused_without_waiting_for_it() {
        let directory = TempDir::new().unwrap();
        let (pipe, link) = (directory.path().join("pipe"), directory.path().join("link"));
        assert!(Command::new("mkfifo").args(["-m", "600"]).arg(&pipe).status().unwrap().success());
        symlink(&pipe, &link).unwrap();
        for path in [directory.path(), &pipe, &link, Path::new("/dev/null")] {
            let refused = open_secret_file(path, GroupReading::OwnGroups).unwrap_err();
            assert!(matches!(refused, SecretFileError::NotAFile(_)), "{refused}");
        }
        let missing = open_secret_file(&directory.path().join("none"), GroupReading::OwnGroups).unwrap_err();
        assert!(matches!(missing, SecretFileError::Missing(_)), "{missing}");
    }
}
