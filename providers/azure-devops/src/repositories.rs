//! Repositories of all projects, and the question whether one is visible at all.
//!
//! The server has no pages for them: it answers with all at once, and the pages are made here.

use countersign_sdk::types::{Failure, FailureReason, Repository, RepositoryPage};
use countersign_sdk::{Json, Reply, Repositories, sift};

use crate::answer::{is_set, items, text};
use crate::api::{Api, RepositoryId};
use crate::description::CODE_READ;
use crate::meaning::Asked;
use crate::refusal::refusal;

impl Repositories for Api<'_> {
    type RepositoryId = RepositoryId;

    fn list_repositories(
        &self,
        query: Option<&str>,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<RepositoryPage, Failure> {
        let query = query.map(str::to_ascii_lowercase).unwrap_or_default();
        let matches = |wire: &WireRepository| wire.full_name().to_ascii_lowercase().contains(&query);
        let (found, next) = sift(cursor, limit, 1, matches, |token| match token {
            None => Ok((all(self)?, None)),
            Some(_) => Err(no_such_page()),
        })?;
        Ok(RepositoryPage {
            items: found.into_iter().map(|wire| repository(self, wire)).collect(),
            next,
            partial: None,
        })
    }

    /// # Errors
    /// `not-found` where it does not exist or the credential cannot see it.
    fn get_repository(&self, id: &RepositoryId) -> Result<Repository, Failure> {
        let reply = self.get(self.repository_url(id, []))?;
        match reply.status {
            200 => {
                let wire = reply.tree().as_ref().and_then(WireRepository::of);
                wire.map(|wire| repository(self, wire)).ok_or_else(|| reply.unreadable("a repository"))
            }
            _ => Err(refusal(self, &reply, Asked { about: &format!("repository {id}"), needs: CODE_READ })),
        }
    }
}

/// The server has no pages of these, so that no cursor of its own was given out.
fn no_such_page() -> Failure {
    Failure::new(FailureReason::NotFound("page of the list".into()), "There is no such page.")
}

fn all(api: &Api<'_>) -> Result<Vec<WireRepository>, Failure> {
    let reply = api.get(api.url(["_apis", "git", "repositories"]))?;
    match reply.status {
        200 => items(&reply, "a list of repositories", WireRepository::of),
        _ => Err(refusal(api, &reply, Asked { about: "the list of repositories", needs: CODE_READ })),
    }
}

/// The failure of a request below a repository. `needs` is the scope it takes.
pub fn refused(api: &Api<'_>, reply: &Reply, id: &RepositoryId, needs: &str) -> Failure {
    let failure = refusal(api, reply, Asked { about: &format!("repository {id}"), needs });
    // What is below a disabled repository is hidden, the repository itself is not.
    let is_hidden = matches!(failure.reason, FailureReason::NotFound(_));
    if is_hidden && api.get_repository(id).is_ok_and(|repository| repository.is_read_only) {
        let message = format!("The repository {id} is disabled.");
        return Failure::new(FailureReason::ReadOnly, message).with_status(reply.status);
    }
    failure
}

/// The page of a repository, by names or by GUIDs: the server takes both.
pub fn page(api: &Api<'_>, project: Option<&str>, repository: &str) -> String {
    let url = api.url(project).segments(["_git", repository]);
    url.finish().unwrap_or_else(|_| api.site.address())
}

/// Addresses to clone from have the organization as their user name.
fn without_user(url: &str) -> String {
    match url.split_once("://") {
        Some((scheme, rest)) => {
            let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
            let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
            format!("{scheme}://{host}/{path}")
        }
        None => url.to_owned(),
    }
}

fn repository(api: &Api<'_>, wire: WireRepository) -> Repository {
    Repository {
        id: format!("{}/{}", wire.project_id, wire.id),
        name: wire.full_name(),
        web_url: wire.web_url(api),
        default_branch: wire.default_branch,
        is_private: !wire.is_public,
        is_read_only: wire.is_read_only,
    }
}

/// A repository wherever an answer shows one.
pub struct WireRepository {
    id: String,
    name: String,
    project_id: String,
    project_name: String,
    is_public: bool,
    /// None while the repository is empty.
    default_branch: Option<String>,
    // Both are missing on old servers.
    web_url: Option<String>,
    remote_url: Option<String>,
    is_read_only: bool,
}

impl WireRepository {
    pub fn of(wire: &Json) -> Option<Self> {
        let project = wire.get("project")?;
        let branch = text(wire, "defaultBranch").and_then(|name| name.strip_prefix("refs/heads/"));
        Some(Self {
            id: text(wire, "id")?.to_owned(),
            name: text(wire, "name")?.to_owned(),
            project_id: text(project, "id")?.to_owned(),
            project_name: text(project, "name")?.to_owned(),
            // Servers of one's own do not say, and show nothing to everybody.
            is_public: text(project, "visibility") == Some("public"),
            default_branch: branch.map(str::to_owned),
            web_url: text(wire, "webUrl").map(str::to_owned),
            remote_url: text(wire, "remoteUrl").map(str::to_owned),
            is_read_only: is_set(wire, "isDisabled") || is_set(wire, "isInMaintenance"),
        })
    }

    fn full_name(&self) -> String {
        format!("{}/{}", self.project_name, self.name)
    }

    /// As the answer has it, which is not before 6.0 nor in lists of pull requests; else from the address to clone from, which
    /// is the same below the host; else from the names.
    pub fn web_url(&self, api: &Api<'_>) -> String {
        let given = self.web_url.clone().or_else(|| self.remote_url.as_deref().map(without_user));
        let given = given.filter(|url| url.starts_with("https://") || url.starts_with("http://"));
        given.unwrap_or_else(|| page(api, Some(&self.project_name), &self.name))
    }
}
