//! Pull requests of a repository.

use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::Answer;
use super::branches::created_or_found;
use super::caller::{Changing, project_and_issue};
use super::path::{self, Named};
use crate::operate::{self, App, Ask, CreatePullRequest, SharedApp};
use crate::problem::Problem;
use crate::view::{PullRequestView, ReceiptView};
use model::{ActAs, ConnectorId, IssueKey, IssueMention, NewPullRequest, PullRequestDescription, Title};

/// Most reviewers of one pull request, and bytes of a login. A git server that takes fewer has its provider say so.
const MAX_REVIEWERS: usize = 20;
const MAX_LOGIN_BYTES: usize = 255;

/// A pull request as it is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPullRequestBody {
    /// Without one it is made of `issue` and `summary`.
    #[schema(example = "ABC-1 Log in with a passkey")]
    title: Option<String>,
    /// What the issue is about, for the title: any text, brought onto one line and cut where it is too long.
    #[schema(example = "Log in with a passkey")]
    summary: Option<String>,
    /// Branch with the change.
    #[schema(example = "feature/ABC-1-login")]
    source: String,
    /// Branch it is to go to.
    #[schema(example = "main")]
    target: String,
    /// Stands between the repository's template and a link to the issue, neither of which is added where it is in here
    /// already: the template at the beginning, the issue's address anywhere.
    description: Option<String>,
    /// Whether the repository's own text for pull requests, where it has one, goes in front of the description.
    #[serde(default = "yes")]
    #[schema(default = true)]
    use_template: bool,
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
    /// Address of the issue, on one of the connector's origins. Without it, it is taken to be `/browse/` and the key on the
    /// first of them.
    #[schema(example = "https://jira.example.com/browse/ABC-1")]
    issue_url: Option<String>,
    /// Whose name to act in: `auto` (the default), `user` or `integration`.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "auto")]
    act_as: ActAs,
}

/// A pull request that is open.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreatedPullRequestView {
    /// As the git server has it.
    pull_request: PullRequestView,
    /// It was open already.
    existed: bool,
    /// What could not be done although the pull request stands: a reviewer not found, a template not read.
    notes: Vec<String>,
    /// In whose name.
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
    let (project, issue) = project_and_issue(body.project.as_deref(), body.issue.as_deref())?;
    let ask = caller.ask(project, path::integration(id)?, body.act_as);
    let effect = CreatePullRequest {
        repository: path::repository(repository)?,
        pull_request: new_pull_request(body, issue.as_ref(), &ask)?,
        use_template: body.use_template,
        issue: mention(app, &caller.connector, issue, body.issue_url.as_deref()).await?,
    };
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

/// How the description is to name the issue.
async fn mention(
    app: &App,
    connector: &ConnectorId,
    issue: Option<IssueKey>,
    address: Option<&str>,
) -> Result<Option<IssueMention>, Problem> {
    let Some(key) = issue else {
        return match address {
            Some(_) => Err(Problem::invalid("issue_url", "is the address of no issue: name it in `issue`")),
            None => Ok(None),
        };
    };
    let connector = operate::connector(app, connector).await?;
    let mention = IssueMention::new(key, address, connector.as_ref());
    mention.map(Some).map_err(|error| Problem::invalid("issue_url", error.to_string()))
}

fn new_pull_request(body: &NewPullRequestBody, issue: Option<&IssueKey>, ask: &Ask) -> Result<NewPullRequest, Problem> {
    let is_login =
        |login: &String| (1..=MAX_LOGIN_BYTES).contains(&login.len()) && !login.chars().any(char::is_control);
    if body.reviewers.len() > MAX_REVIEWERS || !body.reviewers.iter().all(is_login) {
        return Err(Problem::invalid("reviewers", format!("are at most {MAX_REVIEWERS} logins")));
    }
    let title = match (&body.title, issue) {
        (Some(title), _) => Title::parse(title).map_err(|error| Problem::invalid("title", error.to_string()))?,
        (None, Some(issue)) => Title::of_issue(issue, body.summary.as_deref()),
        (None, None) => {
            return Err(Problem::invalid(
                "title",
                "is missing: give one, or an `issue` and its `summary` to make it of",
            ));
        }
    };
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

fn yes() -> bool {
    true
}
