//! Integrations, as their users see them.

use serde::Serialize;
use utoipa::ToSchema;

use super::PatView;
use crate::operate::OpenIntegration;
use model::{Timestamp, UserCredentials};

/// The integrations that are open to a Jira project.
#[derive(Debug, Serialize, ToSchema)]
pub struct Integrations {
    /// In order of id.
    pub integrations: Vec<IntegrationView>,
}

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
    /// Where people look at the git server.
    web_url: String,
    /// Whether branches and pull requests need the user's own PAT here, by this integration's rule or the global one.
    requires_user_pat: bool,
    /// Whether users can have PATs here at all.
    supports_user_pats: bool,
    /// What is known of the caller's.
    pat: PatView,
}

impl IntegrationView {
    /// As its user finds it now.
    pub fn of(open: OpenIntegration, now: Timestamp) -> Self {
        let OpenIntegration { integration, pat, requires_user_pat } = open;
        Self {
            pat: PatView::of(pat, &integration.place(), now),
            id: integration.id.to_string(),
            name: integration.name.to_string(),
            kind: integration.kind.to_string(),
            web_url: integration.connection.web_url,
            requires_user_pat,
            supports_user_pats: integration.connection.user_credentials == UserCredentials::Supported,
        }
    }
}
