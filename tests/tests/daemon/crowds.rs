//! A17: one user's flood is her own.

use std::time::{Duration, Instant};

use countersign_tests::daemon::{Answer, Daemon, GitHubServer, MAIN, User, WIDGETS, at};
use countersign_tests::standin::StandIn as _;
use countersign_tests::standin::faults::{Fault, When};
use http::Method;
use tokio::task::JoinSet;

/// How many calls of one user are slow.
const FLOOD: usize = 700;
/// How long each takes.
const SLOW_MS: u64 = 4000;

async fn looked_up(user: &User) -> Duration {
    let repository = format!("{}?project=ABC", at(&["integrations", MAIN, "repositories", WIDGETS]));
    let begun = Instant::now();
    user.get(&repository).await.expect(200);
    begun.elapsed()
}

/// The longest of a few.
async fn longest(user: &User, times: usize) -> Duration {
    let mut longest = Duration::ZERO;
    for _ in 0..times {
        longest = longest.max(looked_up(user).await);
    }
    longest
}

#[tokio::test]
async fn a17_seven_hundred_slow_calls_of_one_user_keep_nobody_else_waiting() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let (ann, mallory) = (daemon.as_user("ann"), daemon.as_user("mallory"));
    looked_up(&ann).await;
    let quiet = longest(&ann, 20).await;
    let slow = When::new(Method::GET, |path| path.ends_with("/branches") || path.contains("/matching-refs/"));
    daemon.stand_in.faults().always(slow, Fault::DelayAnswer { delay_ms: SLOW_MS });
    let begun = Instant::now();
    let mut flood: JoinSet<Answer> = JoinSet::new();
    for _ in 0..FLOOD {
        flood.spawn(mallory.branches(MAIN, WIDGETS).into_future());
    }
    // What does not even wait is refused by now.
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let meanwhile = longest(&ann, 20).await;
    assert!(begun.elapsed() < Duration::from_millis(SLOW_MS), "the flood goes on: {:?}", begun.elapsed());
    assert!(meanwhile <= quiet * 10, "{meanwhile:?}, and {quiet:?} when it is quiet");
    let (mut served, mut refused) = (0, 0);
    while let Some(answer) = flood.join_next().await {
        let answer = answer.unwrap();
        if answer.status == 200 {
            served += 1;
            continue;
        }
        let told = answer.problem(429, "too-many-at-once");
        assert_eq!(told.header("retry-after"), Some("5"));
        assert!(told.text_at("/detail").contains("as one user may have at once (20)"), "{}", told.text);
        refused += 1;
    }
    assert!((20..=120).contains(&served) && served + refused == FLOOD, "{served} served, {refused} refused");
    // Nothing was written down of what was refused.
    let entries = daemon.as_admin(Method::GET, "/audit?user=mallory&event=intent&limit=500", None).await.expect(200);
    assert_eq!(entries.body["entries"].as_array().unwrap().len(), served);
    daemon.stand_in.faults().clear();
    mallory.branches(MAIN, WIDGETS).await.expect(200);
}
