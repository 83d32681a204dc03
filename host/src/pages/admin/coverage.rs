//! *Coverage*: who has a usable PAT, of those who work with the integrations.

use http::StatusCode;
use http::request::Parts;
use maud::{Markup, html};

use axum::response::Response;

use super::names::DAYS;
use super::session::Administering;
use super::trial::{days_field, days_of};
use crate::api::file;
use crate::operate::administration::{self, Coverage, CoverageQuery, Covered, IntegrationCoverage, Totals};
use crate::pages::access::{access_in_words, expiry};
use crate::pages::answer::Page;
use crate::pages::layout::{day, moment};
use crate::pages::table::{Cell, plain};
use crate::pages::visit::query;
use crate::pages::words;
use crate::problem::Problem;
use crate::spreadsheet;
use crate::view::coverage_sheet;
use model::{IntegrationId, PatState, Timestamp};

/// Most rows on a page; the file has all of them.
const MAX_ROWS: usize = 500;

pub(super) async fn show(at: Administering, parts: Parts) -> Result<Page, Page> {
    let (integration, days) = asked(&at, &parts)?;
    let coverage = found(&at, integration.clone(), days).await?;
    let all = administration::integrations(&at.app).await.map_err(|error| at.stopped(error))?;
    let csv = format!(
        "{}?days={days}&integration={}",
        at.path("coverage.csv"),
        integration.as_ref().map(IntegrationId::as_str).unwrap_or_default()
    );
    let main = html! {
        h1 { (words::COVERAGE) }
        form .search method="get" action=(at.path("coverage")) {
            div .row {
                label for="integration" .hidden { (words::INTEGRATION) }
                select id="integration" name="integration" {
                    option value="" { (words::OVER_ALL) }
                    @for one in &all { option value=(one.id) selected[integration.as_ref() == Some(&one.id)] { (one.name) } }
                }
                (days_field(days))
                button .quiet type="submit" { (words::SHOW) }
                a .button.quiet href=(csv) { (words::AS_CSV) }
            }
        }
        h2 { (words::BY_INTEGRATION) }
        p .faint { (words::COUNTED_WITH_EACH) }
        (summary(&coverage))
        h2 { (words::BY_PERSON) }
        (by_person(&coverage, at.app.clock.now()))
    };
    Ok(at.page(StatusCode::OK, words::COVERAGE, main))
}

/// All rows, as a spreadsheet.
pub(super) async fn sheet(at: Administering, parts: Parts) -> Result<Response, Page> {
    let (integration, days) = asked(&at, &parts)?;
    let coverage = found(&at, integration, days).await?;
    Ok(file("coverage.csv", spreadsheet::MEDIA_TYPE, coverage_sheet(&coverage).into()))
}

fn asked(at: &Administering, parts: &Parts) -> Result<(Option<IntegrationId>, u16), Page> {
    let named = query(parts, "integration").filter(|text| !text.is_empty());
    let absent = |_| at.told(Problem::not_found("integration"));
    let integration = named.map(IntegrationId::parse).transpose().map_err(absent)?;
    Ok((integration, days_of(query(parts, DAYS).as_deref())))
}

async fn found(at: &Administering, integration: Option<IntegrationId>, days: u16) -> Result<Coverage, Page> {
    let asked = CoverageQuery { integration, seen_within_days: days };
    administration::coverage(&at.app, asked).await.map_err(|error| at.stopped(error))
}

/// How many have what, of each integration and of all together.
fn summary(coverage: &Coverage) -> Markup {
    let several = coverage.integrations.len() > 1;
    let over_all = several.then(|| (words::OVER_ALL, coverage.totals()));
    let each = coverage.integrations.iter().map(|one| (one.name.as_str(), one.totals()));
    let mut columns = vec![words::INTEGRATION, words::READY];
    columns.extend(PatState::ALL.into_iter().map(words::state_of_many));
    columns.push(words::NEVER_USED);
    let row = |(name, totals): (&str, Totals)| {
        let number = |number: usize| Cell::Text(html! { (number) });
        let mut cells = vec![Cell::Name(html! { bdi { (name) } }), Cell::Text(ready(name, &totals))];
        let of_state = |state: PatState| totals.by_state.get(state.as_str()).copied().unwrap_or_default();
        cells.extend(PatState::ALL.into_iter().map(|state| number(of_state(state))));
        cells.push(number(totals.never_used));
        cells
    };
    plain(words::BY_INTEGRATION, &columns, over_all.into_iter().chain(each).map(row))
}

/// A bar: those with a usable PAT, of those seen.
pub(super) fn ready(of: &str, totals: &Totals) -> Markup {
    let usable = totals.people - totals.would_be_blocked;
    html! {
        span .ready {
            meter min="0" max=(totals.people.max(1)) value=(usable) aria-label={ (words::READY) ": " (of) } {}
            " "
            (words::ready(usable, totals.people))
        }
    }
}

const COLUMNS: [&str; 8] = [
    words::USER,
    words::INTEGRATION,
    words::STATE,
    words::ACCOUNT,
    words::EXPIRY,
    words::LAST_CHECKED,
    words::LAST_USED,
    words::LAST_SEEN,
];

fn by_person(coverage: &Coverage, now: Timestamp) -> Markup {
    plain(words::BY_PERSON, &COLUMNS, coverage.rows().take(MAX_ROWS).map(|(one, person)| row(one, person, now)))
}

fn row(one: &IntegrationCoverage, person: &Covered, now: Timestamp) -> Vec<Cell> {
    vec![
        Cell::Name(html! {
            @if let Some(name) = &person.names.display_name { bdi { (name) } " " }
            span .faint { bdi { (person.user.site) "/" (person.user.id) } }
        }),
        Cell::Text(html! { bdi { (one.name) } }),
        Cell::Text(access_in_words(person.pat_state)),
        Cell::Text(html! { @if let Some(account) = &person.account { bdi { (account.login) } } }),
        Cell::Text(expiry(person.expiry, now)),
        Cell::Text(html! { @if let Some(at) = person.last_checked_at { (moment(at)) } }),
        Cell::Text(html! { @if let Some(at) = person.last_used_at { (moment(at)) } }),
        Cell::Text(day(person.last_seen_at)),
    ]
}
