//! What can be done on an integration at all, whoever asks.

use super::OperationKind;

/// What administrators switch off per integration. All of it is on to begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Features {
    pub create_branches: bool,
    pub delete_branches: bool,
    pub create_pull_requests: bool,
}

impl Default for Features {
    fn default() -> Self {
        Self { create_branches: true, delete_branches: true, create_pull_requests: true }
    }
}

impl Features {
    /// Whether the operation is among what is on. Looking, and what is about a credential itself, always is.
    pub fn include(&self, operation: OperationKind) -> bool {
        match operation {
            OperationKind::CreateBranch => self.create_branches,
            OperationKind::DeleteBranch => self.delete_branches,
            OperationKind::CreatePullRequest => self.create_pull_requests,
            OperationKind::CheckCredential
            | OperationKind::RevokeCredential
            | OperationKind::ListRepositories
            | OperationKind::GetRepository
            | OperationKind::ListBranches
            | OperationKind::CompareBranches
            | OperationKind::GetTemplate => true,
        }
    }
}
