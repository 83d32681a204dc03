//! Where everything lives between requests: one trait by subject, one database behind them.
//!
//! A method that changes something returns only when the change **and its audit entry** are committed and synced
//! together; an error means that neither is, or, where it says so, that nobody knows. Sealed credentials pass through as they are: nothing here can open one. Kept answers are sealed here. What
//! is found for a user comes as [`Unseen`](model::policy::Unseen): whether she may know of it is the policy's to say.
#![forbid(unsafe_code)]

mod admin_sessions;
mod audit;
mod binding;
mod callers;
mod error;
mod integrations;
mod log;
mod operations;
mod pats;
mod providers;
mod requests;
mod seen;
mod sqlite;
#[cfg(test)]
mod suite;
mod upkeep;
mod visits;

use std::sync::Arc;

pub use self::admin_sessions::{AdminSessions, NewAdminSession, SignIn};
pub use self::binding::Binding;
pub use self::callers::{AdminTokens, Connectors, Sites, TokenHash};
pub use self::error::StoreError;
pub use self::integrations::{Integrations, OwnCredentialChange, SeenIntegration};
pub use self::log::{AuditPage, Log, MAX_AUDIT_PAGE, MAX_AUDIT_SCAN};
pub use self::operations::{Begun, Case, Doubt, Fingerprint, OpenIntegration, OpenIntegrations, Operations, Settles};
pub use self::pats::{NewPat, PatDeletion, Pats, SavedPats};
pub use self::providers::Providers;
pub use self::requests::{Claim, IdempotencyKey, KeyClaim, RequestClaim, RequestHash, Requests, StoredAnswer};
pub use self::seen::{SEEN_KEPT_MS, SeenUser, SeenUsers, Sighting};
pub use self::sqlite::SqliteStore;
pub use self::upkeep::Upkeep;
pub use self::visits::{Draft, Favourite, NewVisit, Visits};

/// Everything a backend does.
pub trait Store:
    AdminSessions
    + AdminTokens
    + Connectors
    + Integrations
    + Log
    + Operations
    + Pats
    + Providers
    + Requests
    + SeenUsers
    + Sites
    + Upkeep
    + Visits
    + Send
    + Sync
    + 'static
{
}

impl<S> Store for S where
    S: AdminSessions
        + AdminTokens
        + Connectors
        + Integrations
        + Log
        + Operations
        + Pats
        + Providers
        + Requests
        + SeenUsers
        + Sites
        + Upkeep
        + Visits
        + Send
        + Sync
        + 'static
{
}

/// A store, shared by all that use it.
pub type SharedStore = Arc<dyn Store>;
