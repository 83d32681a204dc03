//! The repository's text for new pull requests.

use countersign_provider_azure_devops::AzureDevOps;
use countersign_sdk::Provider;
use countersign_sdk::testing::{Answer, Expected, get};
use countersign_sdk::types::{Failure, FailureReason};
use serde_json::json;

use crate::{REPO, cloud, error, list, no_repository, repo, script, server};

fn lists(folder: &str, depth: &str) -> Expected {
    let folder = folder.replace('/', "%2F");
    get(repo(&format!("/items?scopePath={folder}&recursionLevel={depth}")))
}

fn reads(path: &str) -> Expected {
    let path = path.replace('/', "%2F");
    get(repo(&format!("/items?path={path}&includeContent=true")))
}

/// The folder itself, then what is in it; a folder ends with a slash.
fn items(paths: &[&str]) -> Answer {
    let item = |path: &&str| match path.strip_suffix('/') {
        Some(folder) => json!({ "path": folder, "gitObjectType": "tree", "isFolder": true }),
        None => json!({ "path": path, "gitObjectType": "blob" }),
    };
    list(json!(paths.iter().map(item).collect::<Vec<_>>()))
}

fn file(path: &str, content: &str) -> Answer {
    Answer::json(200, json!({ "path": path, "gitObjectType": "blob", "content": content }))
}

fn template(target: &str, steps: impl IntoIterator<Item = (Expected, Answer)>) -> Result<Option<String>, Failure> {
    AzureDevOps.pull_request_template(&cloud(), &script(steps), REPO, target)
}

fn missing() -> Answer {
    error(404, "GitItemNotFoundException", "TF401174: The item could not be found.")
}

#[test]
fn a_repository_without_any_of_the_places_costs_one_request() {
    let root = items(&["//", "/README.md", "/src/"]);
    assert_eq!(template("main", [(lists("/", "oneLevel"), root)]), Ok(None));
    assert_eq!(template("main", [(lists("/", "oneLevel"), missing())]), Ok(None));
    let empty =
        error(404, "GitUnresolvableToCommitException", "TF401175: The version descriptor could not be resolved.");
    assert_eq!(template("main", [(lists("/", "oneLevel"), empty)]), Ok(None));
}

#[test]
fn the_folders_count_in_order_and_names_in_any_case() {
    let root = items(&["//", "/.VSTS/", "/docs/", "/pull_request_template.md"]);
    let steps = [
        (lists("/", "oneLevel"), root),
        (lists("/.VSTS", "oneLevel"), items(&["/.VSTS/", "/.VSTS/x.md"])),
        (lists("/docs", "oneLevel"), items(&["/docs/", "/docs/Pull_Request_Template.TXT"])),
        (reads("/docs/Pull_Request_Template.TXT"), file("/docs/Pull_Request_Template.TXT", "Why?")),
    ];
    assert_eq!(template("main", steps), Ok(Some("Why?".into())));
}

#[test]
fn the_root_s_own_template_counts_last() {
    let root = items(&["//", "/pull_request_template.txt", "/pull_request_template.md"]);
    let steps = [(lists("/", "oneLevel"), root), (reads("/pull_request_template.md"), file("x", "Root"))];
    assert_eq!(template("main", steps), Ok(Some("Root".into())));
}

#[test]
fn a_template_for_the_first_part_of_the_target_s_name_comes_before_the_one_for_all() {
    let root = || (lists("/", "oneLevel"), items(&["//", "/.azuredevops/", "/pull_request_template.md"]));
    let folder = || {
        let inside =
            ["/.azuredevops/", "/.azuredevops/pull_request_template.md", "/.azuredevops/pull_request_template/"];
        (lists("/.azuredevops", "oneLevel"), items(&inside))
    };
    let below = || {
        let below = "/.azuredevops/pull_request_template/";
        let branches = ["Branches/", "Branches/release.txt", "additional.md"].map(|path| format!("{below}{path}"));
        let paths: Vec<&str> = [below].into_iter().chain(branches.iter().map(String::as_str)).collect();
        (lists("/.azuredevops/pull_request_template", "full"), items(&paths))
    };
    let special = "/.azuredevops/pull_request_template/Branches/release.txt";
    let steps = [root(), folder(), below(), (reads(special), file(special, "Release"))];
    assert_eq!(template("release/1.0", steps), Ok(Some("Release".into())));
    let for_all = "/.azuredevops/pull_request_template.md";
    let steps = [root(), folder(), below(), (reads(for_all), file(for_all, "All"))];
    assert_eq!(template("main", steps), Ok(Some("All".into())));
}

#[test]
fn a_file_that_is_gone_or_no_text_is_passed_over() {
    let root = || (lists("/", "oneLevel"), items(&["//", "/pull_request_template.md"]));
    assert_eq!(template("main", [root(), (reads("/pull_request_template.md"), missing())]), Ok(None));
    let binary = Answer::json(200, json!({ "path": "/pull_request_template.md", "gitObjectType": "blob" }));
    assert_eq!(template("main", [root(), (reads("/pull_request_template.md"), binary)]), Ok(None));
}

#[test]
fn an_invisible_repository_is_not_one_without_a_template() {
    let steps = [(lists("/", "oneLevel"), no_repository()), (get(repo("")), no_repository())];
    assert!(matches!(template("main", steps).unwrap_err().reason, FailureReason::NotFound(_)));
}

#[test]
fn old_servers_know_no_templates() {
    assert_eq!(AzureDevOps.pull_request_template(&server("2018"), &script([]), REPO, "main"), Ok(None));
}
