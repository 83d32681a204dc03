//! Projects: short in simple lists, long everywhere else.

use serde_json::{Value, json};

use super::{LONG_AGO, user};
use crate::standin::git::References;
use crate::standin::gitlab::access;
use crate::standin::gitlab::call::Call;
use crate::standin::gitlab::world::{Repository, Role};

/// Parts of a project that can be switched off one by one; all are on.
const FEATURES: &[&str] = &[
    "issues",
    "repository",
    "merge_requests",
    "forking",
    "wiki",
    "builds",
    "snippets",
    "pages",
    "analytics",
    "container_registry",
    "releases",
    "environments",
    "feature_flags",
    "infrastructure",
    "monitor",
];

const FLAGS: &[(&str, bool)] = &[
    ("packages_enabled", true),
    ("resolve_outdated_diff_discussions", false),
    ("issues_enabled", true),
    ("wiki_enabled", true),
    ("jobs_enabled", true),
    ("snippets_enabled", true),
    ("container_registry_enabled", true),
    ("service_desk_enabled", false),
    ("emails_disabled", false),
    ("emails_enabled", true),
    ("shared_runners_enabled", true),
    ("lfs_enabled", true),
    ("public_jobs", true),
    ("only_allow_merge_if_pipeline_succeeds", false),
    ("request_access_enabled", true),
    ("only_allow_merge_if_all_discussions_are_resolved", false),
    ("remove_source_branch_after_merge", true),
    ("printing_merge_request_link_enabled", true),
    ("auto_devops_enabled", false),
    ("autoclose_referenced_issues", true),
];

const LINKS: &[(&str, &str)] = &[
    ("self", ""),
    ("issues", "/issues"),
    ("merge_requests", "/merge_requests"),
    ("repo_branches", "/repository/branches"),
    ("labels", "/labels"),
    ("events", "/events"),
    ("members", "/members"),
];

/// `BasicProjectDetails`: an item of a simple list, and all that somebody anonymous is told.
pub(in crate::standin::gitlab) fn basic(call: &Call<'_>, repository: &Repository) -> Value {
    let Repository { id, full_name, visibility, .. } = repository;
    let web = call.web_url(&format!("/{full_name}"));
    let host = call.request.origin.split("://").nth(1).unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default();
    json!({
        "id": id, "description": null, "name": repository.name(), "path": repository.name(),
        "name_with_namespace": full_name.replace('/', " / "), "path_with_namespace": full_name,
        "created_at": LONG_AGO, "last_activity_at": LONG_AGO, "default_branch": default_branch(call, repository),
        "tag_list": [], "topics": [], "ssh_url_to_repo": format!("git@{host}:{full_name}.git"),
        "http_url_to_repo": format!("{web}.git"), "web_url": web, "readme_url": null, "forks_count": 0,
        "avatar_url": null, "star_count": 0, "visibility": visibility.name(), "namespace": namespace(call, repository),
    })
}

/// `ProjectWithAccess`.
pub(in crate::standin::gitlab) fn full(call: &Call<'_>, repository: &Repository) -> Value {
    let mut shape = basic(call, repository);
    let api = call.api_url(&format!("/projects/{}", repository.id));
    let links: Value = LINKS.iter().map(|(name, path)| ((*name).to_owned(), json!(format!("{api}{path}")))).collect();
    let more = json!({
        "_links": links, "empty_repo": is_empty(repository), "archived": repository.archived, "updated_at": LONG_AGO,
        "creator_id": 101, "import_status": "none", "import_error": null, "open_issues_count": 0,
        "can_create_merge_request_in": access::takes_merge_requests(call, repository), "merge_requests_enabled": repository.enabled,
        "shared_with_groups": [], "merge_method": "merge", "squash_option": "default_off", "ci_config_path": null,
        "ci_default_git_depth": 20, "build_timeout": 3600, "auto_cancel_pending_pipelines": "enabled",
        "repository_object_format": "sha1", "marked_for_deletion_at": null, "marked_for_deletion_on": null,
        "allow_merge_on_skipped_pipeline": null, "suggestion_commit_message": null, "merge_commit_template": null,
        "squash_commit_template": null, "issue_branch_template": null,
    });
    more.as_object().into_iter().flatten().for_each(|(name, value)| shape[name] = value.clone());
    FLAGS.iter().for_each(|(name, flag)| shape[*name] = json!(flag));
    FEATURES.iter().for_each(|name| shape[format!("{name}_access_level")] = json!("enabled"));
    if !repository.enabled {
        shape["repository_access_level"] = json!("disabled");
    }
    if call.world.group(repository.namespace()).is_none() {
        shape["owner"] = user::named(call, repository.namespace());
    }
    shape["issues_template"] = Value::Null;
    shape["merge_requests_template"] = match &repository.merge_requests_template {
        Some(template) if !call.product.free => json!(template),
        _ => Value::Null,
    };
    if call.caller.is_some() {
        shape["permissions"] = permissions(call, repository);
    }
    shape
}

/// A role held directly; those of groups are not spoken.
fn permissions(call: &Call<'_>, repository: &Repository) -> Value {
    let level = |role: Role| json!({ "access_level": role as u64, "notification_level": 3 });
    json!({ "project_access": access::role(call, repository).map(level), "group_access": null })
}

/// Since 14 an empty repository has the name its first branch will get.
fn default_branch(call: &Call<'_>, repository: &Repository) -> Option<String> {
    (call.product.since(14, 0) || !is_empty(repository)).then(|| repository.default_branch.clone())
}

fn is_empty(repository: &Repository) -> bool {
    repository.git.references().is_ok_and(|references: References| references.is_empty())
}

fn namespace(call: &Call<'_>, repository: &Repository) -> Value {
    let path = repository.namespace();
    let last = path.rsplit('/').next();
    match call.world.group(path) {
        Some(group) => {
            let parent = path.rsplit_once('/').and_then(|(parent, _)| call.world.group(parent));
            json!({
                "id": group.id, "name": last, "path": last, "kind": "group", "full_path": path,
                "parent_id": parent.map(|parent| parent.id), "avatar_url": null,
                "web_url": call.web_url(&format!("/groups/{path}")),
            })
        }
        None => json!({
            // A person's namespace has a number of its own.
            "id": call.world.account(path).map(|account| 10_000 + account.id), "name": last, "path": last, "kind": "user",
            "full_path": path, "parent_id": null, "avatar_url": null, "web_url": call.web_url(&format!("/{path}")),
        }),
    }
}
