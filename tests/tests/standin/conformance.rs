//! What the stand-in answers fits the vendor's official description, and the check has teeth.

use countersign_tests::standin::conformance::{Conformance, Reality, spec_file};
use countersign_tests::standin::faults::{Fault, When};
use countersign_tests::standin::github::{GitHub, deviations, faults as github_faults, token};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::client::{call, get, http, main_tip, post, send, usual};

fn described_by(document: &str, reality: &'static Reality) -> Option<Conformance> {
    let path = spec_file(&format!("openapi/github/{document}"))?;
    Some(Conformance::open(&path, reality).unwrap())
}

fn cloud() -> Option<Conformance> {
    described_by("api.github.com.json", &deviations::CLOUD)
}

/// Every endpoint with requests that succeed, as a good client sends them.
async fn tour_of_successes(github: &GitHub) {
    let sha = main_tip(github);
    let widgets = "/repos/acme/widgets";
    post(github, &format!("{widgets}/git/refs"), json!({ "ref": "refs/heads/feature/x", "sha": sha })).await;
    let pull = json!({ "title": "t", "head": "develop", "base": "main", "body": "b", "draft": true });
    post(github, &format!("{widgets}/pulls"), pull).await;
    post(github, &format!("{widgets}/pulls/1/requested_reviewers"), json!({ "reviewers": ["bob"] })).await;
    for path in [
        "",
        "/meta",
        "/rate_limit",
        "/user",
        "/user/repos?per_page=1&page=2&sort=full_name&affiliation=owner,collaborator,organization_member",
        "/search/repositories?q=widg%20in%3Aname%20fork%3Atrue%20user%3Aacme&per_page=10&page=1",
        "/repos/alice/dotfiles",
        "/repositories/5001",
        "/repositories/5001/branches?per_page=1&page=2",
        "/repos/acme/empty/branches",
        widgets,
    ] {
        get(github, path).await;
    }
    for path in [
        "contents",
        "contents/README.md?ref=develop",
        "branches?per_page=2",
        "compare/main...develop?per_page=1&page=2",
        "branches?protected=true",
        "branches/feature%2Fx",
        "branches/feature/x",
        "git/ref/heads/feature/x",
        "git/refs/heads/main",
        "git/matching-refs/heads/f",
        "pulls?state=open&head=acme:develop&base=main&per_page=100",
        "pulls?state=all",
        "pulls/1",
    ] {
        get(github, &format!("{widgets}/{path}")).await;
    }
    call(github, Method::DELETE, &format!("{widgets}/git/refs/heads/feature/x"), Some(token::ALICE), None).await;
}

/// Every sort of refusal.
async fn tour_of_failures(github: &GitHub) {
    let sha = main_tip(github);
    let reference = |name: &str| Some(json!({ "ref": format!("refs/heads/{name}"), "sha": sha }));
    let pull = |head: &str, base: &str| Some(json!({ "title": "t", "head": head, "base": base }));
    let missing_object = Some(json!({ "ref": "refs/heads/x", "sha": "d".repeat(40) }));
    let (refs, pulls) = ("/repos/acme/widgets/git/refs", "/repos/acme/widgets/pulls");
    let post: [(&str, &str, Option<Value>); 18] = [
        (token::ALICE, refs, reference("main")),
        (token::ALICE, refs, reference("a..b")),
        (token::ALICE, refs, reference("release/1")),
        (token::ALICE, refs, missing_object.clone()),
        (token::ALICE, refs, Some(json!([]))),
        (token::ALICE, refs, Some(json!({ "ref": "x" }))),
        (token::ALICE_FINE_READ, refs, reference("x")),
        (token::ALICE_NO_SCOPE, refs, reference("x")),
        (token::BOB, refs, reference("x")),
        (token::ALICE_SSO, refs, reference("x")),
        (token::ALICE, "/repos/acme/empty/git/refs", missing_object),
        (token::ALICE, "/repos/acme/attic/git/refs", reference("x")),
        (token::ALICE, "/repos/acme/gadgets/git/refs", reference("x")),
        (token::ALICE, pulls, pull("main", "develop")),
        (token::ALICE, pulls, pull("nope", "main")),
        (token::ALICE, pulls, pull("develop", "main")),
        (token::BOB, pulls, pull("develop", "main")),
        (token::ALICE, "/repos/acme/widgets/pulls/1/requested_reviewers", Some(json!({ "reviewers": ["mallory"] }))),
    ];
    for (token, path, body) in post {
        call(github, Method::POST, path, Some(token), body).await;
    }
    for path in ["heads/nope", "heads/main"] {
        call(github, Method::DELETE, &format!("{refs}/{path}"), Some(token::ALICE), None).await;
    }
    for (token, path) in [
        (token::ALICE_EXPIRED, "/user"),
        (token::ALICE, "/user/"),
        (token::ALICE, "/user/repos?type=all&visibility=all"),
        (token::ALICE, "/repos/acme/nope"),
        (token::ALICE, "/repos/acme/gadgets"),
        (token::ALICE, "/repos/acme/gadgets/branches/main"),
        (token::ALICE, "/repos/acme/empty/git/ref/heads/main"),
        (token::ALICE, "/repos/acme/widgets/git/ref/heads/nope"),
        (token::ALICE, "/repos/acme/widgets/branches/nope"),
        (token::ALICE, "/search/repositories?q=x%20user%3Anobody"),
        (token::ALICE, "/search/repositories?q="),
        (token::ALICE, "/repos/acme/widgets/compare/main...nope"),
        (token::ALICE, "/repos/acme/widgets/contents/nope"),
        (token::ALICE, "/repos/acme/gadgets/contents/docs/x"),
        (token::ALICE, "/repos/acme/empty/contents"),
        (token::ALICE, "/repos/acme/widgets/pulls/99"),
        (token::ALICE_SSO, "/repos/acme/widgets"),
        (token::ALICE_FORBIDDEN, "/repos/acme/widgets"),
        (token::ALICE_TOO_LONG, "/repos/acme/widgets/pulls"),
    ] {
        call(github, Method::GET, path, Some(token), None).await;
    }
    call(github, Method::GET, "/user", None, None).await;
    send(http().get(format!("{}/user", github.url())).header("x-github-api-version", "1999-01-01")).await;
    send(http().get(format!("{}/user", github.url())).header("accept", "image/png")).await;
    github.change(|world| world.repository_mut("alice/dotfiles").taken_down = true);
    get(github, "/repos/alice/dotfiles").await;
    for fault in [
        github_faults::primary_rate_limit(StatusCode::FORBIDDEN, 1),
        github_faults::secondary_rate_limit(StatusCode::TOO_MANY_REQUESTS, None),
        github_faults::outage(StatusCode::BAD_GATEWAY),
    ] {
        github.faults.once(When::any(), fault);
        get(github, "/repos/acme/widgets/pulls").await;
    }
}

async fn fits_everywhere(github: GitHub, conformance: &Conformance) {
    tour_of_successes(&github).await;
    let successes = github.record.requests();
    let statuses: Vec<u16> =
        successes.iter().filter_map(|recorded| Some(recorded.answer.as_ref()?.status.as_u16())).collect();
    assert!(statuses.iter().filter(|status| **status < 300).count() >= 25, "{statuses:?}");
    let found: Vec<String> =
        successes.iter().filter_map(|recorded| conformance.check_exchange(recorded).err()).flatten().collect();
    assert!(found.is_empty(), "{found:#?}");

    github.record.clear();
    tour_of_failures(&github).await;
    let failures = github.record.requests();
    let failed = |status: StatusCode| status.as_u16() >= 300;
    let made = |answer: &countersign_tests::standin::message::Answer| answer.status == 201;
    let answers: Vec<_> = failures.iter().filter_map(|recorded| recorded.answer.as_ref()).collect();
    // The tour of successes made the pull request that the one from develop to main runs into.
    assert!(answers.iter().all(|answer| failed(answer.status) && !made(answer)));
    let found: Vec<String> =
        failures.iter().filter_map(|recorded| conformance.check_answer(recorded).err()).flatten().collect();
    assert!(found.is_empty(), "{found:#?}");
}

#[tokio::test]
async fn every_answer_fits_the_description_of_github_com() {
    let Some(conformance) = cloud() else { return };
    fits_everywhere(usual().await, &conformance).await;
}

#[tokio::test]
async fn every_answer_fits_the_descriptions_of_enterprise_server() {
    for (version, document) in
        [("3.12.4", "ghes-3.12.json"), ("3.16.2", "ghes-3.16.json"), ("3.19.1", "ghes-3.19.json")]
    {
        let Some(conformance) = described_by(document, &deviations::ENTERPRISE) else {
            return;
        };
        fits_everywhere(GitHub::enterprise(version).usual().start().await.unwrap(), &conformance).await;
    }
}

#[tokio::test]
async fn an_answer_that_lacks_a_required_member_is_found() {
    let Some(conformance) = cloud() else { return };
    let github = usual().await;
    get(&github, "/repos/acme/widgets").await;
    let mut recorded = github.record.requests().remove(0);
    let answer = recorded.answer.as_mut().unwrap();
    let mut body = answer.json_body().unwrap();
    body.as_object_mut().unwrap().remove("full_name");
    body["owner"]["id"] = json!("101");
    answer.body = body.to_string().into();
    let found = conformance.check_answer(&recorded).unwrap_err().join("\n");
    assert!(found.contains("\"full_name\" is a required property") && found.contains("/owner/id"), "{found}");
}

#[tokio::test]
async fn a_status_that_is_neither_described_nor_known_is_found() {
    let Some(conformance) = cloud() else { return };
    let github = usual().await;
    let teapot = countersign_tests::standin::message::Answer::json(StatusCode::IM_A_TEAPOT, &json!({}));
    github.faults.once(When::any(), Fault::Instead(teapot));
    get(&github, "/user").await;
    let found = conformance.check_answer(&github.record.requests()[0]).unwrap_err();
    assert_eq!(found, ["GET /user: status 418 is not described"]);
}

#[tokio::test]
async fn requests_that_leave_the_description_are_found() {
    let Some(conformance) = cloud() else { return };
    let github = usual().await;
    let refs = "/repos/acme/widgets/git/refs";
    let send =
        |method: Method, path: &'static str, body: Option<Value>| call(&github, method, path, Some(token::ALICE), body);
    send(Method::GET, "/user/repos?affilliation=owner", None).await;
    send(Method::GET, "/user/repos?per_page=many", None).await;
    send(Method::GET, "/repos/acme/widgets/pulls?state=merged", None).await;
    send(Method::POST, refs, Some(json!({ "ref": "refs/heads/x" }))).await;
    send(Method::POST, refs, Some(json!({ "ref": "refs/heads/x", "sha": 1 }))).await;
    send(Method::POST, refs, None).await;
    send(Method::PUT, refs, None).await;
    send(Method::GET, "/repos/acme/widgets/branchs", None).await;
    let expected = [
        "query parameter affilliation is not described",
        "query parameter per_page: \"many\" is not of type \"integer\"",
        "query parameter state: \"merged\" is not one of",
        "request body: \"sha\" is a required property",
        "request body/sha: 1 is not of type \"string\"",
        "the body is missing",
        "PUT /repos/acme/widgets/git/refs is not described",
        "GET /repos/acme/widgets/branchs is not described",
    ];
    let recorded = github.record.requests();
    assert_eq!(recorded.len(), expected.len());
    for (recorded, expected) in recorded.iter().zip(expected) {
        let found = conformance.check_request(recorded).unwrap_err().join("\n");
        assert!(found.contains(expected), "wanted {expected}, found {found}");
    }
}
