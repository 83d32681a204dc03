//! `/open/{token}`: a one-time link. Looking at it names the user it is for and uses nothing up; a form begins the visit.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use http::{HeaderMap, StatusCode};
use maud::html;

use super::answer::Page;
use super::cookie::base;
use super::kind::name_of_credential;
use super::layout::{Who, back, document};
use super::visit::first_page;
use super::{asking, cross_site, told, words};
use crate::operate::{self, App, SharedApp};
use crate::request::RequestId;
use model::{PageLink, PageName};

/// Longest token that is looked up, in bytes: three times what a link has, for links yet to come.
const MAX_TOKEN_BYTES: usize = 128;

type Token = Result<Path<String>, PathRejection>;

/// Whose link it is, and a button. A preview of a link, or somebody who follows one that is not hers, does nothing.
pub(super) async fn show(
    State(app): State<SharedApp>,
    id: RequestId,
    headers: HeaderMap,
    token: Token,
) -> Result<Page, Page> {
    let Named { token, link } = found(&app, &id, token, &headers, "").await?;
    let framed_by = framed_by(&app, &id, &link).await?;
    let site = operate::site_of(&app, &link.visitor.user).await.map_err(|error| told::stopped(&app, &id, error))?;
    let who = Who { visitor: &link.visitor, site: &site };
    let title = title(&app, &id, &link).await?;
    // Should the link be gone by then, that is to be seen in the same frame.
    let from: String = framed_by.first().map(|origin| format!("?{}={origin}", asking::FROM)).unwrap_or_default();
    let action = format!("{}/open/{token}{from}", base(&app.config));
    let markup = html! {
        main .sheet {
            h1 { bdi { (title) } }
            p { (words::OPENED_FOR) " " (who) ". " (words::NOT_YOU) }
            form method="post" autocomplete="off" action=(action) {
                p .buttons {
                    button type="submit" { (words::CONTINUE_AS) " " bdi { (who.name()) } }
                    @if let Some(address) = &link.context.return_to { " " (back(address)) }
                }
            }
        }
    };
    Ok(Page::new(StatusCode::OK, document(&base(&app.config), &title, markup)).framed_by(&framed_by))
}

/// What is opened, as the page behind it is called; one that asks for a secret says of which git server.
async fn title(app: &App, id: &RequestId, link: &PageLink) -> Result<String, Page> {
    let page = link.context.page;
    let named = match &link.context.integration {
        Some(integration) => operate::integration_and_kind(app, integration).await,
        None => Ok(None),
    };
    let named = named.map_err(|error| told::stopped(app, id, error))?;
    Ok(match (page, named) {
        (PageName::SetUp, Some((integration, Some(kind)))) => {
            words::set_up_of(name_of_credential(&kind), integration.name.as_str(), &kind.label)
        }
        (PageName::CreatePullRequest, Some((_, Some(kind)))) => words::create(&kind.pull_request_label),
        (page, _) => words::title_of(page).to_owned(),
    })
}

/// Begins the visit. Only a page of ours, or one of the connector that asked for the link, may send the form: another could
/// make a browser begin a visit of somebody else's.
pub(super) async fn begin(State(app): State<SharedApp>, token: Token, request: Request) -> Result<Page, Page> {
    let (parts, _) = request.into_parts();
    let id = RequestId::of(&parts);
    let query = parts.uri.query().unwrap_or_default();
    let Named { token, link } = found(&app, &id, token, &parts.headers, query).await?;
    let framed_by = framed_by(&app, &id, &link).await?;
    cross_site::refuse_but(&parts.headers, &app.config.public_url, &framed_by)
        .map_err(|_| told::cross_site(&app.config))?;
    let begun = operate::begin_visit(&app, &token, &link, id.clone().into()).await;
    let begun = begun.map_err(|error| told::stopped(&app, &id, error))?;
    let begun = begun.ok_or_else(|| gone(&app, &framed_by))?;
    Ok(first_page(&app, &begun.visit, &begun.secret, Some(&begun.handover)).framed_by(&framed_by))
}

/// A link, and what it is called by.
struct Named {
    token: String,
    link: PageLink,
}

/// The link of this token, or the page that says that it is gone.
async fn found(app: &App, id: &RequestId, token: Token, headers: &HeaderMap, query: &str) -> Result<Named, Page> {
    if let Some(token) = well_formed(token) {
        let link = operate::peek_page_link(app, &token).await.map_err(|error| told::stopped(app, id, error))?;
        if let Some(link) = link {
            return Ok(Named { token, link });
        }
    }
    Err(gone(app, &asking::origins(app, headers, query).await))
}

/// Seen where the form was: in a frame of one of these origins, of which the first is where it came from.
fn gone(app: &App, origins: &[String]) -> Page {
    told::gone(&app.config, origins.first().map(String::as_str)).framed_by(origins)
}

async fn framed_by(app: &App, id: &RequestId, link: &PageLink) -> Result<Vec<String>, Page> {
    let connector = operate::connector(app, &link.visitor.connector).await;
    let connector = connector.map_err(|error| told::stopped(app, id, error))?;
    Ok(connector.map(|connector| connector.return_origins).unwrap_or_default())
}

/// A text that may be a link's: everything else is answered like a link that is gone.
fn well_formed(token: Token) -> Option<String> {
    let is_ours = |token: &String| {
        token.len() <= MAX_TOKEN_BYTES
            && token.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    let token = token.ok().map(|Path(token)| token);
    token.filter(is_ours)
}
