//! The text a new merge request starts from.

use countersign_provider_gitlab::GitLab;
use countersign_sdk::Provider;
use countersign_sdk::testing::{Answer, Expected, Script, get};
use countersign_sdk::types::{FailureReason, Wait};
use serde_json::{Value, json};

use crate::{API, REPO, cloud, error, hidden, looks_at_project, project, repo, script, visible, visible_at};

type Step = (Expected, Answer);

/// GitLab's words to a role that may not read the project's code.
const ROLE_TOO_LOW: &str = "403 Forbidden - Your current role does not have the required permissions to access the \
                            merge_requests template. Contact your project administrator for assistance.";

fn lists(page: u32) -> Expected {
    get(repo(&format!("/templates/merge_requests?per_page=100&page={page}")))
}

fn names(names: &[&str]) -> Answer {
    let entry = |name: &&str| json!({ "key": name, "name": name });
    Answer::json(200, Value::Array(names.iter().map(entry).collect()))
}

fn asks_for(key: &str) -> Expected {
    get(repo(&format!("/templates/merge_requests/{key}")))
}

fn template(name: &str, content: impl Into<Value>) -> Answer {
    Answer::json(200, json!({ "name": name, "content": content.into() }))
}

fn reads(name: &str) -> Expected {
    get(repo(&format!("/repository/files/.gitlab%2Fmerge_request_templates%2F{name}/raw?ref=main")))
}

fn text(text: &str) -> Answer {
    Answer::text(200, "text/plain; charset=utf-8", text)
}

fn missing() -> Answer {
    error(404, "404 File Not Found")
}

/// As of GitLab 11.4 to 13.2.
fn too_old() -> Answer {
    Answer::json(400, json!({ "error": "type does not have a valid value" }))
}

/// What is found after a look at the project.
#[track_caller]
fn check(steps: impl IntoIterator<Item = Step>, expected: Option<&str>) {
    let steps = script([looks_at_project(visible())].into_iter().chain(steps));
    assert_eq!(found(&steps).as_deref(), expected);
}

fn found(script: &Script) -> Option<String> {
    GitLab.pull_request_template(&cloud(), script, REPO, "develop").unwrap()
}

fn failure(steps: impl IntoIterator<Item = Step>) -> FailureReason {
    GitLab.pull_request_template(&cloud(), &script(steps), REPO, "main").unwrap_err().reason
}

#[test]
fn the_projects_setting_comes_before_every_template() {
    let mut paid = project(42, "acme/widgets");
    paid["merge_requests_template"] = json!("## What\n");
    assert_eq!(found(&script([looks_at_project(Answer::json(200, paid))])).as_deref(), Some("## What\n"));
    let mut unset = project(42, "acme/widgets");
    unset["merge_requests_template"] = json!("");
    let unset = looks_at_project(Answer::json(200, unset));
    let steps = [unset, (lists(1), names(&["Default"])), (asks_for("Default"), template("Default", "Why?"))];
    assert_eq!(found(&script(steps)).as_deref(), Some("Why?"));
}

#[test]
fn the_template_named_default_is_found_in_any_case() {
    for name in ["Default", "default", "DEFAULT", "dEfAuLt"] {
        let listed = names(&["Bug", name, "Feature"]);
        check([(lists(1), listed), (asks_for(name), template(name, "<!-- why -->"))], Some("<!-- why -->"));
    }
}

/// A parent group's, then the instance's, then the project's own: that is the order of the list, and a name leads to the nearest.
#[test]
fn the_first_of_several_counts() {
    let listed = names(&["Security", "default", "DEFAULT", "Bug", "Default"]);
    check([(lists(1), listed), (asks_for("default"), template("default", "The group's"))], Some("The group's"));
}

#[test]
fn a_name_that_only_contains_default_is_no_default() {
    let near = ["Default.bak", "default-2", "my default", "Defaults", "", "dеfault"];
    check([(lists(1), names(&near))], None);
}

#[test]
fn a_template_is_asked_for_by_its_key() {
    let listed = Answer::json(200, json!([{ "key": "a/b c", "name": "Default" }]));
    check([(lists(1), listed), (asks_for("a%2Fb%20c"), template("Default", "Why?"))], Some("Why?"));
}

#[test]
fn a_project_without_any_has_none() {
    check([(lists(1), names(&[]))], None);
    let mut empty = project(42, "acme/empty");
    empty["default_branch"] = json!(null);
    assert_eq!(found(&script([looks_at_project(Answer::json(200, empty))])), None);
}

#[test]
fn an_empty_template_is_none() {
    for content in [json!(""), json!(null)] {
        check([(lists(1), names(&["Default"])), (asks_for("Default"), template("Default", content))], None);
    }
}

#[test]
fn it_is_searched_for_page_by_page() {
    let next = |page: u32| names(&["Bug"]).header("X-Next-Page", &page.to_string());
    let last = (lists(2), names(&["Default"]).header("X-Next-Page", ""));
    check([(lists(1), next(2)), last, (asks_for("Default"), template("Default", "Why?"))], Some("Why?"));
    check([(lists(1), next(2)), (lists(2), names(&["Feature"]))], None);
}

/// The first 500 names: then the project's own file may still be there.
#[test]
fn the_search_ends() {
    let pages = (1..=5).map(|page| (lists(page), names(&["Bug"]).header("X-Next-Page", &(page + 1).to_string())));
    check(pages.chain([(reads("Default.md"), text("Why?"))]), Some("Why?"));
}

#[test]
fn a_server_without_the_list_has_the_file_in_its_usual_spellings() {
    let no_route = || Answer::json(404, json!({ "error": "404 Not Found" }));
    check([(lists(1), too_old()), (reads("Default.md"), text("<!-- why -->"))], Some("<!-- why -->"));
    let steps = [(lists(1), no_route()), (reads("Default.md"), missing()), (reads("default.md"), text("Why?"))];
    check(steps, Some("Why?"));
    let files = || ["Default.md", "default.md", "DEFAULT.md"].map(|name| (reads(name), missing()));
    check([(lists(1), too_old())].into_iter().chain(files()), None);
}

#[test]
fn where_the_templates_are_refused_the_projects_own_file_counts() {
    let own = || (reads("Default.md"), text("Why?"));
    let listed = || (lists(1), names(&["Default"]));
    for refused in [error(403, "403 Forbidden"), error(403, ROLE_TOO_LOW), hidden()] {
        check([(lists(1), refused), own()], Some("Why?"));
    }
    for refused in [error(403, ROLE_TOO_LOW), error(404, "404 Template Not Found")] {
        check([listed(), (asks_for("Default"), refused), own()], Some("Why?"));
    }
    let second = (lists(2), error(403, ROLE_TOO_LOW));
    check([(lists(1), names(&["Bug"]).header("X-Next-Page", "2")), second, own()], Some("Why?"));
}

/// GitLab cannot make JSON of one that is no text, and fails.
#[test]
fn a_template_that_gitlab_fails_to_read_is_read_as_a_file() {
    let fails = || [(lists(1), names(&["Default"])), (asks_for("Default"), error(500, "500 Internal Server Error"))];
    check(fails().into_iter().chain([(reads("Default.md"), text("Why?"))]), Some("Why?"));
    let files = ["Default.md", "default.md", "DEFAULT.md"].map(|name| (reads(name), missing()));
    check(fails().into_iter().chain(files), None);
}

#[test]
fn the_templates_of_a_project_that_moved_are_asked_for_by_its_number() {
    let by_path = get(format!("{API}/projects/acme%2Fgadgets"));
    let moved = Answer::text(301, "text/plain", "moved").header("Location", &repo(""));
    let listed = (lists(1), names(&["Default"]));
    let asked = (asks_for("Default"), template("Default", "Why?"));
    let steps = script([(by_path, moved), looks_at_project(visible()), listed, asked]);
    let found = GitLab.pull_request_template(&cloud(), &steps, "acme/gadgets", "main").unwrap();
    assert_eq!(found.as_deref(), Some("Why?"));
}

#[test]
fn refusals_are_not_taken_for_a_missing_template() {
    assert_eq!(failure([looks_at_project(hidden())]), FailureReason::NotFound("repository 42".into()));
    let guest = || looks_at_project(visible_at(10));
    let role_too_low = (lists(1), error(403, ROLE_TOO_LOW));
    let forbidden = [guest(), role_too_low, (reads("Default.md"), error(403, "403 Forbidden")), guest()];
    assert_eq!(failure(forbidden), FailureReason::PermissionMissing("Reporter role".into()));
    let limited = || Answer::text(429, "text/plain", "Retry later\n").header("Retry-After", "17");
    let after = FailureReason::RateLimited(Wait::Seconds(17));
    assert_eq!(failure([looks_at_project(visible()), (lists(1), limited())]), after);
    let listed = (lists(1), names(&["Default"]));
    assert_eq!(failure([looks_at_project(visible()), listed, (asks_for("Default"), limited())]), after);
}

#[test]
fn what_is_no_list_of_templates_is_told() {
    for odd in [text("templates"), Answer::json(200, json!({ "key": "Default" }))] {
        assert_eq!(failure([looks_at_project(visible()), (lists(1), odd)]), FailureReason::UnexpectedReply);
    }
}
