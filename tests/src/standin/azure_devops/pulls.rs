//! Pull requests: kept in memory, judged against the real branches.

use std::sync::MutexGuard;

use http::StatusCode;
use serde_json::{Map, Value};

use super::access::{contributes, may_read_code, may_write_code, sees_repository};
use super::call::{Call, Outcome, ok, text};
use super::paging::page_by_skip;
use super::refusal::Refusal;
use super::shapes;
use super::world::{Project, PullRequest, Repository};
use crate::standin::git::{GitError, References};
use crate::standin::message::Answer;

/// Pull requests per page when a request does not say.
const DEFAULT_TOP: usize = 101;
/// `PullRequestStatus`
const STATUSES: &[(&str, u8)] = &[("notSet", 0), ("active", 1), ("abandoned", 2), ("completed", 3), ("all", 4)];
/// In UTF-16, as the server counts.
const MAX_TITLE_UNITS: usize = 400;
const MAX_DESCRIPTION_UNITS: usize = 4000;

pub(super) fn list(call: &Call<'_>, repository: &Repository) -> Outcome {
    Ok(page_by_skip(call, &shown(call, repository)?, DEFAULT_TOP))
}

/// Of every repository the caller sees, or of those of one project.
pub(super) fn list_everywhere(call: &Call<'_>, project: Option<&Project>) -> Outcome {
    let mut items = Vec::new();
    for repository in everywhere(call, project)? {
        items.extend(shown(call, repository)?);
    }
    items.sort_by_key(|item| std::cmp::Reverse(item["pullRequestId"].as_u64()));
    Ok(page_by_skip(call, &items, DEFAULT_TOP))
}

pub(super) fn get(call: &Call<'_>, repository: &Repository, number: &str) -> Outcome {
    let pulls = refreshed(repository)?;
    Ok(ok(&shapes::pull_request::full(call, repository, numbered(&pulls, number)?)?))
}

/// By its number alone, which no other pull request of the collection has.
pub(super) fn get_anywhere(call: &Call<'_>, project: Option<&Project>, number: &str) -> Outcome {
    for repository in everywhere(call, project)? {
        let pulls = refreshed(repository)?;
        if let Ok(pull) = numbered(&pulls, number) {
            return Ok(ok(&shapes::pull_request::full(call, repository, pull)?));
        }
    }
    Err(missing(number))
}

pub(super) fn create(call: &Call<'_>, repository: &Repository) -> Outcome {
    may_write_code(call)?;
    let author = call.known_caller()?.account.login.clone();
    if !contributes(call, repository) {
        return Err(Refusal::needs_permission(&call.identity(), "PullRequestContribute", "repository"));
    }
    let new = New::of(call, &call.body("gitPullRequestToCreate")?)?;
    // Held from the first look to the push: of two who ask at once, one makes it and the other is told that it exists.
    let mut pulls = refreshed(repository)?;
    let (source_sha, target_sha) = new.tips(call, &repository.git.references()?)?;
    if pulls.iter().any(|pull| pull.source == new.source && pull.target == new.target) {
        let message = "TF401179: An active pull request for the source and target branch already exists.";
        return Err(Refusal::git(StatusCode::CONFLICT, "GitPullRequestExistsException", message));
    }
    let New { title, description, source, target, draft, reviewers } = new;
    let pull = PullRequest {
        number: (call.next_pull_request)(),
        title,
        description,
        source,
        target,
        source_sha,
        target_sha,
        draft,
        author,
        reviewers,
        created_at: call.now,
    };
    let shape = shapes::pull_request::full(call, repository, &pull)?;
    pulls.push(pull);
    Ok(Answer::json(StatusCode::CREATED, &shape))
}

/// Repositories whose pull requests the caller may read.
fn everywhere<'a>(call: &Call<'a>, project: Option<&Project>) -> Result<Vec<&'a Repository>, Refusal> {
    if project.is_none() {
        call.known_caller()?;
    }
    may_read_code(call)?;
    let wanted = |repository: &&Repository| {
        let within = project.is_none_or(|project| project.name == repository.project);
        within && !repository.disabled && sees_repository(call, repository)
    };
    Ok(call.world.repositories.iter().filter(wanted).collect())
}

/// Newest first.
fn shown(call: &Call<'_>, repository: &Repository) -> Result<Vec<Value>, Refusal> {
    let filter = Filter::of(call);
    let pulls = refreshed(repository)?;
    let wanted = pulls.iter().rev().filter(|pull| filter.lets(call, repository, pull));
    Ok(wanted.map(|pull| shapes::pull_request::listed(call, repository, pull)).collect())
}

/// The pull requests after a look at the branches: a new tip is taken over. One whose branch is gone stays active.
pub(super) fn refreshed(repository: &Repository) -> Result<MutexGuard<'_, Vec<PullRequest>>, GitError> {
    let mut pulls = repository.pulls.lock().expect("pulls lock");
    if pulls.is_empty() {
        return Ok(pulls);
    }
    let references = repository.git.references()?;
    for pull in pulls.iter_mut() {
        if let Some(source) = references.branch(&pull.source) {
            pull.source_sha.clone_from(&source.oid);
        }
        if let Some(target) = references.branch(&pull.target) {
            pull.target_sha.clone_from(&target.oid);
        }
    }
    Ok(pulls)
}

pub(super) fn numbered<'a>(pulls: &'a [PullRequest], number: &str) -> Result<&'a PullRequest, Refusal> {
    pulls.iter().find(|pull| pull.number.to_string() == number).ok_or_else(|| missing(number))
}

fn missing(number: &str) -> Refusal {
    let message = format!("TF401180: The requested pull request was not found: {number}.");
    Refusal::git(StatusCode::NOT_FOUND, "GitPullRequestNotFoundException", &message)
}

/// The criteria of a list. All pull requests here are active: completing and abandoning are not spoken.
struct Filter {
    status: Option<String>,
    source: Option<String>,
    target: Option<String>,
    creator: Option<String>,
    reviewer: Option<String>,
    repository: Option<String>,
}

impl Filter {
    fn of(call: &Call<'_>) -> Filter {
        let given = |name: &str| call.query(&format!("searchCriteria.{name}"));
        Filter {
            status: call.member("searchCriteria.status", STATUSES),
            source: given("sourceRefName"),
            target: given("targetRefName"),
            creator: given("creatorId"),
            reviewer: given("reviewerId"),
            repository: given("repositoryId"),
        }
    }

    fn lets(&self, call: &Call<'_>, repository: &Repository, pull: &PullRequest) -> bool {
        let is = |wanted: &Option<String>, branch: &str| {
            wanted.as_ref().is_none_or(|wanted| wanted.strip_prefix("refs/heads/") == Some(branch))
        };
        let has = |wanted: &Option<String>, logins: &[String]| {
            let account = wanted.as_ref().map(|id| call.world.account_of_id(id));
            account.is_none_or(|account| account.is_some_and(|account| logins.contains(&account.login)))
        };
        let active = self.status.as_deref().is_none_or(|status| matches!(status, "active" | "all" | "notSet"));
        let here = self.repository.as_ref().is_none_or(|id| id.eq_ignore_ascii_case(&repository.id));
        active
            && here
            && is(&self.source, &pull.source)
            && is(&self.target, &pull.target)
            && has(&self.creator, std::slice::from_ref(&pull.author))
            && has(&self.reviewer, &pull.reviewers)
    }
}

/// What a pull request is asked to be.
struct New {
    title: String,
    description: Option<String>,
    source: String,
    target: String,
    draft: bool,
    /// Logins.
    reviewers: Vec<String>,
}

impl New {
    fn of(call: &Call<'_>, body: &Value) -> Result<New, Refusal> {
        let body = body.as_object().ok_or_else(|| Refusal::missing_argument("gitPullRequestToCreate"))?;
        let required = |name: &str| {
            let given = text(body, name)?.filter(|given| !given.is_empty());
            given.ok_or_else(|| Refusal::invalid_argument(name))
        };
        let (source, target) = (required("sourceRefName")?, required("targetRefName")?);
        if source == target {
            return Err(Refusal::invalid("A source and a target reference cannot be the same"));
        }
        let branch = |name: String| name.strip_prefix("refs/heads/").map(str::to_owned);
        let (source, target) = match (branch(source), branch(target)) {
            (Some(source), Some(target)) => (source, target),
            _ => return Err(cannot_be_activated(call)),
        };
        // Before 5.0 the member was unknown, and unknown members are passed over.
        let draft = call.product.since(5, 0) && body.get("isDraft") == Some(&Value::Bool(true));
        let (title, description) = (required("title")?, text(body, "description")?);
        check_length("title", &title, MAX_TITLE_UNITS)?;
        check_length("description", description.as_deref().unwrap_or_default(), MAX_DESCRIPTION_UNITS)?;
        Ok(New { title, description, source, target, draft, reviewers: reviewers(call, body)? })
    }

    /// Tips of source and target.
    fn tips(&self, call: &Call<'_>, references: &References) -> Result<(String, String), Refusal> {
        match (references.branch(&self.source), references.branch(&self.target)) {
            (Some(source), Some(target)) => Ok((source.oid.clone(), target.oid.clone())),
            _ => Err(cannot_be_activated(call)),
        }
    }
}

/// In the words reported for descriptions; those for titles are not on record.
fn check_length(member: &str, text: &str, max_units: usize) -> Result<(), Refusal> {
    if text.encode_utf16().count() <= max_units {
        return Ok(());
    }
    let reason = format!("A {member} for a pull request must not be longer than {max_units} characters.");
    Err(Refusal::invalid_argument(&reason))
}

fn reviewers(call: &Call<'_>, body: &Map<String, Value>) -> Result<Vec<String>, Refusal> {
    let given = body.get("reviewers").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let login = |reviewer: &Value| {
        let account = reviewer["id"].as_str().and_then(|id| call.world.account_of_id(id));
        account.map(|account| account.login.clone()).ok_or_else(|| Refusal::invalid_argument("reviewers"))
    };
    given.iter().map(login).collect()
}

/// Source or target is no branch. The same message from all servers; the status and the key changed when 2019 came.
fn cannot_be_activated(call: &Call<'_>) -> Refusal {
    let message = "TF401398: The pull request cannot be activated because the source and/or the target branch no longer exists, or the requested refs are not branches";
    if call.product.since(5, 0) {
        return Refusal::git(StatusCode::BAD_REQUEST, "GitPullRequestCannotBeActivated", message);
    }
    Refusal::git(StatusCode::CONFLICT, "GitPullRequestStaleException", message)
}
