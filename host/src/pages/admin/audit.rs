//! The audit log, newest first.

use http::StatusCode;
use http::request::Parts;
use maud::html;

use super::session::Administering;
use crate::operate::administration::{self, AuditQuery};
use crate::pages::answer::Page;
use crate::pages::layout::moment;
use crate::pages::visit::query;
use crate::pages::words;
use model::{Actor, AuditEntry, IntegrationId};

/// Entries on a page.
const ROWS: usize = 50;

pub(super) async fn show(at: Administering, parts: Parts) -> Result<Page, Page> {
    let named = query(&parts, "integration").filter(|text| !text.is_empty());
    let asked = AuditQuery {
        before: query(&parts, "before").and_then(|text| text.parse().ok()),
        integration: named.as_deref().and_then(|text| IntegrationId::parse(text).ok()),
        limit: ROWS,
    };
    let verdict = match query(&parts, "verify") {
        Some(_) => Some(administration::verify_audit(&at.app).await.map_err(|error| at.stopped(error))?),
        None => None,
    };
    let entries = administration::audit_page(&at.app, asked).await.map_err(|error| at.stopped(error))?;
    let next = entries.last().filter(|_| entries.len() == ROWS).map(|entry| entry.sequence);
    let main = html! {
        h1 { (words::AUDIT) }
        form .search method="get" action=(at.path("audit")) {
            label for="integration" { (words::INTEGRATION) }
            div .row {
                input id="integration" name="integration" type="text" value=(named.as_deref().unwrap_or_default()) autocomplete="off";
                button .quiet type="submit" { (words::FILTER) }
                button .quiet type="submit" name="verify" value="yes" { (words::VERIFY) }
            }
        }
        @if let Some(verdict) = verdict {
            @match verdict.fault {
                None => p .told role="status" { (words::intact(verdict.entries)) },
                Some(fault) => p .told.wrong role="alert" { (words::not_intact(fault.sequence)) " " bdi { (fault.reason) } },
            }
        }
        div .scroll role="region" aria-label=(words::AUDIT) tabindex="0" {
            table {
                thead { tr {
                    @for heading in ["#", words::WHEN, words::WHO, words::WHAT, words::INTEGRATION, words::DETAILS] { th scope="col" { (heading) } }
                } }
                tbody { @for entry in &entries { (row(entry)) } }
            }
        }
        @if let Some(next) = next {
            p { a .button.quiet href={ (at.path("audit")) "?before=" (next) "&integration=" (named.as_deref().unwrap_or_default()) } { (words::OLDER) } }
        }
    };
    Ok(at.page(StatusCode::OK, words::AUDIT, main))
}

fn row(entry: &AuditEntry) -> maud::Markup {
    let details = serde_json::to_string(&entry.details).unwrap_or_default();
    html! {
        tr {
            th scope="row" { (entry.sequence) }
            td { (moment(entry.at)) }
            td { bdi { (who(&entry.actor)) } }
            td { (entry.subject) " " span .faint { (words::event(entry.event)) } }
            td { @if let Some(integration) = &entry.integration { (integration) } }
            td { details { summary { (words::DETAILS) } code .typed { bdi { (details) } } } }
        }
    }
}

fn who(actor: &Actor) -> String {
    match actor {
        Actor::User { site, jira_user, .. } => format!("{site}/{jira_user}"),
        Actor::Administrator { token } => token.clone(),
        Actor::CommandLine => words::COMMAND_LINE.to_owned(),
        Actor::Daemon => words::THE_DAEMON.to_owned(),
    }
}
