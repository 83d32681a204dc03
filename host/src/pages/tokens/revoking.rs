//! *Revoke everything*: asks once more, and says what became of each token.

use std::collections::{BTreeMap, BTreeSet};

use http::StatusCode;
use maud::html;
use serde::{Deserialize, Serialize};

use crate::operate::{self, OpenIntegration, OperationError, PatRemoval, RemovedPat, RevocationOutcome};
use crate::pages::answer::Page;
use crate::pages::form::Fields;
use crate::pages::layout::moment;
use crate::pages::once::{ATTEMPT, Outcome, id_of, new_attempt, once};
use crate::pages::revocation::{Ending, Left, Named};
use crate::pages::visit::Visiting;
use crate::pages::words;
use model::policy::Denial;
use model::{ActAs, PageName, Timestamp};

/// The page it belongs to.
pub(super) const PAGE: PageName = PageName::Tokens;
/// What a pressed button sends.
pub(super) const YES: &str = "yes";
/// Revokes all of them.
pub(super) const REVOKE_ALL: &str = "revoke-all";
/// In front of the id of an integration: which PAT its owner was asked about.
const ASKED_ABOUT: &str = "asked-about-";
/// Id of what came of that, in the address of the page that shows it.
pub(super) const REVOKED: &str = "revoked";

/// A PAT as its owner was asked about it.
#[derive(Serialize, Deserialize)]
struct AskedAbout {
    saved_at: String,
    named: Named,
}

/// What became of all, and when.
#[derive(Serialize, Deserialize)]
struct Revoked {
    at: Timestamp,
    ended: Vec<Ended>,
}

/// What became of one.
#[derive(Serialize, Deserialize)]
struct Ended {
    named: Named,
    became: Became,
}

#[derive(Serialize, Deserialize)]
enum Became {
    /// Nothing more is to be done.
    Over(String),
    /// It is erased here and may be good at its git server.
    Left(Left),
    /// It could not be taken away; the words say why.
    Kept(String),
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
                    @if ending.is_revocable(now) { (words::will_be_revoked(ending.server)) }
                    @else { (words::WILL_BE_ERASED) @if let Some(warning) = ending.warning(now) { " " (warning) } }
                }
            }
        }
        @if elsewhere > 0 { p .told { (words::kept_elsewhere(elsewhere)) } }
        form method="post" autocomplete="off" action=(at.path(PAGE.as_str())) {
            (at.proof())
            input type="hidden" name=(ATTEMPT) value=(new_attempt(at));
            @for open in open {
                @if let Some(pat) = &open.pat {
                    @let about = AskedAbout { saved_at: pat.saved_at.to_string(), named: Ending::from(open).named() };
                    input type="hidden" name={ (ASKED_ABOUT) (open.integration.id) }
                        value=(serde_json::to_string(&about).unwrap_or_default());
                }
            }
            p .buttons.sure {
                a .button.quiet href=(at.path(PAGE.as_str())) { (words::CANCEL) }
                " "
                button .danger type="submit" name=(REVOKE_ALL) value=(YES) { (words::REVOKE_ALL) }
            }
        }
    };
    at.page(StatusCode::OK, title, false, main)
}

/// Takes all of these away that were asked about, once however often the form is sent, and leads to what became of each: of those,
/// and of what was saved since.
pub(super) async fn revoke(at: &Visiting, fields: &Fields) -> Result<Page, Page> {
    let names: Vec<&str> = fields.names().filter(|name| name.starts_with(ASKED_ABOUT)).collect();
    let asked = fields.kept(&names);
    match once(at, id_of(at, fields.text(ATTEMPT), &asked), revoked_all(at, &asked)).await? {
        Outcome::Done(id) => Ok(at.see(&format!("{}?{REVOKED}={id}", PAGE.as_str()))),
        Outcome::Failed(error) => Err(at.stopped(error)),
    }
}

async fn revoked_all(at: &Visiting, asked: &BTreeMap<String, String>) -> Result<Revoked, OperationError> {
    let read = |(name, about): (&'_ String, &String)| {
        Some((name.strip_prefix(ASKED_ABOUT)?.to_owned(), serde_json::from_str::<AskedAbout>(about).ok()?))
    };
    let mut asked: BTreeMap<String, AskedAbout> = asked.iter().filter_map(read).collect();
    let (mut ended, mut told) = (Vec::new(), BTreeSet::new());
    for open in operate::open_integrations(&at.app, &at.asker).await? {
        let id = open.integration.id.to_string();
        match (&open.pat, asked.remove(&id)) {
            (Some(pat), Some(about)) if about.saved_at == pat.saved_at.to_string() => {
                match revoke_one(at, &open).await {
                    Some(became) => {
                        if matches!(became.became, Became::Kept(_)) {
                            told.insert(id);
                        }
                        ended.push(became);
                    }
                    // While others were asked, the integration was taken away or closed.
                    None => drop(asked.insert(id, about)),
                }
            }
            (_, about) => ended.extend(about.map(|about| gone(about.named))),
        }
    }
    // What is not open to this project any more, or is no more.
    let there = operate::integrations_with_pats(&at.app, &at.asker).await?;
    for (id, AskedAbout { named, .. }) in asked {
        let is_kept = there.iter().any(|there| *there.as_str() == id);
        ended.push(if is_kept { kept(named, words::CLOSED_MEANWHILE) } else { gone(named) });
    }
    // What is there by now was saved since, before its turn came or after.
    for open in operate::open_integrations(&at.app, &at.asker).await? {
        if open.pat.is_some() && !told.contains(open.integration.id.as_str()) {
            ended.push(kept(Ending::from(&open).named(), words::SAVED_SINCE));
        }
    }
    Ok(Revoked { at: at.app.clock.now(), ended })
}

fn gone(named: Named) -> Ended {
    let left = Left::of_unknown(&named, words::REMOVED_MEANWHILE);
    Ended { named, became: Became::Left(left) }
}

fn kept(named: Named, why: &str) -> Ended {
    Ended { named, became: Became::Kept(why.to_owned()) }
}

/// What became of it. None where there is no such integration any more, as far as its user may know.
async fn revoke_one(at: &Visiting, open: &OpenIntegration) -> Option<Ended> {
    let (ask, ending) = (at.ask(&open.integration.id, ActAs::User), Ending::from(open));
    // While others were asked, another may have been saved.
    let seen = open.pat.as_ref().map(|pat| pat.saved_at);
    Some(match operate::remove_pat(&at.app, &ask, PatRemoval::EverywhereKnown, seen).await {
        Err(OperationError::Denied(Denial::NotOpenToProject)) => return None,
        Err(OperationError::Changed(_)) => gone(ending.named()),
        Ok(RemovedPat { outcome: Some(RevocationOutcome::NothingStored), .. }) => gone(ending.named()),
        Ok(removed) => {
            let became = match ending.left(&removed, at.app.clock.now()) {
                Some(left) => Became::Left(left),
                None => Became::Over(words::removed(&removed).to_owned()),
            };
            Ended { named: ending.named(), became }
        }
        Err(error) => kept(ending.named(), at.problem(error).detail()),
    })
}

/// What became of all of them: those first that go on being good somewhere. None where that is no longer kept.
pub(super) async fn revoked(at: &Visiting, id: &str) -> Result<Option<Page>, Page> {
    let Some(Revoked { at: when, ended }) = at.result(id).await? else { return Ok(None) };
    let (left, over): (Vec<_>, Vec<_>) = ended.iter().partition(|one| matches!(one.became, Became::Left(_)));
    let listed = |some: &[&Ended]| {
        html! {
            ul .spaced {
                @for Ended { named, became } in some {
                    li {
                        (named) ": "
                        @match became {
                            Became::Over(said) => (said),
                            Became::Left(left) => (left),
                            Became::Kept(why) => span .wrong { bdi { (why) } },
                        }
                    }
                }
            }
        }
    };
    let is_kept = ended.iter().any(|one| matches!(one.became, Became::Kept(_)));
    let title = if is_kept { words::WHAT_BECAME } else { words::REVOKED_ALL };
    let main = html! {
        h1 { (title) }
        p .faint { (moment(when)) }
        @if !left.is_empty() {
            section .told.careful role="alert" {
                p { strong { (words::NOT_OVER) } }
                (listed(&left))
            }
        }
        @if !over.is_empty() { (listed(&over)) }
        p .buttons { a .button href=(at.path(PAGE.as_str())) { (words::back_to(words::title_of(PAGE))) } }
    };
    Ok(Some(at.page(StatusCode::OK, title, false, main)))
}
