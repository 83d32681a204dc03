//! Registered connectors.

use serde::Serialize;
use utoipa::ToSchema;

use crate::token;
use model::{Connector, Revision, Timestamp};

/// All connectors, as the command line lists them.
#[derive(Debug, Serialize)]
pub struct Connectors {
    /// In order of id.
    pub connectors: Vec<ConnectorView>,
}

/// A registered connector.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConnectorView {
    /// What its tokens say as `iss`.
    #[schema(example = "jira-dc")]
    pub id: String,
    /// The Jira whose users it vouches for.
    #[schema(example = "default")]
    pub site: String,
    /// For people.
    pub name: String,
    /// Its public key, in PEM.
    pub public_key: String,
    /// Origins of its own pages: they may show pages that it asked for in a frame and open them by a form, and users are sent back
    /// to them.
    pub return_origins: Vec<String>,
    /// When it was added.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it last called, to within a minute; null: never, as far as is known.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_used_at: Option<Timestamp>,
    /// Names this state of it. As an entity tag, `"17"`, it is what `If-Match` compares.
    #[schema(value_type = i64)]
    pub revision: Revision,
}

impl From<Connector> for ConnectorView {
    fn from(connector: Connector) -> Self {
        Self {
            id: connector.id.to_string(),
            site: connector.site.to_string(),
            name: connector.name.to_string(),
            public_key: token::public_key_to_pem(&connector.key),
            return_origins: connector.return_origins,
            created_at: connector.created_at,
            last_used_at: connector.last_used_at,
            revision: connector.revision,
        }
    }
}
