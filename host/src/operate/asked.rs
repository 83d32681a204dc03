//! What users ask for in their own words, held to what it has to be: the same for the API and the pages.

use super::pull_requests::CreatePullRequest;
use super::{App, Ask, CreateBranch, Looked, OperationError};
use model::{
    BranchFacts, BranchName, IssueKey, IssueMention, NewBranch, NewPullRequest, PageIssue, PullRequestDescription,
    RepositoryId, Title,
};

/// Most reviewers of one pull request. A git server that takes fewer has its provider say so.
pub const MAX_REVIEWERS: usize = 20;
/// Longest login of a reviewer, in bytes.
pub const MAX_LOGIN_BYTES: usize = 255;

/// A branch as it is asked for.
#[derive(Debug)]
pub struct BranchAsked {
    /// Where.
    pub repository: RepositoryId,
    /// What it is to be called.
    pub name: String,
    /// Branch to start at.
    pub from: String,
    /// The Jira issue it is for.
    pub issue: Option<IssueKey>,
}

impl BranchAsked {
    /// Held to git's rules; the git server's own come later, after the decision.
    pub fn held(self) -> Result<CreateBranch, OperationError> {
        let branch = NewBranch { name: branch("name", self.name)?, base: branch("from", self.from)? };
        Ok(CreateBranch { repository: self.repository, branch, issue: self.issue })
    }
}

/// A pull request as it is asked for.
#[derive(Debug)]
pub struct PullRequestAsked {
    /// Where.
    pub repository: RepositoryId,
    /// Without one it is made of issue and summary.
    pub title: Option<String>,
    /// What the issue is about.
    pub summary: Option<String>,
    /// Branch with the change.
    pub source: String,
    /// Branch it is to go to.
    pub target: String,
    /// In the user's own words.
    pub description: Option<String>,
    /// Whether the repository's template goes in front of them.
    pub use_template: bool,
    /// Whether it is not to be reviewed yet.
    pub draft: bool,
    /// Logins.
    pub reviewers: Vec<String>,
    /// The Jira issue it is for.
    pub issue: Option<IssueKey>,
    /// Address of the issue, on one of the connector's origins.
    pub issue_url: Option<String>,
}

impl PullRequestAsked {
    /// Held to what every git server takes.
    pub async fn held(self, app: &App, ask: &Ask) -> Result<CreatePullRequest, OperationError> {
        let is_login =
            |login: &String| (1..=MAX_LOGIN_BYTES).contains(&login.len()) && !login.chars().any(char::is_control);
        if self.reviewers.len() > MAX_REVIEWERS {
            return Err(OperationError::invalid("reviewers", format!("are at most {MAX_REVIEWERS} logins")));
        }
        if !self.reviewers.iter().all(is_login) {
            let message =
                format!("have a login each, of at most {MAX_LOGIN_BYTES} bytes and without control characters");
            return Err(OperationError::invalid("reviewers", message));
        }
        let title = match (self.title, &self.issue) {
            (Some(title), _) => {
                Title::parse(title).map_err(|error| OperationError::invalid("title", error.to_string()))?
            }
            (None, Some(issue)) => Title::of_issue(issue, self.summary.as_deref()),
            (None, None) => {
                return Err(OperationError::invalid(
                    "title",
                    "is missing: give one, or an `issue` and its `summary` to make it of",
                ));
            }
        };
        let description = self.description.map(PullRequestDescription::parse).transpose();
        let description = description.map_err(|error| OperationError::invalid("description", error.to_string()))?;
        let (source, target) = (branch("source", self.source)?, branch("target", self.target)?);
        if source == target {
            return Err(OperationError::invalid("target", "is the source branch itself"));
        }
        Ok(CreatePullRequest {
            repository: self.repository,
            pull_request: NewPullRequest {
                title,
                source,
                target,
                description,
                draft: self.draft,
                reviewers: self.reviewers,
                attempt_token: ask.attempt_token.clone(),
            },
            use_template: self.use_template,
            issue: mention(app, ask, self.issue, self.issue_url.as_deref()).await?,
        })
    }
}

/// How the description is to name the issue.
async fn mention(
    app: &App,
    ask: &Ask,
    issue: Option<IssueKey>,
    address: Option<&str>,
) -> Result<Option<IssueMention>, OperationError> {
    let Some(key) = issue else {
        return match address {
            Some(_) => Err(OperationError::invalid("issue_url", "is the address of no issue: name it in `issue`")),
            None => Ok(None),
        };
    };
    let connector = super::connector(app, &ask.asker.connector).await?;
    let mention = IssueMention::new(key, address, connector.as_ref());
    mention.map(Some).map_err(|error| OperationError::invalid("issue_url", error.to_string()))
}

fn branch(field: &str, text: String) -> Result<BranchName, OperationError> {
    BranchName::parse(text).map_err(|error| OperationError::invalid(field, error.to_string()))
}

/// What an issue's branch might be called, and where it might start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// Holds the issue's key, and is a name the git server takes. Nobody looked whether there is such a branch.
    pub name: BranchName,
    /// Where an administrator set one up for the project and the issue's components.
    pub base: Option<BranchName>,
    /// Where an administrator set one up for the project and the issue's components.
    pub repository: Option<RepositoryId>,
}

/// By the template of the project and the issue's components, or else the integration's. `from`: where it is to start,
/// instead of what is set up.
pub fn suggest(found: &Looked, ask: &Ask, issue: &PageIssue, from: Option<&str>) -> Result<Suggestion, OperationError> {
    let integration = found.integration();
    let mapping = integration.mappings.of(&ask.asker.project(), &issue.components);
    let base = mapping.and_then(|mapping| mapping.base.clone());
    let facts = BranchFacts {
        issue: &issue.key,
        summary: issue.summary.as_deref().unwrap_or_default(),
        issue_type: issue.issue_type.as_deref(),
        base: from.or(base.as_ref().map(BranchName::as_str)),
        user: &ask.asker.names,
    };
    let template = mapping.and_then(|mapping| mapping.branch_template.as_ref());
    let name = integration.naming.suggest(template, &facts, &found.kind()?.branch_rules);
    Ok(Suggestion { name, base, repository: mapping.and_then(|mapping| mapping.repository.clone()) })
}
