//! The trait a provider implements: the exported interface of the contract, in ordinary Rust.
//!
//! It is object-safe and knows nothing of WebAssembly, so that every operation can be called natively with any
//! [`Transport`]. What each operation promises is written in `wit/provider.wit`; this file must not promise more.

use crate::Transport;
use crate::types::{
    Branch, BranchPage, Connection, CreatedBranch, CreatedPullRequest, Deletion, Description, Failure, FailureReason,
    FieldError, FieldValue, Identity, Integration, NewBranch, NewPullRequest, PullRequestPage, Repository,
    RepositoryPage, Revocation,
};

/// Most pages the default [`Provider::find_branch`] reads: enough for thousands of branches that share a name's
/// letters, few enough for the host's limit on requests per call.
const MAX_FIND_PAGES: usize = 20;

/// A git provider. Implement it on a unit struct: an instance serves one call, so there is nothing to keep.
pub trait Provider {
    /// What the provider is. Pure, and the same at every call.
    fn describe(&self) -> Description;

    /// Reads the settings of a new or changed integration of `kind`. Pure: nothing can be reached yet.
    fn connect(&self, kind: &str, settings: &[FieldValue]) -> Result<Connection, Vec<FieldError>>;

    /// Whose credential this is, what it may do, when it ends.
    fn whoami(&self, at: &Integration, by: &dyn Transport) -> Result<Identity, Failure>;

    /// Has the server forget the credential. By default the server is one that cannot.
    fn revoke_credential(&self, _at: &Integration, _by: &dyn Transport) -> Result<Revocation, Failure> {
        Ok(Revocation::Unsupported)
    }

    /// One page of the repositories the credential can see, only those whose name contains `query` where it is given.
    fn list_repositories(
        &self,
        at: &Integration,
        by: &dyn Transport,
        query: Option<&str>,
        cursor: Option<&str>,
    ) -> Result<RepositoryPage, Failure>;

    /// The repository of this id, as it is called now.
    fn get_repository(&self, at: &Integration, by: &dyn Transport, repository: &str) -> Result<Repository, Failure>;

    /// One page of a repository's branches, only those that match `query` where it is given. A branch whose name *is*
    /// the query must be among the matches.
    fn list_branches(
        &self,
        at: &Integration,
        by: &dyn Transport,
        repository: &str,
        query: Option<&str>,
        cursor: Option<&str>,
    ) -> Result<BranchPage, Failure>;

    /// The branch of exactly this name; none when the repository is visible and has no such branch.
    ///
    /// By default it reads pages of [`Provider::list_branches`]. Override it where the server can be asked directly.
    fn find_branch(
        &self,
        at: &Integration,
        by: &dyn Transport,
        repository: &str,
        name: &str,
    ) -> Result<Option<Branch>, Failure> {
        let mut cursor = None;
        for _ in 0..MAX_FIND_PAGES {
            let page = self.list_branches(at, by, repository, Some(name), cursor.as_deref())?;
            if let Some(branch) = page.items.into_iter().find(|branch| branch.name == name) {
                return Ok(Some(branch));
            }
            match page.next {
                Some(next) => cursor = Some(next),
                None => return Ok(None),
            }
        }
        Err(Failure::new(
            FailureReason::UnexpectedReply,
            format!(
                "Branch `{name}` was not among the first {MAX_FIND_PAGES} pages of its matches, and there are more."
            ),
        ))
    }

    /// Creates a branch, sending the creating request at most once.
    fn create_branch(
        &self,
        at: &Integration,
        by: &dyn Transport,
        repository: &str,
        branch: &NewBranch,
    ) -> Result<CreatedBranch, Failure>;

    /// Deletes a branch. That it was absent is a success.
    fn delete_branch(
        &self,
        at: &Integration,
        by: &dyn Transport,
        repository: &str,
        name: &str,
    ) -> Result<Deletion, Failure>;

    /// Creates a pull request, sending the creating request at most once; one that is open already is a success.
    fn create_pull_request(
        &self,
        at: &Integration,
        by: &dyn Transport,
        repository: &str,
        pull_request: &NewPullRequest,
    ) -> Result<CreatedPullRequest, Failure>;

    /// The text the repository wants a new pull request to `target` to start from. By default the server knows no such
    /// thing.
    fn pull_request_template(
        &self,
        _at: &Integration,
        _by: &dyn Transport,
        _repository: &str,
        _target: &str,
    ) -> Result<Option<String>, Failure> {
        Ok(None)
    }

    /// One page of the open pull requests from `source`, and to `target` where it is given.
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
