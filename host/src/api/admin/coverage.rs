//! Who has a usable PAT, of those who work with an integration.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use utoipa::IntoParams;

use super::known;
use crate::api::accept::{self, Wanted};
use crate::api::answer::Answer;
use crate::api::caller::Admin;
use crate::api::path::{self, Asked, Named};
use crate::cursor::Scope;
use crate::operate::administration::{
    self, Coverage, CoverageQuery, MAX_SEEN_WITHIN_DAYS, RowKey, Trial, USUAL_SEEN_WITHIN_DAYS,
};
use crate::operate::{Place, Places, SharedApp};
use crate::problem::Problem;
use crate::spreadsheet;
use crate::view::{CoverageView, CoveredView, coverage_sheet};
use model::{ActingUser, IntegrationId, JiraUser, SiteId};

/// Users of a page where the request names no limit.
const USUAL_PAGE: usize = 100;
/// Most users of a page.
const MAX_PAGE: usize = 500;
/// The query parameter that says how far back is looked.
const SEEN_WITHIN: &str = "seen_within_days";
/// What the one list is called among the cursors.
const PEOPLE: &str = "people";

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct CoveragePage {
    /// Users who were seen within so many days (1 to 365; usually 90).
    #[param(value_type = Option<u16>, minimum = 1, maximum = 365, example = 90)]
    seen_within_days: Option<String>,
    /// At most so many users; 100 where it is left out. A spreadsheet has all of them.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 500, example = 100)]
    limit: Option<String>,
    /// `next_cursor` of the page before, with the same `limit` and filters.
    cursor: Option<String>,
}

/// Whether a change is made.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct DryRun {
    /// Check everything, answer what would be and whom it would concern, and store nothing.
    #[param(value_type = Option<bool>)]
    dry_run: Option<String>,
    /// Of a dry run: whom it would concern of the users who were seen within so many days (1 to 365; usually 90).
    #[param(value_type = Option<u16>, minimum = 1, maximum = 365, example = 90)]
    seen_within_days: Option<String>,
}

impl DryRun {
    /// None where it is none.
    pub(super) fn trial(self) -> Result<Option<Trial>, Problem> {
        match (path::flag("dry_run", self.dry_run.as_deref())?, self.seen_within_days) {
            (true, days) => Ok(Some(Trial { seen_within_days: seen_within(days.as_deref())? })),
            (false, None) => Ok(None),
            (false, Some(_)) => Err(Problem::invalid(SEEN_WITHIN, "is of dry runs: it needs dry_run=true")),
        }
    }
}

/// Users of one integration by the state of their PATs, and whom *Require User PAT* would keep from creating anything.
#[utoipa::path(
    get, path = "/admin/integrations/{id}/coverage", operation_id = "getIntegrationCoverage", tag = "admin",
    params(("id" = String, Path, description = "Integration"), CoveragePage),
    responses((status = 200, content((CoverageView = "application/json"), (String = "text/csv"))),
        (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("admin" = [])),
)]
pub(in crate::api) async fn of_one(
    State(app): State<SharedApp>,
    _: Admin,
    Named(id): Named<String>,
    Asked(asked): Asked<CoveragePage>,
    wanted: Wanted,
) -> Result<Response, Problem> {
    answer(&app, Some(known(id)?), asked, wanted).await
}

/// The same as a spreadsheet.
#[utoipa::path(
    get, path = "/admin/integrations/{id}/coverage.csv", operation_id = "exportIntegrationCoverage", tag = "admin",
    params(("id" = String, Path, description = "Integration"), CoveragePage),
    responses((status = 200, body = String, content_type = "text/csv"),
        (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("admin" = [])),
)]
pub(in crate::api) async fn sheet_of_one(
    State(app): State<SharedApp>,
    _: Admin,
    Named(id): Named<String>,
    Asked(asked): Asked<CoveragePage>,
) -> Result<Response, Problem> {
    answer(&app, Some(known(id)?), asked, Wanted::Csv).await
}

/// Users of every integration.
#[utoipa::path(
    get, path = "/admin/coverage", operation_id = "getCoverage", tag = "admin", params(CoveragePage),
    responses((status = 200, content((CoverageView = "application/json"), (String = "text/csv"))),
        (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("admin" = [])),
)]
pub(in crate::api) async fn of_all(
    State(app): State<SharedApp>,
    _: Admin,
    Asked(asked): Asked<CoveragePage>,
    wanted: Wanted,
) -> Result<Response, Problem> {
    answer(&app, None, asked, wanted).await
}

/// The same as a spreadsheet.
#[utoipa::path(
    get, path = "/admin/coverage.csv", operation_id = "exportCoverage", tag = "admin", params(CoveragePage),
    responses((status = 200, body = String, content_type = "text/csv"),
        (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("admin" = [])),
)]
pub(in crate::api) async fn sheet_of_all(
    State(app): State<SharedApp>,
    _: Admin,
    Asked(asked): Asked<CoveragePage>,
) -> Result<Response, Problem> {
    answer(&app, None, asked, Wanted::Csv).await
}

async fn answer(
    app: &SharedApp,
    integration: Option<IntegrationId>,
    asked: CoveragePage,
    wanted: Wanted,
) -> Result<Response, Problem> {
    let seen_within_days = seen_within(asked.seen_within_days.as_deref())?;
    let limit = path::limit_of(asked.limit.as_deref(), USUAL_PAGE, MAX_PAGE)?;
    let (which, days) = (integration.as_ref().map(ToString::to_string), seen_within_days.to_string());
    let scope = ["coverage", which.as_deref().unwrap_or_default(), &days];
    let scope = Scope(&scope);
    let after = asked.cursor.map(|cursor| scope.read(&app.cursor_key, &cursor)).transpose()?;
    let after = after.map(|cursors| row(&cursors)).transpose()?;
    let query = CoverageQuery { integration, seen_within_days };
    let coverage = administration::coverage(app, query).await?;
    if wanted == Wanted::Csv {
        return Ok(accept::file("coverage.csv", spreadsheet::MEDIA_TYPE, coverage_sheet(&coverage).into()));
    }
    Ok(page(app, &scope, &coverage, after.as_ref(), limit).into_response())
}

fn page(app: &SharedApp, scope: &Scope<'_>, coverage: &Coverage, after: Option<&RowKey>, limit: usize) -> Answer {
    let (rows, has_more) = coverage.page(after, limit);
    let last = rows.last().filter(|_| has_more);
    let next = last.map(|(one, person)| {
        let ActingUser { site, id } = &person.user;
        let key = serde_json::to_string(&(&one.integration, site, id)).expect("names are texts");
        (PEOPLE.to_owned(), Place { next: key, front: None })
    });
    let next_cursor = scope.write(&app.cursor_key, &Places::from_iter(next));
    let people = rows.into_iter().map(CoveredView::from).collect();
    Answer::ok(&CoverageView::of(coverage, people, next_cursor))
}

/// How far back is looked.
fn seen_within(days: Option<&str>) -> Result<u16, Problem> {
    let Some(days) = days else { return Ok(USUAL_SEEN_WITHIN_DAYS) };
    path::number(SEEN_WITHIN, days, 1..=MAX_SEEN_WITHIN_DAYS)
}

/// The last row of the page before.
fn row(cursors: &Places) -> Result<RowKey, Problem> {
    let key = cursors.get(PEOPLE).and_then(|place| serde_json::from_str(&place.next).ok());
    let (integration, site, id): (IntegrationId, SiteId, JiraUser) =
        key.ok_or_else(|| Problem::not_found("cursor for this list"))?;
    Ok((integration, ActingUser { site, id }))
}
