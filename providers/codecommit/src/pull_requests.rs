//! Pull requests. CodeCommit makes a second one between the same branches without a word, and one between branches that
//! do not differ; both are found out before it is asked. How the open ones are found is in `open_pull_requests.rs`.

use countersign_sdk::types::{Comparison, CreatedPullRequest, Failure, FailureReason, NewPullRequest, PullRequestPage};
use countersign_sdk::{PullRequests, Reply};

use crate::api::{Api, RepositoryId};
use crate::error_body::ErrorBody;
use crate::open_pull_requests::{self, Search, reference};
use crate::operation::Operation;
use crate::refusal::{Asked, refusal};
use crate::wire::{self, WireRequest, WireTarget};
use crate::{branches, comparison};

impl PullRequests for Api<'_> {
    fn compare_branches(&self, id: &RepositoryId, source: &str, target: &str) -> Result<Comparison, Failure> {
        comparison::of(self, id, source, target)
    }

    fn create_pull_request(&self, id: &RepositoryId, new: &NewPullRequest) -> Result<CreatedPullRequest, Failure> {
        something_to_merge(self, id, new)?;
        let mut notes = not_known_here(new);
        match open_pull_requests::search(self, id, &new.source, &new.target)? {
            Search::Found(pull_request) => return Ok(CreatedPullRequest { pull_request, existed: true, notes }),
            Search::None => {}
            Search::NotAmong(looked_at) => notes.push(format!(
                "So many are open that only {looked_at} were looked at: there may be another one for the same branches."
            )),
        }
        let (source, target) = (reference(&new.source), reference(&new.target));
        let targets =
            WireTarget { repository_name: id.as_str(), source_reference: &source, destination_reference: &target };
        let asked = WireRequest {
            title: Some(&new.title),
            description: new.description.as_deref().filter(|text| !text.is_empty()),
            client_request_token: Some(new.attempt_token.as_str()).filter(|token| !token.is_empty()),
            targets: Some([targets]),
            ..WireRequest::default()
        };
        let reply = self.change(Operation::CreatePullRequest, &asked)?;
        match reply.status {
            200 => created(self, id, new, &reply, notes),
            _ => Err(not_created(self, id, new, &reply)),
        }
    }

    fn find_pull_requests(
        &self,
        id: &RepositoryId,
        source: &str,
        target: Option<&str>,
        cursor: Option<&str>,
    ) -> Result<PullRequestPage, Failure> {
        open_pull_requests::find(self, id, source, target, cursor)
    }
}

/// Reads the answer of success. It may be that of an earlier attempt with the same token, whose pull request was closed.
fn created(
    api: &Api<'_>,
    id: &RepositoryId,
    new: &NewPullRequest,
    reply: &Reply,
    notes: Vec<String>,
) -> Result<CreatedPullRequest, Failure> {
    let made = wire::read(reply, "a pull request", |answer| answer.pull_request.take())?;
    if made.is_closed() {
        let what = format!("pull request {}, which is closed", made.pull_request_id);
        return Err(Failure::new(FailureReason::AlreadyExists(what), "This request made a pull request before."));
    }
    let made = made.into_pull_request(api, id);
    match made.filter(|made| made.source == new.source && made.target == new.target) {
        Some(pull_request) => Ok(CreatedPullRequest { pull_request, existed: false, notes }),
        None => Err(Failure::outcome_unknown(reply)),
    }
}

/// Fails where a branch is missing or both stand at the same commit.
fn something_to_merge(api: &Api<'_>, id: &RepositoryId, new: &NewPullRequest) -> Result<(), Failure> {
    let missing =
        |side: &str| Failure::new(FailureReason::BaseMissing(side.into()), format!("There is no branch `{side}`."));
    let source = branches::tip(api, id, &new.source)?.ok_or_else(|| missing(&new.source))?;
    let target = branches::tip(api, id, &new.target)?.ok_or_else(|| missing(&new.target))?;
    if source == target {
        return Err(Failure::new(FailureReason::NothingToMerge, "Both branches stand at the same commit."));
    }
    Ok(())
}

fn not_created(api: &Api<'_>, id: &RepositoryId, new: &NewPullRequest, reply: &Reply) -> Failure {
    let error = ErrorBody::of(reply);
    let says = |reason| Failure::new(reason, error.text()).with_status(reply.status);
    match error.code.as_str() {
        "ReferenceDoesNotExist" | "BranchDoesNotExist" => match something_to_merge(api, id, new) {
            Err(failure) => failure,
            // It stands again.
            Ok(()) => says(FailureReason::UnexpectedReply),
        },
        "SourceAndDestinationAreSame" => says(FailureReason::NothingToMerge),
        "IdempotencyParameterMismatch" => {
            says(FailureReason::AlreadyExists("a pull request of an earlier attempt with other contents".into()))
        }
        "MaximumOpenPullRequestsExceeded" => {
            says(FailureReason::Protected).with_help_url(api.console().pull_requests(id.as_str()))
        }
        _ => refusal(reply, Asked { about: &format!("repository {id}"), needs: Operation::CreatePullRequest.action() }),
    }
}

/// What is asked and CodeCommit does not know.
fn not_known_here(new: &NewPullRequest) -> Vec<String> {
    let mut notes = Vec::new();
    if new.draft {
        notes.push("CodeCommit has no drafts: this is an ordinary pull request.".to_owned());
    }
    if !new.reviewers.is_empty() {
        notes.push(format!("CodeCommit has no reviewers; tell them yourself: {}.", new.reviewers.join(", ")));
    }
    notes
}
