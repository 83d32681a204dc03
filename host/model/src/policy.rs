//! Who may act as whom: facts in, a [`Permit`] or a [`Denial`] out. No I/O, no clock, nothing but values.
//!
//! A `Permit` can be made only here, and lending consumes it. So whatever reaches a git server with a credential has been
//! through [`decide`] (or one of its three narrow siblings) for exactly that integration, user and operation.

mod denial;
mod permit;
#[cfg(test)]
mod table;

pub use self::denial::Denial;
pub use self::permit::{Lends, Permit};
use crate::{ActAs, IntegrationId, JiraUser, OperationKind, PatState, UserCredentials};

/// What the decision rests on: all of it known before anything is unsealed.
#[derive(Debug, Clone)]
pub struct Facts<'a> {
    pub integration: &'a IntegrationId,
    pub user: &'a JiraUser,
    /// Whether the user holds *View Development Tools* in the Jira project the request is for.
    pub may_view_development_tools: bool,
    /// Whether the integration is open to that project.
    pub is_open_to_project: bool,
    /// *Require User PAT* over all integrations.
    pub global_rule: bool,
    /// *Require User PAT* on this one.
    pub integration_rule: bool,
    /// Whether users can have credentials of their own there.
    pub user_credentials: &'a UserCredentials,
    pub pat: PatState,
    /// Whether the integration has a credential of its own.
    pub has_integration_account: bool,
}

impl Facts<'_> {
    fn requires_user_pat(&self, operation: OperationKind) -> bool {
        operation.is_ruled() && (self.global_rule || self.integration_rule)
    }

    /// What holds whatever is asked: the Jira permission first, so that nothing is told without it.
    fn admit(&self) -> Result<(), Denial> {
        if !self.may_view_development_tools {
            return Err(Denial::PermissionMissing);
        }
        if !self.is_open_to_project {
            return Err(Denial::NotOpenToProject);
        }
        Ok(())
    }

    fn permit(&self, operation: OperationKind, lends: Lends) -> Permit {
        Permit::new(self.integration.clone(), Some(self.user.clone()), operation, lends)
    }
}

/// Decides one operation, once, on the resolved integration.
pub fn decide(facts: &Facts<'_>, operation: OperationKind, act_as: ActAs) -> Result<Permit, Denial> {
    if operation == OperationKind::RevokeCredential {
        return decide_revocation(facts);
    }
    facts.admit()?;
    let required = facts.requires_user_pat(operation);
    if required && act_as == ActAs::Integration {
        return Err(Denial::UserPatRequired);
    }
    if act_as == ActAs::Integration {
        return as_the_integration(facts, operation);
    }
    match facts.pat {
        PatState::Valid | PatState::Expiring | PatState::Unchecked => Ok(facts.permit(operation, Lends::UserPat)),
        PatState::Rejected | PatState::Expired => Err(Denial::UserPatRejected(facts.pat)),
        PatState::Missing => without_a_pat(facts, operation, act_as, required),
    }
}

fn without_a_pat(facts: &Facts<'_>, operation: OperationKind, act_as: ActAs, required: bool) -> Result<Permit, Denial> {
    if let UserCredentials::Unsupported(reason) = facts.user_credentials
        && (required || act_as == ActAs::User)
    {
        return Err(Denial::UserPatsUnsupported(reason.clone()));
    }
    if required {
        return Err(Denial::UserPatRequired);
    }
    if act_as == ActAs::User {
        return Err(Denial::UserPatMissing);
    }
    as_the_integration(facts, operation)
}

fn as_the_integration(facts: &Facts<'_>, operation: OperationKind) -> Result<Permit, Denial> {
    match facts.has_integration_account {
        true => Ok(facts.permit(operation, Lends::IntegrationAccount)),
        false => Err(Denial::IntegrationAccountMissing),
    }
}

/// Decides whether a user may have a credential checked: the one she has just typed in, or, where `stored`, the one that
/// is kept for her. A rejected or expired PAT may be checked again: that is how it comes back.
pub fn decide_check(facts: &Facts<'_>, stored: bool) -> Result<Permit, Denial> {
    facts.admit()?;
    users_may_have_pats(facts.user_credentials)?;
    match (stored, facts.pat) {
        (true, PatState::Missing) => Err(Denial::UserPatMissing),
        (true, _) => Ok(facts.permit(OperationKind::CheckCredential, Lends::UserPat)),
        (false, _) => Ok(facts.permit(OperationKind::CheckCredential, Lends::Candidate)),
    }
}

/// Decides whether a user may have the git server forget a credential: only the one that is kept for her, whatever its state
/// and whatever the rule, and never the integration's own.
pub fn decide_revocation(facts: &Facts<'_>) -> Result<Permit, Denial> {
    facts.admit()?;
    match facts.pat {
        PatState::Missing => Err(Denial::UserPatMissing),
        _ => Ok(facts.permit(OperationKind::RevokeCredential, Lends::UserPat)),
    }
}

/// Decides whether a user may see that an integration is there, and what she has saved for it. Nothing is lent.
pub fn may_look(facts: &Facts<'_>) -> Result<(), Denial> {
    facts.admit()
}

/// An administrator has the integration's own credential checked before it is stored. There is nothing to weigh: she
/// holds the credential already, and only its account is asked for.
pub fn permit_integration_check(integration: &IntegrationId) -> Permit {
    Permit::new(integration.clone(), None, OperationKind::CheckCredential, Lends::Candidate)
}

/// Whether users can have PATs at all. Where they cannot, the rule cannot be switched on, and nobody is sent to save one.
pub fn users_may_have_pats(user_credentials: &UserCredentials) -> Result<(), Denial> {
    match user_credentials {
        UserCredentials::Supported => Ok(()),
        UserCredentials::Unsupported(reason) => Err(Denial::UserPatsUnsupported(reason.clone())),
    }
}
