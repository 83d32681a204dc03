//! Merge requests: kept in memory, judged against the real branches.

use std::sync::MutexGuard;

use http::StatusCode;
use serde_json::{Value, json};

use super::access::{self, is_visible, may_read, may_write, role_of};
use super::branches::is_valid;
use super::call::{Call, Outcome, ok};
use super::paging::{self, Page};
use super::params::Params;
use super::product::Product;
use super::refusal::Refusal;
use super::shapes::merge_request;
use super::world::{PullRequest, PullState, Repository, Visibility};
use crate::standin::git::References;
use crate::standin::message::Answer;

const STATES: &[&str] = &["opened", "closed", "locked", "merged", "all"];
/// Longest texts, in characters.
const MAX_TITLE_CHARS: usize = 255;
const MAX_DESCRIPTION_CHARS: usize = 1_048_576;
const SCOPES: &[&str] =
    &["created-by-me", "assigned-to-me", "created_by_me", "assigned_to_me", "reviews_for_me", "all"];

pub(super) fn list(call: &Call<'_>, repository: &Repository, _: &str) -> Outcome {
    may_read(call, repository)?;
    answer_list(call, &[repository], "all")
}

/// Of all repositories the caller sees; only her own unless asked otherwise.
pub(super) fn list_everywhere(call: &Call<'_>) -> Outcome {
    call.known_caller()?;
    let seen = |repository: &&Repository| is_visible(call, repository) && may_read(call, repository).is_ok();
    let repositories: Vec<&Repository> = call.world.repositories.iter().filter(seen).collect();
    answer_list(call, &repositories, "created_by_me")
}

fn answer_list(call: &Call<'_>, repositories: &[&Repository], default_scope: &str) -> Outcome {
    let params = Params::of(call.request)?;
    let wanted = Wanted::of(call, &params, default_scope)?;
    let ascending = params.one_of("sort", &["asc", "desc"])?.as_deref() == Some("asc");
    let mut listed = Vec::new();
    for repository in repositories {
        let pulls = refreshed(repository)?;
        listed.extend(pulls.iter().filter(|pull| wanted.includes(pull)).map(|pull| (*repository, pull.clone())));
    }
    listed.sort_by_key(|(_, pull)| pull.created_at);
    if !ascending {
        listed.reverse();
    }
    let page = Page::of(call, &params)?;
    paging::by_number(call, &page, &listed, |(repository, pull)| merge_request::basic(call, repository, pull))
}

pub(super) fn get(call: &Call<'_>, repository: &Repository, number: &str) -> Outcome {
    may_read(call, repository)?;
    let pulls = refreshed(repository)?;
    let found = pulls.iter().find(|pull| pull.number.to_string() == number);
    let pull = found.ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "404 Not found"))?;
    Ok(ok(&merge_request::full(call, repository, pull)?))
}

pub(super) fn create(call: &Call<'_>, repository: &Repository, _: &str) -> Outcome {
    let author = call.known_caller()?.account.login.clone();
    let params = Params::of(call.request)?;
    let [title, source, target] = params.required(["title", "source_branch", "target_branch"])?;
    may_read(call, repository)?;
    may_write(call, repository)?;
    check_target_project(call, repository, &params)?;
    // Held from the first look to the push: of two who ask at once, one makes it and the other is told that it exists.
    let mut pulls = refreshed(repository)?;
    let references = repository.git.references()?;
    let description = params.text("description")?;
    let wrong = too_long(&title, description.as_deref().unwrap_or_default());
    let (source_sha, target_sha) = tips(repository, &references, &pulls, (&source, &target), wrong)?;
    let pull = PullRequest {
        number: pulls.len() as u64 + 1,
        draft: is_draft(call.product, &title),
        title,
        description,
        source,
        target,
        source_sha,
        target_sha,
        squash: params.flag("squash")?.unwrap_or(false),
        remove_source_branch: params.flag("remove_source_branch")?.unwrap_or(false),
        labels: params.texts("labels")?,
        author,
        reviewers: reviewers(call, repository, &params)?,
        created_at: call.now,
        state: PullState::Opened,
    };
    let shape = merge_request::full(call, repository, &pull)?;
    pulls.push(pull);
    Ok(Answer::json(StatusCode::CREATED, &shape))
}

/// The pull requests after a look at the branches: a new tip is taken over. One whose source is gone stays open, as GitLab
/// leaves it.
fn refreshed(repository: &Repository) -> Result<MutexGuard<'_, Vec<PullRequest>>, Refusal> {
    let mut pulls = repository.pulls.lock().expect("pulls lock");
    let references = repository.git.references()?;
    for pull in pulls.iter_mut().filter(|pull| pull.state == PullState::Opened) {
        if let Some(source) = references.branch(&pull.source) {
            pull.source_sha.clone_from(&source.oid);
        }
        if let Some(target) = references.branch(&pull.target) {
            pull.target_sha.clone_from(&target.oid);
        }
    }
    Ok(pulls)
}

/// There are no forks here, so another project is never the one this one came from.
fn check_target_project(call: &Call<'_>, repository: &Repository, params: &Params) -> Result<(), Refusal> {
    match params.number("target_project_id")? {
        Some(id) if id != repository.id => {
            access::see(call, &id.to_string())?;
            Err(unprocessable("Source project is not a fork of the target project"))
        }
        _ => Ok(()),
    }
}

/// What is wrong with the texts, by field.
fn too_long(title: &str, description: &str) -> Value {
    let mut wrong = json!({});
    for (field, text, max_chars) in
        [("title", title, MAX_TITLE_CHARS), ("description", description, MAX_DESCRIPTION_CHARS)]
    {
        if text.chars().count() > max_chars {
            wrong[field] = json!([format!("is too long (maximum is {max_chars} characters)")]);
        }
    }
    wrong
}

/// The tips of source and target, or why the two are not for a new merge request: `wrong` has what is wrong with other fields.
/// That nothing would be merged is no reason.
fn tips(
    repository: &Repository,
    references: &References,
    pulls: &[PullRequest],
    (source, target): (&str, &str),
    mut wrong: Value,
) -> Result<(String, String), Refusal> {
    if source == target {
        return Err(unprocessable("You can't use same project/branch for source and target"));
    }
    let open = |pull: &&PullRequest| pull.state == PullState::Opened && pull.source == source && pull.target == target;
    if let Some(pull) = pulls.iter().find(open) {
        let message = format!("Another open merge request already exists for this source branch: !{}", pull.number);
        return Err(Refusal::new(StatusCode::CONFLICT, json!([message])));
    }
    for (field, branch) in [("source_branch", source), ("target_branch", target)] {
        if !is_valid(repository, branch)? {
            wrong[field] = json!(["is invalid"]);
        } else if references.branch(branch).is_none() {
            wrong[field] = json!(["does not exist"]);
        }
    }
    match (references.branch(source), references.branch(target)) {
        (Some(source), Some(target)) if wrong == json!({}) => Ok((source.oid.clone(), target.oid.clone())),
        _ => Err(Refusal::new(StatusCode::BAD_REQUEST, wrong)),
    }
}

fn unprocessable(message: &str) -> Refusal {
    Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, json!([message]))
}

/// A draft is one by its title: `WIP:` until 14, `Draft:` since 13.2.
fn is_draft(product: &Product, title: &str) -> bool {
    let title = title.trim_start().to_lowercase();
    let begins = |beginnings: &[&str]| beginnings.iter().any(|beginning| title.starts_with(beginning));
    let draft = product.since(13, 2) && begins(&["draft:", "[draft]", "(draft)"]);
    draft || (!product.since(14, 0) && begins(&["wip:", "[wip]"]))
}

/// Whoever of them may see it; the free edition takes the first alone.
fn reviewers(call: &Call<'_>, repository: &Repository, params: &Params) -> Result<Vec<String>, Refusal> {
    let accounts = params.numbers("reviewer_ids")?.into_iter().filter_map(|id| call.world.account_numbered(id));
    let open = repository.visibility != Visibility::Private;
    let sees = |login: &String| open || role_of(call.world, login, repository).is_some();
    let mut logins: Vec<String> = accounts.map(|account| account.login.clone()).filter(sees).collect();
    logins.dedup();
    if call.product.free {
        logins.truncate(1);
    }
    Ok(logins)
}

/// What the query of a list asks for.
struct Wanted {
    state: String,
    source: Option<String>,
    target: Option<String>,
    author: Option<String>,
    reviewer: Option<String>,
    search: Option<String>,
    draft: Option<bool>,
    numbers: Vec<u64>,
}

impl Wanted {
    fn of(call: &Call<'_>, params: &Params, default_scope: &str) -> Result<Wanted, Refusal> {
        let state = params.one_of("state", STATES)?.unwrap_or_else(|| "all".to_owned());
        let scope = params.one_of("scope", SCOPES)?.unwrap_or_else(|| default_scope.to_owned());
        let own = || call.caller.map(|caller| caller.account.login.clone());
        let mut wanted = Wanted {
            state,
            source: params.text("source_branch")?,
            target: params.text("target_branch")?,
            author: params.text("author_username")?,
            reviewer: params.text("reviewer_username")?,
            search: params.text("search")?.map(|part| part.to_lowercase()),
            draft: params.one_of("wip", &["yes", "no"])?.map(|wip| wip == "yes").or(params.flag("draft")?),
            numbers: params.numbers("iids")?,
        };
        match scope.replace('-', "_").as_str() {
            "created_by_me" => wanted.author = own(),
            "reviews_for_me" => wanted.reviewer = own(),
            // Nobody is assigned here.
            "assigned_to_me" => wanted.state = "locked".to_owned(),
            _ => {}
        }
        Ok(wanted)
    }

    fn includes(&self, pull: &PullRequest) -> bool {
        let same = |wanted: &Option<String>, given: &str| wanted.as_deref().is_none_or(|wanted| wanted == given);
        let found = |part: &String| {
            let description = pull.description.as_deref().unwrap_or_default();
            pull.title.to_lowercase().contains(part) || description.to_lowercase().contains(part)
        };
        (self.state == "all" || self.state == pull.state.name())
            && same(&self.source, &pull.source)
            && same(&self.target, &pull.target)
            && same(&self.author, &pull.author)
            && self.reviewer.as_ref().is_none_or(|login| pull.reviewers.contains(login))
            && self.search.as_ref().is_none_or(found)
            && self.draft.is_none_or(|draft| draft == pull.draft)
            && (self.numbers.is_empty() || self.numbers.contains(&pull.number))
    }
}
