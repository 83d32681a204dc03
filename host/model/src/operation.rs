//! What can be asked of a git server.

use serde::{Deserialize, Serialize};

/// One sort of operation. Each is decided by the policy and recorded in the audit log under its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OperationKind {
    /// Whose a credential is and what it may do: at saving it, and again on demand.
    CheckCredential,
    /// Having the git server forget a user's own credential, because she asks for it.
    RevokeCredential,
    ListRepositories,
    GetRepository,
    ListBranches,
    CreateBranch,
    DeleteBranch,
    CreatePullRequest,
}

impl OperationKind {
    pub const ALL: [OperationKind; 8] = [
        OperationKind::CheckCredential,
        OperationKind::RevokeCredential,
        OperationKind::ListRepositories,
        OperationKind::GetRepository,
        OperationKind::ListBranches,
        OperationKind::CreateBranch,
        OperationKind::DeleteBranch,
        OperationKind::CreatePullRequest,
    ];

    /// Whether *Require User PAT* covers it: what leaves a name behind on the git server.
    pub fn is_ruled(self) -> bool {
        match self {
            OperationKind::CreateBranch | OperationKind::DeleteBranch | OperationKind::CreatePullRequest => true,
            OperationKind::CheckCredential
            | OperationKind::RevokeCredential
            | OperationKind::ListRepositories
            | OperationKind::GetRepository
            | OperationKind::ListBranches => false,
        }
    }

    /// As the audit log and the metrics name it.
    pub fn as_str(self) -> &'static str {
        match self {
            OperationKind::CheckCredential => "credential.check",
            OperationKind::RevokeCredential => "pat.revoke",
            OperationKind::ListRepositories => "repository.list",
            OperationKind::GetRepository => "repository.get",
            OperationKind::ListBranches => "branch.list",
            OperationKind::CreateBranch => "branch.create",
            OperationKind::DeleteBranch => "branch.delete",
            OperationKind::CreatePullRequest => "pull-request.create",
        }
    }
}

/// Whom the caller wants to act as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ActAs {
    /// The user where she has a PAT, else whatever the policy allows.
    #[default]
    Auto,
    User,
    Integration,
}
