//! What administrators demand of users: on one integration, or over all of them. The same two rules at either level.

use super::{FieldError, OperationKind, Timestamp};

/// The rules of one level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rules {
    /// *Require User PAT*: what leaves a name behind on the git server is done with the user's own PAT, or not at all.
    pub require_user_pat: bool,
    /// The grace date: until then the rules are announced, and deny nothing. None where they hold at once. Only of a rule
    /// that is on.
    pub require_user_pat_from: Option<Timestamp>,
    /// *Enforce git service permissions*: looking, too, is done with the user's own PAT, or not at all, so that nobody sees
    /// through the integration account what the git server would not show her. Holds exactly when the other rule does.
    pub enforce_git_permissions: bool,
}

impl Rules {
    /// Whether *Require User PAT* holds at this instant.
    pub fn require_user_pat_at(&self, now: Timestamp) -> bool {
        self.require_user_pat && self.require_user_pat_from.is_none_or(|from| from <= now)
    }

    /// Whether *Enforce git service permissions* holds at this instant.
    pub fn enforce_git_permissions_at(&self, now: Timestamp) -> bool {
        self.enforce_git_permissions && self.require_user_pat_at(now)
    }

    /// Whether, at this instant, the operation takes a PAT of the user.
    pub fn cover(&self, operation: OperationKind, now: Timestamp) -> bool {
        if operation.is_ruled() { self.require_user_pat_at(now) } else { self.enforce_git_permissions_at(now) }
    }

    /// From when the rules hold that do not yet. None where they hold already, or are off.
    pub fn announced_at(&self, now: Timestamp) -> Option<Timestamp> {
        self.require_user_pat_from.filter(|from| self.require_user_pat && *from > now)
    }

    /// What of it does not go together, field by field.
    pub fn contradictions(&self) -> Vec<FieldError> {
        let error = |field: &str, message: &str| FieldError { field: field.into(), message: message.into() };
        let mut errors = Vec::new();
        if self.require_user_pat {
            return errors;
        }
        if self.enforce_git_permissions {
            let message = "needs Require User PAT to be on in the same place: switch that on too, or this off";
            errors.push(error("enforce_git_permissions", message));
        }
        if self.require_user_pat_from.is_some() {
            let message =
                "is when Require User PAT begins to hold, which is off: switch that on too, or leave the date out";
            errors.push(error("require_user_pat_from", message));
        }
        errors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_needs_the_other_rule_is_refused_without_it() {
        let at = Timestamp::parse("2026-12-01");
        let rules = |require_user_pat, require_user_pat_from, enforce_git_permissions| Rules {
            require_user_pat,
            require_user_pat_from,
            enforce_git_permissions,
        };
        let fields =
            |rules: Rules| -> Vec<String> { rules.contradictions().into_iter().map(|error| error.field).collect() };
        for fine in [Rules::default(), rules(true, None, false), rules(true, at, true), rules(true, at, false)] {
            assert_eq!(fine.contradictions(), [], "{fine:?}");
        }
        assert_eq!(fields(rules(false, None, true)), ["enforce_git_permissions"]);
        assert_eq!(fields(rules(false, at, false)), ["require_user_pat_from"]);
        assert_eq!(fields(rules(false, at, true)), ["enforce_git_permissions", "require_user_pat_from"]);
    }

    #[test]
    fn the_grace_date_is_the_first_instant_of_the_rules() {
        let from = Timestamp::parse("2026-12-01").unwrap();
        let rules = Rules { require_user_pat: true, require_user_pat_from: Some(from), enforce_git_permissions: true };
        let holds = |now: Timestamp| (rules.require_user_pat_at(now), rules.enforce_git_permissions_at(now));
        assert_eq!((holds(from.plus_ms(-1)), rules.announced_at(from.plus_ms(-1))), ((false, false), Some(from)));
        assert_eq!((holds(from), rules.announced_at(from)), ((true, true), None));
        assert_eq!((holds(from.plus_ms(1)), rules.announced_at(from.plus_ms(1))), ((true, true), None));
        assert_eq!(Rules { require_user_pat: false, ..rules }.announced_at(from.plus_ms(-1)), None);
    }
}
