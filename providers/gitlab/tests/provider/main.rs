//! The provider against scripts of requests and answers: what goes out is compared to the letter, what comes back is
//! what GitLab was seen or is documented to say.

mod account;
mod branches;
mod comparison;
mod connect;
mod pull_requests;
mod recorded;
mod refusal_table;
mod refusals;
mod repositories;
mod templates;

use countersign_sdk::testing::{Answer, Expected, Script, get};
use countersign_sdk::types::{FieldValue, Integration};
use serde_json::{Value, json};

pub const API: &str = "https://gitlab.com/api/v4";
pub const REPO: &str = "42";
pub const COMMIT: &str = "aa218f56b14c9653891f9e74264a383fa43fefbd";
pub const OTHER_COMMIT: &str = "bb218f56b14c9653891f9e74264a383fa43fefbd";

pub fn cloud() -> Integration {
    Integration { kind: "gitlab".into(), settings: vec![] }
}

pub fn self_managed(base_url: &str) -> Integration {
    let setting = FieldValue { name: "base_url".into(), value: base_url.into() };
    Integration { kind: "gitlab-self-managed".into(), settings: vec![setting] }
}

/// A URL below the project most tests use.
pub fn repo(below: &str) -> String {
    format!("{API}/projects/{REPO}{below}")
}

pub fn script(steps: impl IntoIterator<Item = (Expected, Answer)>) -> Script {
    steps.into_iter().fold(Script::new(), |script, (expected, answer)| script.step(expected, answer))
}

/// The most frequent shape of GitLab's error answers.
pub fn error(status: u16, message: &str) -> Answer {
    Answer::json(status, json!({ "message": message }))
}

pub fn project(number: u64, path: &str) -> Value {
    json!({
        "id": number, "path_with_namespace": path, "web_url": format!("https://gitlab.com/{path}"),
        "default_branch": "main", "visibility": "private", "archived": false, "empty_repo": false,
        "merge_requests_enabled": true, "marked_for_deletion_at": null, "description": null,
    })
}

/// The project most tests use, looked at.
pub fn looks_at_project(answer: Answer) -> (Expected, Answer) {
    (get(repo("")), answer)
}

pub fn visible() -> Answer {
    Answer::json(200, project(42, "acme/widgets"))
}

/// The same project, as somebody with a role of this level sees it.
pub fn visible_at(level: u64) -> Answer {
    let mut project = project(42, "acme/widgets");
    project["permissions"] = json!({ "project_access": null, "group_access": { "access_level": level } });
    Answer::json(200, project)
}

pub fn branch(name: &str, commit: &str) -> Value {
    json!({
        "name": name, "commit": { "id": commit, "short_id": "x", "parent_ids": null }, "merged": false,
        "protected": name == "main", "default": name == "main", "can_push": true,
        "web_url": format!("https://gitlab.com/acme/widgets/-/tree/{name}"),
    })
}

/// The branch of this name, asked for by itself.
pub fn asks_for(name: &str) -> Expected {
    get(repo(&format!("/repository/branches/{}", name.replace('/', "%2F"))))
}

pub fn at(name: &str, commit: &str) -> Answer {
    Answer::json(200, branch(name, commit))
}

pub fn absent() -> Answer {
    error(404, "404 Branch Not Found")
}

pub fn hidden() -> Answer {
    error(404, "404 Project Not Found")
}
