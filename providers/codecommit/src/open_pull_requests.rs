//! The open pull requests of a repository. CodeCommit lists them by number alone and filters by no branch, so each is
//! looked at with a request of its own; how many requests that takes is bounded here.

use countersign_sdk::types::{Failure, FailureReason, PullRequest, PullRequestPage};

use crate::account::account_of;
use crate::api::{Api, RepositoryId, next_token};
use crate::error_body::ErrorBody;
use crate::operation::Operation;
use crate::refusal::{Asked, refusal};
use crate::wire::{self, WireAnswer, WirePullRequest, WireRequest};

const HEADS: &str = "refs/heads/";
/// Pull requests of one page. Twenty pages hold the 1000 that a repository may have open.
const PAGE_SIZE: u32 = 50;
/// Most pull requests looked at for one page: a server that gives more than it was asked for must not use up the
/// host's 120 requests of a call.
const MAX_PER_PAGE: usize = 100;
/// Most requests spent on one search, which leaves the host's 120 enough for what comes before and after it.
const MAX_SEARCH_REQUESTS: usize = 90;

/// What a search among the open ones came to.
pub enum Search {
    Found(PullRequest),
    /// There is none.
    None,
    /// Not among so many, and there are more.
    NotAmong(usize),
}

/// One page of those from `source`, and to `target` where it is given.
pub fn find(
    api: &Api<'_>,
    id: &RepositoryId,
    source: &str,
    target: Option<&str>,
    cursor: Option<&str>,
) -> Result<PullRequestPage, Failure> {
    let page = numbers(api, id, cursor)?;
    if page.numbers.len() > MAX_PER_PAGE {
        let message = format!("AWS lists more pull requests than the {PAGE_SIZE} it was asked for.");
        return Err(Failure::new(FailureReason::UnexpectedReply, message));
    }
    let (mut items, mut odd) = (Vec::new(), None);
    for number in &page.numbers {
        let open = unless_odd(get_open(api, id, number), &mut odd)?;
        items.extend(open.filter(|one| one.source == source && target.is_none_or(|target| one.target == target)));
    }
    match odd {
        Some(failure) if items.is_empty() => Err(failure),
        _ => Ok(PullRequestPage { items, next: page.next }),
    }
}

/// One that cannot be read is no reason to withhold the others, and where nothing is found it may be the one.
fn unless_odd(
    open: Result<Option<PullRequest>, Failure>,
    odd: &mut Option<Failure>,
) -> Result<Option<PullRequest>, Failure> {
    match open {
        Err(failure) if failure.reason == FailureReason::UnexpectedReply && failure.status == Some(200) => {
            *odd = Some(failure);
            Ok(None)
        }
        readable => readable,
    }
}

/// Looks for one between two branches.
pub fn search(api: &Api<'_>, id: &RepositoryId, source: &str, target: &str) -> Result<Search, Failure> {
    let mut token: Option<String> = None;
    let mut requests_left = MAX_SEARCH_REQUESTS;
    let (mut looked_at, mut odd) = (0, None);
    while requests_left > 0 {
        let page = numbers(api, id, token.as_deref())?;
        requests_left -= 1;
        for number in &page.numbers {
            if requests_left == 0 {
                return Ok(Search::NotAmong(looked_at));
            }
            let open = unless_odd(get_open(api, id, number), &mut odd)?;
            (requests_left, looked_at) = (requests_left - 1, looked_at + 1);
            if let Some(found) = open.filter(|one| one.source == source && one.target == target) {
                return Ok(Search::Found(found));
            }
        }
        match page.next {
            Some(next) => token = Some(next),
            None => return odd.map_or(Ok(Search::None), Err),
        }
    }
    Ok(Search::NotAmong(looked_at))
}

struct Page {
    numbers: Vec<String>,
    next: Option<String>,
}

fn numbers(api: &Api<'_>, id: &RepositoryId, token: Option<&str>) -> Result<Page, Failure> {
    let open = WireRequest {
        pull_request_status: Some("OPEN"),
        max_results: Some(PAGE_SIZE),
        next_token: token,
        ..WireRequest::of(id.as_str())
    };
    let reply = api.read(Operation::ListPullRequests, &open)?;
    if reply.status != 200 {
        let asked = Asked { about: &format!("repository {id}"), needs: Operation::ListPullRequests.action() };
        return Err(refusal(&reply, asked));
    }
    let page = |answer: &mut WireAnswer| Some((answer.pull_request_ids.take()?, answer.next_token.take()));
    let (numbers, next) = wire::read(&reply, "a list of pull requests", page)?;
    Ok(Page { numbers, next: next_token(next, token) })
}

/// None for one that was closed since it was listed.
fn get_open(api: &Api<'_>, id: &RepositoryId, number: &str) -> Result<Option<PullRequest>, Failure> {
    let reply =
        api.read(Operation::GetPullRequest, &WireRequest { pull_request_id: Some(number), ..WireRequest::default() })?;
    match reply.status {
        200 => {
            let found = wire::read(&reply, "a pull request", |answer| answer.pull_request.take())?;
            if found.is_closed() {
                return Ok(None);
            }
            let open = found.into_pull_request(api, id);
            open.map(Some).ok_or_else(|| Failure::unexpected("a pull request with its branches", &reply))
        }
        _ if ErrorBody::of(&reply).code == "PullRequestDoesNotExist" => Ok(None),
        _ => {
            let asked = Asked { about: &format!("pull request {number}"), needs: Operation::GetPullRequest.action() };
            Err(refusal(&reply, asked))
        }
    }
}

impl WirePullRequest {
    pub fn is_closed(&self) -> bool {
        self.pull_request_status.as_deref() == Some("CLOSED")
    }

    /// None where it does not say from which branch to which, or has a number that no address can hold.
    pub fn into_pull_request(self, api: &Api<'_>, id: &RepositoryId) -> Option<PullRequest> {
        let short = |reference: String| reference.strip_prefix(HEADS).map(str::to_owned).unwrap_or(reference);
        let sides = self.pull_request_targets?.into_iter().next()?;
        Some(PullRequest {
            web_url: api.console().pull_request(id.as_str(), &self.pull_request_id)?,
            number: self.pull_request_id,
            title: self.title.unwrap_or_default(),
            source: short(sides.source_reference),
            target: short(sides.destination_reference),
            draft: false,
            author: self.author_arn.as_deref().map(account_of),
        })
    }
}

/// The reference of a branch, which no tag can be mistaken for.
pub fn reference(branch: &str) -> String {
    format!("{HEADS}{branch}")
}
