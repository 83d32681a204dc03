//! What is saved already: whose it is, what it is good for, and what can be done with it.

use http::StatusCode;
use maud::{Markup, html};

use super::super::access::end;
use super::super::answer::Page;
use super::super::kind::{name_of_credential, noun};
use super::super::layout::{day, moment};
use super::super::{told, words};
use super::entry::CONFIRM;
use super::shown::{CHECK, FROM, REMOVAL, REMOVE, REVOKE, SAVED_AT, Shown, YES};
use crate::problem::Problem;
use model::{Account, PatMetadata, PatState, Rejection};

impl Shown<'_> {
    pub(super) fn kept(&self) -> Markup {
        let Some(pat) = self.found.pat() else { return Markup::default() };
        let now = self.at.app.clock.now();
        let state = self.found.pat_state(now);
        html! {
            section .told .wrong[matches!(state, PatState::Rejected | PatState::Expired)] .careful[state == PatState::Expiring] {
                p {
                    (words::YOURS) " " (noun(&self.kind))
                    @if let Some(Account { login, .. }) = &pat.account { " " (words::FOR) " " strong { bdi { (login) } } }
                    ", " (words::SAVED_ON) " " (day(pat.saved_at)) ", "
                    @if state == PatState::Expiring { (end(Some(pat), now)) "." } @else { (words::kept_state(state)) }
                }
                @if let Some(Rejection { why, .. }) = pat.rejection.as_ref().filter(|rejection| !rejection.why.is_empty()) {
                    p { (words::SERVER_SAID) " " q { bdi { (why) } } }
                }
                @if let Some(at) = pat.last_checked_at { p .faint { (words::LAST_CHECKED) " " (moment(at)) } }
                (self.deeds(state))
            }
            @if state == PatState::SetAside { (self.confirmation(pat)) }
        }
    }

    /// The buttons.
    fn deeds(&self, state: PatState) -> Markup {
        html! {
            div .buttons {
                @if state != PatState::SetAside {
                    form method="post" autocomplete="off" action=(self.action()) {
                        (self.unseen())
                        button .quiet type="submit" name=(CHECK) value=(YES) { (words::CHECK_AGAIN) }
                    }
                }
                form method="get" action=(self.action()) {
                    @if let Some(page) = self.from.0 { input type="hidden" name=(FROM) value=(page.as_str()); }
                    button .quiet type="submit" name=(REMOVAL) value=(YES) { (words::REMOVE) }
                }
            }
        }
    }

    /// The user says herself that what she gave to one address goes to another.
    fn confirmation(&self, pat: &PatMetadata) -> Markup {
        let (from, to) = (pat.given_to.addresses(), self.found.integration().place().addresses());
        html! {
            h2 { (words::CONFIRM_YOURS) }
            p { (words::GIVEN_TO) }
            ul { @for address in &from { li { bdi { (address) } } } }
            p { (words::LEADS_TO) }
            ul { @for address in &to { li { strong { bdi { (address) } } } } }
            p { (words::CONFIRM_ONLY_IF) }
            form method="post" autocomplete="off" action=(self.action()) {
                (self.unseen())
                input type="hidden" name=(CONFIRM) value=(to.join("\n"));
                input type="hidden" name=(SAVED_AT) value=(self.saved_at());
                button type="submit" { (words::USE_IT_THERE) }
            }
        }
    }

    /// Asks once more before a PAT is taken away.
    pub(super) fn removal(&self, problem: Option<&Problem>) -> Page {
        if self.found.pat().is_none() {
            return self.nothing_to_remove();
        }
        let (title, ending) = (&words::remove_yours(name_of_credential(&self.kind)), self.ending());
        let main = html! {
            (self.head(title))
            @if let Some(problem) = problem { (told::above(problem)) }
            @if let Some(Account { login, .. }) = self.found.pat().and_then(|pat| pat.account.as_ref()) {
                p { (words::YOURS) " " (noun(&self.kind)) " " (words::FOR) " " strong { bdi { (login) } } "." }
            }
            p { (words::REMOVAL_MEANS) }
            form method="post" autocomplete="off" action=(self.action()) {
                (self.unseen())
                input type="hidden" name=(SAVED_AT) value=(self.saved_at());
                @if ending.is_revocable(self.at.app.clock.now()) {
                    p .choice {
                        input id="field-revoke" name=(REVOKE) type="checkbox" value=(YES);
                        " "
                        label for="field-revoke" { (words::REVOKE_TOO) " " bdi { (self.kind.label) } }
                    }
                } @else if let Some(warning) = ending.warning(self.at.app.clock.now()) {
                    p .told.careful { (warning) }
                }
                p .buttons.sure {
                    a .button.quiet href=(self.action()) { (words::CANCEL) }
                    " "
                    button .danger type="submit" name=(REMOVE) value=(YES) { (words::REMOVE) }
                }
            }
        };
        let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        self.at.page(status, title, false, main)
    }

    fn nothing_to_remove(&self) -> Page {
        let title = words::NOTHING_TO_REMOVE;
        let main = html! {
            (self.head(title))
            p { (words::THERE_IS_NONE) }
            (self.way_back())
        };
        self.at.page(StatusCode::OK, title, false, main)
    }
}
