//! Registered providers.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::answer::Answer;
use crate::api::caller::Admin;
use crate::api::paging::PageAsked;
use crate::api::path::Asked;
use crate::operate::SharedApp;
use crate::operate::administration;
use crate::problem::Problem;
use crate::view::{PausedView, ProviderView};
use model::ProviderRecord;

/// Some of the registered providers.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProviderPage {
    /// In order of id.
    providers: Vec<ProviderView>,
    /// For the next page; null on the last.
    next_cursor: Option<String>,
}

/// All registered providers.
#[utoipa::path(
    get, path = "/admin/providers", operation_id = "listProviders", tag = "admin", params(PageAsked),
    responses((status = 200, body = ProviderPage), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("admin" = [])),
)]
pub(in crate::api) async fn list(
    State(app): State<SharedApp>,
    _: Admin,
    Asked(asked): Asked<PageAsked>,
) -> Result<Answer, Problem> {
    let all = administration::providers(&app).await?;
    let page = asked.page(&app, &["providers"], all, |provider| provider.description.id.as_str())?;
    let view = |record: ProviderRecord| {
        let paused = administration::paused(&app, &record.sha256).into_iter().map(PausedView::from).collect();
        ProviderView { paused: Some(paused), ..ProviderView::from(record) }
    };
    let providers = page.items.into_iter().map(view).collect();
    Ok(Answer::ok(&ProviderPage { providers, next_cursor: page.next_cursor }))
}
