//! Repositories, which GitLab calls projects: the list, one of them, and what its state explains.

use countersign_sdk::types::{Failure, FailureReason, Repository, RepositoryPage};
use countersign_sdk::{Json, Reply, Repositories, query_value, sift};
use serde::Deserialize;

use crate::api::{Api, MAX_PAGE_SIZE, ProjectId, longest_part};
use crate::description::{API_SCOPE, DEVELOPER, REPORTER};
use crate::error_body::ErrorBody;
use crate::refusal::{Asked, Route, is_a_gitlab, is_unexplained, may_be_unescaped, refusal};

/// Most pages one call reads in search of the first match: 500 projects of those that GitLab found.
const MAX_SEARCH_PAGES: usize = 5;
/// GitLab matches anything shorter with whole names only.
const MIN_SEARCH_BYTES: usize = 3;
/// Roles as GitLab's answers number them.
const REPORTER_LEVEL: u64 = 20;
const DEVELOPER_LEVEL: u64 = 30;

impl Repositories for Api<'_> {
    type RepositoryId = ProjectId;

    /// Projects in the order of their numbers, so that the last number seen leads on: no project is lost or repeated when
    /// others come and go, and there is no deepest page. GitLab searches for the part of the query that it takes as it is;
    /// what is left is looked for here.
    fn list_repositories(
        &self,
        query: Option<&str>,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<RepositoryPage, Failure> {
        let query = query.map(str::to_ascii_lowercase).unwrap_or_default();
        let matches = |project: &WireProject| project.path_with_namespace.to_ascii_lowercase().contains(&query);
        let search = longest_part(&query, is_searchable).filter(|part| part.len() >= MIN_SEARCH_BYTES);
        let size = if search.unwrap_or_default() == query { limit } else { MAX_PAGE_SIZE };
        let (found, next) = sift(cursor, limit, MAX_SEARCH_PAGES, matches, |token| {
            let after = token.map(last_seen).transpose()?;
            // One more than are wanted, to know whether there is one.
            let asked = MAX_PAGE_SIZE.min(size + 1);
            let reply = get_page(self, search, after, asked)?;
            let mut projects: Vec<WireProject> = reply.json("a list of projects")?;
            let goes_on = projects.len() > size as usize || leads_on(&reply, projects.len(), asked);
            projects.truncate(size as usize);
            let last = projects.iter().map(|project| project.id).max();
            // A next page must lie ahead.
            let next = last.filter(|last| goes_on && Some(*last) > after);
            Ok((projects, next.map(|last| last.to_string())))
        })?;
        Ok(RepositoryPage { items: found.into_iter().map(Repository::from).collect(), next, partial: None })
    }

    fn get_repository(&self, id: &ProjectId) -> Result<Repository, Failure> {
        project(self, id).map(Repository::from)
    }
}

/// Whether a page with so many projects is not the last. GitLab names a next page behind that one, too, but where it numbers its pages;
/// the name of the next page says how many it is willing to give at once.
fn leads_on(reply: &Reply, found: usize, asked: u32) -> bool {
    if let Some(number) = reply.header("x-next-page") {
        return !number.trim().is_empty();
    }
    let Some(next) = reply.link("next") else { return false };
    let willing = query_value(next, "per_page").and_then(|count| count.parse().ok()).unwrap_or(asked);
    found >= willing.min(asked) as usize
}

fn last_seen(cursor: &str) -> Result<u64, Failure> {
    let unknown = |_| Failure::new(FailureReason::NotFound("page of the list".into()), "There is no such page.");
    cursor.parse().map_err(unknown)
}

/// Not with `simple`: that form leaves out what is archived and, on older servers, what is private.
fn get_page(api: &Api<'_>, search: Option<&str>, after: Option<u64>, size: u32) -> Result<Reply, Failure> {
    let mut url = api
        .url(["projects"])
        .query("membership", "true")
        .query("order_by", "id")
        .query("sort", "asc")
        .query("pagination", "keyset")
        .query("per_page", &size.to_string());
    if let Some(search) = search {
        url = url.query("search", search).query("search_namespaces", "true");
    }
    if let Some(after) = after {
        url = url.query("id_after", &after.to_string());
    }
    let reply = api.client.get(url)?;
    match reply.status {
        200 => Ok(reply),
        _ => {
            let about = "the list of repositories";
            Err(refusal(&reply, Asked { at: &api.address, route: Route::Plain, about, needs: API_SCOPE }))
        }
    }
}

/// Whether GitLab's search takes it as it is: it reads a space as the end of a word, and on older servers finds nothing across
/// a slash.
fn is_searchable(char: char) -> bool {
    char.is_ascii_alphanumeric() || "-._".contains(char)
}

/// # Errors
/// `not-found` where it does not exist or the credential cannot see it.
pub fn project(api: &Api<'_>, id: &ProjectId) -> Result<WireProject, Failure> {
    let reply = api.client.get(api.project_url(id, []))?;
    match reply.status {
        200 => reply.json("a project"),
        _ => Err(refused_alone(api, &reply, id, Part::Code(""))),
    }
}

/// The same project by its number. To be asked before a change: GitLab refuses one by the path of a project that moved.
pub fn by_number(api: &Api<'_>, id: &ProjectId) -> Result<ProjectId, Failure> {
    if id.is_number() { Ok(id.clone()) } else { project(api, id).map(|project| ProjectId::of_number(project.id)) }
}

/// What of a project a request is for.
#[derive(Clone, Copy)]
pub enum Part<'a> {
    /// Its code. With the name or path that is one escaped segment of the request's own path, or with none.
    Code(&'a str),
    MergeRequests,
}

/// Why a request within a project was refused. GitLab forbids in one word what the role does not allow and what nobody may do
/// in this project, so the project is looked at to tell the two apart.
pub fn refused(api: &Api<'_>, reply: &Reply, id: &ProjectId, part: Part<'_>) -> Failure {
    let failure = refused_alone(api, reply, id, part);
    let obstacle = match reply.status {
        _ if !is_unexplained(reply) => return failure,
        403 => project(api, id).ok().and_then(|project| project.obstacle(part, reply.answers_a_change())),
        // Where merge requests are switched off it may be that there is nothing to ask.
        404 | 405 if matches!(part, Part::MergeRequests) => {
            project(api, id).ok().and_then(|project| project.switched_off(part))
        }
        _ => None,
    };
    match obstacle {
        Some((reason, message)) => Failure::new(reason, message).with_status(reply.status),
        None => failure,
    }
}

/// Without a look at the project.
fn refused_alone(api: &Api<'_>, reply: &Reply, id: &ProjectId, part: Part<'_>) -> Failure {
    let has_slash = !id.is_number() || matches!(part, Part::Code(name) if name.contains('/'));
    let is_escaped = has_slash && may_be_unescaped(reply.status, &ErrorBody::of(reply)) && answers(api);
    let route = if is_escaped { Route::Escaped } else { Route::Plain };
    refusal(reply, Asked { at: &api.address, route, about: &format!("repository {id}"), needs: DEVELOPER })
}

/// Whether a path without escapes gets through. What leads to no server for a while answers everything alike.
fn answers(api: &Api<'_>) -> bool {
    api.address.setting.is_some() && api.client.get(api.url(["version"])).is_ok_and(|reply| is_a_gitlab(&reply))
}

/// What a project says of itself that explains why somebody may not do something in it.
type Obstacle = (FailureReason, String);

#[derive(Deserialize)]
pub struct WireProject {
    id: u64,
    path_with_namespace: String,
    web_url: String,
    visibility: Option<String>,
    pub default_branch: Option<String>,
    merge_requests_enabled: Option<bool>,
    merge_requests_access_level: Option<String>,
    repository_access_level: Option<String>,
    /// The asker's roles; left out for somebody unknown.
    permissions: Option<Json>,
    /// Left out by the free edition, and in lists.
    pub merge_requests_template: Option<String>,
    empty_repo: Option<bool>,
    archived: Option<bool>,
    marked_for_deletion_at: Option<String>,
}

impl WireProject {
    pub fn number(&self) -> ProjectId {
        ProjectId::of_number(self.id)
    }

    fn obstacle(&self, part: Part<'_>, is_change: bool) -> Option<Obstacle> {
        let read_only = self.read_only().filter(|_| is_change);
        read_only.or_else(|| self.switched_off(part)).or_else(|| self.role_too_low(is_change))
    }

    fn read_only(&self) -> Option<Obstacle> {
        let why = if self.archived == Some(true) {
            "The project is archived, so nothing can be changed in it."
        } else if self.marked_for_deletion_at.is_some() {
            "The project is marked for deletion, so nothing can be changed in it."
        } else {
            return None;
        };
        Some((FailureReason::ReadOnly, why.to_owned()))
    }

    /// A project may do without merge requests, or without code.
    fn switched_off(&self, part: Part<'_>) -> Option<Obstacle> {
        let what = if self.repository_access_level.as_deref() == Some("disabled") {
            "Its repository is"
        } else if matches!(part, Part::MergeRequests) && self.takes_no_merge_requests() {
            "Merge requests are"
        } else {
            return None;
        };
        Some((FailureReason::Protected, format!("{what} switched off in this project's settings.")))
    }

    fn takes_no_merge_requests(&self) -> bool {
        self.merge_requests_enabled == Some(false) || self.merge_requests_access_level.as_deref() == Some("disabled")
    }

    /// The higher of the role in the project and that in its group counts; who has neither has the lowest.
    fn role_too_low(&self, is_change: bool) -> Option<Obstacle> {
        let permissions = self.permissions.as_ref()?;
        let level = |of: &str| match permissions.get(of)?.get("access_level")? {
            Json::Unsigned(level) => Some(*level),
            _ => None,
        };
        let held = level("project_access").max(level("group_access")).unwrap_or_default();
        let (lowest, role) = if is_change { (DEVELOPER_LEVEL, DEVELOPER) } else { (REPORTER_LEVEL, REPORTER) };
        let message = format!("GitLab forbids this to your role in the project. Needed is: {role}.");
        (held < lowest).then(|| (FailureReason::PermissionMissing(role.to_owned()), message))
    }
}

impl From<WireProject> for Repository {
    fn from(wire: WireProject) -> Self {
        let is_read_only = wire.read_only().is_some();
        // An empty repository has the name of its first branch to come.
        let default_branch = wire.default_branch.filter(|name| wire.empty_repo != Some(true) && !name.is_empty());
        Self {
            id: wire.id.to_string(),
            name: wire.path_with_namespace,
            default_branch,
            web_url: wire.web_url,
            // `internal` is for those who have an account.
            is_private: wire.visibility.as_deref() != Some("public"),
            is_read_only,
        }
    }
}
