//! A stand-in that runs: where it is reached, what is there and what was done.

use std::sync::Arc;

use http::{Method, StatusCode};
use serde_json::Value;

use super::api::AzureDevOpsApi;
use super::references::NO_OBJECT;
use super::world::{PullRequest, World};
use crate::standin::faults::Faults;
use crate::standin::listen::Listeners;
use crate::standin::record::{Record, Recorded};
use crate::standin::{self, stand_in};

/// A running stand-in. Dropping it stops it and removes its repositories.
pub struct AzureDevOps {
    pub(super) api: Arc<AzureDevOpsApi>,
    pub(super) listeners: Listeners,
    /// Every request so far.
    pub record: Record,
    /// What goes wrong next.
    pub faults: Faults,
}

impl AzureDevOps {
    /// The collection over plain HTTP, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}{}", self.listeners.plain_addr(), self.api.product.prefix())
    }

    /// Pull requests of `Project/repository`, oldest first. Panics when there is no such repository.
    pub fn pull_requests(&self, full_name: &str) -> Vec<PullRequest> {
        self.change(|world| world.repository_mut(full_name).pulls.lock().expect("pulls lock").clone())
    }

    /// Login of the account whose token made `branch` (short name) of `Project/repository` through the API, also where the
    /// reply was lost; none when it was not made so.
    ///
    /// Looks at the record only: after [`Record::clear`] it knows nothing of before.
    pub fn who_made_branch(&self, full_name: &str, branch: &str) -> Option<String> {
        let id = self.change(|world| world.repository_mut(full_name).id.clone());
        let name = format!("refs/heads/{branch}");
        let made = |result: &Value| {
            let old = result["oldObjectId"].as_str();
            let created = old == Some(NO_OBJECT) && result["newObjectId"] != NO_OBJECT;
            result["success"] == true
                && created
                && result["name"] == name.as_str()
                && result["repositoryId"] == id.as_str()
        };
        let answered = |recorded: &Recorded| {
            let answer = recorded.answer.as_ref().filter(|answer| answer.status == StatusCode::OK);
            let results = answer.and_then(|answer| answer.json_body()).unwrap_or_default();
            results["value"].as_array().is_some_and(|results| results.iter().any(made))
        };
        let posts = self.record.matching(&Method::POST, "/refs");
        posts.into_iter().rev().find(answered).and_then(|recorded| recorded.account)
    }
}

stand_in!(AzureDevOps, World, |pull: PullRequest| standin::PullRequest {
    number: pull.number.to_string(),
    title: pull.title,
    description: pull.description.unwrap_or_default(),
    source: pull.source,
    target: pull.target,
    draft: pull.draft,
    author: pull.author,
    reviewers: pull.reviewers,
});
