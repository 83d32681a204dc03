//! *Manage Git repositories*: all integrations, with the rules and who is ready for them.

use http::StatusCode;
use http::request::Parts;
use maud::{Markup, html};

use super::coverage::ready;
use super::kinds;
use super::names::REMOVED;
use super::session::Administering;
use crate::operate::administration::{self, Coverage, CoverageQuery, IntegrationCoverage, USUAL_SEEN_WITHIN_DAYS};
use crate::pages::answer::Page;
use crate::pages::layout::{breakable, link_out, moment};
use crate::pages::table::{Cell, plain};
use crate::pages::visit::query;
use crate::pages::words;
use model::{IntegrationId, IntegrationRecord, OwnCredentialState, ProviderRecord, Rejection, Rules, Timestamp};

/// All there is to tell of integrations.
struct All {
    integrations: Vec<IntegrationRecord>,
    coverage: Coverage,
    providers: Vec<ProviderRecord>,
    now: Timestamp,
}

pub(super) async fn show(at: Administering, parts: Parts) -> Result<Page, Page> {
    let stopped = |error| at.stopped(error);
    let policy = administration::policy(&at.app).await.map_err(stopped)?;
    let seen = CoverageQuery { integration: None, seen_within_days: USUAL_SEEN_WITHIN_DAYS };
    let all = All {
        integrations: administration::integrations(&at.app).await.map_err(stopped)?,
        coverage: administration::coverage(&at.app, seen).await.map_err(stopped)?,
        providers: kinds::providers(&at).await?,
        now: at.app.clock.now(),
    };
    let removed = query(&parts, REMOVED).and_then(|id| IntegrationId::parse(id).ok());
    let removed = removed.filter(|id| all.integrations.iter().all(|one| one.id != *id));
    let main = html! {
        h1 { (words::MANAGE) }
        @if policy.rules.require_user_pat {
            p .told { (over_all(&policy.rules, all.now)) }
        }
        @if let Some(id) = removed { p .told role="status" { (words::REMOVED_INTEGRATION) " " bdi { (id) } } }
        p { a .button href=(at.path("new-integration")) { (words::ADD_INTEGRATION) } }
        @if all.integrations.is_empty() { p { (words::NO_INTEGRATIONS_YET) } } @else {
            (plain(words::MANAGE, &COLUMNS, all.integrations.iter().map(|one| row(&at, &all, one))))
        }
    };
    Ok(at.page(StatusCode::OK, words::MANAGE, main))
}

/// The rules and who is ready for them before what hardly ever changes.
const COLUMNS: [&str; 7] =
    [words::NAME, words::RULES, words::READY, words::ACCOUNT, words::KIND, words::SERVER, words::ACTIONS];

fn row(at: &Administering, all: &All, integration: &IntegrationRecord) -> Vec<Cell> {
    let All { coverage, providers, now, .. } = all;
    let covered = coverage.integrations.iter().find(|one| one.integration == integration.id);
    let totals = covered.map(IntegrationCoverage::totals);
    vec![
        Cell::Name(html! {
            a href=(at.path(&format!("integrations/{}", integration.id))) { bdi { (integration.name) } }
            br;
            span .faint { (integration.id) }
        }),
        Cell::Text(rules(integration, *now)),
        Cell::Text(html! { @if let Some(totals) = &totals { (ready(integration.name.as_str(), totals)) } }),
        Cell::Text(account(integration)),
        Cell::Text(html! { bdi { (kinds::label(providers, &integration.kind)) } }),
        Cell::Text(link_out(&integration.connection.web_url, breakable(server(&integration.connection.web_url)))),
        Cell::Deeds(html! {
            a href=(at.path(&format!("integrations/{}", integration.id))) {
                (words::EDIT) span .hidden { " " bdi { (integration.name) } }
            }
        }),
    ]
}

/// An address without what all have, and without the page that people are led to.
fn server(address: &str) -> &str {
    let (_, rest) = address.split_once("://").unwrap_or(("", address));
    rest.split(['?', '#']).next().unwrap_or(rest).trim_end_matches('/')
}

/// Whose its own credential is, and whether it is good.
pub(super) fn account(integration: &IntegrationRecord) -> Markup {
    let login = integration.account.as_ref().map(|account| account.login.as_str()).unwrap_or_default();
    html! {
        @match integration.own_credential() {
            OwnCredentialState::Missing => span .faint { (words::NO_ACCOUNT) },
            OwnCredentialState::Usable => { span .mark aria-hidden="true" { "✓" } " " bdi { (login) } },
            OwnCredentialState::Rejected => { bdi { (login) } " " span .badge { (words::REJECTED) } },
            OwnCredentialState::SetAside => { bdi { (login) } " " span .badge { (words::SET_ASIDE) } },
        }
    }
}

/// That the git server refuses its own credential, in whose words, and what to do.
pub(super) fn rejected(integration: &IntegrationRecord) -> Markup {
    let rejection = integration.own_rejection.as_ref();
    let rejection = rejection.filter(|_| integration.own_credential() == OwnCredentialState::Rejected);
    html! {
        @if let Some(Rejection { at, why }) = rejection {
            div .told.wrong {
                p { (words::OWN_REJECTED_SINCE) " " (moment(*at)) ". " (words::OWN_REJECTED_MEANS) }
                @if !why.is_empty() { p { (words::SERVER_SAID) " " q { bdi { (why) } } } }
            }
        }
    }
}

/// The same in a sentence, of a credential that the git server has just answered to.
pub(super) fn signs_in_as(integration: &IntegrationRecord) -> Markup {
    html! {
        @if let Some(account) = &integration.account {
            p { (words::SIGNS_IN_AS) " " strong { bdi { (account.login) } } "." }
        }
    }
}

/// The rules that hold for all, in a sentence.
pub(super) fn over_all(rules: &Rules, now: Timestamp) -> String {
    let from = rules.announced_at(now).map(Timestamp::day);
    words::over_all(rules.enforce_git_permissions, from.as_deref())
}

fn rules(integration: &IntegrationRecord, now: Timestamp) -> Markup {
    let rules = &integration.rules;
    html! {
        @if rules.require_user_pat {
            span .badge { (words::REQUIRE_USER_PAT) @if let Some(from) = rules.announced_at(now) { " " (words::from(&from.day())) } }
        }
        @if rules.enforce_git_permissions { " " span .badge { (words::ENFORCE) } }
    }
}
