//! The audit log.

use std::str::FromStr;

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde::Deserialize;
use utoipa::IntoParams;

use super::known;
use crate::api::accept::{self, Wanted};
use crate::api::answer::Answer;
use crate::api::caller::Admin;
use crate::api::path::{self, Asked};
use crate::operate::SharedApp;
use crate::operate::administration;
use crate::problem::Problem;
use crate::spreadsheet::{self, Sheet};
use crate::view::{AUDIT_TITLES, AuditEntryView, AuditPage, AuditVerdictView, add_audit_rows};
use model::{AuditEntry, AuditFilter};
use store::MAX_AUDIT_PAGE;

/// Longest name of what an entry is about, in bytes: many times the longest there is.
pub(in crate::api) const MAX_SUBJECT_BYTES: usize = 64;
/// Entries of a page where the request names no limit.
const USUAL_PAGE: usize = 100;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct AuditQuery {
    /// Entries before this number: `next_before` of the page before.
    #[param(value_type = Option<i64>, minimum = 1, example = 1200)]
    before: Option<String>,
    /// Entries of what this Jira user asked for: `SITE/USER`, or `USER` alone for the site `default`.
    #[param(example = "default/JIRAUSER10100")]
    user: Option<String>,
    /// Entries about this integration.
    integration: Option<String>,
    /// `intent`, `outcome`, `denied` or `changed`.
    #[param(example = "denied")]
    event: Option<String>,
    /// What it is about, to the letter: `branch.create`, `pat.save` …
    #[param(example = "branch.create")]
    subject: Option<String>,
    /// Entries from this time on: a time, or a date (its first instant in UTC).
    #[param(value_type = Option<String>, example = "2026-11-01")]
    from: Option<String>,
    /// Entries before this time.
    #[param(value_type = Option<String>, example = "2026-12-01")]
    until: Option<String>,
    /// At most so many; 100 where it is left out. A file has all of them.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 500, example = 100)]
    limit: Option<String>,
}

/// The audit log, newest first: a page of it as JSON, or all of it as a file of JSON lines or for a spreadsheet. What is asked
/// for has to be true of an entry all at once.
#[utoipa::path(
    get, path = "/admin/audit", operation_id = "listAuditEntries", tag = "admin", params(AuditQuery),
    responses((status = 200, content((AuditPage = "application/json"), (String = "application/x-ndjson"), (String = "text/csv"))),
        (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("admin" = [])),
)]
pub(in crate::api) async fn list(
    State(app): State<SharedApp>,
    _: Admin,
    Asked(asked): Asked<AuditQuery>,
    wanted: Wanted,
) -> Result<Response, Problem> {
    let before = asked.before.as_deref().map(|number| path::number("before", number, 1..=i64::MAX)).transpose()?;
    let limit = path::limit_of(asked.limit.as_deref(), USUAL_PAGE, MAX_AUDIT_PAGE)?;
    let filter = filter(asked)?;
    match wanted {
        Wanted::Json => {
            let page = administration::audit_page(&app, &filter, before, limit).await?;
            let entries = page.entries.into_iter().map(AuditEntryView::from).collect();
            Ok(Answer::ok(&AuditPage { entries, next_before: page.next_before }).into_response())
        }
        Wanted::Lines => Ok(audit_lines(app, filter, before)),
        Wanted::Csv => Ok(audit_sheet(app, filter, before)),
    }
}

/// All entries as a file of JSON lines.
pub(crate) fn audit_lines(app: SharedApp, filter: AuditFilter, before: Option<i64>) -> Response {
    let body = all(app, filter, before, |entries| entries.into_iter().flat_map(line).collect());
    accept::file("audit.jsonl", accept::LINES, body)
}

/// All entries as a file for a spreadsheet.
pub(crate) fn audit_sheet(app: SharedApp, filter: AuditFilter, before: Option<i64>) -> Response {
    let titles = Sheet::titled(AUDIT_TITLES).into_bytes();
    let body = all(app, filter, before, |entries| {
        let mut sheet = Sheet::untitled();
        add_audit_rows(&mut sheet, &entries);
        sheet.into_bytes()
    });
    let body = stream::once(async { Ok(titles) }).chain(body.into_data_stream().map_ok(Vec::from));
    accept::file("audit.csv", spreadsheet::MEDIA_TYPE, Body::from_stream(body))
}

/// What is sent page by page, each read when the one before has gone out. Where the log cannot be read any further, the
/// connection is broken off: half a file is not taken for a whole one.
fn all(
    app: SharedApp,
    filter: AuditFilter,
    before: Option<i64>,
    write: impl Fn(Vec<AuditEntry>) -> Vec<u8> + Send + 'static,
) -> Body {
    let pages = administration::audit_entries(app, filter, before).inspect_err(|error| {
        tracing::error!(%error, "the audit log cannot be read to its end");
    });
    Body::from_stream(pages.map_ok(write))
}

fn line(entry: AuditEntry) -> Vec<u8> {
    AuditEntryView::from(entry).to_line()
}

fn filter(asked: AuditQuery) -> Result<AuditFilter, Problem> {
    let AuditQuery { user, integration, event, subject, from, until, before: _, limit: _ } = asked;
    if subject.as_ref().is_some_and(|subject| subject.len() > MAX_SUBJECT_BYTES) {
        return Err(Problem::invalid("subject", format!("has at most {MAX_SUBJECT_BYTES} bytes")));
    }
    Ok(AuditFilter {
        user: read("user", user)?,
        integration: integration.map(known).transpose()?,
        event: read("event", event)?,
        subject,
        from: path::time("from", from.as_deref())?,
        until: path::time("until", until.as_deref())?,
    })
}

fn read<T: FromStr>(name: &str, text: Option<String>) -> Result<Option<T>, Problem>
where
    T::Err: ToString,
{
    text.map(|text| text.parse()).transpose().map_err(|error: T::Err| Problem::invalid(name, error.to_string()))
}

/// Recomputes the whole chain of the audit log.
#[utoipa::path(
    get, path = "/admin/audit/verification", operation_id = "verifyAuditLog", tag = "admin",
    responses((status = 200, body = AuditVerdictView), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("admin" = [])),
)]
pub(in crate::api) async fn verify(State(app): State<SharedApp>, _: Admin) -> Result<Answer, Problem> {
    Ok(Answer::ok(&AuditVerdictView::from(administration::verify_audit(&app).await?)))
}
