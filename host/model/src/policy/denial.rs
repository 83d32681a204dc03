//! The coded refusals of the policy.

use crate::PatState;

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
    #[error("This integration requires a personal access token of your own. Save yours, then try again.")]
    UserPatRequired,
    #[error(
        "You have not saved a personal access token for this integration, and asked to act as yourself. Save yours, then try again."
    )]
    UserPatMissing,
    #[error("Your personal access token for this integration {}. Save a new one, then try again.", why(.0))]
    UserPatRejected(PatState),
    #[error("Personal access tokens of users cannot be used with this integration: {0}")]
    UserPatsUnsupported(String),
    #[error(
        "This integration has no account of its own to act with. Save a personal access token of yours, or ask an administrator to add a credential to the integration."
    )]
    IntegrationAccountMissing,
}

impl Denial {
    pub fn code(&self) -> &'static str {
        match self {
            Denial::PermissionMissing => "permission-missing",
            Denial::NotOpenToProject => "not-found",
            Denial::UserPatRequired => "user-pat-required",
            Denial::UserPatMissing => "user-pat-missing",
            Denial::UserPatRejected(_) => "user-pat-rejected",
            Denial::UserPatsUnsupported(_) => "user-pats-unsupported",
            Denial::IntegrationAccountMissing => "integration-account-missing",
        }
    }

    /// Whether saving a PAT mends it.
    pub fn is_mended_by_a_pat(&self) -> bool {
        match self {
            Denial::UserPatRequired
            | Denial::UserPatMissing
            | Denial::UserPatRejected(_)
            | Denial::IntegrationAccountMissing => true,
            Denial::PermissionMissing | Denial::NotOpenToProject | Denial::UserPatsUnsupported(_) => false,
        }
    }
}

fn why(state: &PatState) -> &'static str {
    match state {
        PatState::Expired => "has expired",
        _ => "was refused by the git server",
    }
}
