//! Who is on a page: the visit of its address, for the browser that has its cookie.

use std::collections::BTreeMap;

use axum::extract::{FromRequestParts, RawPathParams, Request, State};
use axum::http::request::Parts;
use http::{HeaderMap, StatusCode};
use maud::{Markup, html};

use super::answer::Page;
use super::asking::{self, parameter};
use super::cookie::{self, base};
use super::drafts::{REPOSITORY, merged};
use super::form::Fields;
use super::layout::{Who, document, message};
use super::made::REPOSITORY_NAME;
use super::proof::{ShownTo, is_proven, proof};
use super::{cross_site, told, words};
use crate::operate::{self, App, Ask, Asker, SharedApp};
use crate::problem::Problem;
use crate::request::{self, RequestId};
use model::{ActAs, IntegrationId, PageName, Site, Visit, VisitId};

/// Largest form taken, in bytes: the longest description (65,536 characters, at most twelve bytes each once they are escaped), and
/// what stands beside it.
const MAX_FORM_BYTES: usize = 1 << 20;
/// Longest secret that is looked up, in bytes.
const MAX_SECRET_BYTES: usize = 128;
/// Query parameter with what stands in for a cookie that has not come back.
const OPENED: &str = "opened";

/// Somebody on one of her pages.
pub(super) struct Visiting {
    pub app: SharedApp,
    pub visit: Visit,
    pub site: Site,
    pub asker: Asker,
    /// Origins whose pages may show hers in a frame.
    pub framed_by: Vec<String>,
}

impl FromRequestParts<SharedApp> for Visiting {
    type Rejection = Page;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<Self, Page> {
        let found = Found::of(app, parts).await?;
        if found.visit.has_ended(app.clock.now()) {
            return Err(found.ended(&[]));
        }
        if query(parts, OPENED).is_some() {
            // The cookie came back. The address is cleaned, so that nothing that opens a visit stays in it.
            let settled = operate::settle_visit(app, &found.visit.id).await;
            settled.map_err(|error| told::stopped(app, &RequestId::of(parts), error).framed_by(&found.framed_by))?;
            return Err(Page::see(format!("{}{}", base(&app.config), parts.uri.path())));
        }
        found.entering(RequestId::of(parts)).await
    }
}

/// A form that was sent from one of somebody's pages.
pub(super) struct Entered {
    pub at: Visiting,
    pub fields: Fields,
}

impl Entered {
    /// Nothing is read for anybody without a visit. Of one that has ended, what was typed into the fields of these names is
    /// kept, for the next visit to the same page.
    pub async fn read(app: &SharedApp, request: Request, page: PageName, keeps: &[&str]) -> Result<Self, Page> {
        let (mut parts, body) = request.into_parts();
        cross_site::refuse(&parts.headers, &app.config.public_url).map_err(|_| told::cross_site(&app.config))?;
        let found = Found::of(app, &mut parts).await?;
        let body = request::read(&parts, body, MAX_FORM_BYTES).await;
        let framed_by = found.framed_by.clone();
        let fields = Fields::read(&parts.headers, body)
            .map_err(|why| told::unreadable(&app.config, why).framed_by(&framed_by))?;
        if !is_proven(app, ShownTo::Visit(&found.visit.id), &fields) {
            return Err(told::not_from_here(&app.config).framed_by(&framed_by));
        }
        if found.visit.has_ended(app.clock.now()) {
            let typed = fields.kept(keeps);
            let shown = typed_shown(keeps, &typed, &fields);
            if !typed.is_empty() {
                let (user, subject) = (&found.visit.visitor.user, subject(&found.visit, page));
                let request_id = RequestId::of(&parts);
                let stopped = |error| told::stopped(app, &request_id, error).framed_by(&framed_by);
                let kept = merged(operate::draft(app, user, &subject).await.map_err(stopped)?, typed);
                operate::keep_draft(app, user, subject, kept).await.map_err(stopped)?;
            }
            return Err(found.ended(&shown));
        }
        Ok(Self { at: found.entering(RequestId::of(&parts)).await?, fields })
    }
}

impl Visiting {
    /// Asks something of an integration, in the visitor's name or whose the policy says.
    pub fn ask(&self, integration: &IntegrationId, act_as: ActAs) -> Ask {
        self.asker.of(integration.clone(), act_as)
    }

    /// Path of one of the visit's pages, with the path of the public URL.
    pub fn path(&self, page: &str) -> String {
        format!("{}/visits/{}/{page}", base(&self.app.config), self.visit.id)
    }

    /// What has to be in every form, unseen.
    pub fn proof(&self) -> Markup {
        proof(&self.app, ShownTo::Visit(&self.visit.id))
    }

    /// Whom the pages are for.
    pub fn who(&self) -> Who<'_> {
        Who { visitor: &self.visit.visitor, site: &self.site }
    }

    /// What is kept of a form.
    pub async fn draft(&self, page: PageName) -> Result<BTreeMap<String, String>, Page> {
        let draft = operate::draft(&self.app, &self.asker.user, &subject(&self.visit, page)).await;
        draft.map_err(|error| self.stopped(error))
    }

    /// Keeps it.
    pub async fn keep(&self, page: PageName, fields: BTreeMap<String, String>) -> Result<(), Page> {
        let kept = operate::keep_draft(&self.app, &self.asker.user, subject(&self.visit, page), fields).await;
        kept.map_err(|error| self.stopped(error))
    }

    /// It was sent off.
    pub async fn drop_draft(&self, page: PageName) {
        if let Err(error) = operate::drop_draft(&self.app, &self.asker.user, &subject(&self.visit, page)).await {
            // It is there the next time; nothing is done twice because of it.
            tracing::warn!(%error, request_id = self.asker.request_id, "a draft could not be dropped");
        }
    }

    /// A page of this visit. `wide`: a table rather than a dialog.
    pub fn page(&self, status: StatusCode, title: &str, is_wide: bool, main: Markup) -> Page {
        let body = html! {
            main .sheet .wide[is_wide] data-parent=(self.framed_by.join(" ")) {
                (main)
                p .for-whom { (words::FOR_WHOM) " " (self.who()) "." }
            }
        };
        Page::new(status, document(&base(&self.app.config), title, body)).framed_by(&self.framed_by)
    }

    /// An error in the place of one of the visit's pages.
    pub fn stopped(&self, error: operate::OperationError) -> Page {
        self.told(self.problem(error))
    }

    /// The same, of what is a problem already.
    pub fn told(&self, problem: Problem) -> Page {
        let Visit { context, .. } = &self.visit;
        // A page that cannot be shown leads to none that could: back to itself it would come to the same.
        let page = if context.page == PageName::SetUp { PageName::Tokens } else { context.page };
        let way = html! {
            p .buttons { a .button.quiet href=(self.path(page.as_str())) { (words::back_to(words::title_of(page))) } }
        };
        told::problem_with_a_way(&self.app.config, problem, way).framed_by(&self.framed_by)
    }

    /// What did not work, to be told on a page of the visit.
    pub fn problem(&self, error: operate::OperationError) -> Problem {
        Problem::from(error).of_request(&self.asker.request_id)
    }

    /// The way to one of the visit's pages.
    pub fn see(&self, page: &str) -> Page {
        Page::see(self.path(page))
    }
}

/// A visit and the origins it may be framed by, whether it has ended or not.
struct Found {
    app: SharedApp,
    visit: Visit,
    framed_by: Vec<String>,
}

impl Found {
    async fn of(app: &SharedApp, parts: &mut Parts) -> Result<Self, Page> {
        let Some(id) = visit_id(parts, app).await else { return Err(no_visit(app, &parts.headers).await) };
        let request_id = RequestId::of(parts);
        let stopped = |error| told::stopped(app, &request_id, error);
        for secret in cookie::VISIT.sent(&app.config, &parts.headers) {
            if secret.len() <= MAX_SECRET_BYTES
                && let Some(visit) = operate::visit(app, &id, &secret).await.map_err(stopped)?
            {
                let framed_by = origins(app, &visit).await.map_err(stopped)?;
                return Ok(Self { app: app.clone(), visit, framed_by });
            }
        }
        if let Some(handover) = query(parts, OPENED).filter(|text| text.len() <= MAX_SECRET_BYTES)
            && let Some(visit) = operate::unsettled_visit(app, &id, &handover).await.map_err(stopped)?
        {
            let found = Self { app: app.clone(), framed_by: origins(app, &visit).await.map_err(stopped)?, visit };
            return Err(if found.visit.has_ended(app.clock.now()) {
                found.ended(&[])
            } else {
                let site = operate::site_of(app, &found.visit.visitor.user).await.map_err(stopped)?;
                without_cookie(app, &found.visit, &site, &handover).framed_by(&found.framed_by)
            });
        }
        Err(no_visit(app, &parts.headers).await)
    }

    async fn entering(self, request_id: RequestId) -> Result<Visiting, Page> {
        let Self { app, visit, framed_by } = self;
        let site = operate::site_of(&app, &visit.visitor.user).await;
        let site = site.map_err(|error| told::stopped(&app, &request_id, error).framed_by(&framed_by))?;
        let asker = operate::asker_of(&visit, request_id.into());
        Ok(Visiting { app, visit, site, asker, framed_by })
    }

    /// What was typed is shown, for whoever cannot come back.
    fn ended(&self, typed: &[(&'static str, String)]) -> Page {
        let more = html! {
            @if !typed.is_empty() {
                h2 { (words::WHAT_YOU_TYPED) }
                dl { @for (label, text) in typed { dt { (label) } dd .typed { bdi { (text) } } } }
            }
            @if let Some(address) = &self.visit.context.return_to { p .buttons { (super::layout::back(address)) } }
        };
        let (heading, text) = if typed.is_empty() { words::VISIT_ENDED } else { words::VISIT_ENDED_AND_KEPT };
        message(&self.app.config, StatusCode::FORBIDDEN, heading, text, more).framed_by(&self.framed_by)
    }
}

/// What was typed, by the labels of its fields and in their order; the repository by its name.
fn typed_shown(order: &[&str], typed: &BTreeMap<String, String>, fields: &Fields) -> Vec<(&'static str, String)> {
    let text = |name: &str| match (name, fields.filled(REPOSITORY_NAME)) {
        (REPOSITORY, Some(called)) => Some(called.to_owned()),
        _ => typed.get(name).cloned(),
    };
    let shown = |name: &&str| Some((words::typed_as(name)?, text(name).filter(|text| !text.trim().is_empty())?));
    order.iter().filter_map(shown).collect()
}

/// This browser has none, and whoever opened it in a frame is to see that.
async fn no_visit(app: &App, headers: &HeaderMap) -> Page {
    told::no_visit(&app.config).framed_by(&asking::origins(app, headers, "").await)
}

/// The browser keeps no cookie for a frame: the visit goes on in a window of its own. Whose it is is said and asked, as where it
/// was begun: this may be the first that whoever is here sees of it.
fn without_cookie(app: &App, visit: &Visit, site: &Site, handover: &str) -> Page {
    let (heading, text) = words::NO_COOKIE;
    let action = format!("{}/visits/{}/window?{OPENED}={handover}", base(&app.config), visit.id);
    let who = Who { visitor: &visit.visitor, site };
    let more = html! {
        p { (words::OPENED_FOR) " " (who) ". " (words::NOT_YOU) }
        form method="post" autocomplete="off" action=(action) target="_blank" {
            button type="submit" { (words::OPEN_IN_A_WINDOW) " " bdi { (who.name()) } }
        }
    };
    message(&app.config, StatusCode::FORBIDDEN, heading, text, more)
}

/// Takes a visit over whose cookie did not come back. What opens it is in the address: of nobody without it a body is read.
pub(super) async fn window(State(app): State<SharedApp>, request: Request) -> Result<Page, Page> {
    let (mut parts, _) = request.into_parts();
    cross_site::refuse(&parts.headers, &app.config.public_url).map_err(|_| told::cross_site(&app.config))?;
    let id = visit_id(&mut parts, &app).await.ok_or_else(|| told::no_visit(&app.config))?;
    let handover = query(&parts, OPENED).filter(|text| text.len() <= MAX_SECRET_BYTES);
    let handover = handover.ok_or_else(|| told::no_visit(&app.config))?;
    let taken = operate::hand_visit_over(&app, &id, &handover).await;
    let taken = taken.map_err(|error| told::stopped(&app, &RequestId::of(&parts), error))?;
    let (visit, secret) = taken.ok_or_else(|| told::no_visit(&app.config))?;
    Ok(first_page(&app, &visit, &secret, None))
}

/// The way to the page a visit was begun for, with its cookie.
pub(super) fn first_page(app: &App, visit: &Visit, secret: &str, handover: Option<&str>) -> Page {
    let folder = format!("/visits/{}/", visit.id);
    let page = match (visit.context.page, &visit.context.integration) {
        (PageName::SetUp, Some(integration)) => format!("set-up/{integration}"),
        (page, _) => page.as_str().to_owned(),
    };
    let opened = handover.map(|handover| format!("?{OPENED}={handover}")).unwrap_or_default();
    Page::see(format!("{}{folder}{page}{opened}", base(&app.config))).with_cookie(cookie::VISIT.set(
        &app.config,
        &folder,
        secret,
    ))
}

/// Origins of the connector that opened it.
async fn origins(app: &App, visit: &Visit) -> Result<Vec<String>, operate::OperationError> {
    let connector = operate::connector(app, &visit.visitor.connector).await?;
    Ok(connector.map(|connector| connector.return_origins).unwrap_or_default())
}

/// The one that the address names.
async fn visit_id(parts: &mut Parts, app: &SharedApp) -> Option<VisitId> {
    let named = RawPathParams::from_request_parts(parts, app).await.ok()?;
    let text = named.iter().find(|(name, _)| *name == "visit")?.1;
    VisitId::parse(text).ok()
}

/// A query parameter of an address.
pub(super) fn query(parts: &Parts, name: &str) -> Option<String> {
    parameter(parts.uri.query().unwrap_or_default(), name)
}

/// Under which what is typed is kept: the page, and the issue it is for.
fn subject(visit: &Visit, page: PageName) -> String {
    let issue = visit.context.issue.as_ref().map_or(visit.visitor.project.as_str(), |issue| issue.key.as_str());
    format!("{} {issue}", page.as_str())
}
