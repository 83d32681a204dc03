//! Accounts of a git server, what their credentials may do, and receipts.

use serde::Serialize;
use utoipa::ToSchema;

use model::{Account, ActedAs, Permission, PermissionState, Receipt, Timestamp};

/// An account of the git server.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountView {
    /// The git server's immutable id.
    #[schema(example = "583231")]
    id: String,
    /// What people see.
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
    /// Whose name it is in there.
    account: AccountView,
    /// Id of the integration.
    integration: String,
    /// The Jira site of the user.
    #[schema(example = "default")]
    site: String,
    /// The user's immutable id on that site.
    jira_user: String,
    /// When the git server answered.
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
            site: receipt.site.to_string(),
            jira_user: receipt.jira_user.to_string(),
            at: receipt.at,
            expected_account: receipt.expected_account.map(AccountView::from),
        }
    }
}

/// One permission a kind needs, and whether a credential has it.
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
