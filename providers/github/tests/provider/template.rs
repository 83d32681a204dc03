//! Finding the repository's own text for new pull requests.

use countersign_provider_github::GitHub;
use countersign_sdk::Provider;
use countersign_sdk::testing::{Answer, Expected, Script, get};
use countersign_sdk::types::{Failure, FailureReason, SendFailureKind};
use serde_json::{Value, json};

use crate::{API, REPO, cloud, enterprise, error, repo, script};

fn find(script: &Script) -> Result<Option<String>, Failure> {
    GitHub.pull_request_template(&cloud(), script, REPO, "main")
}

fn lists(directory: &str) -> Expected {
    let below = if directory.is_empty() { "/contents".to_owned() } else { format!("/contents/{directory}") };
    get(repo(&below)).header("accept", "application/vnd.github+json")
}

fn reads(path: &str) -> Expected {
    get(repo(&format!("/contents/{path}"))).header("accept", "application/vnd.github.raw+json")
}

/// Of the repository that speaks for all of its owner's.
fn owners(directory: &str) -> Expected {
    let below = if directory.is_empty() { String::new() } else { format!("/{directory}") };
    get(format!("{API}/repos/octo/.github/contents{below}"))
}

fn entries(names: &[(&str, &str)]) -> Answer {
    let entry =
        |(sort, name): &(&str, &str)| json!({ "type": sort, "name": name, "path": name, "size": 3, "sha": "x" });
    Answer::json(200, names.iter().map(entry).collect::<Value>())
}

fn raw(text: &str) -> Answer {
    Answer::text(200, "application/vnd.github.raw+json; charset=utf-8", text)
}

fn absent() -> Answer {
    error(404, "Not Found")
}

#[test]
fn the_first_of_three_directories_that_has_one_counts() {
    let hidden = script([
        (lists(".github"), entries(&[("file", "CODEOWNERS"), ("file", "PULL_REQUEST_TEMPLATE.md")])),
        (reads(".github/PULL_REQUEST_TEMPLATE.md"), raw("## Why\n")),
    ]);
    assert_eq!(find(&hidden).unwrap().as_deref(), Some("## Why\n"));
    let root = script([
        (lists(".github"), absent()),
        (lists(""), entries(&[("dir", "docs"), ("file", "pull_request_template.txt")])),
        (reads("pull_request_template.txt"), raw("root")),
    ]);
    assert_eq!(find(&root).unwrap().as_deref(), Some("root"));
    let docs = script([
        (lists(".github"), entries(&[])),
        (lists(""), entries(&[("file", "README.md")])),
        (lists("docs"), entries(&[("file", "Pull_Request_Template")])),
        (reads("docs/Pull_Request_Template"), raw("docs")),
    ]);
    assert_eq!(find(&docs).unwrap().as_deref(), Some("docs"));
}

#[test]
fn where_a_repository_has_none_its_owners_counts() {
    let without = || [(lists(".github"), absent()), (lists(""), entries(&[])), (lists("docs"), absent())];
    let of = |steps: Vec<(Expected, Answer)>| find(&script(without().into_iter().chain(steps))).unwrap();
    let hidden = of(vec![
        (owners(""), entries(&[("dir", ".github"), ("file", "pull_request_template.md")])),
        (owners(".github"), entries(&[("file", "PULL_REQUEST_TEMPLATE.md")])),
        (get(format!("{API}/repos/octo/.github/contents/.github/PULL_REQUEST_TEMPLATE.md")), raw("ours")),
    ]);
    assert_eq!(hidden.as_deref(), Some("ours"));
    let root = of(vec![
        (owners(""), entries(&[("dir", "profile"), ("file", "pull_request_template.md")])),
        (get(format!("{API}/repos/octo/.github/contents/pull_request_template.md")), raw("root")),
    ]);
    assert_eq!(root.as_deref(), Some("root"));
    assert_eq!(of(vec![(owners(""), entries(&[("dir", "docs")])), (owners("docs"), entries(&[]))]), None);
    // The owner's own repository of that name has no owner above it.
    let own = script([".github", "", "docs"].map(|directory| (owners(directory), absent())));
    assert_eq!(GitHub.pull_request_template(&cloud(), &own, "octo/.github", "main").unwrap(), None);
}

#[test]
fn what_only_looks_like_a_template_is_none() {
    let names = [
        ("dir", "PULL_REQUEST_TEMPLATE"),
        ("dir", "pull_request_template.md"),
        ("file", "pull_request_template.rst"),
        ("file", "my_pull_request_template.md"),
        ("submodule", "pull_request_template"),
    ];
    let script = script([
        (lists(".github"), entries(&names)),
        // A file of that name, and not a directory, answers with an object.
        (lists(""), Answer::json(200, json!({ "type": "file", "name": "docs", "content": "eA==" }))),
        (lists("docs"), absent()),
        (owners(""), absent()),
    ]);
    assert_eq!(find(&script).unwrap(), None);
}

#[test]
fn an_empty_repository_has_none_and_one_that_went_in_between_is_passed_over() {
    let empty = || error(404, "This repository is empty.");
    assert_eq!(
        find(&script([
            (lists(".github"), empty()),
            (lists(""), empty()),
            (lists("docs"), empty()),
            (owners(""), absent())
        ]))
        .unwrap(),
        None
    );
    let conflicts = || error(409, "Git Repository is empty.");
    let empty = script([
        (lists(".github"), conflicts()),
        (lists(""), conflicts()),
        (lists("docs"), conflicts()),
        (owners(""), conflicts()),
    ]);
    assert_eq!(find(&empty).unwrap(), None);
    let gone = script([
        (lists(".github"), entries(&[("file", "pull_request_template.md")])),
        (reads(".github/pull_request_template.md"), absent()),
        (lists(""), entries(&[("file", "pull_request_template.md")])),
        (reads("pull_request_template.md"), raw("still here")),
    ]);
    assert_eq!(find(&gone).unwrap().as_deref(), Some("still here"));
}

#[test]
fn a_refusal_or_an_outage_is_said_and_not_taken_for_no_template() {
    let failure = |answer| find(&script([(lists(".github"), answer)])).unwrap_err();
    let forbidden = error(403, "Resource not accessible by personal access token")
        .header("X-Accepted-GitHub-Permissions", "contents=read");
    assert_eq!(failure(forbidden).reason, FailureReason::PermissionMissing("contents: read".into()));
    assert_eq!(failure(error(401, "Bad credentials")).reason, FailureReason::CredentialRejected);
    assert_eq!(failure(Answer::text(502, "text/html", "<html>")).reason, FailureReason::Unavailable);
    // A lost answer leaves nothing open: nothing was to be changed.
    assert_eq!(failure(Answer::lost(SendFailureKind::TimedOut, true)).reason, FailureReason::Unavailable);
    let read = script([
        (lists(".github"), entries(&[("file", "pull_request_template.md")])),
        (reads(".github/pull_request_template.md"), error(451, "Repository access blocked")),
    ]);
    assert_eq!(find(&read).unwrap_err().reason, FailureReason::Protected);
}

#[test]
fn it_is_looked_for_where_the_enterprise_servers_api_is() {
    let api = "https://git.example.com/api/v3/repos/octo/hello/contents";
    let script = script([
        (get(format!("{api}/.github")), entries(&[("file", "pull_request_template.md")])),
        (get(format!("{api}/.github/pull_request_template.md")), raw("ours")),
    ]);
    let found = GitHub.pull_request_template(&enterprise("https://git.example.com"), &script, REPO, "main").unwrap();
    assert_eq!(found.as_deref(), Some("ours"));
}
