//! AWS CodeCommit.
//!
//! One file per resource; every operation reads the same way: name the operation, do the request, convert the answer.
//! The shapes of requests and answers are in `wire.rs`. `refusal.rs` alone knows what AWS's errors mean in general; a resource's file
//! knows those of its own requests. Whose the key is says another service, AWS STS, at an address of its own. Nothing
//! here signs, retries or asks for anything but those two services.
//!
//! Every request of CodeCommit is a POST to one address; those that change nothing are marked as reads. A repository's
//! id is its name, the only one the API takes. Lists are filtered here, by part of the name without regard to case, for
//! the API has no search.
//!
//! CodeCommit has no archived repositories, no drafts, no reviewers, no templates, and no branch protection but that of
//! IAM policies; a credential cannot end itself either, since access keys belong to IAM.

#![warn(missing_docs)]

mod account;
mod api;
mod branches;
mod console;
mod description;
mod error_body;
mod integration;
mod open_pull_requests;
mod pull_requests;
mod refusal;
mod repositories;
mod wire;
mod xml;

use countersign_sdk::types::{
    Branch, BranchPage, Connection, CreatedBranch, CreatedPullRequest, Deletion, Description, Failure, FieldError,
    FieldValue, Identity, Integration, NewBranch, NewPullRequest, PullRequestPage, Repository, RepositoryPage,
};
use countersign_sdk::{Provider, Transport};

use crate::api::Api;

countersign_sdk::export!(CodeCommit);

/// The provider. It holds nothing: every call says which integration it is for.
#[derive(Clone, Copy, Debug, Default)]
pub struct CodeCommit;

impl Provider for CodeCommit {
    fn describe(&self) -> Description {
        description::describe()
    }

    fn connect(&self, kind: &str, settings: &[FieldValue]) -> Result<Connection, Vec<FieldError>> {
        integration::connect(kind, settings)
    }

    fn whoami(&self, at: &Integration, by: &dyn Transport) -> Result<Identity, Failure> {
        account::whoami(&Api::new(at, by)?)
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

    fn find_pull_requests(
        &self,
        at: &Integration,
        by: &dyn Transport,
        repository: &str,
        source: &str,
        target: Option<&str>,
        cursor: Option<&str>,
    ) -> Result<PullRequestPage, Failure> {
        open_pull_requests::find(&Api::new(at, by)?, &repository.parse()?, source, target, cursor)
    }
}
