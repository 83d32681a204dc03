//! V3: who waits for another attempt at the same is judged by what is so when it is her turn, and takes nobody's place meanwhile.

use std::time::Duration;

use countersign_tests::daemon::{Answer, Daemon, GitHubServer, MAIN, WIDGETS};
use countersign_tests::standin::StandIn as _;
use countersign_tests::standin::faults::{Fault, When};
use countersign_tests::standin::github::token;
use http::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::sleep;

/// How long the first attempt takes, and after what part of that the second one comes, and a change after that.
const FIRST_MS: u64 = 2_000;
const SECOND_MS: u64 = 400;
const CHANGE_MS: u64 = 1_000;
/// How many of one user wait for a turn.
const MAX_WAITING: usize = 100;

/// What changes while somebody waits.
#[derive(Clone, Copy)]
enum Change {
    RuleSwitchedOn,
    ClosedToTheProject,
    PatRemoved,
}

async fn made_meanwhile(daemon: &Daemon, change: Change) {
    let patch = |body: Value| daemon.as_admin(Method::PATCH, &format!("/integrations/{MAIN}"), Some(body));
    match change {
        Change::RuleSwitchedOn => patch(json!({ "require_user_pat": true })).await.expect(200),
        Change::ClosedToTheProject => patch(json!({ "projects": ["OPS"] })).await.expect(200),
        Change::PatRemoved => daemon.as_user("bob").remove_pat(MAIN).await.expect(204),
    };
}

/// Bob's attempt at what Ann is at, with a change while he waits for her.
async fn waited(daemon: &Daemon, repository: &str, change: Change) -> Answer {
    let slow = When::ends_with(Method::POST, "/git/refs");
    daemon.stand_in.faults.once(slow, Fault::DelayAnswer { delay_ms: FIRST_MS });
    let (ann, bob) = (daemon.as_user("ann"), daemon.as_user("bob"));
    let second = async {
        sleep(Duration::from_millis(SECOND_MS)).await;
        bob.create_branch(MAIN, repository, "same", "main").await
    };
    let changed = async {
        sleep(Duration::from_millis(CHANGE_MS)).await;
        made_meanwhile(daemon, change).await;
    };
    let (first, second, ()) = tokio::join!(ann.create_branch(MAIN, WIDGETS, "same", "main"), second, changed);
    first.expect(201);
    second
}

#[tokio::test]
async fn v3_who_waited_is_judged_by_what_is_so_when_it_is_her_turn() {
    for repository in [WIDGETS.to_owned(), WIDGETS.to_uppercase()] {
        for (change, has_pat, status, code) in [
            (Change::RuleSwitchedOn, false, 403, "user-pat-required"),
            (Change::ClosedToTheProject, false, 404, "not-found"),
            (Change::PatRemoved, true, 403, "user-pat-required"),
        ] {
            let daemon = Daemon::start(GitHubServer::Cloud).await;
            daemon.as_user("ann").save_pat(MAIN, token::ALICE).await.expect(200);
            if has_pat {
                daemon.require_user_pat(MAIN).await;
                daemon.as_user("bob").save_pat(MAIN, token::ALICE).await.expect(200);
            }
            waited(&daemon, &repository, change).await.problem(status, code);
        }
    }
}

#[tokio::test]
async fn a17_who_waits_for_another_attempt_takes_nobody_elses_place() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let mallory = daemon.as_user("mallory");
    let slow = When::ends_with(Method::POST, "/git/refs");
    daemon.stand_in.faults().once(slow, Fault::DelayAnswer { delay_ms: 5_000 });
    let mut flood: JoinSet<Answer> = JoinSet::new();
    for _ in 0..MAX_WAITING * 3 {
        flood.spawn(mallory.create_branch(MAIN, WIDGETS, "same", "main").into_future());
    }
    // One is at it, as many wait as may, and all others are told so at once.
    for _ in 1 + MAX_WAITING..MAX_WAITING * 3 {
        let told = flood.join_next().await.unwrap().unwrap().problem(429, "too-many-at-once");
        assert_eq!(told.header("retry-after"), Some("5"));
    }
    let ann = daemon.as_user("ann");
    ann.create_branch(MAIN, WIDGETS, "another", "main").await.expect(201);
    let waits = ann.create_branch(MAIN, WIDGETS, "same", "main").await.expect(200);
    assert_eq!(waits.body["existed"], true);
    let mut told: Vec<_> = flood.join_all().await.iter().map(|answer| answer.status).collect();
    told.sort_unstable();
    assert_eq!((told.len(), told[0], told[MAX_WAITING]), (1 + MAX_WAITING, 200, 201));
}
