//! One-time links that open pages for the caller's user.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::Answer;
use super::caller::{Changing, project, project_and_issue};
use super::json;
use super::path::{self, MAX_COMPONENTS};
use crate::operate::{self, App, NewPageLink, SharedApp};
use crate::problem::Problem;
use model::{
    ActAs, Connector, ConnectorId, IssueKey, JiraComponent, NotOnTheConnector, PageContext, PageIssue, PageName,
    Timestamp,
};

/// Longest summary and type of an issue, in characters: Jira's own limit of a summary.
pub(super) const MAX_ISSUE_TEXT_CHARS: usize = 255;

/// Which page the link opens, and for what.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "page": "create-branch", "issue": { "key": "ABC-1", "summary": "Log in with a passkey", "type": "Story" }, "return_to": "https://jira.example.com/browse/ABC-1" }))]
pub struct NewPageLinkBody {
    /// `create-branch`, `create-pull-request`, `set-up`, `repositories` or `tokens`.
    #[schema(value_type = String, example = "create-branch")]
    page: PageName,
    /// Key of the Jira project the request is for; may be left out where `issue` is given.
    #[schema(example = "ABC")]
    project: Option<String>,
    /// The Jira issue the page is opened on.
    #[serde(deserialize_with = "json::some_object", default)]
    issue: Option<PageIssueBody>,
    /// Id of the integration, where it is chosen already. `set-up` needs it.
    #[schema(example = "main")]
    integration: Option<String>,
    /// Id of a repository of that integration, where it is chosen already.
    #[schema(example = "octo-org/hello-world")]
    repository: Option<String>,
    /// Page the user is offered to go back to; on one of the connector's origins.
    #[schema(example = "https://jira.example.com/browse/ABC-1")]
    return_to: Option<String>,
}

/// A Jira issue, as the connector tells of it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PageIssueBody {
    #[schema(example = "ABC-1")]
    key: String,
    /// What it is about.
    #[schema(example = "Log in with a passkey")]
    summary: Option<String>,
    /// Jira's name of its type.
    #[serde(rename = "type")]
    #[schema(example = "Story")]
    issue_type: Option<String>,
    /// Its address, on one of the connector's origins.
    #[schema(example = "https://jira.example.com/browse/ABC-1")]
    url: Option<String>,
    /// Names of its components.
    #[serde(default)]
    components: Vec<String>,
}

/// What the link is for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "project": "ABC", "integration": "main" }))]
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
pub struct PageLinkView {
    /// Works once, for this user. Give it to nobody else. Opened with GET it shows who it is for and asks; a form on one of
    /// the connector's origins may open it with POST, in a frame or a window.
    url: String,
    /// It works until then.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

impl From<NewPageLink> for PageLinkView {
    fn from(link: NewPageLink) -> Self {
        Self { url: link.url, expires_at: link.expires_at }
    }
}

/// A one-time link that opens a page for the caller's user.
#[utoipa::path(
    post, path = "/page-links", operation_id = "createPageLink", tag = "pages", request_body = NewPageLinkBody,
    responses((status = 201, body = PageLinkView), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("connector" = [])),
)]
pub(super) async fn create(State(app): State<SharedApp>, changing: Changing<NewPageLinkBody>) -> Response {
    let made = make(&app, &changing).await;
    changing.answer(&app, made).await
}

/// A one-time link to the page where the caller saves a PAT: short for a page link of `set-up`.
#[utoipa::path(
    post, path = "/setup-links", operation_id = "createSetUpLink", tag = "PAT", request_body = NewSetupLinkBody,
    responses((status = 201, body = PageLinkView), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("connector" = [])),
)]
pub(super) async fn create_set_up(State(app): State<SharedApp>, changing: Changing<NewSetupLinkBody>) -> Response {
    let made = make_set_up(&app, &changing).await;
    changing.answer(&app, made).await
}

async fn make(app: &App, changing: &Changing<NewPageLinkBody>) -> Result<Answer, Problem> {
    let Changing { caller, body, .. } = changing;
    let key = body.issue.as_ref().map(|issue| issue.key.as_str());
    let (project, issue) = project_and_issue(body.project.as_deref(), key)?;
    let addresses = Addresses::of(app, &caller.connector).await?;
    let context = PageContext {
        page: body.page,
        issue: match (issue, &body.issue) {
            (Some(key), Some(told)) => Some(page_issue(key, told, &addresses)?),
            _ => None,
        },
        integration: body.integration.clone().map(path::integration).transpose()?,
        repository: body.repository.clone().map(path::repository).transpose()?,
        return_to: addresses.held("return_to", body.return_to.as_deref())?,
    };
    if context.repository.is_some() && context.integration.is_none() {
        return Err(Problem::invalid("repository", "is of an integration: name that too"));
    }
    let link = operate::make_page_link(app, &caller.asker(project), context).await?;
    Ok(Answer::new(StatusCode::CREATED, &PageLinkView::from(link)))
}

async fn make_set_up(app: &App, changing: &Changing<NewSetupLinkBody>) -> Result<Answer, Problem> {
    let Changing { caller, body, .. } = changing;
    let integration = path::integration(body.integration.clone())?;
    let ask = caller.ask(project(body.project.as_deref(), body.issue.as_deref())?, integration, ActAs::User);
    let addresses = Addresses::of(app, &caller.connector).await?;
    let return_to = addresses.held("return_to", body.return_to.as_deref())?;
    let link = operate::make_set_up_link(app, &ask, return_to).await?;
    Ok(Answer::new(StatusCode::CREATED, &PageLinkView::from(link)))
}

fn page_issue(key: IssueKey, told: &PageIssueBody, addresses: &Addresses) -> Result<PageIssue, Problem> {
    let text = |field: &str, text: &Option<String>| match text {
        Some(text) if text.chars().count() > MAX_ISSUE_TEXT_CHARS => {
            Err(Problem::invalid(field, format!("has at most {MAX_ISSUE_TEXT_CHARS} characters")))
        }
        text => Ok(text.clone()),
    };
    if told.components.len() > MAX_COMPONENTS {
        return Err(Problem::invalid("issue.components", format!("are at most {MAX_COMPONENTS}")));
    }
    let components: Result<_, _> = told.components.iter().cloned().map(JiraComponent::parse).collect();
    Ok(PageIssue {
        key,
        summary: text("issue.summary", &told.summary)?,
        issue_type: text("issue.type", &told.issue_type)?,
        url: addresses.held("issue.url", told.url.as_deref())?,
        components: components.map_err(|error| Problem::invalid("issue.components", error.to_string()))?,
    })
}

/// Where a connector's pages are.
struct Addresses(Option<Connector>);

impl Addresses {
    async fn of(app: &App, connector: &ConnectorId) -> Result<Self, Problem> {
        Ok(Self(operate::connector(app, connector).await?))
    }

    /// An absolute address on one of the connector's origins, in the parser's form.
    fn held(&self, field: &str, address: Option<&str>) -> Result<Option<String>, Problem> {
        let Some(address) = address else { return Ok(None) };
        let page = self.0.as_ref().and_then(|connector| connector.page(address)).ok_or(NotOnTheConnector);
        page.map(|page| Some(page.to_string())).map_err(|error| Problem::invalid(field, error.to_string()))
    }
}

#[cfg(test)]
mod tests;
