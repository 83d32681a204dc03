//! A17: one user's flood is her own.

use std::time::{Duration, Instant};

use countersign_tests::daemon::{Answer, Daemon, GitHubServer, MAIN, User, WIDGETS, at};
use countersign_tests::standin::StandIn as _;
use countersign_tests::standin::faults::{Fault, When};
use http::Method;
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
