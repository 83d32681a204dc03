//! `/setup/{token}`: the page behind a one-time link. Looking never uses the link up; saving does, before anything else.

use axum::Extension;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, PathRejection};
use axum::extract::{Path, State};
use http::HeaderMap;
use url::Url;

use super::form::{Draft, Filled};
use super::page::{self, FormPage, Page, SavedPage};
use super::problem::Problem;
use super::{RequestId, cross_site};
use crate::app::{App, SharedApp};
use crate::operate::OperationError;
use crate::operate::{Ask, ask_of, kind_of, look, peek_setup_link, renew_setup_link, save_pat, take_setup_link};
use model::IntegrationRecord;
use model::policy::Denial;
use model::{Kind, PatMetadata, SetupLink, UserCredentials};

/// Longest token that is looked up, in bytes: three times what a link has, for links yet to come.
const MAX_TOKEN_BYTES: usize = 128;

type Token = Result<Path<String>, PathRejection>;

pub async fn show(
    State(app): State<SharedApp>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    token: Token,
) -> Result<Page, Page> {
    let token = well_formed(token)?;
    let link = peek_setup_link(&app, &token).await.map_err(page::stopped)?;
    let link = link.ok_or_else(page::gone)?;
    let place = Place::find(&app, &ask_of(&link, request_id)).await.map_err(page::stopped)?;
    let action = path_of(&format!("{}/setup/{token}", app.config.public_url));
    Ok(place.form(&link, &action, &Draft::default(), None, &app))
}

pub async fn save(
    State(app): State<SharedApp>,
    Extension(request_id): Extension<RequestId>,
    token: Token,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Page, Page> {
    cross_site::refuse(&headers, &app.config.public_url).map_err(|_| page::cross_site())?;
    let token = well_formed(token)?;
    let filled = Filled::read(&headers, body).map_err(page::unreadable)?;
    // A browser that sends the form twice gives the first request up: once begun, it is finished all the same, so that a
    // link is never used up for nothing.
    let begun = tokio::spawn(async move { take_and_save(&app, &token, filled, request_id).await });
    begun.await.unwrap_or_else(|_| Err(page::broken()))
}

async fn take_and_save(app: &App, token: &str, filled: Filled, request_id: RequestId) -> Result<Page, Page> {
    let link = take_setup_link(app, token).await.map_err(page::stopped)?;
    let link = link.ok_or_else(page::gone)?;
    let ask = ask_of(&link, request_id.0);
    let place = Place::find(app, &ask).await.map_err(page::stopped)?;
    let draft = filled.draft(&place.kind);
    let problem = match filled.into_save(app.clock.now()) {
        Ok(pat) => match save_pat(app, &ask, pat).await {
            Ok(saved) => return Ok(place.saved(&link, &saved)),
            Err(error) => Problem::of(error, &place.kind).map_err(page::stopped)?,
        },
        Err(problem) => problem,
    };
    let renewed = renew_setup_link(app, &ask, link.clone()).await.map_err(page::stopped)?;
    Ok(place.form(&link, &path_of(&renewed.url), &draft, Some(&problem), app))
}

/// Where the link leads: what is needed of it to write a page.
struct Place {
    integration: IntegrationRecord,
    kind: Kind,
    pat: Option<PatMetadata>,
}

impl Place {
    async fn find(app: &App, ask: &Ask) -> Result<Self, OperationError> {
        let (case, provider) = look(app, ask).await?;
        if let UserCredentials::Unsupported(why) = &case.integration.connection.user_credentials {
            return Err(OperationError::Denied(Denial::UserPatsUnsupported(why.clone())));
        }
        let kind = kind_of(&*provider, &case.integration.kind)?.clone();
        Ok(Self { integration: case.integration, kind, pat: case.pat.map(|pat| pat.metadata) })
    }

    fn form(&self, link: &SetupLink, action: &str, draft: &Draft, problem: Option<&Problem>, app: &App) -> Page {
        let Self { integration, kind, pat } = self;
        let (user, now) = (&link.user, app.clock.now());
        page::form(&FormPage { integration, kind, user, pat: pat.as_ref(), now, action, draft, problem })
    }

    fn saved(&self, link: &SetupLink, saved: &crate::operate::SavedPat) -> Page {
        let Self { integration, kind, .. } = self;
        page::saved(&SavedPage { integration, kind, saved, link })
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
