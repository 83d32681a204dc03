//! A stand-in that runs: where it is reached, what is there and what was done.

use std::sync::Arc;

use http::{Method, StatusCode};

use super::api::GitHubApi;
use super::call::encoded;
use super::world::{PullRequest, World};
use crate::standin::faults::Faults;
use crate::standin::listen::Listeners;
use crate::standin::record::{Record, Recorded};
use crate::standin::{self, stand_in};

/// A running stand-in. Dropping it stops it and removes its repositories.
pub struct GitHub {
    pub(super) api: Arc<GitHubApi>,
    pub(super) listeners: Listeners,
    /// Every request so far.
    pub record: Record,
    /// What goes wrong next.
    pub faults: Faults,
}

impl GitHub {
    /// Root of the API over plain HTTP, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}{}", self.listeners.plain_addr(), self.api.product.api_prefix())
    }

    /// Pull requests of `owner/name`, oldest first. Panics when there is no such repository.
    pub fn pull_requests(&self, full_name: &str) -> Vec<PullRequest> {
        self.change(|world| world.repository_mut(full_name).pulls.lock().expect("pulls lock").clone())
    }

    /// Login of the account whose token made `branch` (short name) of `owner/name` through the API, also where the reply was
    /// lost; none when it was not made so.
    ///
    /// Looks at the record only: after [`Record::clear`] it knows nothing of before.
    pub fn who_made_branch(&self, full_name: &str, branch: &str) -> Option<String> {
        let wanted = format!("/repos/{full_name}/git/refs/heads/{}", encoded(branch));
        let made = |recorded: &Recorded| {
            let answer = recorded.answer.as_ref().filter(|answer| answer.status == StatusCode::CREATED);
            answer.and_then(|answer| answer.header("location")).is_some_and(|made| made.ends_with(&wanted))
        };
        let posts = self.record.matching(&Method::POST, "/git/refs");
        posts.into_iter().rev().find(made).and_then(|recorded| recorded.account)
    }
}

stand_in!(GitHub, World, |pull: PullRequest| standin::PullRequest {
    number: pull.number.to_string(),
    title: pull.title,
    description: pull.body.unwrap_or_default(),
    source: pull.head,
    target: pull.base,
    draft: pull.draft,
    author: pull.author,
    reviewers: pull.requested_reviewers,
});
