//! `tokens`: all integrations the user may use, with the state of her PATs.

mod revoking;

use axum::extract::{Request, State};
use http::StatusCode;
use http::request::Parts;
use maud::{Markup, html};

use self::revoking::{PAGE, REVOKE_ALL, REVOKED, YES, asked, revoke, revoked};
use super::access::{access, expiry};
use super::answer::Page;
use super::layout::moment;
use super::set_up::{CHECK, FROM, REMOVAL};
use super::table::{Cell, plain};
use super::visit::{Entered, Visiting, query};
use super::words;
use crate::operate::{self, OpenIntegration, SharedApp};
use model::{PageName, PatState, Timestamp, UserCredentials};

/// Asks once more.
const REVOCATION: &str = "revocation";

pub(super) async fn show(at: Visiting, parts: Parts) -> Result<Page, Page> {
    if let Some(id) = query(&parts, REVOKED)
        && let Some(page) = revoked(&at, &id).await?
    {
        return Ok(page);
    }
    let open = open(&at).await?;
    let has_some = open.iter().any(|open| open.pat.is_some());
    if query(&parts, REVOCATION).is_some() && has_some {
        let elsewhere = operate::pats_elsewhere(&at.app, &at.asker, &open).await;
        return Ok(asked(&at, &open, elsewhere.map_err(|error| at.stopped(error))?));
    }
    let title = words::title_of(PAGE);
    let main = html! {
        h1 { (title) }
        p { (words::TOKENS_ARE) }
        @if open.is_empty() { p { (words::NO_INTEGRATIONS) } } @else { (plain(title, &COLUMNS, open.iter().map(|one| row(&at, one)))) }
        div .buttons {
            @if let Some(address) = &at.visit.context.return_to { (super::layout::back(address)) }
            @if has_some {
                form method="get" action=(at.path(PAGE.as_str())) {
                    button .outline type="submit" name=(REVOCATION) value=(YES) { (words::REVOKE_ALL) "…" }
                }
            }
        }
    };
    Ok(at.page(StatusCode::OK, title, true, main))
}

pub(super) async fn enter(State(app): State<SharedApp>, request: Request) -> Result<Page, Page> {
    let Entered { at, fields } = Entered::read(&app, request, PAGE, &[]).await?;
    if !fields.has(REVOKE_ALL) {
        return Ok(at.see(PAGE.as_str()));
    }
    revoke(&at, &fields).await
}

async fn open(at: &Visiting) -> Result<Vec<OpenIntegration>, Page> {
    let open = operate::open_integrations(&at.app, &at.asker).await;
    open.map_err(|error| at.stopped(error))
}

const COLUMNS: [&str; 6] =
    [words::INTEGRATION, words::STATE, words::EXPIRY, words::LAST_CHECKED, words::LAST_USED, words::ACTIONS];

fn row(at: &Visiting, open: &OpenIntegration) -> Vec<Cell> {
    let OpenIntegration { integration, pat, outlook, .. } = open;
    let name = Cell::Name(html! {
        bdi { (integration.name) }
        @if outlook.requires_user_pat { " " span .badge { (words::REQUIRED) } }
        @else if let Some(from) = outlook.pat_required_from { " " span .badge { (words::required_from(&from.day())) } }
    });
    if let UserCredentials::Unsupported(reason) = &integration.connection.user_credentials {
        return vec![
            name,
            Cell::Rest(
                html! { bdi { (reason) } @if pat.is_some() { ". " (words::IS_OF_NO_USE) " " (removal(at, open)) } },
            ),
        ];
    }
    let now = at.app.clock.now();
    let pat = pat.as_ref();
    let state = PatState::of(pat, &integration.place(), now);
    let when = |at: Option<Timestamp>| html! { @match at { Some(at) => (moment(at)), None => "–" } };
    vec![
        name,
        Cell::Text(access(pat, state, now)),
        Cell::Text(expiry(pat.map(|pat| pat.expiry), now)),
        Cell::Text(when(pat.and_then(|pat| pat.last_checked_at))),
        Cell::Text(when(pat.and_then(|pat| pat.last_used_at))),
        Cell::Deeds(deeds(at, open, state)),
    ]
}

fn removal(at: &Visiting, OpenIntegration { integration, .. }: &OpenIntegration) -> Markup {
    let page = format!("{}/{}?{FROM}={}", at.path(PageName::SetUp.as_str()), integration.id, PAGE.as_str());
    html! {
        a href={ (page) "&" (REMOVAL) "=yes" } { (words::REMOVE) span .hidden { " " bdi { (integration.name) } } }
    }
}

fn deeds(at: &Visiting, open: &OpenIntegration, state: PatState) -> Markup {
    let OpenIntegration { integration, pat, .. } = open;
    let at_its_page = format!("{}/{}", at.path(PageName::SetUp.as_str()), integration.id);
    let set_up = format!("{at_its_page}?{FROM}={}", PAGE.as_str());
    html! {
        a href=(set_up) {
            (if pat.is_some() { words::EDIT } else { words::SET_UP }) span .hidden { " " bdi { (integration.name) } }
        }
        @if pat.is_some() {
            @if state != PatState::SetAside {
                form method="post" autocomplete="off" action=(at_its_page) {
                    (at.proof())
                    input type="hidden" name=(FROM) value=(PAGE.as_str());
                    button .link type="submit" name=(CHECK) value=(YES) {
                        (words::CHECK) span .hidden { " " bdi { (integration.name) } }
                    }
                }
            }
            (removal(at, open))
        }
    }
}
