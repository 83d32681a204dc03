//! The caller's own PAT for one integration. A PAT goes in and never comes out.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::Answer;
use super::caller::{Caller, Changing, Reading, project};
use super::json;
use super::path::{self, Asked, ForProject, Named};
use crate::operate::{
    self, App, Ask, OperationError, PatRemoval, RemovedPat, RevocationOutcome, SavePat, SavedPat, SharedApp,
};
use crate::problem::Problem;
use crate::view::{AccountView, CredentialFormView, PatView};
use model::{ActAs, FailureReason, ProjectKey, Timestamp};

/// What is known of the caller's PAT, and the form in which one is entered.
#[utoipa::path(
    get, path = "/integrations/{id}/pat", operation_id = "getPat", tag = "PAT",
    params(("id" = String, Path, description = "Integration"), ForProject),
    responses((status = 200, body = PatView), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("connector" = [])),
)]
pub(super) async fn get(
    State(app): State<SharedApp>,
    Reading(caller): Reading,
    Named(id): Named<String>,
    Asked(asked): Asked<ForProject>,
) -> Result<Answer, Problem> {
    let ask = ask(&caller, asked.project()?, id)?;
    let found = operate::look(&app, &ask).await?;
    let form = found.kind().ok().map(CredentialFormView::from);
    let pat = PatView::of(found.pat().cloned(), &found.integration().place(), app.clock.now());
    Ok(Answer::ok(&PatView { form, ..pat }))
}

/// A PAT to be saved.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "project": "ABC", "fields": { "token": "pat_0123456789abcdefghijklmnopqrstuvwxyz" } }))]
pub struct SavePatBody {
    /// The filled-in credential form, by field name, as the integration's kind describes it.
    #[serde(deserialize_with = "json::secrets")]
    #[schema(value_type = BTreeMap<String, String>)]
    fields: BTreeMap<String, SecretString>,
    /// Key of the Jira project the request is for; may be left out where `issue` is given.
    #[schema(example = "ABC")]
    project: Option<String>,
    /// Key of a Jira issue in that project.
    #[schema(example = "ABC-1")]
    issue: Option<String>,
    /// When it ends, for git servers that do not say: a time, or a date (its first instant in UTC).
    #[schema(value_type = Option<String>, example = "2027-01-31")]
    expires_at: Option<Timestamp>,
    /// Keep it although the git server cannot be reached now.
    #[serde(default)]
    allow_unchecked: bool,
    /// The addresses the user was shown that it would go to; refused where the integration leads elsewhere now.
    addresses: Option<Vec<String>>,
}

/// Checks a PAT with the git server, then saves it.
#[utoipa::path(
    put, path = "/integrations/{id}/pat", operation_id = "savePat", tag = "PAT",
    params(("id" = String, Path, description = "Integration")),
    request_body = SavePatBody,
    responses((status = 200, body = PatView), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("connector" = [])),
)]
pub(super) async fn put(
    State(app): State<SharedApp>,
    Named(id): Named<String>,
    changing: Changing<SavePatBody>,
) -> Response {
    let (caller, body, answering) = changing.into_parts();
    let saved = save(&app, &caller, body, id).await;
    answering.answer(&app, saved).await
}

async fn save(app: &App, caller: &Caller, body: SavePatBody, id: String) -> Result<Answer, Problem> {
    let SavePatBody { fields, project: named, issue, expires_at, allow_unchecked, addresses } = body;
    let ask = ask(caller, project(named.as_deref(), issue.as_deref())?, id)?;
    let save = SavePat { fields, expires_at, allow_unchecked, seen: addresses };
    Ok(view(operate::save_pat(app, &ask, save).await?, app))
}

/// A PAT that was set aside, and what its user agrees to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "project": "ABC", "addresses": ["https://git.example.com"] }))]
pub struct ConfirmPatBody {
    /// Where the integration leads now, as `moved.to` says it: the user saw that, and gives her PAT to it.
    #[schema(example = json!(["https://git.example.com"]))]
    addresses: Vec<String>,
    /// Key of the Jira project the request is for; may be left out where `issue` is given.
    #[schema(example = "ABC")]
    project: Option<String>,
    /// Key of a Jira issue in that project.
    #[schema(example = "ABC-1")]
    issue: Option<String>,
}

/// Gives a PAT that was set aside to the address the integration has now, once the git server there has answered for it.
#[utoipa::path(
    post, path = "/integrations/{id}/pat/confirm", operation_id = "confirmPat", tag = "PAT",
    params(("id" = String, Path, description = "Integration")),
    request_body = ConfirmPatBody,
    responses((status = 200, body = PatView), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("connector" = [])),
)]
pub(super) async fn confirm(
    State(app): State<SharedApp>,
    Named(id): Named<String>,
    changing: Changing<ConfirmPatBody>,
) -> Response {
    let confirmed = confirm_for_now(&app, &changing, id).await;
    changing.answer(&app, confirmed).await
}

async fn confirm_for_now(app: &App, changing: &Changing<ConfirmPatBody>, id: String) -> Result<Answer, Problem> {
    let Changing { caller, body, .. } = changing;
    let ask = ask(caller, project(body.project.as_deref(), body.issue.as_deref())?, id)?;
    match operate::confirm_pat(app, &ask, &body.addresses, None).await {
        Ok(confirmed) => Ok(view(confirmed, app)),
        Err(error) => Err(caller.problem(app, &ask, error).await),
    }
}

/// The Jira project a request is for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "project": "ABC" }))]
pub struct ProjectBody {
    /// Key of the Jira project the request is for; may be left out where `issue` is given.
    #[schema(example = "ABC")]
    project: Option<String>,
    /// Key of a Jira issue in that project.
    #[schema(example = "ABC-1")]
    issue: Option<String>,
}

/// Asks the git server about the saved PAT again.
#[utoipa::path(
    post, path = "/integrations/{id}/pat/check", operation_id = "checkPat", tag = "PAT",
    params(("id" = String, Path, description = "Integration")),
    request_body = ProjectBody,
    responses((status = 200, body = PatView), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("connector" = [])),
)]
pub(super) async fn check(
    State(app): State<SharedApp>,
    Named(id): Named<String>,
    changing: Changing<ProjectBody>,
) -> Response {
    let checked = check_again(&app, &changing, id).await;
    changing.answer(&app, checked).await
}

async fn check_again(app: &App, changing: &Changing<ProjectBody>, id: String) -> Result<Answer, Problem> {
    let Changing { caller, body, .. } = changing;
    let ask = ask(caller, project(body.project.as_deref(), body.issue.as_deref())?, id)?;
    match operate::check_pat(app, &ask).await {
        Ok(checked) => Ok(view(checked, app)),
        Err(error) => Err(caller.problem(app, &ask, error).await),
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct RemovePatQuery {
    /// Key of the Jira project the request is for; may be left out where `issue` is given.
    #[param(example = "ABC")]
    project: Option<String>,
    /// Key of a Jira issue in that project.
    #[param(example = "ABC-1")]
    issue: Option<String>,
    /// Have the git server forget it too, where its provider can do that.
    #[param(value_type = Option<bool>)]
    revoke: Option<String>,
}

/// What became of a PAT that was to be revoked too. It is removed here in any case.
#[derive(Debug, Serialize, ToSchema)]
pub struct RemovedPatView {
    /// Whether the git server accepts it no more.
    revoked: bool,
    /// Where the user makes the git server forget it, when this could not.
    #[serde(skip_serializing_if = "Option::is_none")]
    credential_page: Option<String>,
    /// Why it is not revoked, in a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// Whether the user saved another while the git server was asked: that one stays.
    another_saved: bool,
}

/// Removes the saved PAT.
#[utoipa::path(
    delete, path = "/integrations/{id}/pat", operation_id = "removePat", tag = "PAT",
    params(("id" = String, Path, description = "Integration"), RemovePatQuery),
    responses(
        (status = 204, description = "There is none now"),
        (status = 200, body = RemovedPatView, description = "It is removed here; what became of it at the git server"),
        (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("connector" = [])),
)]
pub(super) async fn delete(
    State(app): State<SharedApp>,
    Named(id): Named<String>,
    Asked(asked): Asked<RemovePatQuery>,
    changing: Changing<()>,
) -> Response {
    let deleted = remove(&app, &changing, id, asked).await;
    changing.answer(&app, deleted).await
}

async fn remove(app: &App, changing: &Changing<()>, id: String, asked: RemovePatQuery) -> Result<Answer, Problem> {
    let ask = ask(&changing.caller, project(asked.project.as_deref(), asked.issue.as_deref())?, id)?;
    let removal =
        if path::flag("revoke", asked.revoke.as_deref())? { PatRemoval::EverywhereKnown } else { PatRemoval::Here };
    let RemovedPat { has_successor: another_saved, outcome, credential_list_page: credential_page } =
        operate::remove_pat(app, &ask, removal, None).await?;
    Ok(match outcome.map(|outcome| not_revoked(&outcome)) {
        None => Answer::nothing(),
        Some(None) => Answer::ok(&RemovedPatView { revoked: true, credential_page: None, reason: None, another_saved }),
        Some(reason) => Answer::ok(&RemovedPatView { revoked: false, credential_page, reason, another_saved }),
    })
}

/// Why a PAT may still be accepted by the git server, if so.
fn not_revoked(outcome: &RevocationOutcome) -> Option<String> {
    let may_be_good = "It is removed here, and may still be good there";
    Some(match outcome {
        RevocationOutcome::Revoked => return None,
        RevocationOutcome::NothingStored => "There was none to revoke.".to_owned(),
        RevocationOutcome::SetAside => {
            "It was given to another address than the integration has now, and is not sent there. It is removed here, and \
             may still be good at the one before."
                .to_owned()
        }
        RevocationOutcome::Unsupported => {
            "The git server does not let a token end itself. It is removed here, and good there until its owner deletes it."
                .to_owned()
        }
        RevocationOutcome::Failed(OperationError::Failed { failure, .. }) => match failure.reason {
            FailureReason::OutcomeUnknown => {
                format!("The git server was asked to forget it, and nobody knows whether it did. {may_be_good}.")
            }
            _ => format!("The git server did not forget it ({}). {may_be_good}.", failure.message.trim_end_matches('.')),
        },
        RevocationOutcome::Failed(_) => {
            format!("The git server could not be asked to forget it; an administrator finds the reason in the log. {may_be_good}.")
        }
    })
}

fn ask(caller: &Caller, project: ProjectKey, id: String) -> Result<Ask, Problem> {
    Ok(caller.ask(project, path::integration(id)?, ActAs::User))
}

fn view(saved: SavedPat, app: &App) -> Answer {
    let previous_account = saved.previous_account.map(AccountView::from);
    let place = saved.metadata.given_to.clone();
    Answer::ok(&PatView { previous_account, ..PatView::of(Some(saved.metadata), &place, app.clock.now()) })
}
