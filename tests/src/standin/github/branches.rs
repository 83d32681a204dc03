//! Branches as GitHub shows them: name, commit, protection.

use http::StatusCode;
use serde_json::Value;

use super::access::{Resource, may_read};
use super::call::{Call, Outcome, ok};
use super::paging::page;
use super::refusal::Refusal;
use super::shapes;
use super::world::Repository;

/// An empty repository has an empty list here, where `git/*` refuses.
pub(super) fn list(call: &Call<'_>, repository: &Repository, _: &str) -> Outcome {
    may_read(call, repository, Resource::Contents)?;
    let protected = call.request.query_value("protected");
    let wanted = |branch: &str| match protected.as_deref() {
        Some("true") => repository.is_protected(branch),
        Some("false") => !repository.is_protected(branch),
        _ => true,
    };
    let references = repository.git.references()?;
    let items: Vec<Value> = references
        .with_prefix("refs/heads/")
        .filter(|reference| wanted(reference.short()))
        .map(|reference| shapes::branch::short(call, repository, reference))
        .collect();
    Ok(page(call, &format!("/repositories/{}/branches", repository.id), &items))
}

pub(super) fn get(call: &Call<'_>, repository: &Repository, name: &str) -> Outcome {
    may_read(call, repository, Resource::Contents)?;
    let references = repository.git.references()?;
    let missing = || Refusal::new(StatusCode::NOT_FOUND, "Branch not found");
    let reference = references.branch(name).ok_or_else(missing)?;
    let commit = repository.git.commit(&reference.oid)?;
    Ok(ok(&shapes::branch::full(call, repository, reference, &commit)))
}
