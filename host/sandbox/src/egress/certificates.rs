//! Certificates that are trusted: the system's, and those an administrator gives as PEM, as it comes out of browsers, mails and
//! `openssl`.

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

/// What a block may be called: as everybody writes it, as `openssl x509 -trustout` does, as old programs did.
const LABELS: [&str; 3] = ["CERTIFICATE", "TRUSTED CERTIFICATE", "X509 CERTIFICATE"];

/// Why certificates cannot be used. Blocks are counted from 1.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// No block at all.
    #[error("there is no certificate in it: it is PEM, and a certificate begins with -----BEGIN CERTIFICATE-----")]
    None,
    /// A line that was to begin or to end a block, and does not. What it belongs to would be left out unseen.
    #[error(
        "line {line} looks like the beginning or the end of a block and is neither: a certificate begins with \
         -----BEGIN CERTIFICATE----- and ends with -----END CERTIFICATE-----, each on a line of its own"
    )]
    Stray {
        /// Counted from 1.
        line: usize,
    },
    /// A block begins and does not end.
    #[error("block {place} has no end: -----END {label}----- is missing")]
    Unfinished {
        /// Which block.
        place: usize,
        /// What it is called.
        label: String,
    },
    /// A block of something else, a private key perhaps. Not repeated.
    #[error("block {place} is a {label}; give certificates only")]
    Other {
        /// Which block.
        place: usize,
        /// What it is called.
        label: String,
    },
    /// A block whose lines are no base64.
    #[error("block {place} is damaged")]
    Damaged {
        /// Which block.
        place: usize,
        /// What the reader says.
        source: rustls::pki_types::pem::Error,
    },
    /// Something else than a certificate in a certificate's block.
    #[error("block {place} holds no certificate that can be trusted")]
    NotACertificate {
        /// Which block.
        place: usize,
        /// What the verifier says.
        source: rustls::Error,
    },
}

/// What the system trusts now, or the files that `SSL_CERT_FILE` and `SSL_CERT_DIR` name. What cannot be read is left out.
pub(super) fn of_the_system() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::warn!(%error, "a system certificate cannot be read");
    }
    roots.add_parsable_certificates(found.certs);
    roots
}

/// Adds every certificate of the text, or none. Gives them back as they are.
pub(super) fn add(roots: &mut RootCertStore, pem: &str) -> Result<Vec<CertificateDer<'static>>, CertificateError> {
    let blocks = blocks(pem)?;
    if blocks.is_empty() {
        return Err(CertificateError::None);
    }
    let mut added = Vec::new();
    for (place, block) in (1..).zip(blocks) {
        let certificate = certificate(place, &block)?;
        roots.add(certificate.clone()).map_err(|source| CertificateError::NotACertificate { place, source })?;
        added.push(certificate);
    }
    Ok(added)
}

struct Block {
    label: String,
    body: String,
}

/// The blocks of a text, with whatever stands between them left out, and blanks and byte order marks around lines with it: one
/// stands at the beginning of each file of several that were put together.
fn blocks(pem: &str) -> Result<Vec<Block>, CertificateError> {
    let mut blocks = Vec::new();
    let around = |char: char| char.is_whitespace() || char == '\u{feff}';
    let mut lines = (1..).zip(pem.lines().map(|line| line.trim_matches(around)));
    while let Some((number, line)) = lines.next() {
        let Some(label) = line.strip_prefix("-----BEGIN ").and_then(|rest| rest.strip_suffix("-----")) else {
            if is_nearly_a_border(line) {
                return Err(CertificateError::Stray { line: number });
            }
            continue;
        };
        let end = format!("-----END {label}-----");
        let mut body = String::new();
        loop {
            match lines.next() {
                Some((_, line)) if line == end => break,
                Some((_, line)) if !line.starts_with("-----") => {
                    body.push_str(line);
                    body.push('\n');
                }
                _ => return Err(CertificateError::Unfinished { place: blocks.len() + 1, label: shown(label) }),
            }
        }
        blocks.push(Block { label: shown(label), body });
    }
    Ok(blocks)
}

/// Whether a line between blocks was to be the border of one: the end of none, or a beginning with a dash lost, made another
/// dash by a word processor, or something unseen before it. A comment is none.
fn is_nearly_a_border(line: &str) -> bool {
    let is_dash = |char: char| matches!(char, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}');
    let word = line.trim_start_matches(|char: char| !char.is_alphanumeric()).to_ascii_uppercase();
    let is_word = word.starts_with("BEGIN") || word.starts_with("END");
    let has_edges = line.ends_with(is_dash) || (line.contains(is_dash) && !line.starts_with(char::is_alphanumeric));
    is_word && has_edges && !line.starts_with('#')
}

fn certificate(place: usize, block: &Block) -> Result<CertificateDer<'static>, CertificateError> {
    if !LABELS.contains(&block.label.as_str()) {
        return Err(CertificateError::Other { place, label: block.label.clone() });
    }
    let plain = format!("-----BEGIN CERTIFICATE-----\n{}-----END CERTIFICATE-----\n", block.body);
    let read = CertificateDer::from_pem_slice(plain.as_bytes());
    let der = read.map_err(|source| CertificateError::Damaged { place, source })?;
    Ok(first_element(&der).map_or(der.clone(), |only| CertificateDer::from(only.to_vec())))
}

/// `openssl` writes what it trusts a certificate for behind it, in the same block.
fn first_element(der: &[u8]) -> Option<&[u8]> {
    let (&[0x30, length], rest) = der.split_first_chunk()? else { return None };
    let (header, content) = if length < 0x80 {
        (2, usize::from(length))
    } else {
        let bytes = rest.get(..usize::from(length & 0x7f)).filter(|bytes| (1..=4).contains(&bytes.len()))?;
        (2 + bytes.len(), bytes.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)))
    };
    der.get(..header.checked_add(content)?)
}

/// What a block is called, where that can be shown.
fn shown(label: &str) -> String {
    label.chars().filter(|char| char.is_ascii_graphic() || *char == ' ').take(40).collect()
}

#[cfg(test)]
mod tests;
