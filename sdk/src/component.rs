//! From a [`Provider`] to the exports of a component.
//!
//! This file only moves arguments. It must not decide, log or convert anything, so that what a provider's native
//! tests see is what the component does.

use std::marker::PhantomData;

use crate::Provider;
use crate::bindings::countersign::provider::lending::Credential;
use crate::bindings::exports::countersign::provider::provider::Guest;
use crate::types::{
    Branch, BranchPage, Comparison, Connection, CreatedBranch, CreatedPullRequest, Deletion, Description, Failure,
    FieldError, FieldValue, Identity, Integration, NewBranch, NewPullRequest, PullRequestPage, Repository,
    RepositoryPage, Revocation,
};

/// Makes the component's exports from a type that is `GitServer + Default`.
///
/// It expands to nothing on native targets, so the same crate can be tested and linked natively.
#[macro_export]
macro_rules! export {
    ($provider:ty) => {
        #[cfg(target_arch = "wasm32")]
        const _: () = {
            type Component = $crate::component::Exported<$provider>;
    $crate::bindings::export_component!(Component with_types_in $crate::bindings);
        };
    };
}

/// Carries a provider type through the generated exports. Never built.
#[doc(hidden)]
pub struct Exported<P>(PhantomData<P>);

impl<P: Provider + Default + 'static> Guest for Exported<P> {
    fn describe() -> Description {
        P::default().describe()
    }

    fn connect(kind: String, settings: Vec<FieldValue>) -> Result<Connection, Vec<FieldError>> {
        P::default().connect(&kind, &settings)
    }

    fn whoami(at: Integration, by: &Credential) -> Result<Identity, Failure> {
        P::default().whoami(&at, by)
    }

    fn revoke_credential(at: Integration, by: &Credential) -> Result<Revocation, Failure> {
        P::default().revoke_credential(&at, by)
    }

    fn list_repositories(
        at: Integration,
        by: &Credential,
        query: Option<String>,
        cursor: Option<String>,
        limit: u32,
    ) -> Result<RepositoryPage, Failure> {
        P::default().list_repositories(&at, by, query.as_deref(), cursor.as_deref(), limit)
    }

    fn get_repository(at: Integration, by: &Credential, repository: String) -> Result<Repository, Failure> {
        P::default().get_repository(&at, by, &repository)
    }

    fn list_branches(
        at: Integration,
        by: &Credential,
        repository: String,
        query: Option<String>,
        cursor: Option<String>,
        limit: u32,
    ) -> Result<BranchPage, Failure> {
        P::default().list_branches(&at, by, &repository, query.as_deref(), cursor.as_deref(), limit)
    }

    fn find_branch(
        at: Integration,
        by: &Credential,
        repository: String,
        name: String,
    ) -> Result<Option<Branch>, Failure> {
        P::default().find_branch(&at, by, &repository, &name)
    }

    fn create_branch(
        at: Integration,
        by: &Credential,
        repository: String,
        branch: NewBranch,
    ) -> Result<CreatedBranch, Failure> {
        P::default().create_branch(&at, by, &repository, &branch)
    }

    fn delete_branch(at: Integration, by: &Credential, repository: String, name: String) -> Result<Deletion, Failure> {
        P::default().delete_branch(&at, by, &repository, &name)
    }

    fn compare_branches(
        at: Integration,
        by: &Credential,
        repository: String,
        source: String,
        target: String,
    ) -> Result<Comparison, Failure> {
        P::default().compare_branches(&at, by, &repository, &source, &target)
    }

    fn create_pull_request(
        at: Integration,
        by: &Credential,
        repository: String,
        pull_request: NewPullRequest,
    ) -> Result<CreatedPullRequest, Failure> {
        P::default().create_pull_request(&at, by, &repository, &pull_request)
    }

    fn pull_request_template(
        at: Integration,
        by: &Credential,
        repository: String,
        target: String,
    ) -> Result<Option<String>, Failure> {
        P::default().pull_request_template(&at, by, &repository, &target)
    }

    fn find_pull_requests(
        at: Integration,
        by: &Credential,
        repository: String,
        source: String,
        target: Option<String>,
        cursor: Option<String>,
    ) -> Result<PullRequestPage, Failure> {
        P::default().find_pull_requests(&at, by, &repository, &source, target.as_deref(), cursor.as_deref())
    }
}
