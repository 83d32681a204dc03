//! The audit log, newest first.

use std::str::FromStr;

use axum::response::Response;
use http::StatusCode;
use http::request::Parts;
use maud::{Markup, html};
use url::form_urlencoded;

use super::session::Administering;
use crate::api::{audit_lines, audit_sheet};
use crate::operate::administration;
use crate::pages::answer::Page;
use crate::pages::layout::moment;
use crate::pages::table::{Cell, plain};
use crate::pages::visit::query;
use crate::pages::{told, words};
use crate::problem::Problem;
use model::{Actor, AuditEntry, AuditEvent, AuditFilter, DAY_MS, Timestamp};

/// Entries on a page.
const ROWS: usize = 50;

/// What the log can be searched by: names of query parameters.
const FIELDS: [(&str, &str, &str); 3] = [
    ("user", words::USER, words::USER_HELP),
    ("integration", words::INTEGRATION, ""),
    ("subject", words::WHAT, "branch.create"),
];

/// The same for its ends in time.
const TIMES: [(&str, &str); 2] = [("from", words::FROM_TIME), ("until", words::UNTIL_TIME)];

fn label(name: &str) -> Option<String> {
    let labels = FIELDS.iter().map(|(name, label, _)| (*name, *label)).chain(TIMES).chain([("event", words::EVENT)]);
    labels.into_iter().find(|(field, _)| *field == name).map(|(_, label)| label.to_owned())
}

pub(super) async fn show(at: Administering, parts: Parts) -> Result<Page, Page> {
    let filter = filter(&parts);
    let before = query(&parts, "before").and_then(|text| text.parse().ok());
    let verdict = match query(&parts, "verify") {
        Some(_) => Some(administration::verify_audit(&at.app).await.map_err(|error| at.stopped(error))?),
        None => None,
    };
    let page = match &filter {
        Ok(filter) => {
            Some(administration::audit_page(&at.app, filter, before, ROWS).await.map_err(|error| at.stopped(error))?)
        }
        Err(_) => None,
    };
    let problem = filter.err();
    let asked = asked(&parts);
    let main = html! {
        h1 { (words::AUDIT) }
        @if let Some(problem) = &problem { (told::above_with(problem, label)) }
        (search(&at, &parts))
        @if let Some(verdict) = verdict {
            @match verdict.fault {
                None => p .told role="status" { (words::intact(verdict.entries)) },
                Some(fault) => p .told.wrong role="alert" { (words::not_intact(fault.sequence)) " " bdi { (fault.reason) } },
            }
        }
        @if let Some(page) = page {
            p .buttons {
                a .button.quiet href={ (at.path("audit.csv")) "?" (asked) } { (words::AS_CSV) }
                a .button.quiet href={ (at.path("audit.jsonl")) "?" (asked) } { (words::AS_LINES) }
            }
            (plain(words::AUDIT, &COLUMNS, page.entries.iter().map(row)))
            @if page.entries.is_empty() { p { (words::NO_ENTRIES) } }
            @if let Some(next) = page.next_before {
                p { a .button.quiet href={ (at.path("audit")) "?before=" (next) "&" (asked) } { (words::OLDER) } }
            }
        }
    };
    Ok(at.page(problem.as_ref().map_or(StatusCode::OK, Problem::status), words::AUDIT, main))
}

/// All entries that are asked for, for a spreadsheet.
pub(super) async fn sheet(at: Administering, parts: Parts) -> Result<Response, Page> {
    let filter = filter(&parts).map_err(|problem| at.told(problem))?;
    Ok(audit_sheet(at.app, filter, None))
}

/// The same as JSON lines.
pub(super) async fn lines(at: Administering, parts: Parts) -> Result<Response, Page> {
    let filter = filter(&parts).map_err(|problem| at.told(problem))?;
    Ok(audit_lines(at.app, filter, None))
}

fn filled(parts: &Parts, name: &str) -> Option<String> {
    query(parts, name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn filter(parts: &Parts) -> Result<AuditFilter, Problem> {
    fn read<T: FromStr>(parts: &Parts, name: &str) -> Result<Option<T>, Problem>
    where
        T::Err: ToString,
    {
        let read = filled(parts, name).map(|text| text.parse()).transpose();
        read.map_err(|error: T::Err| Problem::invalid(name, error.to_string()))
    }
    let time = |name: &str| match filled(parts, name) {
        None => Ok(None),
        Some(text) => Timestamp::parse(&text).map(Some).ok_or_else(|| Problem::invalid(name, words::NO_DATE)),
    };
    Ok(AuditFilter {
        user: read(parts, "user")?,
        integration: read(parts, "integration")?,
        event: read(parts, "event")?,
        subject: filled(parts, "subject"),
        from: time("from")?,
        // A day is meant with all of it.
        until: time("until")?.map(|until| if is_day(parts, "until") { until.plus_ms(DAY_MS) } else { until }),
    })
}

fn is_day(parts: &Parts, name: &str) -> bool {
    filled(parts, name).is_some_and(|text| text.len() == "2026-11-22".len())
}

/// What is asked for, as a query.
fn asked(parts: &Parts) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for name in ["user", "integration", "subject", "event", "from", "until"] {
        if let Some(text) = filled(parts, name) {
            query.append_pair(name, &text);
        }
    }
    query.finish()
}

fn search(at: &Administering, parts: &Parts) -> Markup {
    let of = |name: &str| filled(parts, name).unwrap_or_default();
    let events = [AuditEvent::Intent, AuditEvent::Outcome, AuditEvent::Denied, AuditEvent::Changed];
    html! {
        form .search.filters method="get" action=(at.path("audit")) {
            @for (name, label, example) in FIELDS {
                div {
                    label for=(name) { (label) }
                    input id=(name) name=(name) type="text" value=(of(name)) placeholder=(example) autocomplete="off" spellcheck="false";
                }
            }
            div {
                label for="event" { (words::EVENT) }
                select id="event" name="event" {
                    option value="" { (words::ANY) }
                    @for event in events {
                        option value=(words::event(event)) selected[of("event") == words::event(event)] { (words::event(event)) }
                    }
                }
            }
            @for (name, label) in TIMES {
                div { label for=(name) { (label) } input id=(name) name=(name) type="date" value=(of(name)); }
            }
            p .buttons {
                button .quiet type="submit" { (words::FILTER) }
                button .quiet type="submit" name="verify" value="yes" { (words::VERIFY) }
            }
        }
    }
}

const COLUMNS: [&str; 6] = ["#", words::WHEN, words::WHO, words::WHAT, words::INTEGRATION, words::DETAILS];

fn row(entry: &AuditEntry) -> Vec<Cell> {
    let details = serde_json::to_string(&entry.details).unwrap_or_default();
    vec![
        Cell::Name(html! { (entry.sequence) }),
        Cell::Text(moment(entry.at)),
        Cell::Text(html! { bdi { (who(&entry.actor)) } }),
        Cell::Text(html! { (entry.subject) " " span .faint { (words::event(entry.event)) } }),
        Cell::Text(html! { @if let Some(integration) = &entry.integration { (integration) } }),
        Cell::Deeds(html! { details { summary { (words::DETAILS) } code .typed { bdi { (details) } } } }),
    ]
}

/// Who did it, for people.
pub(super) fn who(actor: &Actor) -> String {
    match actor {
        Actor::User { site, jira_user, .. } => format!("{site}/{jira_user}"),
        Actor::Administrator { token } => token.clone(),
        Actor::CommandLine => words::COMMAND_LINE.to_owned(),
        Actor::Daemon => words::THE_DAEMON.to_owned(),
    }
}
