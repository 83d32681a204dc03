//! The repository browser: one integration's repositories, or those of all that are open to the project.

use axum::extract::State;
use futures_util::future::join_all;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::Answer;
use super::caller::{Caller, Reading, project};
use super::cursor::{Cursors, Scope};
use super::path::{self, Asked};
use super::problem::Problem;
use super::wire::RepositoryView;
use crate::app::{App, SharedApp};
use crate::model::{ActAs, IntegrationRecord, Page, PatState, ProjectKey, Repository};
use crate::operate::{self, ListRepositories};
use crate::policy::Denial;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct RepositoriesQuery {
    /// Key of the Jira project the request is for; may be left out where `issue` is given.
    #[param(example = "ABC")]
    project: Option<String>,
    /// Key of a Jira issue in that project.
    #[param(example = "ABC-1")]
    issue: Option<String>,
    /// One integration; left out: all that are open to the project.
    integration: Option<String>,
    /// Part of the name.
    q: Option<String>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RepositoryPage {
    repositories: Vec<RepositoryView>,
    /// For the next page; null on the last. A page may be empty and still not be the last.
    next_cursor: Option<String>,
    /// Integrations whose list is not complete, and why.
    incomplete: Vec<Incomplete>,
}

/// Why a list of repositories is not complete.
#[derive(Debug, Serialize, ToSchema)]
pub struct Incomplete {
    /// Id of the integration.
    integration: String,
    /// What the git server leaves out, in a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    /// Why there are no rows of it at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<Problem>,
}

/// Rows of the repository browser.
#[utoipa::path(
    get, path = "/repositories", tag = "repositories", params(RepositoriesQuery),
    responses((status = 200, body = RepositoryPage), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("connector" = [])),
)]
pub(super) async fn list(
    State(app): State<SharedApp>,
    Reading(caller): Reading,
    Asked(asked): Asked<RepositoriesQuery>,
) -> Result<Answer, Problem> {
    let project = project(asked.project.as_deref(), asked.issue.as_deref())?;
    if !caller.may_view(&project) {
        return Err(Denial::PermissionMissing.into());
    }
    let query = path::search(asked.q)?;
    let which = asked.integration.clone().unwrap_or_default();
    let scope = ["repositories", caller.user.as_str(), project.as_str(), &which, query.as_deref().unwrap_or_default()];
    let scope = Scope(&scope);
    let cursors = asked.cursor.map(|cursor| scope.read(&app.cursor_key, &cursor)).transpose()?;

    let mut chosen = app.store.integrations().await?;
    chosen.retain(|record| record.projects.include(&project) && (which.is_empty() || record.id.as_str() == which));
    if chosen.is_empty() && !which.is_empty() {
        return Err(Problem::not_found("integration for this Jira project"));
    }
    // On a later page, only the lists that go on.
    chosen.retain(|record| cursors.as_ref().is_none_or(|cursors| cursors.contains_key(record.id.as_str())));
    let cursor_of =
        |record: &IntegrationRecord| cursors.as_ref().and_then(|cursors| cursors.get(record.id.as_str()).cloned());
    let lists = chosen.iter().map(|record| list_one(&app, &caller, &project, record, query.clone(), cursor_of(record)));
    let lists = join_all(lists).await;
    if let [Err(problem)] = &lists[..] {
        return Err(problem.clone());
    }
    Ok(page(&app, &scope, chosen.iter().zip(lists)))
}

type Listed = (Page<Repository>, PatState);

async fn list_one(
    app: &App,
    caller: &Caller,
    project: &ProjectKey,
    record: &IntegrationRecord,
    query: Option<String>,
    cursor: Option<String>,
) -> Result<Listed, Problem> {
    let ask = caller.ask(project.clone(), record.id.clone(), ActAs::Auto);
    let (case, _) = operate::look(app, &ask).await?;
    let state = PatState::of(case.pat.as_ref().map(|pat| &pat.metadata), app.clock.now());
    match operate::perform(app, &ask, &ListRepositories { query, cursor }).await {
        Ok(listed) => Ok((listed.answer, state)),
        Err(error) => Err(caller.problem(app, &ask, error).await),
    }
}

fn page<'a>(
    app: &App,
    scope: &Scope<'_>,
    lists: impl Iterator<Item = (&'a IntegrationRecord, Result<Listed, Problem>)>,
) -> Answer {
    let (mut repositories, mut next, mut incomplete) = (Vec::new(), Cursors::new(), Vec::new());
    for (record, list) in lists {
        let integration = record.id.to_string();
        match list {
            Ok((page, state)) => {
                repositories.extend(page.items.into_iter().map(|item| RepositoryView::new(record, item, state)));
                next.extend(page.next.map(|cursor| (integration.clone(), cursor)));
                let note = page.partial.map(|note| Incomplete { integration, note: Some(note), problem: None });
                incomplete.extend(note);
            }
            Err(problem) => incomplete.push(Incomplete { integration, note: None, problem: Some(problem) }),
        }
    }
    Answer::ok(&RepositoryPage { repositories, next_cursor: scope.write(&app.cursor_key, &next), incomplete })
}
