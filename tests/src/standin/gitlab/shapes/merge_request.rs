//! Merge requests: in lists and in full.

use serde_json::{Value, json};

use super::user;
use crate::standin::git::Comparison;
use crate::standin::gitlab::access::may_write;
use crate::standin::gitlab::call::{Call, timestamp};
use crate::standin::gitlab::refusal::Refusal;
use crate::standin::gitlab::world::{PullRequest, Repository};

/// What nobody did to it so far.
const NOT_YET: &[&str] = &[
    "merged_by",
    "merge_user",
    "merged_at",
    "closed_by",
    "closed_at",
    "assignee",
    "milestone",
    "merge_commit_sha",
    "squash_commit_sha",
    "discussion_locked",
    "should_remove_source_branch",
    "approvals_before_merge",
];

/// `MergeRequestBasic`. Whether it could be merged is told by the real commits alone: none is one of the reasons why not.
pub(in crate::standin::gitlab) fn basic(
    call: &Call<'_>,
    repository: &Repository,
    pull: &PullRequest,
) -> Result<Value, Refusal> {
    let comparison = repository.git.compare(&pull.target_sha, &pull.source_sha)?;
    Ok(compared(call, repository, pull, comparison))
}

fn compared(call: &Call<'_>, repository: &Repository, pull: &PullRequest, comparison: Comparison) -> Value {
    let PullRequest { number, draft, .. } = pull;
    let users = |logins: &[String]| logins.iter().map(|login| user::named(call, login)).collect::<Vec<_>>();
    let mut shape = json!({
        "id": repository.id * 1000 + number, "iid": number, "project_id": repository.id, "title": pull.title,
        "description": pull.description, "state": pull.state.name(), "created_at": timestamp(pull.created_at),
        "updated_at": timestamp(pull.created_at), "target_branch": pull.target, "source_branch": pull.source,
        "user_notes_count": 0, "upvotes": 0, "downvotes": 0, "author": user::named(call, &pull.author),
        "assignees": [], "source_project_id": repository.id, "target_project_id": repository.id,
        "labels": pull.labels, "work_in_progress": draft, "merge_when_pipeline_succeeds": false,
        "merge_status": "can_be_merged", "sha": pull.source_sha, "force_remove_source_branch": pull.remove_source_branch,
        "reference": format!("!{number}"), "squash": pull.squash, "squash_on_merge": pull.squash,
        "task_completion_status": { "count": 0, "completed_count": 0 }, "has_conflicts": false,
        "blocking_discussions_resolved": true,
    });
    NOT_YET.iter().for_each(|name| shape[*name] = Value::Null);
    shape["web_url"] = json!(call.page_url(&repository.full_name, &format!("merge_requests/{number}")));
    shape["references"] = json!({
        "short": format!("!{number}"), "relative": format!("!{number}"), "full": format!("{}!{number}", repository.full_name),
    });
    shape["time_stats"] = json!({
        "time_estimate": 0, "total_time_spent": 0, "human_time_estimate": null, "human_total_time_spent": null,
    });
    // Members that came with a version.
    let product = call.product;
    let newer = [
        (product.since(13, 2), "draft", json!(draft)),
        (product.since(13, 7), "reviewers", json!(users(&pull.reviewers))),
        (product.since(15, 6), "detailed_merge_status", json!(detailed_status(pull, comparison.commits))),
        (product.since(16, 0), "prepared_at", json!(timestamp(pull.created_at))),
        (product.since(17, 0), "imported", json!(false)),
    ];
    newer.into_iter().filter(|(known, ..)| *known).for_each(|(_, name, value)| shape[name] = value);
    shape
}

fn detailed_status(pull: &PullRequest, commits: u64) -> &'static str {
    match commits {
        0 => "commits_status",
        _ if pull.draft => "draft_status",
        _ => "mergeable",
    }
}

/// `MergeRequest`.
pub(in crate::standin::gitlab) fn full(
    call: &Call<'_>,
    repository: &Repository,
    pull: &PullRequest,
) -> Result<Value, Refusal> {
    let comparison = repository.git.compare(&pull.target_sha, &pull.source_sha)?;
    let mut shape = compared(call, repository, pull, comparison);
    let parted = repository.git.merge_base(&pull.target_sha, &pull.source_sha)?;
    let more = json!({
        "subscribed": true, "changes_count": (comparison.commits > 0).then(|| comparison.changed_files.to_string()),
        "latest_build_started_at": null, "latest_build_finished_at": null, "first_deployed_to_production_at": null,
        "pipeline": null, "head_pipeline": null, "merge_error": null, "first_contribution": false,
        "diff_refs": { "base_sha": parted, "head_sha": pull.source_sha, "start_sha": pull.target_sha },
        "user": { "can_merge": may_write(call, repository).is_ok() },
    });
    more.as_object().into_iter().flatten().for_each(|(name, value)| shape[name] = value.clone());
    Ok(shape)
}
