//! What came of a form of this page, shown by GET: a reload shows it again and does nothing twice.

use http::StatusCode;
use maud::{Markup, html};
use serde::{Deserialize, Serialize};

use super::shown::{FROM, Shown};
use crate::operate::SavedPat;
use crate::pages::answer::Page;
use crate::pages::revocation::Left;
use crate::pages::told;
use crate::pages::visit::Visiting;
use crate::pages::words;
use crate::problem::Problem;
use model::{PageName, Revision};

/// Id of what came of a form, in the address of the page that shows it.
pub const DONE: &str = "done";

/// What was done, as far as it cannot be read again from what is stored.
#[derive(Debug, Serialize, Deserialize)]
pub enum Done {
    Saved(Before),
    Checked(Before),
    Removed { told: String, left: Option<Left> },
}

/// What the PAT is compared with.
#[derive(Debug, Serialize, Deserialize)]
pub struct Before {
    /// Login of the account that the PAT before this one belonged to, where it was another one.
    pub account: Option<String>,
    /// Which one it is.
    pub revision: Revision,
}

impl From<SavedPat> for Before {
    fn from(saved: SavedPat) -> Self {
        Self { account: saved.previous_account.map(|account| account.login), revision: saved.revision }
    }
}

impl Shown<'_> {
    /// The way to the page that shows it.
    pub(super) async fn lead_to(&self, done: &Done) -> Result<Page, Page> {
        Ok(self.way_to(&self.at.keep_new_result(done).await?))
    }

    /// The same, of what is kept under this id.
    pub(super) fn way_to(&self, id: &str) -> Page {
        let from = self.from.0.map(|page| format!("&{FROM}={}", page.as_str())).unwrap_or_default();
        self.at.see(&format!("{}/{}?{DONE}={id}{from}", PageName::SetUp.as_str(), self.ask.integration))
    }

    /// The page. None where the PAT it tells of is gone.
    pub(super) fn done(&self, done: Done) -> Option<Page> {
        match done {
            Done::Saved(before) => self.saved(words::SAVED, &before),
            Done::Checked(before) => self.saved(words::CHECKED, &before),
            Done::Removed { told, left } => {
                let main = html! {
                    (self.head(words::REMOVED))
                    (became(&told, left.as_ref()))
                    (self.way_back())
                };
                Some(self.at.page(StatusCode::OK, words::REMOVED, false, main))
            }
        }
    }
}

/// The same of a removal, where nothing is known of the integration any more.
pub(super) fn removed(at: &Visiting, told: &str, left: Option<&Left>) -> Page {
    let main = html! {
        h1 { (words::REMOVED) }
        (became(told, left))
        (to_tokens(at))
    };
    at.page(StatusCode::OK, words::REMOVED, false, main)
}

/// Where nothing that its user could fill in would mend it.
pub(super) fn unsaved(at: &Visiting, problem: &Problem) -> Page {
    let main = html! {
        h1 { (words::NOT_SAVED) }
        p .faint { (words::NOTHING_WAS_SAVED) }
        (told::above(problem))
        (to_tokens(at))
    };
    at.page(problem.status(), words::NOT_SAVED, false, main)
}

/// Where the integration of a token that was to be removed is none for its user any more.
pub(super) fn gone(at: &Visiting, told: &str) -> Page {
    let main = html! {
        h1 { (words::NOT_REMOVED) }
        p .told.careful { (told) }
        (to_tokens(at))
    };
    at.page(StatusCode::CONFLICT, words::NOT_REMOVED, false, main)
}

fn to_tokens(at: &Visiting) -> Markup {
    html! {
        p .buttons {
            a .button href=(at.path(PageName::Tokens.as_str())) { (words::back_to(words::title_of(PageName::Tokens))) }
        }
    }
}

fn became(told: &str, left: Option<&Left>) -> Markup {
    html! {
        p { (told) }
        @if let Some(left) = left { p .told.careful { (left) } }
    }
}
