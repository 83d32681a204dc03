//! A stand-in that runs: where it is reached, what is there and what was done.

use std::sync::Arc;

use http::StatusCode;

use super::api::CodeCommitApi;
use super::service;
use super::world::{PullRequest, World};
use crate::standin::faults::Faults;
use crate::standin::listen::Listeners;
use crate::standin::record::{Record, Recorded};
use crate::standin::{self, stand_in};

/// A running stand-in. Dropping it stops it and removes its repositories.
pub struct CodeCommit {
    pub(super) api: Arc<CodeCommitApi>,
    pub(super) listeners: Listeners,
    /// Every request so far, those to STS among them.
    pub record: Record,
    /// What goes wrong next.
    pub faults: Faults,
}

impl CodeCommit {
    /// Root of both services over plain HTTP, without a slash at the end; the signature's scope says which is meant.
    pub fn url(&self) -> String {
        format!("http://{}", self.listeners.plain_addr())
    }

    /// Pull requests of a repository, oldest first.
    pub fn pull_requests(&self, name: &str) -> Vec<PullRequest> {
        let pulls = self.change(|world| world.pulls.lock().expect("pulls lock").clone());
        pulls.into_iter().filter(|pull| pull.repository == name).collect()
    }

    /// Login of the user whose key made `branch` (short name) of a repository through the API, also where the reply was lost;
    /// none when it was not made so.
    ///
    /// Looks at the record only: after [`Record::clear`] it knows nothing of before.
    pub fn who_made_branch(&self, name: &str, branch: &str) -> Option<String> {
        let made = |recorded: &Recorded| {
            let done = recorded.answer.as_ref().is_some_and(|answer| answer.status == StatusCode::OK);
            let input = recorded.request.json().unwrap_or_default();
            done && input["repositoryName"] == name && input["branchName"] == branch
        };
        self.requests_for("CreateBranch").into_iter().rev().find(made).and_then(|recorded| recorded.account)
    }

    /// Requests for this operation of CodeCommit, oldest first.
    pub fn requests_for(&self, operation: &str) -> Vec<Recorded> {
        let wanted = |recorded: &Recorded| service::operation(&recorded.request) == Some(operation);
        self.record.requests().into_iter().filter(wanted).collect()
    }

    /// Requests that may change something. [`Record::mutations`] cannot tell: everything is a POST here.
    pub fn mutations(&self) -> Vec<Recorded> {
        let reads = |name: &str| ["BatchGet", "Get", "List"].iter().any(|prefix| name.starts_with(prefix));
        let mutates = |recorded: &Recorded| service::operation(&recorded.request).is_some_and(|name| !reads(name));
        self.record.requests().into_iter().filter(mutates).collect()
    }
}

stand_in!(CodeCommit, World, |pull: PullRequest| standin::PullRequest {
    number: pull.number.to_string(),
    title: pull.title,
    description: pull.description.unwrap_or_default(),
    source: pull.source,
    target: pull.target,
    draft: false,
    author: pull.author,
    reviewers: Vec::new(),
});
