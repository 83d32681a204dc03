//! Files that only their owner may read, made new or not at all.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::{Context as _, bail};

/// Returns once the content is on the device. Never writes over a file: it could be the only copy of another key.
pub(super) fn create(path: &Path, content: &str) -> anyhow::Result<()> {
    match write(path, content) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            bail!("{} exists already, and a key is never written over: name another file", path.display())
        }
        written => written.with_context(|| format!("{} cannot be written", path.display())),
    }
}

fn write(path: &Path, content: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    let written = file.write_all(content.as_bytes()).and_then(|()| file.sync_all());
    if written.is_err() {
        // Half a key is of no use, and would be in the way of the next try.
        let _ = fs::remove_file(path);
    }
    written
}
