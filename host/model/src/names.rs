//! Names of things: types with private fields, so that a name that exists is a name that was checked.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a text is not a name of this sort. The text itself is not repeated: it may be a megabyte, or a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} {rule}")]
pub struct NameError {
    what: &'static str,
    rule: &'static str,
}

/// What every text of a sort of name looks like, as JSON Schema tells programs: where the rule counts bytes, texts with other
/// than ASCII may be refused that have this shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// A regular expression of the dialect that ECMAScript and others share.
    pub pattern: &'static str,
    pub max_chars: usize,
}

/// No control characters.
const PLAIN: &str = r"^[^\x00-\x1f\x7f-\x9f]+$";
const SLUG: &str = "^[a-z0-9][a-z0-9-]*$";

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident: $what:literal, $rule:literal, $pattern:expr, $max_chars:expr, $accepts:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// What every one of them looks like.
            pub const SHAPE: Shape = Shape { pattern: $pattern, max_chars: $max_chars };

            /// Takes the text as it is, or refuses it.
            pub fn parse(text: impl Into<String>) -> Result<Self, NameError> {
                let text = text.into();
                let accepts: fn(&str) -> bool = $accepts;
                if accepts(&text) { Ok(Self(text)) } else { Err(NameError { what: $what, rule: $rule }) }
            }

            /// The text, byte for byte.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }

        impl TryFrom<String> for $name {
            type Error = NameError;
            fn try_from(text: String) -> Result<Self, NameError> {
                Self::parse(text)
            }
        }

        impl std::str::FromStr for $name {
            type Err = NameError;
            fn from_str(text: &str) -> Result<Self, NameError> {
                Self::parse(text)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.0
            }
        }
    )*};
}

names! {
    /// A configured connection to one git server account, organisation or collection.
    IntegrationId: "an integration id", "is 1 to 64 lower-case letters, digits and `-`", SLUG, 64, |text| is_slug(text, 64);
    /// A provider, as its own description names it.
    ProviderId: "a provider id", "is 1 to 32 lower-case letters, digits and `-`", SLUG, 32, |text| is_slug(text, 32);
    /// One sort of integration, unique over all providers of a daemon.
    KindId: "a kind", "is 1 to 32 lower-case letters, digits and `-`", SLUG, 32, |text| is_slug(text, 32);
    /// One Jira, of those whose connectors a daemon knows.
    SiteId: "a site id", "is 1 to 64 lower-case letters, digits and `-`", SLUG, 64, |text| is_slug(text, 64);
    /// A registered client of the HTTP API.
    ConnectorId: "a connector id", "is 1 to 64 lower-case letters, digits and `-`", SLUG, 64, |text| is_slug(text, 64);
    /// One user's stay on her pages.
    VisitId: "a visit id", "is 32 lower-case hexadecimal digits", "^[0-9a-f]{32}$", 32, is_visit;
    /// A Jira user's immutable id on her site, opaque and compared byte for byte: users whose ids differ in case, space or
    /// Unicode form are different users.
    JiraUser: "a Jira user id", "is 1 to 255 bytes without control characters", PLAIN, 255, |text| is_opaque(text, 255);
    /// A Jira project key: `ABC`.
    ProjectKey: "a Jira project key", "is a capital letter and up to 63 capital letters, digits and `_`", "^[A-Z][A-Z0-9_]*$", 64, is_project_key;
    /// A Jira issue key: `ABC-123`.
    IssueKey: "a Jira issue key", "is a project key, `-` and a number, as in ABC-123", "^[A-Z][A-Z0-9_]*-[1-9][0-9]{0,17}$", 83, is_issue_key;
    /// A component of a Jira project, by its name: compared to the letter.
    JiraComponent: "a Jira component", "is 1 to 255 characters without control characters", PLAIN, 255, is_component;
    /// Whose an admin token is or what it is for; each names one token.
    TokenLabel: "a label", "is 1 to 64 characters without control characters", PLAIN, 64, is_label;
    /// What a Jira user is called, as a connector states it: for people and for branch names. Nothing is decided by it.
    PersonName: "a person's name", "has 1 to 255 characters and no control characters", PLAIN, 255, is_component;
    /// What people call an integration, a connector or a site.
    DisplayName: "a name", "has 1 to 255 bytes and no control characters", PLAIN, 255, |text| is_opaque(text, 255);
    /// A repository of one integration, as its provider names it. Opaque: only the provider reads it.
    RepositoryId: "a repository id", "is 1 to 512 bytes without control characters", PLAIN, 512, |text| is_opaque(text, 512);
}

impl IssueKey {
    /// Whether a branch of this name is the issue's: the key stands there by itself, in whatever case.
    pub fn is_in_branch(&self, name: &str) -> bool {
        let (key, name) = (self.as_str().to_ascii_lowercase(), name.to_ascii_lowercase());
        let goes_on = char::is_alphanumeric;
        name.match_indices(&key)
            .any(|(at, _)| !name[..at].ends_with(goes_on) && !name[at + key.len()..].starts_with(goes_on))
    }

    /// The project an issue is in: `ABC-123` is in `ABC`.
    pub fn project(&self) -> ProjectKey {
        let (project, _) = self.0.rsplit_once('-').expect("an issue key has a dash");
        ProjectKey(project.to_owned())
    }
}

fn is_slug(text: &str, max_bytes: usize) -> bool {
    (1..=max_bytes).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && !text.starts_with('-')
}

fn is_opaque(text: &str, max_bytes: usize) -> bool {
    (1..=max_bytes).contains(&text.len()) && !text.chars().any(char::is_control)
}

fn is_visit(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn is_label(text: &str) -> bool {
    (1..=64).contains(&text.chars().count()) && !text.chars().any(char::is_control)
}

/// Jira counts characters.
fn is_component(text: &str) -> bool {
    (1..=255).contains(&text.chars().count()) && !text.chars().any(char::is_control)
}

fn is_project_key(text: &str) -> bool {
    text.len() <= 64
        && text.starts_with(|first: char| first.is_ascii_uppercase())
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

fn is_issue_key(text: &str) -> bool {
    let Some((project, number)) = text.rsplit_once('-') else {
        return false;
    };
    is_project_key(project)
        && (1..=18).contains(&number.len())
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && !number.starts_with('0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_is_of_an_issue_whose_key_stands_there_by_itself() {
        let key = IssueKey::parse("ABC-1").unwrap();
        for name in ["ABC-1", "feature/ABC-1-sign-in", "alice/abc-1", "fix_ABC-1_x", "old-ABC-1", "x/für-ABC-1.2"] {
            assert!(key.is_in_branch(name), "{name}");
        }
        for name in ["", "ABC-10", "bugfix/ABC-12-pay", "XABC-1", "ABC-1a", "ABC1", "main"] {
            assert!(!key.is_in_branch(name), "{name}");
        }
    }

    #[test]
    fn an_issue_is_in_its_project() {
        assert_eq!(IssueKey::parse("AB_2-17").unwrap().project().as_str(), "AB_2");
        for wrong in ["ABC", "ABC-", "abc-1", "ABC-01", "ABC--1", "ABC-1 ", "-1", "ABC-1234567890123456789"] {
            assert!(IssueKey::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a7_users_whose_ids_differ_in_case_space_or_form_are_different() {
        let users = ["ann", "Ann", "ann ", "\u{e1}nn", "a\u{301}nn"].map(|id| JiraUser::parse(id).unwrap());
        for (index, user) in users.iter().enumerate() {
            assert_eq!(users.iter().position(|other| other == user), Some(index));
        }
    }

    #[test]
    fn a_component_is_any_text_jira_takes() {
        for right in ["Front end", " ", "a/b=c,d", "\u{1f980}", &"é".repeat(255)] {
            assert_eq!(JiraComponent::parse(right).unwrap().as_str(), right);
        }
        for wrong in ["", "a\nb", "\u{85}", &"é".repeat(256)] {
            assert!(JiraComponent::parse(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a14_control_characters_and_length_are_refused_in_a_repository_id() {
        for wrong in ["", "a\nb", "a\r\nb", "a\0", "\u{1b}[31m", &"x".repeat(513)] {
            assert!(RepositoryId::parse(wrong).is_err());
        }
        for right in ["octo-org/hello", "..", "%2e%2e", "プロジェクト/é", &"x".repeat(512)] {
            assert_eq!(RepositoryId::parse(right).unwrap().as_str(), right);
        }
    }
}
