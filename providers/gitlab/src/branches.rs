//! Branches.
//!
//! GitLab would create a branch from a tag or a commit too, and in an empty repository it would first commit a file. So
//! the base is always read first: it must be a branch, and the new one starts at the commit that was read.

use countersign_sdk::types::{Branch, BranchPage, CreatedBranch, Deletion, Failure, FailureReason, NewBranch, Wait};
use countersign_sdk::{Branches, Reply, page_number, sift};
use serde::{Deserialize, Serialize};

use crate::api::{Api, MAX_PAGE_SIZE, ProjectId, longest_part, next_page};
use crate::error_body::ErrorBody;
use crate::refusal::told;
use crate::repositories::{Part, by_number, refused};
use crate::signs;

/// Most pages one call reads in search of the first match: 500 branches of those that GitLab found.
const MAX_SEARCH_PAGES: usize = 5;
/// Most parents of a name (`a/b`, `a` of `a/b/c`) looked up to explain a refusal.
const MAX_PARENTS: usize = 3;
/// gRPC's `RESOURCE_EXHAUSTED`, of a storage that has enough to do.
const EXHAUSTED: u8 = 8;
/// gRPC's `UNAVAILABLE`.
const UNREACHED: u8 = 14;
/// gRPC's statuses of a call that may have been carried out: `CANCELLED`, `UNKNOWN`, `DEADLINE_EXCEEDED`, `INTERNAL`,
/// `UNAVAILABLE`.
const UNKNOWN_ENDS: [u8; 5] = [1, 2, 4, 13, UNREACHED];

/// What the checks of a push say of a project that vanished, or is hidden, since the base was read.
const GONE: [&str; 2] = ["the project you were looking for", "a repository for this project does not exist"];

impl Branches for Api<'_> {
    /// GitLab searches for the part of the query that it takes as it is; what is left is looked for here.
    fn list_branches(
        &self,
        id: &ProjectId,
        query: Option<&str>,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<BranchPage, Failure> {
        let query = query.map(str::to_ascii_lowercase).unwrap_or_default();
        let matches = |branch: &WireBranch| branch.name.to_ascii_lowercase().contains(&query);
        let search = longest_part(&query, is_searchable);
        let size = if search.unwrap_or_default() == query { limit } else { MAX_PAGE_SIZE };
        let (found, next) = sift(cursor, limit, MAX_SEARCH_PAGES, matches, |token| {
            let number = page_number(token)?;
            let reply = get_page(self, id, search, number, size)?;
            let next = next_page(&reply, number).map(|page| page.to_string());
            Ok((reply.json("a list of branches")?, next))
        })?;
        Ok(BranchPage { items: found.into_iter().map(Branch::from).collect(), next })
    }

    /// Always with its commit.
    fn find_branch(&self, id: &ProjectId, name: &str) -> Result<Option<Branch>, Failure> {
        let reply = self.client.get(self.branch_url(id, name)?)?;
        match reply.status {
            200 => {
                let branch = Branch::from(reply.json::<WireBranch>("a branch")?);
                let is_asked_for = branch.name == name && branch.commit.is_some();
                if is_asked_for { Ok(Some(branch)) } else { Err(Failure::unexpected("this branch", &reply)) }
            }
            404 if ErrorBody::of(&reply).says("branch not found") => Ok(None),
            _ => Err(refused(self, &reply, id, Part::Code(name))),
        }
    }

    fn create_branch(&self, id: &ProjectId, new: &NewBranch) -> Result<CreatedBranch, Failure> {
        let id = by_number(self, id)?;
        let Some(commit) = self.find_branch(&id, &new.base)?.and_then(|base| base.commit) else {
            return Err(base_missing(&new.base));
        };
        let body = WireNewBranch { branch: &new.name, commit: &commit };
        let reply = self.client.post(self.project_url(&id, ["repository", "branches"]), &body)?;
        if reply.status != 201 {
            return not_created(self, &id, new, &commit, &reply);
        }
        let branch = Branch::from(reply.json::<WireBranch>("a branch")?);
        if branch.name != new.name || branch.commit.is_none() {
            return Err(Failure::outcome_unknown(&reply));
        }
        Ok(CreatedBranch { branch, existed: false, credited_to: None })
    }

    fn delete_branch(&self, id: &ProjectId, name: &str) -> Result<Deletion, Failure> {
        let id = by_number(self, id)?;
        let reply = self.delete(self.branch_url(&id, name)?)?;
        let error = ErrorBody::of(&reply);
        match reply.status {
            204 => Ok(Deletion::Deleted),
            // The answer of the API before v4, which some servers kept for a while.
            200 if reply.tree().is_some_and(|body| body.get("branch_name").is_some()) => Ok(Deletion::Deleted),
            404 if error.says("branch not found") || error.says("no such branch") => Ok(Deletion::WasAbsent),
            _ => Err(push_refused(self, &reply, &id, Part::Code(name))),
        }
    }
}

fn get_page(api: &Api<'_>, id: &ProjectId, search: Option<&str>, number: u32, size: u32) -> Result<Reply, Failure> {
    let mut url = api.project_url(id, ["repository", "branches"]);
    if let Some(search) = search {
        url = url.query("search", search);
    }
    let reply = api.client.get(url.query("per_page", &size.to_string()).query("page", &number.to_string()))?;
    match reply.status {
        200 => Ok(reply),
        _ => Err(refused(api, &reply, id, Part::Code(""))),
    }
}

/// Whether GitLab takes it as it is: it reads `^`, `$` and `*` as signs, and letters beyond ASCII in its own way.
fn is_searchable(char: char) -> bool {
    char.is_ascii() && !"^$*".contains(char)
}

fn not_created(
    api: &Api<'_>,
    id: &ProjectId,
    new: &NewBranch,
    commit: &str,
    reply: &Reply,
) -> Result<CreatedBranch, Failure> {
    let error = ErrorBody::of(reply);
    let says = |reason| Err(told(reply, &error.text, reason));
    match reply.status {
        400 if error.says("already exists") => stands_already(api, id, new, commit, reply),
        // Older servers call a clash of names by the words for a reference they cannot read. This one was just read.
        400 if error.says("branch hierarchy") || error.says("invalid reference name") => {
            match in_the_way(api, id, &new.name) {
                Some(other) => says(FailureReason::AlreadyExists(format!("branch {other}"))),
                None if error.says("branch hierarchy") => {
                    says(FailureReason::AlreadyExists(format!("a branch in the way of {}", new.name)))
                }
                None => says(FailureReason::BaseMissing(new.base.clone())),
            }
        }
        _ => Err(push_refused(api, reply, id, Part::Code(""))),
    }
}

/// GitLab makes and deletes a branch as a push does, and answers with 400 what a check of the push or a hook says to it, in
/// whatever words. GitLab's own sentences are few and known, so any other is somebody's rule.
fn push_refused(api: &Api<'_>, reply: &Reply, id: &ProjectId, part: Part<'_>) -> Failure {
    let error = ErrorBody::of(reply);
    if reply.status != 400 || !error.has_message || !error.is_gitlabs {
        return refused(api, reply, id, part);
    }
    let words = if error.text.is_empty() { "A rule or a hook of the server forbids this." } else { &error.text };
    let gone = || error.says_any(&GONE).then(|| FailureReason::NotFound(format!("repository {id}")));
    let meaning =
        own_failure(words).or_else(gone).or_else(|| signs::meaning(words)).unwrap_or(FailureReason::Protected);
    told(reply, words, meaning)
}

/// What it means that GitLab itself could not do it: `Failed to create branch 'x': 4:Deadline Exceeded`. The number is the
/// status of a gRPC call to where the repositories are.
fn own_failure(words: &str) -> Option<FailureReason> {
    let is_own = words.starts_with("Failed to create branch") || words.starts_with("Failed to remove branch");
    let told = words.split_once("': ").filter(|_| is_own).map_or(words, |(_, told)| told);
    let status = told.split_once(':').and_then(|(status, _)| status.parse::<u8>().ok());
    match status {
        Some(UNREACHED) if told.to_ascii_lowercase().contains("failed to connect") => Some(FailureReason::Unavailable),
        Some(EXHAUSTED) => Some(FailureReason::RateLimited(Wait::Unknown)),
        Some(status) if UNKNOWN_ENDS.contains(&status) => Some(FailureReason::OutcomeUnknown),
        None if !is_own => None,
        _ => Some(signs::meaning(told).unwrap_or(FailureReason::UnexpectedReply)),
    }
}

/// The name is taken. At the very commit it was to start at, the branch is what was asked for.
fn stands_already(
    api: &Api<'_>,
    id: &ProjectId,
    new: &NewBranch,
    commit: &str,
    reply: &Reply,
) -> Result<CreatedBranch, Failure> {
    let what = match api.find_branch(id, &new.name)? {
        Some(branch) if branch.commit.as_deref() == Some(commit) => {
            return Ok(CreatedBranch { branch, existed: true, credited_to: None });
        }
        Some(branch) => format!("branch {} at {}", new.name, branch.commit.unwrap_or_default()),
        // Deleted between the two requests.
        None => format!("branch {}", new.name),
    };
    Err(Failure::new(FailureReason::AlreadyExists(what), ErrorBody::of(reply).text).with_status(reply.status))
}

/// `feature` and `feature/x` cannot both be branches. None where there is no such branch, or where it cannot be found out.
fn in_the_way(api: &Api<'_>, id: &ProjectId, name: &str) -> Option<String> {
    let parents = name.rmatch_indices('/').filter_map(|(at, _)| name.get(..at)).take(MAX_PARENTS);
    for parent in parents {
        if api.find_branch(id, parent).ok()?.is_some() {
            return Some(parent.to_owned());
        }
    }
    let below = format!("{name}/");
    let reply = get_page(api, id, Some(&format!("^{below}")), 1, MAX_PAGE_SIZE).ok()?;
    let wire: Vec<WireBranch> = reply.json_or_none()?;
    wire.into_iter().map(|branch| branch.name).find(|other| other.starts_with(&below))
}

pub fn base_missing(base: &str) -> Failure {
    Failure::new(FailureReason::BaseMissing(base.to_owned()), format!("There is no branch `{base}`."))
}

#[derive(Serialize)]
struct WireNewBranch<'a> {
    branch: &'a str,
    #[serde(rename = "ref")]
    commit: &'a str,
}

#[derive(Deserialize)]
struct WireBranch {
    name: String,
    /// None for a broken reference.
    commit: Option<WireCommit>,
    // Missing on old servers.
    protected: Option<bool>,
    default: Option<bool>,
    web_url: Option<String>,
}

#[derive(Deserialize)]
struct WireCommit {
    id: String,
}

impl From<WireBranch> for Branch {
    fn from(wire: WireBranch) -> Self {
        Self {
            name: wire.name,
            commit: wire.commit.map(|commit| commit.id),
            is_default: wire.default,
            is_protected: wire.protected,
            web_url: wire.web_url,
        }
    }
}
