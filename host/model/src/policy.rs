//! Who may act as whom: facts in, a [`Permit`] or a [`Denial`] out. No I/O, no clock, nothing but values.
//!
//! Two proofs, each made only here. [`Admitted`] comes first: whoever asks may know of the integration at all. A
//! [`Permit`] comes second, of an admitted question, for exactly one operation, integration and user; lending uses it up.
//! So whatever reaches a git server with a credential has been through [`decide`] or one of its narrow siblings, and
//! nothing tells anything of an integration before [`admit`] did.

mod admission;
mod denial;
mod permit;
#[cfg(test)]
mod table;

use std::sync::Arc;

pub use self::admission::{Admitted, Unseen, admit};
pub use self::denial::Denial;
pub use self::permit::{Lends, Permit};
use super::operation::{CheckCredential, Operation, RevokeCredential, Use};
use super::{
    ActAs, ActingUser, Destination, Features, OperationKind, OwnCredentialState, PatState, Rules, Timestamp,
    UserCredentials,
};

/// What the decision rests on: all of it known before anything is unsealed.
#[derive(Debug, Clone)]
pub struct Facts<'a> {
    /// The integration, as it is now.
    pub destination: &'a Arc<Destination>,
    pub user: &'a ActingUser,
    /// The instant it is decided at: a rule with a grace date holds by the clock.
    pub now: Timestamp,
    /// Those over all integrations.
    pub global_rules: Rules,
    /// Those of this one.
    pub integration_rules: Rules,
    /// What is not switched off on this one.
    pub features: Features,
    /// Whether users can have credentials of their own there.
    pub user_credentials: &'a UserCredentials,
    pub pat: PatState,
    pub own_credential: OwnCredentialState,
}

impl Facts<'_> {
    /// Whether the operation takes a PAT of the user now, by the rules of either level.
    pub fn requires_user_pat(&self, operation: OperationKind) -> bool {
        self.levels().iter().any(|rules| rules.cover(operation, self.now))
    }

    /// From when on *Require User PAT* will hold, where it is announced at some level and does not hold at any yet.
    pub fn pat_required_from(&self) -> Option<Timestamp> {
        let announced = self.levels().iter().filter_map(|rules| rules.announced_at(self.now)).min();
        announced.filter(|_| !self.levels().iter().any(|rules| rules.require_user_pat_at(self.now)))
    }

    fn levels(&self) -> [Rules; 2] {
        [self.global_rules, self.integration_rules]
    }

    fn permit<O: Operation>(&self, lends: Lends) -> Permit<O> {
        Permit::new(self.destination.clone(), Some(self.user.clone()), lends)
    }
}

/// Decides one operation, once, on the resolved integration.
pub fn decide<O: Use>(facts: &Admitted<Facts<'_>>, act_as: ActAs) -> Result<Permit<O>, Denial> {
    outlook::<O>(facts, act_as).map(|lends| facts.permit(lends))
}

/// What [`decide`] would say, without the permit: for whoever wants to tell beforehand whose credential will be lent.
pub fn outlook<O: Use>(facts: &Admitted<Facts<'_>>, act_as: ActAs) -> Result<Lends, Denial> {
    if !facts.features.include(O::KIND) {
        return Err(Denial::SwitchedOff(O::KIND));
    }
    let required = facts.requires_user_pat(O::KIND);
    if act_as == ActAs::Integration {
        return if required { Err(Denial::UserPatRequired(facts.pat)) } else { as_the_integration(facts) };
    }
    match facts.pat {
        // One that was saved before its git server was known to take none: no more is asked of it, and nobody is sent to renew it.
        _ if users_may_have_pats(facts.user_credentials).is_err() => without_a_pat(facts, act_as, required),
        usable if usable.is_usable() => Ok(Lends::UserPat),
        PatState::Rejected | PatState::Expired => Err(Denial::UserPatRejected(facts.pat)),
        _ => without_a_pat(facts, act_as, required),
    }
}

fn without_a_pat(facts: &Facts<'_>, act_as: ActAs, required: bool) -> Result<Lends, Denial> {
    if required || act_as == ActAs::User {
        users_may_have_pats(facts.user_credentials)?;
    }
    if required {
        return Err(Denial::UserPatRequired(facts.pat));
    }
    if act_as == ActAs::User {
        return Err(Denial::UserPatMissing(facts.pat));
    }
    as_the_integration(facts)
}

fn as_the_integration(facts: &Facts<'_>) -> Result<Lends, Denial> {
    match facts.own_credential {
        lent if lent.is_lent() => Ok(Lends::IntegrationAccount),
        state => Err(Denial::IntegrationAccountMissing(state)),
    }
}

/// Decides whether a user may have a credential checked that she has just typed in.
pub fn decide_candidate(facts: &Admitted<Facts<'_>>) -> Result<Permit<CheckCredential>, Denial> {
    users_may_have_pats(facts.user_credentials)?;
    Ok(facts.permit(Lends::Candidate))
}

/// Decides whether a user may have her stored PAT checked again. A rejected or expired one may be: that is how it comes
/// back. One that was set aside is for her to confirm first.
pub fn decide_check(facts: &Admitted<Facts<'_>>) -> Result<Permit<CheckCredential>, Denial> {
    users_may_have_pats(facts.user_credentials)?;
    match facts.pat {
        PatState::Missing | PatState::SetAside => Err(Denial::UserPatMissing(facts.pat)),
        _ => Ok(facts.permit(Lends::UserPat)),
    }
}

/// Decides whether a user may give her stored PAT to where the integration leads now: only one that was set aside, and only
/// she herself.
///
/// `was_vouched_before`: whether the connector that vouches for her now was registered when she saved it. Who can register
/// connectors, with a stolen admin token say, could otherwise move an integration and confirm everybody's PATs for it.
pub fn decide_confirmation(
    facts: &Admitted<Facts<'_>>,
    was_vouched_before: bool,
) -> Result<Permit<CheckCredential>, Denial> {
    users_may_have_pats(facts.user_credentials)?;
    match facts.pat {
        PatState::SetAside if !was_vouched_before => Err(Denial::ConnectorTooNew),
        PatState::SetAside => Ok(facts.permit(Lends::SetAsidePat)),
        state => Err(Denial::NothingToConfirm(state)),
    }
}

/// Decides whether a user may have the git server forget a credential: only the one that is kept for her, whatever its state
/// and whatever the rule, and never the integration's own. One that was set aside is never sent anywhere.
pub fn decide_revocation(facts: &Admitted<Facts<'_>>) -> Result<Permit<RevokeCredential>, Denial> {
    match facts.pat {
        PatState::Missing | PatState::SetAside => Err(Denial::UserPatMissing(facts.pat)),
        _ => Ok(facts.permit(Lends::UserPat)),
    }
}

/// An administrator has the integration's own credential checked before it is stored. There is nothing to weigh: she
/// holds the credential already, and only its account is asked for.
pub fn permit_integration_check(destination: Arc<Destination>) -> Permit<CheckCredential> {
    Permit::new(destination, None, Lends::Candidate)
}

/// Whether users can have PATs at all. Where they cannot, the rule cannot be switched on, and nobody is sent to save one.
pub fn users_may_have_pats(user_credentials: &UserCredentials) -> Result<(), Denial> {
    match user_credentials {
        UserCredentials::Supported => Ok(()),
        UserCredentials::Unsupported(reason) => Err(Denial::UserPatsUnsupported(reason.clone())),
    }
}
