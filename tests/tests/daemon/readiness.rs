//! `/readyz` says what operations would say: what is damaged under a daemon takes it out of service, with the reason, and what is
//! mended puts it back.

use std::time::Duration;

use countersign_tests::daemon::{Daemon, GitHubServer, MAIN, WIDGETS};
use http::Method;
use rusqlite::Connection;
use tokio::time::sleep;

/// How long an answer is given again, and a little.
const UNTIL_ASKED_AGAIN: Duration = Duration::from_millis(3_200);

async fn readyz(daemon: &Daemon) -> (u16, String) {
    let answer = daemon.call(Method::GET, "/readyz").await;
    (answer.status, answer.text)
}

/// What `/readyz` says once this was done, and what it says once it was undone.
async fn damaged(daemon: &Daemon, damage: &str, mend: &str) -> String {
    let database = Connection::open(daemon.database()).unwrap();
    assert!(database.execute(damage, []).unwrap() > 0, "{damage}");
    sleep(UNTIL_ASKED_AGAIN).await;
    let (status, why) = readyz(daemon).await;
    assert_eq!(status, 503, "{damage}: {why}");
    daemon.as_user("ann").create_branch(MAIN, WIDGETS, "x", "main").await.problem(503, "store-unavailable");
    assert!(database.execute(mend, []).unwrap() > 0, "{mend}");
    sleep(UNTIL_ASKED_AGAIN).await;
    assert_eq!(readyz(daemon).await, (200, "ready\n".to_owned()), "{mend}");
    why
}

#[tokio::test]
async fn what_no_operation_can_read_makes_a_daemon_unready_until_it_is_mended() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    for _ in 0..100 {
        if readyz(&daemon).await.0 == 200 {
            break;
        }
        sleep(Duration::from_millis(50)).await;
    }
    let cases = [
        ("DELETE FROM policy", "INSERT INTO policy (id, require_user_pat) VALUES (1, 0)", "the store cannot be used"),
        (
            "UPDATE providers SET description = 'x' || description",
            "UPDATE providers SET description = substr(description, 2)",
            "the registered providers cannot be read",
        ),
        (
            "UPDATE integrations SET connection = 'x' || connection",
            "UPDATE integrations SET connection = substr(connection, 2)",
            "the store cannot be used",
        ),
    ];
    for (damage, mend, why) in cases {
        assert_eq!(damaged(&daemon, damage, mend).await, format!("not ready: {why}\n"));
    }
}
