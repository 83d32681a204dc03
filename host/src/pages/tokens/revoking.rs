//! *Revoke everything*: asks once more, and says what became of each token.

use http::StatusCode;
use maud::{Markup, html};

use crate::operate::{self, OpenIntegration, OperationError, PatRemoval, RemovedPat};
use crate::pages::answer::Page;
use crate::pages::revocation::Ending;
use crate::pages::visit::Visiting;
use crate::pages::words;
use model::{ActAs, PageName, Timestamp};

/// The page it belongs to.
pub(super) const PAGE: PageName = PageName::Tokens;
/// What a pressed button sends.
pub(super) const YES: &str = "yes";
/// Revokes all of them.
pub(super) const REVOKE_ALL: &str = "revoke-all";

/// What became of one.
struct Ended {
    open: OpenIntegration,
    done: Result<RemovedPat, OperationError>,
}

impl Ended {
    fn left(&self, now: Timestamp) -> Option<Markup> {
        Ending::from(&self.open).left(self.done.as_ref().ok()?, now)
    }
}

/// Asks once more before everything is revoked, and says of each what that will come to.
pub(super) fn asked(at: &Visiting, open: &[OpenIntegration], elsewhere: usize) -> Page {
    let (title, now) = (words::REVOKE_ALL_ASKED, at.app.clock.now());
    let main = html! {
        h1 { (title) }
        p { (words::REVOKE_ALL_MEANS) }
        ul .spaced {
            @for ending in open.iter().filter(|open| open.pat.is_some()).map(Ending::from) {
                li {
                    (ending.named()) ": "
                    @if ending.is_revocable() { (words::will_be_revoked(ending.server)) }
                    @else { (words::WILL_BE_ERASED) @if let Some(warning) = ending.warning(now) { " " (warning) } }
                }
            }
        }
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

/// Takes all of these away, and shows what became of them: those first that go on being good somewhere.
pub(super) async fn revoked(at: &Visiting, open: Vec<OpenIntegration>) -> Page {
    let mut ended = Vec::new();
    for open in open.into_iter().filter(|open| open.pat.is_some()) {
        let ask = at.ask(&open.integration.id, ActAs::User);
        let done = operate::remove_pat(&at.app, &ask, PatRemoval::EverywhereKnown).await;
        ended.push(Ended { open, done });
    }
    let now = at.app.clock.now();
    let (left, over): (Vec<_>, Vec<_>) = ended.into_iter().partition(|one| one.left(now).is_some());
    let title = words::REVOKED_ALL;
    let main = html! {
        h1 { (title) }
        @if !left.is_empty() {
            section .told.careful role="alert" {
                p { strong { (words::NOT_OVER) } }
                ul .spaced { @for one in &left { li { (Ending::from(&one.open).named()) ": " (one.left(now).unwrap_or_default()) } } }
            }
        }
        @if !over.is_empty() {
            ul .spaced {
                @for Ended { open, done } in over {
                    li {
                        (Ending::from(&open).named()) ": "
                        @match done {
                            Ok(removed) => (words::removed(&removed)),
                            Err(error) => span .wrong { bdi { (at.problem(error).detail()) } },
                        }
                    }
                }
            }
        }
        p .buttons { a .button href=(at.path(PAGE.as_str())) { (words::back_to(PAGE)) } }
    };
    at.page(StatusCode::OK, title, false, main)
}
