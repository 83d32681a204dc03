//! Pull requests: in lists and in full.

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::account::simple_user;
use super::repository;
use crate::standin::git::Comparison;
use crate::standin::github::account::association;
use crate::standin::github::call::Call;
use crate::standin::github::world::{PullRequest, Repository};

/// `pull-request-simple`.
pub(in crate::standin::github) fn listed(call: &Call<'_>, repository: &Repository, pull: &PullRequest) -> Value {
    let PullRequest { number, author, .. } = pull;
    let id = repository.id * 1000 + number;
    let web = call.web_url(&format!("/{}/pull/{number}", repository.full_name()));
    let users = |logins: &[String]| logins.iter().map(|login| simple_user(call, login)).collect::<Vec<_>>();
    let mut shape = json!({
        "id": id, "node_id": format!("PR_standin{id}"), "number": number, "title": pull.title, "body": pull.body,
        "state": if pull.closed_at.is_some() { "closed" } else { "open" }, "locked": false, "draft": pull.draft,
        "user": simple_user(call, author), "labels": [], "milestone": null, "active_lock_reason": null,
        "created_at": timestamp(pull.created_at), "updated_at": timestamp(pull.closed_at.unwrap_or(pull.created_at)),
        "closed_at": pull.closed_at.map(timestamp), "merged_at": null, "merge_commit_sha": null, "assignee": null,
        "assignees": [], "requested_reviewers": users(&pull.requested_reviewers), "requested_teams": [],
        "head": end(call, repository, &pull.head, &pull.head_sha), "base": end(call, repository, &pull.base, &pull.base_sha),
        "author_association": association(call, author, repository), "auto_merge": null,
        "html_url": web, "diff_url": format!("{web}.diff"), "patch_url": format!("{web}.patch"),
    });
    add_links(call, &mut shape, repository, pull);
    shape
}

/// `pull-request`. Whether it could be merged is not known yet, as right after it was made.
pub(in crate::standin::github) fn full(
    call: &Call<'_>,
    repository: &Repository,
    pull: &PullRequest,
    comparison: Comparison,
) -> Value {
    let mut shape = listed(call, repository, pull);
    let more = json!({
        "merged": false, "mergeable": null, "rebaseable": null, "mergeable_state": "unknown", "merged_by": null,
        "comments": 0, "review_comments": 0, "maintainer_can_modify": pull.maintainer_can_modify,
        "commits": comparison.commits, "additions": comparison.additions, "deletions": comparison.deletions,
        "changed_files": comparison.changed_files,
    });
    more.as_object().into_iter().flatten().for_each(|(name, value)| shape[name] = value.clone());
    shape
}

fn end(call: &Call<'_>, repository: &Repository, branch: &str, sha: &str) -> Value {
    json!({
        "label": format!("{}:{branch}", repository.owner), "ref": branch, "sha": sha,
        "user": simple_user(call, &repository.owner), "repo": repository::listed(call, repository),
    })
}

fn add_links(call: &Call<'_>, shape: &mut Value, repository: &Repository, pull: &PullRequest) {
    let api = call.api_url(&format!("/repos/{}", repository.full_name()));
    let PullRequest { number, head_sha, .. } = pull;
    let links = [
        ("self", "url", format!("{api}/pulls/{number}")),
        ("issue", "issue_url", format!("{api}/issues/{number}")),
        ("comments", "comments_url", format!("{api}/issues/{number}/comments")),
        ("review_comments", "review_comments_url", format!("{api}/pulls/{number}/comments")),
        ("review_comment", "review_comment_url", format!("{api}/pulls/comments{{/number}}")),
        ("commits", "commits_url", format!("{api}/pulls/{number}/commits")),
        ("statuses", "statuses_url", format!("{api}/statuses/{head_sha}")),
    ];
    let mut short = json!({ "html": { "href": shape["html_url"] } });
    for (link, member, url) in links {
        short[link] = json!({ "href": url });
        shape[member] = json!(url);
    }
    shape["_links"] = short;
}

/// RFC 3339 in whole seconds, as the API writes dates.
fn timestamp(at: OffsetDateTime) -> String {
    let whole = at.replace_nanosecond(0).unwrap_or(at);
    whole.format(&Rfc3339).expect("a date within four-digit years")
}
