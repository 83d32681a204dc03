//! Connectors: who calls the API, with which key.

use axum::extract::{Request, State};
use crypto::{hex, sha256};
use http::StatusCode;
use maud::html;

use super::entry::revision_of;
use super::names::{REMOVE, REVISION, SURE};
use super::session::{Administering, Entered};
use crate::operate::SharedApp;
use crate::operate::administration::{self, Expected};
use crate::pages::answer::Page;
use crate::pages::layout::moment;
use crate::pages::table::{Cell, plain};
use crate::pages::words;
use model::{Connector, ConnectorId};

const COLUMNS: [&str; 7] =
    [words::NAME, words::SITE, words::KEY, words::ORIGINS, words::SINCE, words::LAST_USED, words::ACTIONS];

pub(super) async fn show(at: Administering) -> Result<Page, Page> {
    let connectors = administration::connectors(&at.app).await.map_err(|error| at.stopped(error))?;
    let main = html! {
        h1 { (words::CONNECTORS) }
        p { (words::CONNECTORS_ARE) " " code { "countersign connector add" } "." }
        (plain(words::CONNECTORS, &COLUMNS, connectors.iter().map(|connector| row(&at, connector))))
    };
    Ok(at.page(StatusCode::OK, words::CONNECTORS, main))
}

fn row(at: &Administering, connector: &Connector) -> Vec<Cell> {
    vec![
        Cell::Name(html! { bdi { (connector.name) } " " span .faint { (connector.id) } }),
        Cell::Text(html! { (connector.site) }),
        Cell::Text(html! { code { (&hex(&sha256(connector.key.as_bytes()))[..16]) "…" } }),
        Cell::Text(html! { @for origin in &connector.return_origins { div { bdi { (origin) } } } }),
        Cell::Text(moment(connector.created_at)),
        Cell::Text(html! { @match connector.last_used_at { Some(at) => (moment(at)), None => "–" } }),
        Cell::Deeds(html! {
            form method="post" autocomplete="off" action=(at.path("connectors")) {
                (at.proof())
                input type="hidden" name=(REVISION) value=(connector.revision.number());
                button .link type="submit" name=(REMOVE) value=(connector.id) {
                    (words::REMOVE) span .hidden { " " bdi { (connector.name) } }
                }
            }
        }),
    ]
}

/// Asks once more, then removes.
pub(super) async fn enter(State(app): State<SharedApp>, request: Request) -> Result<Page, Page> {
    let Entered { at, fields } = Entered::read(&app, request).await?;
    let Ok(id) = ConnectorId::parse(fields.text(REMOVE)) else { return Ok(at.see("connectors")) };
    // What was shown, and asked about: another one of that id is another.
    let revision = revision_of(&fields);
    if !fields.has(SURE) {
        let main = html! {
            (at.crumb("connectors", words::CONNECTORS))
            h1 { (words::REMOVE_CONNECTOR) }
            p { bdi { (id) } ": " (words::REMOVE_CONNECTOR_MEANS) }
            form method="post" autocomplete="off" action=(at.path("connectors")) {
                (at.proof())
                input type="hidden" name=(SURE) value="yes";
                @if let Some(revision) = revision { input type="hidden" name=(REVISION) value=(revision.number()); }
                p .buttons {
                    button .danger type="submit" name=(REMOVE) value=(id) { (words::REMOVE) }
                    " " a .button.quiet href=(at.path("connectors")) { (words::CANCEL) }
                }
            }
        };
        return Ok(at.page_below(words::CONNECTORS, StatusCode::OK, words::REMOVE_CONNECTOR, main));
    }
    let expected = Expected::OneOf(revision.into_iter().collect());
    administration::remove_connector(&at.app, &at.by, &id, &expected).await.map_err(|error| at.stopped(error))?;
    Ok(at.see("connectors"))
}
