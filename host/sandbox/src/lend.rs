//! Lending: a [`Permit`] is traded for a [`Lease`], and a lease is put on requests.
//!
//! The only place where a stored credential is unsealed, and the only one where a secret meets a request. A lease is for
//! one operation of one integration; it cannot be made without a permit, and the permit is gone afterwards.

mod redact;
mod scheme;
mod seal;
mod sigv4;

use std::sync::Arc;

pub use self::redact::REDACTED;
use self::redact::Redactor;
pub use self::scheme::ApplyError;
pub use self::seal::{Sealer, UnsealError};
use model::policy::{Lends, Permit};
use model::{CredentialFields, CredentialOwner, Input, Kind, Origin, Scheme, Sealed, Timestamp};

/// Gives out leases. Holds the key that opens stored credentials.
pub struct Lender {
    sealer: Arc<Sealer>,
}

/// What a lease is made from; has to be what the permit lends.
#[derive(Debug)]
pub enum Material<'a> {
    /// The stored credential of the permit's user or integration.
    Stored(&'a Sealed),
    /// A credential just typed in.
    Candidate(CredentialFields),
}

#[derive(Debug, thiserror::Error)]
pub enum LendError {
    /// The stored credential does not open. Which one, the log says.
    #[error("the stored credential does not open: {0}")]
    Unseal(#[from] UnsealError),
    /// What was handed in is not what the permit lends. A fault of the program, caught before anything is sent.
    #[error("the permit lends another credential than the one at hand")]
    WrongMaterial,
}

impl Lender {
    pub fn new(sealer: Arc<Sealer>) -> Self {
        Self { sealer }
    }

    /// Seals a credential for its owner, to be stored.
    pub fn seal(&self, owner: &CredentialOwner, fields: &CredentialFields) -> Sealed {
        self.sealer.seal(owner, fields)
    }

    /// Stored credentials opened so far: users' and integrations'.
    pub fn unseals(&self) -> (u64, u64) {
        self.sealer.unseals()
    }

    /// Uses up the permit. A stored credential is opened for the owner the permit names, so that a record that belongs to
    /// another user or integration does not open.
    pub fn lend(&self, permit: Permit, material: Material<'_>, kind: &Kind) -> Result<Lease, LendError> {
        let fields = match (permit.lends(), material) {
            (Lends::Candidate, Material::Candidate(fields)) => fields,
            (Lends::UserPat | Lends::IntegrationAccount, Material::Stored(sealed)) => {
                self.sealer.unseal(&owner(&permit)?, sealed)?
            }
            _ => return Err(LendError::WrongMaterial),
        };
        Ok(Lease::new(permit, fields, kind))
    }
}

fn owner(permit: &Permit) -> Result<CredentialOwner, LendError> {
    let integration = permit.integration().clone();
    match (permit.lends(), permit.user()) {
        (Lends::IntegrationAccount, _) => Ok(CredentialOwner::Integration { integration }),
        (Lends::UserPat, Some(user)) => Ok(CredentialOwner::User { integration, user: user.clone() }),
        _ => Err(LendError::WrongMaterial),
    }
}

/// A credential, on loan for one operation. Applies itself to requests and removes itself from replies; there is no way to
/// read it.
#[derive(Debug)]
pub struct Lease {
    permit: Permit,
    fields: CredentialFields,
    scheme: Scheme,
    redactor: Redactor,
}

impl Lease {
    fn new(permit: Permit, fields: CredentialFields, kind: &Kind) -> Self {
        let secrets: Vec<&str> = kind
            .credential
            .iter()
            .filter(|field| field.input == Input::Secret)
            .filter_map(|field| fields.get(&field.name))
            .collect();
        let mut redactor = Redactor::new(&secrets);
        redactor.also(&scheme::derived_secrets(&kind.scheme, &fields));
        Self { permit, scheme: kind.scheme.clone(), fields, redactor }
    }

    pub fn permit(&self) -> &Permit {
        &self.permit
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

    pub fn redact_text(&self, text: String) -> String {
        match String::from_utf8(self.redactor.redact(text.into_bytes())) {
            Ok(text) => text,
            Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        }
    }
}
