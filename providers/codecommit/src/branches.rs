//! Branches. A list has names only; where one stands is asked for one by one, with `GetBranch`.
//!
//! The default branch is not marked in a list: the repository would have to be asked for with every page.

use countersign_sdk::types::{Branch, BranchPage, CreatedBranch, Deletion, Failure, FailureReason, NewBranch};
use countersign_sdk::{Branches, Reply, Sifted, sift};

use crate::api::{Api, RepositoryId, next_token};
use crate::error_body::ErrorBody;
use crate::operation::Operation;
use crate::refusal::{Asked, refusal};
use crate::wire::{self, WireAnswer, WireRequest};

/// Most pages one call reads in search of the first match. AWS has no search, and pages of its own size.
const MAX_SEARCH_PAGES: usize = 20;

impl Branches for Api<'_> {
    fn list_branches(
        &self,
        id: &RepositoryId,
        query: Option<&str>,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<BranchPage, Failure> {
        let query = query.map(str::to_ascii_lowercase).unwrap_or_default();
        let matches = |name: &String| name.to_ascii_lowercase().contains(&query);
        let (names, next) = sift(cursor, limit, MAX_SEARCH_PAGES, matches, |token| get_page(self, id, token))?;
        Ok(BranchPage { items: names.iter().map(|name| branch(self, id, name, None)).collect(), next })
    }

    fn find_branch(&self, id: &RepositoryId, name: &str) -> Result<Option<Branch>, Failure> {
        Ok(tip(self, id, name)?.map(|commit| branch(self, id, name, Some(commit))))
    }

    fn create_branch(&self, id: &RepositoryId, new: &NewBranch) -> Result<CreatedBranch, Failure> {
        let Some(commit) = tip(self, id, &new.base)? else {
            let message = format!("There is no branch `{}` to start at.", new.base);
            return Err(Failure::new(FailureReason::BaseMissing(new.base.clone()), message));
        };
        let asked =
            WireRequest { branch_name: Some(&new.name), commit_id: Some(&commit), ..WireRequest::of(id.as_str()) };
        let reply = self.change(Operation::CreateBranch, &asked)?;
        match reply.status {
            200 if says_nothing(&reply) => {
                let branch = branch(self, id, &new.name, Some(commit));
                Ok(CreatedBranch { branch, existed: false, credited_to: None })
            }
            200 => Err(Failure::outcome_unknown(&reply)),
            _ => not_created(self, id, new, commit, &reply),
        }
    }

    /// CodeCommit answers alike whether there was such a branch, so it is looked for first.
    fn delete_branch(&self, id: &RepositoryId, name: &str) -> Result<Deletion, Failure> {
        if tip(self, id, name)?.is_none() {
            return Ok(Deletion::WasAbsent);
        }
        let reply = self.change(
            Operation::DeleteBranch,
            &WireRequest { branch_name: Some(name), ..WireRequest::of(id.as_str()) },
        )?;
        if reply.status == 200 {
            // Another may have been quicker.
            return wire::read(&reply, "a deleted branch", |answer| {
                Some(if answer.deleted_branch.is_some() { Deletion::Deleted } else { Deletion::WasAbsent })
            });
        }
        let error = ErrorBody::of(&reply);
        match error.code.as_str() {
            "BranchDoesNotExist" => Ok(Deletion::WasAbsent),
            "DefaultBranchCannotBeDeleted" => {
                let protected = Failure::new(FailureReason::Protected, error.text()).with_status(reply.status);
                Err(protected.with_help_url(self.console().settings(id.as_str())))
            }
            _ => Err(refused(&reply, id, Operation::DeleteBranch.action())),
        }
    }
}

/// One of AWS's pages of names.
fn get_page(api: &Api<'_>, id: &RepositoryId, token: Option<&str>) -> Result<Sifted<String>, Failure> {
    let asked = WireRequest { next_token: token, ..WireRequest::of(id.as_str()) };
    let reply = api.read(Operation::ListBranches, &asked)?;
    if reply.status != 200 {
        return Err(refused(&reply, id, Operation::ListBranches.action()));
    }
    let page = |answer: &mut WireAnswer| Some((answer.branches.take()?, answer.next_token.take()));
    let (names, next) = wire::read(&reply, "a list of branches", page)?;
    Ok((names, next_token(next, token)))
}

/// The commit a branch stands at; none where the repository is visible and has no branch of exactly this name.
pub fn tip(api: &Api<'_>, id: &RepositoryId, name: &str) -> Result<Option<String>, Failure> {
    let reply =
        api.read(Operation::GetBranch, &WireRequest { branch_name: Some(name), ..WireRequest::of(id.as_str()) })?;
    match reply.status {
        200 => {
            let of_the_name =
                |answer: &mut WireAnswer| answer.branch.take().filter(|branch| branch.branch_name == name);
            wire::read(&reply, "the branch asked for", of_the_name).map(|branch| Some(branch.commit_id))
        }
        _ if ErrorBody::of(&reply).code == "BranchDoesNotExist" => Ok(None),
        _ => Err(refused(&reply, id, Operation::GetBranch.action())),
    }
}

fn not_created(
    api: &Api<'_>,
    id: &RepositoryId,
    new: &NewBranch,
    commit: String,
    reply: &Reply,
) -> Result<CreatedBranch, Failure> {
    let error = ErrorBody::of(reply);
    let says = |reason| Err(Failure::new(reason, error.text()).with_status(reply.status));
    match error.code.as_str() {
        "BranchNameExists" => stands_already(api, id, new, commit, reply),
        "CommitDoesNotExist" | "CommitIdDoesNotExist" | "InvalidCommitId" => {
            says(FailureReason::BaseMissing(new.base.clone()))
        }
        _ => Err(refused(reply, id, Operation::CreateBranch.action())),
    }
}

/// The name is taken. At the very commit it was to start at, the branch is what was asked for.
fn stands_already(
    api: &Api<'_>,
    id: &RepositoryId,
    new: &NewBranch,
    commit: String,
    reply: &Reply,
) -> Result<CreatedBranch, Failure> {
    let what = match tip(api, id, &new.name)? {
        Some(at) if at == commit => {
            let branch = branch(api, id, &new.name, Some(commit));
            return Ok(CreatedBranch { branch, existed: true, credited_to: None });
        }
        Some(at) => format!("branch {} at {at}", new.name),
        // A branch above or below it in name, or one that was deleted between the two requests.
        None => format!("a reference in the way of branch {}", new.name),
    };
    let message = ErrorBody::of(reply).text();
    Err(Failure::new(FailureReason::AlreadyExists(what), message).with_status(reply.status))
}

/// The answer of an operation that has none: no body, or an empty object. Anything else is not CodeCommit's.
fn says_nothing(reply: &Reply) -> bool {
    reply.text().is_some_and(|body| matches!(body.trim(), "" | "{}"))
}

fn refused(reply: &Reply, id: &RepositoryId, needs: &str) -> Failure {
    refusal(reply, Asked { about: &format!("repository {id}"), needs })
}

fn branch(api: &Api<'_>, id: &RepositoryId, name: &str, commit: Option<String>) -> Branch {
    let web_url = api.console().branch(id.as_str(), name);
    Branch { name: name.to_owned(), commit, is_default: None, is_protected: None, web_url }
}
