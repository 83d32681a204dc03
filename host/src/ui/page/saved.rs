//! After saving: whose account it is, what it may do, when it ends, and the way back.

use http::StatusCode;
use maud::{Markup, html};

use super::{Page, Who, day, is_web, layout, name_of_credential};
use crate::operate::SavedPat;
use model::{Expiry, IntegrationRecord, Kind, PatState, Permission, PermissionState, SetupLink};

/// What the page is made of.
pub struct SavedPage<'a> {
    pub integration: &'a IntegrationRecord,
    pub kind: &'a Kind,
    pub who: Who<'a>,
    pub saved: &'a SavedPat,
    pub link: &'a SetupLink,
}

/// 200, whatever state the PAT is in: it is saved.
pub fn saved(page: &SavedPage<'_>) -> Page {
    let SavedPage { integration, kind, saved, link, .. } = page;
    let heading = format!("Saved: {} for {}", name_of_credential(kind), integration.name);
    let markup = layout(
        &heading,
        html! {
            p .kind { bdi { (kind.label) } }
            h1 { bdi { (heading) } }
            (whose(page))
            @if let Some(note) = note(saved.state) { p .problem { (note) } }
            @if !saved.metadata.permissions.is_empty() {
                h2 { "Permissions" }
                ul { @for permission in &saved.metadata.permissions { (state_of(permission)) } }
            }
            h2 { "Expiry" }
            p { (ends(saved.metadata.expiry, &kind.label)) }
            @match link.return_to.as_deref().filter(|address| is_web(address)) {
                Some(address) => p { a .button href=(address) rel="noreferrer" { "Back to Jira" } },
                None => p { "You can close this page." },
            }
        },
    );
    Page { status: StatusCode::OK, markup }
}

fn whose(page: &SavedPage<'_>) -> Markup {
    let SavedPage { kind, who, saved, .. } = page;
    html! {
        p {
            "From now on, what Jira user " (who) " creates here is created "
            @match &saved.metadata.account {
                Some(account) => { "as account " strong { bdi { (account.login) } } " of " bdi { (kind.label) } "." },
                None => { "with it." },
            }
        }
        @if let Some(previous) = &saved.previous_account {
            p .problem { "What was saved before belonged to another account: " strong { bdi { (previous.login) } } "." }
        }
    }
}

fn note(state: PatState) -> Option<&'static str> {
    match state {
        PatState::Unchecked => Some(
            "It is saved without a check: the git server did not answer, so nobody knows yet whose it is and whether it works.",
        ),
        PatState::Expired => Some("It has expired already. Make a new one, and start again from Jira."),
        PatState::Expiring => Some("It ends within two weeks."),
        PatState::Missing | PatState::SetAside | PatState::Valid | PatState::Rejected => None,
    }
}

fn state_of(permission: &Permission) -> Markup {
    let (class, state) = match permission.state {
        PermissionState::Present => ("present", "present"),
        PermissionState::Absent => ("absent", "absent: what needs it will fail"),
        PermissionState::CannotTell => ("cannot-tell", "cannot tell: the git server does not say"),
    };
    html! {
        li .(class) { strong { bdi { (permission.name) } } ": " (state) }
    }
}

fn ends(expiry: Expiry, server: &str) -> Markup {
    html! {
        @match expiry {
            Expiry::At(end) => { "It ends on " (day(end)) " (UTC)." },
            Expiry::Never => { "It does not expire." },
            Expiry::Unknown => { bdi { (server) } " does not say when it ends." },
        }
    }
}
