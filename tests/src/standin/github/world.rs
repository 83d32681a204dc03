//! What exists in a stand-in GitHub: accounts, tokens, repositories and their pull requests. Values only.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Mutex;

use time::OffsetDateTime;

use crate::standin::git;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Product {
    Cloud,
    Enterprise {
        /// `3.16.2`
        version: String,
    },
}

impl Product {
    /// What stands between the origin and an API path.
    pub fn api_prefix(&self) -> &'static str {
        match self {
            Product::Cloud => "",
            Product::Enterprise { .. } => "/api/v3",
        }
    }
}

#[derive(Debug, Default)]
pub struct World {
    pub accounts: Vec<Account>,
    pub tokens: Vec<Token>,
    pub repositories: Vec<Repository>,
}

/// A person or an organisation.
#[derive(Clone, Debug)]
pub struct Account {
    pub login: String,
    pub id: u64,
    pub organization: bool,
    /// Whether a password alone is answered with the question for a one-time code.
    pub two_factor: bool,
}

#[derive(Clone)]
pub struct Token {
    /// The token itself: a test's own text, worth nothing anywhere else.
    pub secret: String,
    /// Login of its owner; filled in by the builder.
    pub login: String,
    pub sort: TokenSort,
    pub state: TokenState,
    /// What the expiry header says, as the server writes it: `2026-12-31 23:59:59 UTC`, or with `+0200`. None: never expires.
    pub expires: Option<String>,
    pub blocks: Vec<Block>,
}

#[derive(Clone, Debug)]
pub enum TokenSort {
    Classic {
        scopes: Vec<String>,
    },
    FineGrained {
        contents: Access,
        pull_requests: Access,
        /// `owner/name` of the repositories it was made for; none: all of its owner's.
        selected: Option<Vec<String>>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    None,
    Read,
    Write,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenState {
    Usable,
    /// Answered like a revoked one: GitHub does not say which.
    Expired,
    Revoked,
}

/// What stands between a good token and the repositories of one organisation (by login).
#[derive(Clone, Debug)]
pub enum Block {
    SingleSignOn { organization: String },
    ForbidsClassic { organization: String },
    LifetimeTooLong { organization: String, days: u32 },
}

impl Block {
    pub fn organization(&self) -> &str {
        match self {
            Block::SingleSignOn { organization }
            | Block::ForbidsClassic { organization }
            | Block::LifetimeTooLong { organization, .. } => organization,
        }
    }
}

impl Token {
    pub fn classic(secret: &str, scopes: &[&str]) -> Token {
        let scopes = scopes.iter().map(|&scope| scope.to_owned()).collect();
        Token::new(secret, TokenSort::Classic { scopes })
    }

    /// A fine-grained token for all repositories of its owner. Metadata can always be read.
    pub fn fine_grained(secret: &str, contents: Access, pull_requests: Access) -> Token {
        Token::new(secret, TokenSort::FineGrained { contents, pull_requests, selected: None })
    }

    fn new(secret: &str, sort: TokenSort) -> Token {
        let secret = secret.to_owned();
        Token { secret, login: String::new(), sort, state: TokenState::Usable, expires: None, blocks: Vec::new() }
    }

    /// See [`Token::expires`].
    #[must_use]
    pub fn expiring(mut self, header: &str) -> Token {
        self.expires = Some(header.to_owned());
        self
    }

    #[must_use]
    pub fn in_state(mut self, state: TokenState) -> Token {
        self.state = state;
        self
    }

    #[must_use]
    pub fn blocked(mut self, block: Block) -> Token {
        self.blocks.push(block);
        self
    }

    /// For fine-grained tokens: only these repositories (`owner/name`).
    #[must_use]
    pub fn selecting(mut self, repositories: &[&str]) -> Token {
        if let TokenSort::FineGrained { selected, .. } = &mut self.sort {
            *selected = Some(repositories.iter().map(|&name| name.to_owned()).collect());
        }
        self
    }

    pub(super) fn has_scope(&self, wanted: &str) -> bool {
        matches!(&self.sort, TokenSort::Classic { scopes } if scopes.iter().any(|scope| scope == wanted))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").field("login", &self.login).field("sort", &self.sort).finish_non_exhaustive()
    }
}

/// What an account may do in a repository, least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Permission {
    Pull,
    Push,
    Admin,
}

#[derive(Debug)]
pub struct Repository {
    pub id: u64,
    pub owner: String,
    pub name: String,
    /// `owner/name` it had before; requests for these are redirected.
    pub former_names: Vec<String>,
    pub private: bool,
    pub archived: bool,
    /// Access is blocked for legal reasons (451).
    pub taken_down: bool,
    /// Whether draft pull requests are part of the plan.
    pub drafts: bool,
    /// Who may open pull requests, as its owner has it.
    pub pull_requests: OpenTo,
    pub default_branch: String,
    /// Branch name patterns (`release/*`, `*` stops at `/`) that may not be created or deleted.
    pub protected: Vec<String>,
    /// By login.
    pub collaborators: BTreeMap<String, Permission>,
    pub git: git::Repository,
    pub pulls: Mutex<Vec<PullRequest>>,
}

/// Those who may open pull requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenTo {
    All,
    /// Those who may push.
    Collaborators,
    /// There are none.
    Nobody,
}

#[derive(Clone, Debug)]
pub struct PullRequest {
    pub number: u64,
    pub title: String,
    pub body: Option<String>,
    /// Short branch name.
    pub head: String,
    /// Short branch name.
    pub base: String,
    pub head_sha: String,
    pub base_sha: String,
    pub draft: bool,
    pub maintainer_can_modify: bool,
    /// Login.
    pub author: String,
    /// Logins.
    pub requested_reviewers: Vec<String>,
    pub created_at: OffsetDateTime,
    /// None while it is open.
    pub closed_at: Option<OffsetDateTime>,
}

impl Repository {
    pub fn full_name(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }

    pub fn is_protected(&self, branch: &str) -> bool {
        self.protected.iter().any(|pattern| matches_pattern(pattern, branch))
    }
}

impl World {
    pub fn account(&self, login: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.login.eq_ignore_ascii_case(login))
    }

    pub(super) fn token(&self, secret: &str) -> Option<&Token> {
        self.tokens.iter().find(|token| token.secret == secret)
    }

    /// Panics when there is none: a mistake in the test.
    pub fn token_mut(&mut self, secret: &str) -> &mut Token {
        self.tokens.iter_mut().find(|token| token.secret == secret).expect("a token of this scene")
    }

    /// Panics when there is none: a mistake in the test.
    pub fn repository_mut(&mut self, full_name: &str) -> &mut Repository {
        let found = self.repositories.iter_mut().find(|repository| repository.full_name() == full_name);
        found.unwrap_or_else(|| panic!("no repository {full_name} in this scene"))
    }
}

/// `*` stands for any text without `/`, `**` for any text; everything else for itself.
fn matches_pattern(pattern: &str, name: &str) -> bool {
    let Some((before, after)) = pattern.split_once('*') else {
        return pattern == name;
    };
    let Some(rest) = name.strip_prefix(before) else {
        return false;
    };
    let (after, crosses) = match after.strip_prefix('*') {
        Some(after) => (after, true),
        None => (after, false),
    };
    let reach = if crosses { rest.len() } else { rest.find('/').unwrap_or(rest.len()) };
    (0..=reach).filter(|&end| rest.is_char_boundary(end)).any(|end| matches_pattern(after, &rest[end..]))
}

#[cfg(test)]
mod tests {
    use super::matches_pattern;

    #[test]
    fn a_star_stops_at_a_slash_and_two_do_not() {
        for (pattern, name, expected) in [
            ("main", "main", true),
            ("main", "mainly", false),
            ("release/*", "release/1.0", true),
            ("release/*", "release/1/0", false),
            ("release/**", "release/1/0", true),
            ("*-fix", "hot-fix", true),
            ("*-fix", "a/hot-fix", false),
            ("*", "größe", true),
        ] {
            assert_eq!(matches_pattern(pattern, name), expected, "{pattern} {name}");
        }
    }
}
