//! What one branch has that another has not.
//!
//! CodeCommit counts no commits. It tells where two of them parted, as a part of its answer about the conflicts of a merge:
//! where that is the source itself, the target has all of it.

use countersign_sdk::types::{Comparison, Failure, FailureReason};

use crate::api::{Api, RepositoryId};
use crate::branches::tip;
use crate::error_body::ErrorBody;
use crate::operation::Operation;
use crate::refusal::{Asked, refusal};
use crate::wire::{self, WireRequest};

/// `base-missing` where one of the two is missing.
pub fn of(api: &Api<'_>, id: &RepositoryId, source: &str, target: &str) -> Result<Comparison, Failure> {
    let stands_at = |name: &str| {
        let missing = || Failure::new(FailureReason::BaseMissing(name.into()), format!("There is no branch `{name}`."));
        tip(api, id, name)?.ok_or_else(missing)
    };
    let (source, target) = (stands_at(source)?, stands_at(target)?);
    if source == target {
        return Ok(Comparison::Nothing);
    }
    let asked = WireRequest {
        source_commit_specifier: Some(&source),
        destination_commit_specifier: Some(&target),
        merge_option: Some("THREE_WAY_MERGE"),
        max_conflict_files: Some(1),
        ..WireRequest::of(id.as_str())
    };
    let reply = api.read(Operation::GetMergeConflicts, &asked)?;
    if reply.status == 200 {
        let base = wire::read(&reply, "a merge base", |answer| Some(answer.base_commit_id.take()))?;
        return Ok(match base {
            Some(base) if base == source => Comparison::Nothing,
            Some(_) => Comparison::Ahead(None),
            None => Comparison::CannotTell,
        });
    }
    if is_beyond_it(&ErrorBody::of(&reply).code) {
        return Ok(Comparison::CannotTell);
    }
    let asked = Asked { about: &format!("repository {id}"), needs: Operation::GetMergeConflicts.action() };
    match refusal(&reply, asked) {
        // Whoever wrote her policy for less than this goes without it.
        Failure { reason: FailureReason::PermissionMissing(_) | FailureReason::Protected, .. } => {
            Ok(Comparison::CannotTell)
        }
        failure => Err(failure),
    }
}

/// Whether the branches are too far apart, or differ in too much.
fn is_beyond_it(code: &str) -> bool {
    matches!(code, "TipsDivergenceExceeded" | "MaximumItemsToCompareExceeded" | "MaximumFileContentToLoadExceeded")
}
