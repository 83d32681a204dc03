//! Identity-based policies, as much of them as CodeCommit's operations need: allow and deny, wildcards, and the condition on
//! references that stands in for protected branches. Pure: statements in, decision out.

/// One statement of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    pub effect: Effect,
    /// `codecommit:Get*`
    pub actions: Vec<String>,
    /// ARNs, with `*`.
    pub resources: Vec<String>,
    /// Condition on `codecommit:References`: full reference names, with `*`. Holds only for actions that are about a reference.
    pub references: Option<Vec<String>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    Allow,
    Deny,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    Allowed,
    /// No statement allows it.
    NotAllowed,
    /// A statement denies it, whatever others allow.
    Denied,
}

impl Statement {
    pub fn allow(actions: &[&str], resource: &str) -> Statement {
        let actions = actions.iter().map(|&action| action.to_owned()).collect();
        Statement { effect: Effect::Allow, actions, resources: vec![resource.to_owned()], references: None }
    }

    pub fn deny(actions: &[&str], resource: &str) -> Statement {
        Statement { effect: Effect::Deny, ..Statement::allow(actions, resource) }
    }

    /// Only where the action is about a reference like this one.
    #[must_use]
    pub fn for_references(mut self, pattern: &str) -> Statement {
        self.references.get_or_insert_default().push(pattern.to_owned());
        self
    }

    fn is_about(&self, action: &str, resource: &str, reference: Option<&str>) -> bool {
        matches_any(&self.actions, action)
            && matches_any(&self.resources, resource)
            && match (&self.references, reference) {
                (None, _) => true,
                (Some(patterns), Some(reference)) => matches_any(patterns, reference),
                (Some(_), None) => false,
            }
    }
}

/// What the statements together say. A deny wins.
pub fn decide(statements: &[Statement], action: &str, resource: &str, reference: Option<&str>) -> Decision {
    let mut decision = Decision::NotAllowed;
    for statement in statements.iter().filter(|statement| statement.is_about(action, resource, reference)) {
        match statement.effect {
            Effect::Deny => return Decision::Denied,
            Effect::Allow => decision = Decision::Allowed,
        }
    }
    decision
}

pub(super) fn matches_any(patterns: &[String], text: &str) -> bool {
    patterns.iter().any(|pattern| matches(pattern, text))
}

/// `*` stands for any text, slashes included.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((before, after)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(rest) = text.strip_prefix(before) else {
        return false;
    };
    (0..=rest.len()).filter(|&start| rest.is_char_boundary(start)).any(|start| matches(after, &rest[start..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deny_wins_over_any_allow_and_silence_allows_nothing() {
        let statements = [
            Statement::deny(&["codecommit:CreateBranch"], "*").for_references("refs/heads/release/*"),
            Statement::allow(&["codecommit:*"], "arn:1:widgets"),
        ];
        for (action, resource, reference, expected) in [
            ("codecommit:CreateBranch", "arn:1:widgets", Some("refs/heads/x"), Decision::Allowed),
            ("codecommit:CreateBranch", "arn:1:widgets", Some("refs/heads/release/1/0"), Decision::Denied),
            ("codecommit:CreateBranch", "arn:1:other", Some("refs/heads/x"), Decision::NotAllowed),
            ("codecommit:GetBranch", "arn:1:widgets", None, Decision::Allowed),
            ("sts:GetCallerIdentity", "arn:1:widgets", None, Decision::NotAllowed),
        ] {
            assert_eq!(decide(&statements, action, resource, reference), expected, "{action} {resource} {reference:?}");
        }
    }

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, text, expected) in [
            ("codecommit:Get*", "codecommit:GetBranch", true),
            ("codecommit:Get*", "codecommit:ListBranches", false),
            ("*", "größe", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-b-c-d", false),
            ("a", "ab", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }
}
