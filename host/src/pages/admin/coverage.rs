//! *Coverage*: who has a usable PAT, of those who work with the integrations.

use http::StatusCode;
use http::request::Parts;
use maud::{Markup, html};

use axum::response::Response;

use super::session::Administering;
use crate::api::file;
use crate::operate::administration::{self, Coverage, CoverageQuery, USUAL_SEEN_WITHIN_DAYS};
use crate::pages::access::access_in_words;
use crate::pages::answer::Page;
use crate::pages::layout::moment;
use crate::pages::visit::query;
use crate::pages::words;
use crate::spreadsheet;
use crate::view::coverage_sheet;
use model::{IntegrationId, PatState};

/// How far back can be looked, in days.
const SPANS: [u16; 3] = [30, 90, 365];
/// Most rows on a page; the file has all of them.
const MAX_ROWS: usize = 500;

pub(super) async fn show(at: Administering, parts: Parts) -> Result<Page, Page> {
    let (integration, days) = asked(&parts);
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
                label for="days" .hidden { (words::SEEN_WITHIN) }
                select id="days" name="days" {
                    @for span in SPANS { option value=(span) selected[span == days] { (words::SEEN_WITHIN) " " (words::days(span)) } }
                }
                button .quiet type="submit" { (words::SHOW) }
                a .button.quiet href=(csv) { (words::AS_CSV) }
            }
        }
        (summary(&coverage))
        (table(&coverage))
    };
    Ok(at.page(StatusCode::OK, words::COVERAGE, main))
}

/// All rows, as a spreadsheet.
pub(super) async fn sheet(at: Administering, parts: Parts) -> Result<Response, Page> {
    let (integration, days) = asked(&parts);
    let coverage = found(&at, integration, days).await?;
    Ok(file("coverage.csv", spreadsheet::MEDIA_TYPE, coverage_sheet(&coverage).into()))
}

fn asked(parts: &Parts) -> (Option<IntegrationId>, u16) {
    let integration = query(parts, "integration").and_then(|text| IntegrationId::parse(text).ok());
    let days = query(parts, "days").and_then(|text| text.parse().ok()).filter(|days| SPANS.contains(days));
    (integration, days.unwrap_or(USUAL_SEEN_WITHIN_DAYS))
}

async fn found(at: &Administering, integration: Option<IntegrationId>, days: u16) -> Result<Coverage, Page> {
    let asked = CoverageQuery { integration, seen_within_days: days };
    administration::coverage(&at.app, asked).await.map_err(|error| at.stopped(error))
}

fn summary(coverage: &Coverage) -> Markup {
    html! {
        @for one in &coverage.integrations {
            @let totals = one.totals();
            @let usable = totals.people - totals.would_be_blocked;
            p {
                strong { bdi { (one.name) } } ": "
                meter min="0" max=(totals.people.max(1)) value=(usable) aria-label={ (words::READY) ": " (one.name) } { (words::ready(usable, totals.people)) }
                " "
                (words::totals(totals.people, usable, totals.by_state.get(PatState::Expiring.as_str()).copied().unwrap_or_default(), totals.never_used))
            }
        }
    }
}

fn table(coverage: &Coverage) -> Markup {
    html! {
        div .scroll role="region" aria-label=(words::COVERAGE) tabindex="0" {
            table {
                thead { tr {
                    @for heading in [words::USER, words::INTEGRATION, words::STATE, words::ACCOUNT, words::EXPIRY, words::LAST_CHECKED, words::LAST_USED, words::LAST_SEEN] {
                        th scope="col" { (heading) }
                    }
                } }
                tbody {
                    @for (one, person) in coverage.rows().take(MAX_ROWS) {
                        tr {
                            th scope="row" {
                                @if let Some(name) = &person.names.display_name { bdi { (name) } " " }
                                span .faint { bdi { (person.user.site) "/" (person.user.id) } }
                            }
                            td { bdi { (one.name) } }
                            td { (access_in_words(person.pat_state)) }
                            td { @if let Some(account) = &person.account { bdi { (account.login) } } }
                            td { @if let Some(end) = person.expires_at { (end.day()) } }
                            td { @if let Some(at) = person.last_checked_at { (moment(at)) } }
                            td { @if let Some(at) = person.last_used_at { (moment(at)) } }
                            td { (person.last_seen_at.day()) }
                        }
                    }
                }
            }
        }
    }
}
