//! A9: one idempotency key, one effect.

use std::time::Duration;

use countersign_tests::daemon::{Daemon, GitHubServer, MAIN, WIDGETS, all_at_once};
use countersign_tests::standin::faults::{Fault, When};
use countersign_tests::standin::github::token;
use http::Method;

const KEY: &str = "a-key-of-the-connectors";

#[tokio::test]
async fn a9_fifty_at_once_with_one_key_have_one_effect_and_share_its_answer() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let ann = daemon.as_user("ann");
    ann.save_pat(MAIN, token::ALICE).await.expect(200);
    let calls = (0..50).map(|_| ann.create_branch(MAIN, WIDGETS, "feature/x", "main").keyed(KEY));
    let answers = all_at_once(calls).await;
    let (made, waiting): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 201);
    assert!(!made.is_empty());
    assert!(made.iter().all(|answer| answer.text == made[0].text), "replays are the same to the byte");
    for answer in waiting {
        answer.problem(409, "request-in-progress");
    }
    assert_eq!(daemon.stand_in.record.matching(&Method::POST, "/git/refs").len(), 1);
    let later = ann.create_branch(MAIN, WIDGETS, "feature/x", "main").keyed(KEY).await.expect(201);
    assert_eq!(later.text, made[0].text);
}

/// What a daemon that was killed in the middle leaves behind: the claim and the intent, and neither answer nor outcome.
#[tokio::test]
async fn a9_what_was_under_way_before_a_start_is_looked_up_after_it() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let ann = daemon.as_user("ann");
    let ask = || ann.create_branch(MAIN, WIDGETS, "feature/x", "main").keyed(KEY);
    let answered_late = Fault::DelayAnswer { delay_ms: 15_000 };
    daemon.stand_in.faults.once(When::ends_with(Method::POST, "/git/refs"), answered_late);
    assert!(tokio::time::timeout(Duration::from_secs(2), ask()).await.is_err());
    assert!(daemon.show_ref(WIDGETS, "feature/x").is_some());
    let waiting = ask().await.problem(409, "request-in-progress");
    assert_eq!(waiting.header("retry-after"), Some("1"));
    // As every start does it.
    countersign::operate::note_start(&daemon.app, "127.0.0.1:0").await.unwrap();
    ask().await.expect(200);
    assert_eq!(daemon.stand_in.record.matching(&Method::POST, "/git/refs").len(), 1);
}

#[tokio::test]
async fn a9_a_key_stands_for_one_request_of_one_user() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let (ann, bob) = (daemon.as_user("ann"), daemon.as_user("bob"));
    ann.create_branch(MAIN, WIDGETS, "of-ann", "main").keyed(KEY).await.expect(201);
    ann.create_branch(MAIN, WIDGETS, "another", "main").keyed(KEY).await.problem(422, "idempotency-key-reused");
    ann.create_pull_request(MAIN, WIDGETS, "develop").keyed(KEY).await.problem(422, "idempotency-key-reused");
    let of_bob = bob.create_branch(MAIN, WIDGETS, "of-bob", "main").keyed(KEY).await.expect(201);
    assert_eq!(of_bob.text_at("/receipt/jira_user"), "bob");
    assert_eq!(daemon.show_ref(WIDGETS, "another"), None);
}

#[tokio::test]
async fn a9_a_refusal_uses_no_key_up() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    daemon.require_user_pat(MAIN).await;
    let ann = daemon.as_user("ann");
    ann.create_branch(MAIN, WIDGETS, "feature/x", "main").keyed(KEY).await.problem(403, "user-pat-required");
    ann.save_pat(MAIN, token::ALICE).await.expect(200);
    ann.create_branch(MAIN, WIDGETS, "feature/x", "main").keyed(KEY).await.expect(201);
}

#[tokio::test]
async fn twenty_at_once_without_a_key_make_one_branch_and_one_pull_request() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let ann = daemon.as_user("ann");
    let branches = all_at_once((0..20).map(|_| ann.create_branch(MAIN, WIDGETS, "feature/x", "main"))).await;
    let status = |wanted: u16| branches.iter().filter(move |answer| answer.status == wanted).count();
    assert_eq!((status(201), status(200)), (1, 19));
    let opened = all_at_once((0..20).map(|_| ann.create_pull_request(MAIN, WIDGETS, "develop"))).await;
    let status = |wanted: u16| opened.iter().filter(move |answer| answer.status == wanted).count();
    assert_eq!((status(201), status(200)), (1, 19));
    assert_eq!(daemon.stand_in.pull_requests(WIDGETS).len(), 1);
}
