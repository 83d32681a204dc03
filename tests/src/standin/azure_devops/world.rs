//! What exists in a stand-in Azure DevOps: accounts, tokens, projects, repositories and their pull requests. Values only.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Mutex;

use http::StatusCode;
use time::OffsetDateTime;

use crate::standin::git;

#[derive(Debug)]
pub struct World {
    pub accounts: Vec<Account>,
    pub tokens: Vec<Token>,
    pub projects: Vec<Project>,
    pub repositories: Vec<Repository>,
    /// How a token that lacks a scope is refused, with an empty body: 401 or 403.
    pub scope_refusal: StatusCode,
}

/// A person.
#[derive(Clone, Debug)]
pub struct Account {
    pub login: String,
    /// A GUID.
    pub id: String,
}

#[derive(Clone)]
pub struct Token {
    /// The token itself: a test's own text, worth nothing anywhere else.
    pub secret: String,
    /// Login of its owner; filled in by the builder.
    pub login: String,
    pub sort: TokenSort,
    pub state: TokenState,
    /// From then on it is expired. The server tells nobody when that is.
    pub expires: Option<OffsetDateTime>,
}

#[derive(Clone, Debug)]
pub enum TokenSort {
    /// A personal access token; any user name goes with it.
    Pat { scopes: Vec<String> },
    /// The password of an account of the server's own domain, with the user name it goes with.
    Password { user: String },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenState {
    Usable,
    Expired,
    Revoked,
}

impl Token {
    pub fn pat(secret: &str, scopes: &[&str]) -> Token {
        Token::new(secret, TokenSort::Pat { scopes: scopes.iter().map(|&scope| scope.to_owned()).collect() })
    }

    pub fn password(user: &str, password: &str) -> Token {
        Token::new(password, TokenSort::Password { user: user.to_owned() })
    }

    fn new(secret: &str, sort: TokenSort) -> Token {
        let secret = secret.to_owned();
        Token { secret, login: String::new(), sort, state: TokenState::Usable, expires: None }
    }

    #[must_use]
    pub fn expiring(mut self, at: OffsetDateTime) -> Token {
        self.expires = Some(at);
        self
    }

    #[must_use]
    pub fn in_state(mut self, state: TokenState) -> Token {
        self.state = state;
        self
    }

    pub(super) fn state_at(&self, now: OffsetDateTime) -> TokenState {
        match self.state {
            TokenState::Usable if self.expires.is_some_and(|expires| expires <= now) => TokenState::Expired,
            state => state,
        }
    }

    /// Whether it has one of these scopes. A password has no scopes and may everything.
    pub(super) fn has_one_of(&self, wanted: &[&str]) -> bool {
        match &self.sort {
            TokenSort::Pat { scopes } => scopes.iter().any(|scope| wanted.contains(&scope.as_str())),
            TokenSort::Password { .. } => true,
        }
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").field("login", &self.login).field("sort", &self.sort).finish_non_exhaustive()
    }
}

#[derive(Clone, Debug)]
pub struct Project {
    /// A GUID.
    pub id: String,
    pub name: String,
    /// Everybody may read it, without a token too. Servers of one's own have no such projects.
    pub public: bool,
}

/// What an account may do in a repository, least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Permission {
    Read,
    Contribute,
}

#[derive(Debug)]
pub struct Repository {
    /// A GUID.
    pub id: String,
    /// Name of its project.
    pub project: String,
    pub name: String,
    /// Listed, and otherwise treated as if it were not there.
    pub disabled: bool,
    pub default_branch: String,
    /// Beginnings of branch names (`release/`) that only pull requests may change.
    pub protected: Vec<String>,
    /// By login.
    pub collaborators: BTreeMap<String, Permission>,
    pub git: git::Repository,
    pub pulls: Mutex<Vec<PullRequest>>,
    /// What git does not keep of a reference, by its full name.
    pub known: Mutex<BTreeMap<String, Known>>,
}

/// What the server knows of a reference beyond git. Logins.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Who made it through the API; none where `git` did.
    pub creator: Option<String>,
    pub locked_by: Option<String>,
}

#[derive(Clone, Debug)]
pub struct PullRequest {
    /// Counts through the whole collection.
    pub number: u64,
    pub title: String,
    pub description: Option<String>,
    /// Short branch name.
    pub source: String,
    /// Short branch name.
    pub target: String,
    pub source_sha: String,
    pub target_sha: String,
    pub draft: bool,
    /// Login.
    pub author: String,
    /// Logins.
    pub reviewers: Vec<String>,
    pub created_at: OffsetDateTime,
}

impl Repository {
    pub fn full_name(&self) -> String {
        format!("{}/{}", self.project, self.name)
    }

    /// Who made a reference: through the API, or else somebody who may push, which is all there is to know of a push.
    pub(super) fn creator_of<'a>(&'a self, known: Option<&'a Known>) -> Option<&'a str> {
        let pushes = |(login, permission): (&'a String, &Permission)| {
            (*permission == Permission::Contribute).then_some(login.as_str())
        };
        let made = known.and_then(|known| known.creator.as_deref());
        made.or_else(|| self.collaborators.iter().find_map(pushes))
    }

    /// Whether a policy covers the branch (short name).
    pub fn is_protected(&self, branch: &str) -> bool {
        self.protected.iter().any(|beginning| branch.starts_with(beginning.as_str()))
    }
}

impl World {
    pub fn account(&self, login: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.login.eq_ignore_ascii_case(login))
    }

    pub(super) fn account_of_id(&self, id: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.id.eq_ignore_ascii_case(id))
    }

    pub(super) fn project(&self, name: &str) -> Option<&Project> {
        self.projects.iter().find(|project| project.name.eq_ignore_ascii_case(name))
    }

    /// Panics when there is none: a mistake in the test.
    pub fn token_mut(&mut self, secret: &str) -> &mut Token {
        self.tokens.iter_mut().find(|token| token.secret == secret).expect("a token of this scene")
    }

    /// By `Project/repository`. Panics when there is none: a mistake in the test.
    pub fn repository_mut(&mut self, full_name: &str) -> &mut Repository {
        let found = self.repositories.iter_mut().find(|repository| repository.full_name() == full_name);
        found.unwrap_or_else(|| panic!("no repository {full_name} in this scene"))
    }
}

/// The GUID of the account made with this number.
pub fn account_guid(number: u64) -> String {
    guid("acc0", number)
}

/// GUIDs that tell what they are of: four hexadecimal digits for the sort, and a number.
pub(super) fn guid(sort: &str, number: u64) -> String {
    format!("{number:08}-{sort}-4000-8000-00005742d1e0")
}
