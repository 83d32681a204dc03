//! Pull requests: kept in memory, judged against the real branches.

use std::sync::MutexGuard;

use http::{StatusCode, header};
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::access::{Resource, may_read, may_write};
use super::call::{Body, Call, Outcome, ok};
use super::paging::page;
use super::refusal::Refusal;
use super::shapes;
use super::world::{OpenTo, PullRequest, Repository};
use crate::standin::git::References;
use crate::standin::message::{Answer, Request};

/// Longest texts, in characters.
const MAX_TITLE_CHARS: usize = 256;
const MAX_BODY_CHARS: usize = 65_536;

pub(super) fn list(call: &Call<'_>, repository: &Repository, _: &str) -> Outcome {
    may_read(call, repository, Resource::PullRequests)?;
    are_there(repository)?;
    let mut listed = refreshed(repository, call.now)?.clone();
    let filter = Filter::of(call.request);
    listed.retain(|pull| filter.lets(pull, repository));
    // Newest first, unless asked for otherwise.
    if call.request.query_value("direction").as_deref() != Some("asc") {
        listed.reverse();
    }
    let items: Vec<Value> = listed.iter().map(|pull| shapes::pull_request::listed(call, repository, pull)).collect();
    Ok(page(call, &format!("/repositories/{}/pulls", repository.id), &items))
}

pub(super) fn get(call: &Call<'_>, repository: &Repository, number: &str) -> Outcome {
    may_read(call, repository, Resource::PullRequests)?;
    let pulls = refreshed(repository, call.now)?;
    let pull = numbered(&pulls, number)?;
    let comparison = repository.git.compare(&pull.base_sha, &pull.head_sha)?;
    Ok(ok(&shapes::pull_request::full(call, repository, pull, comparison)))
}

pub(super) fn create(call: &Call<'_>, repository: &Repository, _: &str) -> Outcome {
    may_write(call, repository, Resource::PullRequests)?;
    are_there(repository)?;
    let body = call.body()?;
    let new = New::of(&body, repository)?;
    // Held from the first look to the push: of two who ask at once, one makes it and the other is told that it exists.
    let mut pulls = refreshed(repository, call.now)?;
    let references = repository.git.references()?;
    let (head_sha, base_sha) = new.tips(&references)?;
    let stands = |pull: &&PullRequest| pull.closed_at.is_none() && pull.head == new.head && pull.base == new.base;
    if pulls.iter().any(|pull| stands(&pull)) {
        let message = format!("A pull request already exists for {}:{}.", repository.owner, new.head);
        return Err(refused(&[custom(&message)]));
    }
    let comparison = repository.git.compare(&base_sha, &head_sha)?;
    if comparison.commits == 0 {
        let message = format!("No commits between {} and {}", new.base, new.head);
        return Err(refused(&[custom(&message)]));
    }
    let pull = PullRequest {
        number: pulls.len() as u64 + 1,
        title: new.title,
        body: body.text("body")?,
        head: new.head,
        base: new.base,
        head_sha,
        base_sha,
        draft: new.draft,
        maintainer_can_modify: body.flag("maintainer_can_modify")?.unwrap_or(false),
        author: call.known_caller()?.account.login.clone(),
        requested_reviewers: Vec::new(),
        created_at: call.now,
        closed_at: None,
    };
    let shape = shapes::pull_request::full(call, repository, &pull, comparison);
    pulls.push(pull);
    let location = shape["url"].as_str().unwrap_or_default();
    Ok(Answer::json(StatusCode::CREATED, &shape).with(header::LOCATION, location))
}

/// In GitHub's words on issues. Those it lets collaborators alone open are hidden from others as every write is.
fn are_there(repository: &Repository) -> Result<(), Refusal> {
    match repository.pull_requests {
        OpenTo::Nobody => Err(Refusal::new(StatusCode::GONE, "Pull requests are disabled for this repo")),
        OpenTo::All | OpenTo::Collaborators => Ok(()),
    }
}

/// The pull requests after a look at the branches: a new tip is taken over, and one whose head is gone is closed.
pub(super) fn refreshed(
    repository: &Repository,
    now: OffsetDateTime,
) -> Result<MutexGuard<'_, Vec<PullRequest>>, Refusal> {
    let mut pulls = repository.pulls.lock().expect("pulls lock");
    let references = repository.git.references()?;
    for pull in pulls.iter_mut().filter(|pull| pull.closed_at.is_none()) {
        match references.branch(&pull.head) {
            Some(head) => pull.head_sha.clone_from(&head.oid),
            None => pull.closed_at = Some(now),
        }
        if let Some(base) = references.branch(&pull.base) {
            pull.base_sha.clone_from(&base.oid);
        }
    }
    Ok(pulls)
}

pub(super) fn numbered<'a>(pulls: &'a [PullRequest], number: &str) -> Result<&'a PullRequest, Refusal> {
    pulls.iter().find(|pull| pull.number.to_string() == number).ok_or_else(Refusal::not_found)
}

/// The filters of a list. A `head` without its owner is no filter: everything comes back.
struct Filter {
    state: String,
    head: Option<(String, String)>,
    base: Option<String>,
}

impl Filter {
    fn of(request: &Request) -> Filter {
        let head = request.query_value("head");
        Filter {
            state: request.query_value("state").unwrap_or_else(|| "open".to_owned()),
            head: head.and_then(|head| head.split_once(':').map(|(owner, name)| (owner.to_owned(), name.to_owned()))),
            base: request.query_value("base"),
        }
    }

    fn lets(&self, pull: &PullRequest, repository: &Repository) -> bool {
        let state = match self.state.as_str() {
            "closed" => pull.closed_at.is_some(),
            "all" => true,
            _ => pull.closed_at.is_none(),
        };
        let head = self
            .head
            .as_ref()
            .is_none_or(|(owner, head)| owner.eq_ignore_ascii_case(&repository.owner) && *head == pull.head);
        state && head && self.base.as_ref().is_none_or(|base| *base == pull.base)
    }
}

/// What a pull request is asked to be.
struct New {
    title: String,
    head: String,
    base: String,
    draft: bool,
}

impl New {
    fn of(body: &Body, repository: &Repository) -> Result<New, Refusal> {
        let (head, base) = (body.required_text("head")?, body.required_text("base")?);
        let title = body.text("title")?.filter(|title| !title.is_empty());
        let title = title.ok_or_else(|| refused(&[error("title", "missing_field")]))?;
        check_lengths(&title, body.text("body")?.as_deref().unwrap_or_default())?;
        let draft = body.flag("draft")?.unwrap_or(false);
        if draft && !repository.drafts {
            return Err(Refusal::unprocessable("Draft pull requests are not supported in this repository."));
        }
        // `owner:branch`: there are no forks here, so any other owner has no such branch.
        let head = match head.split_once(':') {
            Some((owner, branch)) if owner.eq_ignore_ascii_case(&repository.owner) => branch.to_owned(),
            Some(_) => return Err(refused(&[error("head", "invalid")])),
            None => head,
        };
        Ok(New { title, head, base, draft })
    }

    /// Ids of head and base, or which of them is no branch.
    fn tips(&self, references: &References) -> Result<(String, String), Refusal> {
        match (references.branch(&self.head), references.branch(&self.base)) {
            (Some(head), Some(base)) => Ok((head.oid.clone(), base.oid.clone())),
            (Some(_), None) => Err(refused(&[error("base", "invalid")])),
            (None, Some(_)) => Err(refused(&[error("head", "invalid")])),
            (None, None) => Err(refused(&[error("head", "invalid"), error("base", "invalid")])),
        }
    }
}

fn refused(errors: &[Value]) -> Refusal {
    Refusal::validation(errors)
}

/// What a pull request has in common with an issue is refused as an issue's.
fn check_lengths(title: &str, body: &str) -> Result<(), Refusal> {
    let too_long = |field: &str, text: &str, max_chars: usize| {
        let message = format!("{field} is too long (maximum is {max_chars} characters)");
        let error = json!({ "resource": "Issue", "code": "custom", "field": field, "message": message });
        (text.chars().count() > max_chars).then_some(error)
    };
    let (title, body) = (too_long("title", title, MAX_TITLE_CHARS), too_long("body", body, MAX_BODY_CHARS));
    let errors: Vec<Value> = title.into_iter().chain(body).collect();
    if errors.is_empty() { Ok(()) } else { Err(refused(&errors)) }
}

fn error(field: &str, code: &str) -> Value {
    json!({ "resource": "PullRequest", "field": field, "code": code })
}

fn custom(message: &str) -> Value {
    json!({ "resource": "PullRequest", "code": "custom", "message": message })
}
