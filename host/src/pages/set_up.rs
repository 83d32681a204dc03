//! `set-up/{integration}`: where a user saves her PAT, checks it again, confirms it for a new address, or takes it away.

mod done;
mod entry;
mod kept;
mod saved;
mod shown;

use axum::extract::{Request, State};
use http::StatusCode;
use maud::{Markup, html};

use self::done::{DONE, Done};
use self::entry::Draft;
pub(super) use self::shown::{CHECK, FROM, REMOVAL};
use self::shown::{From, REMOVE, REVOKE, SAVED_AT, Shown, YES};
use super::answer::Page;
use super::form::{Fields, Unreadable};
use super::kind::noun;
use super::layout::link_out;
use super::once::{Outcome, id_of, once};
use super::path::FromPath;
use super::visit::{Entered, Visiting, query};
use super::{refused, told, words};
use crate::operate::{self, OperationError, PatRemoval, SharedApp};
use crate::problem::Problem;
use model::{IntegrationId, PageName};

/// The form, with what is saved already. Nothing is asked of any git server.
pub(super) async fn show(
    at: Visiting,
    FromPath(named): FromPath<Named>,
    parts: http::request::Parts,
) -> Result<Page, Page> {
    let from = From::of(query(&parts, FROM).as_deref());
    let integration = named.integration(&at)?;
    if let Some(id) = query(&parts, DONE)
        && let Some(done) = at.result(&id).await?
    {
        match (Shown::find_to_remove(&at, integration.clone(), from).await, done) {
            (Ok(shown), done) => {
                if let Some(page) = shown.done(done) {
                    return Ok(page);
                }
            }
            // What was taken away is told, although the integration is there no more.
            (Err(_), Done::Removed { told, left }) => return Ok(done::removed(&at, &told, left.as_ref())),
            (Err(page), Done::Saved(_) | Done::Checked(_)) => return Err(page),
        }
    }
    if query(&parts, REMOVAL).is_some() {
        return Ok(Shown::find_to_remove(&at, integration, from).await?.removal(None));
    }
    let shown = Shown::find(&at, integration, from).await?;
    Ok(shown.form(&Draft::default(), None))
}

/// Does what the pressed button says.
pub(super) async fn enter(
    State(app): State<SharedApp>,
    FromPath(named): FromPath<Named>,
    request: Request,
) -> Result<Page, Page> {
    let Entered { at, fields } = Entered::read(&app, request, PageName::SetUp, &[]).await?;
    let from = From::of(fields.filled(FROM));
    let integration = named.integration(&at)?;
    if fields.has(REMOVE) {
        return match Shown::find_to_remove(&at, integration.clone(), from).await {
            Ok(shown) => shown.remove(&fields).await,
            Err(page) => unremoved(&at, &integration, page).await,
        };
    }
    let shown = Shown::find(&at, integration, from).await?;
    if fields.has(CHECK) {
        return shown.check().await;
    }
    shown.save(fields).await
}

/// Where a token was to be removed: its integration was taken away or closed while its user was asked. `page`: what is shown where
/// that is not why.
async fn unremoved(at: &Visiting, integration: &IntegrationId, page: Page) -> Result<Page, Page> {
    if page.status() != StatusCode::NOT_FOUND {
        return Err(page);
    }
    let kept = operate::integrations_with_pats(&at.app, &at.asker).await;
    let is_kept = kept.map_err(|error| at.stopped(error))?.contains(integration);
    Ok(done::gone(at, if is_kept { words::CLOSED_MEANWHILE } else { words::REMOVED_MEANWHILE }))
}

/// The parameters of the route.
#[derive(serde::Deserialize)]
pub(super) struct Named {
    integration: String,
}

impl Named {
    fn integration(self, at: &Visiting) -> Result<IntegrationId, Page> {
        let absent = || at.told(Problem::not_found("integration for this Jira project"));
        IntegrationId::parse(self.integration).map_err(|_| absent())
    }
}

/// Why the form is shown again.
struct Unsaved {
    problem: Problem,
    /// What was not done, in the title.
    what: &'static str,
    /// What became of what was entered.
    note: Option<&'static str>,
    /// Whether saving without a check is offered.
    offers_unchecked: bool,
}

impl Unsaved {
    fn because(problem: Problem) -> Self {
        let note = Some(words::NOTHING_WAS_SAVED);
        Self { problem, what: words::NOT_SAVED, note, offers_unchecked: false }
    }
}

impl Shown<'_> {
    async fn save(self, fields: Fields) -> Result<Page, Page> {
        let draft = Draft::of(&fields, &self.kind);
        if !entry::is_of(&self.kind, &fields) {
            // The name of a field that is not on the page may hold anything, a secret too: it is not repeated.
            let unreadable = told::unreadable(&self.at.app.config, Unreadable::Malformed);
            return Err(unreadable.framed_by(&self.at.framed_by));
        }
        let wanted = match entry::wanted(fields, &self.kind, self.at.app.clock.now()) {
            Ok(wanted) => wanted,
            Err(problem) => return Ok(self.form(&draft, Some(Unsaved::because(problem)))),
        };
        match wanted.carry_out(&self.at.app, &self.ask).await {
            Ok(saved) => self.lead_to(&Done::Saved(saved.into())).await,
            // As it is by now, beside what was typed.
            Err(error) if error.is_conflict() => {
                let why = Unsaved::because(self.at.problem(error));
                Ok(self.anew().await?.form(&draft, Some(why)))
            }
            Err(error) => Ok(self.refused(&draft, error)),
        }
    }

    async fn check(self) -> Result<Page, Page> {
        match operate::check_pat(&self.at.app, &self.ask).await {
            Ok(saved) => self.lead_to(&Done::Checked(saved.into())).await,
            Err(error) => {
                let why = Unsaved::because(self.at.problem(error));
                let unchecked = Unsaved { what: words::NOT_CHECKED, note: None, ..why };
                Ok(self.anew().await?.form(&Draft::default(), Some(unchecked)))
            }
        }
    }

    /// Once, however often the form is sent: what is told of the one that was asked about is told again.
    async fn remove(self, fields: &Fields) -> Result<Page, Page> {
        // Another may have been saved in another window: it was not asked about.
        if self.found.pat().is_some() && fields.text(SAVED_AT).trim() != self.saved_at() {
            let problem = self.at.problem(OperationError::replaced());
            return Ok(self.removal(Some(&problem)));
        }
        let mut asked = fields.kept(&[SAVED_AT, REVOKE]);
        asked.insert(REMOVE.to_owned(), self.ask.integration.to_string());
        let id = id_of(self.at, REMOVE, &asked);
        let was_there = fields.filled(SAVED_AT).is_some();
        match once(self.at, id, self.erased(fields.text(REVOKE) == YES, was_there)).await? {
            Outcome::Done(id) => Ok(self.way_to(&id)),
            Outcome::Failed(error) => {
                let problem = self.at.problem(error);
                let (at, integration) = (self.at, self.ask.integration);
                match Self::find_to_remove(at, integration.clone(), self.from).await {
                    Ok(shown) => Ok(shown.removal(Some(&problem))),
                    Err(page) => unremoved(at, &integration, page).await,
                }
            }
        }
    }

    /// `was_there`: there was one when it was asked about.
    async fn erased(&self, is_ended: bool, was_there: bool) -> Result<Done, OperationError> {
        let Some(seen) = self.found.pat().map(|pat| pat.saved_at) else {
            let told = if was_there { words::REMOVED_MEANWHILE } else { words::THERE_IS_NONE };
            return Ok(Done::Removed { told: told.to_owned(), left: None });
        };
        let removal = if is_ended { PatRemoval::EverywhereKnown } else { PatRemoval::Here };
        let removed = operate::remove_pat(&self.at.app, &self.ask, removal, Some(seen)).await?;
        let left = self.ending().left(&removed, self.at.app.clock.now());
        let told = words::removed(&removed);
        let told = if removed.has_successor { format!("{told} {}", words::ANOTHER_STAYS) } else { told.to_owned() };
        Ok(Done::Removed { told, left })
    }

    /// The form again, where filling it in anew can mend it; else the page that says why not.
    fn refused(self, draft: &Draft, error: OperationError) -> Page {
        let offers_unchecked = error.is_temporary();
        if error.is_rejected_credential() {
            let problem = refused::typed(error, &self.kind, words::NOTHING_WAS_SAVED);
            let problem = problem.of_request(&self.at.asker.request_id);
            return self.form(draft, Some(Unsaved { note: None, ..Unsaved::because(problem) }));
        }
        match error {
            // They stand in the form unseen.
            OperationError::Invalid(errors) if errors.iter().any(|error| error.field == "addresses") => {
                self.form(draft, Some(Unsaved::because(self.at.problem(OperationError::moved()))))
            }
            OperationError::Invalid(_) | OperationError::Failed { .. } => {
                let why = Unsaved::because(self.at.problem(error));
                self.form(draft, Some(Unsaved { offers_unchecked, ..why }))
            }
            error => done::unsaved(self.at, &self.at.problem(error)),
        }
    }

    /// 422 where it is shown again because of a problem.
    fn form(&self, draft: &Draft, unsaved: Option<Unsaved>) -> Page {
        let heading = self.heading();
        let title = match &unsaved {
            Some(unsaved) => format!("{}: {heading}", unsaved.what),
            None => heading.clone(),
        };
        let problem = unsaved.as_ref().map(|unsaved| &unsaved.problem);
        let offers_unchecked = unsaved.as_ref().is_some_and(|unsaved| unsaved.offers_unchecked);
        let main = html! {
            (self.head(&heading))
            @if let Some(Unsaved { problem, note, .. }) = &unsaved {
                @if let Some(note) = note { p .faint { (note) } }
                (told::above(problem))
                @if draft.has_unshown { p .told.careful { (words::TYPE_IT_AGAIN) } }
            }
            (self.kept())
            (self.how_to())
            (self.entry(draft, problem, offers_unchecked))
        };
        let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        self.at.page(status, &title, false, main)
    }

    fn how_to(&self) -> Markup {
        let connection = &self.found.integration().connection;
        let new = words::new_one(noun(&self.kind));
        let forms = connection.credential_pages_at(self.at.app.clock.now());
        html! {
            h2 { (words::MAKE_ONE) }
            @if !self.kind.credential_help.is_empty() { p { bdi { (self.kind.credential_help) } } }
            @match &forms[..] {
                [] => {},
                [one] => p .alone { (link_out(&one.url, &new)) },
                several => { p { (new) ":" } ul .alone { @for form in several { li { (link_out(&form.url, &form.label)) } } } },
            }
            @if let Some(grant) = &connection.grant {
                p { bdi { (grant.label) } ":" }
                pre .copy data-copy=(words::COPY) data-copied=(words::COPIED) { (grant.text) }
            }
            @if !self.kind.permissions.is_empty() && connection.grant.is_none() {
                p { (words::PERMISSIONS_NEEDED) }
                ul {
                    @for permission in &self.kind.permissions {
                        li { strong { bdi { (permission.name) } } ": " bdi { (permission.needed_for) } }
                    }
                }
            }
        }
    }
}
