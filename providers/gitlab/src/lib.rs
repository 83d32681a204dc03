//! GitLab.com and self-managed GitLab.
//!
//! One file per resource; every operation reads the same way: make the URL, do the request, convert the answer, with
//! the wire structs at the bottom. `refusal.rs` alone knows what GitLab's error answers mean in general; a resource's
//! file knows those of its own requests. Nothing here retries or asks for anything but the API below the
//! integration's own address.
//!
//! A repository's id is its project's number, which survives renaming and moving; a path (`group/subgroup/project`) is
//! taken too. Before a change a path is turned into its number, because GitLab refuses changes by an old path.
//!
//! The API is v4 as of GitLab 13. What later versions added is used where it is there: a token that tells of itself
//! (15.5), and redirects of moved projects (16.7).

#![warn(missing_docs)]

mod account;
mod api;
mod branches;
mod description;
mod error_body;
mod integration;
mod pull_requests;
mod refusal;
mod repositories;
mod reviewers;
mod template;

use countersign_sdk::types::{
    Branch, BranchPage, Connection, CreatedBranch, CreatedPullRequest, Deletion, Description, Failure, FieldError,
    FieldValue, Identity, Integration, NewBranch, NewPullRequest, PullRequestPage, Repository, RepositoryPage,
    Revocation,
};
use countersign_sdk::{Provider, Transport};

use crate::api::Api;

countersign_sdk::export!(GitLab);

/// The provider. It holds nothing: every call says which integration it is for.
#[derive(Clone, Copy, Debug, Default)]
pub struct GitLab;

impl Provider for GitLab {
    fn describe(&self) -> Description {
        description::describe()
    }

    fn connect(&self, kind: &str, settings: &[FieldValue]) -> Result<Connection, Vec<FieldError>> {
        integration::connect(kind, settings)
    }

    fn whoami(&self, at: &Integration, by: &dyn Transport) -> Result<Identity, Failure> {
        account::whoami(&Api::new(at, by)?)
    }

    fn revoke_credential(&self, at: &Integration, by: &dyn Transport) -> Result<Revocation, Failure> {
        account::revoke(&Api::new(at, by)?)
    }

    fn list_repositories(
        &self,
        at: &Integration,
        by: &dyn Transport,
        query: Option<&str>,
        cursor: Option<&str>,
    ) -> Result<RepositoryPage, Failure> {
        repositories::list(&Api::new(at, by)?, query, cursor)
    }

    fn get_repository(&self, at: &Integration, by: &dyn Transport, repository: &str) -> Result<Repository, Failure> {
        repositories::get(&Api::new(at, by)?, &repository.parse()?)
    }

    fn list_branches(
        &self,
        at: &Integration,
        by: &dyn Transport,
        repository: &str,
        query: Option<&str>,
        cursor: Option<&str>,
    ) -> Result<BranchPage, Failure> {
        branches::list(&Api::new(at, by)?, &repository.parse()?, query, cursor)
    }

    fn find_branch(
        &self,
        at: &Integration,
        by: &dyn Transport,
        repository: &str,
        name: &str,
    ) -> Result<Option<Branch>, Failure> {
        branches::find(&Api::new(at, by)?, &repository.parse()?, name)
    }

    fn create_branch(
        &self,
        at: &Integration,
        by: &dyn Transport,
        repository: &str,
        branch: &NewBranch,
    ) -> Result<CreatedBranch, Failure> {
        branches::create(&Api::new(at, by)?, &repository.parse()?, branch)
    }

    fn delete_branch(
        &self,
        at: &Integration,
        by: &dyn Transport,
        repository: &str,
        name: &str,
    ) -> Result<Deletion, Failure> {
        branches::delete(&Api::new(at, by)?, &repository.parse()?, name)
    }

    fn create_pull_request(
        &self,
        at: &Integration,
        by: &dyn Transport,
        repository: &str,
        pull_request: &NewPullRequest,
    ) -> Result<CreatedPullRequest, Failure> {
        pull_requests::create(&Api::new(at, by)?, &repository.parse()?, pull_request)
    }

    fn pull_request_template(
        &self,
        at: &Integration,
        by: &dyn Transport,
        repository: &str,
        _target: &str,
    ) -> Result<Option<String>, Failure> {
        template::find(&Api::new(at, by)?, &repository.parse()?)
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
        pull_requests::find(&Api::new(at, by)?, &repository.parse()?, source, target, cursor)
    }
}
