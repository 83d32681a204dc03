//! The directory of what the daemon shows to git servers that want to know who dials: a file for each host, called by its name.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use crypto::{GroupReading, SecretFileError, open_secret_file};
use sandbox::{ClientCertificateError, ClientCertificates};
use zeroize::Zeroizing;

use crate::config::Config;

/// How the names of the files end.
const ENDING: &str = ".pem";

/// Why the directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ClientCertificatesError {
    /// The system says why.
    #[error("the directory of client certificates {path} cannot be read", path = path.display())]
    Directory {
        /// Which one.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// For whom it is, nobody can tell.
    #[error(
        "the client certificate {path} is not called after a host: as in git.example.com.pem, or git.example.com:8443.pem where the \
         port is not 443",
        path = path.display()
    )]
    Name {
        /// Which file.
        path: PathBuf,
    },
    /// Not there, or in other hands.
    #[error("a client certificate cannot be used")]
    File(#[source] SecretFileError),
    /// The system says why.
    #[error("the client certificate {path} cannot be read", path = path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// What is wrong with it, the source says.
    #[error("the client certificate {path} cannot be used", path = path.display())]
    Certificate {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        source: ClientCertificateError,
    },
}

/// Those of the directory, if one is named. All of them, or none: a certificate that is left out is missed by somebody else, later.
pub fn client_certificates(config: &Config) -> Result<ClientCertificates, ClientCertificatesError> {
    let mut shown = ClientCertificates::default();
    let Some(directory) = &config.client_certificates_dir else { return Ok(shown) };
    for path in files(directory)? {
        let host = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_suffix(ENDING));
        let host = host.ok_or_else(|| ClientCertificatesError::Name { path: path.clone() })?;
        let mut file = open_secret_file(&path, GroupReading::OwnGroups).map_err(ClientCertificatesError::File)?;
        let mut pem = Zeroizing::new(String::new());
        file.read_to_string(&mut pem)
            .map_err(|source| ClientCertificatesError::Unreadable { path: path.clone(), source })?;
        shown.show(host, &pem).map_err(|source| match source {
            ClientCertificateError::Host(_) => ClientCertificatesError::Name { path: path.clone() },
            source => ClientCertificatesError::Certificate { path: path.clone(), source },
        })?;
    }
    Ok(shown)
}

/// Without hidden ones: what is mounted keeps its versions in some.
fn files(directory: &Path) -> Result<Vec<PathBuf>, ClientCertificatesError> {
    let unreadable = |source| ClientCertificatesError::Directory { path: directory.to_owned(), source };
    let entries = fs::read_dir(directory).map_err(unreadable)?;
    let entries = entries.collect::<Result<Vec<_>, _>>().map_err(unreadable)?;
    let is_hidden = |entry: &fs::DirEntry| entry.file_name().as_encoded_bytes().starts_with(b".");
    let mut files: Vec<_> = entries.iter().filter(|entry| !is_hidden(entry)).map(fs::DirEntry::path).collect();
    files.sort();
    Ok(files)
}
