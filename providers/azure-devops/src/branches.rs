//! Branches, which the server calls references below `refs/heads/`.
//!
//! The server finds references by the beginning of their name, so an exact name is looked for among the answers.

use countersign_sdk::types::{Branch, BranchPage, CreatedBranch, Deletion, Failure, FailureReason, NewBranch};
use countersign_sdk::{Branches, Json, sift};

use crate::answer::{is_set, items, text};
use crate::api::{Api, RepositoryId};
use crate::description::CODE_READ;
use crate::references::{Change, Changed, NONE, change};
use crate::repositories;

pub const HEADS: &str = "refs/heads/";
/// Most pages one call reads in search of the first match: 5000 branches.
const MAX_SEARCH_PAGES: usize = 5;
const SEARCH_PAGE_SIZE: u32 = 1000;
/// Most pages of longer names read in search of one name, which the server sorts before them.
const MAX_FIND_PAGES: u32 = 5;

impl Branches for Api<'_> {
    /// A query is looked for here: the server's own search does not say whether it regards case.
    fn list_branches(
        &self,
        id: &RepositoryId,
        query: Option<&str>,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<BranchPage, Failure> {
        let size = if query.is_some() { SEARCH_PAGE_SIZE } else { limit };
        let query = query.map(str::to_ascii_lowercase).unwrap_or_default();
        let matches = |reference: &WireReference| reference.name().to_ascii_lowercase().contains(&query);
        let has_pages = self.site.version.is_2019_or_later();
        let (found, next) = sift(cursor, limit, MAX_SEARCH_PAGES, matches, |token| {
            let page = get_page(self, id, "", has_pages.then_some((size, token)))?;
            Ok((page.references, page.next))
        })?;
        Ok(BranchPage { items: found.into_iter().map(|one| branch(self, id, one)).collect(), next })
    }

    fn find_branch(&self, id: &RepositoryId, name: &str) -> Result<Option<Branch>, Failure> {
        Ok(reference(self, id, name)?.map(|found| branch(self, id, found)))
    }

    fn create_branch(&self, id: &RepositoryId, new: &NewBranch) -> Result<CreatedBranch, Failure> {
        let Some(commit) = tip(self, id, &new.base)? else {
            return Err(base_missing(&new.base));
        };
        let name = format!("{HEADS}{}", new.name);
        let made = |commit: String| {
            branch(self, id, WireReference { name: name.clone(), object_id: commit, is_locked: false })
        };
        match change(self, id, &Change { name: &name, old_object_id: NONE, new_object_id: &commit })? {
            Changed::Done { by } => Ok(CreatedBranch { branch: made(commit), existed: false, credited_to: by }),
            Changed::NoCommit | Changed::WasAbsent => Err(base_missing(&new.base)),
            Changed::NameConflict => Err(name_conflict(self, id, &new.name)),
            // At the very commit it was to start at, the branch is what was asked for.
            Changed::Stale => match tip(self, id, &new.name)? {
                Some(at) if at == commit => Ok(CreatedBranch { branch: made(at), existed: true, credited_to: None }),
                Some(at) => Err(exists(format!("branch {} at {at}", new.name))),
                // It may have been deleted between the two requests.
                None => Err(exists(format!("a reference in the way of branch {}", new.name))),
            },
        }
    }

    fn delete_branch(&self, id: &RepositoryId, name: &str) -> Result<Deletion, Failure> {
        let Some(commit) = tip(self, id, name)? else {
            return Ok(Deletion::WasAbsent);
        };
        let reference = format!("{HEADS}{name}");
        match change(self, id, &Change { name: &reference, old_object_id: &commit, new_object_id: NONE })? {
            Changed::Done { .. } => Ok(Deletion::Deleted),
            Changed::WasAbsent => Ok(Deletion::WasAbsent),
            // What stands there now is not what was to be deleted.
            Changed::Stale => match tip(self, id, name)? {
                None => Ok(Deletion::WasAbsent),
                Some(at) => {
                    let message = format!("The branch moved to {at} while it was to be deleted, and stands.");
                    Err(Failure::new(FailureReason::UnexpectedReply, message))
                }
            },
            Changed::NameConflict | Changed::NoCommit => {
                Err(Failure::new(FailureReason::UnexpectedReply, "The server did not take the deletion for one."))
            }
        }
    }
}

/// The commit a branch stands at; none where the repository is visible and has no branch of exactly this name.
pub fn tip(api: &Api<'_>, id: &RepositoryId, name: &str) -> Result<Option<String>, Failure> {
    Ok(reference(api, id, name)?.map(|found| found.object_id))
}

fn reference(api: &Api<'_>, id: &RepositoryId, name: &str) -> Result<Option<WireReference>, Failure> {
    let pages = api.site.version.is_2019_or_later();
    let mut at = None;
    for _ in 0..MAX_FIND_PAGES {
        let page = get_page(api, id, name, pages.then_some((SEARCH_PAGE_SIZE, at.as_deref())))?;
        if let Some(found) = page.references.into_iter().find(|one| one.name() == name) {
            return Ok(Some(found));
        }
        match page.next {
            Some(next) => at = Some(next),
            None => return Ok(None),
        }
    }
    let message = format!("Branch `{name}` was not among the first {MAX_FIND_PAGES} pages of names that begin so.");
    Err(Failure::new(FailureReason::UnexpectedReply, message))
}

/// Branches whose names begin with `beginning`: a page of a size from a token on, or all where the server has no pages.
fn get_page(
    api: &Api<'_>,
    id: &RepositoryId,
    beginning: &str,
    page: Option<(u32, Option<&str>)>,
) -> Result<Page, Failure> {
    let mut url = api.repository_url(id, ["refs"]).query("filter", &format!("heads/{beginning}"));
    if let Some((size, at)) = page {
        url = url.query("$top", &size.to_string());
        if let Some(at) = at {
            url = url.query("continuationToken", at);
        }
    }
    let reply = api.get(url)?;
    if reply.status != 200 {
        return Err(repositories::refused(api, &reply, id, CODE_READ));
    }
    let mut references = items(&reply, "a list of branches", WireReference::of)?;
    // A token that leads back to itself leads nowhere.
    let current = page.and_then(|(_, at)| at);
    let token = reply.header("x-ms-continuationtoken").filter(|token| !token.is_empty() && Some(*token) != current);
    references.retain(|one| one.name.starts_with(HEADS));
    Ok(Page { references, next: token.filter(|_| page.is_some()).map(str::to_owned) })
}

fn exists(what: String) -> Failure {
    Failure::new(FailureReason::AlreadyExists(what), "There is a branch of this name already.")
}

/// `feature` and `feature/x` cannot both be branches, nor can names that differ only in case.
fn name_conflict(api: &Api<'_>, id: &RepositoryId, name: &str) -> Failure {
    let first = name.split('/').next().unwrap_or(name);
    let pages = api.site.version.is_2019_or_later().then_some((SEARCH_PAGE_SIZE, None));
    let beside = get_page(api, id, first, pages).map(|page| page.references).unwrap_or_default();
    let lower = name.to_ascii_lowercase();
    let is_below = |one: &str, other: &str| one.strip_prefix(other).is_some_and(|rest| rest.starts_with('/'));
    let is_in_the_way = |other: &str| {
        let other = other.to_ascii_lowercase();
        other == lower || is_below(&lower, &other) || is_below(&other, &lower)
    };
    let what = match beside.iter().find(|one| is_in_the_way(one.name())) {
        Some(other) => format!("branch {}", other.name()),
        None => format!("a reference in the way of branch {name}"),
    };
    Failure::new(FailureReason::AlreadyExists(what), "The name cannot stand beside that of another branch.")
}

pub fn base_missing(base: &str) -> Failure {
    Failure::new(FailureReason::BaseMissing(base.to_owned()), format!("There is no branch `{base}`."))
}

fn branch(api: &Api<'_>, id: &RepositoryId, wire: WireReference) -> Branch {
    let name = wire.name().to_owned();
    // `GB` stands for a branch of git. Without a project there is no page.
    let web_url = id.project.as_deref().and_then(|project| {
        api.url([project, "_git", &id.repository]).query("version", &format!("GB{name}")).finish().ok()
    });
    // A policy does not show here, a lock does.
    let is_protected = wire.is_locked.then_some(true);
    Branch { name, commit: Some(wire.object_id), is_default: None, is_protected, web_url }
}

struct Page {
    references: Vec<WireReference>,
    next: Option<String>,
}

struct WireReference {
    name: String,
    object_id: String,
    is_locked: bool,
}

impl WireReference {
    fn of(wire: &Json) -> Option<Self> {
        let (name, object_id) = (text(wire, "name")?.to_owned(), text(wire, "objectId")?.to_owned());
        Some(Self { name, object_id, is_locked: is_set(wire, "isLocked") })
    }

    fn name(&self) -> &str {
        self.name.strip_prefix(HEADS).unwrap_or(&self.name)
    }
}
