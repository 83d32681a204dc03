//! What exists in a stand-in CodeCommit: the users of one AWS account, their access keys, repositories, pull requests. Values
//! only.

use std::fmt;
use std::sync::Mutex;

use time::OffsetDateTime;

use super::policy::Statement;
use crate::standin::git;

/// One AWS account in one region.
#[derive(Debug)]
pub struct World {
    /// 12 digits.
    pub account: String,
    pub region: String,
    pub users: Vec<User>,
    pub keys: Vec<AccessKey>,
    pub repositories: Vec<Repository>,
    /// Of all repositories: their ids are the region's, not the repository's.
    pub pulls: Mutex<Vec<PullRequest>>,
    /// Open pull requests a repository may have.
    pub open_pulls_limit: usize,
}

/// An IAM user.
#[derive(Clone, Debug)]
pub struct User {
    pub login: String,
    /// `AIDA` and 17 more.
    pub id: String,
    pub policy: Vec<Statement>,
}

/// A key that signs requests: a long-term one of a user, or a temporary one with a session token.
#[derive(Clone)]
pub struct AccessKey {
    /// `AKIA` and 16 more, or `ASIA` and 16 more for a temporary one.
    pub id: String,
    pub secret: String,
    pub session_token: Option<String>,
    /// Login of the user it was made for; filled in by the builder.
    pub login: String,
    pub state: TokenState,
    /// When a temporary key ends by itself.
    pub expires: Option<OffsetDateTime>,
    /// Name of the role whose session this is; none: the user herself. The role may do what its user may.
    pub role: Option<String>,
    /// What the key may at most do of what its user may: what a policy that asks for a second factor leaves to a key without
    /// one. None: everything.
    pub limited_to: Option<Vec<String>>,
}

/// What a client needs to sign.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    pub id: &'static str,
    pub secret: &'static str,
    /// Of a temporary key.
    pub session_token: Option<&'static str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenState {
    Usable,
    /// A temporary key whose time is over.
    Expired,
    /// Deleted or made inactive: the server does not know it any more.
    Revoked,
}

impl AccessKey {
    /// A key that is usable until told otherwise; temporary when it comes with a session token.
    pub fn new(key: &Key) -> AccessKey {
        AccessKey {
            id: key.id.to_owned(),
            secret: key.secret.to_owned(),
            session_token: key.session_token.map(str::to_owned),
            login: String::new(),
            state: TokenState::Usable,
            expires: None,
            role: None,
            limited_to: None,
        }
    }

    #[must_use]
    pub fn expiring(mut self, at: OffsetDateTime) -> AccessKey {
        self.expires = Some(at);
        self
    }

    #[must_use]
    pub fn in_state(mut self, state: TokenState) -> AccessKey {
        self.state = state;
        self
    }

    /// See [`AccessKey::role`].
    #[must_use]
    pub fn of_role(mut self, role: &str) -> AccessKey {
        self.role = Some(role.to_owned());
        self
    }

    /// See [`AccessKey::limited_to`].
    #[must_use]
    pub fn limited_to(mut self, actions: &[&str]) -> AccessKey {
        self.limited_to = Some(actions.iter().map(|&action| action.to_owned()).collect());
        self
    }

    pub(super) fn state_at(&self, now: OffsetDateTime) -> TokenState {
        match self.expires {
            Some(expires) if self.state == TokenState::Usable && expires <= now => TokenState::Expired,
            _ => self.state,
        }
    }
}

impl fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessKey").field("id", &self.id).field("login", &self.login).finish_non_exhaustive()
    }
}

#[derive(Debug)]
pub struct Repository {
    /// A UUID.
    pub id: String,
    pub name: String,
    pub description: Option<String>,
    /// Named in answers only while there is such a branch.
    pub default_branch: String,
    pub encryption_key: EncryptionKey,
    pub git: git::Repository,
}

/// The state of the KMS key a repository is encrypted with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EncryptionKey {
    Usable,
    AccessDenied,
    Disabled,
    NotFound,
    Unavailable,
}

#[derive(Clone, Debug)]
pub struct PullRequest {
    pub number: u64,
    /// Name of its repository.
    pub repository: String,
    pub title: String,
    pub description: Option<String>,
    /// Short branch name.
    pub source: String,
    /// Short branch name.
    pub target: String,
    pub source_commit: String,
    pub target_commit: String,
    pub merge_base: Option<String>,
    /// Login.
    pub author: String,
    pub author_arn: String,
    pub client_request_token: Option<String>,
    pub created_at: OffsetDateTime,
    /// None while it is open.
    pub closed_at: Option<OffsetDateTime>,
}

impl World {
    pub fn user(&self, login: &str) -> Option<&User> {
        self.users.iter().find(|user| user.login == login)
    }

    /// Panics when there is none: a mistake in the test.
    pub fn user_mut(&mut self, login: &str) -> &mut User {
        self.users.iter_mut().find(|user| user.login == login).expect("a user of this scene")
    }

    pub(super) fn key(&self, id: &str) -> Option<&AccessKey> {
        self.keys.iter().find(|key| key.id == id)
    }

    /// The access key of this id. Panics when there is none: a mistake in the test.
    pub fn token_mut(&mut self, id: &str) -> &mut AccessKey {
        self.keys.iter_mut().find(|key| key.id == id).expect("an access key of this scene")
    }

    pub(super) fn repository(&self, name: &str) -> Option<&Repository> {
        self.repositories.iter().find(|repository| repository.name == name)
    }

    /// Panics when there is none: a mistake in the test.
    pub fn repository_mut(&mut self, name: &str) -> &mut Repository {
        let found = self.repositories.iter_mut().find(|repository| repository.name == name);
        found.unwrap_or_else(|| panic!("no repository {name} in this scene"))
    }

    /// Who a key acts as: the user, or the session of a role.
    pub fn arn(&self, key: &AccessKey) -> String {
        match &key.role {
            None => format!("arn:aws:iam::{}:user/{}", self.account, key.login),
            Some(role) => format!("arn:aws:sts::{}:assumed-role/{role}/{}", self.account, key.login),
        }
    }

    /// The ARN of the repository of this name, whether it exists or not.
    pub fn repository_arn(&self, name: &str) -> String {
        repository_arn(&self.region, &self.account, name)
    }
}

pub(super) fn repository_arn(region: &str, account: &str, name: &str) -> String {
    format!("arn:aws:codecommit:{region}:{account}:{name}")
}
