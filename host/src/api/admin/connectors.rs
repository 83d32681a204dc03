//! Registered connectors.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, json};
use utoipa::ToSchema;

use crate::api::answer::Answer;
use crate::api::caller::{Admin, AdminBody};
use crate::api::path::Named;
use crate::api::problem::Problem;
use crate::api::token;
use crate::app::SharedApp;
use crate::operate;
use model::{Connector, ConnectorId, Timestamp, web_origin};

#[derive(Debug, Serialize, ToSchema)]
pub struct Connectors {
    connectors: Vec<ConnectorView>,
}

/// A registered connector.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConnectorView {
    #[schema(example = "jira-dc")]
    id: String,
    name: String,
    /// Its public key, in PEM.
    public_key: String,
    /// Origins a set-up page may send users back to.
    return_origins: Vec<String>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

impl From<Connector> for ConnectorView {
    fn from(connector: Connector) -> Self {
        Self {
            id: connector.id.to_string(),
            name: connector.name,
            public_key: token::public_key_to_pem(&connector.key),
            return_origins: connector.return_origins,
            created_at: connector.created_at,
        }
    }
}

/// All connectors.
#[utoipa::path(
    get, path = "/admin/connectors", tag = "admin",
    responses((status = 200, body = Connectors), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("admin" = [])),
)]
pub(in crate::api) async fn list(State(app): State<SharedApp>, _: Admin) -> Result<Answer, Problem> {
    let connectors = app.store.connectors().await?.into_iter().map(ConnectorView::from).collect();
    Ok(Answer::ok(&Connectors { connectors }))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewConnectorBody {
    /// 1 to 64 lower-case letters, digits and `-`; what its tokens say as `iss`.
    #[schema(example = "jira-dc")]
    id: String,
    /// For people; the id where it is left out.
    name: Option<String>,
    /// Ed25519 or P-256 public key, in PEM.
    public_key: String,
    /// Origins a set-up page may send users back to: `https://jira.example.com`.
    #[serde(default)]
    return_origins: Vec<String>,
}

/// Registers a connector.
#[utoipa::path(
    post, path = "/admin/connectors", tag = "admin", request_body = NewConnectorBody,
    responses((status = 201, body = ConnectorView), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("admin" = [])),
)]
pub(in crate::api) async fn add(
    State(app): State<SharedApp>,
    AdminBody { by, body }: AdminBody<NewConnectorBody>,
) -> Result<Answer, Problem> {
    let id = ConnectorId::parse(body.id).map_err(|error| Problem::invalid("id", error.to_string()))?;
    let key = token::public_key_from_pem(&body.public_key);
    let return_origins: Result<Vec<_>, _> = body.return_origins.iter().map(|text| web_origin(text)).collect();
    let connector = Connector {
        name: body.name.unwrap_or_else(|| id.to_string()),
        id,
        key: key.map_err(|error| Problem::invalid("public_key", error.to_string()))?,
        return_origins: return_origins.map_err(|error| Problem::invalid("return_origins", error.to_string()))?,
        created_at: app.clock.now(),
    };
    let details = Map::from_iter([("connector".to_owned(), json!(connector.id))]);
    let audit = operate::administrators_entry(&app, &by, "connector.add", None, details);
    app.store.add_connector(connector.clone(), audit).await?;
    Ok(Answer::new(StatusCode::CREATED, &ConnectorView::from(connector)))
}

/// Removes a connector: its tokens are not accepted any more.
#[utoipa::path(
    delete, path = "/admin/connectors/{id}", tag = "admin", params(("id" = String, Path, description = "Connector")),
    responses((status = 204), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("admin" = [])),
)]
pub(in crate::api) async fn remove(
    State(app): State<SharedApp>,
    Admin(by): Admin,
    Named(id): Named<String>,
) -> Result<Answer, Problem> {
    let id = ConnectorId::parse(id).map_err(|_| Problem::not_found("connector"))?;
    let details = Map::from_iter([("connector".to_owned(), json!(id))]);
    let audit = operate::administrators_entry(&app, &by, "connector.remove", None, details);
    match app.store.remove_connector(&id, audit).await? {
        true => Ok(Answer::nothing()),
        false => Err(Problem::not_found("connector")),
    }
}
