//! What administrators see and change: the same functions for the API, the command line and the pages. Every change is held
//! to the state it was made for, and is written down with what was before and after.

mod change;
mod connectors;
mod coverage;
mod integrations;
mod log;
mod policy;
mod providers;
mod rules;
mod sessions;
mod sites;
mod tokens;

use model::{Actor, IntegrationId, Revision};

pub use self::change::{Meanwhile, SetAside, differences, policy_differences};
pub use self::connectors::{NewConnector, add_connector, connectors, remove_connector};
pub use self::coverage::{
    Blocked, Coverage, CoverageQuery, Covered, IntegrationCoverage, MAX_NAMED, MAX_SEEN_WITHIN_DAYS, RowKey, Totals,
    Trial, USUAL_SEEN_WITHIN_DAYS, coverage, without_user_pats,
};
pub use self::integrations::{
    AddedIntegration, Adding, ChangedIntegration, IntegrationPatch, NewCredential, NewIntegration, add_integration,
    adopt_proxy, as_it_would_be, blank_integration, change_integration, integration, integrations, remove_integration,
    saved_pats,
};
pub use self::log::{audit_entries, audit_page, changes_since, removal_of, verify_audit};
pub use self::policy::{ChangedPolicy, policy, set_policy};
pub use self::providers::{paused, providers, register_provider};
pub use self::rules::{FeaturesPatch, RulesPatch};
pub use self::sessions::{
    Session, SignedIn, end_session, login_link, make_login_link, session, sessions, sign_in_by_link, sign_in_by_token,
};
pub use self::sites::{NewSite, add_site, change_site, remove_site, site, sites};
pub use self::tokens::{NewToken, add_token, revoke_token, tokens};
use super::OperationError;
use super::author::Author;

/// An administrator at work.
#[derive(Debug, Clone)]
pub struct Administration {
    /// Who.
    pub actor: Actor,
    /// Names the request in the log and the audit log.
    pub request_id: String,
}

impl Administration {
    fn author(&self, integration: Option<&IntegrationId>) -> Author {
        Author { actor: self.actor.clone(), integration: integration.cloned(), request_id: self.request_id.clone() }
    }
}

/// Which state of a record a change is made for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Expected {
    /// Whichever there is when the change begins.
    #[default]
    Any,
    /// One of these.
    OneOf(Vec<Revision>),
}

impl Expected {
    /// Holds the state there is to the expected one.
    fn hold(&self, found: Revision, what: impl FnOnce() -> String) -> Result<(), OperationError> {
        match self {
            Expected::OneOf(revisions) if !revisions.contains(&found) => Err(OperationError::Stale(what())),
            Expected::Any | Expected::OneOf(_) => Ok(()),
        }
    }
}
