//! Registered providers.

use axum::extract::State;

use crate::api::answer::Answer;
use crate::api::caller::Admin;
use crate::operate::SharedApp;
use crate::operate::administration;
use crate::problem::Problem;
use crate::view::{ProviderView, Providers};

/// All registered providers.
#[utoipa::path(
    get, path = "/admin/providers", tag = "admin",
    responses((status = 200, body = Providers), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("admin" = [])),
)]
pub(in crate::api) async fn list(State(app): State<SharedApp>, _: Admin) -> Result<Answer, Problem> {
    let providers = administration::providers(&app).await?.into_iter().map(ProviderView::from).collect();
    Ok(Answer::ok(&Providers { providers }))
}
