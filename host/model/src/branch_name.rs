//! Branch names: git's own rules for reference names, then those of one kind of git server.
//!
//! Rules: `git check-ref-format(1)`, and `git branch`, which also refuses a leading `-` and `HEAD`.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::BranchRules;

/// Longest branch name taken, in bytes, whatever a git server would take: with `refs/heads/` in front it still is a file
/// name on every file system git runs on.
pub const MAX_BRANCH_NAME_BYTES: usize = 244;

/// A short branch name (`feature/ABC-1`) that git would accept. Kept byte for byte.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BranchName(String);

/// Why git, or this git server, would refuse the name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BranchNameError {
    #[error("a branch name cannot be empty")]
    Empty,
    #[error("a branch name has at most {max} bytes; this one has {got}")]
    TooLong { max: usize, got: usize },
    #[error("a branch name cannot contain {0}")]
    Contains(&'static str),
    #[error("a branch name cannot start with {0}")]
    Starts(&'static str),
    #[error("a branch name cannot end with {0}")]
    Ends(&'static str),
    #[error("no part of a branch name between slashes can {0}")]
    Part(&'static str),
    #[error("`{0}` has a meaning of its own in git")]
    Reserved(&'static str),
    #[error("this git server refuses names that look like a commit id")]
    CommitId,
}

impl BranchName {
    /// Takes the name as it is, or says what git would refuse in it.
    pub fn parse(text: impl Into<String>) -> Result<Self, BranchNameError> {
        let text = text.into();
        check(&text)?;
        Ok(Self(text))
    }

    /// Holds the name to what one kind of git server refuses beyond git.
    pub fn fits(&self, rules: &BranchRules) -> Result<(), BranchNameError> {
        let max = rules.max_bytes as usize;
        if self.0.len() > max {
            return Err(BranchNameError::TooLong { max, got: self.0.len() });
        }
        let is_hex = matches!(self.0.len(), 40 | 64) && self.0.bytes().all(|byte| byte.is_ascii_hexdigit());
        if rules.refuses_commit_ids && is_hex {
            return Err(BranchNameError::CommitId);
        }
        Ok(())
    }

    /// The short name, byte for byte.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn check(text: &str) -> Result<(), BranchNameError> {
    use BranchNameError::{Contains, Empty, Ends, Part, Reserved, Starts, TooLong};
    const FORBIDDEN: [(char, &str); 8] = [
        (' ', "a space"),
        ('~', "`~`"),
        ('^', "`^`"),
        (':', "`:`"),
        ('?', "`?`"),
        ('*', "`*`"),
        ('[', "`[`"),
        ('\\', "`\\`"),
    ];
    if text.is_empty() {
        return Err(Empty);
    }
    if text.len() > MAX_BRANCH_NAME_BYTES {
        return Err(TooLong { max: MAX_BRANCH_NAME_BYTES, got: text.len() });
    }
    if text.chars().any(char::is_control) {
        return Err(Contains("control characters"));
    }
    if let Some((_, name)) = FORBIDDEN.iter().find(|(forbidden, _)| text.contains(*forbidden)) {
        return Err(Contains(name));
    }
    if text == "@" || text == "HEAD" {
        return Err(Reserved(if text == "@" { "@" } else { "HEAD" }));
    }
    if text.starts_with("refs/heads/") {
        return Err(Starts("`refs/heads/`; give the short name"));
    }
    for (sequence, name) in [("..", "`..`"), ("@{", "`@{`"), ("//", "`//`")] {
        if text.contains(sequence) {
            return Err(Contains(name));
        }
    }
    for (start, name) in [('-', "`-`"), ('/', "`/`")] {
        if text.starts_with(start) {
            return Err(Starts(name));
        }
    }
    for (end, name) in [('/', "`/`"), ('.', "`.`")] {
        if text.ends_with(end) {
            return Err(Ends(name));
        }
    }
    if text.split('/').any(|part| part.starts_with('.')) {
        return Err(Part("start with `.`"));
    }
    if text.split('/').any(|part| part.ends_with(".lock")) {
        return Err(Part("end with `.lock`"));
    }
    Ok(())
}

impl TryFrom<String> for BranchName {
    type Error = BranchNameError;
    fn try_from(text: String) -> Result<Self, BranchNameError> {
        Self::parse(text)
    }
}

impl From<BranchName> for String {
    fn from(name: BranchName) -> String {
        name.0
    }
}

impl fmt::Display for BranchName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for BranchName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(name: &str) -> Option<String> {
        BranchName::parse(name).err().map(|error| error.to_string())
    }

    #[test]
    fn a14_valid_names_pass_byte_for_byte() {
        for name in ["main", "feature/ABC-1", "é/ü", "🦀", "a-", "a.b", "a@b", "%2e%2e", "x\u{202e}y"] {
            assert_eq!(BranchName::parse(name).unwrap().as_str(), name);
        }
    }

    #[test]
    fn a14_invalid_names_are_refused_with_the_reason() {
        let cases = [
            ("", "a branch name cannot be empty"),
            ("a\nb", "a branch name cannot contain control characters"),
            ("a\r", "a branch name cannot contain control characters"),
            ("a\0b", "a branch name cannot contain control characters"),
            ("\u{1b}[31mred", "a branch name cannot contain control characters"),
            ("a b", "a branch name cannot contain a space"),
            ("a..b", "a branch name cannot contain `..`"),
            ("..", "a branch name cannot contain `..`"),
            ("a@{1}", "a branch name cannot contain `@{`"),
            ("@", "`@` has a meaning of its own in git"),
            ("HEAD", "`HEAD` has a meaning of its own in git"),
            ("a.lock", "no part of a branch name between slashes can end with `.lock`"),
            ("a.lock/b", "no part of a branch name between slashes can end with `.lock`"),
            (".a", "no part of a branch name between slashes can start with `.`"),
            ("a/.b", "no part of a branch name between slashes can start with `.`"),
            ("-x", "a branch name cannot start with `-`"),
            ("/x", "a branch name cannot start with `/`"),
            ("x/", "a branch name cannot end with `/`"),
            ("x.", "a branch name cannot end with `.`"),
            ("a//b", "a branch name cannot contain `//`"),
            ("a\\b", "a branch name cannot contain `\\`"),
            ("refs/heads/x", "a branch name cannot start with `refs/heads/`; give the short name"),
        ];
        for (name, reason) in cases {
            assert_eq!(refusal(name).as_deref(), Some(reason), "{name:?}");
        }
        assert_eq!(refusal(&"x".repeat(1 << 20)).unwrap(), "a branch name has at most 244 bytes; this one has 1048576");
    }

    #[test]
    fn a_git_server_may_refuse_more_than_git() {
        let rules = BranchRules { max_bytes: 10, refuses_commit_ids: true, case_insensitive: false };
        assert!(BranchName::parse("short").unwrap().fits(&rules).is_ok());
        assert!(BranchName::parse("longer-than-ten").unwrap().fits(&rules).is_err());
        let rules = BranchRules { max_bytes: 100, ..rules };
        assert_eq!(BranchName::parse("a".repeat(40)).unwrap().fits(&rules), Err(BranchNameError::CommitId));
    }
}
