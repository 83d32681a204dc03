//! A stand-in that runs: where it is reached, what is there and what was done.

use std::sync::Arc;

use http::{Method, StatusCode};
use serde_json::Value;

use super::api::GitLabApi;
use super::call::encoded;
use super::world::{PullRequest, World};
use crate::standin::faults::Faults;
use crate::standin::listen::Listeners;
use crate::standin::record::{Record, Recorded};
use crate::standin::{self, stand_in};

/// A running stand-in. Dropping it stops it and removes its repositories.
pub struct GitLab {
    pub(super) api: Arc<GitLabApi>,
    pub(super) listeners: Listeners,
    /// Every request so far.
    pub record: Record,
    /// What goes wrong next.
    pub faults: Faults,
}

impl GitLab {
    /// Root of the API over plain HTTP, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}{}", self.listeners.plain_addr(), self.api.product.api_prefix())
    }

    /// What people open in a browser and an administrator types in, over plain HTTP: the API's root without `/api/v4`.
    pub fn web_url(&self) -> String {
        format!("http://{}{}", self.listeners.plain_addr(), self.api.product.relative_root)
    }

    /// Pull requests of `group/name`, oldest first. Panics when there is no such repository.
    pub fn pull_requests(&self, full_name: &str) -> Vec<PullRequest> {
        self.change(|world| world.repository_mut(full_name).pulls.lock().expect("pulls lock").clone())
    }

    /// Login of the account whose token made `branch` (short name) of `group/name` through the API, also where the reply was
    /// lost; none when it was not made so.
    ///
    /// Looks at the record only: after [`Record::clear`] it knows nothing of before.
    pub fn who_made_branch(&self, full_name: &str, branch: &str) -> Option<String> {
        let page = self.api.product.page(full_name, &format!("tree/{}", encoded(branch)));
        let made = |recorded: &Recorded| {
            let answer = recorded.answer.as_ref().filter(|answer| answer.status == StatusCode::CREATED);
            let body = answer.and_then(|answer| answer.json_body()).unwrap_or(Value::Null);
            body["web_url"] == format!("{}{page}", recorded.request.origin)
        };
        let posts = self.record.matching(&Method::POST, "/repository/branches");
        posts.into_iter().rev().find(made).and_then(|recorded| recorded.account)
    }
}

stand_in!(GitLab, World, |pull: PullRequest| standin::PullRequest {
    number: pull.number.to_string(),
    title: pull.title,
    description: pull.description.unwrap_or_default(),
    source: pull.source,
    target: pull.target,
    draft: pull.draft,
    author: pull.author,
    reviewers: pull.reviewers,
});
