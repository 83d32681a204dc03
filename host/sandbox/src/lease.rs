//! A credential on loan, as requests meet it: it applies itself, and takes itself out of replies. The only place where a
//! secret is put on a request.

mod redact;
mod scheme;
mod sigv4;

use std::hash::{Hash as _, Hasher};
use std::sync::{Arc, OnceLock};

use tokio::task::{JoinError, spawn_blocking};

pub use self::redact::REDACTED;
use self::redact::{Redactor, takes_long};
pub(crate) use self::scheme::ApplyError;
use model::{CredentialFields, Input, Kind, Origin, Scheme, Timestamp};

/// There is no way for a provider to read it; sealing it is the lender's.
#[derive(Debug)]
pub(crate) struct Lease {
    fields: CredentialFields,
    /// Names of those that are secret.
    secret: Vec<String>,
    scheme: Scheme,
    /// Made when there is something to be searched: a call that ends before that pays nothing.
    redactor: OnceLock<Redactor>,
}

impl Lease {
    /// `kind` says which fields are secret, and how they are put on a request.
    pub fn new(fields: CredentialFields, kind: &Kind) -> Self {
        let secret = kind.credential.iter().filter(|field| field.input == Input::Secret);
        Self::of(fields, secret.map(|field| field.name.clone()).collect(), kind.scheme.clone())
    }

    /// `secret`: the names of the fields that are.
    pub fn of(fields: CredentialFields, secret: Vec<String>, scheme: Scheme) -> Self {
        Self { scheme, secret, fields, redactor: OnceLock::new() }
    }

    /// What tells it from another.
    pub fn hash_into(&self, hasher: &mut impl Hasher) {
        for (name, value) in self.fields.iter() {
            (name, value).hash(hasher);
        }
    }

    fn redactor(&self) -> &Redactor {
        self.redactor.get_or_init(|| {
            let secrets: Vec<&str> = self.secret.iter().filter_map(|name| self.fields.get(name)).collect();
            let mut redactor = Redactor::new(&secrets);
            redactor.also(&scheme::derived_secrets(&self.scheme, &self.fields));
            redactor
        })
    }

    /// What is sealed of it, to be stored.
    pub fn fields(&self) -> &CredentialFields {
        &self.fields
    }

    /// Authenticates a request: the last thing before it is sent, after every check.
    pub fn apply(
        &self,
        request: &mut http::Request<Vec<u8>>,
        origin: &Origin,
        now: Timestamp,
    ) -> Result<(), ApplyError> {
        scheme::apply(&self.scheme, &self.fields, request, origin, now)
    }

    /// Searches these texts, as `search` does, where that keeps nobody waiting: on a thread for blocking work where it takes long. They
    /// are among what it has.
    pub async fn aside<T: Send + 'static, U: Send + 'static>(
        self: &Arc<Self>,
        what: T,
        texts: impl for<'t> FnOnce(&'t T) -> Vec<&'t [u8]>,
        search: impl FnOnce(T, &Self) -> U + Send + 'static,
    ) -> Result<U, JoinError> {
        self.redactor().call_off(false);
        if !takes_long(texts(&what).into_iter()) {
            return Ok(search(what, self));
        }
        let lease = self.clone();
        // A thread does not end with whoever waits for it.
        let waits = Waits(self);
        let found = spawn_blocking(move || search(what, &lease)).await;
        drop(waits);
        self.redactor().call_off(false);
        found
    }

    /// Whether anything was asked with it: what is sent is searched.
    pub fn was_used(&self) -> bool {
        self.redactor.get().is_some()
    }

    /// Whether the secret stands in what a provider wants sent, plain or in a usual encoding.
    pub fn is_in(&self, bytes: &[u8]) -> bool {
        self.redactor().finds(bytes)
    }

    /// Whether the secret stands in the name of a header, which is in lower case whatever was sent.
    pub fn is_in_name(&self, name: &str) -> bool {
        self.redactor().finds_in_name(name.as_bytes())
    }

    /// Replaces every occurrence of the secret, plain or in a usual encoding.
    pub fn redact(&self, bytes: Vec<u8>) -> Vec<u8> {
        self.redactor().redact(bytes)
    }

    /// The same in a text, which stays one.
    pub fn redact_text(&self, text: String) -> String {
        match String::from_utf8(self.redactor().redact(text.into_bytes())) {
            Ok(text) => text,
            Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        }
    }
}

/// Somebody waits for a search: dropped with the call that it is for, it has the search end.
struct Waits<'a>(&'a Lease);

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.redactor().call_off(true);
    }
}
