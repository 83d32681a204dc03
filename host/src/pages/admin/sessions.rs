//! Open sessions, and signing out.

use axum::extract::{Request, State};
use http::StatusCode;
use maud::html;

use super::session::{Administering, Entered};
use super::sign_in::FOLDER;
use crate::operate::SharedApp;
use crate::operate::administration;
use crate::pages::answer::Page;
use crate::pages::cookie::ADMIN;
use crate::pages::layout::moment;
use crate::pages::words;

/// Button with the session that is to end.
const END: &str = "end";

pub(super) async fn show(at: Administering) -> Result<Page, Page> {
    let sessions = administration::sessions(&at.app).await.map_err(|error| at.stopped(error))?;
    let main = html! {
        h1 { (words::SESSIONS) }
        div .scroll role="region" aria-label=(words::SESSIONS) tabindex="0" {
            table {
                thead { tr {
                    @for heading in [words::ADMINISTRATOR, words::SINCE, words::LAST_USED, words::ACTIONS] { th scope="col" { (heading) } }
                } }
                tbody {
                    @for session in &sessions {
                        tr {
                            th scope="row" {
                                bdi { (session.label) }
                                @if session.id == at.session.id { " " span .badge { (words::THIS_ONE) } }
                            }
                            td { (moment(session.began_at)) }
                            td { (moment(session.used_at)) }
                            td .actions {
                                form method="post" action=(at.path("sessions")) {
                                    (at.proof())
                                    button .link type="submit" name=(END) value=(session.id) {
                                        (words::SIGN_OUT) span .hidden { " " bdi { (session.label) } }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    };
    Ok(at.page(StatusCode::OK, words::SESSIONS, main))
}

pub(super) async fn end(State(app): State<SharedApp>, request: Request) -> Result<Page, Page> {
    let Entered { at, fields } = Entered::read(&app, request).await?;
    let sessions = administration::sessions(&at.app).await.map_err(|error| at.stopped(error))?;
    if let Some(session) = sessions.iter().find(|session| session.id.as_str() == fields.text(END)) {
        administration::end_session(&at.app, &at.by, session).await.map_err(|error| at.stopped(error))?;
    }
    Ok(at.see("sessions"))
}

pub(super) async fn sign_out(State(app): State<SharedApp>, request: Request) -> Result<Page, Page> {
    let Entered { at, .. } = Entered::read(&app, request).await?;
    administration::end_session(&at.app, &at.by, &at.session).await.map_err(|error| at.stopped(error))?;
    Ok(at.see("sign-in").with_cookie(ADMIN.forget(&app.config, FOLDER)))
}
