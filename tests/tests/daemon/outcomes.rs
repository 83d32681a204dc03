//! S12: what was done on the git server, and could not be written down here, is said so; asked again, it is found.

use countersign_sdk::types::{Failure, FailureReason};
use countersign_tests::daemon::{Answer, Call, Daemon, GitHubServer, MAIN, User, WIDGETS, all_at_once};
use countersign_tests::standin::faults::{Fault, When};
use countersign_tests::standin::github::token;
use http::Method;
use rusqlite::Connection;

use crate::told::{Told, Words};

const KEY: &str = "a-key-of-the-connectors";

/// Writes that fail from now on as they do on a full disk, through the eyes of whoever writes.
const FULL: &str = "
    CREATE TRIGGER no_outcome BEFORE INSERT ON audit WHEN NEW.event = 'outcome'
    BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END;
    CREATE TRIGGER no_answer BEFORE UPDATE ON idempotency_keys
    BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END;
    CREATE TRIGGER no_freedom BEFORE DELETE ON idempotency_keys
    BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END;";
const ROOM_AGAIN: &str = "DROP TRIGGER no_outcome; DROP TRIGGER no_answer; DROP TRIGGER no_freedom;";

struct Disk(Connection);

impl Disk {
    fn of(daemon: &Daemon) -> Disk {
        Disk(Connection::open(daemon.database()).unwrap())
    }

    fn fills(&self) {
        self.0.execute_batch(FULL).unwrap();
    }

    fn has_room_again(&self) {
        self.0.execute_batch(ROOM_AGAIN).unwrap();
    }
}

async fn ann() -> (Daemon, User, Disk) {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let ann = daemon.as_user("ann");
    ann.save_pat(MAIN, token::ALICE).await.expect(200);
    daemon.stand_in.record.clear();
    let disk = Disk::of(&daemon);
    (daemon, ann, disk)
}

fn unknown(answer: Answer, told: &[&str]) {
    let unknown = answer.problem(504, "outcome-unknown");
    for told in told {
        assert!(unknown.text_at("/detail").contains(told), "{told}: {}", unknown.text);
    }
    assert!(!unknown.text_at("/detail").contains("othing was done"), "{}", unknown.text);
}

fn asked(daemon: &Daemon, method: &Method, path_end: &str) -> usize {
    daemon.stand_in.record.matching(method, path_end).len()
}

#[tokio::test]
async fn s12_a_branch_that_could_not_be_written_down_is_told_and_found() {
    for key in [Some(KEY), None] {
        let (daemon, ann, disk) = ann().await;
        let create = || -> Call {
            let call = ann.create_branch(MAIN, WIDGETS, "feature/x", "main");
            match key {
                Some(key) => call.keyed(key),
                None => call,
            }
        };
        disk.fills();
        unknown(create().await, &["feature/x", WIDGETS]);
        assert!(daemon.show_ref(WIDGETS, "feature/x").is_some(), "it was made");
        // As long as nothing can be written, whoever asks again hears the same, and nothing is made twice.
        unknown(create().await, &["feature/x"]);
        disk.has_room_again();
        let found = create().await;
        assert!(matches!(found.status, 200 | 201), "{}", found.text);
        assert_eq!(found.text_at("/branch/name"), "feature/x");
        assert_eq!(found.text_at("/receipt/account/login"), "alice");
        assert_eq!(asked(&daemon, &Method::POST, "/git/refs"), 1, "key {key:?}");
        if key.is_some() {
            assert_eq!(create().await.text, found.text, "replayed from then on");
        }
        let verdict = daemon.as_admin(Method::GET, "/audit/verification", None).await.expect(200);
        assert_eq!(verdict.body["intact"], true, "{}", verdict.text);
    }
}

/// A key whose answer could not be kept is free for whoever asks again, and for one of those who ask at once.
#[tokio::test]
async fn s12_of_many_who_ask_again_at_once_one_is_let_through() {
    let (daemon, ann, disk) = ann().await;
    let create = || ann.create_branch(MAIN, WIDGETS, "feature/x", "main").keyed(KEY);
    for _ in 0..5 {
        disk.fills();
        unknown(create().await, &["feature/x"]);
        disk.has_room_again();
        daemon.stand_in.faults.once(When::any(), Fault::DelayAnswer { delay_ms: 400 });
        let answers = all_at_once((0..8).map(|_| create())).await;
        let (found, waiting): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 200);
        assert_eq!(found.len(), 1, "{found:?}");
        for answer in waiting {
            answer.problem(409, "request-in-progress");
        }
        // The next round begins with a key that stands for nothing yet.
        Connection::open(daemon.database()).unwrap().execute("DELETE FROM idempotency_keys", []).unwrap();
    }
}

#[tokio::test]
async fn s12_a_pull_request_and_a_deletion_are_told_and_found_too() {
    let (daemon, ann, disk) = ann().await;
    disk.fills();
    unknown(ann.create_pull_request(MAIN, WIDGETS, "develop").keyed(KEY).await, &["develop"]);
    assert_eq!(daemon.stand_in.pull_requests(WIDGETS).len(), 1);
    disk.has_room_again();
    let found = ann.create_pull_request(MAIN, WIDGETS, "develop").keyed(KEY).await;
    assert!(matches!(found.status, 200 | 201), "{}", found.text);
    assert_eq!(daemon.stand_in.pull_requests(WIDGETS).len(), 1);

    ann.create_branch(MAIN, WIDGETS, "feature/gone", "main").await.expect(201);
    disk.fills();
    unknown(ann.delete_branch(MAIN, WIDGETS, "feature/gone").keyed("another-key").await, &["feature/gone"]);
    assert_eq!(daemon.show_ref(WIDGETS, "feature/gone"), None, "it was deleted");
    disk.has_room_again();
    ann.delete_branch(MAIN, WIDGETS, "feature/gone").keyed("another-key").await.expect(200);
}

/// The git server was asked to forget a PAT and did not answer, and then nothing can be removed here either.
#[tokio::test]
async fn s12_a_pat_that_may_be_revoked_and_is_kept_is_told_so() {
    let (daemon, ann, disk) = ann().await;
    let told = Told::in_place_of_the_component(&daemon).await;
    let lost = Failure::new(FailureReason::OutcomeUnknown, "Timed out.");
    told.say(Words { revocation: Some(Err(lost)), ..Words::default() });
    let full =
        "CREATE TRIGGER no_removal BEFORE DELETE ON pats BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END;";
    disk.0.execute_batch(full).unwrap();
    unknown(ann.revoke_pat(MAIN).await, &["asked to forget", "no answer came", "ask again"]);
    assert_eq!(ann.pat(MAIN).await.expect(200).text_at("/state"), "valid");
    // Where the git server was not asked, nothing was done.
    ann.remove_pat(MAIN).await.problem(503, "store-unavailable");
    disk.0.execute_batch("DROP TRIGGER no_removal").unwrap();
    ann.revoke_pat(MAIN).await.expect(200);
    assert_eq!(ann.pat(MAIN).await.expect(200).text_at("/state"), "missing");
}

/// What only looked is no change: nothing is unknown of it.
#[tokio::test]
async fn s12_a_list_that_could_not_be_written_down_is_refused() {
    let (_daemon, ann, disk) = ann().await;
    disk.fills();
    ann.branches(MAIN, WIDGETS).await.problem(503, "store-unavailable");
    disk.has_room_again();
    ann.branches(MAIN, WIDGETS).await.expect(200);
}

#[tokio::test]
async fn s12_what_failed_is_told_as_it_failed_written_down_or_not() {
    let (daemon, ann, disk) = ann().await;
    disk.fills();
    ann.create_branch(MAIN, WIDGETS, "feature/x", "no-such-branch").keyed(KEY).await.problem(422, "base-missing");
    disk.has_room_again();
    ann.create_branch(MAIN, WIDGETS, "feature/x", "no-such-branch").keyed(KEY).await.problem(422, "base-missing");
    assert_eq!(daemon.show_ref(WIDGETS, "feature/x"), None);
}

/// While a request may still be under way, its key belongs to it.
#[tokio::test]
async fn s12_a_key_is_claimed_for_as_long_as_a_request_may_take() {
    let (daemon, ann, _disk) = ann().await;
    let slow = When::ends_with(Method::POST, "/git/refs");
    daemon.stand_in.faults.once(slow, Fault::DelayAnswer { delay_ms: 600 });
    let first = tokio::spawn(ann.create_branch(MAIN, WIDGETS, "feature/x", "main").keyed(KEY).into_future());
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    for advanced_s in [30, 30, 30, 20] {
        daemon.clock.advance_ms(advanced_s * 1000);
        let again = ann.create_branch(MAIN, WIDGETS, "feature/x", "main").keyed(KEY).await;
        again.problem(409, "request-in-progress");
    }
    let made = first.await.unwrap().expect(201);
    let later = ann.create_branch(MAIN, WIDGETS, "feature/x", "main").keyed(KEY).await.expect(201);
    assert_eq!(later.text, made.text);
    assert_eq!(asked(&daemon, &Method::POST, "/git/refs"), 1);
}
