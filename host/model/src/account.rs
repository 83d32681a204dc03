//! Accounts of a git server, what their credentials may do, and receipts.

use serde::{Deserialize, Serialize};

use super::{IntegrationId, JiraUser, NeededPermission, SiteId, Timestamp};

/// An account of a git server, as it reports it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The server's immutable id, as text.
    pub id: String,
    /// What people see.
    pub login: String,
}

/// Whose a credential is, what it may do and when it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    pub account: Account,
    /// Those the kind needs, as far as the provider had a word on them.
    pub permissions: Vec<Permission>,
    pub expiry: Expiry,
}

impl Identity {
    /// With a word on every permission that is needed: what the provider passed over, nobody can tell.
    pub fn covering(mut self, needed: &[NeededPermission]) -> Self {
        for NeededPermission { name, .. } in needed {
            if !self.permissions.iter().any(|permission| permission.name == *name) {
                self.permissions.push(Permission { name: name.clone(), state: PermissionState::CannotTell });
            }
        }
        self
    }
}

/// One permission a kind needs, and whether a credential has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permission {
    /// In the git server's own words.
    pub name: String,
    pub state: PermissionState,
}

/// Whether a credential has a permission, as the git server says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PermissionState {
    Present,
    Absent,
    /// The git server does not say. Never guessed.
    CannotTell,
}

impl PermissionState {
    /// Every one.
    pub const ALL: [PermissionState; 3] =
        [PermissionState::Present, PermissionState::Absent, PermissionState::CannotTell];
}

/// When a credential ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Expiry {
    At(Timestamp),
    Never,
    /// The git server does not say.
    Unknown,
}

impl Expiry {
    /// What is known, or else what was known before.
    pub fn or(self, before: Self) -> Self {
        match self {
            Expiry::Unknown => before,
            known => known,
        }
    }
}

/// Whose name an operation went out under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ActedAs {
    User,
    Integration,
}

impl ActedAs {
    /// Every one.
    pub const ALL: [ActedAs; 2] = [ActedAs::User, ActedAs::Integration];
}

/// Who an operation is credited to, as the git server reports it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    pub acted_as: ActedAs,
    pub account: Account,
    pub integration: IntegrationId,
    /// Of the Jira user. Receipts of before there were sites are of the one there was.
    #[serde(default)]
    pub site: SiteId,
    /// Whom it was done for, whoever it is credited to.
    pub jira_user: JiraUser,
    pub at: Timestamp,
    /// Set when the git server's answer named another account than the one recorded with the credential (or with the one
    /// before it, where this one was saved unchecked): that recorded account.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub expected_account: Option<Account>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_needed_permission_is_spoken_of_once() {
        let permission = |name: &str, state| Permission { name: name.into(), state };
        let needed = |name: &str| NeededPermission { name: name.into(), needed_for: "work".into() };
        let identity = Identity {
            account: Account { id: "1".into(), login: "ann".into() },
            permissions: vec![
                permission("write", PermissionState::Absent),
                permission("extra", PermissionState::Present),
            ],
            expiry: Expiry::Unknown,
        };
        let covering = identity.covering(&[needed("read"), needed("write")]);
        let expected = [
            permission("write", PermissionState::Absent),
            permission("extra", PermissionState::Present),
            permission("read", PermissionState::CannotTell),
        ];
        assert_eq!(covering.permissions, expected);
    }
}
