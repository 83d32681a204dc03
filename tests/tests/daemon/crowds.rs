//! A17: one user's flood is her own.

use std::time::{Duration, Instant};

use countersign::operate::sweep;
use countersign_tests::daemon::{Answer, Daemon, GitHubServer, MAIN, User, WIDGETS, at};
use countersign_tests::standin::faults::{Fault, When};
use countersign_tests::standin::github::token;
use countersign_tests::standin::{StandIn as _, message};
use http::{Method, StatusCode};
use serde_json::json;
use tokio::task::JoinSet;

/// How many calls of one user are slow.
const FLOOD: usize = 700;
/// How long each takes: longer than anybody waits for a turn.
const SLOW_MS: u64 = 13_000;
/// How many of them are done at once.
const SHARE: usize = 20;
/// How many wait for their turn.
const MAX_WAITING: usize = 100;

fn refused(answer: &Answer) {
    let told = answer.clone().problem(429, "too-many-at-once");
    assert_eq!(told.header("retry-after"), Some("5"));
    assert!(told.text_at("/detail").contains("as one user may have at once (20)"), "{}", told.text);
}

async fn looked_up(user: &User) -> Duration {
    let repository = format!("{}?project=ABC", at(&["integrations", MAIN, "repositories", WIDGETS]));
    let begun = Instant::now();
    user.get(&repository).await.expect(200);
    begun.elapsed()
}

/// What it usually takes, whatever else the machine has to do.
async fn usually(user: &User) -> Duration {
    let mut taken = Vec::new();
    for _ in 0..21 {
        taken.push(looked_up(user).await);
    }
    taken.sort();
    taken[taken.len() / 2]
}

#[tokio::test]
async fn a17_seven_hundred_slow_calls_of_one_user_keep_nobody_else_waiting() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let (ann, mallory) = (daemon.as_user("ann"), daemon.as_user("mallory"));
    looked_up(&ann).await;
    let quiet = usually(&ann).await;
    let slow = When::new(Method::GET, |path| path.ends_with("/branches") || path.contains("/matching-refs/"));
    daemon.stand_in.faults().always(slow, Fault::DelayAnswer { delay_ms: SLOW_MS });
    let mut flood: JoinSet<Answer> = JoinSet::new();
    for _ in 0..FLOOD {
        flood.spawn(mallory.branches(MAIN, WIDGETS).into_future());
    }
    // What does not even wait is refused at once.
    for _ in SHARE + MAX_WAITING..FLOOD {
        refused(&flood.join_next().await.unwrap().unwrap());
    }
    let meanwhile = usually(&ann).await;
    assert!(meanwhile <= quiet * 10, "{meanwhile:?}, and {quiet:?} when it is quiet");
    let mut served = 0;
    while let Some(answer) = flood.join_next().await {
        let answer = answer.unwrap();
        if answer.status == 200 { served += 1 } else { refused(&answer) }
    }
    assert_eq!(served, SHARE);
    // Nothing was written down of what was refused; what began before an intent for the same was written has one of its own.
    let entries = daemon.as_admin(Method::GET, "/audit?user=mallory&event=intent&limit=500", None).await.expect(200);
    assert!((1..=served).contains(&entries.body["entries"].as_array().unwrap().len()), "{}", entries.text);
    daemon.stand_in.faults().clear();
    mallory.branches(MAIN, WIDGETS).await.expect(200);
}

/// As a load test or a broken connector would.
#[tokio::test]
async fn a17_who_asks_for_more_than_so_many_a_minute_is_told_when_to_come_back_and_others_are_answered() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let (ann, mallory) = (daemon.as_user("ann"), daemon.as_user("mallory"));
    let (usual, what) = (120, "a link to a page");
    let ask = |user: &User| user.post("/api/v1/page-links", &json!({ "page": "tokens", "project": "ABC" }));
    let begun = Instant::now();
    let (mut answered, mut refused) = (0, None);
    while refused.is_none() {
        let answer = ask(&mallory).await;
        if answer.status == 429 { refused = Some(answer) } else { answered += 1 }
    }
    // What a minute has is there at once, and then one after another.
    let most = usual + 1 + begun.elapsed().as_secs() as i32 * usual / 60;
    assert!((usual..=most).contains(&answered), "{answered} within {:?}", begun.elapsed());
    let refused = refused.unwrap().problem(429, "too-many-requests");
    let wait: u32 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=3).contains(&wait), "{wait}");
    assert_eq!(refused.header("ratelimit-policy"), Some(format!("\"minute\";q={usual};w=60").as_str()));
    assert_eq!(refused.header("ratelimit"), Some(format!("\"minute\";r=0;t={wait}").as_str()));
    let told = format!("This user asked for {what} more often than {usual} times a minute.");
    assert!(refused.text_at("/detail").starts_with(&told), "{}", refused.text);
    assert_ne!(ask(&ann).await.status, 429);
}

/// As a page that asks again and again, or somebody who wants the log to be full.
#[tokio::test]
async fn a17_looks_that_are_alike_are_counted_and_do_not_fill_the_audit_log() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let (ann, bob) = (daemon.as_user("ann"), daemon.as_user("bob"));
    let told = async |user: &str, event: &str| {
        let path = format!("/audit?user={user}&event={event}&limit=500");
        daemon.as_admin(Method::GET, &path, None).await.expect(200).body["entries"].as_array().unwrap().clone()
    };
    for _ in 0..100 {
        ann.branches(MAIN, WIDGETS).await.expect(200);
        ann.branches(MAIN, "octo-org/none").await.problem(404, "not-found-or-no-access");
    }
    bob.branches(MAIN, WIDGETS).await.expect(200);
    // One each, written before anything was lent, and told until when it is for others like it.
    let (intents, outcomes) = (told("ann", "intent").await, told("ann", "outcome").await);
    assert_eq!((intents.len(), outcomes.len(), told("bob", "intent").await.len()), (2, 2, 1));
    assert!(intents.iter().all(|intent| intent["details"]["covers_until"].is_string()), "{intents:?}");
    // The same with another end is another.
    let server_error = Fault::Instead(message::Answer::text(StatusCode::SERVICE_UNAVAILABLE, "down"));
    daemon.stand_in.faults.always(When::any(), server_error);
    for _ in 0..10 {
        ann.branches(MAIN, WIDGETS).await.problem(502, "git-server-unavailable");
    }
    daemon.stand_in.faults.clear();
    assert_eq!((told("ann", "intent").await.len(), told("ann", "outcome").await.len()), (2, 3));
    // What is looked at with another credential is another look. Changes are alike to nothing.
    ann.save_pat(MAIN, token::ALICE).await.expect(200);
    ann.branches(MAIN, WIDGETS).await.expect(200);
    ann.save_pat(MAIN, token::BOB).await.expect(200);
    ann.branches(MAIN, WIDGETS).await.expect(200);
    let lists = told("ann", "intent").await.iter().filter(|entry| entry["subject"] == "branch.list").count();
    assert_eq!(lists, 4);
    for _ in 0..3 {
        ann.create_branch(MAIN, WIDGETS, "once", "main").await;
    }
    assert_eq!(told("ann", "intent").await.iter().filter(|entry| entry["subject"] == "branch.create").count(), 3);

    daemon.clock.advance_ms(10 * 60 * 1000);
    sweep(&daemon.app).await.unwrap();
    let outcomes = told("ann", "outcome").await;
    let counted: Vec<_> = outcomes.iter().filter(|entry| entry["details"]["times"].is_u64()).collect();
    let times = |result: &str| {
        let one = counted.iter().find(|entry| entry["details"]["result"] == result);
        one.map(|entry| (entry["details"]["times"].as_u64().unwrap(), entry["refers_to"].clone()))
    };
    let number = |repository: &str| {
        let one = intents.iter().find(|entry| entry["details"]["repository"] == repository);
        one.unwrap()["sequence"].clone()
    };
    assert_eq!(times("done"), Some((99, number(WIDGETS))), "{counted:?}");
    assert_eq!(times("not-found-or-no-access"), Some((99, number("octo-org/none"))));
    assert_eq!(times("git-server-unavailable"), Some((9, number(WIDGETS))));
    // After a while, the next one has an intent of its own.
    ann.branches(MAIN, WIDGETS).await.expect(200);
    assert_eq!(told("ann", "intent").await.iter().filter(|entry| entry["subject"] == "branch.list").count(), 5);
}

/// Each of these denials has a link of its own to the page that would mend it.
#[tokio::test]
async fn a17_denials_with_links_are_counted_and_each_link_works() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    daemon.require_user_pat(MAIN).await;
    let ann = daemon.as_user("ann");
    let told = async || {
        let entries = daemon.as_admin(Method::GET, "/audit?user=ann&limit=500", None).await.expect(200).body;
        entries["entries"].as_array().unwrap().clone()
    };
    let mut links = Vec::new();
    for _ in 0..50 {
        let denied = ann.create_branch(MAIN, WIDGETS, "once", "main").await.problem(403, "user-pat-required");
        links.push(denied.body["setup_url"].as_str().unwrap().to_owned());
    }
    let subjects: Vec<_> = told().await.into_iter().map(|entry| entry["subject"].clone()).collect();
    assert_eq!(subjects.len(), 2, "one denial and one link: {subjects:?}");
    links.sort();
    links.dedup();
    assert_eq!(links.len(), 50);
    daemon.clock.advance_ms(10 * 60 * 1000);
    sweep(&daemon.app).await.unwrap();
    let times: Vec<_> = told().await.into_iter().filter_map(|entry| entry["details"]["times"].as_u64()).collect();
    assert_eq!(times, [49, 49]);
    for link in [&links[0], &links[49]] {
        daemon.visit(link).await.get().await.expect(200);
    }
}

/// Of 120 a minute, after which a denial says why there is none.
#[tokio::test(flavor = "multi_thread")]
async fn a17_a_denial_that_comes_without_a_link_says_why() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    daemon.require_user_pat(MAIN).await;
    let ann = daemon.as_user("ann");
    let mut links = 0;
    let without = loop {
        let denied = ann.create_branch(MAIN, WIDGETS, "often", "main").await.problem(403, "user-pat-required");
        if denied.body["setup_url"].is_null() {
            break denied;
        }
        links += 1;
        assert!(links < 600, "there is no end of links");
    };
    assert!(links >= 120, "{links}");
    let detail = without.body["detail"].as_str().unwrap();
    assert!(
        detail.contains("There is no link to a page that mends it: This user asked for a link to a page more often")
    );
    assert!(detail.ends_with("Ask again in 1 s."), "{detail}");
}
