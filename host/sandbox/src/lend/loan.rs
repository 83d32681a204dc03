//! A credential on loan for one operation.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::Link;
use crate::egress::Route;
use crate::lease::Lease;
use model::operation::{CheckCredential, GetRepository, Look, LookUp, Operation};
use model::policy::Permit;
use model::{ActedAs, Clock, CredentialOwner, Destination};

/// A credential, on loan for the operation `O` of one integration. Got by trading a permit in; what it gives is for its
/// operation, and for what comes with it.
///
/// A loan to check a credential drives nothing else:
///
/// ```compile_fail
/// # use countersign_sandbox::{Provider, lend::Loan};
/// # use model::{RepositoryId, NewBranch, operation::CheckCredential};
/// # async fn misuse(provider: &dyn Provider, loan: Loan<CheckCredential>, at: &RepositoryId, new: &NewBranch) {
/// provider.create_branch(loan.link(), at, new).await; // a link to check a credential
/// # }
/// ```
///
/// ```no_run
/// # use countersign_sandbox::{Provider, lend::Loan};
/// # use model::{RepositoryId, NewBranch, operation::CreateBranch};
/// # async fn proper_use(provider: &dyn Provider, loan: Loan<CreateBranch>, at: &RepositoryId, new: &NewBranch) {
/// provider.create_branch(loan.link(), at, new).await;
/// # }
/// ```
///
/// What only looks has nothing to look up afterwards:
///
/// ```compile_fail
/// # use countersign_sandbox::lend::Loan;
/// # use model::operation::ListBranches;
/// # fn misuse(loan: Loan<ListBranches>) {
/// loan.look_up(); // not a change
/// # }
/// ```
///
/// ```no_run
/// # use countersign_sandbox::lend::Loan;
/// # use model::operation::DeleteBranch;
/// # fn proper_use(loan: Loan<DeleteBranch>) {
/// loan.look_up();
/// # }
/// ```
///
/// Only what was checked is sealed, to be stored:
///
/// ```compile_fail
/// # use countersign_sandbox::lend::{Lender, Loan};
/// # use model::operation::CreateBranch;
/// # fn misuse(lender: &Lender, loan: Loan<CreateBranch>) {
/// lender.seal(&loan); // lent for another operation
/// # }
/// ```
///
/// ```no_run
/// # use countersign_sandbox::lend::{Lender, Loan};
/// # use model::operation::CheckCredential;
/// # fn proper_use(lender: &Lender, loan: Loan<CheckCredential>) {
/// lender.seal(&loan);
/// # }
/// ```
///
/// A permit makes one loan:
///
/// ```compile_fail
/// # use countersign_sandbox::lend::{Lender, Material};
/// # use model::{Kind, operation::CreateBranch, policy::Permit};
/// # fn misuse(lender: &Lender, permit: Permit<CreateBranch>, kind: &Kind, one: Material<'_>, other: Material<'_>) {
/// lender.lend(permit, kind, one, "");
/// lender.lend(permit, kind, other, ""); // used up
/// # }
/// ```
///
/// ```no_run
/// # use countersign_sandbox::lend::{Lender, Material};
/// # use model::{Kind, operation::CreateBranch, policy::Permit};
/// # fn proper_use(lender: &Lender, permit: Permit<CreateBranch>, kind: &Kind, one: Material<'_>) {
/// lender.lend(permit, kind, one, "");
/// # }
/// ```
#[must_use = "what is lent and not used need not have been opened"]
pub struct Loan<O> {
    destination: Arc<Destination>,
    acts_as: ActedAs,
    owner: CredentialOwner,
    lease: Arc<Lease>,
    route: Arc<Route>,
    clock: Arc<dyn Clock>,
    request_id: Arc<str>,
    operation: PhantomData<fn() -> O>,
}

impl<O: Operation> Loan<O> {
    pub(super) fn new(
        permit: Permit<O>,
        owner: CredentialOwner,
        lease: Arc<Lease>,
        route: Arc<Route>,
        clock: Arc<dyn Clock>,
        request_id: &str,
    ) -> Self {
        Self {
            destination: permit.destination().clone(),
            acts_as: permit.acts_as(),
            owner,
            lease,
            route,
            clock,
            request_id: request_id.into(),
            operation: PhantomData,
        }
    }

    /// For one call of its operation.
    pub fn link(&self) -> Link<O> {
        self.any()
    }

    /// For asking whose the credential is: whatever is done is done in a known name.
    pub fn identify(&self) -> Link<CheckCredential> {
        self.any()
    }

    /// For asking what a repository is called: whatever is done is recognised when it is asked for again, however it is spelt.
    pub fn recognise(&self) -> Link<GetRepository> {
        self.any()
    }
}

impl<O: Look> Loan<O> {
    /// For looking at what the change meets, or whether it stands.
    pub fn look_up(&self) -> Link<LookUp> {
        self.any()
    }
}

impl<O> Loan<O> {
    /// Whose name the operation is done in.
    pub fn acts_as(&self) -> ActedAs {
        self.acts_as
    }

    /// Where its requests go.
    pub fn destination(&self) -> &Destination {
        &self.destination
    }

    pub(super) fn owner(&self) -> &CredentialOwner {
        &self.owner
    }

    pub(super) fn lease(&self) -> &Lease {
        &self.lease
    }

    fn any<P>(&self) -> Link<P> {
        Link::new(
            self.lease.clone(),
            self.route.clone(),
            self.destination.clone(),
            self.clock.clone(),
            self.request_id.clone(),
        )
    }
}

impl<O: Operation> fmt::Debug for Loan<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Loan<{}>({:?})", O::KIND.as_str(), self.owner)
    }
}
