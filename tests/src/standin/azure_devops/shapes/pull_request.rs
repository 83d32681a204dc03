//! Pull requests: in lists and in full.

use serde_json::{Value, json};

use super::reference::commit_url;
use super::{identity, repository};
use crate::standin::azure_devops::call::{Call, timestamp};
use crate::standin::azure_devops::world::{PullRequest, Repository, guid};
use crate::standin::git::GitError;

/// `GitPullRequest` as lists have it.
pub(in crate::standin::azure_devops) fn listed(call: &Call<'_>, repository: &Repository, pull: &PullRequest) -> Value {
    let PullRequest { number, source_sha, target_sha, .. } = pull;
    let commit = |oid: &str| json!({ "commitId": oid, "url": commit_url(call, repository, oid) });
    let reviewers: Vec<Value> = pull.reviewers.iter().map(|login| reviewer(call, repository, pull, login)).collect();
    let mut shape = json!({
        "repository": repository::named(call, repository), "pullRequestId": number, "codeReviewId": number,
        "status": "active", "createdBy": identity::reference(call, &pull.author), "creationDate": timestamp(pull.created_at),
        "title": pull.title, "sourceRefName": format!("refs/heads/{}", pull.source),
        "targetRefName": format!("refs/heads/{}", pull.target), "mergeStatus": "succeeded", "mergeId": guid("3e63", *number),
        "lastMergeSourceCommit": commit(source_sha), "lastMergeTargetCommit": commit(target_sha), "reviewers": reviewers,
        "url": url(call, repository, pull), "supportsIterations": true,
    });
    if let Some(description) = &pull.description {
        shape["description"] = json!(description);
    }
    if call.product.since(5, 0) {
        shape["isDraft"] = json!(pull.draft);
    }
    shape
}

/// `GitPullRequest` as it is made and read alone. Whether it could be merged is not known yet.
pub(in crate::standin::azure_devops) fn full(
    call: &Call<'_>,
    repository: &Repository,
    pull: &PullRequest,
) -> Result<Value, GitError> {
    let mut shape = listed(call, repository, pull);
    shape["repository"] = repository::full(call, repository)?;
    shape["mergeStatus"] = json!("queued");
    let (own, base) = (url(call, repository, pull), repository::url(call, repository));
    let mut links = json!({ "createdBy": { "href": shape["createdBy"]["url"] } });
    for (name, href) in [
        ("self", own.clone()),
        ("repository", base.clone()),
        ("workItems", format!("{own}/workitems")),
        ("sourceBranch", format!("{base}/refs/heads/{}", pull.source)),
        ("targetBranch", format!("{base}/refs/heads/{}", pull.target)),
        ("sourceCommit", commit_url(call, repository, &pull.source_sha)),
        ("targetCommit", commit_url(call, repository, &pull.target_sha)),
        ("iterations", format!("{own}/iterations")),
    ] {
        links[name] = json!({ "href": href });
    }
    shape["_links"] = links;
    let project = shape["repository"]["project"]["id"].as_str().unwrap_or_default();
    shape["artifactId"] = json!(format!("vstfs:///Git/PullRequestId/{project}%2f{}%2f{}", repository.id, pull.number));
    Ok(shape)
}

/// `IdentityRefWithVote`.
pub(in crate::standin::azure_devops) fn reviewer(
    call: &Call<'_>,
    repository: &Repository,
    pull: &PullRequest,
    login: &str,
) -> Value {
    let mut shape = identity::reference(call, login);
    let id = shape["id"].as_str().unwrap_or_default();
    shape["reviewerUrl"] = json!(format!("{}/reviewers/{id}", url(call, repository, pull)));
    shape["vote"] = json!(0);
    if call.product.since(6, 0) {
        shape["hasDeclined"] = json!(false);
        shape["isFlagged"] = json!(false);
    }
    shape
}

fn url(call: &Call<'_>, repository: &Repository, pull: &PullRequest) -> String {
    format!("{}/pullRequests/{}", repository::url(call, repository), pull.number)
}
