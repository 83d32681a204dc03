//! The connector's side: makes tokens. For `countersign connector sign`, and for tests that call the API.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SecureRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};
use serde_json::json;

use super::Algorithm;
use super::claims::MAX_LIFETIME_S;
use super::pem::{self, KeyError};
use model::{ConnectorId, JiraUser, ProjectKey, PublicKey, Timestamp, UserNames};

/// Random bytes in a token id: two are never the same by chance.
const TOKEN_ID_BYTES: usize = 16;

/// What a new token is to say.
#[derive(Debug, Clone)]
pub struct NewClaims<'a> {
    pub connector: &'a ConnectorId,
    pub user: &'a JiraUser,
    pub names: &'a UserNames,
    pub projects: &'a [ProjectKey],
    /// The daemon's public URL, as it is configured there.
    pub audience: &'a str,
    /// See [`new_token_id`].
    pub token_id: &'a str,
    pub issued_at: Timestamp,
    /// 1 to [`MAX_LIFETIME_S`].
    pub lifetime_s: u64,
}

/// Why no token was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Signed it could be, but no daemon would take it.
    #[error("a token lives 1 to {MAX_LIFETIME_S} seconds")]
    Lifetime,
}

/// A token signed with a private key in PKCS#8 PEM: EdDSA with an Ed25519 key, ES256 with one on P-256.
pub fn sign(key_pem: &str, claims: &NewClaims<'_>, random: &dyn SecureRandom) -> Result<String, SignError> {
    if !(1..=MAX_LIFETIME_S).contains(&claims.lifetime_s) {
        return Err(SignError::Lifetime);
    }
    let key = SigningKey::from_pem(key_pem, random)?;
    let header = json!({ "alg": key.algorithm().name(), "typ": "JWT", "kid": claims.connector });
    Ok(key.token(&header.to_string(), &payload(claims), random)?)
}

/// The public half of a private key in PKCS#8 PEM: what to register with the daemon.
pub fn public_key_of(key_pem: &str, random: &dyn SecureRandom) -> Result<PublicKey, KeyError> {
    Ok(SigningKey::from_pem(key_pem, random)?.public())
}

/// A fresh `jti`.
pub fn new_token_id(random: &dyn SecureRandom) -> Result<String, KeyError> {
    let mut id = [0; TOKEN_ID_BYTES];
    random.fill(&mut id).map_err(|_| KeyError::NoRandomness)?;
    Ok(URL_SAFE_NO_PAD.encode(id))
}

fn payload(claims: &NewClaims<'_>) -> String {
    let issued_s = claims.issued_at.unix_seconds();
    let mut payload = json!({
        "iss": claims.connector,
        "sub": claims.user,
        "aud": claims.audience,
        "iat": issued_s,
        "exp": issued_s + i64::try_from(claims.lifetime_s).expect("checked to be at most 300"),
        "jti": claims.token_id,
        "projects": claims.projects,
    });
    let UserNames { username, display_name } = claims.names;
    for (name, stated) in [("username", username), ("display_name", display_name)] {
        if let Some(stated) = stated {
            payload[name] = json!(stated);
        }
    }
    payload.to_string()
}

pub(super) enum SigningKey {
    Ed25519(Ed25519KeyPair),
    P256(EcdsaKeyPair),
}

impl SigningKey {
    pub(super) fn from_pem(text: &str, random: &dyn SecureRandom) -> Result<Self, KeyError> {
        let key = pem::private_key(text)?;
        let der = key.secret_pkcs8_der();
        // Unchecked where there is nothing to check against: OpenSSL writes Ed25519 keys without their public half.
        if let Ok(pair) = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der) {
            return Ok(SigningKey::Ed25519(pair));
        }
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der, random)
            .map(SigningKey::P256)
            .map_err(|_| KeyError::Unsupported)
    }

    pub(super) fn algorithm(&self) -> Algorithm {
        match self {
            SigningKey::Ed25519(_) => Algorithm::EdDsa,
            SigningKey::P256(_) => Algorithm::Es256,
        }
    }

    pub(super) fn public(&self) -> PublicKey {
        match self {
            SigningKey::Ed25519(pair) => PublicKey::Ed25519(pair.public_key().as_ref().to_vec()),
            SigningKey::P256(pair) => PublicKey::P256(pair.public_key().as_ref().to_vec()),
        }
    }

    /// Signs whatever it is given; what a token has to say is for [`sign`] to know.
    pub(super) fn token(&self, header: &str, payload: &str, random: &dyn SecureRandom) -> Result<String, KeyError> {
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
        let signature = match self {
            SigningKey::Ed25519(pair) => pair.sign(signed.as_bytes()),
            SigningKey::P256(pair) => pair.sign(random, signed.as_bytes()).map_err(|_| KeyError::NoRandomness)?,
        };
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}
