//! Lending: a [`Permit`] is traded for a [`Loan`] of its operation, and a loan gives links, one for each call.
//!
//! The only place where a stored credential is unsealed. A loan is made of a permit and goes where the permit goes: the
//! lease and the route are got together, so that no credential meets the route of another integration.

mod loan;
mod seal;

use std::sync::Arc;

pub use self::loan::Loan;
pub use self::seal::{ALGORITHM, UnsealError};
use self::seal::{Owned, Sealer};
use crate::egress::{ClientCertificates, Egress, RouteError};
use crate::lease::Lease;
use crypto::{MasterKey, Random};
use model::operation::{CheckCredential, Operation};
use model::policy::{Lends, Permit};
use model::{Clock, CredentialFields, CredentialOwner, Kind, Place, Sealed};

/// Gives out loans. Holds the key that opens stored credentials, and the ways to git servers.
pub struct Lender {
    sealer: Sealer,
    egress: Egress,
    clock: Arc<dyn Clock>,
}

/// What a loan is made from; has to be what the permit lends.
#[derive(Debug)]
pub enum Material<'a> {
    /// The stored credential of the permit's user or integration.
    Stored {
        /// As it is stored.
        sealed: &'a Sealed,
        /// Where it was given to.
        given_to: &'a Place,
    },
    /// A credential just typed in.
    Candidate(CredentialFields),
}

/// Why nothing is lent. Nothing was sent.
#[derive(Debug, thiserror::Error)]
pub enum LendError {
    /// The stored credential does not open. Which one, the log says.
    #[error("the stored credential does not open")]
    Unseal(#[from] UnsealError),
    /// The stored credential was given to another place than the one the permit leads to.
    #[error("the stored credential was given to another address")]
    GivenElsewhere,
    /// What was handed in is not what the permit lends, or not of its kind. A fault of the program, caught before anything
    /// is sent.
    #[error("the permit lends another credential than the one at hand")]
    WrongMaterial,
    /// The integration cannot be reached as it is set up.
    #[error(transparent)]
    Route(#[from] RouteError),
}

impl Lender {
    /// With the key of a daemon, and the ways out of it.
    pub fn new(master: &MasterKey, random: Arc<dyn Random>, egress: Egress, clock: Arc<dyn Clock>) -> Self {
        Self { sealer: Sealer::new(master, random), egress, clock }
    }

    /// Uses up the permit. A stored credential is opened for the owner the permit names and for the place it was given to,
    /// which has to cover where the permit leads: a record of another user, integration or place does not open.
    pub fn lend<O: Operation>(
        &self,
        permit: Permit<O>,
        kind: &Kind,
        material: Material<'_>,
        request_id: &str,
    ) -> Result<Loan<O>, LendError> {
        let destination = permit.destination();
        if kind.id != destination.kind {
            return Err(LendError::WrongMaterial);
        }
        let owner = owner(&permit)?;
        let fields = match (permit.lends(), material) {
            (Lends::Candidate, Material::Candidate(fields)) => fields,
            (lends, Material::Stored { sealed, given_to }) if lends != Lends::Candidate => {
                // What is set aside is opened by its own user, who gives it to the place it goes to now.
                if lends != Lends::SetAsidePat && !given_to.covers(&destination.place) {
                    return Err(LendError::GivenElsewhere);
                }
                self.sealer.unseal(Owned { owner: &owner, given_to }, sealed)?
            }
            _ => return Err(LendError::WrongMaterial),
        };
        let route = self.egress.route(destination)?;
        let lease = Arc::new(Lease::new(fields, kind));
        Ok(Loan::new(permit, owner, lease, route, self.clock.clone(), request_id))
    }

    /// Seals what was lent to be checked, for whose it is and for where it was checked. The one way into the database.
    pub fn seal(&self, checked: &Loan<CheckCredential>) -> Sealed {
        let given_to = &checked.destination().place;
        self.sealer.seal(Owned { owner: checked.owner(), given_to }, checked.lease().fields())
    }

    /// Seals anew, for the place it was given to, what an earlier version sealed for its owner alone. For the upgrade of a
    /// database from then and nothing else: whoever calls it for a row of today lets that row say where its secret goes.
    ///
    /// # Errors
    /// Where it was not sealed so, or does not open.
    pub fn bind(&self, owner: &CredentialOwner, given_to: &Place, sealed: &Sealed) -> Result<Sealed, UnsealError> {
        let fields = self.sealer.unseal_unbound(owner, sealed)?;
        Ok(self.sealer.seal(Owned { owner, given_to }, &fields))
    }

    /// Trusts the certificates the system has now, at every connection from here on, and shows these, where there are any. How
    /// many are trusted; none where none could be read, and those before stay.
    pub fn renew_certificates(&self, shown: Option<ClientCertificates>) -> Option<usize> {
        self.egress.renew_certificates(shown)
    }

    /// Stored credentials opened so far: users' and integrations'.
    pub fn unseals(&self) -> (u64, u64) {
        self.sealer.unseals()
    }
}

fn owner<O>(permit: &Permit<O>) -> Result<CredentialOwner, LendError> {
    let integration = permit.destination().integration.clone();
    match (permit.lends(), permit.user()) {
        (Lends::IntegrationAccount, _) | (Lends::Candidate, None) => Ok(CredentialOwner::Integration { integration }),
        (Lends::UserPat | Lends::SetAsidePat | Lends::Candidate, Some(user)) => {
            Ok(CredentialOwner::User { integration, user: user.clone() })
        }
        (Lends::UserPat | Lends::SetAsidePat, None) => Err(LendError::WrongMaterial),
    }
}
