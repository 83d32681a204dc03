//! Faults do what their names say: above all, whether the branch was made or not.

use std::time::{Duration, Instant};

use countersign_tests::standin::faults::{Fault, When};
use countersign_tests::standin::github::{GitHub, faults as github_faults, token};
use http::{Method, StatusCode};
use serde_json::json;

use crate::client::{get, main_tip, post, request, usual};

const REFS: &str = "/repos/acme/widgets/git/refs";

fn creating() -> When {
    When::ends_with(Method::POST, "/git/refs")
}

fn getting_user() -> When {
    When::ends_with(Method::GET, "/user")
}

async fn create(github: &GitHub) -> Result<reqwest::Response, reqwest::Error> {
    let body = json!({ "ref": "refs/heads/new", "sha": main_tip(github) });
    request(Method::POST, &format!("{}{REFS}", github.url()), Some(token::ALICE), Some(body)).send().await
}

fn is_made(github: &GitHub) -> bool {
    github.git("acme/widgets").references().unwrap().branch("new").is_some()
}

async fn user(github: &GitHub) -> Result<reqwest::Response, reqwest::Error> {
    request(Method::GET, &format!("{}/user", github.url()), Some(token::ALICE), None).send().await
}

#[tokio::test]
async fn a_lost_reply_leaves_the_branch_made_and_known_to_the_record() {
    let github = usual().await;
    github.faults.once(creating(), Fault::ReplyLost);
    create(&github).await.unwrap_err();
    assert!(is_made(&github));
    assert_eq!(github.who_made_branch("acme/widgets", "new").as_deref(), Some("alice"));
    assert_eq!(github.record.mutations().len(), 1, "the client sent it once");
    assert!(github.faults.all_happened());
    assert_eq!(create(&github).await.unwrap().status(), 422);
}

#[tokio::test]
async fn a_lost_reply_leaves_the_pull_request_made() {
    let github = usual().await;
    github.faults.once(When::ends_with(Method::POST, "/pulls"), Fault::ReplyLost);
    let body = json!({ "title": "t", "head": "develop", "base": "main" });
    let url = format!("{}/repos/acme/widgets/pulls", github.url());
    request(Method::POST, &url, Some(token::ALICE), Some(body)).send().await.unwrap_err();
    assert_eq!(github.pull_requests("acme/widgets").len(), 1);
}

#[tokio::test]
async fn a_connection_closed_before_acting_leaves_no_branch() {
    let github = usual().await;
    github.faults.once(creating(), Fault::CloseBeforeActing);
    create(&github).await.unwrap_err();
    assert!(!is_made(&github));
    let recorded = github.record.mutations().remove(0);
    assert_eq!((recorded.fault, recorded.answer.is_none()), (Some("close-before-acting"), true));
    assert_eq!(create(&github).await.unwrap().status(), 201);
}

#[tokio::test]
async fn refusals_on_demand_act_on_nothing() {
    let github = usual().await;
    let reset_s = 4_000_000_000;
    for (fault, status, header, value) in [
        (github_faults::primary_rate_limit(StatusCode::FORBIDDEN, reset_s), 403, "x-ratelimit-remaining", "0"),
        (
            github_faults::primary_rate_limit(StatusCode::TOO_MANY_REQUESTS, reset_s),
            429,
            "x-ratelimit-reset",
            "4000000000",
        ),
        (github_faults::secondary_rate_limit(StatusCode::TOO_MANY_REQUESTS, Some(7)), 429, "retry-after", "7"),
        (github_faults::abuse_detected(Some(60)), 403, "retry-after", "60"),
        (github_faults::outage(StatusCode::BAD_GATEWAY), 502, "content-type", "text/html; charset=utf-8"),
        (
            Fault::Redirect { status: StatusCode::TEMPORARY_REDIRECT, to: "https://elsewhere.example/x".to_owned() },
            307,
            "location",
            "https://elsewhere.example/x",
        ),
    ] {
        github.faults.once(creating(), fault);
        let refused = create(&github).await.unwrap();
        assert_eq!(refused.status(), status);
        assert_eq!(refused.headers()[header], value);
        assert!(!is_made(&github));
    }
}

#[tokio::test]
async fn the_authorization_comes_back_in_header_and_body() {
    let github = usual().await;
    github.faults.once(getting_user(), Fault::EchoAuthorization { status: StatusCode::BAD_REQUEST });
    let echoed = get(&github, "/user").await;
    assert!(echoed.text.contains(token::ALICE));
    assert_eq!(echoed.header("x-echo"), Some(format!("Bearer {}", token::ALICE).as_str()));
}

#[tokio::test]
async fn bodies_are_garbled_short_of_members_and_long() {
    let github = usual().await;
    github.faults.once(getting_user(), Fault::MalformedJson);
    let half = get(&github, "/user").await;
    assert!(half.status == 200 && half.body.is_null() && half.text.starts_with('{'));

    github.faults.once(getting_user(), Fault::WithoutMembers(vec!["login", "id"]));
    let poorer = get(&github, "/user").await;
    assert_eq!((poorer.body.get("login"), &poorer.body["type"]), (None, &json!("User")));
    github.faults.once(getting_user(), Fault::WithMember("id", json!("one hundred and one")));
    assert_eq!(get(&github, "/user").await.body["id"], "one hundred and one");
    github.faults.once(When::ends_with(Method::GET, "/branches"), Fault::WithoutMembers(vec!["name"]));
    assert_eq!(get(&github, "/repos/acme/widgets/branches").await.each("name"), ["", ""]);

    github.faults.once(getting_user(), Fault::PaddedTo { bytes: 10 * 1024 * 1024 });
    let long = get(&github, "/user").await;
    assert_eq!((long.text.len(), &long.body["login"]), (10 * 1024 * 1024, &json!("alice")));
}

#[tokio::test]
async fn an_endless_body_ends_when_the_client_leaves() {
    let github = usual().await;
    github.faults.once(getting_user(), Fault::EndlessBody);
    let mut response = user(&github).await.unwrap();
    let mut bytes = 0;
    while bytes < 4 * 1024 * 1024 {
        bytes += response.chunk().await.unwrap().expect("no end").len();
    }
    drop(response);
    assert_eq!(get(&github, "/user").await.status, 200);
}

#[tokio::test]
async fn a_slow_answer_comes_a_byte_at_a_time() {
    let github = usual().await;
    github.faults.once(getting_user(), Fault::SlowDrip { interval_ms: 5 });
    let mut response = user(&github).await.unwrap();
    let began = Instant::now();
    let mut bytes = 0;
    while bytes < 10 {
        bytes += response.chunk().await.unwrap().unwrap().len();
    }
    assert!(began.elapsed() >= Duration::from_millis(25), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_delayed_answer_acts_first_and_a_delayed_request_last() {
    let github = usual().await;
    github.faults.once(creating(), Fault::DelayAnswer { delay_ms: 60_000 });
    let gave_up = tokio::time::timeout(Duration::from_millis(400), create(&github)).await;
    assert!(gave_up.is_err() && is_made(&github));

    github.faults.once(When::any(), Fault::DelayBeforeActing { delay_ms: 50 });
    let began = Instant::now();
    assert_eq!(post(&github, REFS, json!({ "ref": "refs/heads/late", "sha": main_tip(&github) })).await.status, 201);
    assert!(began.elapsed() >= Duration::from_millis(50));
}

#[tokio::test]
async fn a_looping_list_points_at_itself() {
    let github = usual().await;
    github.faults.always(When::new(Method::GET, |path| path.ends_with("/branches")), Fault::LoopingNext);
    let page = get(&github, "/repos/acme/widgets/branches?per_page=5").await;
    let itself = format!("{}/repos/acme/widgets/branches?per_page=5", github.url());
    assert_eq!(page.link("next"), Some(itself));
}

#[tokio::test]
async fn a_fault_meets_as_many_requests_as_it_was_set_for() {
    let github = usual().await;
    github.faults.times(2, getting_user(), github_faults::outage(StatusCode::SERVICE_UNAVAILABLE));
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(get(&github, "/user").await.status);
    }
    assert_eq!(statuses, [503, 503, 200]);
    github.faults.always(When::any(), github_faults::partial_results("900"));
    assert_eq!(get(&github, "/user/repos").await.header("x-github-sso"), Some("partial-results; organizations=900"));
    github.faults.clear();
    assert_eq!(get(&github, "/user/repos").await.header("x-github-sso"), None);
}

#[tokio::test]
async fn the_record_keeps_every_request_with_token_account_and_body() {
    let github = usual().await;
    get(&github, "/user?x=1").await;
    post(&github, REFS, json!({ "ref": "refs/heads/new", "sha": main_tip(&github) })).await;
    let recorded = github.record.requests();
    assert_eq!(recorded[0].request.target(), "/user?x=1");
    assert!(recorded[1].is(&Method::POST, REFS) && recorded[1].account.as_deref() == Some("alice"));
    assert_eq!(recorded[1].request.json().unwrap()["ref"], "refs/heads/new");
    assert_eq!(recorded[1].token().as_deref(), Some(token::ALICE));
    assert_eq!(github.record.tokens_seen(), [token::ALICE]);
    github.record.clear();
    assert!(github.record.requests().is_empty() && github.who_made_branch("acme/widgets", "new").is_none());
}
