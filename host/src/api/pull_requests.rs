//! Pull requests of a repository.

use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::Answer;
use super::branches::{created_or_found, issue};
use super::caller::{Changing, project};
use super::path::{self, Named};
use super::problem::Problem;
use super::wire::{PullRequestView, ReceiptView};
use crate::app::{App, SharedApp};
use crate::model::{ActAs, NewPullRequest, PullRequestDescription, Title};
use crate::operate::{self, Ask, CreatePullRequest};

/// Most reviewers of one pull request, and bytes of a login.
const MAX_REVIEWERS: usize = 15;
const MAX_LOGIN_BYTES: usize = 255;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPullRequestBody {
    #[schema(example = "ABC-1 Log in with a passkey")]
    title: String,
    /// Branch with the change.
    #[schema(example = "feature/ABC-1-login")]
    source: String,
    /// Branch it is to go to.
    #[schema(example = "main")]
    target: String,
    description: Option<String>,
    #[serde(default)]
    draft: bool,
    /// Logins of accounts on the git server.
    #[serde(default)]
    reviewers: Vec<String>,
    /// Key of the Jira project; may be left out where `issue` is given.
    project: Option<String>,
    /// Key of the Jira issue it is for.
    #[schema(example = "ABC-1")]
    issue: Option<String>,
    /// Whose name to act in: `auto` (the default), `user` or `integration`.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "auto")]
    act_as: ActAs,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CreatedPullRequestView {
    pull_request: PullRequestView,
    /// It was open already.
    existed: bool,
    /// What could not be done although the pull request stands: a reviewer not found.
    notes: Vec<String>,
    receipt: ReceiptView,
}

/// Creates a pull request.
#[utoipa::path(
    post, path = "/integrations/{id}/repositories/{repo}/pull-requests", tag = "pull requests",
    params(("id" = String, Path, description = "Integration"), ("repo" = String, Path, description = "Repository, as one path segment"),
        ("Idempotency-Key" = Option<String>, Header, description = "Replays the first answer")),
    request_body = NewPullRequestBody,
    responses(
        (status = 201, body = CreatedPullRequestView), (status = 200, body = CreatedPullRequestView, description = "One was open already"),
        (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("connector" = [])),
)]
pub(super) async fn create(
    State(app): State<SharedApp>,
    Named((id, repository)): Named<(String, String)>,
    changing: Changing<NewPullRequestBody>,
) -> Response {
    let created = create_pull_request(&app, &changing, id, repository).await;
    changing.answer(&app, created).await
}

async fn create_pull_request(
    app: &App,
    changing: &Changing<NewPullRequestBody>,
    id: String,
    repository: String,
) -> Result<Answer, Problem> {
    let Changing { caller, body, .. } = changing;
    let issue = issue(body.issue.as_deref())?;
    let ask = caller.ask(project(body.project.as_deref(), body.issue.as_deref())?, path::integration(id)?, body.act_as);
    let pull_request = new_pull_request(body, &ask)?;
    let effect = CreatePullRequest { repository: path::repository(repository)?, pull_request, issue };
    match operate::perform(app, &ask, &effect).await {
        Ok(done) => {
            let existed = done.answer.existed;
            let view = CreatedPullRequestView {
                pull_request: done.answer.pull_request.into(),
                existed,
                notes: done.answer.notes,
                receipt: done.receipt.into(),
            };
            Ok(Answer::new(created_or_found(existed), &view))
        }
        Err(error) => Err(caller.problem(app, &ask, error).await),
    }
}

fn new_pull_request(body: &NewPullRequestBody, ask: &Ask) -> Result<NewPullRequest, Problem> {
    let is_login =
        |login: &String| (1..=MAX_LOGIN_BYTES).contains(&login.len()) && !login.chars().any(char::is_control);
    if body.reviewers.len() > MAX_REVIEWERS || !body.reviewers.iter().all(is_login) {
        return Err(Problem::invalid("reviewers", format!("are at most {MAX_REVIEWERS} logins")));
    }
    let title = Title::parse(body.title.clone()).map_err(|error| Problem::invalid("title", error.to_string()))?;
    let description = body.description.clone().map(PullRequestDescription::parse).transpose();
    let (source, target) = (path::branch("source", body.source.clone())?, path::branch("target", body.target.clone())?);
    if source == target {
        return Err(Problem::invalid("target", "is the source branch itself"));
    }
    Ok(NewPullRequest {
        title,
        source,
        target,
        description: description.map_err(|error| Problem::invalid("description", error.to_string()))?,
        draft: body.draft,
        reviewers: body.reviewers.clone(),
        attempt_token: ask.attempt_token.clone(),
    })
}
