//! After saving: whose account it is, what it may do, when it ends, and the way on.

use http::StatusCode;
use maud::{Markup, html};

use super::super::access::end;
use super::super::answer::Page;
use super::super::kind::name_of_credential;
use super::super::layout::moment;
use super::super::words;
use super::done::Before;
use super::shown::Shown;
use model::{Expiry, PatMetadata, PatState, Permission, PermissionState, Timestamp};

impl Shown<'_> {
    /// 200, whatever state the PAT is in: it is saved. None where it is there no longer.
    pub(super) fn saved(&self, what: &str, before: &Before) -> Option<Page> {
        let saved = self.found.pat()?;
        let (credential, integration) = (name_of_credential(&self.kind), &self.found.integration().name);
        let heading = format!("{what}: {credential} {} {integration}", words::FOR);
        let main = html! {
            (self.head(&heading))
            @if self.found.pat_revision() == Some(before.revision) { (self.told(saved, before)) } @else {
                p .told.wrong { (words::ANOTHER_SINCE) }
                p { a .button href=(self.form_again()) { (words::SEE_IT) } }
            }
            (self.way_back())
        };
        Some(self.at.page(StatusCode::OK, &heading, false, main))
    }

    fn told(&self, saved: &PatMetadata, before: &Before) -> Markup {
        let now = self.at.app.clock.now();
        let state = self.found.pat_state(now);
        html! {
            @if may_be_used(state) { (self.whose(saved, before)) }
            @if let Some(note) = words::saved_state(state) { p .told.wrong { (note) } }
            // What was known of one that is refused is no longer so.
            @if state != PatState::Rejected {
                @if !saved.permissions.is_empty() {
                    h2 { (words::PERMISSIONS) }
                    ul .marked { @for permission in &saved.permissions { (state_of(permission)) } }
                }
                h2 { (words::EXPIRY) }
                p { (ends(saved, now, &self.kind.label)) }
            }
            @if !may_be_used(state) { p { a .button href=(self.form_again()) { (words::SET_UP_ANOTHER) } } }
        }
    }

    fn whose(&self, saved: &PatMetadata, before: &Before) -> Markup {
        html! {
            p {
                (words::FROM_NOW_ON) " "
                @match &saved.account {
                    Some(account) => {
                        (words::AS) " " strong { bdi { (account.login) } } " " (words::AT) " " bdi { (self.kind.label) } "."
                    },
                    None => (words::WITH_IT),
                }
            }
            @let own = self.found.integration().account.as_ref();
            @if own.is_some_and(|own| saved.account.as_ref().is_some_and(|account| account.id == own.id)) {
                p .told.careful { (words::IS_THE_INTEGRATIONS) }
            }
            @if let Some(previous) = &before.account {
                p .told.wrong { (words::OF_ANOTHER_BEFORE) " " strong { bdi { (previous) } } "." }
            }
        }
    }
}

/// Whether anything will be created with it.
fn may_be_used(state: PatState) -> bool {
    match state {
        PatState::Valid | PatState::Expiring | PatState::Unchecked => true,
        PatState::Missing | PatState::SetAside | PatState::Expired | PatState::Rejected => false,
    }
}

fn state_of(permission: &Permission) -> Markup {
    let (class, mark, state) = match permission.state {
        PermissionState::Present => ("present", "✓", words::PRESENT),
        PermissionState::Absent => ("absent", "✗", words::ABSENT),
        PermissionState::CannotTell => ("cannot-tell", "?", words::CANNOT_TELL),
    };
    // The mark says it to the eye where all is well.
    let is_unseen = permission.state == PermissionState::Present;
    html! {
        li .(class) {
            span .mark aria-hidden="true" { (mark) } " "
            strong { bdi { (permission.name) } } span .hidden[is_unseen] { ": " (state) }
        }
    }
}

fn ends(pat: &PatMetadata, now: Timestamp, server: &str) -> Markup {
    html! {
        @match pat.expiry {
            Expiry::At(at) if at <= now => { (words::ENDED_AT) " " (moment(at)) "." },
            Expiry::At(_) => { (words::IT) " " (end(Some(pat), now)) "." },
            Expiry::Never => (words::DOES_NOT_EXPIRE),
            Expiry::Unknown => { bdi { (server) } " " (words::DOES_NOT_SAY) },
        }
    }
}
