//! The objects in the answers. Pure: from what exists to JSON. The conformance tests hold them against the description.

use ring::digest;
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::call::Call;
use super::signature::hex;
use super::world::{PullRequest, Repository};
use crate::standin::git::GitError;

/// The date of everything that was there before the test began.
const LONG_AGO: f64 = 1_704_164_645.25;

/// `RepositoryMetadata`.
pub(super) fn repository(call: &Call<'_>, repository: &Repository) -> Result<Value, GitError> {
    let Repository { name, id, description, default_branch, .. } = repository;
    let git = format!("git-codecommit.{}.amazonaws.com/v1/repos/{name}", call.world.region);
    let mut shape = json!({
        "accountId": call.world.account, "repositoryId": id, "repositoryName": name,
        "lastModifiedDate": LONG_AGO, "creationDate": LONG_AGO,
        "cloneUrlHttp": format!("https://{git}"), "cloneUrlSsh": format!("ssh://{git}"),
        "Arn": call.world.repository_arn(name),
    });
    if let Some(description) = description {
        shape["repositoryDescription"] = json!(description);
    }
    if repository.git.references()?.branch(default_branch).is_some() {
        shape["defaultBranch"] = json!(default_branch);
    }
    Ok(shape)
}

/// `PullRequest`. References are full names, whichever way they were asked for.
pub(super) fn pull_request(pull: &PullRequest) -> Value {
    let mut target = json!({
        "repositoryName": pull.repository,
        "sourceReference": format!("refs/heads/{}", pull.source), "sourceCommit": pull.source_commit,
        "destinationReference": format!("refs/heads/{}", pull.target), "destinationCommit": pull.target_commit,
        "mergeMetadata": { "isMerged": false },
    });
    if let Some(base) = &pull.merge_base {
        target["mergeBase"] = json!(base);
    }
    let mut shape = json!({
        "pullRequestId": pull.number.to_string(), "title": pull.title,
        "creationDate": seconds(pull.created_at), "lastActivityDate": seconds(pull.closed_at.unwrap_or(pull.created_at)),
        "pullRequestStatus": if pull.closed_at.is_none() { "OPEN" } else { "CLOSED" },
        "authorArn": pull.author_arn, "pullRequestTargets": [target], "approvalRules": [], "revisionId": revision(pull),
    });
    for (name, text) in [("description", &pull.description), ("clientRequestToken", &pull.client_request_token)] {
        if let Some(text) = text {
            shape[name] = json!(text);
        }
    }
    shape
}

/// Another one whenever a tip is.
fn revision(pull: &PullRequest) -> String {
    let tips = format!("{} {} {}", pull.number, pull.source_commit, pull.target_commit);
    hex(digest::digest(&digest::SHA256, tips.as_bytes()).as_ref())
}

/// Seconds since 1970 with a fraction, as JSON 1.1 writes dates.
fn seconds(at: OffsetDateTime) -> f64 {
    let millis = at.unix_timestamp_nanos() / 1_000_000;
    // Far below 2^53 for any date a test has.
    millis as f64 / 1000.0
}
