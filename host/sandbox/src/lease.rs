//! A credential on loan, as requests meet it: it applies itself, and takes itself out of replies. The only place where a
//! secret is put on a request.

mod redact;
mod scheme;
mod sigv4;

pub use self::redact::REDACTED;
use self::redact::Redactor;
pub(crate) use self::scheme::ApplyError;
use model::{CredentialFields, Input, Kind, Origin, Scheme, Timestamp};

/// There is no way for a provider to read it; sealing it is the lender's.
#[derive(Debug)]
pub(crate) struct Lease {
    fields: CredentialFields,
    scheme: Scheme,
    redactor: Redactor,
}

impl Lease {
    /// `kind` says which fields are secret, and how they are put on a request.
    pub fn new(fields: CredentialFields, kind: &Kind) -> Self {
        let secrets: Vec<&str> = kind
            .credential
            .iter()
            .filter(|field| field.input == Input::Secret)
            .filter_map(|field| fields.get(&field.name))
            .collect();
        let mut redactor = Redactor::new(&secrets);
        redactor.also(&scheme::derived_secrets(&kind.scheme, &fields));
        Self { scheme: kind.scheme.clone(), fields, redactor }
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

    /// Replaces every occurrence of the secret, plain or in a usual encoding.
    pub fn redact(&self, bytes: Vec<u8>) -> Vec<u8> {
        self.redactor.redact(bytes)
    }

    /// The same in a text, which stays one.
    pub fn redact_text(&self, text: String) -> String {
        match String::from_utf8(self.redactor.redact(text.into_bytes())) {
            Ok(text) => text,
            Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        }
    }
}
