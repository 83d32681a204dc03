//! The shapes of answers, as the OpenAPI document shows them.

use serde::Serialize;
use utoipa::ToSchema;

use model::{
    Account, ActedAs, Branch, Expiry, IntegrationRecord, Mapping, PatMetadata, PatState, Permission, PermissionState,
    PullRequest, Receipt, Repository, Timestamp,
};

/// An account of the git server.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountView {
    /// The git server's immutable id.
    #[schema(example = "583231")]
    id: String,
    #[schema(example = "octocat")]
    login: String,
}

impl From<Account> for AccountView {
    fn from(account: Account) -> Self {
        Self { id: account.id, login: account.login }
    }
}

/// Who an operation is credited to, as the git server reports it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReceiptView {
    /// `user` or `integration`.
    #[schema(value_type = String, example = "user")]
    acted_as: ActedAs,
    account: AccountView,
    /// Id of the integration.
    integration: String,
    jira_user: String,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Present when the git server named another account than the one recorded with the credential, or with the one before it
    /// where this one was saved unchecked: that recorded account.
    #[serde(skip_serializing_if = "Option::is_none")]
    expected_account: Option<AccountView>,
}

impl From<Receipt> for ReceiptView {
    fn from(receipt: Receipt) -> Self {
        Self {
            acted_as: receipt.acted_as,
            account: receipt.account.into(),
            integration: receipt.integration.to_string(),
            jira_user: receipt.jira_user.to_string(),
            at: receipt.at,
            expected_account: receipt.expected_account.map(AccountView::from),
        }
    }
}

/// What is known of a user's PAT. Never the PAT.
#[derive(Debug, Serialize, ToSchema)]
pub struct PatView {
    /// `missing`, `valid`, `expiring` (ends within 14 days), `expired`, `rejected` (by the git server) or `unchecked`.
    #[schema(value_type = String, example = "valid")]
    pub state: PatState,
    pub account: Option<AccountView>,
    pub permissions: Vec<PermissionView>,
    /// When it ends; null where it does not or the git server does not say (`expiry` tells which).
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    /// `at`, `never` or `unknown`.
    #[schema(example = "at")]
    pub expiry: &'static str,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_checked_at: Option<Timestamp>,
    /// The account of the PAT before this one, where it was another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous_account: Option<AccountView>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PermissionView {
    /// In the git server's own words.
    name: String,
    /// `present`, `absent` or `cannot-tell`.
    #[schema(value_type = String, example = "present")]
    state: PermissionState,
}

impl From<Permission> for PermissionView {
    fn from(permission: Permission) -> Self {
        Self { name: permission.name, state: permission.state }
    }
}

impl PatView {
    pub fn of(metadata: Option<PatMetadata>, now: Timestamp) -> Self {
        let state = PatState::of(metadata.as_ref(), now);
        let Some(metadata) = metadata else {
            return Self {
                state,
                account: None,
                permissions: vec![],
                expires_at: None,
                expiry: "unknown",
                last_checked_at: None,
                previous_account: None,
            };
        };
        let (expiry, expires_at) = match metadata.expiry {
            Expiry::At(end) => ("at", Some(end)),
            Expiry::Never => ("never", None),
            Expiry::Unknown => ("unknown", None),
        };
        Self {
            state,
            account: metadata.account.map(AccountView::from),
            permissions: metadata.permissions.into_iter().map(PermissionView::from).collect(),
            expires_at,
            expiry,
            last_checked_at: metadata.last_checked_at,
            previous_account: None,
        }
    }
}

/// An integration, as its users see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct IntegrationView {
    #[schema(example = "main")]
    pub id: String,
    pub name: String,
    pub kind: String,
    /// Where people look at the git server.
    pub web_url: String,
    /// Whether branches and pull requests need the user's own PAT here, by this integration's rule or the global one.
    pub requires_user_pat: bool,
    /// Whether users can have PATs here at all.
    pub supports_user_pats: bool,
    pub pat: PatView,
}

/// A row of the repository browser.
#[derive(Debug, Serialize, ToSchema)]
pub struct RepositoryView {
    /// Id of the integration.
    pub integration: String,
    /// What the API names the repository with; percent-encode it as one path segment.
    #[schema(example = "octo-org/hello-world")]
    pub id: String,
    #[schema(example = "octo-org/hello-world")]
    pub name: String,
    /// Null while the repository is empty.
    pub default_branch: Option<String>,
    pub web_url: String,
    pub is_private: bool,
    /// Archived or otherwise read-only.
    pub is_read_only: bool,
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

#[derive(Debug, Serialize, ToSchema)]
pub struct BranchView {
    #[schema(example = "feature/ABC-1")]
    name: String,
    /// Commit id at its tip. Null only in lists of git servers that would have to be asked for each branch.
    commit: Option<String>,
    /// Null where the git server does not say.
    is_default: Option<bool>,
    /// Null where the git server does not say.
    is_protected: Option<bool>,
    web_url: Option<String>,
}

impl From<Branch> for BranchView {
    fn from(branch: Branch) -> Self {
        let Branch { name, commit, is_default, is_protected, web_url } = branch;
        Self { name, commit, is_default, is_protected, web_url }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PullRequestView {
    /// As the git server numbers it.
    #[schema(example = "17")]
    number: String,
    title: String,
    url: String,
    source: String,
    target: String,
    draft: bool,
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
