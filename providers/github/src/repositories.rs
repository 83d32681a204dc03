//! Repositories: all of them, those that are searched for, and the question whether one is visible at all.

use countersign_sdk::types::{Failure, Repository, RepositoryPage};
use countersign_sdk::{Repositories, page_number, sift};

use crate::api::{Api, RepositoryId};
use crate::description::CONTENTS;
use crate::listing::{self, WireRepository};
use crate::refusal::{Asked, refusal};
use crate::search;

/// Most pages one call reads in search of the first match.
const MAX_SEARCH_PAGES: usize = 3;

impl Repositories for Api<'_> {
    type RepositoryId = RepositoryId;

    fn list_repositories(
        &self,
        query: Option<&str>,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<RepositoryPage, Failure> {
        let query = query.map(str::to_ascii_lowercase).unwrap_or_default();
        let matches = |one: &WireRepository| one.full_name.to_ascii_lowercase().contains(&query);
        let mut partial = None;
        let (found, next) = sift(cursor, limit, MAX_SEARCH_PAGES, matches, |token| {
            if query.is_empty() {
                listing::page(self, "full_name", page_number(token)?, limit, &mut partial)
            } else {
                search::page(self, &query, token, limit, &mut partial)
            }
        })?;
        Ok(RepositoryPage { items: found.into_iter().map(Repository::from).collect(), next, partial })
    }

    /// # Errors
    /// `not-found` where it does not exist or the credential cannot see it.
    fn get_repository(&self, id: &RepositoryId) -> Result<Repository, Failure> {
        repository(self, id).map(Repository::from)
    }
}

/// See [`Repositories::get_repository`].
pub fn repository(api: &Api<'_>, id: &RepositoryId) -> Result<WireRepository, Failure> {
    let reply = api.client.get(api.repository_url(id, []))?;
    match reply.status {
        200 => reply.json("a repository"),
        _ => Err(refusal(&reply, Asked { about: &format!("repository {id}"), needs: CONTENTS, web: &api.web })),
    }
}
