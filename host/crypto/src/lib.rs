//! The daemon's cryptography, all of it ring's, each use in one place: the master key and the keys derived from it, digests
//! and how they are written, randomness, and the tokens made of it.
//!
//! Knows no credential and no request: what is sealed, signed or hashed is the callers' business.
#![forbid(unsafe_code)]

mod digest;
mod keys;
mod parts;
mod random;
mod secret_file;
mod token;

pub use self::digest::{Digest, hex, sha256};
pub use self::keys::{
    AnswerKey, AuditKey, CREDENTIAL_NAME, CursorKey, FormKey, KEY_FILE_NAME, KeyCheck, KeyError, KeyPlaces, KeySource,
    MASTER_KEY_BYTES, MasterKey, SealingKey, sync_directory_of,
};
pub use self::parts::Parts;
pub use self::random::{Random, SystemRandom, random_bytes, random_id};
pub use self::secret_file::{GroupReading, SecretFileError, open_secret_file};
pub use self::token::{TOKEN_CHARS, new_token};
