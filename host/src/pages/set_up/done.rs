//! What came of a form of this page, shown by GET: a reload shows it again and does nothing twice.

use http::StatusCode;
use maud::html;
use serde::{Deserialize, Serialize};

use super::shown::{FROM, Shown};
use crate::operate::SavedPat;
use crate::pages::answer::Page;
use crate::pages::revocation::Left;
use crate::pages::words;
use model::PageName;

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
}

impl From<SavedPat> for Before {
    fn from(saved: SavedPat) -> Self {
        Self { account: saved.previous_account.map(|account| account.login) }
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

    /// The page. None where it is no longer kept, or the PAT it tells of is gone.
    pub(super) async fn done(&self, id: &str) -> Result<Option<Page>, Page> {
        Ok(match self.at.result(id).await? {
            Some(Done::Saved(before)) => self.saved(words::SAVED, &before),
            Some(Done::Checked(before)) => self.saved(words::CHECKED, &before),
            Some(Done::Removed { told, left }) => Some(self.removed(&told, left.as_ref())),
            None => None,
        })
    }

    fn removed(&self, told: &str, left: Option<&Left>) -> Page {
        let main = html! {
            (self.head(words::REMOVED))
            p { (told) }
            @if let Some(left) = left { p .told.careful { (left) } }
            (self.way_back())
        };
        self.at.page(StatusCode::OK, words::REMOVED, false, main)
    }
}
