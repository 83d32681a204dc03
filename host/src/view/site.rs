//! Sites, and the rules over all integrations.

use serde::Serialize;
use utoipa::ToSchema;

use super::BlockedView;
use crate::operate::administration::ChangedPolicy;
use model::{Policy, Revision, Rules, Site, Timestamp};

/// All sites, as the command line lists them.
#[derive(Debug, Serialize)]
pub struct Sites {
    /// In order of id.
    pub sites: Vec<SiteView>,
}

/// One Jira, with its users and projects.
#[derive(Debug, Serialize, ToSchema)]
pub struct SiteView {
    /// How projects and connectors name it.
    #[schema(example = "default")]
    pub id: String,
    /// For people.
    pub name: String,
    /// When it was made known.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Names this state of it. As an entity tag, `"17"`, it is what `If-Match` compares.
    #[schema(value_type = i64)]
    pub revision: Revision,
}

impl From<Site> for SiteView {
    fn from(site: Site) -> Self {
        let Site { id, name, created_at, revision } = site;
        Self { id: id.to_string(), name: name.to_string(), created_at, revision }
    }
}

/// The rules over all integrations.
#[derive(Debug, Serialize, ToSchema)]
pub struct PolicyView {
    /// *Require User PAT* on every integration, whatever its own rule.
    pub require_user_pat: bool,
    /// When that begins to hold; null: at once.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub require_user_pat_from: Option<Timestamp>,
    /// *Enforce git service permissions* on every integration: looking, too, needs the user's own PAT, as long as this
    /// *Require User PAT* holds.
    pub enforce_git_permissions: bool,
    /// Names this state of it. As an entity tag, `"17"`, it is what `If-Match` compares.
    #[schema(value_type = i64)]
    pub revision: Revision,
    /// Whom the rules would keep from creating anything once they hold; in the answer to a dry run only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocked: Option<BlockedView>,
}

impl From<ChangedPolicy> for PolicyView {
    fn from(changed: ChangedPolicy) -> Self {
        Self { blocked: changed.blocked.map(BlockedView::from), ..changed.policy.into() }
    }
}

impl From<Policy> for PolicyView {
    fn from(policy: Policy) -> Self {
        let Policy { rules, revision } = policy;
        let Rules { require_user_pat, require_user_pat_from, enforce_git_permissions } = rules;
        Self { require_user_pat, require_user_pat_from, enforce_git_permissions, revision, blocked: None }
    }
}
