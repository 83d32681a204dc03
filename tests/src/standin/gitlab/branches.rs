//! Branches: references of the real repository, made, listed and deleted by GitLab's rules.

use http::StatusCode;
use serde_json::Value;
use time::OffsetDateTime;
use time::PrimitiveDateTime;
use time::format_description::well_known::Rfc3339;

use super::access::{may_change_protected, may_read, may_write};
use super::call::{Call, HTTP_DATE, Outcome, ok};
use super::paging::{self, Page};
use super::params::Params;
use super::refusal::Refusal;
use super::shapes;
use super::world::{Repository, matches_pattern};
use crate::standin::git::{NotCreated, Reference, References, is_oid};
use crate::standin::message::Answer;

/// What a name must not begin with, beside what git itself refuses.
const FORBIDDEN_BEGINNINGS: &[&str] = &["-", "/", "refs/heads/", "refs/remotes/", "refs/tags"];

pub(super) fn list(call: &Call<'_>, repository: &Repository, _: &str) -> Outcome {
    may_read(call, repository)?;
    let params = Params::of(call.request)?;
    let sort = params.one_of("sort", &["name_asc", "updated_asc", "updated_desc"])?;
    if params.text("regex")?.is_some() {
        return Err(Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "stand-in: regex is not spoken"));
    }
    let search = params.text("search")?.unwrap_or_default();
    let references = repository.git.references()?;
    let mut found: Vec<&Reference> =
        references.with_prefix("refs/heads/").filter(|reference| matches_search(&search, reference.short())).collect();
    if let Some(sort) = sort.filter(|sort| sort != "name_asc") {
        sort_by_date(repository, &mut found, sort == "updated_desc")?;
    }
    let merged = merged(repository, &references)?;
    let shape = |reference: &&Reference| shapes::branch::branch(call, repository, reference, &merged);
    let page = Page::of(call, &params)?;
    if !page.keyset {
        return paging::by_number(call, &page, &found, shape);
    }
    if let Some(token) = params.text("page_token")? {
        let at = found.iter().position(|reference| reference.short() == token);
        let invalid = || Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, format!("Invalid page token: {token}"));
        found.drain(..=at.ok_or_else(invalid)?);
    }
    let cursor = |last: &&Reference| ("page_token", last.short().to_owned());
    paging::by_key(call, &page, &found, shape, cursor, true)
}

/// `^` ties the text to the beginning, `$` to the end, both make it the whole name; `*` is any text. Anything else is a part of
/// the name, whatever its case.
fn matches_search(search: &str, name: &str) -> bool {
    match (search.strip_prefix('^'), search.strip_suffix('$')) {
        (Some(rest), Some(_)) => rest.strip_suffix('$') == Some(name),
        (Some(beginning), None) => name.starts_with(beginning),
        (None, Some(end)) => name.ends_with(end),
        (None, None) if search.contains('*') => matches_pattern(&format!("*{search}*"), name),
        (None, None) => name.to_lowercase().contains(&search.to_lowercase()),
    }
}

fn sort_by_date(repository: &Repository, found: &mut Vec<&Reference>, newest_first: bool) -> Result<(), Refusal> {
    let mut dated = Vec::new();
    for reference in found.iter().copied() {
        dated.push((repository.git.commit(&reference.oid)?.committer.date, reference));
    }
    dated.sort_by(|(one, _), (other, _)| if newest_first { other.cmp(one) } else { one.cmp(other) });
    *found = dated.into_iter().map(|(_, reference)| reference).collect();
    Ok(())
}

pub(super) fn exists(call: &Call<'_>, repository: &Repository, name: &str) -> Outcome {
    may_read(call, repository)?;
    match repository.git.references()?.branch(name) {
        Some(_) => Ok(Answer::empty(StatusCode::NO_CONTENT)),
        None => Err(Refusal::new(StatusCode::NOT_FOUND, "404 Not Found")),
    }
}

pub(super) fn get(call: &Call<'_>, repository: &Repository, name: &str) -> Outcome {
    may_read(call, repository)?;
    let references = repository.git.references()?;
    let reference = find(repository, &references, name)?;
    let merged = merged(repository, &references)?;
    Ok(ok(&shapes::branch::branch(call, repository, reference, &merged)?))
}

pub(super) fn create(call: &Call<'_>, repository: &Repository, _: &str) -> Outcome {
    may_read(call, repository)?;
    let [name, start] = Params::of(call.request)?.required(["branch", "ref"])?;
    may_write(call, repository)?;
    let mut references = repository.git.references()?;
    if references.is_empty() {
        // The server gives an empty repository something to branch off.
        repository.git.commit_file(&repository.default_branch, "README.md", &format!("# {}\n", repository.name()))?;
        references = repository.git.references()?;
    }
    if !is_valid(repository, &name)? {
        return Err(Refusal::bad_request("Branch name is invalid"));
    }
    if references.branch(&name).is_some() {
        return Err(already_exists());
    }
    let oid = resolve(repository, &references, &start)?.ok_or_else(|| base_missing(call, &name, &start))?;
    check_hooks(call, repository, &name)?;
    repository.git.create_reference(&format!("refs/heads/{name}"), &oid).map_err(|why| why_not(why, &name))?;
    let made = Reference { name: format!("refs/heads/{name}"), oid, kind: "commit".to_owned() };
    let merged = merged(repository, &repository.git.references()?)?;
    Ok(Answer::json(StatusCode::CREATED, &shapes::branch::branch(call, repository, &made, &merged)?))
}

pub(super) fn delete(call: &Call<'_>, repository: &Repository, name: &str) -> Outcome {
    may_read(call, repository)?;
    may_write(call, repository)?;
    let references = repository.git.references()?;
    let reference = find(repository, &references, name)?;
    check_unmodified(call, &repository.git.commit(&reference.oid)?.author.date)?;
    if name == repository.default_branch {
        return Err(Refusal::bad_request("The default branch of a project cannot be deleted."));
    }
    if repository.is_protected(name) && !may_change_protected(call, repository) {
        return Err(Refusal::bad_request(
            "You are not allowed to delete protected branches from this project. Only a project maintainer or owner can delete a protected branch.",
        ));
    }
    match repository.git.delete_reference(&reference.name, &reference.oid) {
        Ok(()) => Ok(Answer::empty(StatusCode::NO_CONTENT)),
        // Somebody else was faster.
        Err(_) if repository.git.references()?.branch(name).is_none() => {
            Err(Refusal::new(StatusCode::NOT_FOUND, "No such branch"))
        }
        Err(_) => Err(Refusal::bad_request("Failed to remove branch")),
    }
}

/// Full names of branches that bring nothing new to the default branch.
fn merged(repository: &Repository, references: &References) -> Result<Vec<String>, Refusal> {
    match references.branch(&repository.default_branch) {
        None => Ok(Vec::new()),
        Some(default) => Ok(repository.git.merged_into(&default.oid)?),
    }
}

fn find<'a>(repository: &Repository, references: &'a References, name: &str) -> Result<&'a Reference, Refusal> {
    if !is_valid(repository, name)? {
        return Err(Refusal::bad_request("The branch refname is invalid"));
    }
    references.branch(name).ok_or_else(|| Refusal::not_found("Branch"))
}

pub(super) fn is_valid(repository: &Repository, name: &str) -> Result<bool, Refusal> {
    if name == "HEAD" || FORBIDDEN_BEGINNINGS.iter().any(|beginning| name.starts_with(beginning)) {
        return Ok(false);
    }
    Ok(repository.git.accepts_name(&format!("refs/heads/{name}"))?)
}

/// The commit a branch, a tag or a commit's id stands for, in git's own order.
pub(super) fn resolve(
    repository: &Repository,
    references: &References,
    start: &str,
) -> Result<Option<String>, Refusal> {
    let names = ["", "refs/", "refs/tags/", "refs/heads/"].map(|before| format!("{before}{start}"));
    let reference = names.iter().find_map(|name| references.get(name));
    let oid = match reference {
        Some(reference) => &reference.oid,
        None if is_oid(start) && repository.git.has_object(start)? => start,
        None => return Ok(None),
    };
    // A tag's own id becomes its commit's.
    Ok(repository.git.commit(oid).ok().map(|commit| commit.oid))
}

/// What is refused when git is about to write, and not before.
fn check_hooks(call: &Call<'_>, repository: &Repository, name: &str) -> Result<(), Refusal> {
    let hex = name.split(['/', '-']).next().unwrap_or_default();
    if matches!(hex.len(), 40 | 64) && hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(Refusal::bad_request("You cannot create a branch with a SHA-1 or SHA-256 branch name."));
    }
    if repository.is_protected(name) && !may_change_protected(call, repository) {
        return Err(Refusal::bad_request("You are not allowed to create protected branches on this project."));
    }
    Ok(())
}

fn already_exists() -> Refusal {
    Refusal::bad_request("Branch already exists")
}

fn base_missing(call: &Call<'_>, name: &str, start: &str) -> Refusal {
    if call.product.since(13, 0) {
        return Refusal::bad_request(&format!("Failed to create branch '{name}': invalid reference name '{start}'"));
    }
    Refusal::bad_request(&format!("Invalid reference name: {start}"))
}

fn why_not(refused: NotCreated, name: &str) -> Refusal {
    match refused {
        NotCreated::Exists => already_exists(),
        NotCreated::Clash(_) => Refusal::bad_request(&format!(
            "Failed to create branch '{name}': Branch name conflicts with existing branch hierarchy."
        )),
        NotCreated::NotAName | NotCreated::NoSuchObject => Refusal::bad_request("Branch name is invalid"),
        NotCreated::Git(error) => Refusal::from(error),
    }
}

/// `If-Unmodified-Since`, where it can be read: whether the branch's last commit is older.
fn check_unmodified(call: &Call<'_>, changed: &str) -> Result<(), Refusal> {
    let Some(since) = call.request.header("if-unmodified-since") else {
        return Ok(());
    };
    let since = PrimitiveDateTime::parse(since, HTTP_DATE).map(PrimitiveDateTime::assume_utc);
    match (since, OffsetDateTime::parse(changed, &Rfc3339)) {
        (Ok(since), Ok(changed)) if changed > since => {
            Err(Refusal::new(StatusCode::PRECONDITION_FAILED, Value::from("412 Precondition Failed")))
        }
        _ => Ok(()),
    }
}
