//! The repository browser: one integration's repositories, or those of all that are open to the project, each with the one
//! an administrator set up for the project in front.

use axum::extract::State;
use futures_util::future::join_all;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::Answer;
use super::caller::{Caller, Reading, project};
use super::cursor::{Cursors, Place, Scope};
use super::path::{self, AskedFor, ForProject, Named};
use super::problem::Problem;
use crate::operate::{self, App, Ask, GetRepository, ListRepositories, SharedApp};
use crate::view::RepositoryView;
use model::{
    ActAs, IntegrationRecord, JiraComponent, PageLimit, PatMetadata, PatState, ProjectKey, Repository, RepositoryId,
    SiteProject,
};

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
    /// `next_cursor` of the page before.
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
    get, path = "/repositories", tag = "repositories",
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
    let cursors = asked.cursor.map(|cursor| scope.read(&app.cursor_key, &cursor)).transpose()?;

    let mut chosen = chosen(&app, &caller, &project, asked.integration).await?;
    // On a later page, only the lists that go on.
    chosen.retain(|one| cursors.as_ref().is_none_or(|cursors| cursors.contains_key(one.record.id.as_str())));
    let list = ListOf {
        app: &app,
        caller: &caller,
        project: SiteProject { site: caller.user.site.clone(), key: project.clone() },
        components: &components,
        query: query.as_deref(),
        limit,
    };
    let place_of = |one: &Chosen| cursors.as_ref()?.get(one.record.id.as_str()).cloned();
    let lists = join_all(chosen.iter().map(|one| list.of(one, place_of(one)))).await;
    if let [Err(problem)] = &lists[..] {
        return Err(problem.clone());
    }
    Ok(page(&app, &scope, chosen.iter().map(|one| &one.record).zip(lists)))
}

/// An integration whose repositories are asked for.
struct Chosen {
    record: IntegrationRecord,
    pat: Option<PatMetadata>,
}

/// The one that is named, or all that are open to the project.
async fn chosen(
    app: &App,
    caller: &Caller,
    project: &ProjectKey,
    named: Option<String>,
) -> Result<Vec<Chosen>, Problem> {
    if let Some(named) = named {
        let ask = caller.ask(project.clone(), path::integration(named)?, ActAs::Auto);
        let found = operate::look(app, &ask).await?;
        return Ok(vec![Chosen { record: found.integration().clone(), pat: found.pat().cloned() }]);
    }
    let open = operate::open_integrations(app, &caller.asker(project.clone())).await?;
    Ok(open.into_iter().map(|open| Chosen { record: open.integration, pat: open.pat }).collect())
}

/// What is the same for the lists of all integrations.
struct ListOf<'a> {
    app: &'a App,
    caller: &'a Caller,
    project: SiteProject,
    components: &'a [JiraComponent],
    query: Option<&'a str>,
    limit: PageLimit,
}

/// One integration's part of a page.
struct Listed {
    rows: Vec<RepositoryView>,
    next: Option<Place>,
    incomplete: Vec<Incomplete>,
}

impl ListOf<'_> {
    async fn of(&self, chosen: &Chosen, place: Option<Place>) -> Result<Listed, Problem> {
        let Chosen { record, pat } = chosen;
        let ask = self.caller.ask(self.project.key.clone(), record.id.clone(), ActAs::Auto);
        let pat = PatState::of(pat.as_ref(), &record.place(), self.app.clock.now());
        let mapping = record.mappings.of(&self.project, self.components);
        let wanted = mapping.and_then(|mapping| mapping.repository.as_ref());

        let is_whole_lists_start = place.is_none() && self.query.is_none();
        let (cursor, mut front) = place.map_or((None, None), |place| (Some(place.next), place.front));
        let effect = ListRepositories { query: self.query.map(str::to_owned), cursor, limit: self.limit };
        let mut page = match operate::perform(self.app, &ask, &effect).await {
            Ok(listed) => listed.answer,
            Err(error) => return Err(self.caller.problem(self.app, &ask, error).await),
        };
        page.items.retain(|item| Some(&item.id) != front.as_ref());
        let note = |note, problem| Incomplete { integration: record.id.to_string(), note: Some(note), problem };
        let mut incomplete: Vec<_> = page.partial.map(|left_out| note(left_out, None)).into_iter().collect();
        if let Some(wanted) = wanted.filter(|_| is_whole_lists_start) {
            match self.put_in_front(&ask, wanted, &mut page.items).await {
                Ok(id) => front = Some(id),
                Err(problem) => incomplete.push(note(NOT_SHOWN.to_owned(), Some(problem))),
            }
        }
        let default = front.as_ref().or(wanted);
        let row = |item: Repository| {
            let mapping = mapping.filter(|_| default == Some(&item.id));
            RepositoryView::new(record, item, pat, mapping)
        };
        let rows = page.items.into_iter().map(row).collect();
        Ok(Listed { rows, next: page.next.map(|next| Place { next, front }), incomplete })
    }

    /// Moves the repository to the front of the page, or fetches it. Its id is another than `wanted` where it was renamed.
    async fn put_in_front(
        &self,
        ask: &Ask,
        wanted: &RepositoryId,
        items: &mut Vec<Repository>,
    ) -> Result<RepositoryId, Problem> {
        let position = |items: &[Repository], id: &RepositoryId| items.iter().position(|item| item.id == *id);
        if let Some(at) = position(items, wanted) {
            items[..=at].rotate_right(1);
            return Ok(wanted.clone());
        }
        let found = match operate::perform(self.app, ask, &GetRepository { repository: wanted.clone() }).await {
            Ok(found) => found.answer,
            Err(error) => return Err(self.caller.problem(self.app, ask, error).await),
        };
        let id = found.id.clone();
        match position(items, &id) {
            Some(at) => items[..=at].rotate_right(1),
            None => items.insert(0, found),
        }
        Ok(id)
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
            Ok(listed) => {
                repositories.extend(listed.rows);
                next.extend(listed.next.map(|place| (integration, place)));
                incomplete.extend(listed.incomplete);
            }
            Err(problem) => incomplete.push(Incomplete { integration, note: None, problem: Some(problem) }),
        }
    }
    Answer::ok(&RepositoryPage { repositories, next_cursor: scope.write(&app.cursor_key, &next), incomplete })
}

/// One repository, as it is called now: its id may be another than the one asked for.
#[utoipa::path(
    get, path = "/integrations/{id}/repositories/{repo}", tag = "repositories",
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
