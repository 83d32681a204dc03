//! Connectors: who calls the API, with which key.

use axum::extract::{Request, State};
use crypto::{hex, sha256};
use http::StatusCode;
use maud::html;

use super::names::{REMOVE, SURE};
use super::session::{Administering, Entered};
use crate::operate::SharedApp;
use crate::operate::administration::{self, Expected};
use crate::pages::answer::Page;
use crate::pages::layout::moment;
use crate::pages::words;
use model::ConnectorId;

pub(super) async fn show(at: Administering) -> Result<Page, Page> {
    let connectors = administration::connectors(&at.app).await.map_err(|error| at.stopped(error))?;
    let main = html! {
        h1 { (words::CONNECTORS) }
        p { (words::CONNECTORS_ARE) " " code { "countersign connector add" } "." }
        div .scroll role="region" aria-label=(words::CONNECTORS) tabindex="0" {
            table {
                thead { tr {
                    @for heading in [words::NAME, words::SITE, words::KEY, words::ORIGINS, words::SINCE, words::LAST_USED, words::ACTIONS] { th scope="col" { (heading) } }
                } }
                tbody {
                    @for connector in &connectors {
                        tr {
                            th scope="row" { bdi { (connector.name) } " " span .faint { (connector.id) } }
                            td { (connector.site) }
                            td { code { (&hex(&sha256(connector.key.as_bytes()))[..16]) "…" } }
                            td { @for origin in &connector.return_origins { div { bdi { (origin) } } } }
                            td { (moment(connector.created_at)) }
                            td { @match connector.last_used_at { Some(at) => (moment(at)), None => "–" } }
                            td .actions {
                                form method="post" action=(at.path("connectors")) {
                                    (at.proof())
                                    button .link type="submit" name=(REMOVE) value=(connector.id) {
                                        (words::REMOVE) span .hidden { " " bdi { (connector.name) } }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    };
    Ok(at.page(StatusCode::OK, words::CONNECTORS, main))
}

/// Asks once more, then removes.
pub(super) async fn enter(State(app): State<SharedApp>, request: Request) -> Result<Page, Page> {
    let Entered { at, fields } = Entered::read(&app, request).await?;
    let Ok(id) = ConnectorId::parse(fields.text(REMOVE)) else { return Ok(at.see("connectors")) };
    if !fields.has(SURE) {
        let main = html! {
            h1 { (words::REMOVE_CONNECTOR) }
            p { bdi { (id) } ": " (words::REMOVE_CONNECTOR_MEANS) }
            form method="post" action=(at.path("connectors")) {
                (at.proof())
                input type="hidden" name=(SURE) value="yes";
                p .buttons {
                    button .danger type="submit" name=(REMOVE) value=(id) { (words::REMOVE) }
                    " " a .button.quiet href=(at.path("connectors")) { (words::CANCEL) }
                }
            }
        };
        return Ok(at.page(StatusCode::OK, words::REMOVE_CONNECTOR, main));
    }
    administration::remove_connector(&at.app, &at.by, &id, &Expected::Any).await.map_err(|error| at.stopped(error))?;
    Ok(at.see("connectors"))
}
