//! Two branches compared, in as much of GitHub's shape as its documentation requires ("Compare two commits").

use serde_json::{Value, json};

use super::access::{Resource, may_read};
use super::call::{Call, Outcome, ok};
use super::refusal::Refusal;
use super::shapes;
use super::world::Repository;

/// `base...head`.
pub(super) fn get(call: &Call<'_>, repository: &Repository, between: &str) -> Outcome {
    may_read(call, repository, Resource::Contents)?;
    let (base, head) = between.split_once("...").ok_or_else(Refusal::not_found)?;
    let references = repository.git.references()?;
    let commit = |name: &str| -> Result<_, Refusal> {
        let branch = references.branch(name).ok_or_else(Refusal::not_found)?;
        Ok(repository.git.commit(&branch.oid)?)
    };
    let (base, head) = (commit(base)?, commit(head)?);
    let parted = repository.git.merge_base(&base.oid, &head.oid)?.ok_or_else(Refusal::not_found)?;
    let (ahead, behind) =
        (repository.git.compare(&base.oid, &head.oid)?, repository.git.compare(&head.oid, &base.oid)?);
    let status = match (ahead.commits, behind.commits) {
        (0, 0) => "identical",
        (_, 0) => "ahead",
        (0, _) => "behind",
        _ => "diverged",
    };
    let shape = |commit| shapes::branch::full_commit(call, repository, commit);
    let is_first = call.request.query_value("page").is_none_or(|page| page == "1");
    let commits: Vec<Value> = if is_first && ahead.commits > 0 { vec![shape(&head)] } else { Vec::new() };
    let url = call.api_url(&format!("/repos/{}/compare/{between}", repository.full_name()));
    let page = call.web_url(&format!("/{}/compare/{between}", repository.full_name()));
    Ok(ok(&json!({
        "url": url, "html_url": page, "permalink_url": page, "diff_url": format!("{page}.diff"),
        "patch_url": format!("{page}.patch"), "base_commit": shape(&base),
        "merge_base_commit": shape(&repository.git.commit(&parted)?), "status": status, "ahead_by": ahead.commits,
        "behind_by": behind.commits, "total_commits": ahead.commits, "commits": commits, "files": [],
    })))
}
