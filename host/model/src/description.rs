//! What a provider says of itself and of the settings of an integration: the host's own copy of the values in
//! `wit/types.wit`, where each member is explained. Kept with the registration, so that describing needs no instance.

use serde::{Deserialize, Serialize};
use url::Url;

use super::{KindId, ProviderId};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    pub id: ProviderId,
    pub version: String,
    pub label: String,
    pub kinds: Vec<Kind>,
}

impl Description {
    pub fn kind(&self, id: &KindId) -> Option<&Kind> {
        self.kinds.iter().find(|kind| kind.id == *id)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kind {
    pub id: KindId,
    pub label: String,
    pub settings: Vec<Field>,
    pub credential: Vec<Field>,
    pub scheme: Scheme,
    pub permissions: Vec<NeededPermission>,
    pub credential_help: String,
    pub branch_rules: BranchRules,
    /// Registrations made before the contract had it keep within what every git server takes.
    #[serde(default)]
    pub text_limits: TextLimits,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    pub name: String,
    pub label: String,
    pub help: String,
    pub required: bool,
    pub input: Input,
    pub example: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Input {
    Text,
    Url,
    Secret,
    Choice(Vec<String>),
}

/// How a credential is put on a request. Field names are those of [`Kind::credential`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scheme {
    Bearer { token: String },
    Basic { user: BasicUser, password: String },
    Header { name: String, value: String },
    AwsSigv4 { access_key_id: String, secret_access_key: String, session_token: Option<String> },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BasicUser {
    Fixed(String),
    Field(String),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NeededPermission {
    pub name: String,
    pub needed_for: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BranchRules {
    pub max_bytes: u32,
    pub refuses_commit_ids: bool,
    pub case_insensitive: bool,
}

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

/// What a provider makes of an integration's settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    pub origins: Vec<Origin>,
    pub web_url: String,
    pub credential_page: Option<String>,
    pub user_credentials: UserCredentials,
}

/// Scheme, host and port, in the form `url::Url::origin` writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    pub url: String,
    pub aws: Option<AwsOrigin>,
}

impl Origin {
    /// `host:port`, with the port that goes without saying; none where the URL is no origin.
    pub fn host_and_port(&self) -> Option<String> {
        let url = Url::parse(&self.url).ok()?;
        Some(format!("{}:{}", url.host_str()?, url.port_or_known_default()?))
    }

    /// Whether what is sent there is encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.url.starts_with("https:")
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AwsOrigin {
    pub service: String,
    pub region: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UserCredentials {
    Supported,
    Unsupported(String),
}

/// A field that cannot be used, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    pub field: String,
    pub message: String,
}
