//! The coded refusals of the policy.

use crate::{OperationKind, OwnCredentialState, PatState};

/// Why an operation is not allowed. [`Denial::code`] is stable; the text is for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Denial {
    #[error(
        "This needs the permission \"View Development Tools\" in the Jira project. Ask a project administrator for it."
    )]
    PermissionMissing,
    /// Answered like an integration that does not exist.
    #[error("There is no such integration for this Jira project.")]
    NotOpenToProject,
    /// By an administrator, for everybody.
    #[error(
        "{} is switched off for this integration. An administrator did that, and can switch it on again.",
        what(*.0)
    )]
    SwitchedOff(OperationKind),
    #[error("This integration requires a personal access token of your own. {}", save(.0))]
    UserPatRequired(PatState),
    #[error(
        "You have no personal access token for this integration that can be used, and asked to act as yourself. {}",
        save(.0)
    )]
    UserPatMissing(PatState),
    #[error("Your personal access token for this integration {}. Save a new one, then try again.", why(.0))]
    UserPatRejected(PatState),
    #[error("Personal access tokens of users cannot be used with this integration: {0}")]
    UserPatsUnsupported(String),
    #[error("{}", without_an_account(.0))]
    IntegrationAccountMissing(OwnCredentialState),
    #[error("There is nothing to confirm: {}.", unconfirmed(.0))]
    NothingToConfirm(PatState),
    #[error(
        "Your token was saved before the connector that vouches for you now was registered: save it again instead of \
         confirming it."
    )]
    ConnectorTooNew,
}

impl Denial {
    /// As problems, the audit log and the metrics name it.
    pub fn code(&self) -> &'static str {
        match self {
            Denial::PermissionMissing => "permission-missing",
            Denial::NotOpenToProject => "not-found",
            Denial::SwitchedOff(_) => "switched-off",
            Denial::UserPatRequired(_) => "user-pat-required",
            Denial::UserPatMissing(_) => "user-pat-missing",
            Denial::UserPatRejected(_) => "user-pat-rejected",
            Denial::UserPatsUnsupported(_) => "user-pats-unsupported",
            Denial::IntegrationAccountMissing(_) => "integration-account-missing",
            Denial::NothingToConfirm(_) => "nothing-to-confirm",
            Denial::ConnectorTooNew => "connector-too-new",
        }
    }

    /// Whether saving a PAT mends it.
    pub fn is_mended_by_a_pat(&self) -> bool {
        match self {
            Denial::UserPatRequired(_)
            | Denial::UserPatMissing(_)
            | Denial::UserPatRejected(_)
            | Denial::IntegrationAccountMissing(_)
            | Denial::ConnectorTooNew => true,
            Denial::PermissionMissing
            | Denial::NotOpenToProject
            | Denial::SwitchedOff(_)
            | Denial::UserPatsUnsupported(_)
            | Denial::NothingToConfirm(_) => false,
        }
    }

    /// The state of the asking user's PAT, where that is why.
    pub fn pat_state(&self) -> Option<PatState> {
        match self {
            Denial::UserPatRequired(state)
            | Denial::UserPatMissing(state)
            | Denial::UserPatRejected(state)
            | Denial::NothingToConfirm(state) => Some(*state),
            Denial::PermissionMissing
            | Denial::NotOpenToProject
            | Denial::SwitchedOff(_)
            | Denial::UserPatsUnsupported(_)
            | Denial::IntegrationAccountMissing(_)
            | Denial::ConnectorTooNew => None,
        }
    }
}

/// At the start of a sentence.
fn what(operation: OperationKind) -> &'static str {
    match operation {
        OperationKind::CreateBranch => "Creating branches",
        OperationKind::DeleteBranch => "Deleting branches",
        OperationKind::CreatePullRequest => "Creating pull requests",
        OperationKind::CheckCredential
        | OperationKind::RevokeCredential
        | OperationKind::ListRepositories
        | OperationKind::GetRepository
        | OperationKind::ListBranches
        | OperationKind::CompareBranches
        | OperationKind::GetTemplate => "This",
    }
}

fn save(state: &PatState) -> &'static str {
    match state {
        PatState::SetAside => {
            "Yours was set aside, because the address of this integration changed: confirm your token, or save a new one, \
             then try again."
        }
        _ => "Save yours, then try again.",
    }
}

fn why(state: &PatState) -> &'static str {
    match state {
        PatState::Expired => "has expired",
        _ => "was refused by the git server",
    }
}

fn without_an_account(state: &OwnCredentialState) -> &'static str {
    match state {
        OwnCredentialState::SetAside => {
            "The address of this integration changed, and its own credential was given to the one before. Save a personal \
             access token of yours, or ask an administrator to give the integration its credential again."
        }
        _ => {
            "This integration has no account of its own to act with. Save a personal access token of yours, or ask an \
             administrator to add a credential to the integration."
        }
    }
}

fn unconfirmed(state: &PatState) -> &'static str {
    match state {
        PatState::Missing => "you have no personal access token for this integration",
        _ => "your personal access token was saved for the address this integration has",
    }
}
