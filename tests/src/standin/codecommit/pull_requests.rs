//! Pull requests: kept in memory, judged against the real branches. Nothing keeps two of the same branches from standing beside
//! each other, and a source without commits of its own is as good as any.

use std::sync::MutexGuard;

use serde_json::json;
use time::OffsetDateTime;

use super::access::{check_encryption, may, named, required_name};
use super::call::{Body, Call, Outcome, ok};
use super::paging::page;
use super::refusal::Refusal;
use super::shapes;
use super::world::{PullRequest, Repository, World};
use crate::standin::git::{GitError, References};

const MAX_TITLE_CHARACTERS: usize = 150;
const MAX_DESCRIPTION_CHARACTERS: usize = 10_240;
/// Pull requests in one answer.
const MAX_LISTED: i64 = 1000;

/// Ids, newest first.
pub(super) fn list(call: &Call<'_>, body: &Body) -> Outcome {
    let repository = named(call, body, None)?;
    let filter = Filter::of(call, body)?;
    let limit = body.number("maxResults")?.unwrap_or(MAX_LISTED);
    if !(1..=MAX_LISTED).contains(&limit) {
        let message = "The specified number of maximum results is not valid.";
        return Err(Refusal::new("InvalidMaxResultsException", message));
    }
    let pulls = refreshed(call.world, call.now)?;
    let of_here = pulls.iter().rev().filter(|pull| pull.repository == repository.name && filter.lets(pull));
    let items = of_here.map(|pull| json!(pull.number.to_string())).collect();
    let (shown, next) = page(call, body, items, usize::try_from(limit).unwrap_or(usize::MAX))?;
    // Unlike the other lists, the last page of this one has a token: an empty one.
    Ok(ok(&json!({ "pullRequestIds": shown, "nextToken": next.unwrap_or_default() })))
}

pub(super) fn get(call: &Call<'_>, body: &Body) -> Outcome {
    let message = "A pull request ID is required, but none was provided.";
    let id = body.required("pullRequestId", "PullRequestIdRequiredException", message)?;
    let number: u64 = id.parse().map_err(|_| {
        let message = "The pull request ID is not valid. Make sure that you have provided the full ID and that the pull request is in the specified repository, and then try again.";
        Refusal::new("InvalidPullRequestIdException", message)
    })?;
    let pulls = refreshed(call.world, call.now)?;
    let missing = || {
        let message = "The pull request ID could not be found. Make sure that you have specified the correct repository name and pull request ID, and then try again.";
        Refusal::new("PullRequestDoesNotExistException", message)
    };
    let pull = pulls.iter().find(|pull| pull.number == number).ok_or_else(missing)?;
    may(call, &call.world.repository_arn(&pull.repository), None)?;
    check_encryption(call.repository(&pull.repository)?)?;
    Ok(ok(&json!({ "pullRequest": shapes::pull_request(pull) })))
}

pub(super) fn create(call: &Call<'_>, body: &Body) -> Outcome {
    let target = only_target(body)?;
    let repository = named(call, &target, None)?;
    let new = New::of(body, &target, repository)?;
    // Held from the first look to the push: of two with one token, one makes it and the other gets the same.
    let mut pulls = refreshed(call.world, call.now)?;
    let author_arn = call.caller_arn();
    let repeated = pulls.iter().find(|pull| {
        new.client_request_token.is_some()
            && pull.client_request_token == new.client_request_token
            && pull.author_arn == author_arn
    });
    if let Some(pull) = repeated {
        return new.repeat(pull, repository);
    }
    let (source_commit, target_commit) = new.tips(&repository.git.references()?)?;
    let open = pulls.iter().filter(|pull| pull.repository == repository.name && pull.closed_at.is_none()).count();
    if open >= call.world.open_pulls_limit {
        let message = "You cannot create the pull request because the repository has too many open pull requests. The maximum number of open pull requests for a repository is 1,000. Close one or more open pull requests, and then try again.";
        return Err(Refusal::new("MaximumOpenPullRequestsExceededException", message));
    }
    let pull = PullRequest {
        number: pulls.len() as u64 + 1,
        repository: repository.name.clone(),
        title: new.title,
        description: new.description,
        merge_base: merge_base(repository, &source_commit, &target_commit)?,
        source: new.source,
        target: new.target,
        source_commit,
        target_commit,
        author: call.caller.user.login.clone(),
        author_arn,
        client_request_token: new.client_request_token,
        created_at: call.now,
        closed_at: None,
    };
    let shape = shapes::pull_request(&pull);
    pulls.push(pull);
    Ok(ok(&json!({ "pullRequest": shape })))
}

/// The pull requests after a look at the branches: new tips are taken over, and one whose source or destination is gone is
/// closed.
pub(super) fn refreshed(world: &World, now: OffsetDateTime) -> Result<MutexGuard<'_, Vec<PullRequest>>, Refusal> {
    let mut pulls = world.pulls.lock().expect("pulls lock");
    for repository in &world.repositories {
        let mut open: Vec<&mut PullRequest> =
            pulls.iter_mut().filter(|pull| pull.repository == repository.name && pull.closed_at.is_none()).collect();
        if open.is_empty() {
            continue;
        }
        let references = repository.git.references()?;
        for pull in &mut open {
            match (references.branch(&pull.source), references.branch(&pull.target)) {
                (Some(source), Some(target)) => {
                    pull.source_commit.clone_from(&source.oid);
                    pull.target_commit.clone_from(&target.oid);
                }
                _ => pull.closed_at = Some(now),
            }
        }
    }
    Ok(pulls)
}

/// None where the two have no history in common.
fn merge_base(repository: &Repository, one: &str, other: &str) -> Result<Option<String>, GitError> {
    match repository.git.git(&["merge-base", one, other]) {
        Ok(base) => Ok(Some(base.trim().to_owned())),
        Err(GitError::Failed { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A pull request is for one target, although its input is a list.
fn only_target(body: &Body) -> Result<Body, Refusal> {
    let mut targets = body.bodies("targets")?;
    let (Some(target), rest) = (targets.pop(), targets) else {
        let message = "An array of target objects is required. It cannot be empty or null.";
        return Err(Refusal::new("TargetsRequiredException", message));
    };
    if rest.is_empty() {
        return Ok(target);
    }
    let name = required_name(&target)?;
    for other in &rest {
        if required_name(other)? != name {
            let message = "You cannot include more than one repository in a pull request. Make sure you have specified only one repository name in your request, and then try again.";
            return Err(Refusal::new("MultipleRepositoriesInPullRequestException", message));
        }
    }
    let message = "The targets for the pull request is not valid or not in a valid format.";
    Err(Refusal::new("InvalidTargetsException", message))
}

/// The filters of a list.
struct Filter {
    open: Option<bool>,
    author_arn: Option<String>,
}

impl Filter {
    fn of(call: &Call<'_>, body: &Body) -> Result<Filter, Refusal> {
        let open = match body.text("pullRequestStatus")?.as_deref() {
            None => None,
            Some("OPEN") => Some(true),
            Some("CLOSED") => Some(false),
            Some(_) => {
                let message = "The pull request status is not valid. The only valid values are OPEN and CLOSED.";
                return Err(Refusal::new("InvalidPullRequestStatusException", message));
            }
        };
        let author_arn = body.text("authorArn")?;
        if let Some(arn) = &author_arn {
            check_author(call.world, arn)?;
        }
        Ok(Filter { open, author_arn })
    }

    fn lets(&self, pull: &PullRequest) -> bool {
        self.open.is_none_or(|open| open == pull.closed_at.is_none())
            && self.author_arn.as_ref().is_none_or(|arn| *arn == pull.author_arn)
    }
}

fn check_author(world: &World, arn: &str) -> Result<(), Refusal> {
    if !arn.starts_with("arn:aws:") || arn.split(':').count() != 6 {
        let message = "The Amazon Resource Name (ARN) is not valid. Make sure that you have provided the full ARN for the author of the pull request, and then try again.";
        return Err(Refusal::new("InvalidAuthorArnException", message));
    }
    if !world.keys.iter().any(|key| world.arn(key) == arn) {
        let message = "The specified Amazon Resource Name (ARN) does not exist in the Amazon Web Services account.";
        return Err(Refusal::new("AuthorDoesNotExistException", message));
    }
    Ok(())
}

/// What a pull request is asked to be.
struct New {
    title: String,
    description: Option<String>,
    source: String,
    target: String,
    client_request_token: Option<String>,
}

impl New {
    fn of(body: &Body, target: &Body, repository: &Repository) -> Result<New, Refusal> {
        let message = "A pull request title is required. It cannot be empty or null.";
        let title = body.required("title", "TitleRequiredException", message)?;
        if title.chars().count() > MAX_TITLE_CHARACTERS {
            let message = "The title of the pull request is not valid. Pull request titles cannot exceed 150 characters in length.";
            return Err(Refusal::new("InvalidTitleException", message));
        }
        let description = body.text("description")?;
        if description.as_ref().is_some_and(|text| text.chars().count() > MAX_DESCRIPTION_CHARACTERS) {
            let message =
                "The pull request description is not valid. Descriptions cannot be more than 10,240 characters.";
            return Err(Refusal::new("InvalidDescriptionException", message));
        }
        let message = "A reference name is required, but none was provided.";
        let source = target.required("sourceReference", "ReferenceNameRequiredException", message)?;
        let destination = target.text("destinationReference")?.unwrap_or_else(|| repository.default_branch.clone());
        let (source, target) = (branch(&source, repository)?, branch(&destination, repository)?);
        if source == target {
            let message = "The source branch and destination branch for the pull request are the same. You must specify different branches for the source and destination.";
            return Err(Refusal::new("SourceAndDestinationAreSameException", message));
        }
        Ok(New { title, description, source, target, client_request_token: body.text("clientRequestToken")? })
    }

    /// Ids of source and destination, or which of them is no branch.
    fn tips(&self, references: &References) -> Result<(String, String), Refusal> {
        let tip = |name: &str| {
            let message = format!("The specified reference does not exist: {name}");
            let missing = || Refusal::new("ReferenceDoesNotExistException", &message);
            references.branch(name).map(|branch| branch.oid.clone()).ok_or_else(missing)
        };
        Ok((tip(&self.source)?, tip(&self.target)?))
    }

    /// The same request again gets what the first one made; another one with its token is refused.
    fn repeat(&self, made: &PullRequest, repository: &Repository) -> Outcome {
        let same = made.title == self.title
            && made.description == self.description
            && (&made.source, &made.target) == (&self.source, &self.target)
            && made.repository == repository.name;
        if same {
            return Ok(ok(&json!({ "pullRequest": shapes::pull_request(made) })));
        }
        let message = "The client request token is not valid. Either the token is not in a valid format, or the token has been used in a previous request and cannot be reused.";
        Err(Refusal::new("IdempotencyParameterMismatchException", message))
    }
}

/// The short name of a branch given either way.
fn branch(reference: &str, repository: &Repository) -> Result<String, Refusal> {
    let short = match reference.strip_prefix("refs/heads/") {
        Some(short) => short,
        None if reference.starts_with("refs/") => {
            let message = format!("The specified reference is not a supported type: {reference}");
            return Err(Refusal::new("ReferenceTypeNotSupportedException", &message));
        }
        None => reference,
    };
    if repository.git.accepts_name(&format!("refs/heads/{short}"))? {
        return Ok(short.to_owned());
    }
    let message = format!("The specified reference name is not valid: {reference}");
    Err(Refusal::new("InvalidReferenceNameException", &message))
}
