//! `/setup/{token}`: the page behind a one-time link. Looking never uses the link up; saving does, before anything else.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use url::Url;

use super::cross_site;
use super::form::{Draft, Filled, Wanted};
use super::page::{self, FormPage, Page, SavedPage, Who};
use super::problem::Problem;
use crate::operate::{
    App, Ask, Looked, OperationError, SavedPat, SharedApp, ask_of, confirm_pat, look_to_save, peek_setup_link,
    renew_setup_link, save_pat, site_of, take_setup_link,
};
use crate::request::{self, RequestId};
use model::{Kind, SetupLink, Site};

/// Longest token that is looked up, in bytes: three times what a link has, for links yet to come.
const MAX_TOKEN_BYTES: usize = 128;
/// Largest form taken, in bytes: seven values of the longest a field may have.
const MAX_FORM_BYTES: usize = 64 << 10;

type Token = Result<Path<String>, PathRejection>;

/// The form, empty, with what is saved already. The link is looked at and stays.
pub async fn show(State(app): State<SharedApp>, id: RequestId, token: Token) -> Result<Page, Page> {
    let token = well_formed(token)?;
    let link = peeked(&app, &token).await?;
    let shown = Shown::find(&app, &ask_of(&link, id.into())).await.map_err(page::stopped)?;
    let action = path_of(&format!("{}/setup/{token}", app.config.public_url));
    Ok(shown.form(&link, &action, &Draft::default(), None, &app))
}

/// A form without a link that works is not read, and one from elsewhere neither.
pub async fn save(State(app): State<SharedApp>, token: Token, request: Request) -> Result<Page, Page> {
    let (parts, body) = request.into_parts();
    cross_site::refuse(&parts.headers, &app.config.public_url).map_err(|_| page::cross_site())?;
    let token = well_formed(token)?;
    peeked(&app, &token).await?;
    let body = request::read(&parts, body, MAX_FORM_BYTES).await;
    let filled = Filled::read(&parts.headers, body).map_err(page::unreadable)?;
    let link = take_setup_link(&app, &token).await.map_err(page::stopped)?.ok_or_else(page::gone)?;
    let ask = ask_of(&link, RequestId::of(&parts).into());
    let shown = Shown::find(&app, &ask).await.map_err(page::stopped)?;
    let draft = filled.draft(&shown.kind);
    let problem = match attempt(&app, &ask, filled, &shown.kind).await? {
        Ok(saved) => return Ok(shown.saved(&link, &saved)),
        Err(problem) => problem,
    };
    let renewed = renew_setup_link(&app, &ask, link.clone()).await.map_err(page::stopped)?;
    Ok(shown.form(&link, &path_of(&renewed.url), &draft, Some(&problem), &app))
}

/// Saves or confirms, or says what has to change in the form.
async fn attempt(app: &App, ask: &Ask, filled: Filled, kind: &Kind) -> Result<Result<SavedPat, Problem>, Page> {
    let done = match filled.into_wanted(app.clock.now()) {
        Err(problem) => return Ok(Err(problem)),
        Ok(Wanted::Save(pat)) => save_pat(app, ask, pat).await,
        Ok(Wanted::Confirm(addresses)) => confirm_pat(app, ask, &addresses).await,
    };
    match done {
        Ok(saved) => Ok(Ok(saved)),
        Err(error) => Problem::of(error, kind).map(Err).map_err(page::stopped),
    }
}

async fn peeked(app: &App, token: &str) -> Result<SetupLink, Page> {
    peek_setup_link(app, token).await.map_err(page::stopped)?.ok_or_else(page::gone)
}

/// What is needed of an integration to write a page.
struct Shown {
    found: Looked,
    kind: Kind,
    site: Site,
}

impl Shown {
    async fn find(app: &App, ask: &Ask) -> Result<Self, OperationError> {
        let found = look_to_save(app, ask).await?;
        let kind = found.kind()?.clone();
        Ok(Self { found, kind, site: site_of(app, &ask.asker.user).await? })
    }

    fn form(&self, link: &SetupLink, action: &str, draft: &Draft, problem: Option<&Problem>, app: &App) -> Page {
        page::form(&FormPage {
            integration: self.found.integration(),
            kind: &self.kind,
            who: Who { user: &link.user.id, site: &self.site },
            pat: self.found.pat(),
            now: app.clock.now(),
            action,
            draft,
            problem,
        })
    }

    fn saved(&self, link: &SetupLink, saved: &SavedPat) -> Page {
        page::saved(&SavedPage {
            who: Who { user: &link.user.id, site: &self.site },
            integration: self.found.integration(),
            kind: &self.kind,
            saved,
            link,
        })
    }
}

/// A text that may be a link's: everything else is answered like a link that is gone.
fn well_formed(token: Token) -> Result<String, Page> {
    let is_ours = |token: &String| {
        token.len() <= MAX_TOKEN_BYTES
            && token.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    let token = token.ok().map(|Path(token)| token);
    token.filter(is_ours).ok_or_else(page::gone)
}

/// Only the path, so that the form goes to whatever name the page was opened under.
fn path_of(url: &str) -> String {
    Url::parse(url).map_or_else(|_| url.to_owned(), |url| url.path().to_owned())
}
