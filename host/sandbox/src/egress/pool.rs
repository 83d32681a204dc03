//! Connections that are kept for the next request, apart for each credential: what a proxy or a git server remembers of a connection
//! (NTLM does, and who signed in to a gateway) is never another's.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use reqwest::Client;

use crate::lease::Lease;

/// Credentials whose connections are kept, before those are let go that were not used for as long as connections are kept.
const MANY: usize = 64;

/// Of one origin.
pub(super) struct Pool {
    make: Box<dyn Fn() -> reqwest::Result<Client> + Send + Sync>,
    idle: Duration,
    /// A credential is known by two sums under keys that nobody knows.
    keys: [RandomState; 2],
    kept: Mutex<HashMap<[u64; 2], Kept>>,
}

struct Kept {
    client: Client,
    used: Instant,
}

impl Pool {
    /// `make` makes what keeps connections for so long.
    pub fn of(idle: Duration, make: impl Fn() -> reqwest::Result<Client> + Send + Sync + 'static) -> Self {
        Self { make: Box::new(make), idle, keys: [RandomState::new(), RandomState::new()], kept: Mutex::default() }
    }

    /// The connections of this credential.
    pub fn client(&self, lease: &Lease) -> reqwest::Result<Client> {
        let sums = [0, 1].map(|one| {
            let mut hasher = self.keys[one].build_hasher();
            lease.hash_into(&mut hasher);
            hasher.finish()
        });
        let now = Instant::now();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = kept.get_mut(&sums) {
            known.used = now;
            return Ok(known.client.clone());
        }
        if kept.len() >= MANY {
            kept.retain(|_, other| now.duration_since(other.used) < self.idle);
        }
        let client = (self.make)()?;
        kept.insert(sums, Kept { client: client.clone(), used: now });
        Ok(client)
    }
}

#[cfg(test)]
mod tests {
    use model::{CredentialFields, Scheme};

    use super::*;

    fn lease(token: &str) -> Lease {
        let fields: CredentialFields = [("token".to_owned(), token.into())].into_iter().collect();
        Lease::of(fields, Vec::new(), Scheme::Bearer { token: "token".into() })
    }

    #[test]
    fn e7_each_credential_has_connections_of_its_own_for_as_long_as_they_are_kept() {
        let made = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let counted = made.clone();
        let pool = Pool::of(Duration::ZERO, move || {
            counted.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            Client::builder().tls_backend_preconfigured(tls()).build()
        });
        let count = |token: &str| {
            pool.client(&lease(token)).unwrap();
            made.load(std::sync::atomic::Ordering::Relaxed)
        };
        assert_eq!((count("alice's"), count("alice's"), count("bob's"), count("alice's")), (1, 1, 2, 2));
        for other in 0..3 * MANY {
            count(&format!("other {other}"));
        }
        assert!(pool.kept.lock().unwrap().len() <= MANY);
    }

    fn tls() -> rustls::ClientConfig {
        let crypto = std::sync::Arc::new(rustls::crypto::ring::default_provider());
        let builder =
            rustls::ClientConfig::builder_with_provider(crypto).with_safe_default_protocol_versions().unwrap();
        builder.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth()
    }
}
