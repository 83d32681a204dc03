//! Integrations: added, changed, removed.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::coverage::DryRun;
use super::{known, name};
use crate::api::answer::Answer;
use crate::api::caller::{Admin, AdminBody};
use crate::api::json;
use crate::api::paging::PageAsked;
use crate::api::path::{Asked, Named};
use crate::api::precondition::IfMatch;
use crate::naming;
use crate::operate::SharedApp;
use crate::operate::administration::{
    self, Adding, FeaturesPatch, IntegrationPatch, NewCredential, NewIntegration, RulesPatch,
};
use crate::problem::Problem;
use crate::view::{AdminIntegrationView, MappingView};
use model::{IntegrationId, KindId, NetworkRules, Projects, Rules, SiteProjects, Timestamp};

/// How the daemon may reach the integration's origins.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NetworkBody {
    /// Whether an origin may resolve to a private address.
    allow_private: bool,
    /// Whether an origin may be `http:`, where credentials travel unencrypted.
    allow_http: bool,
    /// Certificates to trust beside the system's, in PEM.
    ca_pem: Option<String>,
    /// `host:port` of an origin to the `address:port` to dial instead of asking DNS.
    #[serde(deserialize_with = "json::texts")]
    connect_to: BTreeMap<String, String>,
    /// The HTTP proxy that dials for it, without a user name or password; `none`: none does; null: the daemon's own, if it has one
    /// and no `connect_to` says otherwise.
    #[schema(example = "http://proxy.example.com:3128")]
    proxy: Option<String>,
}

impl From<NetworkBody> for NetworkRules {
    fn from(body: NetworkBody) -> Self {
        let NetworkBody { allow_private, allow_http, ca_pem, connect_to, proxy } = body;
        Self { allow_private, allow_http, ca_pem, connect_to, proxy, inherited_proxy: None }
    }
}

/// Some of the integrations.
#[derive(Debug, Serialize, ToSchema)]
pub struct AdminIntegrationPage {
    /// In order of id.
    integrations: Vec<AdminIntegrationView>,
    /// For the next page; null on the last.
    next_cursor: Option<String>,
}

/// All integrations.
#[utoipa::path(
    get, path = "/admin/integrations", operation_id = "listAllIntegrations", tag = "admin", params(PageAsked),
    responses((status = 200, body = AdminIntegrationPage), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("admin" = [])),
)]
pub(in crate::api) async fn list(
    State(app): State<SharedApp>,
    _: Admin,
    Asked(asked): Asked<PageAsked>,
) -> Result<Answer, Problem> {
    let all = administration::integrations(&app).await?;
    let page = asked.page(&app, &["admin-integrations"], all, |integration| integration.id.as_str())?;
    let integrations = page.items.into_iter().map(AdminIntegrationView::from).collect();
    Ok(Answer::ok(&AdminIntegrationPage { integrations, next_cursor: page.next_cursor }))
}

/// One integration.
#[utoipa::path(
    get, path = "/admin/integrations/{id}", operation_id = "getIntegration", tag = "admin", params(("id" = String, Path, description = "Integration")),
    responses((status = 200, body = AdminIntegrationView), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("admin" = [])),
)]
pub(in crate::api) async fn get(
    State(app): State<SharedApp>,
    _: Admin,
    Named(id): Named<String>,
) -> Result<Answer, Problem> {
    let record = administration::integration(&app, &known(id)?).await?;
    let revision = record.revision;
    Ok(Answer::ok(&AdminIntegrationView::from(record)).with_revision(revision))
}

/// An integration as it is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "id": "work", "name": "Git at work", "kind": "git-server", "settings": { "base_url": "https://git.example.com" }, "projects": ["ABC"] }))]
pub struct NewIntegrationBody {
    /// 1 to 64 lower-case letters, digits and `-`.
    #[schema(example = "main")]
    id: String,
    /// For people; the id where it is left out.
    name: Option<String>,
    /// One that a registered provider serves.
    kind: String,
    /// The filled-in settings form of the kind.
    #[serde(deserialize_with = "json::texts", default)]
    settings: BTreeMap<String, String>,
    /// The filled-in credential form for the integration's own account.
    #[serde(deserialize_with = "json::some_secrets", default)]
    #[schema(value_type = Option<BTreeMap<String, String>>)]
    credential: Option<BTreeMap<String, SecretString>>,
    /// Jira projects it is open to, each `KEY`, `SITE/KEY` or `SITE/*`; null: all.
    #[schema(example = json!(["ABC", "cloud/*"]))]
    projects: Option<Vec<String>>,
    /// *Require User PAT*.
    #[serde(default)]
    require_user_pat: bool,
    /// When that begins to hold: a time, or a date (its first instant in UTC). Null, or left out: at once.
    #[schema(value_type = Option<String>, example = "2027-01-31")]
    require_user_pat_from: Option<Timestamp>,
    /// *Enforce git service permissions*. Needs `require_user_pat`.
    #[serde(default)]
    enforce_git_permissions: bool,
    /// Whether branches can be created; left out: yes.
    create_branches: Option<bool>,
    /// Whether branches can be deleted; left out: yes.
    delete_branches: Option<bool>,
    /// Whether pull requests can be created; left out: yes.
    create_pull_requests: Option<bool>,
    #[serde(deserialize_with = "json::object", default)]
    network: NetworkBody,
    /// Template for suggested branch names; null: the default.
    branch_template: Option<String>,
    /// Stands between the words of a suggested name: `-` (the default), `_` or `.`.
    #[schema(example = "-")]
    branch_separator: Option<String>,
    /// Which letters a suggested name has: `any` (the default), as they were written, or `ascii`, without accents and with
    /// other scripts spelt out.
    #[schema(example = "any")]
    branch_letters: Option<String>,
    /// Longest suggested name, in bytes, from 20 to 255; null: what the git server takes.
    #[serde(deserialize_with = "json::whole", default)]
    #[schema(minimum = 20, maximum = 255)]
    branch_max_length: Option<u32>,
    /// What Jira projects are worked on with; at most 500, one for a project and component.
    #[serde(deserialize_with = "json::objects", default)]
    #[schema(required = false)]
    mappings: Vec<MappingView>,
}

/// Adds an integration: its provider accepts the settings, and the git server the credential, before it is stored.
#[utoipa::path(
    post, path = "/admin/integrations", operation_id = "addIntegration", tag = "admin", request_body = NewIntegrationBody,
    responses((status = 201, body = AdminIntegrationView), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("admin" = [])),
)]
pub(in crate::api) async fn add(
    State(app): State<SharedApp>,
    AdminBody { by, body }: AdminBody<NewIntegrationBody>,
) -> Result<Answer, Problem> {
    let new = NewIntegration {
        id: IntegrationId::parse(body.id).map_err(|error| Problem::invalid("id", error.to_string()))?,
        kind: KindId::parse(body.kind).map_err(|error| Problem::invalid("kind", error.to_string()))?,
        patch: IntegrationPatch {
            name: name(body.name)?,
            settings: Some(body.settings),
            network: Some(body.network.into()),
            projects: Some(projects(body.projects)?),
            rules: RulesPatch::whole(Rules {
                require_user_pat: body.require_user_pat,
                require_user_pat_from: body.require_user_pat_from,
                enforce_git_permissions: body.enforce_git_permissions,
            }),
            features: FeaturesPatch {
                create_branches: body.create_branches,
                delete_branches: body.delete_branches,
                create_pull_requests: body.create_pull_requests,
            },
            branch_template: Some(naming::template(body.branch_template)?),
            branch_separator: Some(naming::separator(body.branch_separator)?),
            branch_letters: Some(naming::letters(body.branch_letters)?),
            branch_max_length: Some(naming::max_length(body.branch_max_length)?),
            mappings: Some(naming::mappings(body.mappings)?),
            credential: body.credential.map_or(NewCredential::Keep, NewCredential::Replace),
        },
    };
    let record = administration::add_integration(&app, &by, new, Adding::Unseen).await?.record;
    let revision = record.revision;
    Ok(Answer::new(StatusCode::CREATED, &AdminIntegrationView::from(record)).with_revision(revision))
}

/// What to change; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "require_user_pat": true, "projects": null }))]
pub struct ChangeIntegrationBody {
    /// For people.
    name: Option<String>,
    /// The whole filled-in settings form.
    #[serde(deserialize_with = "json::some_texts", default)]
    settings: Option<BTreeMap<String, String>>,
    /// The filled-in credential form for the integration's own account; an explicit null takes its credential away.
    #[serde(deserialize_with = "json::given_secrets", default)]
    #[schema(value_type = Option<BTreeMap<String, String>>)]
    credential: Option<Option<BTreeMap<String, SecretString>>>,
    /// Jira projects it is open to, each `KEY`, `SITE/KEY` or `SITE/*`; an explicit null opens it to all.
    #[serde(deserialize_with = "json::given", default)]
    #[schema(value_type = Option<Vec<String>>)]
    projects: Option<Option<Vec<String>>>,
    /// *Require User PAT*. Switched off, it loses its date.
    require_user_pat: Option<bool>,
    /// When that begins to hold: a time, or a date (its first instant in UTC). An explicit null: at once.
    #[serde(deserialize_with = "json::given", default)]
    #[schema(value_type = Option<String>, example = "2027-01-31")]
    require_user_pat_from: Option<Option<Timestamp>>,
    /// *Enforce git service permissions*. Needs `require_user_pat` to be on.
    enforce_git_permissions: Option<bool>,
    /// Whether branches can be created.
    create_branches: Option<bool>,
    /// Whether branches can be deleted.
    delete_branches: Option<bool>,
    /// Whether pull requests can be created.
    create_pull_requests: Option<bool>,
    /// The whole of it.
    #[serde(deserialize_with = "json::some_object", default)]
    network: Option<NetworkBody>,
    /// An explicit null goes back to the default.
    #[serde(deserialize_with = "json::given", default)]
    #[schema(value_type = Option<String>)]
    branch_template: Option<Option<String>>,
    /// An explicit null goes back to the default.
    #[serde(deserialize_with = "json::given", default)]
    #[schema(value_type = Option<String>)]
    branch_separator: Option<Option<String>>,
    /// An explicit null goes back to the default.
    #[serde(deserialize_with = "json::given", default)]
    #[schema(value_type = Option<String>)]
    branch_letters: Option<Option<String>>,
    /// An explicit null goes back to what the git server takes.
    #[serde(deserialize_with = "json::given_whole", default)]
    #[schema(value_type = Option<u32>, minimum = 20, maximum = 255)]
    branch_max_length: Option<Option<u32>>,
    /// The whole list, in the place of the one before.
    #[serde(deserialize_with = "json::some_objects", default)]
    mappings: Option<Vec<MappingView>>,
}

/// Changes an integration. Where it leads to another address afterwards, users' PATs and its own credential are set aside:
/// they were given to the one before.
#[utoipa::path(
    patch, path = "/admin/integrations/{id}", operation_id = "changeIntegration", tag = "admin",
    params(("id" = String, Path, description = "Integration"), DryRun,
        ("If-Match" = Option<String>, Header, description = "ETag of the state that was seen; another one is left as it is (412)")),
    request_body = ChangeIntegrationBody,
    responses((status = 200, body = AdminIntegrationView), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("admin" = [])),
)]
pub(in crate::api) async fn change(
    State(app): State<SharedApp>,
    Named(id): Named<String>,
    Asked(asked): Asked<DryRun>,
    if_match: IfMatch,
    AdminBody { by, body }: AdminBody<ChangeIntegrationBody>,
) -> Result<Answer, Problem> {
    let patch = IntegrationPatch {
        name: name(body.name)?,
        settings: body.settings,
        network: body.network.map(NetworkRules::from),
        projects: body.projects.map(projects).transpose()?,
        rules: RulesPatch {
            require_user_pat: body.require_user_pat,
            require_user_pat_from: body.require_user_pat_from,
            enforce_git_permissions: body.enforce_git_permissions,
        },
        features: FeaturesPatch {
            create_branches: body.create_branches,
            delete_branches: body.delete_branches,
            create_pull_requests: body.create_pull_requests,
        },
        branch_template: body.branch_template.map(naming::template).transpose()?,
        branch_separator: body.branch_separator.map(naming::separator).transpose()?,
        branch_letters: body.branch_letters.map(naming::letters).transpose()?,
        branch_max_length: body.branch_max_length.map(naming::max_length).transpose()?,
        mappings: body.mappings.map(naming::mappings).transpose()?,
        credential: match body.credential {
            None => NewCredential::Keep,
            Some(None) => NewCredential::Remove,
            Some(Some(fields)) => NewCredential::Replace(fields),
        },
    };
    let changed =
        administration::change_integration(&app, &by, &known(id)?, &if_match.of(&by)?, patch, asked.trial()?).await?;
    let revision = changed.record.revision;
    Ok(Answer::ok(&AdminIntegrationView::from(changed)).with_revision(revision))
}

/// Removes an integration, with every PAT saved for it.
#[utoipa::path(
    delete, path = "/admin/integrations/{id}", operation_id = "removeIntegration", tag = "admin",
    params(("id" = String, Path, description = "Integration"),
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
    administration::remove_integration(&app, &by, &known(id)?, &if_match.of(&by)?, None).await?;
    Ok(Answer::nothing())
}

/// Null opens it to all.
fn projects(some: Option<Vec<String>>) -> Result<Projects, Problem> {
    let Some(some) = some else { return Ok(Projects::All) };
    let some: Result<_, _> = some.iter().map(|text| SiteProjects::parse(text)).collect();
    Ok(Projects::Only(some.map_err(|error| Problem::invalid("projects", error.to_string()))?))
}
