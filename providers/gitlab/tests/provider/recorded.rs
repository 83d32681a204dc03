//! Every recorded answer of GitLab to a request the provider makes, and what the provider must say to it.
//!
//! The recordings are not part of this repository. They are looked for in the directory that the environment variable
//! `COUNTERSIGN_SPECS` names, or in `../shared/specs` beside the workspace; without them the test says that it skips.

use std::fs;
use std::path::{Path, PathBuf};

use countersign_provider_gitlab::GitLab;
use countersign_sdk::Provider;
use countersign_sdk::testing::{Answer, Script, delete, get, post};
use countersign_sdk::types::{Failure, FailureReason, Integration, NewBranch, NewPullRequest};
use serde_json::{Value, json};

use crate::{
    COMMIT, OTHER_COMMIT, asks_for, at, cloud, looks_at_project, repo, script, self_managed, visible, visible_at,
};

/// Recorded answers that say nothing to this provider, and why.
const NOT_PLAYED: [(&str, &str); 6] = [
    ("get_merge_request", "a merge request by its number is never asked for; the same shape is played from lists"),
    ("get_protected_branch", "whether a branch is protected stands in the branch itself"),
    ("list_protected_branches", "whether a branch is protected stands in the branch itself"),
    ("pagination_example", "the notes of a merge request; its headers are those of the recorded lists"),
    ("list_merge_requests-200-danger", "shortened by its recorder to numbers and commits"),
    ("version", "the version is never asked for: what a server can do is seen from its answers"),
];

#[test]
fn every_recorded_answer_is_understood() {
    let Some(cases) = cases() else { return };
    let (mut played, mut passed_over) = (0, vec![]);
    for case in &cases {
        let (id, expected) = (case["id"].as_str().unwrap(), case["outcome"].as_str().unwrap());
        let operation = case["operation"].as_str().unwrap();
        let is_named = |(name, _): &&(&str, &str)| id["gitlab/".len()..].starts_with(&format!("{name}-"));
        match (NOT_PLAYED.iter().find(is_named), play(operation, case)) {
            (Some((name, _)), _) => passed_over.push(*name),
            (None, Some(outcome)) => {
                assert!(agrees(id, expected, &outcome), "{id}: recorded as {expected}, understood as {outcome:?}");
                played += 1;
            }
            (None, None) => panic!("{id}: neither played nor listed with the reason why not"),
        }
    }
    println!("recorded answers understood: {played}, passed over: {}", passed_over.len());
    let unused = NOT_PLAYED.iter().find(|(name, _)| !passed_over.contains(name));
    assert_eq!(unused, None, "no recorded answer has this name any more");
}

/// What the provider made of an answer: how many things it found, or why not.
type Outcome = Result<usize, Failure>;

fn play(operation: &str, case: &Value) -> Option<Outcome> {
    let answer = Answer::recorded(&case["response"]);
    let api = "https://gitlab.com/api/v4";
    let user = || Answer::json(200, json!({ "id": 1, "username": "alice" }));
    Some(match operation {
        "whoami" => {
            let asked = script([(get(format!("{api}/user")), answer)]);
            let found = case["response"]["status"] == 200;
            let token = (get(format!("{api}/personal_access_tokens/self")), Answer::json(200, json!({})));
            whoami(if found { asked.step(token.0, token.1) } else { asked })
        }
        // The token of a group, asked for by its number, has the shape of one asked for by itself.
        "token_self" | "group_token" => {
            let token = (get(format!("{api}/personal_access_tokens/self")), answer);
            whoami(script([(get(format!("{api}/user")), user()), token]))
        }
        "list_projects" => {
            let fixed = "membership=true&order_by=id&sort=asc&pagination=keyset&per_page=100";
            let script = script([(get(format!("{api}/projects?{fixed}")), answer)]);
            GitLab.list_repositories(&cloud(), &script, None, None, 100).map(|page| page.items.len())
        }
        "get_project" => get_project(case, answer),
        "list_branches" => {
            let script = script([(get(repo("/repository/branches?per_page=100&page=1")), answer)]);
            GitLab.list_branches(&cloud(), &script, "42", None, None, 100).map(|page| page.items.len())
        }
        "get_branch" => {
            let name = case["response"]["body"]["name"].as_str().unwrap_or("missing");
            let found = GitLab.find_branch(&cloud(), &script([(asks_for(name), answer)]), "42", name);
            found.map(|found| usize::from(found.is_some()))
        }
        "create_branch" => create_branch(case, answer),
        "delete_branch" => {
            let script = script([(delete(repo("/repository/branches/x")), answer)]);
            GitLab.delete_branch(&cloud(), &script, "42", "x").map(|_deleted| 1)
        }
        "create_merge_request" => create_merge_request(case, answer, vec![]),
        "user_lookup" => {
            let name = case["response"]["body"][0]["username"].as_str().unwrap();
            let lookup = (get(format!("{api}/users?username={name}")), answer);
            let made = json!({
                "iid": 1, "title": "t", "web_url": "x", "state": "opened", "source_branch": "x",
                "target_branch": "main", "source_project_id": 42, "target_project_id": 42,
                "author": case["response"]["body"][0], "reviewers": case["response"]["body"],
            });
            create_merge_request(case, Answer::json(201, made), vec![lookup])
        }
        "list_merge_requests" => list_merge_requests(case, answer),
        _ => return None,
    })
}

fn whoami(script: Script) -> Outcome {
    GitLab.whoami(&cloud(), &script).map(|identity| identity.permissions.len())
}

/// Asked of the server where it was recorded, so that its redirect stays within the origin.
fn get_project(case: &Value, answer: Answer) -> Outcome {
    let location = case["response"]["headers"]["location"].as_str();
    let at: Integration = self_managed("http://gitlab.example.com");
    let asked = (get("http://gitlab.example.com/api/v4/projects/acme%2Fgadgets"), answer);
    let moved = location.map(|location| (get(location), visible()));
    let steps = script([asked].into_iter().chain(moved));
    GitLab.get_repository(&at, &steps, "acme/gadgets").map(|found| usize::from(!found.id.is_empty()))
}

fn create_branch(case: &Value, answer: Answer) -> Outcome {
    let name = case["response"]["body"]["name"].as_str().unwrap_or("x");
    let body = json!({ "branch": name, "ref": COMMIT });
    let asked = [(asks_for("main"), at("main", COMMIT)), (post(repo("/repository/branches")).json(body), answer)];
    let then = match case["outcome"].as_str().unwrap() {
        "already_exists" => vec![(asks_for("x"), at("x", OTHER_COMMIT))],
        "base_missing" => {
            let below = "/repository/branches?search=%5Ex%2F&per_page=100&page=1";
            vec![(get(repo(below)), Answer::json(200, json!([])))]
        }
        "forbidden" => vec![looks_at_project(visible_at(20))],
        _ => vec![],
    };
    let branch = NewBranch { name: name.into(), base: "main".into() };
    let script = script(asked.into_iter().chain(then));
    GitLab.create_branch(&cloud(), &script, "42", &branch).map(|created| usize::from(created.branch.commit.is_some()))
}

type Step = (countersign_sdk::testing::Expected, Answer);

fn create_merge_request(case: &Value, answer: Answer, lookups: Vec<Step>) -> Outcome {
    let reviewers = case["response"]["body"][0]["username"].as_str().map(str::to_owned);
    let new = NewPullRequest {
        title: "t".into(),
        source: "x".into(),
        target: "main".into(),
        description: None,
        draft: false,
        reviewers: reviewers.into_iter().collect(),
        attempt_token: String::new(),
    };
    let before = [(asks_for("x"), at("x", COMMIT)), (asks_for("main"), at("main", OTHER_COMMIT))];
    let asked = (post(repo("/merge_requests")).any_body(), answer);
    let then = match case["outcome"].as_str().unwrap() {
        "already_exists" => {
            let url = repo("/merge_requests?state=opened&source_branch=x&target_branch=main&per_page=100&page=1");
            vec![(get(url), Answer::json(200, json!([])))]
        }
        "forbidden" => vec![looks_at_project(visible_at(20))],
        _ => vec![],
    };
    let script = script(before.into_iter().chain(lookups).chain([asked]).chain(then));
    let made = GitLab.create_pull_request(&cloud(), &script, "42", &new)?;
    assert_eq!(made.notes, Vec::<String>::new(), "{}", case["id"]);
    Ok(usize::from(made.pull_request.author.is_some()))
}

/// Asks for the source of the first recorded one, which counts where it is open.
fn list_merge_requests(case: &Value, answer: Answer) -> Outcome {
    let recorded = case["response"]["body"].as_array().unwrap();
    let source = recorded[0]["source_branch"].as_str().unwrap_or_default();
    let open = recorded.iter().filter(|one| one["source_branch"] == source && one["state"] == "opened").count();
    let name = source.replace('/', "%2F");
    let url = repo(&format!("/merge_requests?state=opened&source_branch={name}&per_page=100&page=1"));
    let found = GitLab.find_pull_requests(&cloud(), &script([(get(url), answer)]), "42", source, None, None)?;
    assert_eq!(found.items.len(), open, "{}", case["id"]);
    Ok(1)
}

fn agrees(id: &str, expected: &str, outcome: &Outcome) -> bool {
    use FailureReason as R;
    let reason = outcome.as_ref().err().map(|failure| &failure.reason);
    match expected {
        // Bodies of the API before v4, without the path that names a project: no server the provider knows.
        _ if id.contains("get_project-200-project-e7422d") || id.contains("list_projects-200-projects-1aa35f") => {
            reason == Some(&R::UnexpectedReply)
        }
        // It has a commit and no name, so it may be any branch.
        "success_null_commit" => reason == Some(&R::UnexpectedReply),
        _ if expected.starts_with("success") => matches!(outcome, Ok(1..)),
        "redirect" => *outcome == Ok(1),
        // Without it, the rest of the account's identity is still known.
        "not_a_pat" => *outcome == Ok(1),
        "not_found" => *outcome == Ok(0),
        "already_exists" => matches!(reason, Some(R::AlreadyExists(_))),
        "base_missing" | "source_missing" => matches!(reason, Some(R::BaseMissing(_))),
        "invalid_name" => reason == Some(&R::NameInvalid),
        "protected" | "default_branch" | "impersonation_disabled" => reason == Some(&R::Protected),
        "forbidden" => reason == Some(&R::PermissionMissing("Developer role".into())),
        "insufficient_scope" => reason == Some(&R::PermissionMissing("api".into())),
        "unauthorized" | "token_expired" => reason == Some(&R::CredentialRejected),
        "rate_limited_endpoint" => matches!(reason, Some(R::RateLimited(_))),
        "missing_parameter" | "precondition_failed" => reason == Some(&R::UnexpectedReply),
        other => panic!("{id}: no expectation for the outcome {other}"),
    }
}

fn cases() -> Option<Vec<Value>> {
    let folder = specs().join("open/gitlab");
    let Ok(entries) = fs::read_dir(&folder) else {
        println!("skipped: there are no recorded answers in {} (set COUNTERSIGN_SPECS)", folder.display());
        return None;
    };
    let read = |path: &Path| serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let cases: Vec<Value> = entries.map(|entry| read(&entry.unwrap().path())).collect();
    assert!(cases.len() > 50, "only {} recorded answers in {}", cases.len(), folder.display());
    Some(cases)
}

fn specs() -> PathBuf {
    let workspace = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").unwrap()).join("../..");
    let named = std::env::var_os("COUNTERSIGN_SPECS").map(PathBuf::from);
    // A relative path counts from the workspace, whatever directory the test runs in.
    workspace.join(named.unwrap_or_else(|| "../shared/specs".into()))
}
