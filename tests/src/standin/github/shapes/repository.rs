//! Repositories: in lists, inside pull requests, and in full.

use serde_json::{Value, json};

use super::account::simple_user;
use super::{LONG_AGO, add_links};
use crate::standin::github::access;
use crate::standin::github::call::Call;
use crate::standin::github::world::{OpenTo, Permission, Repository};

/// Members that are addresses, and what follows the repository's own address in each.
pub(crate) const LINKS: &[(&str, &str)] = &[
    ("url", ""),
    ("archive_url", "/{archive_format}{/ref}"),
    ("assignees_url", "/assignees{/user}"),
    ("blobs_url", "/git/blobs{/sha}"),
    ("branches_url", "/branches{/branch}"),
    ("collaborators_url", "/collaborators{/collaborator}"),
    ("comments_url", "/comments{/number}"),
    ("commits_url", "/commits{/sha}"),
    ("compare_url", "/compare/{base}...{head}"),
    ("contents_url", "/contents/{+path}"),
    ("contributors_url", "/contributors"),
    ("deployments_url", "/deployments"),
    ("downloads_url", "/downloads"),
    ("events_url", "/events"),
    ("forks_url", "/forks"),
    ("git_commits_url", "/git/commits{/sha}"),
    ("git_refs_url", "/git/refs{/sha}"),
    ("git_tags_url", "/git/tags{/sha}"),
    ("hooks_url", "/hooks"),
    ("issue_comment_url", "/issues/comments{/number}"),
    ("issue_events_url", "/issues/events{/number}"),
    ("issues_url", "/issues{/number}"),
    ("keys_url", "/keys{/key_id}"),
    ("labels_url", "/labels{/name}"),
    ("languages_url", "/languages"),
    ("merges_url", "/merges"),
    ("milestones_url", "/milestones{/number}"),
    ("notifications_url", "/notifications{?since,all,participating}"),
    ("pulls_url", "/pulls{/number}"),
    ("releases_url", "/releases{/id}"),
    ("stargazers_url", "/stargazers"),
    ("statuses_url", "/statuses/{sha}"),
    ("subscribers_url", "/subscribers"),
    ("subscription_url", "/subscription"),
    ("tags_url", "/tags"),
    ("teams_url", "/teams"),
    ("trees_url", "/git/trees{/sha}"),
];

/// Nobody forks, stars, watches or files issues here.
const COUNTS: &[&str] =
    &["forks", "forks_count", "stargazers_count", "watchers", "watchers_count", "open_issues", "open_issues_count"];

const FLAGS: &[(&str, bool)] = &[
    ("fork", false),
    ("is_template", false),
    ("has_issues", true),
    ("has_projects", true),
    ("has_wiki", true),
    ("has_pages", false),
    ("has_downloads", true),
    ("has_discussions", false),
    ("disabled", false),
    ("allow_forking", true),
    ("web_commit_signoff_required", false),
];

/// `repository`: an item of a list, and the repository of a pull request's head or base.
pub(in crate::standin::github) fn listed(call: &Call<'_>, repository: &Repository) -> Value {
    let Repository { id, name, owner, private, archived, default_branch, pull_requests, .. } = repository;
    let full_name = repository.full_name();
    let web = call.web_url(&format!("/{full_name}"));
    let mut shape = json!({
        "id": id, "node_id": format!("R_standin{id}"), "name": name, "full_name": full_name, "owner": simple_user(call, owner),
        "private": private, "visibility": if *private { "private" } else { "public" },
        "description": null, "homepage": null, "language": null, "license": null, "mirror_url": null, "topics": [], "size": 1,
        "default_branch": default_branch, "archived": archived,
        "pushed_at": LONG_AGO, "created_at": LONG_AGO, "updated_at": LONG_AGO, "html_url": web, "svn_url": web,
        "clone_url": format!("{web}.git"), "git_url": format!("git://{full_name}.git"), "ssh_url": format!("git@{full_name}.git"),
        "permissions": permissions(call, repository),
        "has_pull_requests": *pull_requests != OpenTo::Nobody,
        "pull_request_creation_policy": if *pull_requests == OpenTo::Collaborators { "collaborators_only" } else { "all" },
    });
    COUNTS.iter().for_each(|name| shape[*name] = json!(0));
    FLAGS.iter().for_each(|(name, flag)| shape[*name] = json!(flag));
    add_links(&mut shape, &call.api_url(&format!("/repos/{full_name}")), LINKS);
    shape
}

/// `full-repository`.
pub(in crate::standin::github) fn full(call: &Call<'_>, repository: &Repository) -> Value {
    let mut shape = listed(call, repository);
    shape["subscribers_count"] = json!(0);
    shape["network_count"] = json!(0);
    shape
}

/// What the account may do, not what this token of hers may: the server does not say the latter.
fn permissions(call: &Call<'_>, repository: &Repository) -> Value {
    let held = call.caller.and_then(|caller| access::permission(call.world, caller, repository));
    let has = |wanted: Permission| held >= Some(wanted);
    json!({
        "admin": has(Permission::Admin), "maintain": has(Permission::Admin), "push": has(Permission::Push),
        "triage": has(Permission::Push), "pull": !repository.private || has(Permission::Pull),
    })
}
