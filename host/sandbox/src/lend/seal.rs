//! Sealing credentials for the database, and opening them again for one call.
//!
//! Each write has a key of its own: HKDF-SHA256 of the master key with a random salt. AES-256-GCM binds the ciphertext to
//! its owner, to the place it was given to and to how it was sealed, so that it opens nowhere else. Whoever calls
//! [`Sealer::unseal`] has been permitted to; nothing here decides.
//!
//! The plain text lives in buffers that are wiped. Two copies are beyond our reach: `ring` does not wipe its AES key
//! schedule, and `serde_json` does not wipe the scratch space it puts a value with escapes (`\"`, `\\`) together in.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ring::aead::{Aad, NONCE_LEN, Nonce};
use secrecy::SecretString;
use serde::de::{Deserialize, Deserializer, Visitor};
use serde::ser::Serializer;
use zeroize::Zeroizing;

use crypto::{MasterKey, Parts, Random, SealingKey, random_bytes};
use model::{AwsOrigin, CredentialFields, CredentialOwner, Origin, Place, Sealed, SiteId};

/// The way of sealing. Any change of it, or of what it binds to, gets a new name.
pub const ALGORITHM: &str = "hkdf-sha256+aes-256-gcm+place";

/// The way before there were sites and places, when there was one Jira. Read when a database from then is upgraded and at no
/// other time, never written.
const UNBOUND: &str = "hkdf-sha256+aes-256-gcm";

/// In bytes: as many as HKDF-SHA256 makes use of.
const SALT_BYTES: usize = 32;

/// Most bytes one byte of a value takes in JSON (`\u0001`).
const JSON_EXPANSION: usize = 6;

/// Bytes of quotes, colon and comma around one field in JSON, and room for the braces.
const JSON_FRAME: usize = 8;

/// Seals credentials, and opens them.
pub struct Sealer {
    key: SealingKey,
    key_id: String,
    random: Arc<dyn Random>,
    users: AtomicU64,
    integrations: AtomicU64,
}

/// Whose a credential is, and where it was given to.
#[derive(Clone, Copy)]
pub struct Owned<'a> {
    pub owner: &'a CredentialOwner,
    pub given_to: &'a Place,
}

/// Why a sealed credential does not open. Says nothing of what is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnsealError {
    /// By a later version, or by an earlier one and not brought up to date.
    #[error("it was sealed in another way than this version's")]
    UnknownAlgorithm,
    /// The key at hand opens nothing that another one sealed.
    #[error("it was sealed with another master key")]
    OtherKey,
    /// Another owner's or place's, altered, or cut short; AES-GCM does not say which.
    #[error("it was altered, or sealed for another owner or address")]
    DoesNotOpen,
    /// Sealed by us, yet no form we write: a mistake of an earlier version.
    #[error("it opens, but holds no credential fields")]
    NotFields,
}

impl Sealer {
    /// `random` gives the salt and the nonce of each write.
    pub fn new(master: &MasterKey, random: Arc<dyn Random>) -> Self {
        Self {
            key: master.sealing_key(),
            key_id: master.key_id(),
            random,
            users: AtomicU64::new(0),
            integrations: AtomicU64::new(0),
        }
    }

    /// Seals for this owner and place. Twice the same fields give two unrelated ciphertexts.
    pub fn seal(&self, of: Owned<'_>, fields: &CredentialFields) -> Sealed {
        let salt: [u8; SALT_BYTES] = random_bytes(&*self.random);
        let nonce: [u8; NONCE_LEN] = random_bytes(&*self.random);
        let mut text = write_fields(fields);
        let tag = self
            .key
            .for_salt(&salt)
            .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), self.bound_to(of), &mut text)
            .expect("credential fields are far below AES-GCM's limit of 64 GiB");
        Sealed {
            algorithm: ALGORITHM.to_owned(),
            key_id: self.key_id.clone(),
            salt: salt.to_vec(),
            nonce: nonce.to_vec(),
            ciphertext: [&text[..], tag.as_ref()].concat(),
        }
    }

    /// Opens what was sealed for this owner and place, and for no other.
    pub fn unseal(&self, of: Owned<'_>, sealed: &Sealed) -> Result<CredentialFields, UnsealError> {
        self.count(of.owner);
        self.open(ALGORITHM, self.bound_to(of), sealed)
    }

    /// Opens what was sealed for this owner before there were sites and places.
    pub fn unseal_unbound(&self, owner: &CredentialOwner, sealed: &Sealed) -> Result<CredentialFields, UnsealError> {
        self.count(owner);
        let (kind, integration, user) = match owner {
            CredentialOwner::User { user, .. } if user.site != SiteId::default() => {
                return Err(UnsealError::DoesNotOpen);
            }
            CredentialOwner::User { integration, user } => ("user", integration, user.id.as_str()),
            CredentialOwner::Integration { integration } => ("integration", integration, ""),
        };
        let parts = Parts::of(["countersign", "1", UNBOUND, &self.key_id, kind, integration.as_str(), user]);
        self.open(UNBOUND, Aad::from(parts.into_bytes()), sealed)
    }

    fn open(&self, algorithm: &str, bound_to: Aad<Vec<u8>>, sealed: &Sealed) -> Result<CredentialFields, UnsealError> {
        if sealed.algorithm != algorithm {
            return Err(UnsealError::UnknownAlgorithm);
        }
        if sealed.key_id != self.key_id {
            return Err(UnsealError::OtherKey);
        }
        if sealed.salt.len() != SALT_BYTES {
            return Err(UnsealError::DoesNotOpen);
        }
        let nonce = Nonce::try_assume_unique_for_key(&sealed.nonce).map_err(|_| UnsealError::DoesNotOpen)?;
        let mut buffer = Zeroizing::new(sealed.ciphertext.clone());
        let text = self
            .key
            .for_salt(&sealed.salt)
            .open_in_place(nonce, bound_to, &mut buffer)
            .map_err(|_| UnsealError::DoesNotOpen)?;
        read_fields(text)
    }

    /// What a ciphertext is bound to: each part with its length in front, so that no two owners or places are written
    /// alike.
    fn bound_to(&self, Owned { owner, given_to }: Owned<'_>) -> Aad<Vec<u8>> {
        let parts = Parts::of(["countersign", ALGORITHM, &self.key_id]);
        let parts = match owner {
            CredentialOwner::User { integration, user } => {
                parts.text("user").text(integration.as_str()).text(user.site.as_str()).text(user.id.as_str())
            }
            CredentialOwner::Integration { integration } => parts.text("integration").text(integration.as_str()),
        };
        let (origins, dialled) = (given_to.origins(), given_to.connect_to());
        let parts = origins.iter().fold(count(parts, origins.len()), origin);
        let pair = |parts: Parts, (from, to): (&String, &String)| parts.text(from).text(to);
        let parts = dialled.iter().fold(count(parts, dialled.len()), pair);
        let permitted = [given_to.allows_private(), given_to.allows_http()].map(i64::from);
        let parts = permitted.into_iter().fold(parts, Parts::number);
        // Nothing is written where there is none: what was sealed before there were proxies opens as it did.
        let parts = given_to.proxy().map_or(parts.clone(), |proxy| parts.text("proxy").text(proxy));
        Aad::from(parts.into_bytes())
    }

    /// How often a user's and an integration's credential was to be opened since the start. Counted before trying: zero
    /// means that nobody even tried.
    pub fn unseals(&self) -> (u64, u64) {
        (self.users.load(Ordering::Relaxed), self.integrations.load(Ordering::Relaxed))
    }

    fn count(&self, owner: &CredentialOwner) {
        let counter = match owner {
            CredentialOwner::User { .. } => &self.users,
            CredentialOwner::Integration { .. } => &self.integrations,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }
}

fn count(parts: Parts, count: usize) -> Parts {
    parts.number(i64::try_from(count).unwrap_or(i64::MAX))
}

fn origin(parts: Parts, origin: &Origin) -> Parts {
    let signed = |parts: Parts, aws: &AwsOrigin| parts.text(&aws.service).text(&aws.region);
    parts.text(&origin.url).optional(origin.aws.as_ref(), signed)
}

/// The fields as a JSON object, in a buffer large enough never to be moved: a moved buffer leaves its old copy behind.
fn write_fields(fields: &CredentialFields) -> Zeroizing<Vec<u8>> {
    let capacity: usize =
        fields.iter().map(|(name, value)| JSON_EXPANSION * (name.len() + value.len()) + JSON_FRAME).sum();
    let mut text = Zeroizing::new(Vec::with_capacity(capacity + JSON_FRAME));
    serde_json::Serializer::new(&mut *text)
        .collect_map(fields.iter())
        .expect("texts can always be written as JSON to memory");
    debug_assert!(text.len() <= capacity + JSON_FRAME);
    text
}

fn read_fields(text: &[u8]) -> Result<CredentialFields, UnsealError> {
    let fields: BTreeMap<String, Value> = serde_json::from_slice(text).map_err(|_| UnsealError::NotFields)?;
    Ok(fields.into_iter().map(|(name, Value(secret))| (name, secret)).collect())
}

/// A value read from the plain text straight into memory that is wiped.
struct Value(SecretString);

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Value;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_str<E>(self, text: &str) -> Result<Value, E> {
                Ok(Value(SecretString::from(text)))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests;
