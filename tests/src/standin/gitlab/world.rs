//! What exists in a stand-in GitLab: accounts, groups, tokens, repositories and their pull requests. Values only.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Mutex;

use time::{Date, OffsetDateTime};

use crate::standin::git;

#[derive(Debug, Default)]
pub struct World {
    pub accounts: Vec<Account>,
    pub groups: Vec<Group>,
    pub tokens: Vec<Token>,
    pub repositories: Vec<Repository>,
    /// Full name of the repository whose templates count everywhere, of the paid edition.
    pub templates: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Account {
    pub login: String,
    pub id: u64,
    pub state: AccountState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountState {
    Active,
    Blocked,
    TermsNotAccepted,
}

impl Account {
    /// Whether it belongs to a project or group access token: GitLab tells these apart by their name.
    pub fn is_bot(&self) -> bool {
        let numbered = self.login.strip_prefix("project_").or_else(|| self.login.strip_prefix("group_"));
        numbered.is_some_and(|rest| rest.contains("_bot"))
    }
}

#[derive(Clone, Debug)]
pub struct Group {
    /// Full: `acme/platform`.
    pub path: String,
    pub id: u64,
    /// Full name of the repository of this group whose templates count in all below it, of the paid edition.
    pub templates: Option<String>,
}

#[derive(Clone)]
pub struct Token {
    /// The token itself: a test's own text, worth nothing anywhere else.
    pub secret: String,
    /// Login of its owner; filled in by the builder.
    pub login: String,
    pub sort: TokenSort,
    pub scopes: Vec<String>,
    pub state: TokenState,
    /// Dead from 00:00 UTC of that day. None: never expires.
    pub expires: Option<Date>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenSort {
    /// A personal access token, or the project or group access token of a bot.
    Personal,
    /// An application's: taken as bearer only, and no access token to `/personal_access_tokens/self`.
    OAuth,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenState {
    Usable,
    Expired,
    Revoked,
    /// Made by an administrator for somebody else, where that is now switched off.
    ImpersonationDisabled,
    /// Its owner demands a proof of possession with every request.
    WithoutProof,
}

impl Token {
    pub fn personal(secret: &str, scopes: &[&str]) -> Token {
        Token::new(secret, TokenSort::Personal, scopes)
    }

    pub fn oauth(secret: &str, scopes: &[&str]) -> Token {
        Token::new(secret, TokenSort::OAuth, scopes)
    }

    fn new(secret: &str, sort: TokenSort, scopes: &[&str]) -> Token {
        let scopes = scopes.iter().map(|&scope| scope.to_owned()).collect();
        let secret = secret.to_owned();
        Token { secret, login: String::new(), sort, scopes, state: TokenState::Usable, expires: None }
    }

    /// See [`Token::expires`].
    #[must_use]
    pub fn expiring(mut self, day: Date) -> Token {
        self.expires = Some(day);
        self
    }

    #[must_use]
    pub fn in_state(mut self, state: TokenState) -> Token {
        self.state = state;
        self
    }

    /// The state at a moment: the day of its expiry makes it expired without anybody's doing.
    pub(super) fn state_at(&self, now: OffsetDateTime) -> TokenState {
        match self.expires {
            Some(day) if self.state == TokenState::Usable && now.date() >= day => TokenState::Expired,
            _ => self.state,
        }
    }

    pub(super) fn has_scope(&self, wanted: &str) -> bool {
        self.scopes.iter().any(|scope| scope == wanted)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").field("login", &self.login).field("scopes", &self.scopes).finish_non_exhaustive()
    }
}

/// What an account may do in a repository, least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    Guest = 10,
    Planner = 15,
    Reporter = 20,
    Developer = 30,
    Maintainer = 40,
    Owner = 50,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visibility {
    Private,
    /// To everybody who is signed in.
    Internal,
    Public,
}

impl Visibility {
    pub fn name(self) -> &'static str {
        match self {
            Visibility::Private => "private",
            Visibility::Internal => "internal",
            Visibility::Public => "public",
        }
    }
}

/// A project, in GitLab's words.
#[derive(Debug)]
pub struct Repository {
    pub id: u64,
    /// With its groups: `acme/platform/tools`.
    pub full_name: String,
    /// Full names it had before.
    pub former_names: Vec<String>,
    pub visibility: Visibility,
    pub archived: bool,
    /// Whether there is a repository in the project at all: its administrators may switch it off.
    pub enabled: bool,
    pub default_branch: String,
    /// Branch name patterns (`release/*`, `*` is any text) that only maintainers may create and delete.
    pub protected: Vec<String>,
    /// Members, in GitLab's words. By login.
    pub collaborators: BTreeMap<String, Role>,
    /// The template in the project's settings, of the paid edition.
    pub merge_requests_template: Option<String>,
    pub git: git::Repository,
    pub pulls: Mutex<Vec<PullRequest>>,
}

/// A merge request, in GitLab's words.
#[derive(Clone, Debug)]
pub struct PullRequest {
    /// The `iid` of answers and addresses.
    pub number: u64,
    pub title: String,
    pub description: Option<String>,
    /// Short branch name.
    pub source: String,
    /// Short branch name.
    pub target: String,
    /// Tip of the source when last looked at.
    pub source_sha: String,
    /// Tip of the target when last looked at.
    pub target_sha: String,
    /// Whether the title begins as a draft's does.
    pub draft: bool,
    pub squash: bool,
    pub remove_source_branch: bool,
    pub labels: Vec<String>,
    /// Login.
    pub author: String,
    /// Logins.
    pub reviewers: Vec<String>,
    pub created_at: OffsetDateTime,
    pub state: PullState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PullState {
    Opened,
    Closed,
    Merged,
}

impl PullState {
    pub(super) fn name(self) -> &'static str {
        match self {
            PullState::Opened => "opened",
            PullState::Closed => "closed",
            PullState::Merged => "merged",
        }
    }
}

impl Repository {
    /// The last part of the full name.
    pub fn name(&self) -> &str {
        self.full_name.rsplit('/').next().unwrap_or(&self.full_name)
    }

    /// The groups, or the person, the repository belongs to.
    pub fn namespace(&self) -> &str {
        self.full_name.rsplit_once('/').map_or("", |(namespace, _)| namespace)
    }

    pub fn is_protected(&self, branch: &str) -> bool {
        self.protected.iter().any(|pattern| matches_pattern(pattern, branch))
    }
}

impl World {
    pub fn account(&self, login: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.login.eq_ignore_ascii_case(login))
    }

    pub(super) fn account_numbered(&self, id: u64) -> Option<&Account> {
        self.accounts.iter().find(|account| account.id == id)
    }

    pub(super) fn group(&self, path: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.path.eq_ignore_ascii_case(path))
    }

    /// Panics when there is none: a mistake in the test.
    pub fn group_mut(&mut self, path: &str) -> &mut Group {
        self.groups.iter_mut().find(|group| group.path == path).expect("a group of this scene")
    }

    /// Panics when there is none: a mistake in the test.
    pub fn account_mut(&mut self, login: &str) -> &mut Account {
        self.accounts.iter_mut().find(|account| account.login == login).expect("an account of this scene")
    }

    pub(super) fn token(&self, secret: &str) -> Option<&Token> {
        self.tokens.iter().find(|token| token.secret == secret)
    }

    /// Panics when there is none: a mistake in the test.
    pub fn token_mut(&mut self, secret: &str) -> &mut Token {
        self.tokens.iter_mut().find(|token| token.secret == secret).expect("a token of this scene")
    }

    pub(super) fn repository(&self, full_name: &str) -> Option<&Repository> {
        self.repositories.iter().find(|repository| repository.full_name == full_name)
    }

    /// Panics when there is none: a mistake in the test.
    pub fn repository_mut(&mut self, full_name: &str) -> &mut Repository {
        let found = self.repositories.iter_mut().find(|repository| repository.full_name == full_name);
        found.unwrap_or_else(|| panic!("no repository {full_name} in this scene"))
    }
}

/// `*` stands for any text, slashes included; everything else for itself.
pub(super) fn matches_pattern(pattern: &str, name: &str) -> bool {
    let Some((before, after)) = pattern.split_once('*') else {
        return pattern == name;
    };
    let Some(rest) = name.strip_prefix(before) else {
        return false;
    };
    (0..=rest.len()).filter(|&end| rest.is_char_boundary(end)).any(|end| matches_pattern(after, &rest[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_any_text() {
        for (pattern, name, expected) in [
            ("main", "main", true),
            ("main", "mainly", false),
            ("release/*", "release/1.0", true),
            ("release/*", "release/1/0", true),
            ("*-fix", "a/hot-fix", true),
            ("*", "größe", true),
            ("release/*", "released", false),
        ] {
            assert_eq!(matches_pattern(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn a_token_is_dead_from_the_first_moment_of_its_last_day() {
        let token = Token::personal("x", &["api"]).expiring(time::macros::date!(2031 - 02 - 03));
        assert_eq!(token.state_at(time::macros::datetime!(2031-02-02 23:59:59 UTC)), TokenState::Usable);
        assert_eq!(token.state_at(time::macros::datetime!(2031-02-03 00:00:00 UTC)), TokenState::Expired);
    }
}
