//! The text a new merge request starts from.

use countersign_provider_gitlab::GitLab;
use countersign_sdk::Provider;
use countersign_sdk::testing::{Answer, Expected, Script, get};
use countersign_sdk::types::FailureReason;
use serde_json::json;

use crate::{API, REPO, cloud, error, hidden, looks_at_project, project, repo, script, visible, visible_at};

fn reads(name: &str) -> Expected {
    get(repo(&format!("/repository/files/.gitlab%2Fmerge_request_templates%2F{name}/raw?ref=main")))
}

fn text(text: &str) -> Answer {
    Answer::text(200, "text/plain; charset=utf-8", text)
}

fn missing() -> Answer {
    error(404, "404 File Not Found")
}

fn template(script: &Script) -> Option<String> {
    GitLab.pull_request_template(&cloud(), script, REPO, "develop").unwrap()
}

#[test]
fn the_projects_setting_comes_before_a_file() {
    let mut paid = project(42, "acme/widgets");
    paid["merge_requests_template"] = json!("## What\n");
    assert_eq!(template(&script([looks_at_project(Answer::json(200, paid))])).as_deref(), Some("## What\n"));
}

#[test]
fn the_default_file_is_found_in_its_usual_spellings() {
    let first = script([looks_at_project(visible()), (reads("Default.md"), text("<!-- why -->"))]);
    assert_eq!(template(&first).as_deref(), Some("<!-- why -->"));
    let mut free = project(42, "acme/widgets");
    free["merge_requests_template"] = json!(null);
    let free = looks_at_project(Answer::json(200, free));
    let second = script([free, (reads("Default.md"), missing()), (reads("default.md"), text("Why?"))]);
    assert_eq!(template(&second).as_deref(), Some("Why?"));
}

#[test]
fn a_project_without_any_has_none() {
    let files = ["Default.md", "default.md", "DEFAULT.md"].map(|name| (reads(name), missing()));
    assert_eq!(template(&script([looks_at_project(visible())].into_iter().chain(files))), None);
    let mut empty = project(42, "acme/empty");
    empty["default_branch"] = json!(null);
    assert_eq!(template(&script([looks_at_project(Answer::json(200, empty))])), None);
}

#[test]
fn the_file_of_a_project_that_moved_is_read_by_its_number() {
    let by_path = get(format!("{API}/projects/acme%2Fgadgets"));
    let moved = Answer::text(301, "text/plain", "moved").header("Location", &repo(""));
    let steps = script([(by_path, moved), looks_at_project(visible()), (reads("Default.md"), text("Why?"))]);
    let found = GitLab.pull_request_template(&cloud(), &steps, "acme/gadgets", "main").unwrap();
    assert_eq!(found.as_deref(), Some("Why?"));
}

#[test]
fn refusals_are_not_taken_for_a_missing_template() {
    let invisible = script([looks_at_project(hidden())]);
    let failure = GitLab.pull_request_template(&cloud(), &invisible, REPO, "main").unwrap_err();
    assert_eq!(failure.reason, FailureReason::NotFound("repository 42".into()));
    let guest = || looks_at_project(visible_at(10));
    let forbidden = script([guest(), (reads("Default.md"), error(403, "403 Forbidden")), guest()]);
    let failure = GitLab.pull_request_template(&cloud(), &forbidden, REPO, "main").unwrap_err();
    assert_eq!(failure.reason, FailureReason::PermissionMissing("Reporter role".into()));
}
