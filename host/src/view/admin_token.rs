//! Admin tokens. The token itself is shown when it is made, and never again.

use serde::Serialize;
use utoipa::ToSchema;

use crate::operate::administration::NewToken;
use crate::path_id::path_id;
use model::{AdminToken, Timestamp};

/// All admin tokens, as the command line lists them.
#[derive(Debug, Serialize)]
pub struct AdminTokens {
    /// In order of label.
    pub tokens: Vec<AdminTokenView>,
}

/// What is known of an admin token.
#[derive(Debug, Serialize, ToSchema)]
pub struct AdminTokenView {
    /// Names the token.
    #[schema(example = "ops")]
    pub label: String,
    /// The label in a form that goes into a path as it is.
    #[schema(example = "~b3Bz")]
    pub path_id: String,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// From then on it is refused; null: it works until it is revoked.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    /// To within a minute; null: never.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_used_at: Option<Timestamp>,
}

impl From<AdminToken> for AdminTokenView {
    fn from(token: AdminToken) -> Self {
        let AdminToken { label, created_at, expires_at, last_used_at } = token;
        Self { path_id: path_id(label.as_str()), label: label.to_string(), created_at, expires_at, last_used_at }
    }
}

/// An admin token that was just made.
#[derive(Debug, Serialize, ToSchema)]
pub struct MadeAdminTokenView {
    /// The token. It is not shown again.
    pub token: String,
    /// Names the token.
    #[schema(example = "ops")]
    pub label: String,
    /// The label in a form that goes into a path as it is.
    #[schema(example = "~b3Bz")]
    pub path_id: String,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// From then on it is refused; null: it works until it is revoked.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
}

impl From<NewToken> for MadeAdminTokenView {
    fn from(new: NewToken) -> Self {
        let AdminToken { label, created_at, expires_at, last_used_at: _ } = new.token;
        let path_id = path_id(label.as_str());
        Self { token: new.secret.to_string(), path_id, label: label.to_string(), created_at, expires_at }
    }
}
