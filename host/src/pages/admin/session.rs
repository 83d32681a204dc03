//! Who is on an administrator's page, and what all of them look like.

use axum::body::Body;
use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use http::StatusCode;
use maud::{Markup, html};

use super::labels::alone;
use super::left_open::{self, LeftOpen, Lost};
use super::names::path;
use super::sign_in;
use crate::operate::administration::{self, Administration, Session};
use crate::operate::{App, OperationError, SharedApp};
use crate::pages::answer::Page;
use crate::pages::cookie::{ADMIN, base};
use crate::pages::form::{Fields, PROOF};
use crate::pages::layout::document;
use crate::pages::proof::{ShownTo, is_proven, proof};
use crate::pages::{cross_site, refused, told, words};
use crate::problem::Problem;
use crate::request::{self, RequestId};
use model::{AdminSession, Kind};

/// Largest form taken, in bytes: five hundred mappings.
const MAX_FORM_BYTES: usize = 512 << 10;

/// How the path ends to which signing out is sent.
const SIGN_OUT: &str = "/sign-out";

/// An administrator who is signed in.
pub(super) struct Administering {
    pub app: SharedApp,
    pub session: AdminSession,
    pub by: Administration,
}

impl FromRequestParts<SharedApp> for Administering {
    type Rejection = Page;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<Self, Page> {
        match found(app, parts).await? {
            Some(Session::Open(session, by)) => Ok(Self { app: app.clone(), session, by }),
            Some(Session::Ended(_)) | None => Err(sign_in_first(app)),
        }
    }
}

/// The session that the browser has the cookie of, an open one before one that has ended.
async fn found(app: &SharedApp, parts: &Parts) -> Result<Option<Session>, Page> {
    let id = RequestId::of(parts);
    let mut ended = None;
    for secret in ADMIN.sent(&app.config, &parts.headers) {
        let found = administration::session(app, &secret, id.clone().into()).await;
        match found.map_err(|error| told::stopped(app, &id, error))? {
            Some(open @ Session::Open(..)) => return Ok(Some(open)),
            Some(was) => ended = Some(was),
            None => {}
        }
    }
    Ok(ended)
}

fn sign_in_first(app: &App) -> Page {
    Page::see(path(app, "sign-in"))
}

/// A form that an administrator sent.
pub(super) struct Entered {
    pub at: Administering,
    pub fields: Fields,
}

impl Entered {
    /// Nothing is done for anybody who is not signed in. What was typed while a session ended, or another began, can be gone on
    /// with.
    pub async fn read(app: &SharedApp, request: Request) -> Result<Self, Page> {
        let (parts, body) = request.into_parts();
        cross_site::refuse(&parts.headers, &app.config.public_url)
            .map_err(|_| told::cross_site_to_admin(&app.config))?;
        let Some(found) = found(app, &parts).await? else { return Err(ended_elsewhere(app, &parts, body).await) };
        let (Session::Open(session, _) | Session::Ended(session)) = &found;
        let body = request::read(&parts, body, MAX_FORM_BYTES).await;
        let mut fields = Fields::read(&parts.headers, body).map_err(|why| told::unreadable(&app.config, why))?;
        if !is_proven(app, ShownTo::Administrator(&session.id), &fields) {
            return Err(of_another_session(app, &parts, session, &fields));
        }
        fields.take(PROOF);
        match found {
            Session::Open(session, by) => Ok(Self { at: Administering { app: app.clone(), session, by }, fields }),
            Session::Ended(_) => Err(brought_along(app, &parts, &fields)),
        }
    }
}

/// The way to sign in, with what was typed.
fn brought_along(app: &App, parts: &Parts, fields: &Fields) -> Page {
    match LeftOpen::of(parts.uri.path(), fields) {
        Ok(left) => sign_in::to_go_on(app, Ok(&left)),
        // That is done already.
        Err(Lost::Nothing) if parts.uri.path().ends_with(SIGN_OUT) => sign_in_first(app),
        Err(lost) => sign_in::to_go_on(app, Err(lost)),
    }
}

/// The page was shown in a session before this one, which ended in another tab: what she typed waits for her to look at it. Where
/// the browser does not say that it comes from a page of ours, it may be anybody's.
fn of_another_session(app: &App, parts: &Parts, session: &AdminSession, fields: &Fields) -> Page {
    let is_ours = cross_site::is_ours(&parts.headers, &app.config.public_url);
    match LeftOpen::of(parts.uri.path(), fields) {
        Ok(left) if is_ours => left.back(app, &session.id),
        _ => told::not_from_here(&app.config),
    }
}

/// Of a session that somebody ended nothing is known any more, nor of one that was signed out of in another tab. Whoever typed into
/// its pages is brought what she typed: nothing is done with it before she has signed in and looked at it.
async fn ended_elsewhere(app: &App, parts: &Parts, body: Body) -> Page {
    if !cross_site::is_ours(&parts.headers, &app.config.public_url) {
        return sign_in_first(app);
    }
    let body = request::read(parts, body, 2 * left_open::MAX_BYTES).await;
    match Fields::read(&parts.headers, body) {
        Ok(fields) => brought_along(app, parts, &fields),
        Err(_) => sign_in::to_go_on(app, Err(Lost::TooMuch)),
    }
}

impl Administering {
    /// What has to be in every form, unseen.
    pub fn proof(&self) -> Markup {
        proof(&self.app, ShownTo::Administrator(&self.session.id))
    }

    /// Path of a page, with the path of the public URL.
    pub fn path(&self, page: &str) -> String {
        path(&self.app, page)
    }

    /// The way to one.
    pub fn see(&self, page: &str) -> Page {
        Page::see(self.path(page))
    }

    /// What went wrong, with the request's id.
    pub fn problem(&self, error: OperationError) -> Problem {
        Problem::from(error).of_request(&self.by.request_id)
    }

    /// The same of a form in which a credential may have been typed, of this kind.
    pub fn refused(&self, error: OperationError, kind: &Kind, has_credential: bool) -> Problem {
        if has_credential {
            refused::typed(error, kind, words::NOTHING_WAS_STORED).of_request(&self.by.request_id)
        } else {
            self.problem(error)
        }
    }

    /// An error in the place of a page.
    pub fn stopped(&self, error: OperationError) -> Page {
        self.told(self.problem(error))
    }

    /// The same, of what is a problem already.
    pub fn told(&self, problem: Problem) -> Page {
        problem.log();
        self.page(problem.status(), problem.title(), html! { h1 { (problem.title()) } (alone(&problem)) })
    }

    /// One of the pages in the bar, with the way to the others.
    pub fn page(&self, status: StatusCode, title: &str, main: Markup) -> Page {
        self.page_below(title, status, title, main)
    }

    /// The way back to what a page is below, over its heading.
    pub fn crumb(&self, page: &str, name: &str) -> Markup {
        html! { p .crumb { a href=(self.path(page)) { span aria-hidden="true" { "‹ " } (name) } } }
    }

    /// A page below one of those in the bar, which is marked.
    pub fn page_below(&self, section: &str, status: StatusCode, title: &str, main: Markup) -> Page {
        let current = |name: &str| match (name == title, name == section) {
            (true, _) => Some("page"),
            (false, true) => Some("true"),
            (false, false) => None,
        };
        let body = html! {
            a .skip href="#main" { (words::SKIP) }
            header .bar {
                strong { (words::PRODUCT) }
                nav aria-label=(words::ADMINISTRATION) {
                    ul {
                        @for (page, name) in words::ADMIN_PAGES {
                            li { a href=(self.path(page)) aria-current=[current(name)] data-name=(name) { (name) } }
                        }
                    }
                }
                form method="post" autocomplete="off" action=(self.path("sign-out")) {
                    (self.proof())
                    button .quiet type="submit" { (words::SIGN_OUT) }
                }
            }
            main .sheet.wide id="main" { (main) }
            footer { p .faint { (words::SIGNED_IN_AS) " " strong { bdi { (self.session.label) } } } }
        };
        Page::new(status, document(&base(&self.app.config), title, body))
    }
}
