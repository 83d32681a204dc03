//! The plain HTTP client, for a stand-in GitLab.

use countersign_tests::standin::gitlab::{GitLab, token};
use http::Method;
use serde_json::Value;

use crate::client::{Reply, http, send};

pub const WIDGETS: &str = "/projects/acme%2Fwidgets";
pub const BRANCHES: &str = "/projects/acme%2Fwidgets/repository/branches";
pub const MERGE_REQUESTS: &str = "/projects/acme%2Fwidgets/merge_requests";

pub async fn usual() -> GitLab {
    GitLab::cloud().usual().start().await.unwrap()
}

pub async fn version(version: &str) -> GitLab {
    GitLab::self_managed(version).usual().start().await.unwrap()
}

/// With `PRIVATE-TOKEN`; `path` is below the API's root, or a whole URL.
pub fn request(gitlab: &GitLab, method: Method, path: &str, token: Option<&str>) -> reqwest::RequestBuilder {
    let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", gitlab.url()) };
    let request = http().request(method, url);
    match token {
        Some(token) => request.header("private-token", token),
        None => request,
    }
}

pub async fn call(gitlab: &GitLab, method: Method, path: &str, token: Option<&str>, body: Option<Value>) -> Reply {
    let request = request(gitlab, method, path, token);
    send(match body {
        Some(body) => request.json(&body),
        None => request,
    })
    .await
}

/// GET as alice.
pub async fn get(gitlab: &GitLab, path: &str) -> Reply {
    call(gitlab, Method::GET, path, Some(token::ALICE), None).await
}

/// GET with another token.
pub async fn get_as(gitlab: &GitLab, token: &str, path: &str) -> Reply {
    call(gitlab, Method::GET, path, Some(token), None).await
}

/// POST as alice.
pub async fn post(gitlab: &GitLab, path: &str, body: Value) -> Reply {
    call(gitlab, Method::POST, path, Some(token::ALICE), Some(body)).await
}

/// DELETE as alice.
pub async fn delete(gitlab: &GitLab, path: &str) -> Reply {
    call(gitlab, Method::DELETE, path, Some(token::ALICE), None).await
}

/// Tip of a branch in acme/widgets.
pub fn tip(gitlab: &GitLab, branch: &str) -> String {
    gitlab.git("acme/widgets").references().unwrap().branch(branch).unwrap().oid.clone()
}
