//! A PAT that is taken away here and may still be good at its git server: what is said of it, and where its owner ends it.

use maud::{Markup, html};

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

impl<'a> From<&'a OpenIntegration> for Ending<'a> {
    fn from(open: &'a OpenIntegration) -> Self {
        Self { integration: &open.integration, pat: open.pat.as_ref(), server: &open.server }
    }
}

impl Ending<'_> {
    /// Whether the git server can be asked to accept it no more.
    pub fn is_revocable(&self) -> bool {
        self.integration.connection.offers.revocation
    }

    /// Said before it is taken away, where that does not end it.
    pub fn warning(&self, now: Timestamp) -> Option<Markup> {
        let is_concerned = !self.is_revocable() && self.is_good(now);
        let page = self.integration.connection.credential_list_page.as_deref();
        is_concerned.then(|| self.there(&words::cannot_revoke(self.server), page))
    }

    /// Said after it was taken away, where that did not end it.
    pub fn left(&self, removed: &RemovedPat, now: Timestamp) -> Option<Markup> {
        let said = match &removed.outcome {
            Some(RevocationOutcome::Revoked | RevocationOutcome::NothingStored) => return None,
            None | Some(RevocationOutcome::Unsupported) => words::still_good(self.server),
            Some(RevocationOutcome::SetAside) => words::GIVEN_ELSEWHERE.to_owned(),
            Some(RevocationOutcome::Failed(_)) => words::may_be_good(self.server),
        };
        self.is_good(now).then(|| self.there(&said, removed.credential_list_page.as_deref()))
    }

    /// Integration, git server and account.
    pub fn named(&self) -> Markup {
        let account = self.pat.and_then(|pat| pat.account.as_ref());
        html! {
            strong { bdi { (self.integration.name) } } " (" bdi { (self.server) }
            @if let Some(account) = account { ", " bdi .whole { (account.login) } }
            ")"
        }
    }

    /// Of what was refused or has ended, nobody has to be told that it goes on.
    fn is_good(&self, now: Timestamp) -> bool {
        match PatState::of(self.pat, &self.integration.place(), now) {
            PatState::Missing | PatState::Expired | PatState::Rejected => false,
            PatState::SetAside | PatState::Valid | PatState::Expiring | PatState::Unchecked => true,
        }
    }

    fn there(&self, said: &str, page: Option<&str>) -> Markup {
        html! {
            (said)
            @if let Some(page) = page { " " (link_out(page, &words::tokens_at(self.server))) }
        }
    }
}
