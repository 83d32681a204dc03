//! Whether two commits could be merged, and where they parted. What is in conflict is not looked for: nobody asks for it.

use serde_json::json;

use super::access::named;
use super::call::{Body, Call, Outcome, ok};
use super::refusal::Refusal;
use super::world::Repository;
use crate::standin::git::is_oid;

const OPTIONS: [&str; 3] = ["FAST_FORWARD_MERGE", "SQUASH_MERGE", "THREE_WAY_MERGE"];

pub(super) fn get(call: &Call<'_>, body: &Body) -> Outcome {
    let repository = named(call, body, None)?;
    let message = "A merge option or strategy is required, and none was provided.";
    let option = body.required("mergeOption", "MergeOptionRequiredException", message)?;
    if !OPTIONS.contains(&option.as_str()) {
        return Err(Refusal::new("InvalidMergeOptionException", "The specified merge option is not valid."));
    }
    if body.number("maxConflictFiles")?.is_some_and(|most| most < 1) {
        let message = "The specified value for the number of conflict files to return is not valid.";
        return Err(Refusal::new("InvalidMaxConflictFilesException", message));
    }
    let source = commit(body, "sourceCommitSpecifier", repository)?;
    let destination = commit(body, "destinationCommitSpecifier", repository)?;
    let Some(base) = repository.git.merge_base(&source, &destination)? else {
        let message = "The divergence between the tips of the provided commit specifiers is too great to determine whether there might be any merge conflicts.";
        return Err(Refusal::new("TipsDivergenceExceededException", message));
    };
    Ok(ok(&json!({
        "mergeable": true, "sourceCommitId": source, "destinationCommitId": destination, "baseCommitId": base,
        "conflictMetadataList": [],
    })))
}

/// A branch or a commit, as the member names it.
fn commit(body: &Body, member: &str, repository: &Repository) -> Result<String, Refusal> {
    let specifier = body.required(member, "CommitRequiredException", "A commit was not specified.")?;
    if let Some(branch) = repository.git.references()?.branch(&specifier) {
        return Ok(branch.oid.clone());
    }
    if is_oid(&specifier) && repository.git.has_object(&specifier)? {
        return Ok(specifier);
    }
    let message = "The specified commit does not exist or no commit was specified, and the specified repository has no default branch.";
    Err(Refusal::new("CommitDoesNotExistException", message))
}
