//! Pull requests within one repository: create one, find the open ones, ask for reviewers.
//!
//! A pull request from a fork never counts here, although its branch may have the same name.

use countersign_sdk::types::{
    Comparison, CreatedPullRequest, Failure, FailureReason, NewPullRequest, PullRequest, PullRequestPage,
};
use countersign_sdk::{Json, PullRequests, Reply, Repositories, look_for, page_number};
use serde::{Deserialize, Serialize};

use crate::account::WireAccount;
use crate::api::{Api, MAX_PAGE_SIZE, RepositoryId};
use crate::description::{CONTENTS, PULL_REQUESTS};
use crate::error_body::ErrorBody;
use crate::refusal::{Asked, is_not_found, refusal, with_token_page};
use crate::{branches, comparison, repositories, template};

/// What is expected of a search.
const LIST: &str = "a list of pull requests";
/// Most reviewers GitHub lets a pull request have.
const MAX_REVIEWERS: usize = 15;

impl PullRequests for Api<'_> {
    fn compare_branches(&self, id: &RepositoryId, source: &str, target: &str) -> Result<Comparison, Failure> {
        comparison::of(self, id, source, target)
    }

    fn create_pull_request(&self, id: &RepositoryId, new: &NewPullRequest) -> Result<CreatedPullRequest, Failure> {
        let body = WireNewPullRequest {
            title: &new.title,
            head: &new.source,
            base: &new.target,
            body: new.description.as_deref(),
            draft: new.draft,
        };
        let reply = self.client.post(self.repository_url(id, ["pulls"]), &body)?;
        if reply.status != 201 {
            return not_created(self, id, new, &reply);
        }
        let pull_request = PullRequest::from(reply.json::<WirePullRequest>("a pull request")?);
        let mut notes = request_reviewers(self, id, &pull_request.number, &new.reviewers);
        // Old servers have no drafts, and pass over what they do not know.
        if new.draft && !pull_request.draft {
            notes.push("It was created, and it is not a draft: the server did not take it as one.".to_owned());
        }
        Ok(CreatedPullRequest { pull_request, existed: false, notes })
    }

    fn pull_request_template(&self, id: &RepositoryId, _target: &str) -> Result<Option<String>, Failure> {
        template::find(self, id)
    }

    fn find_pull_requests(
        &self,
        id: &RepositoryId,
        source: &str,
        target: Option<&str>,
        cursor: Option<&str>,
    ) -> Result<PullRequestPage, Failure> {
        let number = page_number(cursor)?;
        let mut reply = get_page(self, id, source, target, number)?;
        if reply.redirected {
            // The filter names the owner, and a repository that moved may have another one now.
            let current = self.get_repository(id)?.id.parse()?;
            reply = get_page(self, &current, source, target, number)?;
        }
        let entries: Vec<Json> = reply.json(LIST)?;
        // GitHub ignores a filter it does not understand.
        let is_asked_for = |one: &WirePullRequest| {
            one.is_within_one_repository()
                && one.head.branch == source
                && target.is_none_or(|target| one.base.branch == target)
        };
        let may_be = |entry: &Json| {
            let is = |side, branch| entry.text_at(&[side, "ref"]).is_none_or(|name| name == branch);
            is("head", source) && target.is_none_or(|target| is("base", target))
        };
        let found = look_for(&entries, Json::read, is_asked_for, may_be).ok_or_else(|| reply.unreadable(LIST))?;
        let items = found.into_iter().map(PullRequest::from).collect();
        Ok(PullRequestPage { items, next: reply.next_page(number).map(|page| page.to_string()) })
    }
}

/// A draft that is refused as such is not sent again as an ordinary pull request: that would notify people who were not to be
/// disturbed yet.
fn not_created(
    api: &Api<'_>,
    id: &RepositoryId,
    new: &NewPullRequest,
    reply: &Reply,
) -> Result<CreatedPullRequest, Failure> {
    let error = ErrorBody::of(reply);
    let says = |reason| Err(error.failure(reason));
    match reply.status {
        422 if error.says("pull request already exists") => stands_already(api, id, new, &error),
        422 if error.blames("head", "invalid") => says(FailureReason::BaseMissing(new.source.clone())),
        422 if error.blames("base", "invalid") => says(FailureReason::BaseMissing(new.target.clone())),
        // Opening one takes reading both branches as well. Of branches that cannot be read there are no commits either.
        422 if error.says("refs are readable") => {
            let failure = error.failure(FailureReason::PermissionMissing(CONTENTS.into()));
            Err(with_token_page(failure, reply, &api.web))
        }
        // Of branches it cannot resolve GitHub says that there are no commits between them.
        422 if error.blames("head_sha", "missing_field") || error.blames("base_sha", "missing_field") => {
            match missing_side(api, id, new)? {
                Some(side) => says(FailureReason::BaseMissing(side)),
                None => says(FailureReason::NothingToMerge),
            }
        }
        422 if error.says("no commits between") => says(FailureReason::NothingToMerge),
        _ => match refused(api, reply, id) {
            failure if is_not_found(&failure) => Err(hidden_or_forbidden(api, id, reply)),
            failure => Err(failure),
        },
    }
}

/// One is open between the two branches: that is what was asked for.
fn stands_already(
    api: &Api<'_>,
    id: &RepositoryId,
    new: &NewPullRequest,
    error: &ErrorBody,
) -> Result<CreatedPullRequest, Failure> {
    let open = api.find_pull_requests(id, &new.source, Some(&new.target), None)?;
    let Some(pull_request) = open.items.into_iter().next() else {
        let what = format!("a pull request from {}", new.source);
        return Err(error.failure(FailureReason::AlreadyExists(what)));
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

fn missing_side(api: &Api<'_>, id: &RepositoryId, new: &NewPullRequest) -> Result<Option<String>, Failure> {
    for side in [&new.source, &new.target] {
        if branches::tip(api, id, side)?.is_none() {
            return Ok(Some(side.clone()));
        }
    }
    Ok(None)
}

/// GitHub answers 404 to a write that the credential may not do, and in a repository that takes no pull requests. Where it can
/// still be read, it tells.
fn hidden_or_forbidden(api: &Api<'_>, id: &RepositoryId, reply: &Reply) -> Failure {
    let (reason, message) = match repositories::repository(api, id) {
        Err(failure) => return failure,
        Ok(visible) => match visible.closed_to_pull_requests() {
            Some(why) => (FailureReason::Protected, why),
            None => {
                let message = format!("The token can see {id} and may not create pull requests there.");
                let failure = Failure::new(FailureReason::PermissionMissing(PULL_REQUESTS.into()), message);
                return with_token_page(failure.with_status(reply.status), reply, &api.web);
            }
        },
    };
    Failure::new(reason, message).with_status(reply.status)
}

/// Asks for all at once. GitHub refuses all where one is refused, so then each is asked for alone, and what could not
/// be done becomes a note: the pull request stands either way.
fn request_reviewers(api: &Api<'_>, id: &RepositoryId, number: &str, reviewers: &[String]) -> Vec<String> {
    let (asked, beyond) = reviewers.split_at(reviewers.len().min(MAX_REVIEWERS));
    let refused = |logins: &[String]| {
        let failure = ask_for(api, id, number, logins).err()?;
        Some((failure.status, failure.of_a_review(&logins.join(", "))))
    };
    let mut notes = match Some(asked).filter(|logins| !logins.is_empty()).and_then(refused) {
        None => Vec::new(),
        Some((Some(422), _)) if asked.len() > 1 => {
            asked.iter().filter_map(|login| refused(std::slice::from_ref(login))).map(|(_, note)| note).collect()
        }
        Some((_, note)) => vec![note],
    };
    if !beyond.is_empty() {
        notes.push(format!("GitHub takes at most {MAX_REVIEWERS} reviewers; left out: {}.", beyond.join(", ")));
    }
    notes
}

fn ask_for(api: &Api<'_>, id: &RepositoryId, number: &str, logins: &[String]) -> Result<(), Failure> {
    let url = api.repository_url(id, ["pulls", number, "requested_reviewers"]);
    let reply = api.client.post(url, &WireReviewers { reviewers: logins })?;
    match reply.status {
        201 => Ok(()),
        _ => Err(refused(api, &reply, id)),
    }
}

fn get_page(
    api: &Api<'_>,
    id: &RepositoryId,
    source: &str,
    target: Option<&str>,
    number: u32,
) -> Result<Reply, Failure> {
    let mut url =
        api.repository_url(id, ["pulls"]).query("state", "open").query("head", &format!("{}:{source}", id.owner));
    if let Some(target) = target {
        url = url.query("base", target);
    }
    let reply = api.client.get(url.query("per_page", &MAX_PAGE_SIZE.to_string()).query("page", &number.to_string()))?;
    match reply.status {
        200 => Ok(reply),
        _ => Err(refused(api, &reply, id)),
    }
}

fn refused(api: &Api<'_>, reply: &Reply, id: &RepositoryId) -> Failure {
    refusal(reply, Asked { about: &format!("repository {id}"), needs: PULL_REQUESTS, web: &api.web })
}

#[derive(Serialize)]
struct WireNewPullRequest<'a> {
    title: &'a str,
    head: &'a str,
    base: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<&'a str>,
    draft: bool,
}

#[derive(Serialize)]
struct WireReviewers<'a> {
    reviewers: &'a [String],
}

#[derive(Deserialize)]
struct WirePullRequest {
    number: u64,
    title: String,
    html_url: String,
    /// Missing on old servers, which have no drafts.
    draft: Option<bool>,
    /// None for an account that was deleted. Whose it is does not matter where it cannot be read.
    user: Option<Json>,
    head: WireSide,
    base: WireSide,
}

#[derive(Deserialize)]
struct WireSide {
    #[serde(rename = "ref")]
    branch: String,
    /// None for a fork that was deleted.
    repo: Option<WireRepositoryNumber>,
}

#[derive(Deserialize, PartialEq)]
struct WireRepositoryNumber {
    id: u64,
}

impl WirePullRequest {
    fn is_within_one_repository(&self) -> bool {
        self.head.repo.is_some() && self.head.repo == self.base.repo
    }
}

impl From<WirePullRequest> for PullRequest {
    fn from(wire: WirePullRequest) -> Self {
        Self {
            number: wire.number.to_string(),
            title: wire.title,
            web_url: wire.html_url,
            source: wire.head.branch,
            target: wire.base.branch,
            draft: wire.draft.unwrap_or(false),
            author: wire.user.and_then(|user| user.read::<WireAccount>()).map(Into::into),
        }
    }
}
