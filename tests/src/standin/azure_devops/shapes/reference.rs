//! References, and how branches stand to the default one.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::{identity, repository};
use crate::standin::azure_devops::call::Call;
use crate::standin::azure_devops::world::{Known, Repository};
use crate::standin::git::{GitError, Person, Reference};

/// `GitRef`.
pub(in crate::standin::azure_devops) fn listed(
    call: &Call<'_>,
    repository: &Repository,
    reference: &Reference,
    known: Option<&Known>,
) -> Value {
    let filter = reference.name.strip_prefix("refs/").unwrap_or(&reference.name);
    let filter = utf8_percent_encode(filter, NON_ALPHANUMERIC);
    let mut shape = json!({
        "name": reference.name, "objectId": reference.oid,
        "url": format!("{}/refs?filter={filter}", repository::url(call, repository)),
    });
    if let Some(creator) = repository.creator_of(known) {
        shape["creator"] = identity::reference(call, creator);
    }
    if let Some(by) = known.and_then(|known| known.locked_by.as_deref()) {
        shape["isLocked"] = json!(true);
        shape["isLockedBy"] = identity::reference(call, by);
    }
    shape
}

/// `GitBranchStats`.
pub(in crate::standin::azure_devops) fn stats(
    call: &Call<'_>,
    repository: &Repository,
    branch: &Reference,
    base: &str,
) -> Result<Value, GitError> {
    let ahead = repository.git.compare(base, &branch.oid)?;
    let behind = repository.git.compare(&branch.oid, base)?;
    let commit = repository.git.commit(&branch.oid)?;
    let person = |person: &Person| json!({ "name": person.name, "email": person.email, "date": person.date });
    Ok(json!({
        "name": branch.short(), "aheadCount": ahead.commits, "behindCount": behind.commits,
        "isBaseVersion": branch.short() == repository.default_branch,
        "commit": {
            "commitId": commit.oid, "parents": commit.parents, "comment": commit.message, "author": person(&commit.author),
            "committer": person(&commit.committer), "url": commit_url(call, repository, &commit.oid),
        },
    }))
}

pub(in crate::standin::azure_devops) fn commit_url(call: &Call<'_>, repository: &Repository, oid: &str) -> String {
    format!("{}/commits/{oid}", repository::url(call, repository))
}
