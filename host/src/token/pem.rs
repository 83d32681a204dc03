//! Keys of connectors as PEM: public ones in and out, private ones in, Ed25519 ones made.
//!
//! Of DER only the two encodings that exist of an Ed25519 and an uncompressed P-256 public key are known, as fixed
//! beginnings; there is no parser that could be led astray. Private keys are ring's to read.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SecureRandom;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{PrivatePkcs8KeyDer, SubjectPublicKeyInfoDer};
use secrecy::SecretString;
use zeroize::Zeroizing;

use super::key_bytes;
use model::PublicKey;

/// SubjectPublicKeyInfo of an Ed25519 key up to its 32 bytes (RFC 8410, section 4).
const ED25519_SPKI: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
const ED25519_BYTES: usize = 32;
/// SubjectPublicKeyInfo of a key on P-256 up to its 65 bytes (RFC 5480, section 2): named curve, uncompressed point.
const P256_SPKI: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
    0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];
const P256_BYTES: usize = 65;
/// What an uncompressed point begins with (SEC 1, section 2.3.3).
const UNCOMPRESSED: u8 = 0x04;
/// PKCS#8, version 1, of an Ed25519 key up to its 32 bytes (RFC 8410, section 7). Without the public key, because OpenSSL 3
/// and older Java do not read version 2.
const ED25519_PKCS8: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
/// Characters in a line of PEM (RFC 7468, section 2).
const LINE_CHARS: usize = 64;

/// Why a key cannot be used. Nothing of the key is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error("this is not PEM with a block BEGIN {0}")]
    NotPem(&'static str),
    #[error("this key is neither Ed25519 nor P-256 (uncompressed, as a named curve)")]
    Unsupported,
    #[error("the system gives no random numbers")]
    NoRandomness,
}

/// Reads `-----BEGIN PUBLIC KEY-----`, the first if there are several.
pub fn public_key_from_pem(text: &str) -> Result<PublicKey, KeyError> {
    let spki = SubjectPublicKeyInfoDer::from_pem_slice(text.as_bytes()).map_err(|_| KeyError::NotPem("PUBLIC KEY"))?;
    if let Some(key) = spki.strip_prefix(&ED25519_SPKI)
        && key.len() == ED25519_BYTES
    {
        return Ok(PublicKey::Ed25519(key.to_vec()));
    }
    match spki.strip_prefix(&P256_SPKI) {
        Some(key) if key.len() == P256_BYTES && key[0] == UNCOMPRESSED => Ok(PublicKey::P256(key.to_vec())),
        _ => Err(KeyError::Unsupported),
    }
}

/// Writes `-----BEGIN PUBLIC KEY-----`.
pub fn public_key_to_pem(key: &PublicKey) -> String {
    let prefix: &[u8] = match key {
        PublicKey::Ed25519(_) => &ED25519_SPKI,
        PublicKey::P256(_) => &P256_SPKI,
    };
    write("PUBLIC KEY", &[prefix, key_bytes(key)].concat()).to_string()
}

/// A new key pair: the private key as PKCS#8 PEM, and the public key.
pub fn generate_ed25519(random: &dyn SecureRandom) -> Result<(SecretString, PublicKey), KeyError> {
    let mut seed = Zeroizing::new([0; ED25519_BYTES]);
    random.fill(&mut *seed).map_err(|_| KeyError::NoRandomness)?;
    let pair = Ed25519KeyPair::from_seed_unchecked(&*seed).map_err(|_| KeyError::Unsupported)?;
    let pkcs8 = Zeroizing::new([&ED25519_PKCS8[..], &*seed].concat());
    let public = PublicKey::Ed25519(pair.public_key().as_ref().to_vec());
    Ok((SecretString::from(write("PRIVATE KEY", &pkcs8).as_str()), public))
}

/// Reads `-----BEGIN PRIVATE KEY-----`, the first if there are several.
pub(super) fn private_key(text: &str) -> Result<PrivatePkcs8KeyDer<'static>, KeyError> {
    PrivatePkcs8KeyDer::from_pem_slice(text.as_bytes()).map_err(|_| KeyError::NotPem("PRIVATE KEY"))
}

pub(super) fn write(label: &str, der: &[u8]) -> Zeroizing<String> {
    let base64 = Zeroizing::new(STANDARD.encode(der));
    let mut text = Zeroizing::new(String::with_capacity(base64.len() * 2 + label.len() * 2 + LINE_CHARS));
    writeln!(text, "-----BEGIN {label}-----").expect("a string takes all");
    for line in base64.as_bytes().chunks(LINE_CHARS) {
        writeln!(text, "{}", str::from_utf8(line).expect("base64 is ASCII")).expect("a string takes all");
    }
    writeln!(text, "-----END {label}-----").expect("a string takes all");
    text
}
