//! Azure DevOps Services, Visual Studio Team Services, and Team Foundation Server / Azure DevOps Server.
//!
//! One file per resource; every operation reads the same way: make the URL, do the request, convert the answer, with the
//! wire structs at the bottom. What the server's error answers mean in general is for `refusal.rs`, with `meaning.rs` and
//! `rejection.rs` below it; a resource's file knows those of its own requests. Nothing here retries or asks for anything but
//! the API of the integration's own organization or collection and, for reviewers, of its people.
//!
//! A repository's id is `project/repository`, both by GUID as lists give it, so that it survives renames; names are taken
//! too. `list-repositories` and `list-branches` with a query filter here, by part of the name without regard to case.
//!
//! The API is that of 7.1 for the hosted service; a server of one's own is spoken to in the version its administrator chose,
//! back to 1.0 of Team Foundation Server 2013.

#![warn(missing_docs)]

mod account;
mod answer;
mod api;
mod branches;
mod caller;
mod description;
mod error_body;
mod integration;
mod meaning;
mod pull_requests;
mod references;
mod refusal;
mod rejection;
mod repositories;
mod reviewers;
mod template;
mod version;

use countersign_sdk::types::{
    Branch, BranchPage, Connection, CreatedBranch, CreatedPullRequest, Deletion, Description, Failure, FieldError,
    FieldValue, Identity, Integration, NewBranch, NewPullRequest, PullRequestPage, Repository, RepositoryPage,
};
use countersign_sdk::{Provider, Transport};

use crate::api::Api;

countersign_sdk::export!(AzureDevOps);

/// The provider. It holds nothing: every call says which integration it is for.
#[derive(Clone, Copy, Debug, Default)]
pub struct AzureDevOps;

impl Provider for AzureDevOps {
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

    fn pull_request_template(
        &self,
        at: &Integration,
        by: &dyn Transport,
        repository: &str,
        target: &str,
    ) -> Result<Option<String>, Failure> {
        template::find(&Api::new(at, by)?, &repository.parse()?, target)
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
