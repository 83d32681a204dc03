//! Requests to a stand-in Azure DevOps as a careful client sends them: with a version, and asking for no sign-in page.

use countersign_tests::standin::azure_devops::{AzureDevOps, token};
use http::Method;
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::client::{Reply, http, send};

pub const WIDGETS: &str = "/Platform/_apis/git/repositories/widgets";
pub const ZEROS: &str = "0000000000000000000000000000000000000000";

pub async fn usual() -> AzureDevOps {
    AzureDevOps::services("acme").usual().start().await.unwrap()
}

/// `path` below the collection; the newest version unless the path names one.
pub fn request(
    azure: &AzureDevOps,
    method: Method,
    path: &str,
    token: Option<&str>,
    body: Option<Value>,
) -> RequestBuilder {
    let separator = if path.contains('?') { '&' } else { '?' };
    let version = if path.contains("api-version=") { String::new() } else { format!("{separator}api-version=7.1") };
    let request = http().request(method, format!("{}{path}{version}", azure.url()));
    let mut request = request.header("x-tfs-fedauthredirect", "Suppress");
    if let Some(token) = token {
        request = request.basic_auth("", Some(token));
    }
    match body {
        Some(body) => request.json(&body),
        None => request,
    }
}

pub async fn call(azure: &AzureDevOps, method: Method, path: &str, token: Option<&str>, body: Option<Value>) -> Reply {
    send(request(azure, method, path, token, body)).await
}

/// GET as alice.
pub async fn get(azure: &AzureDevOps, path: &str) -> Reply {
    call(azure, Method::GET, path, Some(token::ALICE), None).await
}

/// POST as alice.
pub async fn post(azure: &AzureDevOps, path: &str, body: Value) -> Reply {
    call(azure, Method::POST, path, Some(token::ALICE), Some(body)).await
}

/// One change of a reference of widgets as alice; what became of it.
pub async fn update(azure: &AzureDevOps, name: &str, old: &str, new: &str) -> Value {
    update_as(azure, token::ALICE, WIDGETS, (name, old, new)).await
}

/// One change of a reference: full name, old id, new id.
pub async fn update_as(azure: &AzureDevOps, token: &str, repository: &str, change: (&str, &str, &str)) -> Value {
    let (name, old, new) = change;
    let body = json!([{ "name": name, "oldObjectId": old, "newObjectId": new }]);
    let reply = call(azure, Method::POST, &format!("{repository}/refs"), Some(token), Some(body)).await;
    assert_eq!((reply.status, &reply.body["count"]), (200, &json!(1)), "{}", reply.text);
    reply.body["value"][0].clone()
}

/// The member `name` of every item of a wrapped list.
pub fn each<'a>(reply: &'a Reply, name: &str) -> Vec<&'a str> {
    let items = reply.body["value"].as_array().map(Vec::as_slice).unwrap_or_default();
    assert_eq!(reply.body["count"], items.len(), "{}", reply.text);
    items.iter().map(|item| item[name].as_str().unwrap_or_default()).collect()
}

/// The key an error is told apart by.
pub fn key(reply: &Reply) -> &str {
    reply.body["typeKey"].as_str().unwrap_or_default()
}

/// Tip of a branch of Platform/widgets.
pub fn tip(azure: &AzureDevOps, branch: &str) -> String {
    azure.git("Platform/widgets").references().unwrap().branch(branch).unwrap().oid.clone()
}

pub fn pull(source: &str, target: &str) -> Value {
    json!({
        "title": "Ship it", "description": "ABC-1", "sourceRefName": format!("refs/heads/{source}"),
        "targetRefName": format!("refs/heads/{target}"),
    })
}
