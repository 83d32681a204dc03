//! What a provider is to the rest of the daemon.

use async_trait::async_trait;

use crate::{Link, Paused};
use model::operation::{
    CheckCredential, CompareBranches, CreateBranch, CreatePullRequest, DeleteBranch, GetRepository, ListBranches,
    ListRepositories, LookUp, RevokeCredential,
};
use model::{
    Branch, BranchName, Comparison, Connection, CreatedBranch, CreatedPullRequest, Deletion, Description, Failure,
    FieldError, Identity, KindId, NewBranch, NewPullRequest, Page, PageLimit, PullRequest, Repository, RepositoryId,
    Revocation, Settings,
};

/// A git server's API, spoken. One call is one fresh start: nothing is kept between calls.
///
/// The sandboxed component is one implementation; a benchmark links the same provider code natively as another. Each
/// operation takes a link that was lent for it. What each one promises is written in `wit/provider.wit`.
#[async_trait]
pub trait Provider: Send + Sync {
    /// What it is, as it said when it was loaded.
    fn description(&self) -> &Description;

    /// Where it is asked for nothing now, because it failed again and again.
    fn paused(&self) -> Vec<Paused> {
        Vec::new()
    }

    /// What an integration of these settings comes to. Nothing is asked of any server.
    async fn connect(&self, kind: &KindId, settings: &Settings) -> Result<Connection, ConnectError>;

    /// Whose the credential is, and what it may do.
    async fn whoami(&self, link: Link<CheckCredential>) -> Result<Identity, Failure>;

    /// Has the git server forget the credential.
    async fn revoke_credential(&self, link: Link<RevokeCredential>) -> Result<Revocation, Failure>;

    /// One page of the repositories the credential sees.
    async fn list_repositories(
        &self,
        link: Link<ListRepositories>,
        query: Option<String>,
        cursor: Option<String>,
        limit: PageLimit,
    ) -> Result<Page<Repository>, Failure>;

    /// The repository of this id, as it is called now.
    async fn get_repository(&self, link: Link<GetRepository>, repository: &RepositoryId)
    -> Result<Repository, Failure>;

    /// One page of a repository's branches.
    async fn list_branches(
        &self,
        link: Link<ListBranches>,
        repository: &RepositoryId,
        query: Option<String>,
        cursor: Option<String>,
        limit: PageLimit,
    ) -> Result<Page<Branch>, Failure>;

    /// The branch of exactly this name, if there is one.
    async fn find_branch(
        &self,
        link: Link<LookUp>,
        repository: &RepositoryId,
        name: &BranchName,
    ) -> Result<Option<Branch>, Failure>;

    /// Creates a branch, sending the creating request at most once.
    async fn create_branch(
        &self,
        link: Link<CreateBranch>,
        repository: &RepositoryId,
        branch: &NewBranch,
    ) -> Result<CreatedBranch, Failure>;

    /// Deletes a branch. That it was absent is a success.
    async fn delete_branch(
        &self,
        link: Link<DeleteBranch>,
        repository: &RepositoryId,
        name: &BranchName,
    ) -> Result<Deletion, Failure>;

    /// What one branch has that another has not.
    async fn compare_branches(
        &self,
        link: Link<CompareBranches>,
        repository: &RepositoryId,
        source: &BranchName,
        target: &BranchName,
    ) -> Result<Comparison, Failure>;

    /// Creates a pull request, sending the creating request at most once; one that is open already is a success.
    async fn create_pull_request(
        &self,
        link: Link<CreatePullRequest>,
        repository: &RepositoryId,
        pull_request: &NewPullRequest,
    ) -> Result<CreatedPullRequest, Failure>;

    /// The text the repository wants a new pull request to `target` to start from.
    async fn pull_request_template(
        &self,
        link: Link<LookUp>,
        repository: &RepositoryId,
        target: &BranchName,
    ) -> Result<Option<String>, Failure>;

    /// One page of the open pull requests from `source`, and to `target` where it is given.
    async fn find_pull_requests(
        &self,
        link: Link<LookUp>,
        repository: &RepositoryId,
        source: &BranchName,
        target: Option<&BranchName>,
        cursor: Option<String>,
    ) -> Result<Page<PullRequest>, Failure>;
}

/// Why settings make no connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// Field by field.
    #[error("some settings cannot be used")]
    Settings(Vec<FieldError>),
    /// The provider did not get as far as to say so.
    #[error("{}", .0.message)]
    Failed(Failure),
}
