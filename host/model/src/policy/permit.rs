//! The proof that one operation was allowed.

use crate::{ActedAs, IntegrationId, JiraUser, OperationKind};

/// Proof that the policy allowed one operation, and with which credential. Made in [`crate::policy`] only; lending takes
/// it by value, so it works once.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "a permit that is not used allowed nothing"]
pub struct Permit {
    integration: IntegrationId,
    user: Option<JiraUser>,
    operation: OperationKind,
    lends: Lends,
}

/// Which credential a permit lends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lends {
    /// The one stored for the acting user.
    UserPat,
    /// The integration's own.
    IntegrationAccount,
    /// One just typed in and not stored, to see whose it is.
    Candidate,
}

impl Permit {
    pub(super) fn new(
        integration: IntegrationId,
        user: Option<JiraUser>,
        operation: OperationKind,
        lends: Lends,
    ) -> Self {
        Self { integration, user, operation, lends }
    }

    pub fn integration(&self) -> &IntegrationId {
        &self.integration
    }

    /// None for an administrator's check.
    pub fn user(&self) -> Option<&JiraUser> {
        self.user.as_ref()
    }

    pub fn operation(&self) -> OperationKind {
        self.operation
    }

    pub fn lends(&self) -> Lends {
        self.lends
    }

    pub fn acts_as(&self) -> ActedAs {
        match self.lends {
            Lends::UserPat => ActedAs::User,
            Lends::Candidate if self.user.is_some() => ActedAs::User,
            Lends::Candidate | Lends::IntegrationAccount => ActedAs::Integration,
        }
    }
}
