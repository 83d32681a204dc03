//! Registered connectors.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::name;
use crate::api::answer::Answer;
use crate::api::caller::{Admin, AdminBody};
use crate::api::paging::PageAsked;
use crate::api::path::{Asked, Named};
use crate::api::precondition::IfMatch;
use crate::operate::SharedApp;
use crate::operate::administration::{self, NewConnector};
use crate::problem::Problem;
use crate::token;
use crate::view::ConnectorView;
use model::{ConnectorId, SiteId, web_origin};

/// Some of the registered connectors.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConnectorPage {
    /// In order of id.
    connectors: Vec<ConnectorView>,
    /// For the next page; null on the last.
    next_cursor: Option<String>,
}

/// All connectors.
#[utoipa::path(
    get, path = "/admin/connectors", operation_id = "listConnectors", tag = "admin", params(PageAsked),
    responses((status = 200, body = ConnectorPage), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("admin" = [])),
)]
pub(in crate::api) async fn list(
    State(app): State<SharedApp>,
    _: Admin,
    Asked(asked): Asked<PageAsked>,
) -> Result<Answer, Problem> {
    let all = administration::connectors(&app).await?;
    let page = asked.page(&app, &["connectors"], all, |connector| connector.id.as_str())?;
    let connectors = page.items.into_iter().map(ConnectorView::from).collect();
    Ok(Answer::ok(&ConnectorPage { connectors, next_cursor: page.next_cursor }))
}

/// A connector as it is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "id": "jira", "name": "Jira", "public_key": "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n", "return_origins": ["https://jira.example.com"] }))]
pub struct NewConnectorBody {
    /// 1 to 64 lower-case letters, digits and `-`; what its tokens say as `iss`.
    #[schema(example = "jira-dc")]
    id: String,
    /// The Jira whose users it vouches for; `default` where it is left out.
    #[schema(example = "default")]
    site: Option<String>,
    /// For people; the id where it is left out.
    name: Option<String>,
    /// Ed25519 or P-256 public key, in PEM.
    public_key: String,
    /// Origins of its own pages, such as `https://jira.example.com`: they may show pages that it asked for in a frame and open them by
    /// a form, and users are sent back to them.
    #[serde(default)]
    return_origins: Vec<String>,
}

/// Registers a connector.
#[utoipa::path(
    post, path = "/admin/connectors", operation_id = "addConnector", tag = "admin", request_body = NewConnectorBody,
    responses((status = 201, body = ConnectorView), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("admin" = [])),
)]
pub(in crate::api) async fn add(
    State(app): State<SharedApp>,
    AdminBody { by, body }: AdminBody<NewConnectorBody>,
) -> Result<Answer, Problem> {
    let return_origins: Result<Vec<_>, _> = body.return_origins.iter().map(|text| web_origin(text)).collect();
    let new = NewConnector {
        id: ConnectorId::parse(body.id).map_err(|error| Problem::invalid("id", error.to_string()))?,
        site: match body.site {
            Some(site) => SiteId::parse(site).map_err(|error| Problem::invalid("site", error.to_string()))?,
            None => SiteId::default(),
        },
        name: name(body.name)?,
        key: token::public_key_from_pem(&body.public_key)
            .map_err(|error| Problem::invalid("public_key", error.to_string()))?,
        return_origins: return_origins.map_err(|error| Problem::invalid("return_origins", error.to_string()))?,
    };
    let connector = administration::add_connector(&app, &by, new).await?;
    let revision = connector.revision;
    Ok(Answer::new(StatusCode::CREATED, &ConnectorView::from(connector)).with_revision(revision))
}

/// Removes a connector: its tokens are not accepted any more.
#[utoipa::path(
    delete, path = "/admin/connectors/{id}", operation_id = "removeConnector", tag = "admin",
    params(("id" = String, Path, description = "Connector"),
        ("If-Match" = Option<String>, Header, description = "ETag of the state that was seen; another one is left as it is (412)")),
    responses((status = 204), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("admin" = [])),
)]
pub(in crate::api) async fn remove(
    State(app): State<SharedApp>,
    Admin(by): Admin,
    Named(id): Named<String>,
    if_match: IfMatch,
) -> Result<Answer, Problem> {
    let id = ConnectorId::parse(id).map_err(|_| Problem::not_found("connector"))?;
    administration::remove_connector(&app, &by, &id, &if_match.of(&by)?).await?;
    Ok(Answer::nothing())
}
