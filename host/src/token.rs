//! Connector tokens: JWTs that say for which Jira user a connector asks, verified against the connector's registered key.
//!
//! Own code on ring, because the well-known crate needs another crypto backend, accepts a missing `aud` and ignores `nbf`.
//! Stricter than the RFCs (7515, 7519) where they leave a choice: the algorithm is the registered key's, nothing in the
//! header can name another key, and a token lives [`MAX_LIFETIME_S`] at most.
//!
//! Pure, apart from making tokens: no store, no clock, and never a request to anywhere. Whether a token id was used before
//! ([`Claims::token_id`]) is the store's to know.
//!
//! ```text
//! token::issuer(text)?            what the token says of itself, checked for form only
//!     .verify(&key, expected)?    with the key registered for that issuer: what may be believed
//! ```

mod claims;
mod json;
mod pem;
mod sign;

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{ECDSA_P256_SHA256_FIXED, ED25519, UnparsedPublicKey, VerificationAlgorithm};

pub use self::claims::{
    Claims, ClockLeeway, Expected, MAX_LIFETIME_S, MAX_PROJECTS, MAX_TOKEN_BYTES, MAX_TOKEN_ID_BYTES,
    MIN_TOKEN_ID_BYTES, TokenError,
};
pub use self::pem::{KeyError, generate_ed25519, public_key_from_pem, public_key_to_pem};
pub use self::sign::{NewClaims, SignError, new_token_id, public_key_of, sign};
use model::{ConnectorId, PublicKey};

/// Reads a token just far enough to know whose key it has to be verified with. Nothing it says is to be believed yet.
pub fn issuer(token: &str) -> Result<Unverified<'_>, TokenError> {
    if token.len() > MAX_TOKEN_BYTES {
        return Err(TokenError::TooLong);
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(TokenError::NotThreeParts)?;
    let (header, payload) = signed.split_once('.').ok_or(TokenError::NotThreeParts)?;
    if payload.contains('.') {
        return Err(TokenError::NotThreeParts);
    }
    let header: json::Header = json::object(&decode(header)?).ok_or(TokenError::Header)?;
    if header.typ.is_some_and(|typ| typ != "JWT") {
        return Err(TokenError::Header);
    }
    let algorithm = Algorithm::named(&header.alg).ok_or(TokenError::Algorithm)?;
    let payload: json::Payload = json::object(&decode(payload)?).ok_or(TokenError::Payload)?;
    let issuer = payload.issuer()?;
    // Both are the token's own: whether there is such a connector is not asked.
    if header.kid.is_some_and(|id| id != issuer.as_str()) {
        return Err(TokenError::UnknownKey);
    }
    Ok(Unverified { signed, signature: decode(signature)?, algorithm, payload, issuer })
}

fn decode(part: &str) -> Result<Vec<u8>, TokenError> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| TokenError::NotBase64)
}

/// A token of the right form, by anybody.
pub struct Unverified<'a> {
    /// Header and payload as they came: what is signed.
    signed: &'a str,
    signature: Vec<u8>,
    algorithm: Algorithm,
    payload: json::Payload,
    issuer: ConnectorId,
}

impl Unverified<'_> {
    /// The connector the token claims to be from: whose key to verify it with, and nothing else.
    pub fn issuer(&self) -> &ConnectorId {
        &self.issuer
    }

    /// `key` is the one registered for [`Self::issuer`].
    pub fn verify(self, key: &PublicKey, expected: Expected<'_>) -> Result<Claims, TokenError> {
        if self.algorithm != Algorithm::of(key) {
            return Err(TokenError::Algorithm);
        }
        UnparsedPublicKey::new(self.algorithm.verification(), key_bytes(key))
            .verify(self.signed.as_bytes(), &self.signature)
            .map_err(|_| TokenError::Signature)?;
        self.payload.claims(self.issuer, expected)
    }
}

/// Without what the token says: it is of unknown origin.
impl fmt::Debug for Unverified<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unverified").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

/// How tokens are signed: one way for each sort of key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Algorithm {
    EdDsa,
    /// The signature is r and s, 32 bytes each. For one signature (r, s) there is another, (r, n-s), that anybody can
    /// make; no harm, because replays are told by `jti`.
    Es256,
}

impl Algorithm {
    fn named(name: &str) -> Option<Self> {
        [Algorithm::EdDsa, Algorithm::Es256].into_iter().find(|algorithm| algorithm.name() == name)
    }

    fn name(self) -> &'static str {
        match self {
            Algorithm::EdDsa => "EdDSA",
            Algorithm::Es256 => "ES256",
        }
    }

    fn of(key: &PublicKey) -> Self {
        match key {
            PublicKey::Ed25519(_) => Algorithm::EdDsa,
            PublicKey::P256(_) => Algorithm::Es256,
        }
    }

    fn verification(self) -> &'static dyn VerificationAlgorithm {
        match self {
            Algorithm::EdDsa => &ED25519,
            Algorithm::Es256 => &ECDSA_P256_SHA256_FIXED,
        }
    }
}

fn key_bytes(key: &PublicKey) -> &[u8] {
    match key {
        PublicKey::Ed25519(bytes) | PublicKey::P256(bytes) => bytes,
    }
}

#[cfg(test)]
mod tests;
