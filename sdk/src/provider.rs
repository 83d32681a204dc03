//! A provider as it is called: the exported interface of the contract, in ordinary Rust.
//!
//! Every [`GitServer`] is one. Between the two, settings and repository ids are read, once and here; what an operation
//! does is the git server's. The trait is object-safe and knows nothing of WebAssembly, so that every operation can be
//! called natively with any [`Transport`]. What each one promises is written in `wit/provider.wit`; this file must not
//! promise more.

use crate::types::{
    Branch, BranchPage, Comparison, Connection, CreatedBranch, CreatedPullRequest, Deletion, Description, Failure,
    FailureReason, FieldError, FieldValue, Identity, Integration, NewBranch, NewPullRequest, PullRequestPage,
    Repository, RepositoryPage, Revocation,
};
use crate::{Accounts, Branches, GitServer, PullRequests, Repositories, Settings, Transport};

/// A git provider, as a component exports it and as tests call it. Implement [`GitServer`] to have one.
pub trait Provider {
    /// What the provider is. Pure, and the same at every call.
    fn describe(&self) -> Description;

    /// Reads the settings of a new or changed integration of `kind`. Pure: nothing can be reached yet.
    fn connect(&self, kind: &str, settings: &[FieldValue]) -> Result<Connection, Vec<FieldError>>;

    /// See [`Accounts::whoami`].
    fn whoami(&self, at: &Integration, by: &dyn Transport) -> Result<Identity, Failure>;

    /// See [`Accounts::revoke_credential`].
    fn revoke_credential(&self, at: &Integration, by: &dyn Transport) -> Result<Revocation, Failure>;

    /// See [`Repositories::list_repositories`].
    fn list_repositories(
        &self,
        at: &Integration,
        by: &dyn Transport,
        query: Option<&str>,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<RepositoryPage, Failure>;

    /// See [`Repositories::get_repository`].
    fn get_repository(&self, at: &Integration, by: &dyn Transport, repository: &str) -> Result<Repository, Failure>;

    /// See [`Branches::list_branches`].
    fn list_branches(
        &self,
        at: &Integration,
        by: &dyn Transport,
        repository: &str,
        query: Option<&str>,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<BranchPage, Failure>;

    /// See [`Branches::find_branch`].
    fn find_branch(
        &self,
        at: &Integration,
        by: &dyn Transport,
        repository: &str,
        name: &str,
    ) -> Result<Option<Branch>, Failure>;

    /// See [`Branches::create_branch`].
    fn create_branch(
        &self,
        at: &Integration,
        by: &dyn Transport,
        repository: &str,
        branch: &NewBranch,
    ) -> Result<CreatedBranch, Failure>;

    /// See [`Branches::delete_branch`].
    fn delete_branch(
        &self,
        at: &Integration,
        by: &dyn Transport,
        repository: &str,
        name: &str,
    ) -> Result<Deletion, Failure>;

    /// See [`PullRequests::compare_branches`].
    fn compare_branches(
        &self,
        at: &Integration,
        by: &dyn Transport,
        repository: &str,
        source: &str,
        target: &str,
    ) -> Result<Comparison, Failure>;

    /// See [`PullRequests::create_pull_request`].
    fn create_pull_request(
        &self,
        at: &Integration,
        by: &dyn Transport,
        repository: &str,
        pull_request: &NewPullRequest,
    ) -> Result<CreatedPullRequest, Failure>;

    /// See [`PullRequests::pull_request_template`].
    fn pull_request_template(
        &self,
        at: &Integration,
        by: &dyn Transport,
        repository: &str,
        target: &str,
    ) -> Result<Option<String>, Failure>;

    /// See [`PullRequests::find_pull_requests`].
    fn find_pull_requests(
        &self,
        at: &Integration,
        by: &dyn Transport,
        repository: &str,
        source: &str,
        target: Option<&str>,
        cursor: Option<&str>,
    ) -> Result<PullRequestPage, Failure>;
}

impl<S: GitServer> Provider for S {
    fn describe(&self) -> Description {
        S::describe()
    }

    fn connect(&self, kind: &str, settings: &[FieldValue]) -> Result<Connection, Vec<FieldError>> {
        S::Settings::parse(kind, settings).map(|settings| settings.connection())
    }

    fn whoami(&self, at: &Integration, by: &dyn Transport) -> Result<Identity, Failure> {
        api::<S>(at, by)?.whoami()
    }

    fn revoke_credential(&self, at: &Integration, by: &dyn Transport) -> Result<Revocation, Failure> {
        api::<S>(at, by)?.revoke_credential()
    }

    fn list_repositories(
        &self,
        at: &Integration,
        by: &dyn Transport,
        query: Option<&str>,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<RepositoryPage, Failure> {
        api::<S>(at, by)?.list_repositories(query, cursor, limit)
    }

    fn get_repository(&self, at: &Integration, by: &dyn Transport, repository: &str) -> Result<Repository, Failure> {
        let (api, id) = api_and_id::<S>(at, by, repository)?;
        api.get_repository(&id)
    }

    fn list_branches(
        &self,
        at: &Integration,
        by: &dyn Transport,
        repository: &str,
        query: Option<&str>,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<BranchPage, Failure> {
        let (api, id) = api_and_id::<S>(at, by, repository)?;
        api.list_branches(&id, query, cursor, limit)
    }

    fn find_branch(
        &self,
        at: &Integration,
        by: &dyn Transport,
        repository: &str,
        name: &str,
    ) -> Result<Option<Branch>, Failure> {
        let (api, id) = api_and_id::<S>(at, by, repository)?;
        api.find_branch(&id, name)
    }

    fn create_branch(
        &self,
        at: &Integration,
        by: &dyn Transport,
        repository: &str,
        branch: &NewBranch,
    ) -> Result<CreatedBranch, Failure> {
        let (api, id) = api_and_id::<S>(at, by, repository)?;
        api.create_branch(&id, branch)
    }

    fn delete_branch(
        &self,
        at: &Integration,
        by: &dyn Transport,
        repository: &str,
        name: &str,
    ) -> Result<Deletion, Failure> {
        let (api, id) = api_and_id::<S>(at, by, repository)?;
        api.delete_branch(&id, name)
    }

    fn compare_branches(
        &self,
        at: &Integration,
        by: &dyn Transport,
        repository: &str,
        source: &str,
        target: &str,
    ) -> Result<Comparison, Failure> {
        let (api, id) = api_and_id::<S>(at, by, repository)?;
        api.compare_branches(&id, source, target)
    }

    fn create_pull_request(
        &self,
        at: &Integration,
        by: &dyn Transport,
        repository: &str,
        pull_request: &NewPullRequest,
    ) -> Result<CreatedPullRequest, Failure> {
        let (api, id) = api_and_id::<S>(at, by, repository)?;
        api.create_pull_request(&id, pull_request)
    }

    fn pull_request_template(
        &self,
        at: &Integration,
        by: &dyn Transport,
        repository: &str,
        target: &str,
    ) -> Result<Option<String>, Failure> {
        let (api, id) = api_and_id::<S>(at, by, repository)?;
        api.pull_request_template(&id, target)
    }

    fn find_pull_requests(
        &self,
        at: &Integration,
        by: &dyn Transport,
        repository: &str,
        source: &str,
        target: Option<&str>,
        cursor: Option<&str>,
    ) -> Result<PullRequestPage, Failure> {
        let (api, id) = api_and_id::<S>(at, by, repository)?;
        api.find_pull_requests(&id, source, target, cursor)
    }
}

/// The API of an integration that `connect` once accepted.
fn api<'a, S: GitServer>(at: &Integration, by: &'a dyn Transport) -> Result<S::Api<'a>, Failure> {
    let settings = S::Settings::parse(&at.kind, &at.settings).map_err(|errors| {
        let why = errors.into_iter().next().map(|error| error.message).unwrap_or_default();
        Failure::new(FailureReason::UnexpectedReply, format!("The integration's settings cannot be used: {why}"))
    })?;
    Ok(S::api(settings, by))
}

/// The same, with the id of a repository there: in one place, since a component carries every copy of it.
fn api_and_id<'a, S: GitServer>(
    at: &Integration,
    by: &'a dyn Transport,
    repository: &str,
) -> Result<(S::Api<'a>, <S::Api<'a> as Repositories>::RepositoryId), Failure> {
    Ok((api::<S>(at, by)?, repository.parse()?))
}
