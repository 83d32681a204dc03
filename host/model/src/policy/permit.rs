//! The proof that one operation was allowed.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::operation::Operation;
use crate::{ActedAs, ActingUser, Destination};

/// Proof that the policy allowed one operation `O`, where its requests may go and with which credential. Made in
/// [`crate::policy`] only; lending takes it by value, so it works once.
///
/// It is for its own operation and no other:
///
/// ```compile_fail
/// # use countersign_model::operation::{CheckCredential, CreateBranch};
/// # use countersign_model::policy::Permit;
/// fn creates_a_branch(_: Permit<CreateBranch>) {}
/// fn misuse(check: Permit<CheckCredential>) {
///     creates_a_branch(check); // a permit to check a credential
/// }
/// ```
///
/// ```
/// # use countersign_model::operation::{CheckCredential, CreateBranch};
/// # use countersign_model::policy::Permit;
/// fn creates_a_branch(_: Permit<CreateBranch>) {}
/// fn proper_use(create: Permit<CreateBranch>) {
///     creates_a_branch(create);
/// }
/// ```
///
/// And nobody else makes one:
///
/// ```compile_fail
/// # use countersign_model::{ActAs, Destination, operation::CreateBranch, policy::{Lends, Permit}};
/// # fn forge(destination: std::sync::Arc<Destination>) -> Permit<CreateBranch> {
/// Permit::new(destination, None, Lends::IntegrationAccount) // private
/// # }
/// ```
#[must_use = "a permit that is not used allowed nothing"]
pub struct Permit<O> {
    destination: Arc<Destination>,
    user: Option<ActingUser>,
    lends: Lends,
    operation: PhantomData<fn() -> O>,
}

/// Which credential a permit lends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lends {
    /// The one stored for the acting user.
    UserPat,
    /// The integration's own.
    IntegrationAccount,
    /// One just typed in and not stored, to see whose it is.
    Candidate,
    /// The one stored for the acting user and set aside, which she gives to another place now.
    SetAsidePat,
}

impl<O: Operation> Permit<O> {
    pub(super) fn new(destination: Arc<Destination>, user: Option<ActingUser>, lends: Lends) -> Self {
        Self { destination, user, lends, operation: PhantomData }
    }
}

impl<O> Permit<O> {
    /// The integration, and the only place its requests may go.
    pub fn destination(&self) -> &Arc<Destination> {
        &self.destination
    }

    /// None for an administrator's check.
    pub fn user(&self) -> Option<&ActingUser> {
        self.user.as_ref()
    }

    /// Which credential may be opened for it.
    pub fn lends(&self) -> Lends {
        self.lends
    }

    /// Whose name it is done in.
    pub fn acts_as(&self) -> ActedAs {
        match self.lends {
            Lends::UserPat | Lends::SetAsidePat => ActedAs::User,
            Lends::Candidate if self.user.is_some() => ActedAs::User,
            Lends::Candidate | Lends::IntegrationAccount => ActedAs::Integration,
        }
    }
}

impl<O: Operation> fmt::Debug for Permit<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (integration, lends) = (&self.destination.integration, self.lends);
        write!(f, "Permit<{}>({integration}, {:?}, {lends:?})", O::KIND.as_str(), self.user)
    }
}
