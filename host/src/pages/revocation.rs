//! A PAT that is taken away here and may still be good at its git server: what is said of it, and where its owner ends it.

use maud::{Markup, Render, html};
use serde::{Deserialize, Serialize};

use super::layout::link_out;
use super::words;
use crate::operate::{OpenIntegration, RemovedPat, RevocationOutcome};
use model::{IntegrationRecord, PatMetadata, PatState, Timestamp};

/// A PAT that is to be taken away, or just was.
pub(super) struct Ending<'a> {
    pub integration: &'a IntegrationRecord,
    pub pat: Option<&'a PatMetadata>,
    /// What people call the git server.
    pub server: &'a str,
}

/// That it goes on being good, and where its owner ends it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Left {
    said: String,
    server: String,
    /// Where she finds it.
    page: Option<String>,
}

impl Left {
    /// Of one that nobody looked at: it is not here any more.
    pub fn of_unknown(named: &Named, said: &str) -> Self {
        Self { said: said.to_owned(), server: named.server.clone(), page: None }
    }
}

impl Render for Left {
    fn render(&self) -> Markup {
        html! {
            (self.said)
            @if let Some(page) = &self.page { " " (link_out(page, words::tokens_at(&self.server))) }
        }
    }
}

/// A PAT by its integration, git server and account.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Named {
    integration: String,
    server: String,
    account: Option<String>,
}

impl Render for Named {
    fn render(&self) -> Markup {
        html! {
            strong { bdi { (self.integration) } } " (" bdi { (self.server) }
            @if let Some(account) = &self.account { ", " bdi .whole { (account) } }
            ")"
        }
    }
}

impl<'a> From<&'a OpenIntegration> for Ending<'a> {
    fn from(open: &'a OpenIntegration) -> Self {
        Self { integration: &open.integration, pat: open.pat.as_ref(), server: &open.server }
    }
}

impl Ending<'_> {
    /// Whether the git server can be asked to accept it no more: the one that it was given to.
    pub fn is_revocable(&self, now: Timestamp) -> bool {
        self.integration.connection.offers.revocation && self.state(now) != PatState::SetAside
    }

    /// Said before it is taken away, where that does not end it.
    pub fn warning(&self, now: Timestamp) -> Option<Left> {
        if self.state(now) == PatState::SetAside {
            return Some(self.there(words::GIVEN_ELSEWHERE.to_owned(), None));
        }
        let is_concerned = !self.is_revocable(now) && self.is_good(now);
        let page = self.integration.connection.credential_list_page.as_deref();
        is_concerned.then(|| self.there(words::cannot_revoke(self.server), page))
    }

    /// Said after it was taken away, where that did not end it.
    pub fn left(&self, removed: &RemovedPat, now: Timestamp) -> Option<Left> {
        if self.state(now) == PatState::SetAside {
            return Some(self.there(words::GIVEN_ELSEWHERE.to_owned(), None));
        }
        let said = match &removed.outcome {
            Some(RevocationOutcome::Revoked | RevocationOutcome::NothingStored) => return None,
            None | Some(RevocationOutcome::Unsupported) => words::still_good(self.server),
            Some(RevocationOutcome::SetAside) => words::GIVEN_ELSEWHERE.to_owned(),
            Some(RevocationOutcome::Failed(_)) => words::may_be_good(self.server),
        };
        self.is_good(now).then(|| self.there(said, removed.credential_list_page.as_deref()))
    }

    /// Which it is.
    pub fn named(&self) -> Named {
        let account = self.pat.and_then(|pat| pat.account.as_ref());
        Named {
            integration: self.integration.name.to_string(),
            server: self.server.to_owned(),
            account: account.map(|account| account.login.clone()),
        }
    }

    /// Of what was refused or has ended, nobody has to be told that it goes on.
    fn is_good(&self, now: Timestamp) -> bool {
        match self.state(now) {
            PatState::Missing | PatState::Expired | PatState::Rejected => false,
            PatState::SetAside | PatState::Valid | PatState::Expiring | PatState::Unchecked => true,
        }
    }

    fn state(&self, now: Timestamp) -> PatState {
        PatState::of(self.pat, &self.integration.place(), now)
    }

    fn there(&self, said: String, page: Option<&str>) -> Left {
        Left { said, server: self.server.to_owned(), page: page.map(str::to_owned) }
    }
}
