//! What the stand-in answers fits the vendor's official description, and the check has teeth.

use std::path::Path;

use countersign_tests::standin::conformance::{Conformance, Reality, read_json, spec_file};
use countersign_tests::standin::faults::When;
use countersign_tests::standin::gitlab::{AccountState, GitLab, deviations, faults, token};
use countersign_tests::standin::message::Answer;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::client::{http, send};
use crate::gitlab_client::{BRANCHES, MERGE_REQUESTS, WIDGETS, call, delete, get, get_as, post, usual};

const DOCUMENT: &str = "openapi/gitlab/gitlab-v4-as-served.oas3.json";

fn described(reality: &'static Reality) -> Option<Conformance> {
    Some(Conformance::open(&spec_file(DOCUMENT)?, reality).unwrap())
}

/// Every endpoint with requests that succeed, as a good client sends them.
async fn tour_of_successes(gitlab: &GitLab) {
    let template = ".gitlab/merge_request_templates/Default.md";
    gitlab.git("acme/widgets").commit_file("main", template, "## Why\n").unwrap();
    post(gitlab, BRANCHES, json!({ "branch": "feature/x", "ref": "develop" })).await;
    let asked = json!({
        "title": "Draft: t", "source_branch": "feature/x", "target_branch": "main", "description": "b",
        "reviewer_ids": [102], "remove_source_branch": true, "squash": false,
    });
    post(gitlab, MERGE_REQUESTS, asked).await;
    for path in [
        "/user",
        "/users?username=bob",
        "/users/102",
        "/version",
        "/metadata",
        "/personal_access_tokens/self",
        "/projects?membership=true&simple=true&min_access_level=30&archived=false&order_by=id&sort=asc&per_page=1&page=2",
        "/projects?pagination=keyset&order_by=id&sort=asc&id_after=5001&per_page=1",
        "/projects?search=widg&membership=true",
        "/projects/acme%2Fplatform%2Ftools",
        "/projects/5002/repository/branches",
        "/projects/alice%2Fdotfiles",
        "/merge_requests?scope=all&state=opened",
        WIDGETS,
    ] {
        get(gitlab, path).await;
    }
    for path in [
        "repository/branches?per_page=1&search=^feature",
        "repository/commits?ref_name=develop&per_page=1",
        "repository/branches?pagination=keyset&per_page=1&page_token=develop",
        "repository/branches/feature%2Fx",
        "repository/files/README.md?ref=main",
        "repository/files/README.md/raw?ref=main",
        "merge_requests?state=opened&source_branch=feature%2Fx&target_branch=main&per_page=100",
        "merge_requests?state=all",
        "merge_requests/1",
        "templates/merge_requests?per_page=100&page=1",
        "templates/merge_requests/Default",
    ] {
        get(gitlab, &format!("{WIDGETS}/{path}")).await;
    }
    let paged = get(gitlab, &format!("{BRANCHES}?per_page=1")).await;
    get(gitlab, &paged.link("next").unwrap()).await;
    call(gitlab, Method::HEAD, &format!("{BRANCHES}/main"), Some(token::ALICE), None).await;
    delete(gitlab, &format!("{BRANCHES}/feature%2Fx")).await;
    get_as(gitlab, token::ALICE_EXPIRING, "/personal_access_tokens/self").await;
    call(gitlab, Method::DELETE, "/personal_access_tokens/self", Some(token::ALICE_EXPIRING), None).await;
}

/// Every sort of refusal.
async fn tour_of_failures(gitlab: &GitLab) {
    let branch = |name: &str, start: &str| Some(json!({ "branch": name, "ref": start }));
    let asked = |source: &str| Some(json!({ "title": "t", "source_branch": source, "target_branch": "main" }));
    let elsewhere = "/projects/acme%2Fattic/repository/branches";
    let posted: [(&str, &str, Option<Value>); 17] = [
        (token::ALICE, BRANCHES, branch("main", "main")),
        (token::ALICE, BRANCHES, branch("a..b", "main")),
        (token::ALICE, BRANCHES, branch("x", "nope")),
        (token::ALICE, BRANCHES, branch("main/x", "main")),
        (token::ALICE, BRANCHES, branch("release/1", "main")),
        (token::ALICE, BRANCHES, Some(json!({ "branch": "x" }))),
        (token::ALICE, BRANCHES, Some(json!([]))),
        (token::ALICE_READ, BRANCHES, branch("x", "main")),
        (token::ALICE_NO_SCOPE, BRANCHES, branch("x", "main")),
        (token::BOB, BRANCHES, branch("x", "main")),
        (token::MALLORY, BRANCHES, branch("x", "main")),
        (token::ALICE, elsewhere, branch("x", "main")),
        (token::ALICE, "/projects/acme%2Fgadgets/repository/branches", branch("x", "main")),
        (token::ALICE, MERGE_REQUESTS, asked("nope")),
        (token::ALICE, MERGE_REQUESTS, asked("main")),
        (token::BOB, MERGE_REQUESTS, asked("develop")),
        (token::ALICE, MERGE_REQUESTS, Some(json!({ "title": "t" }))),
    ];
    for (token, path, body) in posted {
        call(gitlab, Method::POST, path, Some(token), body).await;
    }
    for name in ["main", "nope", "a..b"] {
        delete(gitlab, &format!("{BRANCHES}/{name}")).await;
    }
    for (token, path) in [
        (token::ALICE_EXPIRED, "/user"),
        (token::ALICE_WITHOUT_PROOF, "/user"),
        ("glpat-nobody", "/user"),
        (token::ALICE, "/users/999"),
        (token::ALICE, "/projects?order_by=size"),
        (token::ALICE, "/projects?pagination=keyset"),
        (token::ALICE, "/projects/acme%2Fnope"),
        (token::ALICE, "/projects/acme%2Fgadgets"),
        (token::ALICE, "/projects/acme%2Fwidgets/repository/branches/nope"),
        (token::ALICE, "/projects/acme%2Fwidgets/repository/files/nope?ref=main"),
        (token::ALICE, "/projects/acme%2Fwidgets/merge_requests/99"),
        (token::ALICE, "/projects/acme%2Fwidgets/templates/merge_requests/nope"),
        (token::ALICE_NO_SCOPE, WIDGETS),
    ] {
        get_as(gitlab, token, path).await;
    }
    send(http().get(format!("{}/user", gitlab.url())).bearer_auth("glpat-nobody")).await;
    gitlab.change(|world| world.account_mut("bob").state = AccountState::Blocked);
    get_as(gitlab, token::BOB, "/user").await;
    for fault in [
        faults::rate_limit("Retry later", 1),
        faults::endpoint_rate_limit(None),
        faults::outage(StatusCode::BAD_GATEWAY),
        faults::outage(StatusCode::SERVICE_UNAVAILABLE),
    ] {
        gitlab.faults.once(When::any(), fault);
        get(gitlab, BRANCHES).await;
    }
}

async fn fits_everywhere(gitlab: GitLab, conformance: &Conformance) {
    tour_of_successes(&gitlab).await;
    let successes = gitlab.record.requests();
    let statuses: Vec<u16> =
        successes.iter().filter_map(|recorded| Some(recorded.answer.as_ref()?.status.as_u16())).collect();
    assert!(statuses.len() >= 30 && statuses.iter().all(|status| *status < 300), "{statuses:?}");
    let found: Vec<String> =
        successes.iter().filter_map(|recorded| conformance.check_exchange(recorded).err()).flatten().collect();
    assert!(found.is_empty(), "{found:#?}");

    gitlab.record.clear();
    tour_of_failures(&gitlab).await;
    let failures = gitlab.record.requests();
    let answers: Vec<_> = failures.iter().filter_map(|recorded| recorded.answer.as_ref()).collect();
    let succeeded: Vec<_> = answers.iter().filter(|answer| answer.status.as_u16() < 300).collect();
    assert!(answers.len() >= 39 && succeeded.is_empty(), "{succeeded:#?}");
    let found: Vec<String> =
        failures.iter().filter_map(|recorded| conformance.check_answer(recorded).err()).flatten().collect();
    assert!(found.is_empty(), "{found:#?}");
}

#[tokio::test]
async fn every_answer_of_gitlab_com_fits_the_description() {
    let Some(conformance) = described(&deviations::AT_THE_ROOT) else { return };
    fits_everywhere(usual().await, &conformance).await;
}

#[tokio::test]
async fn every_answer_of_self_managed_gitlab_fits_the_description() {
    let Some(conformance) = described(&deviations::BELOW_GITLAB) else { return };
    let gitlab = GitLab::self_managed("17.3.0").relative_root("/gitlab").usual().free();
    fits_everywhere(gitlab.start().await.unwrap(), &conformance).await;
}

fn properties(document: &Path, component: &str) -> Vec<String> {
    let document = read_json(document).unwrap();
    let properties = document["components"]["schemas"][component]["properties"].as_object().unwrap();
    properties.keys().cloned().collect()
}

/// The description requires no member and forbids none: what it does not say is asked for here.
#[tokio::test]
async fn no_answer_has_a_member_of_our_own_or_lacks_one_that_clients_read() {
    let Some(document) = spec_file(DOCUMENT) else { return };
    let gitlab = usual().await;
    post(&gitlab, MERGE_REQUESTS, json!({ "source_branch": "develop", "target_branch": "main", "title": "t" })).await;
    let project = ["path_with_namespace", "default_branch", "archived", "empty_repo", "visibility", "permissions"];
    let branch = ["name", "commit", "protected", "default", "merged", "can_push", "developers_can_push", "web_url"];
    let merge_request = ["id", "iid", "web_url", "state", "draft", "merge_status", "detailed_merge_status", "sha"];
    for (path, component, read) in [
        ("/user".to_owned(), "UserPublic", &["id", "username", "name", "state", "bot", "email"][..]),
        (
            "/personal_access_tokens/self".to_owned(),
            "PersonalAccessTokenWithLastUsedIps",
            &["scopes", "expires_at", "active", "revoked", "user_id", "name"],
        ),
        ("/version".to_owned(), "Metadata", &["version", "enterprise"]),
        (WIDGETS.to_owned(), "ProjectWithAccess", &project),
        ("/projects?simple=true".to_owned(), "BasicProjectDetails", &["id", "web_url", "http_url_to_repo"]),
        (BRANCHES.to_owned(), "Branch", &branch),
        (MERGE_REQUESTS.to_owned(), "MergeRequestBasic", &merge_request),
        (format!("{MERGE_REQUESTS}/1"), "MergeRequest", &merge_request),
    ] {
        let answer = get(&gitlab, &path).await;
        let object = answer.body.get(0).unwrap_or(&answer.body).as_object().unwrap();
        let known = properties(&document, &format!("APIEntities{component}"));
        let own: Vec<_> = object.keys().filter(|member| !known.contains(member)).collect();
        assert!(own.is_empty(), "{path}: {own:?}");
        let lacking: Vec<_> = read.iter().filter(|member| !object.contains_key(**member)).collect();
        assert!(lacking.is_empty(), "{path}: {lacking:?}");
    }
}

#[tokio::test]
async fn an_answer_of_the_wrong_type_is_found() {
    let Some(conformance) = described(&deviations::AT_THE_ROOT) else { return };
    let gitlab = usual().await;
    get(&gitlab, WIDGETS).await;
    let good = gitlab.record.requests().remove(0);
    let mut body = good.answer.as_ref().unwrap().json_body().unwrap();
    body["id"] = json!("5001");
    body["namespace"]["full_path"] = json!(1);
    let of_wrong_type = Answer::json(StatusCode::OK, &body);
    let undescribed = Answer::json(StatusCode::IM_A_TEAPOT, &json!({}));
    // Plain text is described for 301 and 429 only.
    let no_json = Answer::text(StatusCode::OK, "widgets");
    for (answer, expected) in [
        (of_wrong_type, &["/id: \"5001\" is not of type", "/namespace"][..]),
        (undescribed, &["status 418 is not described"]),
        (no_json, &["the body of 200 is not JSON"]),
    ] {
        let mut recorded = good.clone();
        recorded.answer = Some(answer);
        let found = conformance.check_answer(&recorded).unwrap_err().join("\n");
        assert!(expected.iter().all(|expected| found.contains(expected)), "wanted {expected:?}, found {found}");
    }
}

#[tokio::test]
async fn requests_that_leave_the_description_are_found() {
    let Some(conformance) = described(&deviations::AT_THE_ROOT) else { return };
    let gitlab = usual().await;
    get(&gitlab, "/projects?member=true").await;
    get(&gitlab, "/projects?min_access_level=7").await;
    get(&gitlab, &format!("{MERGE_REQUESTS}?state=open")).await;
    get(&gitlab, &format!("{BRANCHES}/a/b")).await;
    post(&gitlab, BRANCHES, json!({ "branch": "x" })).await;
    post(&gitlab, MERGE_REQUESTS, json!({ "title": "t", "source_branch": "a", "target_branch": 1 })).await;
    call(&gitlab, Method::POST, BRANCHES, Some(token::ALICE), None).await;
    let expected = [
        "query parameter member is not described",
        "query parameter min_access_level: 7 is not one of",
        "query parameter state: \"open\" is not one of",
        "/repository/branches/a/b is not described",
        "request body: \"ref\" is a required property",
        "request body/target_branch: 1 is not of type",
        "the body is missing",
    ];
    let recorded = gitlab.record.requests();
    assert_eq!(recorded.len(), expected.len());
    for (recorded, expected) in recorded.iter().zip(expected) {
        let found = conformance.check_request(recorded).unwrap_err().join("\n");
        assert!(found.contains(expected), "wanted {expected}, found {found}");
    }
}
