//! The line under the repository that says whose credential will be used, before anything is sent.

use maud::{Markup, html};

use super::access::end;
use super::kind::noun;
use super::layout::day;
use super::words;
use crate::operate::{Choices, Looked};
use model::policy::{Denial, Lends};
use model::{Account, ActAs, PatMetadata, PatState, Timestamp};

/// Button that leads to where a PAT is set up, and comes back to the dialog as it is.
pub(super) const SET_UP: &str = "set-up";

/// Whose credential an operation would use now.
pub(super) enum Whose<'a> {
    /// The user's own; its state has nothing against it.
    Users { account: Option<&'a Account>, state: PatState },
    /// The integration's, by the rule's leave.
    Integrations { account: Option<&'a Account>, may_have_own: bool, own: PatState },
    /// Nobody's, until she has set one up.
    Missing { state: PatState },
    /// Nobody's, and no PAT of hers mends it.
    Nobodys(&'a Denial),
}

/// What would be decided for whoever is looked up.
pub(super) fn whose<'a>(looked: &'a Looked, choices: &'a Choices, now: Timestamp) -> Whose<'a> {
    let account = looked.pat().and_then(|pat: &PatMetadata| pat.account.as_ref());
    let state = looked.pat_state(now);
    match &choices.auto {
        Ok(Lends::IntegrationAccount) => Whose::Integrations {
            account: looked.integration().account.as_ref(),
            may_have_own: !matches!(choices.user, Err(Denial::UserPatsUnsupported(_))),
            own: state,
        },
        Ok(_) => Whose::Users { account, state },
        Err(denial) if denial.is_mended_by_a_pat() => Whose::Missing { state },
        Err(denial) => Whose::Nobodys(denial),
    }
}

impl Whose<'_> {
    /// As whom the operation is asked for, so that nothing but what was shown is done.
    pub fn act_as(&self) -> Option<ActAs> {
        match self {
            Whose::Users { .. } => Some(ActAs::User),
            Whose::Integrations { .. } => Some(ActAs::Integration),
            Whose::Missing { .. } | Whose::Nobodys(_) => None,
        }
    }

    /// The account that it would be credited to, as far as it is known.
    pub fn account(&self) -> Option<&Account> {
        match self {
            Whose::Users { account, .. } | Whose::Integrations { account, .. } => *account,
            Whose::Missing { .. } | Whose::Nobodys(_) => None,
        }
    }

    /// Whether something was good and is no more, rather than missing.
    fn is_wrong(&self) -> bool {
        matches!(self, Whose::Missing { state: PatState::Rejected | PatState::Expired })
    }

    /// The line. Its buttons are those of the form around it.
    pub fn line(&self, looked: &Looked, now: Timestamp) -> Markup {
        let from = looked.outlook().pat_required_from;
        let noun = looked.kind().map_or(words::TOKEN, noun);
        html! {
            div .credential .wanting[self.act_as().is_none()] .wrong[self.is_wrong()] id="credential" {
                @match self {
                    Whose::Users { account, state } => {
                        p {
                            span .mark aria-hidden="true" { "✓" } " "
                            @match account {
                                Some(account) => { (words::with_yours(noun)) " " strong .whole { bdi { (account.login) } } "." },
                                None => (words::with_yours_unchecked(noun)),
                            }
                            @if *state != PatState::Expiring { " " (button(words::EDIT)) }
                        }
                        @if *state == PatState::Expiring {
                            p .told.careful {
                                (words::yours(noun)) " " (end(looked.pat(), now)) ". " (button(words::SET_UP_ANOTHER))
                            }
                        }
                    },
                    Whose::Integrations { account, may_have_own, own } => {
                        // Hers is there, and not used: she might take it for granted.
                        @if matches!(own, PatState::SetAside | PatState::Rejected | PatState::Expired) {
                            @let of = looked.pat().and_then(|pat| pat.account.as_ref()).map(|account| account.login.as_str());
                            p .told.careful { bdi { (words::missing(noun, *own, looked.server(), of)) } " " (button(words::set_up_first(*own))) }
                        }
                        p {
                            (words::BY_THE_INTEGRATIONS) " "
                            strong .whole { bdi { (account.map_or(looked.integration().name.as_str(), |account| &account.login)) } }
                            "."
                            @if *may_have_own { " " (button(&words::use_your_own(noun))) }
                        }
                    },
                    Whose::Missing { state } => {
                        @let account = looked.pat().and_then(|pat| pat.account.as_ref());
                        p {
                            bdi { (words::missing(noun, *state, looked.server(), account.map(|account| account.login.as_str()))) }
                            " " (button(words::set_up_first(*state)))
                        }
                        @if let Some(why) = why(looked, *state) { p { (words::SERVER_SAID) " " q { bdi { (why) } } } }
                    },
                    Whose::Nobodys(denial) => p {
                        bdi { (denial) }
                        @if let Denial::UserPatsUnsupported(_) = denial { " " (words::NOBODY_CAN) }
                    },
                }
                @if let (Some(from), Whose::Integrations { .. }) = (from, self) {
                    p .told { (words::FROM_THEN_ON) " " strong { (day(from)) } " " (words::needed_from(noun)) }
                }
            }
        }
    }
}

fn button(text: &str) -> Markup {
    html! { button .link type="submit" name=(SET_UP) value="yes" formnovalidate { (text) } }
}

/// Why it was refused, in the git server's own words.
fn why(looked: &Looked, state: PatState) -> Option<&str> {
    let rejection = looked.pat()?.rejection.as_ref().filter(|_| state == PatState::Rejected);
    rejection.map(|rejection| rejection.why.as_str()).filter(|why| !why.is_empty())
}
