//! Certificates an administrator gives to be trusted: PEM, as it comes out of browsers, mails and `openssl`.

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

/// Adds every certificate of the text, or none.
pub(super) fn add(roots: &mut RootCertStore, pem: &str) -> Result<(), CertificateError> {
    let blocks = blocks(pem)?;
    if blocks.is_empty() {
        return Err(CertificateError::None);
    }
    for (place, block) in (1..).zip(blocks) {
        let certificate = certificate(place, &block)?;
        roots.add(certificate).map_err(|source| CertificateError::NotACertificate { place, source })?;
    }
    Ok(())
}

struct Block {
    label: String,
    body: String,
}

/// The blocks of a text, with whatever stands between them left out, and blanks around lines and a byte order mark with it.
fn blocks(pem: &str) -> Result<Vec<Block>, CertificateError> {
    let mut blocks = Vec::new();
    let mut lines = pem.trim_start_matches('\u{feff}').lines().map(str::trim);
    while let Some(line) = lines.next() {
        let Some(label) = line.strip_prefix("-----BEGIN ").and_then(|rest| rest.strip_suffix("-----")) else {
            continue;
        };
        let end = format!("-----END {label}-----");
        let mut body = String::new();
        loop {
            match lines.next() {
                Some(line) if line == end => break,
                Some(line) if !line.starts_with("-----") => {
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
