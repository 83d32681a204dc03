//! `repositories`: the repository browser, one row a repository across the integrations open to the project.

use axum::extract::{Request, State};
use http::StatusCode;
use http::request::Parts;
use maud::{Markup, html};
use url::form_urlencoded;

use super::access::access;
use super::answer::Page;
use super::asking::parameter;
use super::layout::link_out;
use super::picker::{Chosen, FIND, MAX_FIND_CHARS, REPOSITORY, components, not_listed, wanted};
use super::table::{Cell, Heading, table};
use super::visit::{Entered, Visiting};
use super::words;
use crate::cursor::Scope;
use crate::operate::{self, Browse, Found, OpenIntegration, Places, Row, Rows, SharedApp};
use model::{JiraComponent, PageName, PatState};
use store::Favourite;

const PAGE: PageName = PageName::Repositories;
/// How many rows a page may have.
const SIZES: [usize; 4] = [10, 25, 50, 100];
const SIZE: &str = "size";
/// Where the list goes on.
const CURSOR: &str = "cursor";
/// Button that gives a star, or takes it away.
const STAR: &str = "star";
const UNSTAR: &str = "unstar";
/// The repository's name, beside [`STAR`].
const NAME: &str = "name";
/// The query of the page to come back to.
const BACK: &str = "back";

pub(super) async fn show(at: Visiting, parts: Parts) -> Result<Page, Page> {
    let asked = Asked::parse(parts.uri.query().unwrap_or_default());
    let stopped = |error| at.stopped(error);
    let (find, components) = (asked.find.clone().unwrap_or_default(), components(&at));
    let scope = scope(&at, &find, &components);
    let scope: Vec<&str> = scope.iter().map(String::as_str).collect();
    let scope = Scope(&scope);
    let places = match &asked.cursor {
        Some(cursor) => Some(scope.read(&at.app.cursor_key, cursor).map_err(|problem| at.told(problem))?),
        None => None,
    };
    let is_first = places.is_none();
    let wanted = Browse {
        integration: None,
        components,
        query: Some(find.trim().to_owned()).filter(|text| !text.is_empty()),
        places,
        limit: Rows::InAll(asked.size),
    };
    let starred = operate::starred(&at.app, &at.asker.user).await.map_err(stopped)?;
    let found = operate::browse(&at.app, &at.asker, &wanted).await.map_err(stopped)?;
    let next: Places = found
        .iter()
        .filter_map(|found| Some((found.open.integration.id.to_string(), found.list.as_ref().ok()?.next.clone()?)))
        .collect();
    let next = scope.write(&at.app.cursor_key, &next);
    let table = Table { at: &at, asked: &asked, starred: &starred, is_first };
    let title = words::title_of(PAGE);
    let main = html! {
        h1 { (title) }
        (search(&at, &asked))
        (table.markup(found))
        @if let Some(next) = next {
            p { a .button.quiet href={ (at.path(PAGE.as_str())) "?" (asked.with_cursor(&next)) } { (words::NEXT_PAGE) } }
        }
        @if let Some(address) = &at.visit.context.return_to { p .buttons { (super::layout::back(address)) } }
    };
    Ok(at.page(StatusCode::OK, title, true, main))
}

pub(super) async fn enter(State(app): State<SharedApp>, request: Request) -> Result<Page, Page> {
    let Entered { at, fields } = Entered::read(&app, request, PAGE, &[]).await?;
    let back = Asked::parse(fields.text(BACK)).query();
    let (is_one, text) = if fields.has(STAR) { (true, fields.text(STAR)) } else { (false, fields.text(UNSTAR)) };
    if let Some(chosen) = Chosen::parse(text) {
        // Whoever may not know of an integration marks nothing there.
        let ask = at.ask(&chosen.integration, model::ActAs::Auto);
        let stopped = |error| at.stopped(error);
        operate::look(&at.app, &ask).await.map_err(stopped)?;
        let name: String = fields.text(NAME).chars().filter(|char| !char.is_control()).take(255).collect();
        let name = if name.is_empty() { chosen.repository.to_string() } else { name };
        operate::star(&at.app, &at.asker.user, chosen.integration, chosen.repository, name, is_one)
            .await
            .map_err(stopped)?;
    }
    Ok(at.see(&format!("{}?{back}", PAGE.as_str())))
}

/// What the address asks for.
#[derive(Debug, Default)]
struct Asked {
    find: Option<String>,
    size: usize,
    cursor: Option<String>,
}

impl Asked {
    /// Of a query: what is known of it, and nothing else.
    fn parse(query: &str) -> Self {
        Self { find: wanted(query), size: size(parameter(query, SIZE).as_deref()), cursor: parameter(query, CURSOR) }
    }

    fn query(&self) -> String {
        self.with(self.cursor.as_deref())
    }

    fn with_cursor(&self, cursor: &str) -> String {
        self.with(Some(cursor))
    }

    fn with(&self, cursor: Option<&str>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if let Some(find) = self.find.as_deref().filter(|find| !find.is_empty()) {
            query.append_pair(FIND, find);
        }
        query.append_pair(SIZE, &self.size.to_string());
        if let Some(cursor) = cursor {
            query.append_pair(CURSOR, cursor);
        }
        query.finish()
    }
}

fn size(text: Option<&str>) -> usize {
    let asked = text.and_then(|text| text.parse().ok());
    asked.filter(|size| SIZES.contains(size)).unwrap_or(SIZES[1])
}

/// What a cursor is for.
fn scope(at: &Visiting, find: &str, components: &[JiraComponent]) -> Vec<String> {
    let user = &at.asker.user;
    let parts = ["repositories page", user.site.as_str(), user.id.as_str(), at.asker.project.as_str(), find];
    parts.into_iter().chain(components.iter().map(JiraComponent::as_str)).map(str::to_owned).collect()
}

fn search(at: &Visiting, asked: &Asked) -> Markup {
    html! {
        form .search method="get" action=(at.path(PAGE.as_str())) role="search" {
            label for="find" { (words::SEARCH_BY_NAME) }
            div .row {
                input id="find" name=(FIND) type="search" value=(asked.find.as_deref().unwrap_or_default())
                    maxlength=(MAX_FIND_CHARS) autocomplete="off" autocapitalize="none" spellcheck="false";
                label .hidden for="size" { (words::ROWS) }
                select id="size" name=(SIZE) {
                    @for size in SIZES { option value=(size) selected[size == asked.size] { (words::rows(size)) } }
                }
                button .quiet type="submit" { (words::SEARCH) }
            }
        }
    }
}

/// The rows, with all they need to know.
struct Table<'a> {
    at: &'a Visiting,
    asked: &'a Asked,
    starred: &'a [Favourite],
    is_first: bool,
}

/// One of them.
struct Shown {
    open: OpenIntegration,
    row: Row,
}

impl Table<'_> {
    fn markup(&self, found: Vec<Found>) -> Markup {
        let (mut shown, mut problems, mut notes) = (Vec::new(), Vec::new(), Vec::new());
        for Found { open, list, .. } in found {
            let integration = &open.integration;
            match list {
                Ok(list) => {
                    notes.extend(list.left_out.map(|note| (integration.name.to_string(), note)));
                    notes.extend(list.not_in_front.map(|error| {
                        let problem = self.at.problem(error);
                        problem.log();
                        (integration.name.to_string(), words::not_in_front(problem.title()))
                    }));
                    let one = |row| Shown { open: open.clone(), row };
                    shown.extend(list.rows.into_iter().map(one));
                }
                Err(error) => problems.push((open.integration, error)),
            }
        }
        // Those with a star first, and otherwise as they came.
        shown.sort_by_key(|shown| !self.is_starred(shown));
        // Where one could not be asked, nobody knows that there is none.
        let is_known = problems.is_empty();
        html! {
            @for (integration, error) in problems {
                (not_listed(self.at, PAGE, integration.id, integration.name.as_str(), error))
            }
            @for (name, note) in &notes { p .told { strong { bdi { (name) } } ": " bdi { (note) } } }
            @if self.is_first && self.asked.find.is_none() { (self.other_favourites(&shown)) }
            @if !shown.is_empty() { (self.table(&shown)) } @else if is_known { p { (words::found(0)) } }
        }
    }

    fn table(&self, shown: &[Shown]) -> Markup {
        let columns = [
            Heading::Unseen(words::FAVOURITE),
            Heading::Text(words::NAME),
            Heading::Text(words::INTEGRATION),
            Heading::Text(words::DEFAULT_BRANCH),
            Heading::Short(words::PERS_ACCESS, words::PERSONAL_ACCESS),
            Heading::Text(words::ACTIONS),
        ];
        table(words::title_of(PAGE), &columns, shown.iter().map(|one| self.row(one)))
    }

    fn row(&self, shown: &Shown) -> Vec<Cell> {
        let Shown { open, row } = shown;
        let (OpenIntegration { integration, pat, .. }, repository) = (open, &row.repository);
        let chosen = Chosen { integration: integration.id.clone(), repository: repository.id.clone() }.to_text();
        let now = self.at.app.clock.now();
        let state = PatState::of(pat.as_ref(), &integration.place(), now);
        vec![
            Cell::Mark(self.star(&chosen, &repository.name, self.is_starred(shown))),
            Cell::Name(html! {
                (link_out(&repository.web_url, &repository.name))
                @if row.mapping.is_some() { " " span .badge { (words::SET_UP_FOR_PROJECT) } }
                @if repository.is_private { " " span .badge { (words::PRIVATE) } }
                @if repository.is_read_only { " " span .badge { (words::READ_ONLY) } }
            }),
            Cell::Text(html! { bdi { (integration.name) } }),
            Cell::Text(html! { bdi { (repository.default_branch.as_deref().unwrap_or(words::EMPTY)) } }),
            Cell::Text(html! {
                (access(pat.as_ref(), state, now)) " "
                @if integration.connection.user_credentials == model::UserCredentials::Supported {
                    a .edit href={ (self.at.path("set-up")) "/" (integration.id) "?from=" (PAGE.as_str()) } {
                        span aria-hidden="true" { "✎" } span .hidden { (words::edit_for(integration.name.as_str())) }
                    }
                }
            }),
            Cell::Deeds(self.deeds(open, &repository.name, repository.is_read_only, &chosen)),
        ]
    }

    fn deeds(&self, open: &OpenIntegration, name: &str, is_read_only: bool, chosen: &str) -> Markup {
        html! {
            @if !is_read_only {
                @for (page, label) in actions(open) {
                    form method="post" autocomplete="off" action=(self.at.path(page.as_str())) {
                        (self.at.proof())
                        button .link type="submit" name=(REPOSITORY) value=(chosen) {
                            (label) span .hidden { " " (words::IN) " " bdi { (name) } }
                        }
                    }
                }
            }
        }
    }

    fn star(&self, chosen: &str, name: &str, is_starred: bool) -> Markup {
        let (field, mark, text) = if is_starred { (UNSTAR, "★", words::UNSTAR) } else { (STAR, "☆", words::STAR) };
        html! {
            form method="post" autocomplete="off" action=(self.at.path(PAGE.as_str())) {
                (self.at.proof())
                input type="hidden" name=(NAME) value=(name);
                input type="hidden" name=(BACK) value=(self.asked.query());
                button .star type="submit" name=(field) value=(chosen) {
                    span aria-hidden="true" { (mark) } span .hidden { (text) " " bdi { (name) } }
                }
            }
        }
    }

    /// Those that are not among the rows.
    fn other_favourites(&self, shown: &[Shown]) -> Markup {
        let is_shown = |one: &&Favourite| {
            shown
                .iter()
                .any(|shown| shown.open.integration.id == one.integration && shown.row.repository.id == one.repository)
        };
        let others: Vec<_> = self.starred.iter().filter(|one| !is_shown(one)).collect();
        html! {
            @if !others.is_empty() {
                h2 { (words::FAVOURITES) }
                ul .favourites {
                    @for one in others {
                        @let chosen = Chosen { integration: one.integration.clone(), repository: one.repository.clone() }.to_text();
                        li {
                            (self.star(&chosen, &one.name, true))
                            a href={ (self.at.path(PAGE.as_str())) "?" (Asked { find: Some(last_part(&one.name)), size: self.asked.size, cursor: None }.query()) } {
                                bdi { (one.name) }
                            }
                        }
                    }
                }
            }
        }
    }

    fn is_starred(&self, shown: &Shown) -> bool {
        self.starred
            .iter()
            .any(|one| one.integration == shown.open.integration.id && one.repository == shown.row.repository.id)
    }
}

/// What can be created there, as the git server calls it. What an administrator switched off is not offered.
fn actions(open: &OpenIntegration) -> impl Iterator<Item = (PageName, String)> {
    let features = open.integration.features;
    let branch = (PageName::CreateBranch, words::CREATE_BRANCH.to_owned());
    let pull_request = (PageName::CreatePullRequest, words::create(&open.pull_request_label));
    let all = [(features.create_branches, branch), (features.create_pull_requests, pull_request)];
    all.into_iter().filter_map(|(is_on, action)| is_on.then_some(action))
}

/// By which a repository is searched: `hello` of `octo-org/hello`.
fn last_part(name: &str) -> String {
    name.rsplit('/').next().unwrap_or(name).trim().to_owned()
}
