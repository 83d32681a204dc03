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
use crate::pages::table::{Cell, plain};
use crate::pages::words;
use model::AdminSession;

/// Button with the session that is to end.
const END: &str = "end";

pub(super) async fn show(at: Administering) -> Result<Page, Page> {
    let sessions = administration::sessions(&at.app).await.map_err(|error| at.stopped(error))?;
    let rows = sessions.iter().map(|session| row(&at, session));
    let main = html! {
        h1 { (words::SESSIONS) }
        (plain(words::SESSIONS, &[words::ADMINISTRATOR, words::SINCE, words::LAST_USED, words::ACTIONS], rows))
    };
    Ok(at.page(StatusCode::OK, words::SESSIONS, main))
}

fn row(at: &Administering, session: &AdminSession) -> Vec<Cell> {
    vec![
        Cell::Name(html! {
            bdi { (session.label) }
            @if session.id == at.session.id { " " span .badge { (words::THIS_ONE) } }
        }),
        Cell::Text(moment(session.began_at)),
        Cell::Text(moment(session.used_at)),
        Cell::Deeds(html! {
            form method="post" autocomplete="off" action=(at.path("sessions")) {
                (at.proof())
                button .link type="submit" name=(END) value=(session.id) {
                    (words::SIGN_OUT) span .hidden { " " bdi { (session.label) } }
                }
            }
        }),
    ]
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
