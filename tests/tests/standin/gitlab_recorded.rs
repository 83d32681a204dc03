//! The stand-in says what GitLab was recorded to say: status, errors, and the headers that tell cases apart.
//!
//! Every recorded failure is either played here or listed with the reason why not; a new recording fails the test until it is one
//! of both.

use countersign_tests::standin::conformance::{read_json, spec_file};
use countersign_tests::standin::faults::When;
use countersign_tests::standin::gitlab::{GitLab, faults, token};
use http::Method;
use serde_json::{Value, json};

use crate::client::{Reply, send};
use crate::gitlab_client::{BRANCHES, MERGE_REQUESTS, call, delete, get, get_as, post, request, usual, version};

/// Failures that are not played, and why.
const NOT_PLAYED: &[(&str, &str)] = &[];

async fn branch(gitlab: &GitLab, token: &str, name: &str, start: &str) -> Reply {
    let body = json!({ "branch": name, "ref": start });
    call(gitlab, Method::POST, BRANCHES, Some(token), Some(body)).await
}

async fn merge_request(gitlab: &GitLab, token: &str, source: &str) -> Reply {
    let body = json!({ "source_branch": source, "target_branch": "main", "title": "x" });
    call(gitlab, Method::POST, MERGE_REQUESTS, Some(token), Some(body)).await
}

/// The same case on the stand-in; none when it is not played.
async fn play(gitlab: &GitLab, case: &str) -> Option<Reply> {
    Some(match case.rsplit_once('-').map_or(case, |(name, _)| name) {
        "create_branch-400-already-exists" => branch(gitlab, token::ALICE, "main", "main").await,
        "create_branch-400-base-missing" => branch(gitlab, token::ALICE, "feature", "nope").await,
        "create_branch-400-invalid-name" => branch(gitlab, token::ALICE, "bad..name", "main").await,
        "create_branch-400-protected" => branch(gitlab, token::ALICE, "release/1", "main").await,
        "create_branch-403-forbidden" => branch(gitlab, token::BOB, "feature", "main").await,
        "create_branch-403-insufficient-scope" => branch(gitlab, token::ALICE_READ, "feature", "main").await,
        "create_merge_request-400-missing-parameter" => {
            post(gitlab, MERGE_REQUESTS, json!({ "source_branch": "a", "target_branch": "main" })).await
        }
        "create_merge_request-400-source-missing" => merge_request(gitlab, token::ALICE, "nope").await,
        "create_merge_request-403-forbidden" => merge_request(gitlab, token::BOB, "develop").await,
        "create_merge_request-409-already-exists" => {
            merge_request(gitlab, token::ALICE, "develop").await;
            merge_request(gitlab, token::ALICE, "develop").await
        }
        "delete_branch-400-default-branch" => delete(gitlab, &format!("{BRANCHES}/main")).await,
        "delete_branch-400-protected" => {
            gitlab.git("acme/widgets").git(&["branch", "release/1", "main"]).unwrap();
            delete(gitlab, &format!("{BRANCHES}/release%2F1")).await
        }
        "delete_branch-412-precondition-failed" => {
            let request = request(gitlab, Method::DELETE, &format!("{BRANCHES}/develop"), Some(token::ALICE));
            send(request.header("if-unmodified-since", "Sat, 01 Jan 2000 00:00:00 GMT")).await
        }
        "get_branch-404-branch-not-found" => get(gitlab, &format!("{BRANCHES}/missing")).await,
        "get_project-301-redirect" => get(gitlab, "/projects/acme%2Fgadgets").await,
        "list_branches-429-rate-limited-endpoint" => {
            gitlab.faults.once(When::any(), faults::endpoint_rate_limit(Some(60)));
            get(gitlab, BRANCHES).await
        }
        "token_self-404-not-a-pat" => get(&version("15.4.0").await, "/personal_access_tokens/self").await,
        "whoami-401-impersonation-disabled" => get_as(gitlab, token::ALICE_IMPERSONATED, "/user").await,
        "whoami-401-token-expired" => get_as(gitlab, token::ALICE_EXPIRED, "/user").await,
        "whoami-401-unauthorized" => get_as(gitlab, "glpat-nobody", "/user").await,
        _ => return None,
    })
}

/// Recorded names, numbers and hosts, and what they are in the usual scene.
fn ours(recorded: &str, reply: &Reply) -> String {
    let location = reply.header("location").unwrap_or_default();
    recorded
        .replace("source branch: !12", "source branch: !1")
        .replace("https://gitlab.example.com/api/v4/projects/81", location)
}

/// What differs, one line each.
fn differences(response: &Value, reply: &Reply) -> Vec<String> {
    let mut found = Vec::new();
    let mut compare = |what: &str, theirs: Option<String>, ours: Option<String>| {
        if theirs.is_some() && theirs != ours {
            found.push(format!("{what}: recorded {theirs:?}, stand-in {ours:?}"));
        }
    };
    compare("status", Some(response["status"].to_string()), Some(reply.status.to_string()));
    let members = |body: &Value| body.is_object().then(|| body.to_string());
    // All of it: an error's body has no member that is not about the error.
    compare("body", members(&response["body"]).map(|body| ours(&body, reply)), members(&reply.body));
    compare("text", response["body_text"].as_str().map(|text| ours(text, reply)), Some(reply.text.clone()));
    let header = |name: &str| response["headers"][name].as_str().map(str::to_owned);
    let own = |name: &str| reply.header(name).map(str::to_owned);
    let media = |text: Option<String>| text.map(|text| text.split(';').next().unwrap_or_default().to_owned());
    compare("content-type", media(header("content-type")), media(own("content-type")));
    for name in ["www-authenticate", "retry-after"] {
        compare(name, header(name), own(name));
    }
    // Whether there is one; what it says is the scene's.
    compare(
        "location",
        header("location").map(|_| "present".to_owned()),
        own("location").map(|_| "present".to_owned()),
    );
    found
}

#[tokio::test]
async fn every_recorded_failure_is_answered_the_same_or_listed() {
    let Some(index) = spec_file("open/index.json") else {
        return;
    };
    // One scene for all: no case stands in the way of another.
    let gitlab = usual().await;
    let mut found = Vec::new();
    let mut played = 0;
    for entry in read_json(&index).unwrap().as_array().unwrap() {
        let is_failure = entry["status"].as_u64().is_some_and(|status| status >= 300);
        if entry["provider"] != "gitlab" || !is_failure {
            continue;
        }
        let file = entry["file"].as_str().unwrap();
        let name = file.trim_start_matches("gitlab/").trim_end_matches(".json");
        if NOT_PLAYED.iter().any(|(start, _)| name.starts_with(start)) {
            continue;
        }
        let Some(reply) = play(&gitlab, name).await else {
            found.push(format!("{name}: neither played nor listed"));
            continue;
        };
        played += 1;
        let case = read_json(&index.with_file_name(file)).unwrap();
        found.extend(differences(&case["response"], &reply).into_iter().map(|line| format!("{name}: {line}")));
    }
    println!("{played} recorded failures played");
    assert!(found.is_empty(), "{found:#?}");
    assert!(played >= 20, "only {played}");
}
