//! What a provider says of itself: the host's own copy of the values in `wit/types.wit`, where each member is explained.
//! Kept with the registration, so that describing needs no instance.

use serde::{Deserialize, Serialize};

use super::{KindId, ProviderId};

/// What a provider says of itself, once, when it is registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    pub id: ProviderId,
    /// Semantic version of the component.
    pub version: String,
    /// For people.
    pub label: String,
    /// At least one, told apart by their ids.
    pub kinds: Vec<Kind>,
}

impl Description {
    /// None where the provider does not serve it, or no longer.
    pub fn kind(&self, id: &KindId) -> Option<&Kind> {
        self.kinds.iter().find(|kind| kind.id == *id)
    }
}

/// One sort of integration: the forms for it, how it authenticates, what its git server takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kind {
    pub id: KindId,
    /// For people.
    pub label: String,
    /// The form an administrator fills in.
    pub settings: Vec<Field>,
    /// The form for a credential: the same for a user's and for the integration's own.
    pub credential: Vec<Field>,
    pub scheme: Scheme,
    pub permissions: Vec<NeededPermission>,
    /// How a user makes a credential, in one or two sentences for the page where she saves it; may be empty.
    pub credential_help: String,
    /// What the git server calls a request to merge a branch, as it stands within a sentence. Registrations made before the
    /// contract had it say what most git servers say.
    #[serde(default = "usual_pull_request_label")]
    pub pull_request_label: String,
    pub branch_rules: BranchRules,
    /// Registrations made before the contract had it keep within what every git server takes.
    #[serde(default)]
    pub text_limits: TextLimits,
}

/// What most git servers call a request to merge a branch, for where nothing else is known.
pub const USUAL_PULL_REQUEST_LABEL: &str = "pull request";

fn usual_pull_request_label() -> String {
    USUAL_PULL_REQUEST_LABEL.to_owned()
}

/// One field of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// 1 to 32 lower-case letters, digits and `_`.
    pub name: String,
    pub label: String,
    /// One sentence under the field; may be empty.
    pub help: String,
    pub required: bool,
    pub input: Input,
    /// Shown in the empty field, never a default; may be empty.
    pub example: String,
}

/// What is filled in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Input {
    Text,
    /// Absolute, `https://` or `http://`.
    Url,
    /// Never shown again, sealed at rest.
    Secret,
    /// One of these.
    Choice(Vec<String>),
}

/// How a credential is put on a request. Field names are those of [`Kind::credential`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scheme {
    /// `Authorization: Bearer`, with this field.
    Bearer { token: String },
    /// `Authorization: Basic`, with a user name and this field.
    Basic { user: BasicUser, password: String },
    /// A header of this name, with this field as it is.
    Header { name: String, value: String },
    /// AWS Signature Version 4; service and region are the origin's.
    AwsSigv4 { access_key_id: String, secret_access_key: String, session_token: Option<String> },
}

impl Scheme {
    /// Whether a request is authenticated with what is in the field.
    pub fn uses(&self, name: &str) -> bool {
        match self {
            Scheme::Bearer { token } => token == name,
            Scheme::Basic { user: BasicUser::Field(user), password } => user == name || password == name,
            Scheme::Basic { user: BasicUser::Fixed(_), password } => password == name,
            Scheme::Header { value, .. } => value == name,
            Scheme::AwsSigv4 { access_key_id, secret_access_key, session_token } => {
                access_key_id == name || secret_access_key == name || session_token.as_deref() == Some(name)
            }
        }
    }
}

/// Where the user name of Basic comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BasicUser {
    /// This text, which may be empty.
    Fixed(String),
    /// The value of this field; no user name where it is left empty.
    Field(String),
}

/// What a credential has to be allowed to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NeededPermission {
    /// In the git server's own words.
    pub name: String,
    /// In a few words: `create and delete branches`.
    pub needed_for: String,
}

/// What a git server refuses beyond git's own rules for reference names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BranchRules {
    /// Longest name.
    pub max_bytes: u32,
    /// Whether a name of 40 or 64 hexadecimal digits is refused.
    pub refuses_commit_ids: bool,
    /// Whether names that differ only in case are the same. For the git server to hold to: it knows the others.
    pub case_insensitive: bool,
}

/// Longest texts of a pull request that a git server takes, in characters. What is longer is shortened, or refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextLimits {
    pub title_chars: u32,
    pub description_chars: u32,
}

impl TextLimits {
    /// Less than that no provider may ask for: a title is made in this room, and an issue's line has to fit.
    pub const LEAST: Self = Self { title_chars: 150, description_chars: 1000 };
}

impl Default for TextLimits {
    fn default() -> Self {
        Self::LEAST
    }
}

/// A field that cannot be used, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// By its name, and by its path where it is in another: `network.ca_pem`.
    pub field: String,
    /// One sentence: what is wrong, or what would be right.
    pub message: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_registered_before_the_contract_had_labels_says_pull_request() {
        let kept = serde_json::json!({
            "id": "git-server", "label": "Git server", "settings": [], "credential": [],
            "scheme": { "bearer": { "token": "token" } }, "permissions": [], "credential_help": "",
            "branch_rules": { "max_bytes": 255, "refuses_commit_ids": false, "case_insensitive": false },
        });
        let kind: Kind = serde_json::from_value(kept).unwrap();
        assert_eq!((kind.pull_request_label.as_str(), kind.text_limits), ("pull request", TextLimits::LEAST));
    }
}
