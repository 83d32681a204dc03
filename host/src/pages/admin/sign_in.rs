//! Signing in: with an admin token, or with a link that works once.

use axum::extract::{Request, State};
use http::StatusCode;
use http::request::Parts;
use maud::{Markup, html};
use secrecy::ExposeSecret as _;

use super::left_open::{self, LeftOpen, Lost};
use super::names::path;
use crate::operate::administration::{self, SignedIn};
use crate::operate::{App, SharedApp};
use crate::pages::answer::Page;
use crate::pages::cookie::{ADMIN, base};
use crate::pages::fields::labelled;
use crate::pages::form::Fields;
use crate::pages::layout::document;
use crate::pages::path::FromPath;
use crate::pages::{cross_site, told, words};
use crate::request::{self, RequestId};

const TOKEN: &str = "token";
/// Largest form taken, in bytes: a token, and what was left open before, each byte of it escaped.
const MAX_FORM_BYTES: usize = (4 << 10) + 3 * left_open::MAX_BYTES;
/// Folder of the cookie, below the public URL.
pub(super) const FOLDER: &str = "/admin";

#[derive(serde::Deserialize)]
pub(super) struct Named {
    token: String,
}

pub(super) async fn show(State(app): State<SharedApp>) -> Page {
    form(&app, &Asked::default())
}

/// For somebody whose session ended, with what she typed by then, or why that does not go along.
pub(super) fn to_go_on(app: &App, left: Result<&LeftOpen, Lost>) -> Page {
    form(app, &Asked { ended: Some(left), ..Asked::default() })
}

pub(super) async fn enter(State(app): State<SharedApp>, request: Request) -> Result<Page, Page> {
    let (parts, body) = request.into_parts();
    cross_site::refuse(&parts.headers, &app.config.public_url).map_err(|_| told::cross_site_to_admin(&app.config))?;
    let body = request::read(&parts, body, MAX_FORM_BYTES).await;
    let mut fields = Fields::read(&parts.headers, body).map_err(|why| told::unreadable(&app.config, why))?;
    let id = RequestId::of(&parts);
    let left = LeftOpen::brought(&fields);
    let token = fields.take(TOKEN).unwrap_or_default();
    let signed_in = administration::sign_in_by_token(&app, token.expose_secret().trim(), id.clone().into()).await;
    match signed_in.map_err(|error| told::stopped(&app, &id, error))? {
        Some(signed_in) => Ok(inside(&app, &signed_in, left.as_ref())),
        None => Ok(form(&app, &Asked { is_refused: true, ended: left.as_ref().map(Ok) })),
    }
}

/// Whose link it is, and a button: a preview of it uses nothing up.
pub(super) async fn show_link(
    State(app): State<SharedApp>,
    id: RequestId,
    FromPath(named): FromPath<Named>,
) -> Result<Page, Page> {
    let label = administration::login_link(&app, &named.token).await;
    let label = label.map_err(|error| told::stopped(&app, &id, error))?;
    let label = label.ok_or_else(|| told::login_link_gone(&app.config))?;
    let main = html! {
        main .sheet {
            p .kind { (words::PRODUCT) " · " (words::ADMINISTRATION) }
            h1 { (words::SIGN_IN) }
            form method="post" autocomplete="off" action=(path(&app, &format!("login/{}", named.token))) {
                button type="submit" { (words::SIGN_IN_AS) " " bdi { (label) } }
            }
        }
    };
    Ok(Page::new(StatusCode::OK, document(&base(&app.config), words::SIGN_IN, main)))
}

pub(super) async fn enter_by_link(
    State(app): State<SharedApp>,
    FromPath(named): FromPath<Named>,
    parts: Parts,
) -> Result<Page, Page> {
    cross_site::refuse(&parts.headers, &app.config.public_url).map_err(|_| told::cross_site_to_admin(&app.config))?;
    let id = RequestId::of(&parts);
    let signed_in = administration::sign_in_by_link(&app, &named.token, id.clone().into()).await;
    let signed_in = signed_in
        .map_err(|error| told::stopped(&app, &id, error))?
        .ok_or_else(|| told::login_link_gone(&app.config))?;
    Ok(inside(&app, &signed_in, None))
}

/// With the session's cookie: to the first page, or back to what was left open.
fn inside(app: &App, signed_in: &SignedIn, left: Option<&LeftOpen>) -> Page {
    let page = left.map_or_else(|| Page::see(path(app, "")), |left| left.back(app, &signed_in.session.id));
    page.with_cookie(ADMIN.set(&app.config, FOLDER, &signed_in.secret))
}

/// Why somebody is asked to sign in.
#[derive(Default)]
struct Asked<'a> {
    /// The token was none.
    is_refused: bool,
    /// Her session ended while she typed this, or something that does not go along.
    ended: Option<Result<&'a LeftOpen, Lost>>,
}

fn form(app: &App, asked: &Asked<'_>) -> Page {
    let Asked { is_refused, ended } = asked;
    let status = if *is_refused || ended.is_some() { StatusCode::FORBIDDEN } else { StatusCode::OK };
    let title = if ended.is_some() { words::SESSION_ENDED } else { words::SIGN_IN };
    let main = html! {
        main .sheet {
            p .kind { (words::PRODUCT) " · " (words::ADMINISTRATION) }
            h1 { (title) }
            @match ended {
                None => {},
                Some(Ok(_)) => p { (words::SIGN_IN_TO_GO_ON) },
                Some(Err(Lost::TooMuch)) => p data-too-long="" { (words::TOO_MUCH_TO_GO_ALONG) },
                Some(Err(Lost::Nothing)) => p { (words::NOTHING_WAS_DONE) },
            }
            @if *is_refused { p .told.wrong role="alert" { (words::TOKEN_REFUSED) } }
            @if ended.is_none() { p { (words::SIGN_IN_HOW) " " code { "countersign admin login-link" } "." } }
            form method="post" action=(path(app, "sign-in")) autocomplete="off" {
                @if let Some(Ok(left)) = ended { (left.along()) }
                (field(*is_refused))
                button type="submit" { (words::SIGN_IN) }
            }
        }
    };
    Page::new(status, document(&base(&app.config), title, main))
}

fn field(is_refused: bool) -> Markup {
    let control = html! {
        input id="field-token" name=(TOKEN) type="password" required autocomplete="off"
            aria-invalid=[is_refused.then_some("true")];
    };
    labelled("field-token", words::ADMIN_TOKEN, true, "", TOKEN, None, control)
}
