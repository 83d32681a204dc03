//! Who is on an administrator's page, and what all of them look like.

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use http::StatusCode;
use maud::{Markup, html};

use crate::operate::administration::{self, Administration};
use crate::operate::{App, OperationError, SharedApp};
use crate::pages::answer::Page;
use crate::pages::cookie::{ADMIN, base};
use crate::pages::form::{Fields, PROOF};
use crate::pages::layout::document;
use crate::pages::proof::{ShownTo, is_proven, proof};
use crate::pages::{cross_site, told, words};
use crate::problem::Problem;
use crate::request::{self, RequestId};
use model::AdminSession;

/// Largest form taken, in bytes: five hundred mappings.
const MAX_FORM_BYTES: usize = 512 << 10;

/// An administrator who is signed in.
pub(super) struct Administering {
    pub app: SharedApp,
    pub session: AdminSession,
    pub by: Administration,
}

impl FromRequestParts<SharedApp> for Administering {
    type Rejection = Page;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<Self, Page> {
        let id = RequestId::of(parts);
        for secret in ADMIN.sent(&app.config, &parts.headers) {
            let found = administration::session(app, &secret, id.clone().into()).await;
            if let Some((session, by)) = found.map_err(|error| told::stopped(app, &id, error))? {
                return Ok(Self { app: app.clone(), session, by });
            }
        }
        Err(Page::see(format!("{}/admin/sign-in", base(&app.config))))
    }
}

/// A form that an administrator sent.
pub(super) struct Entered {
    pub at: Administering,
    pub fields: Fields,
}

impl Entered {
    /// Nothing is read for anybody who is not signed in.
    pub async fn read(app: &SharedApp, request: Request) -> Result<Self, Page> {
        let (mut parts, body) = request.into_parts();
        cross_site::refuse(&parts.headers, &app.config.public_url).map_err(|_| told::cross_site(&app.config))?;
        let at = Administering::from_request_parts(&mut parts, app).await?;
        let body = request::read(&parts, body, MAX_FORM_BYTES).await;
        let mut fields = Fields::read(&parts.headers, body).map_err(|why| told::unreadable(&app.config, why))?;
        if !is_proven(app, ShownTo::Administrator(&at.session.id), &fields) {
            return Err(told::not_from_here(&app.config));
        }
        fields.take(PROOF);
        Ok(Self { at, fields })
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

    /// An error in the place of a page.
    pub fn stopped(&self, error: OperationError) -> Page {
        let problem = self.problem(error);
        problem.log();
        self.page(problem.status(), problem.title(), html! { h1 { (problem.title()) } (told::above(&problem)) })
    }

    /// A page with the way to the others.
    pub fn page(&self, status: StatusCode, title: &str, main: Markup) -> Page {
        let body = html! {
            a .skip href="#main" { (words::SKIP) }
            header .bar {
                strong { (words::PRODUCT) }
                nav aria-label=(words::ADMINISTRATION) {
                    ul {
                        @for (page, name) in words::ADMIN_PAGES {
                            li { a href=(self.path(page)) aria-current=[(title == name).then_some("page")] { (name) } }
                        }
                    }
                }
                form method="post" action=(self.path("sign-out")) {
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

/// Path of an administrator's page, with the path of the public URL.
pub(super) fn path(app: &App, page: &str) -> String {
    format!("{}/admin/{page}", base(&app.config)).trim_end_matches('/').to_owned()
}
