//! The reviewers of a pull request.

use serde_json::Value;

use super::access::{contributes, may_write_code};
use super::call::{Call, Outcome, list as listed, ok};
use super::pulls::{numbered, refreshed};
use super::refusal::Refusal;
use super::shapes;
use super::world::Repository;

pub(super) fn list(call: &Call<'_>, repository: &Repository, number: &str) -> Outcome {
    let pulls = refreshed(repository)?;
    let pull = numbered(&pulls, number)?;
    let shape = |login: &String| shapes::pull_request::reviewer(call, repository, pull, login);
    Ok(listed(&pull.reviewers.iter().map(shape).collect::<Vec<Value>>()))
}

/// Adding somebody twice changes nothing.
pub(super) fn add(call: &Call<'_>, repository: &Repository, number: &str, id: &str) -> Outcome {
    may_write_code(call)?;
    if !contributes(call, repository) {
        return Err(Refusal::needs_permission(&call.identity(), "PullRequestContribute", "repository"));
    }
    let account = call.world.account_of_id(id).ok_or_else(|| Refusal::invalid_argument("reviewerId"))?;
    let mut pulls = refreshed(repository)?;
    numbered(&pulls, number)?;
    for pull in pulls.iter_mut().filter(|pull| pull.number.to_string() == number) {
        if !pull.reviewers.contains(&account.login) {
            pull.reviewers.push(account.login.clone());
        }
    }
    Ok(ok(&shapes::pull_request::reviewer(call, repository, numbered(&pulls, number)?, &account.login)))
}
