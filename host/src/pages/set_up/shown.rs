//! What the page where a PAT is set up is made of, whatever it shows.

use maud::{Markup, html};

use crate::operate::{self, Ask, Looked, OperationError};
use crate::pages::answer::Page;
use crate::pages::kind::name_of_credential;
use crate::pages::layout::back;
use crate::pages::revocation::Ending;
use crate::pages::visit::Visiting;
use crate::pages::words;
use model::{ActAs, IntegrationId, Kind, PageName};

/// Button that has the PAT that is saved checked again.
pub const CHECK: &str = "check";
/// Button that takes it away.
pub const REMOVE: &str = "remove";
/// The form that asks once more.
pub const REMOVAL: &str = "removal";
/// Have the git server forget it too; `yes` where ticked.
pub const REVOKE: &str = "revoke";
/// When the one was saved that is to be taken away.
pub const SAVED_AT: &str = "saved-at";
/// What a ticked box sends.
pub const YES: &str = "yes";
/// Page that sent her here, and where she goes on afterwards.
pub const FROM: &str = "from";

/// The dialog that waits, filled in as it was left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct From(pub Option<PageName>);

impl From {
    /// As an address or a form writes it.
    pub fn of(text: Option<&str>) -> Self {
        const WAITING: [PageName; 4] =
            [PageName::CreateBranch, PageName::CreatePullRequest, PageName::Repositories, PageName::Tokens];
        Self(WAITING.into_iter().find(|page| Some(page.as_str()) == text))
    }
}

/// What is needed of an integration to write a page.
pub struct Shown<'a> {
    pub at: &'a Visiting,
    pub ask: Ask,
    pub found: Looked,
    pub kind: Kind,
    pub from: From,
}

impl<'a> Shown<'a> {
    /// What is stored now, for a page on which a PAT can be saved: refused where users can have none.
    pub async fn find(at: &'a Visiting, integration: IntegrationId, from: From) -> Result<Self, Page> {
        let ask = at.ask(&integration, ActAs::User);
        let found = operate::look_to_save(&at.app, &ask).await;
        Self::of(at, ask, found, from)
    }

    /// The same for taking it away, which is possible wherever there is one.
    pub async fn find_to_remove(at: &'a Visiting, integration: IntegrationId, from: From) -> Result<Self, Page> {
        let ask = at.ask(&integration, ActAs::User);
        let found = operate::look(&at.app, &ask).await;
        Self::of(at, ask, found, from)
    }

    fn of(at: &'a Visiting, ask: Ask, found: Result<Looked, OperationError>, from: From) -> Result<Self, Page> {
        let stopped = |error| at.stopped(error);
        let found = found.map_err(stopped)?;
        let kind = found.kind().map_err(stopped)?.clone();
        Ok(Self { at, ask, found, kind, from })
    }

    /// As it is stored now, which is what the page shows after something was done.
    pub async fn anew(self) -> Result<Self, Page> {
        Self::find(self.at, self.ask.integration, self.from).await
    }

    /// The PAT that is there, as something that can be ended.
    pub fn ending(&self) -> Ending<'_> {
        Ending { integration: self.found.integration(), pat: self.found.pat(), server: &self.kind.label }
    }

    /// When the PAT that is there was saved, as a form writes it; empty where there is none.
    pub fn saved_at(&self) -> String {
        self.found.pat().map(|pat| pat.saved_at.to_string()).unwrap_or_default()
    }

    /// What the page is called.
    pub fn heading(&self) -> String {
        format!("{} {}", words::set_up(name_of_credential(&self.kind)), self.found.integration().name)
    }

    /// The same as it is shown, under the kind's own name.
    pub fn head(&self, heading: &str) -> Markup {
        html! {
            p .kind { bdi { (self.kind.label) } " · " (words::FOR_JIRA_USER) " " (self.at.who()) }
            h1 { bdi { (heading) } }
        }
    }

    /// Where she goes on, below a page with no form.
    pub fn way_back(&self) -> Markup {
        html! { p .buttons { (self.way("", false)) } }
    }

    /// The dialog that waits, the page the visit was opened for, or Jira.
    pub fn way(&self, text: &str, is_quiet: bool) -> Markup {
        let context = &self.at.visit.context;
        let waiting = self.from.0.or_else(|| (context.page != PageName::SetUp).then_some(context.page));
        html! {
            @match (waiting, &context.return_to) {
                (Some(page), _) => a .button .quiet[is_quiet] href=(self.at.path(page.as_str())) {
                    (if is_quiet { text.to_owned() } else { words::back_to(&self.title_of(page)) })
                },
                (None, Some(address)) => (back(address)),
                // Beside a form there is something to do yet.
                (None, None) if is_quiet => {},
                (None, None) => span .faint { (words::YOU_CAN_CLOSE) },
            }
        }
    }

    /// As her git server calls a pull request.
    fn title_of(&self, page: PageName) -> String {
        match page {
            PageName::CreatePullRequest => words::create(self.found.pull_request_label()),
            page => words::title_of(page).to_owned(),
        }
    }

    /// Where the forms go, below the public URL.
    pub fn action(&self) -> String {
        self.at.path(&format!("{}/{}", PageName::SetUp.as_str(), self.ask.integration))
    }

    /// Back to the form, from a page that shows what came of it.
    pub fn form_again(&self) -> String {
        let from = self.from.0.map(|page| format!("?{FROM}={}", page.as_str())).unwrap_or_default();
        format!("{}{from}", self.action())
    }

    /// What every form of this page has in it.
    pub fn unseen(&self) -> Markup {
        html! {
            (self.at.proof())
            @if let Some(page) = self.from.0 { input type="hidden" name=(FROM) value=(page.as_str()); }
        }
    }
}
