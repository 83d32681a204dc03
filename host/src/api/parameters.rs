//! Query parameters that a route does not have are refused: whoever adds `dry_run` to a change that knows none must not find
//! it made.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use url::form_urlencoded;
use utoipa::openapi::OpenApi;

use crate::problem::Problem;

/// Longest name that is repeated, in characters.
const MAX_NAME_CHARS: usize = 40;

/// Method and path of a route to the names of its query parameters.
pub(super) type Parameters = HashMap<(String, String), HashSet<String>>;

/// As the document has them.
pub(super) fn of(document: &OpenApi) -> Arc<Parameters> {
    let document = serde_json::to_value(document).unwrap_or_default();
    let mut known = Parameters::new();
    for (path, methods) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in methods.as_object().into_iter().flatten() {
            let all = operation["parameters"].as_array().into_iter().flatten();
            let names =
                all.filter(|one| one["in"] == "query").filter_map(|one| one["name"].as_str().map(str::to_owned));
            known.insert((method.to_uppercase(), path.clone()), names.collect());
        }
    }
    Arc::new(known)
}

/// Around every documented route.
pub(super) async fn hold(State(known): State<Arc<Parameters>>, request: Request, next: Next) -> Response {
    match unknown(&known, &request) {
        Some(name) => {
            let detail = format!("There is no parameter `{name}` here; /api/v1/openapi.json says which there are.");
            Problem::bad_request(detail).into_response()
        }
        None => next.run(request).await,
    }
}

fn unknown(known: &Parameters, request: &Request) -> Option<String> {
    let query = request.uri().query().filter(|query| !query.is_empty())?;
    let route = request.extensions().get::<MatchedPath>()?.as_str();
    let path = route.strip_prefix("/api/v1").unwrap_or(route).to_owned();
    let names = known.get(&(request.method().as_str().to_owned(), path))?;
    let mut given = form_urlencoded::parse(query.as_bytes()).map(|(name, _)| name);
    let unknown = given.find(|name| !names.contains(name.as_ref()))?;
    Some(unknown.chars().filter(|char| !char.is_control()).take(MAX_NAME_CHARS).collect())
}

#[cfg(test)]
mod tests {
    use http::Method;

    use crate::world::World;

    #[tokio::test]
    async fn a_change_that_knows_no_dry_run_is_not_made_for_whoever_asks_for_one() {
        let world = World::new().await;
        let admin = format!("Bearer {}", world.admin_token().await);
        let headers = [("authorization", admin.as_str()), ("content-type", "application/json")];
        for (method, path, body) in [
            (Method::POST, "admin/integrations", "{\"id\":\"new\",\"kind\":\"git-server\"}"),
            (Method::DELETE, "admin/integrations/acme", ""),
            (Method::POST, "admin/connectors", "{}"),
            (Method::DELETE, "admin/tokens/x", ""),
        ] {
            let asked = format!("/api/v1/{path}?dry_run=true");
            world.send(method, &asked, &headers, body).await.expect(400, &["There is no parameter `dry_run` here"]);
        }
        assert_eq!(world.store.integrations().await.unwrap().len(), 1);
        let body = "{\"require_user_pat\":true}";
        world.send(Method::PUT, "/api/v1/admin/policy?dry_run=true", &headers, body).await.expect(200, &["blocked"]);
        assert!(!world.store.policy().await.unwrap().rules.require_user_pat);
    }
}
