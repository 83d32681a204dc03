//! One-time links to the page where the caller saves a PAT.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::Answer;
use super::caller::{Changing, project};
use super::path;
use super::problem::Problem;
use crate::operate::{self, App, SharedApp};
use model::{ActAs, ConnectorId, NotOnTheConnector, Timestamp};

/// What the link is for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSetupLinkBody {
    /// Id of the integration.
    integration: String,
    /// Key of the Jira project the request is for; may be left out where `issue` is given.
    #[schema(example = "ABC")]
    project: Option<String>,
    /// Key of a Jira issue in that project.
    #[schema(example = "ABC-1")]
    issue: Option<String>,
    /// Page the user is offered to go back to; on one of the connector's origins.
    return_to: Option<String>,
}

/// A link that was just made.
#[derive(Debug, Serialize, ToSchema)]
pub struct SetupLinkView {
    /// Works once, for this user. Give it to nobody else.
    url: String,
    /// It works until then.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

/// A one-time link to the page where the caller saves a PAT.
#[utoipa::path(
    post, path = "/setup-links", tag = "PAT", request_body = NewSetupLinkBody,
    responses((status = 201, body = SetupLinkView), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("connector" = [])),
)]
pub(super) async fn create(State(app): State<SharedApp>, changing: Changing<NewSetupLinkBody>) -> Response {
    let made = make(&app, &changing).await;
    changing.answer(&app, made).await
}

async fn make(app: &App, changing: &Changing<NewSetupLinkBody>) -> Result<Answer, Problem> {
    let Changing { caller, body, .. } = changing;
    let integration = path::integration(body.integration.clone())?;
    let ask = caller.ask(project(body.project.as_deref(), body.issue.as_deref())?, integration, ActAs::User);
    let return_to = match &body.return_to {
        Some(text) => Some(return_to(app, &caller.connector, text).await?),
        None => None,
    };
    let link = operate::make_setup_link(app, &ask, return_to).await?;
    Ok(Answer::new(StatusCode::CREATED, &SetupLinkView { url: link.url, expires_at: link.expires_at }))
}

/// An absolute address on one of the connector's origins, in the parser's form.
async fn return_to(app: &App, connector: &ConnectorId, text: &str) -> Result<String, Problem> {
    let connector = operate::connector(app, connector).await?;
    let page = connector.and_then(|connector| connector.page(text)).ok_or(NotOnTheConnector);
    page.map(|page| page.to_string()).map_err(|error| Problem::invalid("return_to", error.to_string()))
}
