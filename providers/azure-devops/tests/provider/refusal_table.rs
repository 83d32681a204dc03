//! Every refusal the server is known to give, as data, and what each has to be read as. Those that any request can get are
//! tried on a look and on a change.

use countersign_provider_azure_devops::AzureDevOps;
use countersign_sdk::Provider;
use countersign_sdk::testing::{Answer, Refusal, Refusing};
use countersign_sdk::types::{Failure, Integration, NewBranch};
use serde_json::json;

use crate::pull_requests::new;
use crate::{ALICE_ID, COMMIT, OTHER_COMMIT, REPO, cloud, connection, list, reference, repository, server};

const BRANCH: &str = "feature/x";

#[test]
fn every_known_refusal_is_read_right() {
    let table = Refusal::table(include_str!("refusals.json"));
    let wrong: Vec<String> = table.iter().flat_map(tried).collect();
    assert!(wrong.is_empty(), "{} wrong readings of {} rows:\n{}", wrong.len(), table.len(), wrong.join("\n"));
}

fn tried(row: &Refusal) -> Vec<String> {
    if row.asked != "any" {
        return wrong(row, &row.asked, None).into_iter().collect();
    }
    let mut of_a_change = row.clone();
    // An outage leaves open what became of a change.
    if row.status >= 500 && row.means == "unavailable" {
        of_a_change.means = "outcome-unknown".into();
    }
    let collection = if row.of.as_deref() == Some("tfs") { "tfs/DefaultCollection" } else { "acme" };
    let change = format!("POST /{collection}/Platform/_apis/git/repositories/widgets/refs");
    let tries = [wrong(row, "list-branches", None), wrong(&of_a_change, "create-branch", Some(&change))];
    tries.into_iter().flatten().collect()
}

/// What is wrong with the reading of a refusal of this operation, if anything is.
fn wrong(row: &Refusal, operation: &str, request: Option<&str>) -> Option<String> {
    let usual = |line: &str| usual(line);
    let mut server = Refusing::new(row, &usual);
    if let Some(request) = request {
        server = server.at(request);
    }
    let said = match ask(operation, &integration(row), &server) {
        Ok(()) => Some(format!("{}: is no failure", row.name)),
        Err(failure) => row.differs(&failure),
    };
    let said = if server.was_refused() { said } else { Some(format!("{}: is never asked", row.name)) };
    said.map(|said| format!("{operation}: {said}"))
}

fn integration(row: &Refusal) -> Integration {
    match row.of.as_deref() {
        None | Some("azure-devops") => cloud(),
        Some("tfs") => server("2022"),
        Some(kind) => panic!("{}: no integration of the kind {kind}", row.name),
    }
}

fn ask(operation: &str, of: &Integration, server: &Refusing<'_>) -> Result<(), Failure> {
    let branch = || NewBranch { name: BRANCH.into(), base: "main".into() };
    match operation {
        "whoami" => AzureDevOps.whoami(of, server).map(drop),
        "list-repositories" => AzureDevOps.list_repositories(of, server, None, None, 100).map(drop),
        "get-repository" => AzureDevOps.get_repository(of, server, REPO).map(drop),
        "list-branches" => AzureDevOps.list_branches(of, server, REPO, None, None, 100).map(drop),
        "create-branch" => AzureDevOps.create_branch(of, server, REPO, &branch()).map(drop),
        "delete-branch" => AzureDevOps.delete_branch(of, server, REPO, BRANCH).map(drop),
        "create-pull-request" => AzureDevOps.create_pull_request(of, server, REPO, &new(&[])).map(drop),
        other => panic!("no row is of {other}"),
    }
}

/// A repository with two branches that differ, and no pull request.
fn usual(line: &str) -> Answer {
    let (_, resource) = line.rsplit_once("/_apis/").unwrap();
    match resource {
        "connectionData" => connection(ALICE_ID, "alice@example.com"),
        "git/repositories" => list(json!([repository("Platform", "widgets")])),
        "git/repositories/widgets" => Answer::json(200, repository("Platform", "widgets")),
        "git/repositories/widgets/refs" => list(json!([reference("main", COMMIT), reference(BRANCH, OTHER_COMMIT)])),
        "git/repositories/widgets/stats/branches" => Answer::json(200, json!({ "aheadCount": 1, "behindCount": 0 })),
        "git/repositories/widgets/pullrequests" => list(json!([])),
        other => panic!("nothing asks for {other}"),
    }
}
