//! Repositories: their names page by page, and what else is known of them from `BatchGetRepositories`.

use countersign_sdk::types::{Failure, FailureReason, Repository, RepositoryPage};
use serde::Deserialize;

use crate::api::{Api, RepositoryId, WireRequest, next_token};
use crate::description::LIST;
use crate::refusal::{Asked, refusal};

/// Most pages one call reads in search of the first match.
const MAX_SEARCH_PAGES: usize = 5;
/// Most repositories `BatchGetRepositories` takes at once.
const BATCH: usize = 100;

/// With a query, pages without any match are passed over.
pub fn list(api: &Api<'_>, query: Option<&str>, cursor: Option<&str>) -> Result<RepositoryPage, Failure> {
    let query = query.map(str::to_ascii_lowercase).unwrap_or_default();
    let mut token = cursor.map(str::to_owned);
    let mut searched = 0;
    loop {
        searched += 1;
        let page = names(api, token.as_deref())?;
        let listed = page.repositories.unwrap_or_default().into_iter().flatten().map(|pair| pair.repository_name);
        let matching: Vec<_> = listed.filter(|name| name.to_ascii_lowercase().contains(&query)).collect();
        match next_token(page.next_token, token.as_deref()) {
            Some(next) if matching.is_empty() && searched < MAX_SEARCH_PAGES => token = Some(next),
            next => {
                let (items, partial) = details(api, &matching)?;
                return Ok(RepositoryPage { items, next, partial });
            }
        }
    }
}

/// One page of all names.
pub fn names(api: &Api<'_>, token: Option<&str>) -> Result<WireNames, Failure> {
    let by_name = WireRequest {
        sort_by: Some("repositoryName"),
        order: Some("ascending"),
        next_token: token,
        ..WireRequest::default()
    };
    let reply = api.read("ListRepositories", &by_name)?;
    match reply.status {
        200 => reply.json("a list of repositories"),
        _ => Err(refusal(&reply, Asked { about: "the list of repositories", needs: LIST })),
    }
}

/// The repositories of these names, and what is left out. One that was deleted a moment ago is not missed.
fn details(api: &Api<'_>, names: &[String]) -> Result<(Vec<Repository>, Option<String>), Failure> {
    let mut repositories = Vec::new();
    let mut unread = 0;
    let mut denied = 0;
    for batch in names.chunks(BATCH) {
        match read_batch(api, batch) {
            Ok(found) => {
                let errors = found.errors.iter().flatten().flatten();
                unread += errors.filter(|error| !error.is_deleted()).count();
                repositories.extend(in_order(api, batch, found));
            }
            // AWS refuses all of a batch for one that may not be read, and listing them is allowed.
            Err(failure) if matches!(failure.reason, FailureReason::PermissionMissing(_)) => {
                denied += batch.len();
                repositories.extend(batch.iter().map(|name| repository(api, name.clone(), None)));
            }
            Err(failure) => return Err(failure),
        }
    }
    Ok((repositories, left_out(unread, denied)))
}

fn read_batch(api: &Api<'_>, names: &[String]) -> Result<WireBatch, Failure> {
    let batch = WireRequest { repository_names: Some(names), ..WireRequest::default() };
    let reply = api.read("BatchGetRepositories", &batch)?;
    match reply.status {
        200 => reply.json("repositories"),
        _ => Err(refusal(&reply, Asked { about: "repositories", needs: "codecommit:BatchGetRepositories" })),
    }
}

/// AWS answers in an order of its own.
fn in_order(api: &Api<'_>, names: &[String], found: WireBatch) -> Vec<Repository> {
    let mut found: Vec<_> = found.repositories.into_iter().flatten().flatten().collect();
    let mut take = |name: &String| {
        let at = found.iter().position(|one| one.repository_name == *name)?;
        Some(found.swap_remove(at))
    };
    let in_order: Vec<_> = names.iter().filter_map(&mut take).collect();
    in_order.into_iter().map(|wire| repository(api, wire.repository_name, wire.default_branch)).collect()
}

fn left_out(unread: usize, denied: usize) -> Option<String> {
    let mut sentences = Vec::new();
    if unread > 0 {
        sentences.push(format!("Repositories that AWS cannot decrypt at the moment are left out: {unread}."));
    }
    if denied > 0 {
        sentences.push(
            "Default branches are left out: this access key lacks codecommit:BatchGetRepositories for some of the \
             repositories."
                .to_owned(),
        );
    }
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

/// The repository as it stands.
///
/// # Errors
/// `not-found` where there is none of this name; what the credential may not see is `permission-missing`.
pub fn get(api: &Api<'_>, id: &RepositoryId) -> Result<Repository, Failure> {
    let one = WireRequest { repository_name: Some(id.as_str()), ..WireRequest::default() };
    let reply = api.read("GetRepository", &one)?;
    if reply.status != 200 {
        return Err(refusal(&reply, Asked { about: &format!("repository {id}"), needs: "codecommit:GetRepository" }));
    }
    let wire = reply.json::<WireOne>("a repository")?.repository_metadata;
    Ok(repository(api, wire.repository_name, wire.default_branch))
}

/// CodeCommit has no public and no archived repositories.
fn repository(api: &Api<'_>, name: String, default_branch: Option<String>) -> Repository {
    let web_url = api.console().repository(&name);
    Repository { id: name.clone(), name, default_branch, web_url, is_private: true, is_read_only: false }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WireNames {
    repositories: Option<Vec<Option<WireName>>>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireName {
    repository_name: String,
}

#[derive(Deserialize)]
struct WireBatch {
    repositories: Option<Vec<Option<WireRepository>>>,
    errors: Option<Vec<Option<WireError>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireError {
    error_code: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireOne {
    repository_metadata: WireRepository,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireRepository {
    repository_name: String,
    /// None while the repository is empty.
    default_branch: Option<String>,
}

impl WireError {
    fn is_deleted(&self) -> bool {
        self.error_code.as_deref() == Some("RepositoryDoesNotExistException")
    }
}
