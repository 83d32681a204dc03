//! `tokens`: all integrations the user may use, with the state of her PATs.

use axum::extract::{Request, State};
use http::StatusCode;
use http::request::Parts;
use maud::{Markup, html};

use super::access::access;
use super::answer::Page;
use super::layout::moment;
use super::set_up::{CHECK, FROM};
use super::visit::{Entered, Visiting, query};
use super::words;
use crate::operate::{self, OpenIntegration, OperationError, PatRemoval, RemovedPat, SharedApp};
use model::{ActAs, Expiry, PageName, PatState, UserCredentials};

const PAGE: PageName = PageName::Tokens;
/// Asks once more.
const REVOCATION: &str = "revocation";
/// Revokes all of them.
const REVOKE_ALL: &str = "revoke-all";
const YES: &str = "yes";

pub(super) async fn show(at: Visiting, parts: Parts) -> Result<Page, Page> {
    let open = open(&at).await?;
    if query(&parts, REVOCATION).is_some() {
        let elsewhere = operate::pats_elsewhere(&at.app, &at.asker, &open).await;
        return Ok(revocation(&at, &open, elsewhere.map_err(|error| at.stopped(error))?));
    }
    let title = words::title_of(PAGE);
    let has_some = open.iter().any(|open| open.pat.is_some());
    let main = html! {
        h1 { (title) }
        p { (words::TOKENS_ARE) }
        @if open.is_empty() { p { (words::NO_INTEGRATIONS) } } @else { (table(&at, &open)) }
        div .buttons {
            @if has_some {
                form method="get" action=(at.path(PAGE.as_str())) {
                    button .quiet type="submit" name=(REVOCATION) value=(YES) { (words::REVOKE_ALL) }
                }
            }
            @if let Some(address) = &at.visit.context.return_to { (super::layout::back(address)) }
        }
    };
    Ok(at.page(StatusCode::OK, title, true, main))
}

pub(super) async fn enter(State(app): State<SharedApp>, request: Request) -> Result<Page, Page> {
    let Entered { at, fields } = Entered::read(&app, request, PAGE, &[]).await?;
    if !fields.has(REVOKE_ALL) {
        return Ok(at.see(PAGE.as_str()));
    }
    let mut removed = Vec::new();
    for open in open(&at).await?.into_iter().filter(|open| open.pat.is_some()) {
        let ask = at.ask(&open.integration.id, ActAs::User);
        let done = operate::remove_pat(&at.app, &ask, PatRemoval::EverywhereKnown).await;
        removed.push((open, done));
    }
    Ok(revoked(&at, removed))
}

async fn open(at: &Visiting) -> Result<Vec<OpenIntegration>, Page> {
    let open = operate::open_integrations(&at.app, &at.asker).await;
    open.map_err(|error| at.stopped(error))
}

fn table(at: &Visiting, open: &[OpenIntegration]) -> Markup {
    html! {
        div .scroll role="region" aria-label=(words::title_of(PAGE)) tabindex="0" {
            table {
                thead { tr {
                    @for heading in [words::INTEGRATION, words::STATE, words::EXPIRY, words::LAST_CHECKED, words::LAST_USED, words::ACTIONS] {
                        th scope="col" { (heading) }
                    }
                } }
                tbody { @for one in open { (row(at, one)) } }
            }
        }
    }
}

fn row(at: &Visiting, open: &OpenIntegration) -> Markup {
    let OpenIntegration { integration, pat, outlook, .. } = open;
    let now = at.app.clock.now();
    let state = PatState::of(pat.as_ref(), &integration.place(), now);
    let at_its_page = format!("{}/{}", at.path(PageName::SetUp.as_str()), integration.id);
    let set_up = format!("{at_its_page}?{FROM}={}", PAGE.as_str());
    let (checked, used) =
        (pat.as_ref().and_then(|pat| pat.last_checked_at), pat.as_ref().and_then(|pat| pat.last_used_at));
    html! {
        tr {
            th scope="row" {
                bdi { (integration.name) }
                @if outlook.requires_user_pat { " " span .badge { (words::REQUIRED) } }
                @else if let Some(from) = outlook.pat_required_from { " " span .badge { (words::required_from(&from.day())) } }
            }
            @match &integration.connection.user_credentials {
                UserCredentials::Unsupported(reason) => { td colspan="5" { bdi { (reason) } } },
                UserCredentials::Supported => {
                    td { (access(pat.as_ref(), state, now)) }
                    td {
                        @match pat.as_ref().map(|pat| pat.expiry) {
                            Some(Expiry::At(end)) => (end.day()),
                            Some(Expiry::Never) => (words::NEVER),
                            Some(Expiry::Unknown) => (words::NOT_SAID),
                            None => "–",
                        }
                    }
                    td { @match checked { Some(at) => (moment(at)), None => "–" } }
                    td { @match used { Some(at) => (moment(at)), None => "–" } }
                    td .actions {
                        a href=(set_up) {
                            (if pat.is_some() { words::EDIT } else { words::SET_UP }) span .hidden { " " bdi { (integration.name) } }
                        }
                        @if pat.is_some() {
                            @if state != PatState::SetAside {
                                form method="post" action=(at_its_page) {
                                    (at.proof())
                                    input type="hidden" name=(FROM) value=(PAGE.as_str());
                                    button .link type="submit" name=(CHECK) value=(YES) {
                                        (words::CHECK) span .hidden { " " bdi { (integration.name) } }
                                    }
                                }
                            }
                            a href={ (set_up) "&removal=yes" } { (words::REMOVE) span .hidden { " " bdi { (integration.name) } } }
                        }
                    }
                },
            }
        }
    }
}

/// Asks once more before everything is revoked.
fn revocation(at: &Visiting, open: &[OpenIntegration], elsewhere: usize) -> Page {
    let title = words::REVOKE_ALL_ASKED;
    let main = html! {
        h1 { (title) }
        p { (words::REVOKE_ALL_MEANS) }
        ul { @for open in open.iter().filter(|open| open.pat.is_some()) { li { bdi { (open.integration.name) } } } }
        @if elsewhere > 0 { p .told { (words::kept_elsewhere(elsewhere)) } }
        form method="post" action=(at.path(PAGE.as_str())) {
            (at.proof())
            p .buttons {
                button .danger type="submit" name=(REVOKE_ALL) value=(YES) { (words::REVOKE_ALL) }
                " "
                a .button.quiet href=(at.path(PAGE.as_str())) { (words::CANCEL) }
            }
        }
    };
    at.page(StatusCode::OK, title, false, main)
}

fn revoked(at: &Visiting, removed: Vec<(OpenIntegration, Result<RemovedPat, OperationError>)>) -> Page {
    let title = words::REVOKED_ALL;
    let main = html! {
        h1 { (title) }
        ul {
            @for (open, done) in removed {
                li {
                    strong { bdi { (open.integration.name) } } ": "
                    @match done {
                        Ok(removed) => (words::removed(&removed)),
                        Err(error) => {
                            @let problem = at.problem(error);
                            span .wrong { bdi { (problem.detail()) } }
                        },
                    }
                }
            }
        }
        p { a .button href=(at.path(PAGE.as_str())) { (words::back_to(PAGE)) } }
    };
    at.page(StatusCode::OK, title, false, main)
}
