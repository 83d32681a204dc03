//! Pull requests within one repository, which GitLab calls merge requests: create one, find the open ones.
//!
//! A merge request from a fork never counts here, although its branch may have the same name.

use countersign_sdk::types::{
    Comparison, CreatedPullRequest, Failure, FailureReason, NewPullRequest, PullRequest, PullRequestPage,
};
use countersign_sdk::{Branches, Json, PullRequests, Reply, look_for, page_number};
use serde::{Deserialize, Serialize};

use crate::account::WireAccount;
use crate::api::{Api, MAX_PAGE_SIZE, ProjectId, next_page};
use crate::branches::base_missing;
use crate::error_body::ErrorBody;
use crate::refusal::told;
use crate::repositories::{Part, by_number, refused};
use crate::{comparison, reviewers, template};

/// What is expected of a search.
const LIST: &str = "a list of merge requests";
/// What begins the title of a draft, in lower case.
const DRAFT_TITLES: [&str; 3] = ["draft:", "[draft]", "(draft)"];

impl PullRequests for Api<'_> {
    fn compare_branches(&self, id: &ProjectId, source: &str, target: &str) -> Result<Comparison, Failure> {
        comparison::of(self, id, source, target)
    }

    fn create_pull_request(&self, id: &ProjectId, new: &NewPullRequest) -> Result<CreatedPullRequest, Failure> {
        let id = by_number(self, id)?;
        must_differ(self, &id, new)?;
        let asked = reviewers::look_up(self, &new.reviewers);
        let body = WireNewMergeRequest {
            source_branch: &new.source,
            target_branch: &new.target,
            title: &title(new),
            description: new.description.as_deref(),
            reviewer_ids: asked.ids(),
        };
        let reply = self.client.post(self.project_url(&id, ["merge_requests"]), &body)?;
        if reply.status != 201 {
            return not_created(self, &id, new, &reply);
        }
        let made: WireMergeRequest = reply.json("a merge request")?;
        let reviewers: Vec<_> = made.reviewers.iter().flat_map(Json::items).filter_map(Json::read).collect();
        let mut notes = asked.notes(&reviewers);
        let pull_request = PullRequest::from(made);
        if new.draft && !pull_request.draft {
            notes.push("It was created, and it is not a draft: the server did not take it as one.".to_owned());
        }
        Ok(CreatedPullRequest { pull_request, existed: false, notes })
    }

    fn pull_request_template(&self, id: &ProjectId, _target: &str) -> Result<Option<String>, Failure> {
        template::find(self, id)
    }

    fn find_pull_requests(
        &self,
        id: &ProjectId,
        source: &str,
        target: Option<&str>,
        cursor: Option<&str>,
    ) -> Result<PullRequestPage, Failure> {
        let number = page_number(cursor)?;
        let mut url = self.project_url(id, ["merge_requests"]).query("state", "opened").query("source_branch", source);
        if let Some(target) = target {
            url = url.query("target_branch", target);
        }
        let reply =
            self.client.get(url.query("per_page", &MAX_PAGE_SIZE.to_string()).query("page", &number.to_string()))?;
        if reply.status != 200 {
            return Err(refused(self, &reply, id, Part::MergeRequests));
        }
        let entries: Vec<Json> = reply.json(LIST)?;
        // GitLab ignores a filter it does not understand.
        let is_asked_for = |one: &WireMergeRequest| {
            one.state == "opened"
                && one.source_project_id == Some(one.target_project_id)
                && one.source_branch == source
                && target.is_none_or(|target| one.target_branch == target)
        };
        let may_be = |entry: &Json| {
            let is = |member, expected| entry.text_at(&[member]).is_none_or(|text| text == expected);
            is("state", "opened")
                && is("source_branch", source)
                && target.is_none_or(|target| is("target_branch", target))
        };
        let found = look_for(&entries, Json::read, is_asked_for, may_be).ok_or_else(|| reply.unreadable(LIST))?;
        let items = found.into_iter().map(PullRequest::from).collect();
        Ok(PullRequestPage { items, next: next_page(&reply, number).map(|page| page.to_string()) })
    }
}

/// GitLab takes a merge request that merges nothing, and of branches that are missing it did so too for years.
fn must_differ(api: &Api<'_>, id: &ProjectId, new: &NewPullRequest) -> Result<(), Failure> {
    let tip = |name: &str| api.find_branch(id, name)?.ok_or_else(|| base_missing(name));
    if tip(&new.source)?.commit != tip(&new.target)?.commit {
        return Ok(());
    }
    let message = format!("`{}` and `{}` stand at the same commit.", new.source, new.target);
    Err(Failure::new(FailureReason::NothingToMerge, message))
}

fn title(new: &NewPullRequest) -> String {
    let lower = new.title.trim_start().to_ascii_lowercase();
    let is_marked = DRAFT_TITLES.iter().any(|sign| lower.starts_with(sign));
    if new.draft && !is_marked { format!("Draft: {}", new.title) } else { new.title.clone() }
}

fn not_created(
    api: &Api<'_>,
    id: &ProjectId,
    new: &NewPullRequest,
    reply: &Reply,
) -> Result<CreatedPullRequest, Failure> {
    let error = ErrorBody::of(reply);
    let says = |reason| Err(told(reply, &error.text, reason));
    match reply.status {
        // There are other conflicts. What GitLab calls an open merge request is translated, but for its number: `!7`.
        409 if error.is_gitlabs && error.names_a_merge_request() => stands_already(api, id, new, &error, reply.status),
        400 | 422 if error.says("for source and target") => says(FailureReason::NothingToMerge),
        400 | 422 if error.says("source_branch ") => says(FailureReason::BaseMissing(new.source.clone())),
        400 | 422 if error.says("target_branch ") => says(FailureReason::BaseMissing(new.target.clone())),
        _ => Err(refused(api, reply, id, Part::MergeRequests)),
    }
}

/// One is open between the two branches: that is what was asked for.
fn stands_already(
    api: &Api<'_>,
    id: &ProjectId,
    new: &NewPullRequest,
    error: &ErrorBody,
    status: u16,
) -> Result<CreatedPullRequest, Failure> {
    let open = api.find_pull_requests(id, &new.source, Some(&new.target), None)?;
    let Some(pull_request) = open.items.into_iter().next() else {
        let what = format!("a merge request from {}", new.source);
        return Err(Failure::new(FailureReason::AlreadyExists(what), &error.text).with_status(status));
    };
    let mut notes = Vec::new();
    if !new.reviewers.is_empty() {
        notes.push("It was open already, so its reviewers were left as they are.".to_owned());
    }
    if new.draft && !pull_request.draft {
        notes.push("It was open already, and it is not a draft.".to_owned());
    }
    Ok(CreatedPullRequest { pull_request, existed: true, notes })
}

#[derive(Serialize)]
struct WireNewMergeRequest<'a> {
    source_branch: &'a str,
    target_branch: &'a str,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reviewer_ids: Vec<u64>,
}

#[derive(Deserialize)]
struct WireMergeRequest {
    iid: u64,
    title: String,
    web_url: String,
    state: String,
    source_branch: String,
    target_branch: String,
    target_project_id: u64,
    /// None for a fork that was deleted.
    source_project_id: Option<u64>,
    draft: Option<bool>,
    /// What drafts were called before 14.0.
    work_in_progress: Option<bool>,
    /// None for an account that was deleted. Whose it is does not matter where it cannot be read.
    author: Option<Json>,
    /// Missing before 13.8.
    reviewers: Option<Json>,
}

impl From<WireMergeRequest> for PullRequest {
    fn from(wire: WireMergeRequest) -> Self {
        Self {
            number: wire.iid.to_string(),
            title: wire.title,
            web_url: wire.web_url,
            source: wire.source_branch,
            target: wire.target_branch,
            draft: wire.draft.or(wire.work_in_progress).unwrap_or(false),
            author: wire.author.and_then(|author| author.read::<WireAccount>()).map(Into::into),
        }
    }
}
