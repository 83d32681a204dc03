//! A provider linked natively, without a sandbox: what the sandboxed one is measured against.
//!
//! The provider code is the very crate the component is built from, and its requests take the same way out: the [`Link`]
//! of the call. What is missing is the sandbox alone: no instance, no limits, no check of what the provider returns. Never
//! part of the daemon.

mod convert;
mod replay;

use async_trait::async_trait;
use countersign_sdk::types::{self as sdk, Integration};
use countersign_sdk::{Provider as SdkProvider, Transport};
use model::operation::{
    CheckCredential, CompareBranches, CreateBranch, CreatePullRequest, DeleteBranch, GetRepository, ListBranches,
    ListRepositories, LookUp, RevokeCredential,
};
use model::{
    Branch, BranchName, Comparison, Connection, CreatedBranch, CreatedPullRequest, Deletion, Description, Failure,
    FailureReason, Identity, KindId, NameError, NewBranch, NewPullRequest, Page, PageLimit, PullRequest, Repository,
    RepositoryId, Revocation, Settings,
};
use sandbox::{ConnectError, Link, Provider};

/// A provider of the SDK as a provider of the host.
pub struct NativeProvider<P> {
    provider: P,
    description: Description,
}

impl<P: SdkProvider + Send + Sync> NativeProvider<P> {
    /// # Errors
    /// When the provider describes itself with names that are none.
    pub fn new(provider: P) -> Result<Self, NameError> {
        let description = convert::description(provider.describe())?;
        Ok(Self { provider, description })
    }

    /// Asks the provider, and converts what it answers.
    async fn ask<O, T, U>(
        &self,
        link: Link<O>,
        call: impl Fn(&P, &Integration, &dyn Transport) -> Result<T, sdk::Failure> + Send,
        read: impl FnOnce(T) -> U + Send,
    ) -> Result<U, Failure> {
        let lent = link.into_call();
        let at = convert::integration(&lent);
        let answer = replay::run(&lent, |transport| call(&self.provider, &at, transport)).await;
        answer.map(read).map_err(convert::failure)
    }
}

#[async_trait]
impl<P: SdkProvider + Send + Sync> Provider for NativeProvider<P> {
    fn description(&self) -> &Description {
        &self.description
    }

    async fn connect(&self, kind: &KindId, settings: &Settings) -> Result<Connection, ConnectError> {
        self.provider
            .connect(kind.as_str(), &convert::settings(settings))
            .map(convert::connection)
            .map_err(|errors| ConnectError::Settings(errors.into_iter().map(convert::field_error).collect()))
    }

    async fn whoami(&self, link: Link<CheckCredential>) -> Result<Identity, Failure> {
        self.ask(link, |provider, at, by| provider.whoami(at, by), convert::identity).await
    }

    async fn revoke_credential(&self, link: Link<RevokeCredential>) -> Result<Revocation, Failure> {
        self.ask(link, |provider, at, by| provider.revoke_credential(at, by), convert::revocation).await
    }

    async fn list_repositories(
        &self,
        link: Link<ListRepositories>,
        query: Option<String>,
        cursor: Option<String>,
        limit: PageLimit,
    ) -> Result<Page<Repository>, Failure> {
        let (query, cursor) = (query.as_deref(), cursor.as_deref());
        let call = |provider: &P, at: &Integration, by: &dyn Transport| {
            provider.list_repositories(at, by, query, cursor, limit.items())
        };
        self.ask(link, call, convert::repositories).await?.map_err(not_a_name)
    }

    async fn get_repository(
        &self,
        link: Link<GetRepository>,
        repository: &RepositoryId,
    ) -> Result<Repository, Failure> {
        let id = repository.as_str();
        let found = self.ask(link, |provider, at, by| provider.get_repository(at, by, id), convert::repository).await?;
        found.map_err(not_a_name)
    }

    async fn list_branches(
        &self,
        link: Link<ListBranches>,
        repository: &RepositoryId,
        query: Option<String>,
        cursor: Option<String>,
        limit: PageLimit,
    ) -> Result<Page<Branch>, Failure> {
        let (id, query, cursor) = (repository.as_str(), query.as_deref(), cursor.as_deref());
        let call = |provider: &P, at: &Integration, by: &dyn Transport| {
            provider.list_branches(at, by, id, query, cursor, limit.items())
        };
        self.ask(link, call, convert::branches).await
    }

    async fn find_branch(
        &self,
        link: Link<LookUp>,
        repository: &RepositoryId,
        name: &BranchName,
    ) -> Result<Option<Branch>, Failure> {
        let (id, name) = (repository.as_str(), name.as_str());
        let call = |provider: &P, at: &Integration, by: &dyn Transport| provider.find_branch(at, by, id, name);
        self.ask(link, call, |found| found.map(convert::branch)).await
    }

    async fn create_branch(
        &self,
        link: Link<CreateBranch>,
        repository: &RepositoryId,
        branch: &NewBranch,
    ) -> Result<CreatedBranch, Failure> {
        let (id, branch) = (repository.as_str(), convert::new_branch(branch));
        let call = |provider: &P, at: &Integration, by: &dyn Transport| provider.create_branch(at, by, id, &branch);
        self.ask(link, call, convert::created_branch).await
    }

    async fn delete_branch(
        &self,
        link: Link<DeleteBranch>,
        repository: &RepositoryId,
        name: &BranchName,
    ) -> Result<Deletion, Failure> {
        let (id, name) = (repository.as_str(), name.as_str());
        let call = |provider: &P, at: &Integration, by: &dyn Transport| provider.delete_branch(at, by, id, name);
        self.ask(link, call, convert::deletion).await
    }

    async fn compare_branches(
        &self,
        link: Link<CompareBranches>,
        repository: &RepositoryId,
        source: &BranchName,
        target: &BranchName,
    ) -> Result<Comparison, Failure> {
        let (id, source, target) = (repository.as_str(), source.as_str(), target.as_str());
        let call =
            |provider: &P, at: &Integration, by: &dyn Transport| provider.compare_branches(at, by, id, source, target);
        self.ask(link, call, convert::comparison).await
    }

    async fn create_pull_request(
        &self,
        link: Link<CreatePullRequest>,
        repository: &RepositoryId,
        pull_request: &NewPullRequest,
    ) -> Result<CreatedPullRequest, Failure> {
        let (id, new) = (repository.as_str(), convert::new_pull_request(pull_request));
        let call = |provider: &P, at: &Integration, by: &dyn Transport| provider.create_pull_request(at, by, id, &new);
        self.ask(link, call, convert::created_pull_request).await
    }

    async fn pull_request_template(
        &self,
        link: Link<LookUp>,
        repository: &RepositoryId,
        target: &BranchName,
    ) -> Result<Option<String>, Failure> {
        let (id, target) = (repository.as_str(), target.as_str());
        let call =
            |provider: &P, at: &Integration, by: &dyn Transport| provider.pull_request_template(at, by, id, target);
        self.ask(link, call, |template| template).await
    }

    async fn find_pull_requests(
        &self,
        link: Link<LookUp>,
        repository: &RepositoryId,
        source: &BranchName,
        target: Option<&BranchName>,
        cursor: Option<String>,
    ) -> Result<Page<PullRequest>, Failure> {
        let (id, source, target) = (repository.as_str(), source.as_str(), target.map(BranchName::as_str));
        let call = |provider: &P, at: &Integration, by: &dyn Transport| {
            provider.find_pull_requests(at, by, id, source, target, cursor.as_deref())
        };
        self.ask(link, call, convert::pull_requests).await
    }
}

fn not_a_name(error: NameError) -> Failure {
    Failure::new(FailureReason::ProviderFailed, error.to_string())
}
