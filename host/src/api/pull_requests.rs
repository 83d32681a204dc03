//! Pull requests of a repository.

use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::Answer;
use super::branches::created_or_found;
use super::caller::{Changing, project_and_issue};
use super::path::{self, Named};
use crate::operate::{self, App, PullRequestAsked, SharedApp};
use crate::problem::Problem;
use crate::view::{PullRequestView, ReceiptView};
use model::ActAs;

/// A pull request as it is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "source": "feature/ABC-1-passkey", "target": "main", "title": "ABC-1 Log in with a passkey", "issue": "ABC-1" }))]
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
    #[schema(value_type = String, example = "auto")]
    act_as: ActAs,
}

/// A pull request that is open.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreatedPullRequestView {
    /// As the git server has it.
    pull_request: PullRequestView,
    /// It was open already.
    existed: bool,
    /// The git server's answer was lost, and this was found afterwards: it was made by this request, or was there already.
    answer_lost: bool,
    /// What could not be done although the pull request stands: a reviewer not found, a template not read.
    notes: Vec<String>,
    /// In whose name.
    receipt: ReceiptView,
}

/// Creates a pull request.
#[utoipa::path(
    post, path = "/integrations/{id}/repositories/{repo}/pull-requests", operation_id = "createPullRequest", tag = "pull requests",
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
    let asked = PullRequestAsked {
        repository: path::repository(repository)?,
        title: body.title.clone(),
        summary: body.summary.clone(),
        source: body.source.clone(),
        target: body.target.clone(),
        description: body.description.clone(),
        use_template: body.use_template,
        draft: body.draft,
        reviewers: body.reviewers.clone(),
        issue,
        issue_url: body.issue_url.clone(),
    };
    let effect = asked.held(app, &ask).await?;
    match operate::perform(app, &ask, &effect).await {
        Ok(done) => {
            let standing = done.answer.standing;
            let view = CreatedPullRequestView {
                pull_request: done.answer.pull_request.into(),
                existed: standing.existed(),
                answer_lost: standing.answer_lost(),
                notes: done.answer.notes,
                receipt: done.receipt.into(),
            };
            Ok(Answer::new(created_or_found(standing), &view))
        }
        Err(error) => Err(caller.problem(app, &ask, error).await),
    }
}

fn yes() -> bool {
    true
}
