//! Repositories: their names, and what else there is to know of them.

use serde_json::{Value, json};

use super::access::{check_name, encryption_error, may, named};
use super::call::{Body, Call, Outcome, ok};
use super::paging::page;
use super::refusal::Refusal;
use super::shapes;
use super::world::Repository;

/// Names in one `BatchGetRepositories`.
const MAX_NAMES: usize = 100;
/// Repositories in one answer.
const MAX_LISTED: usize = 1000;

/// Names and ids of all repositories of the account, those the caller may not read among them.
pub(super) fn list(call: &Call<'_>, body: &Body) -> Outcome {
    may(call, &call.world.repository_arn("*"), None)?;
    let mut listed: Vec<&Repository> = call.world.repositories.iter().collect();
    // A stand-in's repositories are made in the order they stand in and never touched since.
    match body.text("sortBy")?.as_deref() {
        None | Some("repositoryName") => listed.sort_by(|one, other| one.name.cmp(&other.name)),
        Some("lastModifiedDate") => {}
        Some(_) => return Err(Refusal::new("InvalidSortByException", "The specified sort by value is not valid.")),
    }
    match body.text("order")?.as_deref() {
        None | Some("ascending") => {}
        Some("descending") => listed.reverse(),
        Some(_) => return Err(Refusal::new("InvalidOrderException", "The specified sort order is not valid.")),
    }
    let items = listed
        .iter()
        .map(|repository| json!({ "repositoryName": repository.name, "repositoryId": repository.id }))
        .collect();
    let (shown, next) = page(call, body, items, MAX_LISTED)?;
    let mut answer = json!({ "repositories": shown });
    if let Some(next) = next {
        answer["nextToken"] = json!(next);
    }
    Ok(ok(&answer))
}

pub(super) fn get(call: &Call<'_>, body: &Body) -> Outcome {
    let repository = named(call, body, None)?;
    Ok(ok(&json!({ "repositoryMetadata": shapes::repository(call, repository)? })))
}

/// What is not there is named beside what is; one that may not be read spoils the whole answer.
pub(super) fn batch_get(call: &Call<'_>, body: &Body) -> Outcome {
    let names = body.texts("repositoryNames")?;
    if names.is_empty() {
        let message = "At least one repository name object is required, but was not specified.";
        return Err(Refusal::new("RepositoryNamesRequiredException", message));
    }
    if names.len() > MAX_NAMES {
        let message = "The maximum number of allowed repository names was exceeded. Currently, this number is 100.";
        return Err(Refusal::new("MaximumRepositoryNamesExceededException", message));
    }
    let (mut found, mut errors, mut missing) = (Vec::new(), Vec::new(), Vec::new());
    for name in names {
        check_name(&name)?;
        may(call, &call.world.repository_arn(&name), None)?;
        match call.world.repository(&name) {
            None => missing.push(name),
            Some(repository) => match encryption_error(repository) {
                None => found.push(shapes::repository(call, repository)?),
                Some((code, message)) => errors.push(batch_error(repository, code, message)),
            },
        }
    }
    let mut answer = json!({ "repositories": found, "repositoriesNotFound": missing });
    if !errors.is_empty() {
        answer["errors"] = json!(errors);
    }
    Ok(ok(&answer))
}

fn batch_error(repository: &Repository, code: &str, message: &str) -> Value {
    json!({
        "repositoryId": repository.id, "repositoryName": repository.name, "errorCode": code, "errorMessage": message,
    })
}
