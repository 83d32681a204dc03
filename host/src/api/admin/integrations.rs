//! Integrations: added, changed, removed.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::naming::{self, MappingView};
use crate::api::answer::Answer;
use crate::api::caller::{Admin, AdminBody};
use crate::api::json;
use crate::api::path::Named;
use crate::api::problem::Problem;
use crate::api::wire::AccountView;
use crate::app::{App, SharedApp};
use crate::operate::{self, NewIntegration, NewIntegrationSettings};
use model::{
    BranchNaming, IntegrationId, IntegrationRecord, KindId, MaxLength, NetworkRules, ProjectKey, Projects, Timestamp,
    UserCredentials,
};

/// Longest name of an integration, in bytes.
const MAX_NAME_BYTES: usize = 255;

/// An integration, as administrators see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct AdminIntegrationView {
    #[schema(example = "main")]
    id: String,
    name: String,
    provider: String,
    kind: String,
    settings: BTreeMap<String, String>,
    /// Everything a provider can reach for this integration.
    origins: Vec<String>,
    web_url: String,
    /// Jira projects it is open to; null: all.
    projects: Option<Vec<String>>,
    /// *Require User PAT*.
    require_user_pat: bool,
    /// Why users cannot have PATs here, where they cannot.
    user_pats_unsupported: Option<String>,
    network: NetworkView,
    /// Template for suggested branch names; null: the default.
    branch_template: Option<String>,
    /// Stands between the words of a suggested name: `-`, `_` or `.`.
    #[schema(example = "-")]
    branch_separator: String,
    /// Longest suggested name, in bytes; null: what the git server takes.
    branch_max_length: Option<u32>,
    /// What Jira projects are worked on with, in the administrator's order.
    mappings: Vec<MappingView>,
    /// Whose the integration's own credential is; null where it has none, or it was not asked for yet.
    account: Option<AccountView>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

/// How the daemon may reach the integration's origins.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NetworkView {
    /// Whether an origin may resolve to a private address.
    allow_private: bool,
    /// Whether an origin may be `http:`, where credentials travel unencrypted.
    allow_http: bool,
    /// Certificates to trust beside the system's, in PEM.
    ca_pem: Option<String>,
    /// `host:port` to the `address:port` to dial instead of asking DNS.
    #[serde(deserialize_with = "json::texts")]
    connect_to: BTreeMap<String, String>,
}

impl From<IntegrationRecord> for AdminIntegrationView {
    fn from(record: IntegrationRecord) -> Self {
        Self {
            id: record.id.to_string(),
            name: record.name,
            provider: record.provider.to_string(),
            kind: record.kind.to_string(),
            settings: record.settings,
            origins: record.connection.origins.into_iter().map(|origin| origin.url).collect(),
            web_url: record.connection.web_url,
            projects: match record.projects {
                Projects::All => None,
                Projects::Only(keys) => Some(keys.into_iter().map(String::from).collect()),
            },
            require_user_pat: record.require_user_pat,
            user_pats_unsupported: match record.connection.user_credentials {
                UserCredentials::Supported => None,
                UserCredentials::Unsupported(why) => Some(why),
            },
            network: NetworkView {
                allow_private: record.network.allow_private,
                allow_http: record.network.allow_http,
                ca_pem: record.network.ca_pem,
                connect_to: record.network.connect_to,
            },
            branch_template: record.naming.template.map(String::from),
            branch_separator: record.naming.separator.as_char().to_string(),
            branch_max_length: record.naming.max_length.map(MaxLength::bytes),
            mappings: record.mappings.as_slice().iter().map(MappingView::from).collect(),
            account: record.account.map(AccountView::from),
            created_at: record.created_at,
            updated_at: record.updated_at,
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AdminIntegrations {
    integrations: Vec<AdminIntegrationView>,
}

/// All integrations.
#[utoipa::path(
    get, path = "/admin/integrations", tag = "admin",
    responses((status = 200, body = AdminIntegrations), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("admin" = [])),
)]
pub(in crate::api) async fn list(State(app): State<SharedApp>, _: Admin) -> Result<Answer, Problem> {
    let integrations = app.store.integrations().await?.into_iter().map(AdminIntegrationView::from).collect();
    Ok(Answer::ok(&AdminIntegrations { integrations }))
}

/// One integration.
#[utoipa::path(
    get, path = "/admin/integrations/{id}", tag = "admin", params(("id" = String, Path, description = "Integration")),
    responses((status = 200, body = AdminIntegrationView), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("admin" = [])),
)]
pub(in crate::api) async fn get(
    State(app): State<SharedApp>,
    _: Admin,
    Named(id): Named<String>,
) -> Result<Answer, Problem> {
    Ok(Answer::ok(&AdminIntegrationView::from(find(&app, id).await?)))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewIntegrationBody {
    /// 1 to 64 lower-case letters, digits and `-`.
    #[schema(example = "main")]
    id: String,
    /// For people; the id where it is left out.
    name: Option<String>,
    kind: String,
    /// The filled-in settings form of the kind.
    #[serde(deserialize_with = "json::texts", default)]
    settings: BTreeMap<String, String>,
    /// The filled-in credential form for the integration's own account.
    #[serde(deserialize_with = "some_secrets", default)]
    #[schema(value_type = Option<BTreeMap<String, String>>)]
    credential: Option<BTreeMap<String, SecretString>>,
    /// Jira projects it is open to; null: all.
    #[schema(example = json!(["ABC"]))]
    projects: Option<Vec<String>>,
    #[serde(default)]
    require_user_pat: bool,
    #[serde(default)]
    network: NetworkView,
    /// Template for suggested branch names; null: the default.
    branch_template: Option<String>,
    /// Stands between the words of a suggested name: `-` (the default), `_` or `.`.
    #[schema(example = "-")]
    branch_separator: Option<String>,
    /// Longest suggested name, in bytes, from 20 to 255; null: what the git server takes.
    #[schema(minimum = 20, maximum = 255)]
    branch_max_length: Option<u32>,
    /// What Jira projects are worked on with; at most 500, one for a project and component.
    #[serde(default)]
    #[schema(required = false)]
    mappings: Vec<MappingView>,
}

/// Adds an integration: its provider accepts the settings, and the git server the credential, before it is stored.
#[utoipa::path(
    post, path = "/admin/integrations", tag = "admin", request_body = NewIntegrationBody,
    responses((status = 201, body = AdminIntegrationView), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("admin" = [])),
)]
pub(in crate::api) async fn add(
    State(app): State<SharedApp>,
    AdminBody { by, body }: AdminBody<NewIntegrationBody>,
) -> Result<Answer, Problem> {
    let id = IntegrationId::parse(body.id).map_err(|error| Problem::invalid("id", error.to_string()))?;
    let new = NewIntegration {
        name: name(body.name.unwrap_or_else(|| id.to_string()))?,
        kind: KindId::parse(body.kind).map_err(|error| Problem::invalid("kind", error.to_string()))?,
        id,
        connect: NewIntegrationSettings { settings: body.settings, network: network(body.network) },
        projects: projects(body.projects)?,
        require_user_pat: body.require_user_pat,
        naming: BranchNaming {
            template: naming::template(body.branch_template)?,
            separator: naming::separator(body.branch_separator)?,
            max_length: naming::max_length(body.branch_max_length)?,
        },
        mappings: naming::mappings(body.mappings)?,
        credential: body.credential,
    };
    let record = operate::add_integration(&app, &by, new).await?;
    Ok(Answer::new(StatusCode::CREATED, &AdminIntegrationView::from(record)))
}

/// What to change; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeIntegrationBody {
    name: Option<String>,
    #[serde(deserialize_with = "some_texts", default)]
    settings: Option<BTreeMap<String, String>>,
    #[serde(deserialize_with = "some_secrets", default)]
    #[schema(value_type = Option<BTreeMap<String, String>>)]
    credential: Option<BTreeMap<String, SecretString>>,
    /// Jira projects it is open to; an explicit null opens it to all.
    #[serde(deserialize_with = "given", default)]
    #[schema(value_type = Option<Vec<String>>)]
    projects: Option<Option<Vec<String>>>,
    /// *Require User PAT*.
    require_user_pat: Option<bool>,
    network: Option<NetworkView>,
    /// An explicit null goes back to the default.
    #[serde(deserialize_with = "given", default)]
    #[schema(value_type = Option<String>)]
    branch_template: Option<Option<String>>,
    /// An explicit null goes back to the default.
    #[serde(deserialize_with = "given", default)]
    #[schema(value_type = Option<String>)]
    branch_separator: Option<Option<String>>,
    /// An explicit null goes back to what the git server takes.
    #[serde(deserialize_with = "given", default)]
    #[schema(value_type = Option<u32>, minimum = 20, maximum = 255)]
    branch_max_length: Option<Option<u32>>,
    /// The whole list, in the place of the one before.
    mappings: Option<Vec<MappingView>>,
}

/// Changes an integration.
#[utoipa::path(
    patch, path = "/admin/integrations/{id}", tag = "admin", params(("id" = String, Path, description = "Integration")),
    request_body = ChangeIntegrationBody,
    responses((status = 200, body = AdminIntegrationView), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("admin" = [])),
)]
pub(in crate::api) async fn change(
    State(app): State<SharedApp>,
    Named(id): Named<String>,
    AdminBody { by, body }: AdminBody<ChangeIntegrationBody>,
) -> Result<Answer, Problem> {
    let before = find(&app, id).await?;
    let new = NewIntegration {
        id: before.id.clone(),
        name: name(body.name.unwrap_or_else(|| before.name.clone()))?,
        kind: before.kind.clone(),
        connect: NewIntegrationSettings {
            settings: body.settings.unwrap_or_else(|| before.settings.clone()),
            network: body.network.map_or_else(|| before.network.clone(), network),
        },
        projects: match body.projects {
            Some(keys) => projects(keys)?,
            None => before.projects.clone(),
        },
        require_user_pat: body.require_user_pat.unwrap_or(before.require_user_pat),
        naming: BranchNaming {
            template: match body.branch_template {
                Some(text) => naming::template(text)?,
                None => before.naming.template.clone(),
            },
            separator: match body.branch_separator {
                Some(text) => naming::separator(text)?,
                None => before.naming.separator,
            },
            max_length: match body.branch_max_length {
                Some(bytes) => naming::max_length(bytes)?,
                None => before.naming.max_length,
            },
        },
        mappings: match body.mappings {
            Some(views) => naming::mappings(views)?,
            None => before.mappings.clone(),
        },
        credential: body.credential,
    };
    let record = operate::change_integration(&app, &by, &before, new).await?;
    Ok(Answer::ok(&AdminIntegrationView::from(record)))
}

/// Removes an integration, with every PAT saved for it.
#[utoipa::path(
    delete, path = "/admin/integrations/{id}", tag = "admin", params(("id" = String, Path, description = "Integration")),
    responses((status = 204), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("admin" = [])),
)]
pub(in crate::api) async fn remove(
    State(app): State<SharedApp>,
    Admin(by): Admin,
    Named(id): Named<String>,
) -> Result<Answer, Problem> {
    let record = find(&app, id).await?;
    match operate::remove_integration(&app, &by, &record.id).await? {
        true => Ok(Answer::nothing()),
        false => Err(Problem::not_found("integration")),
    }
}

async fn find(app: &App, id: String) -> Result<IntegrationRecord, Problem> {
    let unknown = || Problem::not_found("integration");
    let id = IntegrationId::parse(id).map_err(|_| unknown())?;
    Ok(app.store.load_case(&id, None).await?.ok_or_else(unknown)?.integration)
}

fn name(text: String) -> Result<String, Problem> {
    match (1..=MAX_NAME_BYTES).contains(&text.len()) && !text.chars().any(char::is_control) {
        true => Ok(text),
        false => Err(Problem::invalid("name", format!("has 1 to {MAX_NAME_BYTES} bytes and no control characters"))),
    }
}

fn projects(keys: Option<Vec<String>>) -> Result<Projects, Problem> {
    let Some(keys) = keys else { return Ok(Projects::All) };
    let keys: Result<_, _> = keys.into_iter().map(ProjectKey::parse).collect();
    Ok(Projects::Only(keys.map_err(|error| Problem::invalid("projects", error.to_string()))?))
}

fn network(view: NetworkView) -> NetworkRules {
    let NetworkView { allow_private, allow_http, ca_pem, connect_to } = view;
    NetworkRules { allow_private, allow_http, ca_pem, connect_to }
}

fn some_secrets<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<BTreeMap<String, SecretString>>, D::Error> {
    json::secrets(from).map(Some)
}

fn some_texts<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<BTreeMap<String, String>>, D::Error> {
    json::texts(from).map(Some)
}

/// Tells a member that is null from one that is left out.
fn given<'de, D: serde::Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(from).map(Some)
}
