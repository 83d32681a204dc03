//! The provider against scripts of requests and answers: what goes out is compared to the letter, what comes back is
//! what GitHub was seen or is documented to say.

mod account;
mod branches;
mod comparison;
mod connect;
mod pull_requests;
mod recorded;
mod refusal_table;
mod refusals;
mod repositories;
mod template;

use countersign_sdk::testing::{Answer, Expected, Script};
use countersign_sdk::types::{FieldValue, Integration};
use serde_json::{Value, json};

pub const API: &str = "https://api.github.com";
pub const REPO: &str = "octo/hello";
pub const COMMIT: &str = "aa218f56b14c9653891f9e74264a383fa43fefbd";
pub const OTHER_COMMIT: &str = "bb218f56b14c9653891f9e74264a383fa43fefbd";

pub fn cloud() -> Integration {
    Integration { kind: "github".into(), settings: vec![] }
}

pub fn enterprise(base_url: &str) -> Integration {
    let setting = FieldValue { name: "base_url".into(), value: base_url.into() };
    Integration { kind: "github-enterprise".into(), settings: vec![setting] }
}

/// The setting that says whose repositories are searched.
pub fn owners(text: &str) -> FieldValue {
    FieldValue { name: "owners".into(), value: text.into() }
}

/// A URL below the repository most tests use.
pub fn repo(below: &str) -> String {
    format!("{API}/repos/{REPO}{below}")
}

pub fn script(steps: impl IntoIterator<Item = (Expected, Answer)>) -> Script {
    steps.into_iter().fold(Script::new(), |script, (expected, answer)| script.step(expected, answer))
}

/// GitHub's error answers, as they are since `status` was added.
pub fn error(status: u16, message: &str) -> Answer {
    Answer::json(
        status,
        json!({ "message": message, "documentation_url": "https://docs.github.com/rest", "status": status.to_string() }),
    )
}

pub fn reference(name: &str, commit: &str) -> Value {
    json!({ "ref": format!("refs/heads/{name}"), "node_id": "x", "url": "x", "object": { "type": "commit", "sha": commit, "url": "x" } })
}

pub fn repository(full_name: &str) -> Value {
    json!({
        "id": 1, "full_name": full_name, "html_url": format!("https://github.com/{full_name}"), "private": true,
        "default_branch": "main", "archived": false, "disabled": false,
    })
}

pub fn visible() -> Answer {
    Answer::json(200, repository(REPO))
}
