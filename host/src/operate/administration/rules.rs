//! What is to become of the rules, on one integration or over all: the same patch at either level.

use model::{Features, Rules, Timestamp};

/// What is to become of rules. What is none stays as it is.
#[derive(Debug, Clone, Default)]
pub struct RulesPatch {
    /// *Require User PAT*.
    pub require_user_pat: Option<bool>,
    /// When it begins to hold; none of some: at once.
    pub require_user_pat_from: Option<Option<Timestamp>>,
    /// *Enforce git service permissions*.
    pub enforce_git_permissions: Option<bool>,
}

impl RulesPatch {
    /// All of them as they are to be.
    pub fn whole(rules: Rules) -> Self {
        Self {
            require_user_pat: Some(rules.require_user_pat),
            require_user_pat_from: Some(rules.require_user_pat_from),
            enforce_git_permissions: Some(rules.enforce_git_permissions),
        }
    }

    /// A rule that is switched off loses its date, so that it does not come back with one that nobody remembers.
    pub(super) fn apply(self, before: Rules) -> Rules {
        let require_user_pat = self.require_user_pat.unwrap_or(before.require_user_pat);
        let kept = before.require_user_pat_from.filter(|_| require_user_pat);
        Rules {
            require_user_pat,
            require_user_pat_from: self.require_user_pat_from.unwrap_or(kept),
            enforce_git_permissions: self.enforce_git_permissions.unwrap_or(before.enforce_git_permissions),
        }
    }
}

/// What is to become of what can be done on an integration. What is none stays as it is.
#[derive(Debug, Clone, Default)]
pub struct FeaturesPatch {
    /// Creating branches.
    pub create_branches: Option<bool>,
    /// Deleting branches.
    pub delete_branches: Option<bool>,
    /// Creating pull requests.
    pub create_pull_requests: Option<bool>,
}

impl FeaturesPatch {
    pub(super) fn apply(self, before: Features) -> Features {
        Features {
            create_branches: self.create_branches.unwrap_or(before.create_branches),
            delete_branches: self.delete_branches.unwrap_or(before.delete_branches),
            create_pull_requests: self.create_pull_requests.unwrap_or(before.create_pull_requests),
        }
    }
}
