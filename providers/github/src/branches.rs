//! Branches, which GitHub calls references below `refs/heads/`.
//!
//! `git/ref` is asked for one branch: it answers for exactly one name, and the id of the commit is what a new
//! reference is made from. A 404 to it is either a missing branch or an invisible repository; [`tip`] finds out which.

use countersign_sdk::types::{Branch, BranchPage, CreatedBranch, Deletion, Failure, FailureReason, NewBranch};
use countersign_sdk::{Branches, Reply, Repositories, Sifted, page_number, sift};
use serde::{Deserialize, Serialize};

use crate::api::{Api, MAX_PAGE_SIZE, RepositoryId};
use crate::description::CONTENTS;
use crate::error_body::ErrorBody;
use crate::refusal::{Asked, is_not_found, refusal, with_token_page};

const HEADS: &str = "refs/heads/";
/// Most pages one call reads in search of the first match: 1000 branches. The API searches for no part of a branch's name, only
/// for how it begins.
const MAX_SEARCH_PAGES: usize = 10;
/// Most parents of a name (`a/b`, `a` of `a/b/c`) looked up to explain a refusal.
const MAX_PARENTS: usize = 3;

impl Branches for Api<'_> {
    fn list_branches(
        &self,
        id: &RepositoryId,
        query: Option<&str>,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<BranchPage, Failure> {
        let size = if query.is_some() { MAX_PAGE_SIZE } else { limit };
        let query = query.map(str::to_ascii_lowercase).unwrap_or_default();
        let matches = |branch: &WireBranch| branch.name.to_ascii_lowercase().contains(&query);
        let get = |token: Option<&str>| get_page(self, id, page_number(token)?, size);
        let (found, next) = sift(cursor, limit, MAX_SEARCH_PAGES, matches, get)?;
        Ok(BranchPage { items: found.into_iter().map(|wire| listed(self, id, wire)).collect(), next })
    }

    fn find_branch(&self, id: &RepositoryId, name: &str) -> Result<Option<Branch>, Failure> {
        Ok(tip(self, id, name)?.map(|commit| branch(self, id, name, commit)))
    }

    fn create_branch(&self, id: &RepositoryId, new: &NewBranch) -> Result<CreatedBranch, Failure> {
        let Some(commit) = tip(self, id, &new.base)? else {
            return Err(base_missing(&new.base));
        };
        let reference = format!("{HEADS}{}", new.name);
        let body = WireNewReference { name: &reference, sha: &commit };
        let reply = self.client.post(self.repository_url(id, ["git", "refs"]), &body)?;
        if reply.status != 201 {
            return not_created(self, id, new, &commit, &reply);
        }
        let made: WireReference = reply.json("a reference")?;
        if made.name != reference {
            return Err(Failure::outcome_unknown(&reply));
        }
        let branch = branch(self, id, &new.name, made.object.sha);
        Ok(CreatedBranch { branch, existed: false, credited_to: None })
    }

    fn delete_branch(&self, id: &RepositoryId, name: &str) -> Result<Deletion, Failure> {
        let reply = self.client.delete(self.repository_url(id, ["git", "refs", "heads"]).path(name))?;
        let error = ErrorBody::of(&reply);
        match reply.status {
            204 => Ok(Deletion::Deleted),
            422 if error.says("reference does not exist") => Ok(Deletion::WasAbsent),
            409 if is_empty_repository(&reply) => Ok(Deletion::WasAbsent),
            _ => not_deleted(self, id, name, &reply),
        }
    }
}

fn get_page(api: &Api<'_>, id: &RepositoryId, number: u32, size: u32) -> Result<Sifted<WireBranch>, Failure> {
    let url = api.repository_url(id, ["branches"]).query("per_page", &size.to_string());
    let reply = api.client.get(url.query("page", &number.to_string()))?;
    if reply.status != 200 {
        return Err(refused(api, &reply, id));
    }
    Ok((reply.json("a list of branches")?, reply.next_page(number).map(|page| page.to_string())))
}

/// The commit a branch stands at; none where the repository is visible and has no branch of exactly this name.
pub fn tip(api: &Api<'_>, id: &RepositoryId, name: &str) -> Result<Option<String>, Failure> {
    let reply = api.client.get(api.repository_url(id, ["git", "ref", "heads"]).path(name))?;
    match reply.status {
        200 => {
            // Servers that match by prefix answer with a list where no name is the very one.
            let found = match reply.json_or_none::<Vec<WireReference>>() {
                Some(list) if list.is_empty() => return Err(reply.unreadable("a reference")),
                Some(list) => list,
                None => vec![reply.json("a reference")?],
            };
            let exact = found.into_iter().find(|one| one.name.strip_prefix(HEADS) == Some(name));
            Ok(exact.map(|one| one.object.sha))
        }
        409 if is_empty_repository(&reply) => Ok(None),
        _ => match refused(api, &reply, id) {
            failure if is_not_found(&failure) => old_servers_tip(api, id, name),
            failure => Err(failure),
        },
    }
}

/// Servers of one's own know `git/ref` since 2.19; all of them have a branch's own address.
fn old_servers_tip(api: &Api<'_>, id: &RepositoryId, name: &str) -> Result<Option<String>, Failure> {
    if api.is_of_ones_own() {
        let reply = api.client.get(api.repository_url(id, ["branches"]).path(name))?;
        if reply.status == 200 {
            let branch: WireBranch = reply.json("a branch")?;
            return Ok((branch.name == name).then_some(branch.commit.sha));
        }
        let failure = refused(api, &reply, id);
        if !is_not_found(&failure) {
            return Err(failure);
        }
    }
    api.get_repository(id).map(|_visible| None)
}

fn not_created(
    api: &Api<'_>,
    id: &RepositoryId,
    new: &NewBranch,
    commit: &str,
    reply: &Reply,
) -> Result<CreatedBranch, Failure> {
    let error = ErrorBody::of(reply);
    let failure = refused(api, reply, id);
    Err(match reply.status {
        422 if error.says("already exists") => return stands_already(api, id, new, commit, &error),
        422 if error.says("object does not exist") => error.failure(FailureReason::BaseMissing(new.base.clone())),
        422 if error.says("reference update failed") => match in_the_way(api, id, &new.name) {
            Some(other) => error.failure(FailureReason::AlreadyExists(format!("branch {other}"))),
            None => failure,
        },
        409 if is_empty_repository(reply) => error.failure(FailureReason::BaseMissing(new.base.clone())),
        // The base was read a moment ago: the repository is there, and this credential may not write to it.
        _ if is_not_found(&failure) => may_not_write(api, reply, id),
        _ => failure,
    })
}

/// Old servers say no more than `Validation Failed`, and 404 may mean anything: look.
fn not_deleted(api: &Api<'_>, id: &RepositoryId, name: &str, reply: &Reply) -> Result<Deletion, Failure> {
    let failure = refused(api, reply, id);
    let is_invalid = reply.status == 422 && failure.reason == FailureReason::UnexpectedReply;
    if !is_invalid && !is_not_found(&failure) {
        return Err(failure);
    }
    match tip(api, id, name)? {
        None => Ok(Deletion::WasAbsent),
        Some(_) if is_not_found(&failure) => Err(may_not_write(api, reply, id)),
        Some(_) => Err(failure),
    }
}

/// The name is taken. At the very commit it was to start at, the branch is what was asked for.
fn stands_already(
    api: &Api<'_>,
    id: &RepositoryId,
    new: &NewBranch,
    commit: &str,
    error: &ErrorBody,
) -> Result<CreatedBranch, Failure> {
    let what = match tip(api, id, &new.name)? {
        Some(at) if at == commit => {
            return Ok(CreatedBranch { branch: branch(api, id, &new.name, at), existed: true, credited_to: None });
        }
        Some(at) => format!("branch {} at {at}", new.name),
        // Names differ in case on some servers' disks, and a branch may be deleted between the two requests.
        None => format!("a reference in the way of branch {}", new.name),
    };
    Err(error.failure(FailureReason::AlreadyExists(what)))
}

/// `feature` and `feature/x` cannot both be branches, but GitHub calls that by the same words as a protection rule.
/// None where there is no such branch, or where it cannot be found out.
fn in_the_way(api: &Api<'_>, id: &RepositoryId, name: &str) -> Option<String> {
    let parents = name.rmatch_indices('/').filter_map(|(at, _)| name.get(..at)).take(MAX_PARENTS);
    for parent in parents {
        if tip(api, id, parent).ok()?.is_some() {
            return Some(parent.to_owned());
        }
    }
    let mut reply = api.client.get(api.repository_url(id, ["git", "matching-refs", "heads"]).path(name)).ok()?;
    if reply.status == 404 && api.is_of_ones_own() {
        // Servers of one's own before 2.19 answer so where they are asked for a name that is no branch's, and others begin with.
        reply = api.client.get(api.repository_url(id, ["git", "refs", "heads"]).path(name)).ok()?;
    }
    let below: Vec<WireReference> = reply.json("a list of references").ok()?;
    let mut names = below.iter().filter_map(|one| one.name.strip_prefix(HEADS));
    names.find(|other| other.strip_prefix(name).is_some_and(|rest| rest.starts_with('/'))).map(str::to_owned)
}

/// GitHub answers 404 to a write that the credential may not do, lest it tell of the repository.
fn may_not_write(api: &Api<'_>, reply: &Reply, id: &RepositoryId) -> Failure {
    let message = format!("The token can see {id} and may not write to it.");
    let failure = Failure::new(FailureReason::PermissionMissing(CONTENTS.into()), message).with_status(reply.status);
    with_token_page(failure, reply, &api.web)
}

fn base_missing(base: &str) -> Failure {
    Failure::new(FailureReason::BaseMissing(base.to_owned()), format!("There is no branch `{base}` to start at."))
}

pub fn is_empty_repository(reply: &Reply) -> bool {
    ErrorBody::of(reply).says("repository is empty")
}

/// The failure of a request about branches.
pub fn refused(api: &Api<'_>, reply: &Reply, id: &RepositoryId) -> Failure {
    refusal(reply, Asked { about: &format!("repository {id}"), needs: CONTENTS, web: &api.web })
}

fn listed(api: &Api<'_>, id: &RepositoryId, wire: WireBranch) -> Branch {
    Branch { is_protected: wire.protected, ..branch(api, id, &wire.name, wire.commit.sha) }
}

fn branch(api: &Api<'_>, id: &RepositoryId, name: &str, commit: String) -> Branch {
    let page = api.web.url().segments([id.owner.as_str(), &id.name, "tree"]).path(name);
    let (name, commit, web_url) = (name.to_owned(), Some(commit), page.finish().ok());
    Branch { name, commit, is_default: None, is_protected: None, web_url }
}

#[derive(Serialize)]
struct WireNewReference<'a> {
    #[serde(rename = "ref")]
    name: &'a str,
    sha: &'a str,
}

#[derive(Deserialize)]
struct WireBranch {
    name: String,
    commit: WireObject,
    protected: Option<bool>,
}

#[derive(Deserialize)]
struct WireReference {
    #[serde(rename = "ref")]
    name: String,
    object: WireObject,
}

#[derive(Deserialize)]
struct WireObject {
    sha: String,
}
