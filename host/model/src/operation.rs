//! What can be asked of a git server, each sort as a value for logs and tables, and as a type: a permit, a loan and a link
//! are of one operation, and the compiler keeps them to it.

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
    CompareBranches,
    /// The text that a repository wants pull requests to start from.
    GetTemplate,
    CreateBranch,
    DeleteBranch,
    CreatePullRequest,
}

impl OperationKind {
    /// Every one.
    pub const ALL: [OperationKind; 10] = [
        OperationKind::CheckCredential,
        OperationKind::RevokeCredential,
        OperationKind::ListRepositories,
        OperationKind::GetRepository,
        OperationKind::ListBranches,
        OperationKind::CompareBranches,
        OperationKind::GetTemplate,
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
            | OperationKind::ListBranches
            | OperationKind::CompareBranches
            | OperationKind::GetTemplate => false,
        }
    }

    /// Whether it is a look at what there is, and nothing else: nothing is changed by it, there or here.
    pub fn only_looks(self) -> bool {
        match self {
            OperationKind::ListRepositories
            | OperationKind::GetRepository
            | OperationKind::ListBranches
            | OperationKind::CompareBranches
            | OperationKind::GetTemplate => true,
            OperationKind::CheckCredential
            | OperationKind::RevokeCredential
            | OperationKind::CreateBranch
            | OperationKind::DeleteBranch
            | OperationKind::CreatePullRequest => false,
        }
    }

    /// As the audit log and the metrics name it.
    pub const fn as_str(self) -> &'static str {
        match self {
            OperationKind::CheckCredential => "credential.check",
            OperationKind::RevokeCredential => "pat.revoke",
            OperationKind::ListRepositories => "repository.list",
            OperationKind::GetRepository => "repository.get",
            OperationKind::ListBranches => "branch.list",
            OperationKind::GetTemplate => "pull-request.template",
            OperationKind::CompareBranches => "branch.compare",
            OperationKind::CreateBranch => "branch.create",
            OperationKind::DeleteBranch => "branch.delete",
            OperationKind::CreatePullRequest => "pull-request.create",
        }
    }
}

mod sealed {
    /// Operations are those of this file.
    pub trait Sealed {}
}

/// One sort of operation, as a type. There are no values of these types: they mark what a permit, a loan or a link is for.
pub trait Operation: sealed::Sealed + Send + Sync + 'static {
    const KIND: OperationKind;
}

/// What is done with a repository, in somebody's name: [`crate::policy::decide`] says in whose.
pub trait Use: Operation {}

/// What is done by looking at what there is, beside or before whatever else it does.
pub trait Look: Use {}

/// What changes something. Its loan may be used to look whether the change stands.
pub trait Change: Look {}

macro_rules! operations {
    ($($name:ident: $($also:ident)*;)*) => {$(
        #[doc = concat!("Marks what is for [`OperationKind::", stringify!($name), "`].")]
        #[derive(Debug)]
        pub enum $name {}

        impl sealed::Sealed for $name {}

        impl Operation for $name {
            const KIND: OperationKind = OperationKind::$name;
        }

        $(impl $also for $name {})*
    )*};
}

operations! {
    CheckCredential: ;
    RevokeCredential: ;
    ListRepositories: Use;
    GetRepository: Use;
    ListBranches: Use;
    CompareBranches: Use;
    GetTemplate: Use Look;
    CreateBranch: Use Look Change;
    DeleteBranch: Use Look Change;
    CreatePullRequest: Use Look Change;
}

/// Marks a link that looks at what there is, or whether a [`Change`] stands. Nothing is permitted for it alone: it comes of
/// the loan for what it is a part of.
#[derive(Debug)]
pub enum LookUp {}

/// Whom the caller wants to act as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ActAs {
    /// The user where she has a PAT, else whatever the policy allows.
    #[default]
    Auto,
    /// The user herself, or nobody.
    User,
    /// The integration account, where the rule allows it.
    Integration,
}

impl ActAs {
    /// Every one.
    pub const ALL: [ActAs; 3] = [ActAs::Auto, ActAs::User, ActAs::Integration];
}
