//! Integrations, as their users see them.

use serde::Serialize;
use utoipa::ToSchema;

use super::{CredentialPageView, OutlookView, PatView, SnippetView};
use crate::operate::OpenIntegration;
use model::{Offers, Timestamp, UserCredentials};

/// An integration, as its users see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct IntegrationView {
    /// What the API names it with.
    #[schema(example = "main")]
    id: String,
    /// For people.
    name: String,
    /// Which sort of git server it is.
    kind: String,
    /// What pull requests are called there, as it stands within a sentence.
    #[schema(example = "merge request")]
    pull_request_label: String,
    /// What the git server can do of what not every one can.
    offers: OffersView,
    /// Where people look at the git server.
    web_url: String,
    /// Whether branches and pull requests need the user's own PAT here, by this integration's rule or the global one.
    requires_user_pat: bool,
    /// From when on they will, where that is announced; null where they do already or nobody said so.
    #[schema(value_type = Option<String>, format = DateTime)]
    pat_required_from: Option<Timestamp>,
    /// Whether looking, too, needs the user's own PAT here: *Enforce git service permissions*.
    enforces_git_permissions: bool,
    /// Whose credential would be lent for what.
    outlook: OutlookView,
    /// Whether users can have PATs here at all.
    supports_user_pats: bool,
    /// Where a PAT is made, with the form filled in: the first of `credential_pages`; null where no address is known.
    credential_page: Option<String>,
    /// All forms in which one can be made, the best first.
    credential_pages: Vec<CredentialPageView>,
    /// What somebody has to copy into the git server's own form before a credential may do this work.
    #[serde(skip_serializing_if = "Option::is_none")]
    grant: Option<SnippetView>,
    /// What is known of the caller's.
    pat: PatView,
}

impl IntegrationView {
    /// As its user finds it now.
    pub fn of(open: OpenIntegration, now: Timestamp) -> Self {
        let OpenIntegration { integration, pat, outlook, pull_request_label, .. } = open;
        let pages = integration.connection.credential_pages_at(now);
        Self {
            pat: PatView::of(pat, &integration.place(), now),
            id: integration.id.to_string(),
            name: integration.name.to_string(),
            kind: integration.kind.to_string(),
            pull_request_label,
            requires_user_pat: outlook.requires_user_pat,
            pat_required_from: outlook.pat_required_from,
            enforces_git_permissions: outlook.enforces_git_permissions,
            outlook: OutlookView::from(&outlook),
            supports_user_pats: integration.connection.user_credentials == UserCredentials::Supported,
            credential_page: integration.connection.credential_page_at(now),
            credential_pages: pages.into_iter().map(CredentialPageView::from).collect(),
            grant: integration.connection.grant.map(SnippetView::from),
            offers: OffersView::from(integration.connection.offers),
            web_url: integration.connection.web_url,
        }
    }
}

/// What the git server of an integration can do. What a pull request cannot have is told as a note when it is asked for all the same.
#[derive(Debug, Serialize, ToSchema)]
pub struct OffersView {
    /// Whether a pull request can be a draft.
    drafts: bool,
    /// Whether reviewers can be asked.
    reviewers: bool,
    /// Whether a PAT can be revoked at the git server when it is removed.
    revocation: bool,
}

impl From<Offers> for OffersView {
    fn from(offers: Offers) -> Self {
        Self { drafts: offers.drafts, reviewers: offers.reviewers, revocation: offers.revocation }
    }
}
