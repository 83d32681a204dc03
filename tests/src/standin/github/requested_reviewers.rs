//! Asking people for a review of a pull request.

use http::StatusCode;

use super::access::{Resource, may_write, permission_of};
use super::call::{Call, Outcome};
use super::pulls::{numbered, refreshed};
use super::refusal::Refusal;
use super::shapes;
use super::world::Repository;
use crate::standin::message::Answer;

pub(super) fn create(call: &Call<'_>, repository: &Repository, number: &str) -> Outcome {
    may_write(call, repository, Resource::PullRequests)?;
    let reviewers = call.body()?.texts("reviewers")?;
    let mut pulls = refreshed(repository, call.now)?;
    let author = &numbered(&pulls, number)?.author;
    if reviewers.iter().any(|reviewer| reviewer.eq_ignore_ascii_case(author)) {
        return Err(Refusal::unprocessable("Review cannot be requested from pull request author."));
    }
    if reviewers.iter().any(|reviewer| permission_of(call.world, reviewer, repository).is_none()) {
        return Err(Refusal::unprocessable(&format!(
            "Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the {} repository.",
            repository.full_name()
        )));
    }
    let found = pulls.iter_mut().find(|pull| pull.number.to_string() == number);
    let pull = found.ok_or_else(Refusal::not_found)?;
    for reviewer in reviewers {
        if !pull.requested_reviewers.contains(&reviewer) {
            pull.requested_reviewers.push(reviewer);
        }
    }
    Ok(Answer::json(StatusCode::CREATED, &shapes::pull_request::listed(call, repository, pull)))
}
