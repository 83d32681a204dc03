//! Branches of a repository.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::Answer;
use super::caller::{Changing, Reading, project, project_and_issue};
use super::path::{self, Asked, ForProject, Named};
use crate::cursor::Scope;
use crate::operate::{self, App, BranchAsked, DeleteBranch, ListBranches, Place, Places, SharedApp};
use crate::problem::Problem;
use crate::view::{BranchView, ReceiptView};
use model::{ActAs, Deletion, IssueKey, Standing};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct BranchesQuery {
    /// Key of the Jira project the request is for; may be left out where `issue` is given.
    #[param(example = "ABC")]
    project: Option<String>,
    /// Key of a Jira issue in that project.
    #[param(example = "ABC-1")]
    issue: Option<String>,
    /// Part of the name.
    q: Option<String>,
    /// `next_cursor` of the page before, with the same `limit` and filters.
    cursor: Option<String>,
    /// At most so many branches (1 to 100; usually 100). The same for all pages of a list.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100)]
    limit: Option<String>,
}

/// Some of a repository's branches.
#[derive(Debug, Serialize, ToSchema)]
pub struct BranchPage {
    /// In the git server's order.
    branches: Vec<BranchView>,
    /// For the next page; null on the last. A page may be empty and still not be the last.
    next_cursor: Option<String>,
}

/// Base branches of a repository.
#[utoipa::path(
    get, path = "/integrations/{id}/repositories/{repo}/branches", operation_id = "listBranches", tag = "branches",
    params(("id" = String, Path, description = "Integration"), ("repo" = String, Path, description = "Repository, as one path segment"), BranchesQuery),
    responses((status = 200, body = BranchPage), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("connector" = [])),
)]
pub(super) async fn list(
    State(app): State<SharedApp>,
    Reading(caller): Reading,
    Named((id, repository)): Named<(String, String)>,
    Asked(asked): Asked<BranchesQuery>,
) -> Result<Answer, Problem> {
    let ask =
        caller.ask(project(asked.project.as_deref(), asked.issue.as_deref())?, path::integration(id)?, ActAs::Auto);
    let repository = path::repository(repository)?;
    let query = path::search(asked.q)?;
    let limit = path::limit(asked.limit.as_deref())?;
    let page_size = limit.items().to_string();
    let scope = [
        "branches",
        caller.user.site.as_str(),
        caller.user.id.as_str(),
        ask.integration.as_str(),
        repository.as_str(),
        query.as_deref().unwrap_or_default(),
        &page_size,
    ];
    let scope = Scope(&scope);
    let cursor = asked.cursor.map(|cursor| scope.read(&app.cursor_key, &cursor)).transpose()?;
    let cursor = cursor.and_then(|mut cursors| cursors.remove(ask.integration.as_str())).map(|place| place.next);

    let effect = ListBranches { repository: repository.clone(), query: query.clone(), cursor, limit };
    let listed = match operate::perform(&app, &ask, &effect).await {
        Ok(listed) => listed.answer,
        Err(error) => return Err(caller.problem(&app, &ask, error).await),
    };
    let place = listed.next.map(|next| (ask.integration.to_string(), Place { next, front: None }));
    let next: Places = place.into_iter().collect();
    Ok(Answer::ok(&BranchPage {
        branches: listed.items.into_iter().map(BranchView::from).collect(),
        next_cursor: scope.write(&app.cursor_key, &next),
    }))
}

/// A branch as it is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "feature/ABC-1-passkey", "from": "main", "issue": "ABC-1" }))]
pub struct NewBranchBody {
    /// Name of the new branch.
    #[schema(example = "feature/ABC-1-login")]
    name: String,
    /// Name of the branch to start at.
    #[schema(example = "main")]
    from: String,
    /// Key of the Jira project; may be left out where `issue` is given.
    project: Option<String>,
    /// Key of the Jira issue it is for.
    #[schema(example = "ABC-1")]
    issue: Option<String>,
    /// Whose name to act in: `auto` (the default), `user` or `integration`.
    #[serde(default)]
    #[schema(value_type = String, example = "auto")]
    act_as: ActAs,
}

/// A branch that stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreatedBranchView {
    /// As the git server has it.
    branch: BranchView,
    /// It stood already, at the commit it was to start at.
    existed: bool,
    /// The git server's answer was lost, and this was found afterwards: it was made by this request, or was there already.
    answer_lost: bool,
    /// In whose name.
    receipt: ReceiptView,
}

/// Creates a branch.
#[utoipa::path(
    post, path = "/integrations/{id}/repositories/{repo}/branches", operation_id = "createBranch", tag = "branches",
    params(("id" = String, Path, description = "Integration"), ("repo" = String, Path, description = "Repository, as one path segment"),
        ("Idempotency-Key" = Option<String>, Header, description = "Replays the first answer")),
    request_body = NewBranchBody,
    responses(
        (status = 201, body = CreatedBranchView), (status = 200, body = CreatedBranchView, description = "It stood already at that base"),
        (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("connector" = [])),
)]
pub(super) async fn create(
    State(app): State<SharedApp>,
    Named((id, repository)): Named<(String, String)>,
    changing: Changing<NewBranchBody>,
) -> Response {
    let created = create_branch(&app, &changing, id, repository).await;
    changing.answer(&app, created).await
}

async fn create_branch(
    app: &App,
    changing: &Changing<NewBranchBody>,
    id: String,
    repository: String,
) -> Result<Answer, Problem> {
    let Changing { caller, body, .. } = changing;
    let (project, issue) = project_and_issue(body.project.as_deref(), body.issue.as_deref())?;
    let ask = caller.ask(project, path::integration(id)?, body.act_as);
    let repository = path::repository(repository)?;
    let asked = BranchAsked { repository, name: body.name.clone(), from: body.from.clone(), issue };
    let effect = asked.held()?;
    match operate::perform(app, &ask, &effect).await {
        Ok(done) => {
            let standing = done.answer.standing;
            let view = CreatedBranchView {
                branch: done.answer.branch.into(),
                existed: standing.existed(),
                answer_lost: standing.answer_lost(),
                receipt: done.receipt.into(),
            };
            Ok(Answer::new(created_or_found(standing), &view))
        }
        Err(error) => Err(caller.problem(app, &ask, error).await),
    }
}

/// A branch that is gone.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeletedBranchView {
    /// False where there was no such branch; true where there was one, and where `answer_lost` says that nobody can tell.
    existed: bool,
    /// The git server's answer was lost, or was another's, and the branch is not there: it was deleted by this request, or was not there
    /// before.
    answer_lost: bool,
    receipt: ReceiptView,
}

/// Deletes a branch.
#[utoipa::path(
    delete, path = "/integrations/{id}/repositories/{repo}/branches/{name}", operation_id = "deleteBranch", tag = "branches",
    params(("id" = String, Path, description = "Integration"), ("repo" = String, Path, description = "Repository, as one path segment"),
        ("name" = String, Path, description = "Branch, as one path segment"), ForProject),
    responses((status = 200, body = DeletedBranchView), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("connector" = [])),
)]
pub(super) async fn delete(
    State(app): State<SharedApp>,
    Named((id, repository, name)): Named<(String, String, String)>,
    Asked(asked): Asked<ForProject>,
    changing: Changing<()>,
) -> Response {
    let deleted = delete_branch(&app, &changing, id, repository, name, asked).await;
    changing.answer(&app, deleted).await
}

async fn delete_branch(
    app: &App,
    changing: &Changing<()>,
    id: String,
    repository: String,
    name: String,
    asked: ForProject,
) -> Result<Answer, Problem> {
    let caller = &changing.caller;
    let ask = caller.ask(asked.project()?, path::integration(id)?, ActAs::Auto);
    let effect = DeleteBranch { repository: path::repository(repository)?, name: path::branch_in_path(name)? };
    match operate::perform(app, &ask, &effect).await {
        Ok(done) => {
            let (existed, answer_lost) = (done.answer != Deletion::WasAbsent, done.answer == Deletion::FoundAbsent);
            Ok(Answer::ok(&DeletedBranchView { existed, answer_lost, receipt: done.receipt.into() }))
        }
        Err(error) => Err(caller.problem(app, &ask, error).await),
    }
}

pub(super) fn issue(text: Option<&str>) -> Result<Option<IssueKey>, Problem> {
    text.map(IssueKey::parse).transpose().map_err(|error| Problem::invalid("issue", error.to_string()))
}

pub(super) fn created_or_found(standing: Standing) -> StatusCode {
    if standing.existed() { StatusCode::OK } else { StatusCode::CREATED }
}
