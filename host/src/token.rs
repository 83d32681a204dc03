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
//!     .verify(&key, url, now)?    with the key registered for that issuer: what may be believed
//! ```

mod json;
mod pem;
mod sign;

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{ECDSA_P256_SHA256_FIXED, ED25519, UnparsedPublicKey, VerificationAlgorithm};

pub use self::pem::{KeyError, generate_ed25519, public_key_from_pem, public_key_to_pem};
pub use self::sign::{NewClaims, SignError, new_token_id, public_key_of, sign};
use model::{ConnectorId, JiraUser, ProjectKey, PublicKey, Timestamp};

/// Longest token, in bytes: what fits into one request header everywhere.
pub const MAX_TOKEN_BYTES: usize = 8 << 10;
/// Longest time from `iat` to `exp`, in seconds: a connector makes a token per request, so that a stolen one is soon stale.
pub const MAX_LIFETIME_S: u64 = 300;
/// How far `iat` and `nbf` may lie in the future, in milliseconds: clocks kept by NTP differ by less.
pub const MAX_CLOCK_SKEW_MS: i64 = 5_000;
/// Most projects a token names: more do not fit into [`MAX_TOKEN_BYTES`] anyway, at the usual length of a key.
pub const MAX_PROJECTS: usize = 500;
/// Shortest `jti`, in bytes: room for 96 random bits in base64, so that two tokens never share one by chance.
pub const MIN_TOKEN_ID_BYTES: usize = 16;
/// Longest `jti`, in bytes. Each is kept until its token has expired.
pub const MAX_TOKEN_ID_BYTES: usize = 128;

/// What a verified token says. Made only by [`Unverified::verify`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Claims {
    /// `iss`.
    pub connector: ConnectorId,
    /// `sub`: the acting user, byte for byte.
    pub user: JiraUser,
    /// Jira projects in which the user holds `VIEW_DEV_TOOLS`. May be empty.
    pub projects: Vec<ProjectKey>,
    /// `jti`: good for one request that changes something.
    pub token_id: String,
    /// `exp`, and so how long `token_id` has to be remembered.
    pub expires_at: Timestamp,
}

/// Why a token is not believed. Holds nothing of the token: it may go to a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    #[error("the token is longer than {MAX_TOKEN_BYTES} bytes")]
    TooLong,
    #[error("the token is not three parts joined by dots")]
    NotThreeParts,
    /// Padding, the standard alphabet and non-zero trailing bits included: a token has one spelling.
    #[error("a part of the token is not base64url without padding")]
    NotBase64,
    /// `jku`, `jwk`, `x5u`, `x5c` and `crit` included: whatever says where to get a key, or how to read the token.
    #[error("the token's header is not an object of `alg`, `typ` (JWT) and `kid`, each at most once")]
    Header,
    #[error("the token's payload is not an object in which each claim stands once")]
    Payload,
    /// `none` and `HS256` included.
    #[error("the token's algorithm is not that of the connector's key")]
    Algorithm,
    #[error("the token's `kid` is not the connector's id")]
    UnknownKey,
    #[error("the token's signature is not by the connector's key")]
    Signature,
    #[error("the token's claim `{0}` is missing")]
    ClaimMissing(&'static str),
    #[error("the token's claim `{0}` is not of the form it has to have")]
    ClaimInvalid(&'static str),
    #[error("the token is for another audience")]
    Audience,
    #[error("the token's `exp` is not 1 to {MAX_LIFETIME_S} seconds after its `iat`")]
    Lifetime,
    #[error("the token has expired")]
    Expired,
    #[error("the token's claim `{0}` lies in the future")]
    NotYetValid(&'static str),
}

impl TokenError {
    /// Stable, for logs and metrics.
    pub fn code(self) -> &'static str {
        match self {
            TokenError::TooLong => "token-too-long",
            TokenError::NotThreeParts => "token-parts",
            TokenError::NotBase64 => "token-base64",
            TokenError::Header => "token-header",
            TokenError::Payload => "token-payload",
            TokenError::Algorithm => "token-algorithm",
            TokenError::UnknownKey => "token-key-unknown",
            TokenError::Signature => "token-signature",
            TokenError::ClaimMissing(_) => "token-claim-missing",
            TokenError::ClaimInvalid(_) => "token-claim-invalid",
            TokenError::Audience => "token-audience",
            TokenError::Lifetime => "token-lifetime",
            TokenError::Expired => "token-expired",
            TokenError::NotYetValid(_) => "token-not-yet-valid",
        }
    }
}

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
    Ok(Unverified { signed, signature: decode(signature)?, algorithm, key_id: header.kid, payload, issuer })
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
    key_id: Option<String>,
    payload: json::Payload,
    issuer: ConnectorId,
}

impl Unverified<'_> {
    /// The connector the token claims to be from: whose key to verify it with, and nothing else.
    pub fn issuer(&self) -> &ConnectorId {
        &self.issuer
    }

    /// `key` is the one registered for [`Self::issuer`], `audience` the daemon's public URL, compared byte for byte.
    pub fn verify(self, key: &PublicKey, audience: &str, now: Timestamp) -> Result<Claims, TokenError> {
        if self.algorithm != Algorithm::of(key) {
            return Err(TokenError::Algorithm);
        }
        if self.key_id.is_some_and(|id| id != self.issuer.as_str()) {
            return Err(TokenError::UnknownKey);
        }
        UnparsedPublicKey::new(self.algorithm.verification(), key_bytes(key))
            .verify(self.signed.as_bytes(), &self.signature)
            .map_err(|_| TokenError::Signature)?;
        self.payload.claims(self.issuer, audience, now)
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
