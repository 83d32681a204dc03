//! Branches, references and the commits they stand at.

use serde_json::{Value, json};

use crate::standin::git::{Commit, Person, Reference};
use crate::standin::github::call::{Call, encoded};
use crate::standin::github::world::Repository;

/// `git-ref`.
pub(in crate::standin::github) fn reference(call: &Call<'_>, repository: &Repository, reference: &Reference) -> Value {
    let Reference { name, oid, kind } = reference;
    let base = call.api_url(&format!("/repos/{}/git", repository.full_name()));
    json!({
        "ref": name, "node_id": format!("REF_standin{}_{name}", repository.id), "url": format!("{base}/{}", encoded(name)),
        "object": { "sha": oid, "type": kind, "url": format!("{base}/{kind}s/{oid}") },
    })
}

/// `short-branch`: an item of the list.
pub(in crate::standin::github) fn short(call: &Call<'_>, repository: &Repository, reference: &Reference) -> Value {
    let name = reference.short();
    let base = call.api_url(&format!("/repos/{}", repository.full_name()));
    let protected = repository.is_protected(name);
    json!({
        "name": name, "protected": protected,
        "commit": { "sha": reference.oid, "url": format!("{base}/commits/{}", reference.oid) },
        "protection": {
            "enabled": protected,
            "required_status_checks": { "enforcement_level": "off", "contexts": [], "checks": [] },
        },
        "protection_url": format!("{base}/branches/{}/protection", encoded(name)),
    })
}

/// `branch-with-protection`.
pub(in crate::standin::github) fn full(
    call: &Call<'_>,
    repository: &Repository,
    reference: &Reference,
    commit: &Commit,
) -> Value {
    let mut shape = short(call, repository, reference);
    let path = format!("/{}/tree/{}", repository.full_name(), encoded(reference.short()));
    let own = call.api_url(&format!("/repos/{}/branches/{}", repository.full_name(), encoded(reference.short())));
    shape["_links"] = json!({ "html": call.web_url(&path), "self": own });
    shape["commit"] = full_commit(call, repository, commit);
    shape
}

/// `commit`. Its people have no account here: stand-in commits are made by git, not by a user.
pub(in crate::standin::github) fn full_commit(call: &Call<'_>, repository: &Repository, commit: &Commit) -> Value {
    let Commit { oid, tree, parents, author, committer, message } = commit;
    let api = |path: String| call.api_url(&format!("/repos/{}{path}", repository.full_name()));
    let web = |oid: &str| call.web_url(&format!("/{}/commit/{oid}", repository.full_name()));
    let parent = |oid: &String| json!({ "sha": oid, "url": api(format!("/commits/{oid}")), "html_url": web(oid) });
    json!({
        "sha": oid, "node_id": format!("C_standin{oid}"), "url": api(format!("/commits/{oid}")), "html_url": web(oid),
        "comments_url": api(format!("/commits/{oid}/comments")), "author": null, "committer": null,
        "parents": parents.iter().map(parent).collect::<Vec<_>>(),
        "commit": {
            "author": person(author), "committer": person(committer), "message": message, "comment_count": 0,
            "tree": { "sha": tree, "url": api(format!("/git/trees/{tree}")) }, "url": api(format!("/git/commits/{oid}")),
            "verification": {
                "verified": false, "reason": "unsigned", "signature": null, "payload": null, "verified_at": null,
            },
        },
    })
}

fn person(person: &Person) -> Value {
    json!({ "name": person.name, "email": person.email, "date": person.date })
}
