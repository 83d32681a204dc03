//! Pull requests within one repository: create one, find the open ones.
//!
//! The server takes a pull request between branches that do not differ, so the branches are looked at before. A pull request
//! from a fork never counts here, although its branch may have the same name.

use countersign_sdk::types::{
    Account, Comparison, CreatedPullRequest, Failure, FailureReason, NewPullRequest, PullRequest, PullRequestPage,
};
use countersign_sdk::{Json, PullRequests, Reply, look_for, page_number};
use serde::Serialize;

use crate::answer::{is_set, items, text};
use crate::api::{Api, RepositoryId};
use crate::branches::{self, HEADS};
use crate::description::{CODE_READ, CODE_WRITE};
use crate::error_body::ErrorBody;
use crate::repositories::{self, WireRepository};
use crate::{comparison, reviewers, template};

/// What is expected of a search.
const LIST: &str = "a list of pull requests";
/// Pull requests of one page, as the server takes it.
const PAGE_SIZE: usize = 100;
/// Most pages: a server that does not regard where a page starts would have no last one.
const MAX_PAGES: u32 = 50;

impl PullRequests for Api<'_> {
    fn compare_branches(&self, id: &RepositoryId, source: &str, target: &str) -> Result<Comparison, Failure> {
        comparison::of(self, id, source, target)
    }

    fn create_pull_request(&self, id: &RepositoryId, new: &NewPullRequest) -> Result<CreatedPullRequest, Failure> {
        // Where the server cannot tell, it is asked: it takes any pull request.
        if comparison::of(self, id, &new.source, &new.target)? == Comparison::Nothing {
            return nothing_to_merge(self, id, new);
        }
        let has_drafts = self.site.version.is_2019_or_later();
        let body = WireNewPullRequest {
            source_ref_name: &format!("{HEADS}{}", new.source),
            target_ref_name: &format!("{HEADS}{}", new.target),
            title: &new.title,
            description: new.description.as_deref(),
            is_draft: has_drafts.then_some(new.draft),
        };
        let reply = self.post(self.repository_url(id, ["pullrequests"]), &body)?;
        if !matches!(reply.status, 200 | 201) {
            return not_created(self, id, new, &reply);
        }
        let made = reply.tree().as_ref().and_then(WirePullRequest::of);
        let made = made.filter(|made| made.is_between(&new.source, Some(&new.target)));
        let made = made.ok_or_else(|| Failure::outcome_unknown(&reply))?;
        let pull_request = pull_request(self, id, made);
        let mut notes = Vec::new();
        if new.draft && !has_drafts {
            notes.push(
                "This server has no drafts (they came with Azure DevOps Server 2019), so it is an ordinary one."
                    .to_owned(),
            );
        }
        notes.extend(reviewers::request(self, id, &pull_request.number, &new.reviewers));
        Ok(CreatedPullRequest { pull_request, existed: false, notes })
    }

    fn pull_request_template(&self, id: &RepositoryId, target: &str) -> Result<Option<String>, Failure> {
        template::find(self, id, target)
    }

    fn find_pull_requests(
        &self,
        id: &RepositoryId,
        source: &str,
        target: Option<&str>,
        cursor: Option<&str>,
    ) -> Result<PullRequestPage, Failure> {
        let number = page_number(cursor)?;
        let start = usize::try_from(number - 1).unwrap_or(usize::MAX).saturating_mul(PAGE_SIZE);
        let mut url = self
            .repository_url(id, ["pullrequests"])
            .query("searchCriteria.status", "active")
            .query("searchCriteria.sourceRefName", &format!("{HEADS}{source}"));
        if let Some(target) = target {
            url = url.query("searchCriteria.targetRefName", &format!("{HEADS}{target}"));
        }
        let reply = self.get(url.query("$top", &PAGE_SIZE.to_string()).query("$skip", &start.to_string()))?;
        if reply.status != 200 {
            return Err(repositories::refused(self, &reply, id, CODE_READ));
        }
        let entries = items(&reply, LIST, |entry| Some(entry.clone()))?;
        let is_full = entries.len() >= PAGE_SIZE;
        // Old servers may not regard a filter.
        let is_asked_for = |one: &WirePullRequest| one.is_open && one.is_between(source, target);
        let may_be = |entry: &Json| {
            let is = |member, branch: &str| {
                text(entry, member).is_none_or(|name| name.strip_prefix(HEADS).is_some_and(|name| name == branch))
            };
            is("sourceRefName", source) && target.is_none_or(|target| is("targetRefName", target))
        };
        let found = look_for(&entries, WirePullRequest::of, is_asked_for, may_be);
        let found = found.ok_or_else(|| reply.unreadable(LIST))?;
        let items = found.into_iter().map(|one| pull_request(self, id, one)).collect();
        Ok(PullRequestPage { items, next: (is_full && number < MAX_PAGES).then(|| (number + 1).to_string()) })
    }
}

fn not_created(
    api: &Api<'_>,
    id: &RepositoryId,
    new: &NewPullRequest,
    reply: &Reply,
) -> Result<CreatedPullRequest, Failure> {
    let error = ErrorBody::of(reply);
    if error.is_one_of(&["GitPullRequestExistsException", "TF401179"]) {
        return stands_already(api, id, new)?.ok_or_else(|| {
            let what = format!("a pull request from {} to {}", new.source, new.target);
            Failure::new(FailureReason::AlreadyExists(what), &error.message).with_status(reply.status)
        });
    }
    // A branch that was there a moment ago is gone, or has moved.
    if error.is_one_of(&["GitPullRequestStaleException", "GitPullRequestCannotBeActivated", "TF401192", "TF401398"]) {
        let reason = match missing_side(api, id, new)? {
            Some(side) => FailureReason::BaseMissing(side),
            None => FailureReason::UnexpectedReply,
        };
        return Err(Failure::new(reason, &error.message).with_status(reply.status));
    }
    Err(repositories::refused(api, reply, id, CODE_WRITE))
}

/// One may be open all the same, from before the target had everything.
fn nothing_to_merge(api: &Api<'_>, id: &RepositoryId, new: &NewPullRequest) -> Result<CreatedPullRequest, Failure> {
    stands_already(api, id, new)?.ok_or_else(|| {
        let message = format!("There is nothing in `{}` that `{}` does not have.", new.source, new.target);
        Failure::new(FailureReason::NothingToMerge, message)
    })
}

/// The open one between the two branches: that is what was asked for.
fn stands_already(
    api: &Api<'_>,
    id: &RepositoryId,
    new: &NewPullRequest,
) -> Result<Option<CreatedPullRequest>, Failure> {
    let open = api.find_pull_requests(id, &new.source, Some(&new.target), None)?;
    let Some(pull_request) = open.items.into_iter().next() else {
        return Ok(None);
    };
    let mut notes = Vec::new();
    if !new.reviewers.is_empty() {
        notes.push("It was open already, so its reviewers were left as they are.".to_owned());
    }
    if new.draft && !pull_request.draft {
        notes.push("It was open already, and it is not a draft.".to_owned());
    }
    Ok(Some(CreatedPullRequest { pull_request, existed: true, notes }))
}

fn missing_side(api: &Api<'_>, id: &RepositoryId, new: &NewPullRequest) -> Result<Option<String>, Failure> {
    for side in [&new.source, &new.target] {
        if branches::tip(api, id, side)?.is_none() {
            return Ok(Some(side.clone()));
        }
    }
    Ok(None)
}

fn pull_request(api: &Api<'_>, id: &RepositoryId, wire: WirePullRequest) -> PullRequest {
    let repository = match &wire.repository {
        Some(repository) => repository.web_url(api),
        None => repositories::page(api, id.project.as_deref(), &id.repository),
    };
    PullRequest {
        web_url: format!("{repository}/pullrequest/{}", wire.number),
        number: wire.number.to_string(),
        title: wire.title,
        source: wire.source,
        target: wire.target,
        draft: wire.is_draft,
        author: wire.author,
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireNewPullRequest<'a> {
    source_ref_name: &'a str,
    target_ref_name: &'a str,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    /// None for servers that have no drafts.
    #[serde(skip_serializing_if = "Option::is_none")]
    is_draft: Option<bool>,
}

struct WirePullRequest {
    number: u64,
    is_open: bool,
    title: String,
    is_draft: bool,
    author: Option<Account>,
    /// Short; empty where the answer leaves it out, or names something other than a branch.
    source: String,
    /// See `source`.
    target: String,
    is_from_fork: bool,
    repository: Option<WireRepository>,
}

impl WirePullRequest {
    fn of(wire: &Json) -> Option<Self> {
        let Some(Json::Unsigned(number)) = wire.get("pullRequestId") else {
            return None;
        };
        let branch =
            |member| text(wire, member).and_then(|name| name.strip_prefix(HEADS)).unwrap_or_default().to_owned();
        Some(Self {
            number: *number,
            is_open: text(wire, "status").is_none_or(|status| status == "active"),
            title: text(wire, "title").unwrap_or_default().to_owned(),
            is_draft: is_set(wire, "isDraft"),
            author: wire.get("createdBy").and_then(author),
            source: branch("sourceRefName"),
            target: branch("targetRefName"),
            is_from_fork: wire.get("forkSource").is_some_and(|fork| !matches!(fork, Json::Null)),
            repository: wire.get("repository").and_then(WireRepository::of),
        })
    }

    fn is_between(&self, source: &str, target: Option<&str>) -> bool {
        !self.is_from_fork && self.source == source && target.is_none_or(|target| self.target == target)
    }
}

fn author(wire: &Json) -> Option<Account> {
    let login = text(wire, "uniqueName").or_else(|| text(wire, "displayName"))?;
    Some(Account { id: text(wire, "id")?.to_owned(), login: login.to_owned() })
}
