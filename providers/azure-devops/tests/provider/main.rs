//! The provider against scripts of requests and answers: what goes out is compared to the letter, what comes back is what
//! the server was seen or is documented to say.

mod account;
mod branches;
mod comparison;
mod connect;
mod pull_requests;
mod recorded;
mod refusal_table;
mod refusals;
mod repositories;
mod reviewers;
mod template;

use countersign_sdk::testing::{Answer, Expected, Script, get};
use countersign_sdk::types::{FieldValue, Integration};
use serde_json::{Value, json};

pub const BASE: &str = "https://dev.azure.com/acme";
pub const TFS: &str = "https://tfs.example.com/tfs/DefaultCollection";
pub const PROJECT_ID: &str = "b810b0b0-a954-403b-9795-f0c9d0c9cfe9";
pub const REPOSITORY_ID: &str = "75055255-180d-40f6-819c-5dd61686a788";
pub const ALICE_ID: &str = "22157d54-1821-6536-a446-928b06348385";
pub const REPO: &str = "Platform/widgets";
pub const COMMIT: &str = "aa218f56b14c9653891f9e74264a383fa43fefbd";
pub const OTHER_COMMIT: &str = "bb218f56b14c9653891f9e74264a383fa43fefbd";
pub const NONE: &str = "0000000000000000000000000000000000000000";

pub fn settings(pairs: &[(&str, &str)]) -> Vec<FieldValue> {
    pairs.iter().map(|(name, value)| FieldValue { name: (*name).into(), value: (*value).into() }).collect()
}

pub fn cloud() -> Integration {
    Integration { kind: "azure-devops".into(), settings: settings(&[("organization", "acme")]) }
}

/// A server of one's own of this version.
pub fn server(version: &str) -> Integration {
    let settings = settings(&[("collection_url", TFS), ("version", version)]);
    Integration { kind: "tfs".into(), settings }
}

/// A URL below the repository most tests use. `below` ends with its own query, if any.
pub fn repo(below: &str) -> String {
    versioned(&format!("{BASE}/Platform/_apis/git/repositories/widgets{below}"), "7.1")
}

/// The same on a server of one's own.
pub fn server_repo(below: &str, api: &str) -> String {
    versioned(&format!("{TFS}/Platform/_apis/git/repositories/widgets{below}"), api)
}

pub fn versioned(url: &str, api: &str) -> String {
    let mark = if url.contains('?') { '&' } else { '?' };
    format!("{url}{mark}api-version={api}")
}

pub fn script(steps: impl IntoIterator<Item = (Expected, Answer)>) -> Script {
    steps.into_iter().fold(Script::new(), |script, (expected, answer)| script.step(expected, answer))
}

/// An exception as the server wraps it.
pub fn error(status: u16, key: &str, message: &str) -> Answer {
    let body = json!({
        "$id": "1", "innerException": null, "message": message, "typeName": format!("Server.{key}, Server"), "typeKey": key,
        "errorCode": 0, "eventId": 3000,
    });
    Answer::json(status, body)
}

pub fn list(items: Value) -> Answer {
    let count = items.as_array().map_or(0, Vec::len);
    Answer::json(200, json!({ "count": count, "value": items }))
}

pub fn reference(name: &str, commit: &str) -> Value {
    let creator = json!({ "id": ALICE_ID, "displayName": "Alice", "uniqueName": "alice@example.com" });
    json!({ "name": format!("refs/heads/{name}"), "objectId": commit, "creator": creator, "url": "x" })
}

pub fn repository(project: &str, name: &str) -> Value {
    json!({
        "id": REPOSITORY_ID, "name": name, "url": "x", "defaultBranch": "refs/heads/main", "size": 1,
        "project": { "id": PROJECT_ID, "name": project, "state": "wellFormed", "visibility": "private" },
        "remoteUrl": format!("https://acme@dev.azure.com/acme/{project}/_git/{name}"),
        "webUrl": format!("{BASE}/{project}/_git/{name}"), "isDisabled": false, "isInMaintenance": false,
    })
}

pub fn connection(id: &str, account: &str) -> Answer {
    let user = json!({
        "id": id, "providerDisplayName": "Alice", "customDisplayName": "Alice", "isActive": true,
        "properties": { "Account": { "$type": "System.String", "$value": account } },
    });
    Answer::json(200, json!({ "authenticatedUser": user, "authorizedUser": user, "deploymentType": "hosted" }))
}

pub fn asks_who() -> Expected {
    get(format!("{BASE}/_apis/connectionData?api-version=5.0-preview.1"))
}

/// Looking for one branch, by the beginning of its name.
pub fn asks_for(name: &str) -> Expected {
    get(repo(&format!("/refs?filter=heads%2F{}&%24top=1000", name.replace('/', "%2F"))))
}

pub fn at(name: &str, commit: &str) -> Answer {
    list(json!([reference(name, commit)]))
}

pub fn absent() -> Answer {
    list(json!([]))
}

pub fn no_repository() -> Answer {
    let message = "TF401019: The Git repository with name or identifier widgets does not exist or you do not have permissions for the operation you are attempting.";
    error(404, "GitRepositoryNotFoundException", message)
}
