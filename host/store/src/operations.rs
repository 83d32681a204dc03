//! The way of an operation: what it is decided with, its intent, its outcome.

use async_trait::async_trait;
use model::policy::Unseen;
use model::{
    ActingUser, IntegrationId, IntegrationRecord, NewAuditEntry, PatMetadata, PatRecord, Policy, ProviderRecord,
    Sealed, SiteProject,
};

use crate::StoreError;

/// What an operation reads and writes.
#[async_trait]
pub trait Operations {
    /// Everything the policy and the lending need to know of an integration that is open to the project, in one read. None
    /// where there is no such integration, or it is not open to the project: the two differ in nothing.
    async fn find_open(
        &self,
        integration: &IntegrationId,
        project: &SiteProject,
        user: &ActingUser,
    ) -> Result<Option<Unseen<Case>>, StoreError>;

    /// All integrations that are open to the project, with the user's PATs, in order of id, in one read.
    async fn open_integrations(
        &self,
        project: &SiteProject,
        user: &ActingUser,
    ) -> Result<Unseen<OpenIntegrations>, StoreError>;

    /// Writes down what is about to be done. `fingerprint` names the effect (not the attempt): while an earlier intent with
    /// the same one has no outcome, [`Begun::doubt`] says so, and the effect has to be looked up before it is tried.
    async fn begin_operation(
        &self,
        intent: NewAuditEntry,
        fingerprint: Option<Fingerprint>,
    ) -> Result<Begun, StoreError>;

    /// Names the effect of an intent anew, before anything of it is done: more is known of it by now, and with it of those before it that
    /// were named as it was. Says of earlier intents with this fingerprint what [`Begun`] says.
    async fn recognise_operation(&self, intent: i64, fingerprint: Fingerprint) -> Result<Doubt, StoreError>;

    /// Whether an earlier intent of the same user at the same integration has no outcome that would have brought about what is called the
    /// same, in whatever repository.
    async fn has_unsettled_before(&self, intent: i64) -> Result<bool, StoreError>;

    /// Writes down how it ended, and what is known by it. The entry refers to the intent whatever `outcome` says.
    async fn finish_operation(&self, intent: i64, outcome: NewAuditEntry, settles: Settles) -> Result<(), StoreError>;
}

/// What one operation is decided and done with.
#[derive(Debug, Clone)]
pub struct Case {
    pub integration: IntegrationRecord,
    /// The integration's own.
    pub own_credential: Option<Sealed>,
    pub policy: Policy,
    /// The user's, when she has one.
    pub pat: Option<PatRecord>,
    /// The one the integration is served by; none where it is not registered.
    pub provider: Option<ProviderRecord>,
}

/// The integrations of a Jira project, as one of its users finds them.
#[derive(Debug, Clone)]
pub struct OpenIntegrations {
    pub policy: Policy,
    pub integrations: Vec<OpenIntegration>,
}

/// One of them.
#[derive(Debug, Clone)]
pub struct OpenIntegration {
    pub record: IntegrationRecord,
    /// The user's, when she has one.
    pub pat: Option<PatMetadata>,
}

/// SHA-256 of what an operation would bring about: integration, repository, operation, names.
pub type Fingerprint = [u8; 32];

/// Of which intents with the same fingerprint the end of one tells what became. Of those of other users, none does: each of them is told
/// what became of hers when she asks again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settles {
    /// None: its own outcome is unknown.
    Nothing,
    /// Its own. It ended before anybody had looked what became of those before.
    Itself,
    /// Its own and all of its user before it: the effect is there, or was looked for.
    AllBefore,
}

/// An operation whose intent is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Begun {
    /// The intent's number in the audit log.
    pub intent: i64,
    /// Whether an earlier intent for the same effect has no outcome.
    pub doubt: Doubt,
}

/// What may have been done already, by an earlier intent for the same effect that has no outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// Nothing: there is no such intent.
    Nothing,
    /// What others asked for.
    Others,
    /// What the same user asked for.
    Own,
}
