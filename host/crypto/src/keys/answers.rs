//! What is kept of requests and their answers, so that a request made again is answered alike. An answer may hold a link that
//! works once, and a request a credential: neither is kept so that it could be read or guessed at.

use std::fmt;
use std::sync::Arc;

use ring::aead::{Aad, NONCE_LEN, Nonce};

use super::{MacKey, MasterKey};
use crate::digest::Digest;
use crate::parts::Parts;
use crate::random::{Random, random_bytes};

const ANSWER: &[u8] = b"countersign/1/answer";
const REQUEST: &[u8] = b"countersign/1/request";

/// In bytes: as many as HKDF-SHA256 makes use of.
const SALT_BYTES: usize = 32;

/// Seals kept answers, and marks requests.
#[derive(Clone)]
pub struct AnswerKey {
    master: MasterKey,
    requests: MacKey,
    random: Arc<dyn Random>,
}

impl MasterKey {
    /// For what is kept of requests and their answers. `random` gives the salt and the nonce of each answer.
    pub fn answer_key(&self, random: Arc<dyn Random>) -> AnswerKey {
        AnswerKey { master: self.clone(), requests: MacKey(self.hmac_key(REQUEST)), random }
    }
}

impl AnswerKey {
    /// By which a request is known again: HMAC-SHA256 of its hash. Whoever has no key cannot try what the request was.
    pub fn mark(&self, request: &Digest) -> Digest {
        self.requests.sign(request)
    }

    /// With AES-256-GCM, a key of its own for each answer, and bound to whose it is: salt, nonce, ciphertext, tag.
    pub fn seal(&self, whose: &Parts, answer: &[u8]) -> Vec<u8> {
        let salt: [u8; SALT_BYTES] = random_bytes(&*self.random);
        let nonce: [u8; NONCE_LEN] = random_bytes(&*self.random);
        let mut sealed = [&salt[..], &nonce, answer].concat();
        let tag = self
            .master
            .aes_key(&salt, ANSWER)
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(whose.as_bytes()),
                &mut sealed[SALT_BYTES + NONCE_LEN..],
            )
            .expect("answers are far below AES-GCM's limit of 64 GiB");
        sealed.extend_from_slice(tag.as_ref());
        sealed
    }

    /// None for what was not sealed so, with this key and for this one.
    pub fn open(&self, whose: &Parts, sealed: &[u8]) -> Option<Vec<u8>> {
        let (salt, rest) = sealed.split_first_chunk::<SALT_BYTES>()?;
        let (nonce, ciphertext) = rest.split_first_chunk::<NONCE_LEN>()?;
        let mut buffer = ciphertext.to_vec();
        let (nonce, whose) = (Nonce::assume_unique_for_key(*nonce), Aad::from(whose.as_bytes()));
        let answer = self.master.aes_key(salt, ANSWER).open_in_place(nonce, whose, &mut buffer).ok()?;
        Some(answer.to_vec())
    }
}

impl fmt::Debug for AnswerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AnswerKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SystemRandom;

    fn key() -> AnswerKey {
        MasterKey::random(&SystemRandom).answer_key(Arc::new(SystemRandom))
    }

    #[test]
    fn an_answer_opens_for_whose_it_is_with_the_key_it_was_sealed_with() {
        let (key, anns) = (key(), Parts::of(["ann", "k"]));
        for answer in [&b""[..], b"{\"url\":\"https://example.com/setup/secret\"}"] {
            let sealed = key.seal(&anns, answer);
            assert_eq!(key.open(&anns, &sealed).as_deref(), Some(answer));
            assert_ne!(key.seal(&anns, answer), sealed, "twice the same gives two unrelated ciphertexts");
            assert_eq!(key.open(&Parts::of(["bob", "k"]), &sealed), None);
            assert_eq!(self::key().open(&anns, &sealed), None);
            for cut in 0..sealed.len() {
                assert_eq!(key.open(&anns, &sealed[..cut]), None);
            }
            for at in 0..sealed.len() {
                let mut altered = sealed.clone();
                altered[at] ^= 1;
                assert_eq!(key.open(&anns, &altered), None);
            }
        }
        assert_eq!(
            key.open(&anns, b"{\"plain\":\"as an earlier version kept it, and long enough to be sealed\"}"),
            None
        );
    }

    #[test]
    fn a_request_is_known_again_with_the_key_only() {
        let (one, other) = (key(), key());
        let request = crate::digest::sha256(b"PUT a credential");
        assert_eq!(one.mark(&request), one.clone().mark(&request));
        assert!(one.mark(&request) != other.mark(&request) && one.mark(&request) != request);
        assert_eq!(format!("{one:?}"), "AnswerKey(..)");
    }
}
