//! What a user may expect before she asks: whose credential would be lent for what she is about to do. Nothing is lent, and
//! nothing is decided: at the operation itself everything is decided anew.

use model::operation::{CreateBranch, CreatePullRequest, DeleteBranch, ListRepositories, Use};
use model::policy::{self, Admitted, Denial, Facts, Lends};
use model::{ActAs, OperationKind, Timestamp};

/// What would be decided now, of one integration and one user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlook {
    /// Creating a branch.
    pub create_branch: Choices,
    /// Deleting one, which takes no choice.
    pub delete_branch: Result<Lends, Denial>,
    /// Creating a pull request.
    pub create_pull_request: Choices,
    /// Looking: listing repositories and branches, and whatever else changes nothing.
    pub look: Result<Lends, Denial>,
    /// Whether *Require User PAT* holds, by the rule of either level.
    pub requires_user_pat: bool,
    /// Whether *Enforce git service permissions* holds, by the rule of either level.
    pub enforces_git_permissions: bool,
    /// From when on *Require User PAT* will hold, where it is announced and does not hold yet.
    pub pat_required_from: Option<Timestamp>,
}

/// The same operation as each of those it can be asked for as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choices {
    /// As whoever the policy finds.
    pub auto: Result<Lends, Denial>,
    /// As the user herself.
    pub user: Result<Lends, Denial>,
    /// As the integration account.
    pub integration: Result<Lends, Denial>,
}

impl Outlook {
    pub(super) fn of(facts: &Admitted<Facts<'_>>) -> Self {
        Self {
            create_branch: choices::<CreateBranch>(facts),
            delete_branch: policy::outlook::<DeleteBranch>(facts, ActAs::Auto),
            create_pull_request: choices::<CreatePullRequest>(facts),
            look: policy::outlook::<ListRepositories>(facts, ActAs::Auto),
            requires_user_pat: facts.requires_user_pat(OperationKind::CreateBranch),
            enforces_git_permissions: facts.requires_user_pat(OperationKind::ListRepositories),
            pat_required_from: facts.pat_required_from(),
        }
    }
}

fn choices<O: Use>(facts: &Admitted<Facts<'_>>) -> Choices {
    let outlook = |act_as| policy::outlook::<O>(facts, act_as);
    Choices { auto: outlook(ActAs::Auto), user: outlook(ActAs::User), integration: outlook(ActAs::Integration) }
}
