//! Repositories: `GET /user/repos`, and the question whether one is visible at all.

use countersign_sdk::types::{Failure, Repository, RepositoryPage};
use countersign_sdk::{Reply, Repositories, page_number};
use serde::Deserialize;

use crate::api::{Api, PAGE_SIZE, RepositoryId};
use crate::description::CONTENTS;
use crate::refusal::{Asked, refusal};

/// Most pages one call reads in search of the first match: 500 repositories.
const MAX_SEARCH_PAGES: u32 = 5;

impl Repositories for Api<'_> {
    type RepositoryId = RepositoryId;

    /// A page may have fewer matches than its `next` suggests; with a query, pages without any are passed over.
    fn list_repositories(&self, query: Option<&str>, cursor: Option<&str>) -> Result<RepositoryPage, Failure> {
        let query = query.map(str::to_ascii_lowercase).unwrap_or_default();
        let mut number = page_number(cursor)?;
        let mut searched = 0;
        loop {
            searched += 1;
            let reply = get_page(self, number)?;
            let wire: Vec<Option<WireRepository>> = reply.json("a list of repositories")?;
            let repositories = wire.into_iter().flatten().map(Repository::from);
            let items: Vec<_> = repositories.filter(|item| item.name.to_ascii_lowercase().contains(&query)).collect();
            let partial = reply.header("x-github-sso").and_then(left_out);
            match reply.next_page(number) {
                // What one page leaves out must not be lost by passing over it.
                Some(next) if items.is_empty() && partial.is_none() && searched < MAX_SEARCH_PAGES => number = next,
                next => {
                    return Ok(RepositoryPage { items, next: next.map(|page| page.to_string()), partial });
                }
            }
        }
    }

    /// # Errors
    /// `not-found` where it does not exist or the credential cannot see it.
    fn get_repository(&self, id: &RepositoryId) -> Result<Repository, Failure> {
        let reply = self.client.get(self.repository_url(id, []))?;
        match reply.status {
            200 => reply.json::<WireRepository>("a repository").map(Repository::from),
            _ => Err(refusal(&reply, Asked { about: &format!("repository {id}"), needs: CONTENTS })),
        }
    }
}

fn get_page(api: &Api<'_>, number: u32) -> Result<Reply, Failure> {
    let url = api
        .url(["user", "repos"])
        .query("per_page", PAGE_SIZE)
        .query("sort", "full_name")
        .query("affiliation", "owner,collaborator,organization_member")
        .query("page", &number.to_string());
    let reply = api.client.get(url)?;
    match reply.status {
        200 => Ok(reply),
        _ => Err(refusal(&reply, Asked { about: "the list of repositories", needs: CONTENTS })),
    }
}

/// `partial-results; organizations=21955855,20582480`: GitHub names organizations only by number.
fn left_out(header: &str) -> Option<String> {
    let (state, rest) = header.split_once(';')?;
    let organizations = rest.trim().strip_prefix("organizations=")?;
    let count = organizations.split(',').filter(|id| !id.trim().is_empty()).count();
    let organizations = if count == 1 { "1 organization".to_owned() } else { format!("{count} organizations") };
    (state.trim() == "partial-results").then(|| {
        format!("Repositories of {organizations} are left out until the token is authorized for their single sign-on.")
    })
}

#[derive(Deserialize)]
struct WireRepository {
    full_name: String,
    html_url: String,
    private: bool,
    default_branch: Option<String>,
    // Both are missing on old servers.
    #[serde(default)]
    archived: bool,
    #[serde(default)]
    disabled: bool,
}

impl From<WireRepository> for Repository {
    fn from(wire: WireRepository) -> Self {
        Self {
            id: wire.full_name.clone(),
            name: wire.full_name,
            default_branch: wire.default_branch,
            web_url: wire.html_url,
            is_private: wire.private,
            is_read_only: wire.archived || wire.disabled,
        }
    }
}
