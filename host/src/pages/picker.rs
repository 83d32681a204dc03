//! Choosing a repository: a field to search with, and what was found; those with a star before anything was searched.

use maud::{Markup, html};

use super::asking::parameter;
pub(super) use super::drafts::REPOSITORY;
use super::visit::Visiting;
use super::{told, words};
use crate::operate::{self, Browse, Found, OpenIntegration, Rows};
use model::{IntegrationId, JiraComponent, PageLimit, PageName, RepositoryId};

/// What was searched for.
pub(super) const FIND: &str = "find";
/// A part of the page, for the script.
pub(super) const PART: &str = "part";
/// The part with what was found.
pub(super) const RESULTS: &str = "results";

/// Longest text searched for, in characters.
pub(super) const MAX_FIND_CHARS: usize = 100;
/// Most rows of one integration that are shown to choose from.
const MAX_ROWS: u32 = 20;

/// A repository of an integration, as forms and drafts write it: `main octo-org/hello`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chosen {
    pub integration: IntegrationId,
    pub repository: RepositoryId,
}

impl Chosen {
    /// None for what no page of ours wrote.
    pub fn parse(text: &str) -> Option<Self> {
        let (integration, repository) = text.split_once(' ')?;
        Some(Self {
            integration: IntegrationId::parse(integration).ok()?,
            repository: RepositoryId::parse(repository).ok()?,
        })
    }

    /// As it is parsed again.
    pub fn to_text(&self) -> String {
        format!("{} {}", self.integration, self.repository)
    }

    /// The one the visit was opened for, or that an administrator set up for the project and the issue's components.
    pub async fn given(at: &Visiting) -> Result<Option<Self>, operate::OperationError> {
        let context = &at.visit.context;
        if let (Some(integration), Some(repository)) = (&context.integration, &context.repository) {
            return Ok(Some(Self { integration: integration.clone(), repository: repository.clone() }));
        }
        let (project, components) = (at.asker.project(), components(at));
        let open = operate::open_integrations(&at.app, &at.asker).await?;
        let wanted = |id: &IntegrationId| context.integration.as_ref().is_none_or(|one| one == id);
        let set_up = open.into_iter().filter(|open| wanted(&open.integration.id)).find_map(|open| {
            let mapping = open.integration.mappings.of(&project, &components)?;
            Some(Self { integration: open.integration.id.clone(), repository: mapping.repository.clone()? })
        });
        Ok(set_up)
    }
}

/// Components of the issue the visit is for.
pub(super) fn components(at: &Visiting) -> Vec<JiraComponent> {
    at.visit.context.issue.as_ref().map(|issue| issue.components.clone()).unwrap_or_default()
}

/// What is looked for by a query, cut to what can be.
pub(super) fn wanted(query: &str) -> Option<String> {
    parameter(query, FIND).map(|text| text.chars().filter(|char| !char.is_control()).take(MAX_FIND_CHARS).collect())
}

/// The field, and under it what was found.
pub(super) fn picker(at: &Visiting, page: PageName, find: Option<&str>, results: &Markup) -> Markup {
    let action = at.path(page.as_str());
    html! {
        form .search method="get" action=(action) role="search" {
            label for="find" { (words::REPOSITORY) }
            div .row {
                input id="find" name=(FIND) type="search" value=(find.unwrap_or_default()) maxlength=(MAX_FIND_CHARS)
                    autocomplete="off" autocapitalize="none" spellcheck="false" aria-describedby="find-help"
                    data-results="results" data-from=(action);
                button .quiet type="submit" { (words::SEARCH) }
            }
            p .help id="find-help" { (words::PICK_HELP) }
        }
        form method="post" autocomplete="off" action=(action) {
            (at.proof())
            div id="results" aria-live="polite" { (results) }
        }
    }
}

/// What there is to choose before anything was searched.
pub(super) async fn starred(at: &Visiting) -> Result<Markup, operate::OperationError> {
    let starred = operate::starred(&at.app, &at.asker.user).await?;
    let open = operate::open_integrations(&at.app, &at.asker).await?;
    let name_of = |id: &IntegrationId| {
        open.iter().find(|open| open.integration.id == *id).map(|open| open.integration.name.to_string())
    };
    let starred = starred.into_iter().filter_map(|one| Some((name_of(&one.integration)?, one)));
    let rows: Vec<_> = starred.collect();
    Ok(html! {
        @if !rows.is_empty() {
            h2 { (words::FAVOURITES) }
            ul .choices {
                @for (integration, one) in &rows {
                    li { (choice(&one.integration, &one.repository, &one.name, integration, false)) }
                }
            }
        }
    })
}

/// The integration that the link is for, if it is for one: that may be closed to the project by now.
async fn linked(at: &Visiting) -> Result<Option<IntegrationId>, operate::OperationError> {
    let Some(linked) = &at.visit.context.integration else { return Ok(None) };
    let open = operate::open_integrations(&at.app, &at.asker).await?;
    Ok(open.into_iter().map(|open| open.integration.id).find(|id| id == linked))
}

/// What was found.
pub(super) async fn found(at: &Visiting, page: PageName, find: &str) -> Result<Markup, operate::OperationError> {
    let wanted = Browse {
        integration: linked(at).await?,
        components: components(at),
        query: Some(find.trim().to_owned()).filter(|text| !text.is_empty()),
        places: None,
        limit: Rows::OfEach(PageLimit::of(MAX_ROWS).expect("it is one")),
    };
    let found = operate::browse(&at.app, &at.asker, &wanted).await?;
    let rows = found.iter().flat_map(|found| found.list.as_ref().map_or(&[][..], |list| &list.rows[..]));
    let count = rows.count();
    Ok(html! {
        // Where one could not be asked, nobody knows that there is none.
        @if count > 0 || found.iter().all(|found| found.list.is_ok()) { p .faint { (words::found(count)) } }
        ul .choices {
            @for Found { open: OpenIntegration { integration, .. }, list, .. } in &found {
                @if let Ok(list) = list {
                    @for row in &list.rows {
                        li { (choice(&integration.id, &row.repository.id, &row.repository.name, &integration.name.to_string(), row.repository.is_read_only)) }
                    }
                    @if list.next.is_some() {
                        li .faint { bdi { (integration.name) } ": " (words::MORE_THAN_SHOWN) }
                    }
                }
            }
        }
        @for Found { open: OpenIntegration { integration, .. }, list, .. } in found {
            @if let Err(error) = list { (not_listed(at, page, integration.id, integration.name.as_str(), error)) }
        }
    })
}

/// One integration that has nothing to show, and why; with the way to where a PAT is set up where that mends it.
pub(super) fn not_listed(
    at: &Visiting,
    page: PageName,
    id: IntegrationId,
    name: &str,
    error: operate::OperationError,
) -> Markup {
    let problem = at.problem(error);
    problem.log();
    html! {
        p .told .wrong[problem.is_wrong()] {
            strong { bdi { (name) } } ": " bdi { (problem.detail()) }
            @if problem.is_mended_by_a_pat() {
                " " a href={ (at.path("set-up")) "/" (id) "?from=" (page.as_str()) } { (words::SET_UP_YOURS) }
            }
        }
    }
}

fn choice(integration: &IntegrationId, repository: &RepositoryId, name: &str, of: &str, is_read_only: bool) -> Markup {
    let chosen = Chosen { integration: integration.clone(), repository: repository.clone() };
    html! {
        button .choice-of type="submit" name=(REPOSITORY) value=(chosen.to_text()) {
            span { bdi { (name) } @if is_read_only { " " span .badge { (words::READ_ONLY) } } }
            " "
            span .faint { bdi { (of) } }
        }
    }
}

/// As the page that could not ask shows it.
pub(super) fn not_asked(at: &Visiting, error: operate::OperationError) -> Markup {
    told::above(&at.problem(error))
}
