//! Pull requests within one repository: create one, find the open ones.
//!
//! The server takes a pull request between branches that do not differ, so the branches are looked at before. A pull request
//! from a fork never counts here, although its branch may have the same name.

use countersign_sdk::types::{
    Account, CreatedPullRequest, Failure, FailureReason, NewPullRequest, PullRequest, PullRequestPage,
};
use countersign_sdk::{Json, Reply, page_number};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use crate::api::{Api, RepositoryId, items};
use crate::branches::{self, HEADS};
use crate::description::{CODE_READ, CODE_WRITE};
use crate::error_body::ErrorBody;
use crate::repositories::{self, WireRepository};
use crate::reviewers;

/// Pull requests of one page, as the server takes it.
const PAGE_SIZE: usize = 100;
/// Most pages: a server that does not regard where a page starts would have no last one.
const MAX_PAGES: u32 = 50;

pub fn create(api: &Api<'_>, id: &RepositoryId, new: &NewPullRequest) -> Result<CreatedPullRequest, Failure> {
    let tip = |name: &str| branches::tip(api, id, name)?.ok_or_else(|| branches::base_missing(name));
    if tip(&new.source)? == tip(&new.target)? || branches::is_merged(api, id, &new.source, &new.target) {
        return nothing_to_merge(api, id, new);
    }
    let has_drafts = api.site.version.is_2019_or_later();
    let body = WireNewPullRequest {
        source_ref_name: &format!("{HEADS}{}", new.source),
        target_ref_name: &format!("{HEADS}{}", new.target),
        title: &new.title,
        description: new.description.as_deref(),
        is_draft: has_drafts.then_some(new.draft),
    };
    let reply = api.post(api.repository_url(id, ["pullrequests"]), &body)?;
    if !matches!(reply.status, 200 | 201) {
        return not_created(api, id, new, &reply);
    }
    let made: WirePullRequest = reply.json("a pull request")?;
    if !made.is_between(&new.source, Some(&new.target)) {
        return Err(Failure::outcome_unknown(&reply));
    }
    let pull_request = pull_request(api, id, made);
    let mut notes = Vec::new();
    if new.draft && !has_drafts {
        notes.push(
            "This server has no drafts (they came with Azure DevOps Server 2019), so it is an ordinary one.".to_owned(),
        );
    }
    notes.extend(reviewers::request(api, id, &pull_request.number, &new.reviewers));
    Ok(CreatedPullRequest { pull_request, existed: false, notes })
}

fn not_created(
    api: &Api<'_>,
    id: &RepositoryId,
    new: &NewPullRequest,
    reply: &Reply,
) -> Result<CreatedPullRequest, Failure> {
    let error = ErrorBody::of(reply);
    match error.key.as_str() {
        "GitPullRequestExistsException" => stands_already(api, id, new)?.ok_or_else(|| {
            let what = format!("a pull request from {} to {}", new.source, new.target);
            Failure::new(FailureReason::AlreadyExists(what), &error.message).with_status(reply.status)
        }),
        // A branch that was there a moment ago is gone, or has moved.
        "GitPullRequestStaleException" | "GitPullRequestCannotBeActivated" => {
            let reason = match missing_side(api, id, new)? {
                Some(side) => FailureReason::BaseMissing(side),
                None => FailureReason::UnexpectedReply,
            };
            Err(Failure::new(reason, &error.message).with_status(reply.status))
        }
        _ => Err(repositories::refused(api, reply, id, CODE_WRITE)),
    }
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
    let open = find(api, id, &new.source, Some(&new.target), None)?;
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

pub fn find(
    api: &Api<'_>,
    id: &RepositoryId,
    source: &str,
    target: Option<&str>,
    cursor: Option<&str>,
) -> Result<PullRequestPage, Failure> {
    let number = page_number(cursor)?;
    let start = usize::try_from(number - 1).unwrap_or(usize::MAX).saturating_mul(PAGE_SIZE);
    let mut url = api
        .repository_url(id, ["pullrequests"])
        .query("searchCriteria.status", "active")
        .query("searchCriteria.sourceRefName", &format!("{HEADS}{source}"));
    if let Some(target) = target {
        url = url.query("searchCriteria.targetRefName", &format!("{HEADS}{target}"));
    }
    let reply = api.get(url.query("$top", &PAGE_SIZE.to_string()).query("$skip", &start.to_string()))?;
    if reply.status != 200 {
        return Err(repositories::refused(api, &reply, id, CODE_READ));
    }
    let mut found: Vec<WirePullRequest> = items(&reply, "a list of pull requests", Json::read)?;
    let is_full = found.len() >= PAGE_SIZE;
    // Old servers may not regard a filter.
    found.retain(|one| one.is_open() && one.is_between(source, target));
    let items = found.into_iter().map(|one| pull_request(api, id, one)).collect();
    Ok(PullRequestPage { items, next: (is_full && number < MAX_PAGES).then(|| (number + 1).to_string()) })
}

fn pull_request(api: &Api<'_>, id: &RepositoryId, wire: WirePullRequest) -> PullRequest {
    let repository = match &wire.repository {
        Some(repository) => repository.web_url(api),
        None => repositories::page(api, id.project.as_deref(), &id.repository),
    };
    let short = |branch: Option<String>| branch.as_deref().and_then(short_name).unwrap_or_default().to_owned();
    PullRequest {
        web_url: format!("{repository}/pullrequest/{}", wire.pull_request_id),
        number: wire.pull_request_id.to_string(),
        title: wire.title.unwrap_or_default(),
        source: short(wire.source_ref_name),
        target: short(wire.target_ref_name),
        draft: wire.is_draft.unwrap_or(false),
        author: wire.created_by.and_then(WirePerson::into_account),
    }
}

fn short_name(reference: &str) -> Option<&str> {
    reference.strip_prefix(HEADS)
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

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WirePullRequest {
    pull_request_id: u64,
    status: Option<String>,
    title: Option<String>,
    /// Missing before 5.0.
    is_draft: Option<bool>,
    created_by: Option<WirePerson>,
    source_ref_name: Option<String>,
    target_ref_name: Option<String>,
    /// The fork the source is in; missing where it is in the repository itself.
    fork_source: Option<IgnoredAny>,
    repository: Option<WireRepository>,
}

impl WirePullRequest {
    fn is_open(&self) -> bool {
        self.status.as_deref().is_none_or(|status| status == "active")
    }

    fn is_between(&self, source: &str, target: Option<&str>) -> bool {
        let is = |reference: &Option<String>, name| reference.as_deref().and_then(short_name) == Some(name);
        self.fork_source.is_none()
            && is(&self.source_ref_name, source)
            && target.is_none_or(|target| is(&self.target_ref_name, target))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WirePerson {
    id: String,
    unique_name: Option<String>,
    display_name: Option<String>,
}

impl WirePerson {
    fn into_account(self) -> Option<Account> {
        let login = self.unique_name.filter(|name| !name.is_empty()).or(self.display_name)?;
        Some(Account { id: self.id, login })
    }
}
