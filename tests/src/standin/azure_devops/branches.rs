//! How far branches are ahead of and behind the default one, or the one that is named for it.

use serde_json::Value;

use super::call::{Call, Outcome, list, ok};
use super::refusal::Refusal;
use super::shapes;
use super::world::Repository;

/// One object with `name`, a list of all branches without.
pub(super) fn stats(call: &Call<'_>, repository: &Repository) -> Outcome {
    let references = repository.git.references()?;
    let from = call.query("baseVersionDescriptor.version").unwrap_or_else(|| repository.default_branch.clone());
    let base = references.branch(&from).ok_or_else(|| Refusal::unresolvable(repository, &from))?;
    let Some(name) = call.query("name") else {
        let branches = references.with_prefix("refs/heads/");
        let shapes = branches.map(|branch| shapes::reference::stats(call, repository, branch, &base.oid));
        return Ok(list(&shapes.collect::<Result<Vec<Value>, _>>()?));
    };
    let branch = references.branch(&name).ok_or_else(|| Refusal::unresolvable(repository, &name))?;
    Ok(ok(&shapes::reference::stats(call, repository, branch, &base.oid)?))
}
