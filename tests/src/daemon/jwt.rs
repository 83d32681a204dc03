//! A connector's tokens, made here from the description alone: a second hand at what the daemon's own signer does, and one
//! that can do it wrong.

use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use crypto::{Random as _, SystemRandom};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};

use super::fixed::{CONNECTOR, PUBLIC_URL};

/// SubjectPublicKeyInfo of an Ed25519 key up to its 32 bytes (RFC 8410).
const SPKI: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
/// How long the harness's tokens live, in seconds.
const LIFETIME_S: i64 = 60;

/// A connector's Ed25519 key pair.
pub struct Key(Ed25519KeyPair);

/// A token's header and payload, which a test may make wrong before they are signed.
#[derive(Debug, Clone)]
pub struct Draft {
    pub header: Value,
    pub claims: Value,
}

impl Key {
    pub fn generate() -> Key {
        let mut seed = [0; 32];
        SystemRandom.fill(&mut seed);
        Key::from_seed(seed)
    }

    pub fn from_seed(seed: [u8; 32]) -> Key {
        Key(Ed25519KeyPair::from_seed_unchecked(&seed).expect("a seed has 32 bytes"))
    }

    /// A connector's private key as the command line writes it: PKCS#8, as PEM.
    ///
    /// # Errors
    /// Where it is none.
    pub fn from_pem(pem: &str) -> anyhow::Result<Key> {
        let base64: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
        let der = STANDARD.decode(base64)?;
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der);
        Ok(Key(pair.map_err(|error| anyhow::anyhow!("not the key of a connector: {error}"))?))
    }

    pub fn public_bytes(&self) -> &[u8] {
        self.0.public_key().as_ref()
    }

    pub fn public_pem(&self) -> String {
        let der = STANDARD.encode([&SPKI, self.public_bytes()].concat());
        format!("-----BEGIN PUBLIC KEY-----\n{der}\n-----END PUBLIC KEY-----\n")
    }

    /// A token of the header and claims as they are.
    pub fn sign(&self, token: &Draft) -> String {
        let signed = signed_part(token);
        let signature = URL_SAFE_NO_PAD.encode(self.0.sign(signed.as_bytes()));
        format!("{signed}.{signature}")
    }
}

/// What a signature is over.
pub fn signed_part(token: &Draft) -> String {
    let encoded = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", encoded(&token.header), encoded(&token.claims))
}

impl Draft {
    /// A good token, so far.
    pub fn of(user: &str, projects: &[String], now_s: i64) -> Draft {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let token_id = format!("token-{:020}", COUNT.fetch_add(1, Ordering::SeqCst));
        Draft {
            header: json!({ "alg": "EdDSA", "typ": "JWT" }),
            claims: json!({
                "iss": CONNECTOR,
                "sub": user,
                "aud": PUBLIC_URL,
                "iat": now_s,
                "exp": now_s + LIFETIME_S,
                "jti": token_id,
                "projects": projects,
            }),
        }
    }

    /// With another claim, or another value of one.
    #[must_use]
    pub fn claim(mut self, name: &str, value: Value) -> Draft {
        self.claims[name] = value;
        self
    }

    #[must_use]
    pub fn without(mut self, name: &str) -> Draft {
        self.claims.as_object_mut().expect("claims are an object").remove(name);
        self
    }

    /// With another member of the header, or another value of one.
    #[must_use]
    pub fn header(mut self, name: &str, value: Value) -> Draft {
        self.header[name] = value;
        self
    }
}
