//! The stand-in says what GitHub was recorded to say: status, message, errors, and the headers that tell cases apart.
//!
//! Every recorded failure is either played here or listed with the reason why not; a new recording fails the test until it is one
//! of both.

use countersign_tests::standin::conformance::{read_json, spec_file};
use countersign_tests::standin::faults::{Fault, When};
use countersign_tests::standin::github::{GitHub, faults as github_faults, token};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::client::{Reply, call, delete, get, http, main_tip, post, send, usual};

/// Failures of operations the stand-in does not speak.
const NOT_PLAYED: &[(&str, &str)] = &[
    ("create_installation_token-", "GitHub Apps are not spoken"),
    ("other-", "merging from upstream is not spoken"),
    ("update_ref-", "moving a branch is not spoken"),
    ("get_ref-304-", "an unmodified answer, recorded without what makes it one; tested with the service"),
    ("delete_branch-422-octokitrb-f7c328", "the wording of 2013, replaced by the one of the other recording"),
    ("root-401-", "an empty body edited in by the recording's authors"),
];

const REFS: &str = "/repos/acme/widgets/git/refs";
const PULLS: &str = "/repos/acme/widgets/pulls";

async fn branch(github: &GitHub, token: &str, name: &str) -> Reply {
    let body = json!({ "ref": format!("refs/heads/{name}"), "sha": main_tip(github) });
    call(github, Method::POST, REFS, Some(token), Some(body)).await
}

async fn pull(github: &GitHub, token: &str, head: &str, base: &str) -> Reply {
    let body = json!({ "title": "t", "head": head, "base": base });
    call(github, Method::POST, PULLS, Some(token), Some(body)).await
}

async fn stumble(github: &GitHub, fault: Fault) -> Reply {
    github.faults.once(When::any(), fault);
    get(github, "/repos/acme/widgets").await
}

/// The same case on the stand-in; none when it is not played.
async fn play(case: &str) -> Option<Reply> {
    let github = usual().await;
    let limit = |status: StatusCode| github_faults::secondary_rate_limit(status, Some(8));
    Some(match case.rsplit_once('-').map_or(case, |(name, _)| name) {
        "create_branch-403-reported" => branch(&github, token::ALICE_FINE_READ, "x").await,
        "create_branch-404-reported" => branch(&github, token::BOB, "x").await,
        "create_branch-422-create-ref-error" => branch(&github, token::ALICE, "main").await,
        "create_branch-422-create-ref-unhandled-error" => branch(&github, token::ALICE, "a..b").await,
        "create_branch-422-reported" if case.ends_with("4628e9") => branch(&github, token::ALICE, "release/1").await,
        "create_branch-422-reported" => {
            post(&github, REFS, json!({ "ref": "refs/heads/x", "sha": "deadbeef".repeat(5) })).await
        }
        "create_pull_request-403-reported" => pull(&github, token::ALICE_SSO, "develop", "main").await,
        "create_pull_request-422-invalid-base-branch" => pull(&github, token::ALICE, "develop", "nope").await,
        "create_pull_request-422-reported" if case.ends_with("517961") => {
            pull(&github, token::ALICE, "no", "main").await
        }
        "create_pull_request-422-reported" if case.ends_with("ef8f52") => {
            pull(&github, token::ALICE, "main", "develop").await
        }
        "create_pull_request-422-reported" | "create_pull_request-422-testissuereviewrequestedevent" => {
            pull(&github, token::ALICE, "develop", "main").await;
            pull(&github, token::ALICE, "develop", "main").await
        }
        "delete_branch-422-octokitrb" => delete(&github, &format!("{REFS}/heads/nope")).await,
        "get_branch-404-testdeletebranch" => get(&github, "/repos/acme/widgets/branches/nope").await,
        "get_ref-404-getref" => get(&github, "/repos/acme/widgets/git/refs/headz").await,
        "get_ref-409-git-repo-empty" => get(&github, "/repos/acme/empty/git/ref/heads/master").await,
        "get_repository-301-rename-repository"
        | "get_repository-301-setup"
        | "get_repository-301-testgetfilecontentwithnonasciipath" => get(&github, "/repos/acme/gadgets").await,
        "get_repository-403-reported" if case.ends_with("452fe7") => {
            stumble(&github, github_faults::primary_rate_limit(StatusCode::FORBIDDEN, 1)).await
        }
        "get_repository-403-reported" => {
            call(&github, Method::GET, "/repos/acme/widgets", Some(token::ALICE_SSO), None).await
        }
        "get_repository-404-octokitrb" | "get_repository-404-reported" | "get_repository-404-testtimeoutmessage" => {
            get(&github, "/repos/acme/nope").await
        }
        "get_repository-429-testhandler-wait-secondary-limits-too-many-request" => {
            stumble(&github, limit(StatusCode::TOO_MANY_REQUESTS)).await
        }
        "get_repository-451-dmca-takedown" => {
            github.change(|world| world.repository_mut("acme/widgets").taken_down = true);
            get(&github, "/repos/acme/widgets").await
        }
        "get_user-503-testnonjsondatareturnedbygithub" => {
            stumble(&github, github_faults::outage(StatusCode::SERVICE_UNAVAILABLE)).await
        }
        "rate_limit-401-testcredentialvalid" => {
            call(&github, Method::GET, "/rate_limit", Some(token::ALICE_REVOKED), None).await
        }
        "rate_limit-404-testcredentialvalidenterprise" => {
            let enterprise = GitHub::enterprise("3.16.2").usual().start().await.unwrap();
            get(&enterprise, "/rate_limit").await
        }
        "rename_repository-307-rename-repository" => {
            call(&github, Method::PATCH, "/repos/acme/gadgets", Some(token::ALICE), Some(json!({}))).await
        }
        "search-403-testauthenticatedratelimitexceeded" => {
            stumble(&github, github_faults::abuse_detected(Some(60))).await
        }
        "update_repository-403-reported" => {
            let body = json!({ "ref": "refs/heads/x", "sha": main_tip(&github) });
            post(&github, "/repos/acme/attic/git/refs", body).await
        }
        "whoami-400-reported" => {
            send(http().get(format!("{}/user", github.url())).header("x-github-api-version", "2020-01-01")).await
        }
        "whoami-401-test2farequired" => {
            github.change(|world| world.accounts[0].two_factor = true);
            send(http().get(format!("{}/user", github.url())).basic_auth("alice", Some("password"))).await
        }
        "whoami-401-testbadauthentication" => call(&github, Method::GET, "/user", Some("ghp_nobody"), None).await,
        _ => return None,
    })
}

/// Recorded names and numbers, and what they are in the usual scene.
const IN_OUR_SCENE: &[(&str, &str)] = &[
    ("for yoyodyne-corporation:new_branch.", "for acme:develop."),
    ("for hub4j-test-org:test/stable.", "for acme:develop."),
    ("between next and prcreator-testing/branch-to-merge", "between develop and main"),
    ("Your OAuth token", "Your personal token"),
    ("your OAuth token", "your personal token"),
];

fn ours(recorded: &str) -> String {
    IN_OUR_SCENE.iter().fold(recorded.to_owned(), |text, (theirs, ours)| text.replace(theirs, ours))
}

/// What differs, one line each.
fn differences(response: &Value, reply: &Reply) -> Vec<String> {
    let mut found = Vec::new();
    let mut compare = |what: &str, theirs: Option<&str>, ours: Option<&str>| {
        if theirs.is_some() && theirs != ours {
            found.push(format!("{what}: recorded {theirs:?}, stand-in {ours:?}"));
        }
    };
    compare("status", Some(&response["status"].to_string()), Some(&reply.status.to_string()));
    let message = response["body"]["message"].as_str().map(ours);
    // A rate limit's message goes on about whose limit it is.
    let same_limit = |text: &str| text.starts_with("API rate limit exceeded for");
    if !(message.as_deref().is_some_and(same_limit) && same_limit(reply.message())) {
        compare("message", message.as_deref(), Some(reply.message()));
    }
    compare("text", response["body_text"].as_str().map(str::trim), Some(reply.text.trim()));
    // The last error is the one that says why: more of them stand before it where head or base was never resolved.
    let last = |body: &Value| body["errors"].as_array().and_then(|errors| errors.last()).cloned();
    let error = last(&response["body"]).map(|error| ours(&error.to_string()));
    let our_error = last(&reply.body).map(|error| error.to_string());
    compare("last error", error.as_deref(), our_error.as_deref());
    let headers = &response["headers"];
    for name in ["retry-after", "x-github-otp"] {
        compare(name, headers[name].as_str(), reply.header(name));
    }
    // Whether there is one; what it says is the scene's.
    for name in ["location", "x-github-sso", "x-accepted-github-permissions"] {
        let present = |there: bool| there.then_some("present");
        compare(name, present(headers[name].is_string()), present(reply.header(name).is_some()));
    }
    found
}

#[tokio::test]
async fn every_recorded_failure_is_answered_the_same_or_listed() {
    let Some(index) = spec_file("open/index.json") else {
        return;
    };
    let mut found = Vec::new();
    let mut played = 0;
    for entry in read_json(&index).unwrap().as_array().unwrap() {
        let is_failure = entry["status"].as_u64().is_some_and(|status| status >= 300);
        if entry["provider"] != "github" || !is_failure {
            continue;
        }
        let file = entry["file"].as_str().unwrap();
        let name = file.trim_start_matches("github/").trim_end_matches(".json");
        if NOT_PLAYED.iter().any(|(start, _)| name.starts_with(start)) {
            continue;
        }
        let Some(reply) = play(name).await else {
            found.push(format!("{name}: neither played nor listed"));
            continue;
        };
        played += 1;
        let case = read_json(&index.with_file_name(file)).unwrap();
        found.extend(differences(&case["response"], &reply).into_iter().map(|line| format!("{name}: {line}")));
    }
    println!("{played} recorded failures played");
    assert!(found.is_empty(), "{found:#?}");
    assert!(played >= 30, "only {played}");
}
