//! Pages for Jira users: what a one-time link opens, and the visit it begins.

use serde::{Deserialize, Serialize};

use super::{
    ActingUser, ConnectorId, IntegrationId, IssueKey, JiraComponent, ProjectKey, RepositoryId, Timestamp, UserNames,
    VisitId,
};

/// Which page a link opens first. Within a visit every one of them can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PageName {
    CreateBranch,
    CreatePullRequest,
    /// Where a user saves her PAT for one integration.
    SetUp,
    /// The repository browser.
    Repositories,
    /// All integrations the user may use, with the state of her PATs.
    Tokens,
}

impl PageName {
    /// Every one.
    pub const ALL: [PageName; 5] = [
        PageName::CreateBranch,
        PageName::CreatePullRequest,
        PageName::SetUp,
        PageName::Repositories,
        PageName::Tokens,
    ];

    /// As addresses and the API write it.
    pub fn as_str(self) -> &'static str {
        match self {
            PageName::CreateBranch => "create-branch",
            PageName::CreatePullRequest => "create-pull-request",
            PageName::SetUp => "set-up",
            PageName::Repositories => "repositories",
            PageName::Tokens => "tokens",
        }
    }
}

/// The Jira issue a page is for, as the connector tells of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageIssue {
    pub key: IssueKey,
    /// What it is about.
    pub summary: Option<String>,
    /// Jira's name of its type: `Story`.
    pub issue_type: Option<String>,
    /// Its address, on one of the connector's origins.
    pub url: Option<String>,
    pub components: Vec<JiraComponent>,
}

/// What a page is opened for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageContext {
    pub page: PageName,
    pub issue: Option<PageIssue>,
    /// Chosen already; always there for [`PageName::SetUp`].
    pub integration: Option<IntegrationId>,
    /// Of that integration, chosen already.
    pub repository: Option<RepositoryId>,
    /// Where the page offers to go afterwards; already held to the connector's origins.
    pub return_to: Option<String>,
}

/// For whom pages are, in which project, on whose word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visitor {
    pub user: ActingUser,
    /// Of the user's site. The connector vouches that she holds *View Development Tools* in it.
    pub project: ProjectKey,
    pub connector: ConnectorId,
    /// What Jira calls the user, where the connector says.
    pub names: UserNames,
}

/// What a one-time link stands for. Its secret is not in it; the store keeps only its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageLink {
    pub visitor: Visitor,
    pub context: PageContext,
    pub expires_at: Timestamp,
}

/// A user's stay on her pages, begun with a link. The secret in her cookie is not in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// In the address of all its pages, so that two visits in one browser never meet. Nothing secret.
    pub id: VisitId,
    pub visitor: Visitor,
    pub context: PageContext,
    pub began_at: Timestamp,
    /// Remembered to within a minute.
    pub used_at: Timestamp,
    /// It ends then, however much it is used.
    pub ends_at: Timestamp,
}

impl Visit {
    /// How long a visit lasts that nobody uses: a form is filled in, a token made on the git server's pages.
    pub const IDLE_MS: i64 = 30 * 60 * 1000;
    /// How long a visit lasts at all. The connector vouched for the user's permission when it began.
    pub const LASTS_MS: i64 = 4 * 60 * 60 * 1000;
    /// How long an ended visit is still known, so that what is typed into a page left open is kept.
    pub const KNOWN_MS: i64 = 24 * 60 * 60 * 1000;

    /// Whether it has ended.
    pub fn has_ended(&self, now: Timestamp) -> bool {
        self.ends_at <= now || self.used_at.plus_ms(Self::IDLE_MS) <= now
    }
}
