//! The master key and the keys derived from it, each for one use.
//!
//! Nothing outside this module sees the master key's bytes: whoever needs a key asks for the one made for that use. All
//! derivations are HKDF-SHA256 (RFC 5869) with a text of their own, so that no two uses can share a key.
//!
//! The bytes kept here are wiped when dropped. What `ring` makes of them (its HMAC states and AES key schedules) is not:
//! `ring` offers no wiping, so these live in freed memory until something else is written there.

mod answers;
mod file;

use std::fmt;
use std::sync::Arc;

use ring::{aead, hkdf, hmac};
use secrecy::{ExposeSecret, SecretBox};

pub use self::answers::AnswerKey;
pub use self::file::{CREDENTIAL_NAME, KEY_FILE_NAME, KeyError, KeyPlaces, KeySource, sync_directory_of};
use super::digest::{Digest, hex};
use super::random::Random;

/// Length of the master key, in bytes: as many as the strongest key derived from it.
pub const MASTER_KEY_BYTES: usize = 32;

/// Length of a key's id, in bytes: enough that two keys of one administrator never share it.
const KEY_ID_BYTES: usize = 8;

const SEAL: &[u8] = b"countersign/1/seal";
const AUDIT: &[u8] = b"countersign/1/audit";
const CURSOR: &[u8] = b"countersign/1/cursor";
const FORM: &[u8] = b"countersign/1/form";
const KEY_CHECK: &[u8] = b"countersign/1/key-check";
const KEY_ID: &[u8] = b"countersign/1/key-id";

/// What everything at rest is protected with. One allocation, shared by its clones, wiped with the last of them.
#[derive(Clone)]
pub struct MasterKey(Arc<SecretBox<[u8; MASTER_KEY_BYTES]>>);

impl MasterKey {
    /// A new one.
    pub fn random(random: &dyn Random) -> Self {
        Self::filled_by(|bytes| random.fill(bytes))
    }

    fn filled_by(fill: impl FnOnce(&mut [u8; MASTER_KEY_BYTES])) -> Self {
        Self(Arc::new(SecretBox::init_with_mut(fill)))
    }

    /// Names the key without telling anything of it: 16 hexadecimal digits.
    pub fn key_id(&self) -> String {
        let mut id = [0; KEY_ID_BYTES];
        self.without_salt()
            .expand(&[KEY_ID], OutputBytes(KEY_ID_BYTES))
            .and_then(|output| output.fill(&mut id))
            .expect("8 bytes are within what HKDF gives");
        hex(&id)
    }

    /// What a database keeps to recognise its key by.
    pub fn check(&self) -> KeyCheck {
        let id = self.key_id();
        let mac = MacKey(self.hmac_key(KEY_CHECK)).sign(id.as_bytes());
        KeyCheck { id, mac }
    }

    /// For sealing credentials.
    pub fn sealing_key(&self) -> SealingKey {
        SealingKey(self.clone())
    }

    /// For signing the audit log.
    pub fn audit_key(&self) -> AuditKey {
        AuditKey(MacKey(self.hmac_key(AUDIT)))
    }

    /// For signing cursors.
    pub fn cursor_key(&self) -> CursorKey {
        CursorKey(MacKey(self.hmac_key(CURSOR)))
    }

    /// For signing forms.
    pub fn form_key(&self) -> FormKey {
        FormKey(MacKey(self.hmac_key(FORM)))
    }

    fn hmac_key(&self, info: &'static [u8]) -> hmac::Key {
        let (prk, info) = (self.without_salt(), [info]);
        prk.expand(&info, hmac::HMAC_SHA256).expect("an HMAC-SHA256 key is within what HKDF gives").into()
    }

    /// For AES-256-GCM. One salt is used for one write, so the key is too.
    fn aes_key(&self, salt: &[u8], info: &'static [u8]) -> aead::LessSafeKey {
        let (prk, info) = (self.salted(salt), [info]);
        let output = prk.expand(&info, &aead::AES_256_GCM);
        let key: aead::UnboundKey = output.expect("an AES-256 key is within what HKDF gives").into();
        aead::LessSafeKey::new(key)
    }

    fn without_salt(&self) -> hkdf::Prk {
        self.salted(&[])
    }

    fn salted(&self, salt: &[u8]) -> hkdf::Prk {
        hkdf::Salt::new(hkdf::HKDF_SHA256, salt).extract(self.0.expose_secret())
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MasterKey").finish_non_exhaustive()
    }
}

/// Recognises a master key without holding it. Not secret: it is kept in the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyCheck {
    /// [`MasterKey::key_id`].
    pub id: String,
    /// HMAC-SHA256 of the id.
    pub mac: Digest,
}

/// Gives the key one row is sealed with.
#[derive(Debug, Clone)]
pub struct SealingKey(MasterKey);

impl SealingKey {
    /// The AES-256-GCM key that goes with a salt. One salt is used for one write, so the key is too.
    pub fn for_salt(&self, salt: &[u8]) -> aead::LessSafeKey {
        self.0.aes_key(salt, SEAL)
    }

    /// [`MasterKey::key_id`] of the key it comes from.
    pub fn key_id(&self) -> String {
        self.0.key_id()
    }
}

/// A key for one use of HMAC-SHA256, so that what is signed for one use is worth nothing for another.
macro_rules! signing_key {
    ($(#[$what_it_is_for:meta])* $name:ident) => {
        $(#[$what_it_is_for])*
        #[derive(Clone)]
        pub struct $name(MacKey);

        impl $name {
            /// HMAC-SHA256.
            pub fn sign(&self, message: &[u8]) -> Digest {
                self.0.sign(message)
            }

            /// Takes the same time wherever the two differ.
            pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
                self.0.verify(message, signature)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    };
}

signing_key! {
    /// Signs the audit log.
    AuditKey
}
signing_key! {
    /// Signs the cursors handed to callers, so that a cursor is good only where it was given.
    CursorKey
}
signing_key! {
    /// Signs the forms on pages, so that one is sent only from where it was shown.
    FormKey
}

#[derive(Clone)]
struct MacKey(hmac::Key);

impl MacKey {
    fn sign(&self, message: &[u8]) -> Digest {
        let tag = hmac::sign(&self.0, message);
        tag.as_ref().try_into().expect("an HMAC-SHA256 tag has 32 bytes")
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        hmac::verify(&self.0, message, signature).is_ok()
    }
}

/// A number of bytes to ask HKDF for, where they are no key of `ring`'s.
struct OutputBytes(usize);

impl hkdf::KeyType for OutputBytes {
    fn len(&self) -> usize {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> MasterKey {
        MasterKey::filled_by(|bytes| bytes.fill(byte))
    }

    #[test]
    fn two_uses_or_two_master_keys_never_share_a_key() {
        let signatures = [
            key(1).audit_key().sign(b"x"),
            key(1).cursor_key().sign(b"x"),
            key(2).audit_key().sign(b"x"),
            key(2).cursor_key().sign(b"x"),
            key(1).form_key().sign(b"x"),
            key(2).form_key().sign(b"x"),
            key(1).check().mac,
            key(2).check().mac,
        ];
        for (index, signature) in signatures.iter().enumerate() {
            assert_eq!(signatures.iter().position(|other| other == signature), Some(index));
        }
    }

    #[test]
    fn a_key_is_derived_the_same_way_in_every_release() {
        // HKDF-SHA256 by Python's `hmac` module: extract with no salt from 32 bytes of 01, expand with the texts above. A change
        // here locks every existing database.
        assert_eq!(key(1).key_id(), "c5b7475702f3e91e");
        assert_eq!(
            hex(&key(1).audit_key().sign(b"x")),
            "29376b1f9d2e7112775d730151cd9abb05bbc9431e5ddbc94a788ea2a483f177"
        );
        assert_eq!(hex(&key(1).check().mac), "a87eb8c022ab7ae2fec4aa4ca5dac6d23e835d2723ec8eb591b99b6781542464");
    }

    #[test]
    fn no_key_prints_itself() {
        let printed =
            format!("{:?} {:?} {:?} {:?}", key(7), key(7).sealing_key(), key(7).audit_key(), key(7).cursor_key());
        assert_eq!(printed, "MasterKey { .. } SealingKey(MasterKey { .. }) AuditKey(..) CursorKey(..)");
    }

    #[test]
    fn a_cursor_signature_holds_for_its_message_only() {
        let cursors = key(3).cursor_key();
        let signature = cursors.sign(b"page 2");
        assert!(cursors.verify(b"page 2", &signature));
        assert!(!cursors.verify(b"page 3", &signature));
        assert!(!key(4).cursor_key().verify(b"page 2", &signature));
    }
}
