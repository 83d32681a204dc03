//! Repositories, branches, pull requests, and why an operation was not done: the host's copy of `wit/types.wit`.

use serde::{Deserialize, Serialize};

use super::{Account, BranchName, DAY_MS, FieldError, PullRequestDescription, RepositoryId, Timestamp, Title};

/// One page of a list, and the provider's cursor for the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// None on the last page.
    pub next: Option<String>,
    /// What is left out although it may exist, in one sentence.
    pub partial: Option<String>,
}

/// The most items of one page of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageLimit(u32);

impl PageLimit {
    /// As many as the git servers give at once.
    pub const MOST: Self = Self(100);

    /// None for what is not 1 to [`PageLimit::MOST`].
    pub fn of(items: u32) -> Option<Self> {
        (1..=Self::MOST.0).contains(&items).then_some(Self(items))
    }

    /// How many that is.
    pub fn items(self) -> u32 {
        self.0
    }
}

/// A repository, as the credential that was lent sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repository {
    pub id: RepositoryId,
    /// For people, with its owner or group: `octo-org/hello-world`.
    pub name: String,
    /// None where the git server says that the repository is empty.
    pub default_branch: Option<String>,
    pub web_url: String,
    pub is_private: bool,
    /// Archived, disabled or otherwise read-only.
    pub is_read_only: bool,
}

/// A branch that there is. Its name is whatever the git server has: git takes names that [`BranchName`] refuses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Branch {
    /// Short: `feature/ABC-1`, not `refs/heads/…`.
    pub name: String,
    /// Commit id at its tip, in hexadecimal. None only in a list of a git server that would have to be asked for each.
    pub commit: Option<String>,
    /// None where the git server does not say.
    pub is_default: Option<bool>,
    /// None where the git server does not say.
    pub is_protected: Option<bool>,
    pub web_url: Option<String>,
}

/// A branch that is to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBranch {
    pub name: BranchName,
    /// The branch to start at.
    pub base: BranchName,
}

/// How it comes that something stands that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It was made.
    Created,
    /// It was there already, and nothing was changed.
    Existed,
    /// The git server's answer was lost, and it was found afterwards: it was made, or was there already.
    Found,
}

impl Standing {
    /// As git servers answer: whether it was there already.
    pub fn of(existed: bool) -> Self {
        if existed { Self::Existed } else { Self::Created }
    }

    /// Whether nobody was told that it was made.
    pub fn existed(self) -> bool {
        self != Self::Created
    }

    /// Whether nobody knows if it was made or was there.
    pub fn answer_lost(self) -> bool {
        self == Self::Found
    }
}

/// A branch that stands now, whoever made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatedBranch {
    pub branch: Branch,
    /// One that was there already was at the very commit it was to start at.
    pub standing: Standing,
    /// Who made it, where the git server's answer says so.
    pub credited_to: Option<Account>,
}

/// A pull request that is to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPullRequest {
    pub title: Title,
    /// The branch with the change.
    pub source: BranchName,
    /// The branch it is to go to.
    pub target: BranchName,
    pub description: Option<PullRequestDescription>,
    pub draft: bool,
    /// Logins.
    pub reviewers: Vec<String>,
    /// The same for every attempt at the same request; 32 hexadecimal digits.
    pub attempt_token: String,
}

/// A pull request that there is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullRequest {
    /// As the git server numbers it in the repository: `17`.
    pub number: String,
    pub title: String,
    pub web_url: String,
    /// Short name of the branch with the change.
    pub source: String,
    /// Short name of the branch it is to go to.
    pub target: String,
    pub draft: bool,
    /// None where the git server does not say.
    pub author: Option<Account>,
}

/// A pull request that stands now, whoever made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatedPullRequest {
    pub pull_request: PullRequest,
    pub standing: Standing,
    /// What could not be done although the pull request stands.
    pub notes: Vec<String>,
}

/// What became of a branch that is to be gone: it is, either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deletion {
    Deleted,
    /// There was no such branch.
    WasAbsent,
    /// It was not there when it was looked for, after an answer that was lost: by the request whose answer that was, or before it.
    FoundAbsent,
}

/// What a source branch has that its target has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    Nothing,
    /// Commits; how many, where the git server counts them.
    Ahead(Option<u32>),
    /// The branches differ, and the git server does not say in what.
    CannotTell,
}

/// Whether the git server has forgotten a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revocation {
    Revoked,
    /// Its owner has to do that on the git server's own pages.
    Unsupported,
}

/// Why an operation was not done, as the provider or the host found it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub reason: FailureReason,
    /// The git server's own words, or one sentence. Shown to the user; never holds a secret.
    pub message: String,
    /// HTTP status of the git server's answer, when there was one.
    pub status: Option<u16>,
    /// A page where it can be mended.
    pub help_url: Option<String>,
    /// Where the git server was not even reached: what stands in the way, as the host found it.
    pub unreached: Option<Unreached>,
    /// When the git server takes requests again, where it said so.
    pub again: Option<Again>,
    /// Whether the answer was a web page, as whatever stands in front of a git server writes: nobody's credential was looked at.
    pub is_a_page: bool,
    /// Whether a request that changes something may have been on its way by then.
    pub change_sent: bool,
    /// Whether it is a change that something in front of the git server refused, and would not let be looked up either: what holds
    /// back answers says the same.
    pub not_looked_up: bool,
    /// Whether what exists already may be what came of an earlier attempt of the same user, whose answer was lost.
    pub may_be_own: bool,
}

/// Statuses that speak of the request by what they mean: its form, its size, its way to sign in, how many there were. Nobody answers
/// so in the place of another answer.
const OF_REQUESTS: [u16; 14] = [400, 401, 405, 407, 411, 413, 414, 415, 417, 421, 426, 428, 429, 431];

/// Why a git server is not reached, or what it says not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreached {
    /// Nobody who is trusted vouches for its certificate.
    Untrusted,
    /// Another thing that stays as it is until somebody mends it: the rest of TLS, a proxy that wants a credential.
    Misfit,
    /// It may pass by itself, or stay so until somebody mends it, and nothing tells which.
    Unsure,
    /// Nobody answers there, for now perhaps.
    Silent,
}

/// Why it was not done, by whose it is to mend: the user's, the administrator's, the git server's, the provider's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FailureReason {
    /// Wrong, revoked or expired, and the git server is sure of it: the credential is marked, and a user's is lent no more.
    CredentialRejected,
    /// Names the permission in the git server's own words.
    PermissionMissing(String),
    /// The organisation wants single sign-on first; `help_url` is the page for it.
    SsoAuthorizationRequired,
    /// Missing, or not visible to this credential. Says what.
    NotFound(String),
    /// Says what stands there.
    AlreadyExists(String),
    /// Names the missing branch.
    BaseMissing(String),
    /// The git server refuses the name of a branch.
    NameInvalid,
    /// The two branches do not differ.
    NothingToMerge,
    /// A protection rule or policy of the git server forbids it.
    Protected,
    /// The repository is archived, disabled or moved read-only.
    ReadOnly,
    /// The git server takes no more requests for now.
    RateLimited,
    /// An outage, an error of the git server's own, or it cannot be reached.
    Unavailable,
    /// Sent, and no answer came.
    OutcomeUnknown,
    /// A setting of the integration does not fit the git server that answers there. Says which.
    Misconfigured(FieldError),
    /// The git server's answer is none that the provider knows.
    UnexpectedReply,
    /// The provider itself: it trapped, went over a limit, or answered outside the contract.
    ProviderFailed,
}

/// How long to wait before asking again, as a git server says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// From now.
    Seconds(u32),
    Until(Timestamp),
}

/// When to ask again, as far as a git server is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Again {
    pub at: Timestamp,
    /// In so many seconds, where the git server put it so.
    pub seconds: Option<u32>,
}

/// Longest time that a git server is believed, in milliseconds: their limits are of an hour at most. Whoever waited for what is
/// beyond it would wait for a mistake.
const LONGEST_WAIT_MS: i64 = DAY_MS;

impl Again {
    /// None where what was said is past, or too far away.
    pub fn said(wait: Wait, now: Timestamp) -> Option<Self> {
        let again = match wait {
            Wait::Seconds(seconds) => Self { at: now.plus_ms(i64::from(seconds) * 1000), seconds: Some(seconds) },
            Wait::Until(at) => Self { at, seconds: None },
        };
        (now < again.at && again.at < now.plus_ms(LONGEST_WAIT_MS)).then_some(again)
    }
}

impl Failure {
    /// One that the host found itself: no status of the git server's, and no page.
    pub fn new(reason: FailureReason, message: impl Into<String>) -> Self {
        let (status, help_url, unreached, again) = (None, None, None, None);
        let (is_a_page, change_sent, not_looked_up, may_be_own) = (false, false, false, false);
        let message = message.into();
        Self { reason, message, status, help_url, unreached, again, is_a_page, change_sent, not_looked_up, may_be_own }
    }

    /// The same of a change that could not be looked up after this answer to it, which is none that is known of the git server. What is
    /// refused by a status was hardly done, and what sends people elsewhere has hardly let it pass; but it may be the word of who holds back
    /// what the git server answered.
    pub fn unseen(self) -> Self {
        match self.status {
            Some(status) if OF_REQUESTS.contains(&status) => self,
            Some(300..=499) => Self { not_looked_up: true, ..self },
            _ => {
                let message = format!("{}, and whether it was done cannot be told", self.message.trim_end_matches('.'));
                Self { reason: FailureReason::OutcomeUnknown, message, ..self }
            }
        }
    }

    /// The same of a look-up before anything was sent: what an earlier attempt came to stays unknown, where it does not say what
    /// stands in its way.
    pub fn unsettled(self) -> Self {
        match self.reason {
            FailureReason::Unavailable | FailureReason::UnexpectedReply | FailureReason::ProviderFailed => {
                let said = self.message.trim_end_matches('.');
                let message =
                    format!("An earlier attempt may have been carried out, and could not be looked up: {said}.");
                Self { reason: FailureReason::OutcomeUnknown, message, ..self }
            }
            _ => self,
        }
    }

    /// Whether the git server may well answer otherwise later: it said nothing of the credential, so that one may be kept
    /// unchecked.
    pub fn is_temporary(&self) -> bool {
        matches!(self.reason, FailureReason::Unavailable | FailureReason::RateLimited)
    }

    /// Whether another credential, or one that may do more, would mend it.
    pub fn is_about_the_credential(&self) -> bool {
        match self.reason {
            FailureReason::CredentialRejected
            | FailureReason::PermissionMissing(_)
            | FailureReason::SsoAuthorizationRequired => true,
            FailureReason::NotFound(_)
            | FailureReason::AlreadyExists(_)
            | FailureReason::BaseMissing(_)
            | FailureReason::NameInvalid
            | FailureReason::NothingToMerge
            | FailureReason::Protected
            | FailureReason::ReadOnly
            | FailureReason::RateLimited
            | FailureReason::Unavailable
            | FailureReason::OutcomeUnknown
            | FailureReason::Misconfigured(_)
            | FailureReason::UnexpectedReply
            | FailureReason::ProviderFailed => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn v2_a_git_server_is_believed_when_it_wants_to_be_left_alone_for_less_than_a_day() {
        let now = Timestamp::parse("2026-11-22T10:00:00Z").unwrap();
        let at = |wait| Again::said(wait, now).map(|again| (again.at.to_string(), again.seconds));
        assert_eq!(at(Wait::Seconds(17)), Some(("2026-11-22T10:00:17.000Z".to_owned(), Some(17))));
        assert_eq!(at(Wait::Until(now.plus_ms(1))), Some(("2026-11-22T10:00:00.001Z".to_owned(), None)));
        for wait in [
            Wait::Seconds(0),
            Wait::Seconds(86_400),
            Wait::Seconds(u32::MAX),
            Wait::Until(now),
            Wait::Until(now.plus_ms(-1000)),
            Wait::Until(now.plus_ms(DAY_MS)),
            Wait::Until(Timestamp::from_unix_seconds(u64::MAX)),
        ] {
            assert_eq!(at(wait), None, "{wait:?}");
        }
    }
}
