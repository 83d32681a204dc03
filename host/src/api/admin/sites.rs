//! The Jiras whose users are known.

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
use crate::operate::administration::{self, NewSite};
use crate::problem::Problem;
use crate::view::SiteView;
use model::{Site, SiteId};

/// Some of the sites.
#[derive(Debug, Serialize, ToSchema)]
pub struct SitePage {
    /// In order of id.
    sites: Vec<SiteView>,
    /// For the next page; null on the last.
    next_cursor: Option<String>,
}

/// All sites.
#[utoipa::path(
    get, path = "/admin/sites", operation_id = "listSites", tag = "admin", params(PageAsked),
    responses((status = 200, body = SitePage), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("admin" = [])),
)]
pub(in crate::api) async fn list(
    State(app): State<SharedApp>,
    _: Admin,
    Asked(asked): Asked<PageAsked>,
) -> Result<Answer, Problem> {
    let all = administration::sites(&app).await?;
    let page = asked.page(&app, &["sites"], all, |site| site.id.as_str())?;
    let sites = page.items.into_iter().map(SiteView::from).collect();
    Ok(Answer::ok(&SitePage { sites, next_cursor: page.next_cursor }))
}

/// One site.
#[utoipa::path(
    get, path = "/admin/sites/{id}", operation_id = "getSite", tag = "admin", params(("id" = String, Path, description = "Site")),
    responses((status = 200, body = SiteView), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("admin" = [])),
)]
pub(in crate::api) async fn get(
    State(app): State<SharedApp>,
    _: Admin,
    Named(id): Named<String>,
) -> Result<Answer, Problem> {
    Ok(shown(StatusCode::OK, administration::site(&app, &known(id)?).await?))
}

/// A site as it is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "id": "cloud", "name": "Acme in the cloud" }))]
pub struct NewSiteBody {
    /// 1 to 64 lower-case letters, digits and `-`; how projects and connectors name it.
    #[schema(example = "cloud")]
    id: String,
    /// For people; the id where it is left out.
    name: Option<String>,
}

/// Makes a site known: one Jira, with its users and projects.
#[utoipa::path(
    post, path = "/admin/sites", operation_id = "addSite", tag = "admin", request_body = NewSiteBody,
    responses((status = 201, body = SiteView), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("admin" = [])),
)]
pub(in crate::api) async fn add(
    State(app): State<SharedApp>,
    AdminBody { by, body }: AdminBody<NewSiteBody>,
) -> Result<Answer, Problem> {
    let id = SiteId::parse(body.id).map_err(|error| Problem::invalid("id", error.to_string()))?;
    let new = NewSite { id, name: name(body.name)? };
    Ok(shown(StatusCode::CREATED, administration::add_site(&app, &by, new).await?))
}

/// What to change; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "Acme" }))]
pub struct ChangeSiteBody {
    /// For people.
    name: Option<String>,
}

/// Renames a site.
#[utoipa::path(
    patch, path = "/admin/sites/{id}", operation_id = "renameSite", tag = "admin", request_body = ChangeSiteBody,
    params(("id" = String, Path, description = "Site"),
        ("If-Match" = Option<String>, Header, description = "ETag of the state that was seen; another one is left as it is (412)")),
    responses((status = 200, body = SiteView), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("admin" = [])),
)]
pub(in crate::api) async fn change(
    State(app): State<SharedApp>,
    Named(id): Named<String>,
    if_match: IfMatch,
    AdminBody { by, body }: AdminBody<ChangeSiteBody>,
) -> Result<Answer, Problem> {
    let site = administration::change_site(&app, &by, &known(id)?, &if_match.of(&by)?, name(body.name)?).await?;
    Ok(shown(StatusCode::OK, site))
}

/// Removes a site with every PAT of its users. Its connectors have to be removed first, and integrations closed to it.
#[utoipa::path(
    delete, path = "/admin/sites/{id}", operation_id = "removeSite", tag = "admin",
    params(("id" = String, Path, description = "Site"),
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
    administration::remove_site(&app, &by, &known(id)?, &if_match.of(&by)?).await?;
    Ok(Answer::nothing())
}

fn known(id: String) -> Result<SiteId, Problem> {
    SiteId::parse(id).map_err(|_| Problem::not_found("site"))
}

fn shown(status: StatusCode, site: Site) -> Answer {
    let revision = site.revision;
    Answer::new(status, &SiteView::from(site)).with_revision(revision)
}
