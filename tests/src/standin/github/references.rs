//! `git/refs`: the way branches are made and deleted.

use http::{StatusCode, header};
use serde_json::Value;

use super::access::{Resource, may_read, may_write};
use super::call::{Call, Outcome, accepting_scopes, encoded, ok};
use super::paging::page;
use super::refusal::Refusal;
use super::shapes;
use super::world::Repository;
use crate::standin::git::{NotCreated, References, is_oid};
use crate::standin::message::Answer;

/// Longest reference name, in bytes, with `refs/heads/`.
const MAX_NAME_BYTES: usize = 255;

pub(super) fn get(call: &Call<'_>, repository: &Repository, name: &str) -> Outcome {
    may_read(call, repository, Resource::Contents)?;
    let references = not_empty(repository)?;
    let reference = references.get(&format!("refs/{name}")).ok_or_else(Refusal::not_found)?;
    Ok(accepting_scopes(ok(&shapes::branch::reference(call, repository, reference)), "repo"))
}

/// References whose name starts so, within a segment too; none is an empty list.
pub(super) fn matching(call: &Call<'_>, repository: &Repository, prefix: &str) -> Outcome {
    may_read(call, repository, Resource::Contents)?;
    let references = not_empty(repository)?;
    let items: Vec<Value> = references
        .with_prefix(&format!("refs/{prefix}"))
        .map(|reference| shapes::branch::reference(call, repository, reference))
        .collect();
    let route = format!("/repositories/{}/git/matching-refs/{}", repository.id, encoded(prefix));
    Ok(accepting_scopes(page(call, &route, &items), "repo"))
}

pub(super) fn create(call: &Call<'_>, repository: &Repository, _: &str) -> Outcome {
    may_write(call, repository, Resource::Contents)?;
    let body = call.body()?;
    let (name, oid) = (body.required_text("ref")?, body.required_text("sha")?);
    check_name(&name)?;
    if !is_oid(&oid) {
        let message = "The sha parameter must be exactly 40 characters and contain only [0-9a-f].";
        return Err(Refusal::unprocessable(message));
    }
    not_empty(repository)?;
    if name.strip_prefix("refs/heads/").is_some_and(|branch| repository.is_protected(branch)) {
        return Err(update_failed());
    }
    repository.git.create_reference(&name, &oid).map_err(why_not)?;
    let references = repository.git.references()?;
    // Somebody may have deleted it again by now; what was made is still what is answered.
    let made = references.get(&name).cloned();
    let made = made.unwrap_or(crate::standin::git::Reference { name, oid, kind: "commit".to_owned() });
    let shape = shapes::branch::reference(call, repository, &made);
    let location = shape["url"].as_str().unwrap_or_default();
    Ok(accepting_scopes(Answer::json(StatusCode::CREATED, &shape).with(header::LOCATION, location), "repo"))
}

pub(super) fn delete(call: &Call<'_>, repository: &Repository, name: &str) -> Outcome {
    may_write(call, repository, Resource::Contents)?;
    let references = not_empty(repository)?;
    let name = format!("refs/{name}");
    let reference = references.get(&name).ok_or_else(|| Refusal::unprocessable("Reference does not exist"))?;
    let branch = reference.short();
    if branch == repository.default_branch {
        return Err(Refusal::unprocessable("Cannot delete this branch"));
    }
    if repository.is_protected(branch) {
        return Err(Refusal::unprocessable("Cannot delete this protected branch"));
    }
    repository.git.delete_reference(&name, &reference.oid)?;
    Ok(accepting_scopes(Answer::empty(StatusCode::NO_CONTENT), "repo"))
}

fn not_empty(repository: &Repository) -> Result<References, Refusal> {
    let references = repository.git.references()?;
    if references.is_empty() {
        return Err(Refusal::new(StatusCode::CONFLICT, "Git Repository is empty."));
    }
    Ok(references)
}

/// GitHub's own rules, before git's: three segments, not too long, no branch that looks like a commit.
fn check_name(name: &str) -> Result<(), Refusal> {
    let looks_like_commit = name.strip_prefix("refs/heads/").is_some_and(is_oid);
    let three_segments = name.starts_with("refs/") && name.matches('/').count() >= 2;
    if three_segments && name.len() <= MAX_NAME_BYTES && !looks_like_commit {
        return Ok(());
    }
    Err(Refusal::unprocessable(&format!("{name} is not a valid ref name.")))
}

fn why_not(refused: NotCreated) -> Refusal {
    match refused {
        NotCreated::Exists => Refusal::unprocessable("Reference already exists"),
        NotCreated::NoSuchObject => Refusal::unprocessable("Object does not exist"),
        NotCreated::NotAName => Refusal::unprocessable("Reference contains bad characters"),
        NotCreated::Clash(_) => update_failed(),
        NotCreated::Git(error) => Refusal::from(error),
    }
}

/// All that GitHub says of a protected pattern, of a rule set, and of `a` beside `a/b`.
fn update_failed() -> Refusal {
    Refusal::unprocessable("Reference update failed")
}
