//! What was made, and in whose name: kept for whoever comes back to it.

use serde::{Deserialize, Serialize};

use super::form::Fields;

use model::{ActedAs, IntegrationId, Receipt, RepositoryId};

/// Field with the branch a pull request is made of.
pub(super) const SOURCE: &str = "source";
/// Field with what the repository is called.
pub(super) const REPOSITORY_NAME: &str = "repository-name";
/// Longest name of a repository that is shown again, in characters.
const MAX_NAME_CHARS: usize = 255;

/// What was done, as it is shown as long as somebody comes back to it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Done {
    pub made: Made,
    /// As it is called: a branch's name, a pull request's number and title.
    pub name: String,
    /// Where people look at it.
    pub url: Option<String>,
    /// It was there already, as far as anybody knows.
    pub existed: bool,
    /// The git server's answer was lost: it was there already, or was made.
    #[serde(default)]
    pub answer_lost: bool,
    /// What could not be done although it stands.
    pub notes: Vec<String>,
    /// Where a branch of that name that stands elsewhere was to start, so that another name can be chosen.
    #[serde(default)]
    pub elsewhere: Option<Elsewhere>,
    pub integration: IntegrationId,
    pub repository: RepositoryId,
    /// As people call it.
    pub repository_name: String,
    #[serde(flatten)]
    pub credit: Credit,
}

/// A branch that was asked for, and whose name another has.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Elsewhere {
    pub base: String,
}

/// The repository of a form as its dialog called it; shown to whoever sent it, and used for nothing.
pub(super) fn name_of_repository(fields: &Fields) -> String {
    fields.text(REPOSITORY_NAME).chars().filter(|char| !char.is_control()).take(MAX_NAME_CHARS).collect()
}

/// In whose name it was done.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Credit {
    /// Login of the account it is credited to, as the git server says.
    pub account: String,
    /// Whether that is the user's own.
    pub is_users: bool,
    /// Login it should have been credited to, where that is another.
    pub expected: Option<String>,
}

/// What sort of thing was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Made {
    Branch,
    PullRequest,
}

impl From<&Receipt> for Credit {
    fn from(receipt: &Receipt) -> Self {
        Self {
            account: receipt.account.login.clone(),
            is_users: receipt.acted_as == ActedAs::User,
            expected: receipt.expected_account.as_ref().map(|account| account.login.clone()),
        }
    }
}
