//! The repository browser: one integration's repositories, or those of all that are open to the project, each with the one
//! an administrator set up for the project in front.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::Answer;
use super::caller::{Caller, Reading, project};
use super::path::{self, AskedFor, ForProject, Named};
use crate::cursor::Scope;
use crate::operate::{self, App, Browse, Found, GetRepository, OpenIntegration, Places, Row, Rows, SharedApp};
use crate::problem::Problem;
use crate::view::RepositoryView;
use model::{ActAs, JiraComponent, PatState, RepositoryId};

/// Beside a list without the repository that was set up.
const NOT_SHOWN: &str = "The repository that is set up for this Jira project could not be shown.";

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
    /// `next_cursor` of the page before, with the same `limit` and filters.
    cursor: Option<String>,
    /// At most so many repositories of each integration (1 to 100; usually 100), beside the one that is set up for the project.
    /// The same for all pages of a list.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100)]
    limit: Option<String>,
}

/// Some of the repositories a user sees.
#[derive(Debug, Serialize, ToSchema)]
pub struct RepositoryPage {
    /// Integration by integration, each in its git server's order.
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
    /// What is left out, in a sentence. Without it, there are no rows at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    /// Why, where something failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<Problem>,
}

/// Rows of the repository browser.
///
/// Where an administrator set up a repository for the Jira project, or for one of the components, it is the first of its
/// integration's rows on the first page, and stands on no other. With `q` it is marked where it is found.
#[utoipa::path(
    get, path = "/repositories", operation_id = "listRepositories", tag = "repositories",
    params(RepositoriesQuery, ("component" = Option<Vec<String>>, Query, description = "A component of the issue; may stand several times")),
    responses((status = 200, body = RepositoryPage), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("connector" = [])),
)]
pub(super) async fn list(
    State(app): State<SharedApp>,
    Reading(caller): Reading,
    AskedFor { asked, components }: AskedFor<RepositoriesQuery>,
) -> Result<Answer, Problem> {
    let project = project(asked.project.as_deref(), asked.issue.as_deref())?;
    let query = path::search(asked.q)?;
    let limit = path::limit(asked.limit.as_deref())?;
    let page_size = limit.items().to_string();
    let which = asked.integration.clone().unwrap_or_default();
    let asked_for = [
        "repositories",
        caller.user.site.as_str(),
        caller.user.id.as_str(),
        project.as_str(),
        &which,
        query.as_deref().unwrap_or_default(),
        &page_size,
    ];
    let scope: Vec<&str> = asked_for.into_iter().chain(components.iter().map(JiraComponent::as_str)).collect();
    let scope = Scope(&scope);
    let places = asked.cursor.map(|cursor| scope.read(&app.cursor_key, &cursor)).transpose()?;
    let wanted = Browse {
        integration: asked.integration.map(path::integration).transpose()?,
        components: components.clone(),
        query: query.clone(),
        places,
        limit: Rows::OfEach(limit),
    };
    let found = operate::browse(&app, &caller.asker(project.clone()), &wanted).await?;
    let is_one = wanted.integration.is_some();
    page(&app, &caller, &scope, found, is_one).await
}

/// `is_one`: an integration was named, so that why it cannot be listed is the answer.
async fn page(
    app: &App,
    caller: &Caller,
    scope: &Scope<'_>,
    found: Vec<Found>,
    is_one: bool,
) -> Result<Answer, Problem> {
    let (mut repositories, mut next, mut incomplete) = (Vec::new(), Places::new(), Vec::new());
    for Found { ask, open: OpenIntegration { integration: record, pat, .. }, list } in found {
        let integration = record.id.to_string();
        let list = match list {
            Ok(list) => list,
            Err(error) => {
                let problem = caller.problem(app, &ask, error).await;
                if is_one {
                    return Err(problem);
                }
                incomplete.push(Incomplete { integration, note: None, problem: Some(problem) });
                continue;
            }
        };
        let pat = PatState::of(pat.as_ref(), &record.place(), app.clock.now());
        let row = |row: Row| RepositoryView::new(&record, row.repository, pat, row.mapping.as_ref());
        repositories.extend(list.rows.into_iter().map(row));
        let note = |note, problem| Incomplete { integration: integration.clone(), note: Some(note), problem };
        incomplete.extend(list.left_out.map(|left_out| note(left_out, None)));
        if let Some(error) = list.not_in_front {
            let problem = caller.problem(app, &ask, error).await;
            incomplete.push(note(NOT_SHOWN.to_owned(), Some(problem)));
        }
        next.extend(list.next.map(|place| (integration, place)));
    }
    Ok(Answer::ok(&RepositoryPage { repositories, next_cursor: scope.write(&app.cursor_key, &next), incomplete }))
}

/// One repository, as it is called now: its id may be another than the one asked for.
#[utoipa::path(
    get, path = "/integrations/{id}/repositories/{repo}", operation_id = "getRepository", tag = "repositories",
    params(("id" = String, Path, description = "Integration"), ("repo" = String, Path, description = "Repository, as one path segment"),
        ForProject, ("component" = Option<Vec<String>>, Query, description = "A component of the issue; may stand several times")),
    responses((status = 200, body = RepositoryView), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("connector" = [])),
)]
pub(super) async fn get(
    State(app): State<SharedApp>,
    Reading(caller): Reading,
    Named((id, repository)): Named<(String, String)>,
    AskedFor { asked, components }: AskedFor<ForProject>,
) -> Result<Answer, Problem> {
    let ask = caller.ask(asked.project()?, path::integration(id)?, ActAs::Auto);
    let effect = GetRepository { repository: path::repository(repository)? };
    let looked = operate::look(&app, &ask).await?;
    let found = match operate::perform(&app, &ask, &effect).await {
        Ok(found) => found.answer,
        Err(error) => return Err(caller.problem(&app, &ask, error).await),
    };
    let is_it = |wanted: &RepositoryId| *wanted == found.id || *wanted == effect.repository;
    let integration = looked.integration();
    let mapping = integration.mappings.of(&ask.asker.project(), &components);
    let mapping = mapping.filter(|mapping| mapping.repository.as_ref().is_some_and(is_it));
    let pat = looked.pat_state(app.clock.now());
    Ok(Answer::ok(&RepositoryView::new(integration, found, pat, mapping)))
}
