//! Repositories, branches, pull requests, and why an operation was not done: the host's copy of `wit/types.wit`.

use serde::{Deserialize, Serialize};

use super::{Account, BranchName, FieldError, PullRequestDescription, RepositoryId, Timestamp, Title};

/// One page of a list, and the provider's cursor for the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next: Option<String>,
    /// What is left out although it may exist, in one sentence.
    pub partial: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repository {
    pub id: RepositoryId,
    pub name: String,
    /// None where the git server says that the repository is empty.
    pub default_branch: Option<String>,
    pub web_url: String,
    pub is_private: bool,
    pub is_read_only: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Branch {
    pub name: String,
    /// Commit id at its tip, in hexadecimal. None only in a list of a git server that would have to be asked for each.
    pub commit: Option<String>,
    pub is_default: Option<bool>,
    pub is_protected: Option<bool>,
    pub web_url: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBranch {
    pub name: BranchName,
    pub base: BranchName,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatedBranch {
    pub branch: Branch,
    pub existed: bool,
    pub credited_to: Option<Account>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPullRequest {
    pub title: Title,
    pub source: BranchName,
    pub target: BranchName,
    pub description: Option<PullRequestDescription>,
    pub draft: bool,
    pub reviewers: Vec<String>,
    /// The same for every attempt at the same request; 32 hexadecimal digits.
    pub attempt_token: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullRequest {
    pub number: String,
    pub title: String,
    pub web_url: String,
    pub source: String,
    pub target: String,
    pub draft: bool,
    pub author: Option<Account>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatedPullRequest {
    pub pull_request: PullRequest,
    pub existed: bool,
    /// What could not be done although the pull request stands.
    pub notes: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deletion {
    Deleted,
    WasAbsent,
}

/// Whether the git server has forgotten a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revocation {
    Revoked,
    /// Its owner has to do that on the git server's own pages.
    Unsupported,
}

/// Why an operation was not done, as the provider or the host found it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub reason: FailureReason,
    /// The git server's own words, or one sentence. Shown to the user; never holds a secret.
    pub message: String,
    /// HTTP status of the git server's answer, when there was one.
    pub status: Option<u16>,
    /// A page where it can be mended.
    pub help_url: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FailureReason {
    CredentialRejected,
    /// Names the permission in the git server's own words.
    PermissionMissing(String),
    SsoAuthorizationRequired,
    /// Missing, or not visible to this credential. Says what.
    NotFound(String),
    /// Says what stands there.
    AlreadyExists(String),
    /// Names the missing branch.
    BaseMissing(String),
    NameInvalid,
    NothingToMerge,
    Protected,
    ReadOnly,
    RateLimited(Wait),
    Unavailable,
    /// Sent, and no answer came.
    OutcomeUnknown,
    /// A setting of the integration does not fit the git server that answers there. Says which.
    Misconfigured(FieldError),
    UnexpectedReply,
    /// The provider itself: it trapped, went over a limit, or answered outside the contract.
    ProviderFailed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    Seconds(u32),
    Until(Timestamp),
    Unknown,
}

impl Failure {
    pub fn new(reason: FailureReason, message: impl Into<String>) -> Self {
        Self { reason, message: message.into(), status: None, help_url: None }
    }

    /// Whether the git server may well answer otherwise later: it said nothing of the credential, so that one may be kept
    /// unchecked.
    pub fn is_temporary(&self) -> bool {
        matches!(self.reason, FailureReason::Unavailable | FailureReason::RateLimited(_))
    }

    /// Whether another credential, or one that may do more, would mend it.
    pub fn is_about_the_credential(&self) -> bool {
        match self.reason {
            FailureReason::CredentialRejected
            | FailureReason::PermissionMissing(_)
            | FailureReason::SsoAuthorizationRequired => true,
            FailureReason::NotFound(_)
            | FailureReason::AlreadyExists(_)
            | FailureReason::BaseMissing(_)
            | FailureReason::NameInvalid
            | FailureReason::NothingToMerge
            | FailureReason::Protected
            | FailureReason::ReadOnly
            | FailureReason::RateLimited(_)
            | FailureReason::Unavailable
            | FailureReason::OutcomeUnknown
            | FailureReason::Misconfigured(_)
            | FailureReason::UnexpectedReply
            | FailureReason::ProviderFailed => false,
        }
    }
}
