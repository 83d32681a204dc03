//! A17: one user's flood is her own.

use std::time::{Duration, Instant};

use countersign_tests::daemon::{Answer, Daemon, GitHubServer, MAIN, User, WIDGETS, at};
use countersign_tests::standin::StandIn as _;
use countersign_tests::standin::faults::{Fault, When};
use http::Method;
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
    // Nothing was written down of what was refused.
    let entries = daemon.as_admin(Method::GET, "/audit?user=mallory&event=intent&limit=500", None).await.expect(200);
    assert_eq!(entries.body["entries"].as_array().unwrap().len(), served);
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
