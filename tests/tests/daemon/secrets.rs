//! Where a secret is not: in files, answers, logs, metrics and the audit log; and what happens where somebody moves the
//! sealed one.
//!
//! Every other test looks too: the client fails on an answer, and the harness on a log line, with a token in it. What the
//! guest's own memory holds cannot be read from here; that it is never handed the secret shows where a server echoes it.

use countersign_tests::canary::files_below;
use countersign_tests::daemon::{Daemon, GitHubServer, MAIN, WIDGETS, all_at_once, leaks};
use countersign_tests::standin::faults::{Fault, When};
use countersign_tests::standin::github::token;
use http::{Method, StatusCode};
use rusqlite::Connection;
use serde_json::json;

use crate::told::{Told, Words};

#[tokio::test]
async fn p5_no_file_holds_a_secret() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let ann = daemon.as_user("ann");
    ann.save_pat(MAIN, token::ALICE).await.expect(200);
    ann.create_branch(MAIN, WIDGETS, "feature/x", "main").keyed("a key").await.expect(201);
    ann.save_pat(MAIN, token::ALICE_REVOKED).await.problem(403, "user-pat-rejected");
    let files = files_below(&daemon.data_dir());
    assert!(files.iter().any(|(name, _)| name.ends_with("countersign.db")));
    assert!(
        files.iter().any(|(_, bytes)| bytes.windows(12).any(|window| window == b"acme/widgets")),
        "the files are read"
    );
    for (name, bytes) in files {
        assert_eq!(leaks::in_text(&bytes), None, "{name}");
    }
}

/// A link works once, for whoever has it: it is told, and told again to whoever asks with the same key, and kept nowhere.
#[tokio::test]
async fn p5_no_file_holds_a_link_that_was_made_with_a_key() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let ann = daemon.as_user("ann");
    let make = || ann.post("/api/v1/setup-links", &json!({ "integration": MAIN, "project": "ABC" })).keyed("a key");
    let made = make().await.expect(201);
    let (_, secret) = made.text_at("/url").rsplit_once('/').unwrap();
    for (name, bytes) in files_below(&daemon.data_dir()) {
        let is_there = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!is_there, "the link is in {name}");
    }
    let again = make().await.expect(201);
    assert_eq!((&again.text, again.header("content-type")), (&made.text, made.header("content-type")));
    daemon.call(Method::GET, &format!("/open/{secret}")).await.expect(200);
}

#[tokio::test]
async fn p5_looking_for_secrets_in_the_log_finds_what_is_there() {
    let _daemon = Daemon::start(GitHubServer::Cloud).await;
    let before = leaks::seen();
    tracing::trace!(canary = leaks::CANARY, "a line of a test");
    let after = leaks::seen();
    assert_eq!(after.0, before.0 + 1);
    assert!(before.1 > 0, "the daemon's own lines come by too");
    assert_eq!(leaks::in_text(format!("x{}y", token::BOB).as_bytes()), Some(token::BOB));
}

#[tokio::test]
async fn p6_a_secret_the_git_server_echoes_reaches_nobody() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let ann = daemon.as_user("ann");
    ann.save_pat(MAIN, token::ALICE).await.expect(200);
    let status = StatusCode::FORBIDDEN;
    daemon.stand_in.faults.once(When::ends_with(Method::POST, "/git/refs"), Fault::EchoAuthorization { status });
    let refused = ann.create_branch(MAIN, WIDGETS, "feature/x", "main").await.expect(502);
    assert!(refused.text.contains("Authorization: Bearer [redacted]"), "{}", refused.text);
    // The same words stand in the audit log, redacted too: the client looks.
    let log = daemon.audit().await;
    assert!(log.last().unwrap()["details"]["message"].as_str().unwrap().contains("[redacted]"));
}

#[tokio::test]
async fn p6_a_secret_the_git_server_echoes_is_redacted_before_the_guest_reads_it() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let told = Told::in_place_of_the_component(&daemon).await;
    let ann = daemon.as_user("ann");
    ann.save_pat(MAIN, token::ALICE).await.expect(200);
    for (text, heard) in [(token::ALICE, "protected"), ("Authorization: Bearer [redacted]", "read-only")] {
        told.say(Words { listens_for: Some(text), ..Words::default() });
        let status = StatusCode::FORBIDDEN;
        daemon.stand_in.faults.once(When::any(), Fault::EchoAuthorization { status });
        ann.check_pat(MAIN).await.problem(403, heard);
    }
}

#[tokio::test]
async fn s1_a_sealed_pat_moved_to_another_user_does_not_open() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let (ann, bob) = (daemon.as_user("ann"), daemon.as_user("bob"));
    ann.save_pat(MAIN, token::ALICE).await.expect(200);
    bob.save_pat(MAIN, token::BOB).await.expect(200);
    swap_sealed(&daemon);
    daemon.stand_in.record.clear();
    for user in [&ann, &bob] {
        let refused = user.create_branch(MAIN, WIDGETS, "feature/x", "main").await;
        let refused = refused.problem(500, "credential-unusable");
        assert_eq!((refused.text_at("/whose"), refused.text_at("/setup_url").is_empty()), ("user", false));
        user.check_pat(MAIN).await.problem(500, "credential-unusable");
    }
    assert_eq!(daemon.stand_in.record.requests().len(), 0);
    ann.save_pat(MAIN, token::ALICE).await.expect(200);
    ann.create_branch(MAIN, WIDGETS, "feature/x", "main").await.expect(201);
}

fn swap_sealed(daemon: &Daemon) {
    let database = Connection::open(daemon.database()).unwrap();
    // From a copy: an update reads the rows it has written already.
    database.execute("CREATE TEMP TABLE was AS SELECT * FROM pats", []).unwrap();
    let swapped = database.execute(
        "UPDATE pats SET (key_id, salt, nonce, ciphertext) =
           (SELECT key_id, salt, nonce, ciphertext FROM was WHERE was.jira_user <> pats.jira_user)",
        [],
    );
    assert_eq!(swapped.unwrap(), 2);
}

#[tokio::test]
async fn s8_of_two_saves_at_once_one_wins_whole() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let ann = daemon.as_user("ann");
    for _ in 0..5 {
        let saves = [token::ALICE, token::BOB, token::ALICE_FINE, token::MALLORY].map(|pat| ann.save_pat(MAIN, pat));
        for saved in all_at_once(saves).await {
            saved.expect(200);
        }
        // What is shown is what is used: a check asks the git server whose it is.
        let shown = ann.pat(MAIN).await.expect(200);
        let checked = ann.check_pat(MAIN).await.expect(200);
        assert_eq!(shown.body["account"], checked.body["account"]);
        assert_eq!(checked.body.get("previous_account"), None);
    }
}
