//! Branches and the commits they stand at.

use serde_json::{Value, json};

use crate::standin::git::{Commit, Reference};
use crate::standin::gitlab::access::{may_change_protected, may_write};
use crate::standin::gitlab::call::{Call, encoded};
use crate::standin::gitlab::refusal::Refusal;
use crate::standin::gitlab::world::Repository;

/// `Branch`. `merged` are the full names of branches that bring nothing new to the default branch.
pub(in crate::standin::gitlab) fn branch(
    call: &Call<'_>,
    repository: &Repository,
    reference: &Reference,
    merged: &[String],
) -> Result<Value, Refusal> {
    let name = reference.short();
    let default = name == repository.default_branch;
    let protected = repository.is_protected(name);
    let pushes = may_write(call, repository).is_ok() && (!protected || may_change_protected(call, repository));
    Ok(json!({
        "name": name, "commit": commit(call, repository, &repository.git.commit(&reference.oid)?),
        "merged": !default && merged.contains(&reference.name), "protected": protected,
        "developers_can_push": false, "developers_can_merge": false, "can_push": pushes, "default": default,
        "web_url": call.page_url(&repository.full_name, &format!("tree/{}", encoded(name))),
    }))
}

/// `Commit`.
pub(in crate::standin::gitlab) fn commit(call: &Call<'_>, repository: &Repository, commit: &Commit) -> Value {
    let Commit { oid, parents, author, committer, message, .. } = commit;
    json!({
        "id": oid, "short_id": &oid[..8], "created_at": committer.date, "parent_ids": parents,
        "title": message.lines().next().unwrap_or_default(), "message": message,
        "author_name": author.name, "author_email": author.email, "authored_date": author.date,
        "committer_name": committer.name, "committer_email": committer.email, "committed_date": committer.date,
        "trailers": {}, "extended_trailers": {},
        "web_url": call.page_url(&repository.full_name, &format!("commit/{oid}")),
    })
}
