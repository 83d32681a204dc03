//! Branches: real references, named without `refs/heads/`.

use serde_json::{Value, json};

use super::access::named;
use super::call::{Body, Call, Outcome, done, ok};
use super::paging::page;
use super::refusal::Refusal;
use super::world::Repository;
use crate::standin::git::{GitError, NotCreated, is_oid};

/// Longest branch name, in characters.
const MAX_NAME_CHARACTERS: usize = 256;
/// Branches in one answer.
const MAX_LISTED: usize = 1000;

pub(super) fn list(call: &Call<'_>, body: &Body) -> Outcome {
    let repository = named(call, body, None)?;
    let references = repository.git.references()?;
    let items = references.with_prefix("refs/heads/").map(|branch| json!(branch.short())).collect();
    let (shown, next) = page(call, body, items, MAX_LISTED)?;
    let mut answer = json!({ "branches": shown });
    if let Some(next) = next {
        answer["nextToken"] = json!(next);
    }
    Ok(ok(&answer))
}

pub(super) fn get(call: &Call<'_>, body: &Body) -> Outcome {
    let repository = named(call, body, None)?;
    let name = valid_name(body, repository)?;
    let references = repository.git.references()?;
    let missing = || {
        let message = format!("The specified branch does not exist: {name}");
        Refusal::new("BranchDoesNotExistException", &message)
    };
    let branch = references.branch(&name).ok_or_else(missing)?;
    Ok(ok(&json!({ "branch": shape(&name, &branch.oid) })))
}

/// Answers nothing: who wants to know what was made asks for it.
pub(super) fn create(call: &Call<'_>, body: &Body) -> Outcome {
    let repository = named(call, body, reference(body)?.as_deref())?;
    let name = valid_name(body, repository)?;
    let oid = body.required("commitId", "CommitIdRequiredException", "A commit ID was not specified.")?;
    if !is_oid(&oid) {
        let message = format!("The specified commit ID is not valid: {oid}");
        return Err(Refusal::new("InvalidCommitIdException", &message));
    }
    let no_commit = || {
        let message = format!("The specified commit does not exist: {oid}");
        Refusal::new("CommitDoesNotExistException", &message)
    };
    if !is_commit(repository, &oid)? {
        return Err(no_commit());
    }
    match repository.git.create_reference(&format!("refs/heads/{name}"), &oid) {
        Ok(()) => Ok(done()),
        Err(NotCreated::NoSuchObject) => Err(no_commit()),
        Err(NotCreated::Git(error)) => Err(error.into()),
        // git cannot have `a` beside `a/b`.
        Err(NotCreated::NotAName | NotCreated::Clash(_)) => Err(invalid_name(&name)),
        Err(NotCreated::Exists) => {
            let message = format!(
                "Cannot create the branch with the specified name because the commit conflicts with an existing branch with the same name: {name}"
            );
            Err(Refusal::new("BranchNameExistsException", &message))
        }
    }
}

/// A branch that is not there is as good as deleted.
pub(super) fn delete(call: &Call<'_>, body: &Body) -> Outcome {
    let repository = named(call, body, reference(body)?.as_deref())?;
    let name = valid_name(body, repository)?;
    let full = format!("refs/heads/{name}");
    let references = repository.git.references()?;
    let Some(branch) = references.get(&full) else {
        return Ok(ok(&json!({})));
    };
    if name == repository.default_branch {
        let message = "The specified branch is the default branch for the repository, and cannot be deleted. To delete this branch, you must first set another branch as the default branch.";
        return Err(Refusal::new("DefaultBranchCannotBeDeletedException", message));
    }
    match repository.git.delete_reference(&full, &branch.oid) {
        Ok(()) => Ok(ok(&json!({ "deletedBranch": shape(&name, &branch.oid) }))),
        // Somebody else was faster.
        Err(_) if repository.git.references()?.get(&full).is_none() => Ok(ok(&json!({}))),
        Err(error) => Err(error.into()),
    }
}

/// Other objects have ids too.
fn is_commit(repository: &Repository, oid: &str) -> Result<bool, GitError> {
    match repository.git.git(&["cat-file", "-t", oid]) {
        Ok(kind) => Ok(kind.trim() == "commit"),
        Err(GitError::Failed { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

fn shape(name: &str, oid: &str) -> Value {
    json!({ "branchName": name, "commitId": oid })
}

/// What the operation is about, for policies with a condition on references.
fn reference(body: &Body) -> Result<Option<String>, Refusal> {
    Ok(body.text("branchName")?.map(|name| format!("refs/heads/{name}")))
}

fn valid_name(body: &Body, repository: &Repository) -> Result<String, Refusal> {
    let message = "A branch name is required, but was not specified.";
    let name = body.required("branchName", "BranchNameRequiredException", message)?;
    let fits = name.chars().count() <= MAX_NAME_CHARACTERS;
    if fits && repository.git.accepts_name(&format!("refs/heads/{name}"))? {
        return Ok(name);
    }
    Err(invalid_name(&name))
}

fn invalid_name(name: &str) -> Refusal {
    let message = format!("The specified branch name is not valid: {name}");
    Refusal::new("InvalidBranchNameException", &message)
}
