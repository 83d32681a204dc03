//! Repositories, their branches and pull requests.

use serde::Serialize;
use utoipa::ToSchema;

use super::AccountView;
use crate::path_id::path_id;
use model::{Branch, IntegrationRecord, Mapping, PatState, PullRequest, Repository};

/// A row of the repository browser.
#[derive(Debug, Serialize, ToSchema)]
pub struct RepositoryView {
    /// Id of the integration.
    pub integration: String,
    /// What the API names the repository with; percent-encode it as one path segment.
    #[schema(example = "octo-org/hello-world")]
    pub id: String,
    /// The id in a form that goes into a path as it is: whatever a proxy on the way decodes, it stays one segment.
    #[schema(example = "~b2N0by1vcmcvaGVsbG8td29ybGQ")]
    pub path_id: String,
    /// For people.
    #[schema(example = "octo-org/hello-world")]
    pub name: String,
    /// Null while the repository is empty.
    pub default_branch: Option<String>,
    /// Where people look at it.
    pub web_url: String,
    /// Whether only some can see it.
    pub is_private: bool,
    /// Archived or otherwise read-only.
    pub is_read_only: bool,
    /// What the caller's PAT for the integration is good for.
    #[schema(value_type = String, example = "valid")]
    pub pat_state: PatState,
    /// Whether an administrator set it up as the one for this Jira project and these components.
    pub is_default: bool,
    /// The branch that new ones start at, where it is that one.
    #[schema(example = "main")]
    pub default_base: Option<String>,
}

impl RepositoryView {
    /// `mapping`: the one that names this very repository.
    pub fn new(
        integration: &IntegrationRecord,
        repository: Repository,
        pat_state: PatState,
        mapping: Option<&Mapping>,
    ) -> Self {
        let base = |mapping: &Mapping| {
            mapping.base.as_ref().map(ToString::to_string).or_else(|| repository.default_branch.clone())
        };
        Self {
            is_default: mapping.is_some(),
            default_base: mapping.and_then(base),
            integration: integration.id.to_string(),
            path_id: path_id(repository.id.as_str()),
            id: repository.id.to_string(),
            name: repository.name,
            default_branch: repository.default_branch,
            web_url: repository.web_url,
            is_private: repository.is_private,
            is_read_only: repository.is_read_only,
            pat_state,
        }
    }
}

/// A branch.
#[derive(Debug, Serialize, ToSchema)]
pub struct BranchView {
    /// Without `refs/heads/`.
    #[schema(example = "feature/ABC-1")]
    name: String,
    /// The name in a form that goes into a path as it is: whatever a proxy on the way decodes, it stays one segment.
    #[schema(example = "~ZmVhdHVyZS9BQkMtMQ")]
    path_id: String,
    /// Commit id at its tip. Null only in lists of git servers that would have to be asked for each branch.
    commit: Option<String>,
    /// Null where the git server does not say.
    is_default: Option<bool>,
    /// Null where the git server does not say.
    is_protected: Option<bool>,
    /// Where people look at it; null where the git server does not say.
    web_url: Option<String>,
}

impl From<Branch> for BranchView {
    fn from(branch: Branch) -> Self {
        let Branch { name, commit, is_default, is_protected, web_url } = branch;
        Self { path_id: path_id(&name), name, commit, is_default, is_protected, web_url }
    }
}

/// A pull request.
#[derive(Debug, Serialize, ToSchema)]
pub struct PullRequestView {
    /// As the git server numbers it.
    #[schema(example = "17")]
    number: String,
    title: String,
    /// Where people look at it.
    url: String,
    /// Branch with the change.
    source: String,
    /// Branch it is to go to.
    target: String,
    draft: bool,
    /// Whose it is; null where the git server does not say.
    author: Option<AccountView>,
}

impl From<PullRequest> for PullRequestView {
    fn from(from: PullRequest) -> Self {
        Self {
            number: from.number,
            title: from.title,
            url: from.web_url,
            source: from.source,
            target: from.target,
            draft: from.draft,
            author: from.author.map(AccountView::from),
        }
    }
}
