//! V7: an answer that never comes. What was made is found and reported as made; nothing is sent twice.

use countersign_tests::daemon::{Daemon, GitHubServer, MAIN, WIDGETS, at};
use countersign_tests::standin::faults::{Fault, When};
use countersign_tests::standin::github::token;
use countersign_tests::standin::message;
use http::{Method, StatusCode};
use serde_json::json;

const KEY: &str = "a-key-of-the-connectors";

async fn with_a_pat(server: GitHubServer) -> Daemon {
    let daemon = Daemon::start(server).await;
    daemon.require_user_pat(MAIN).await;
    daemon.as_user("ann").save_pat(MAIN, token::ALICE).await.expect(200);
    daemon.stand_in.record.clear();
    daemon
}

/// The answer to a change of the branch `lost` is lost, and it cannot be looked for.
fn lose(daemon: &Daemon, change: When) {
    daemon.stand_in.faults.once(change, Fault::ReplyLost);
    daemon.stand_in.faults.times(2, When::ends_with(Method::GET, "/git/ref/heads/lost"), Fault::CloseBeforeActing);
}

fn posts(daemon: &Daemon, path_end: &str) -> usize {
    daemon.stand_in.record.matching(&Method::POST, path_end).len()
}

#[tokio::test]
async fn v7_a_branch_whose_answer_was_lost_is_reported_as_made_and_made_once() {
    for server in GitHubServer::ALL {
        for fault in [Fault::ReplyLost, Fault::MalformedJson, Fault::WithoutMembers(vec!["object"])] {
            let daemon = with_a_pat(server).await;
            let ann = daemon.as_user("ann");
            daemon.stand_in.faults.once(When::ends_with(Method::POST, "/git/refs"), fault);
            let made = ann.create_branch(MAIN, WIDGETS, "lost", "main").keyed(KEY).await.expect(200);
            assert_eq!(made.text_at("/branch/commit"), daemon.show_ref(WIDGETS, "lost").unwrap());
            assert_eq!(made.text_at("/receipt/account/login"), "alice");
            assert!(daemon.stand_in.faults.all_happened());
            let again = ann.create_branch(MAIN, WIDGETS, "lost", "main").keyed(KEY).await.expect(200);
            assert_eq!(again.text, made.text, "a replay");
            assert_eq!(posts(&daemon, "/git/refs"), 1);
        }
    }
}

#[tokio::test]
async fn v7_a_pull_request_whose_answer_was_lost_is_reported_as_made_and_made_once() {
    for server in GitHubServer::ALL {
        let daemon = with_a_pat(server).await;
        let ann = daemon.as_user("ann");
        daemon.stand_in.faults.once(When::ends_with(Method::POST, "/pulls"), Fault::ReplyLost);
        let made = ann.create_pull_request(MAIN, WIDGETS, "develop").keyed(KEY).await.expect(200);
        assert_eq!(made.text_at("/pull_request/number"), "1");
        let again = ann.create_pull_request(MAIN, WIDGETS, "develop").keyed(KEY).await.expect(200);
        assert_eq!(again.text, made.text, "a replay");
        assert_eq!((posts(&daemon, "/pulls"), daemon.stand_in.pull_requests(WIDGETS).len()), (1, 1));
    }
}

#[tokio::test]
async fn v7_where_the_look_up_fails_too_nobody_knows_and_the_next_attempt_looks_before_it_sends() {
    let daemon = with_a_pat(GitHubServer::Cloud).await;
    let ann = daemon.as_user("ann");
    let faults = &daemon.stand_in.faults;
    lose(&daemon, When::ends_with(Method::POST, "/git/refs"));
    ann.create_branch(MAIN, WIDGETS, "lost", "main").keyed(KEY).await.problem(504, "outcome-unknown");
    assert!(faults.all_happened());
    let log = daemon.audit().await;
    assert_eq!(log.last().unwrap()["details"]["result"], "outcome-unknown");

    let found = ann.create_branch(MAIN, WIDGETS, "lost", "main").keyed(KEY).await.expect(200);
    assert_eq!(found.text_at("/branch/commit"), daemon.show_ref(WIDGETS, "lost").unwrap());
    assert_eq!(posts(&daemon, "/git/refs"), 1, "looked up, not sent again");
}

#[tokio::test]
async fn v7_what_was_not_made_is_made_by_the_next_attempt() {
    let daemon = with_a_pat(GitHubServer::Cloud).await;
    let ann = daemon.as_user("ann");
    daemon.stand_in.faults.once(When::ends_with(Method::POST, "/git/refs"), Fault::CloseBeforeActing);
    ann.create_branch(MAIN, WIDGETS, "lost", "main").await.problem(504, "outcome-unknown");
    assert_eq!(daemon.show_ref(WIDGETS, "lost"), None);
    ann.create_branch(MAIN, WIDGETS, "lost", "main").await.expect(201);
    assert_eq!(posts(&daemon, "/git/refs"), 2);
    // The pull request likewise, with the credential it began with.
    daemon.stand_in.faults.once(When::ends_with(Method::POST, "/pulls"), Fault::CloseBeforeActing);
    ann.create_pull_request(MAIN, WIDGETS, "develop").await.problem(504, "outcome-unknown");
    ann.create_pull_request(MAIN, WIDGETS, "develop").await.expect(201);
    assert_eq!(daemon.stand_in.record.tokens_seen(), [token::ALICE]);
}

/// A token that was saved unchecked is asked about first: what is said of it then is not said of what was lost.
#[tokio::test]
async fn v7_a_token_that_is_asked_about_first_settles_nothing() {
    let daemon = with_a_pat(GitHubServer::Cloud).await;
    let ann = daemon.as_user("ann");
    let faults = &daemon.stand_in.faults;
    lose(&daemon, When::ends_with(Method::POST, "/git/refs"));
    ann.create_branch(MAIN, WIDGETS, "lost", "main").await.problem(504, "outcome-unknown");
    faults.clear();
    faults.always(When::any(), Fault::Instead(message::Answer::text(StatusCode::SERVICE_UNAVAILABLE, "down")));
    let body = json!({ "fields": { "token": token::ALICE }, "project": "ABC", "allow_unchecked": true });
    ann.call(Method::PUT, &at(&["integrations", MAIN, "pat"])).json(&body).await.expect(200);
    for answer in [
        message::Answer::html(StatusCode::FORBIDDEN, "<html><title>Blocked</title></html>"),
        message::Answer::html(StatusCode::UNAUTHORIZED, "<html><title>Sign in</title></html>"),
        message::Answer::text(StatusCode::SERVICE_UNAVAILABLE, "down"),
    ] {
        faults.clear();
        faults.always(When::any(), Fault::Instead(answer));
        let unknown = ann.create_branch(MAIN, WIDGETS, "lost", "main").await.problem(504, "outcome-unknown");
        assert!(!unknown.text.contains("nothing was done"), "{}", unknown.text);
    }
    faults.clear();
    ann.create_branch(MAIN, WIDGETS, "lost", "main").await.expect(200);
    assert_eq!(posts(&daemon, "/git/refs"), 1);
}

/// What a repository is called may not be told: then it is called as it was asked for, for this once.
#[tokio::test]
async fn v7_where_a_repository_cannot_be_asked_for_nothing_is_told_that_is_not_so() {
    let daemon = with_a_pat(GitHubServer::Cloud).await;
    let (ann, bob) = (daemon.as_user("ann"), daemon.as_user("bob"));
    bob.save_pat(MAIN, token::ALICE).await.expect(200);
    let faults = &daemon.stand_in.faults;
    let read = || When::new(Method::GET, |path| path.to_lowercase().ends_with("/repos/acme/widgets"));
    let lacking = json!({ "message": "Resource not accessible by personal access token" });
    let lacking = || Fault::Instead(message::Answer::json(StatusCode::FORBIDDEN, &lacking));
    let page = |status| Fault::Instead(message::Answer::html(status, "<html><title>Blocked</title></html>"));
    let lost = || lose(&daemon, When::ends_with(Method::DELETE, "/git/refs/heads/lost"));
    let upper = WIDGETS.to_uppercase();
    // What one is told is not told to another.
    faults.always(read(), lacking());
    bob.create_branch(MAIN, &upper, "bobs", "main").await;
    faults.clear();
    ann.create_branch(MAIN, WIDGETS, "lost", "main").await.expect(201);
    lost();
    ann.delete_branch(MAIN, WIDGETS, "lost").await.problem(504, "outcome-unknown");
    faults.clear();
    bob.create_branch(MAIN, WIDGETS, "lost", "main").await.expect(201);
    ann.delete_branch(MAIN, &upper, "lost").await.problem(409, "changed-meanwhile");
    assert!(daemon.show_ref(WIDGETS, "lost").is_some());
    // Nor is it said that nothing was done where nobody could look.
    lost();
    ann.delete_branch(MAIN, WIDGETS, "lost").await.problem(504, "outcome-unknown");
    faults.clear();
    let renamed = json!({ "name": "Another" });
    daemon.as_admin(Method::PATCH, &format!("/integrations/{MAIN}"), Some(renamed)).await.expect(200);
    for status in [StatusCode::FORBIDDEN, StatusCode::NOT_FOUND, StatusCode::SERVICE_UNAVAILABLE] {
        faults.once(read(), page(status));
        let unknown = ann.delete_branch(MAIN, WIDGETS, "lost").await.problem(504, "outcome-unknown");
        assert!(!unknown.text.contains("nothing was done"), "{}", unknown.text);
    }
}

/// What was refused was not done: whoever waited for it is answered as if she had asked alone.
#[tokio::test]
async fn v7_who_waits_for_what_is_refused_is_answered_for_herself_and_what_others_lost_is_not_hers() {
    let daemon = with_a_pat(GitHubServer::Cloud).await;
    let (ann, bob) = (daemon.as_user("ann"), daemon.as_user("bob"));
    bob.save_pat(MAIN, token::ALICE).await.expect(200);
    ann.create_branch(MAIN, WIDGETS, "lost", "main").await.expect(201);
    let faults = &daemon.stand_in.faults;
    let refusal = message::Answer::text(StatusCode::TOO_MANY_REQUESTS, "slow down");
    faults.once(When::ends_with(Method::DELETE, "/git/refs/heads/lost"), Fault::Instead(refusal));
    let (one, another) =
        tokio::join!(ann.delete_branch(MAIN, WIDGETS, "lost"), bob.delete_branch(MAIN, WIDGETS, "lost"));
    let mut told = [one.status, another.status];
    told.sort_unstable();
    assert_eq!(told, [200, 429], "{} {}", one.text, another.text);

    faults.clear();
    lose(&daemon, When::ends_with(Method::POST, "/git/refs"));
    ann.create_branch(MAIN, WIDGETS, "lost", "main").await.problem(504, "outcome-unknown");
    faults.clear();
    for (user, is_hers) in [(&bob, false), (&ann, true)] {
        let found = user.create_branch(MAIN, WIDGETS, "lost", "main").await.expect(200);
        assert_eq!((&found.body["existed"], &found.body["answer_lost"]), (&true.into(), &is_hers.into()));
    }
    assert_eq!(posts(&daemon, "/git/refs"), 2);
}

/// What becomes of one user's attempt says nothing of another's.
#[tokio::test]
async fn v7_a_deletion_with_an_unknown_end_is_its_users_own_and_one_is_under_way_at_a_time() {
    let daemon = with_a_pat(GitHubServer::Cloud).await;
    let (ann, bob) = (daemon.as_user("ann"), daemon.as_user("bob"));
    bob.save_pat(MAIN, token::ALICE).await.expect(200);
    ann.create_branch(MAIN, WIDGETS, "lost", "main").await.expect(201);
    let faults = &daemon.stand_in.faults;
    let deletes = || When::ends_with(Method::DELETE, "/git/refs/heads/lost");
    lose(&daemon, deletes());
    let ask = || ann.delete_branch(MAIN, WIDGETS, "lost").keyed(KEY);
    ask().await.problem(504, "outcome-unknown");
    faults.clear();
    // What is said of her token in passing settles nothing either.
    let said = json!({ "message": "Bad credentials", "documentation_url": "https://docs.github.com/rest" });
    let refusal = message::Answer::json(StatusCode::UNAUTHORIZED, &said);
    for answer in [refusal, message::Answer::json(StatusCode::OK, &json!([]))] {
        faults.once(When::ends_with(Method::GET, "/git/ref/heads/lost"), Fault::Instead(answer));
        let unknown = ask().await.problem(504, "outcome-unknown");
        assert!(!unknown.text.contains("nothing was done"), "{}", unknown.text);
    }
    // Bob makes it anew, and has it deleted with no word of what he never asked for; a refusal of his settles nothing of hers.
    bob.create_branch(MAIN, WIDGETS, "lost", "main").await.expect(201);
    faults.once(deletes(), Fault::Instead(message::Answer::text(StatusCode::FORBIDDEN, "blocked")));
    bob.delete_branch(MAIN, WIDGETS, "lost").await.problem(502, "unexpected-reply");
    bob.delete_branch(MAIN, WIDGETS, "lost").await.expect(200);
    bob.create_branch(MAIN, WIDGETS, "lost", "main").await.expect(201);
    ann.delete_branch(MAIN, &WIDGETS.to_uppercase(), "lost").await.problem(409, "changed-meanwhile");
    faults.once(deletes(), Fault::CloseBeforeActing);
    faults.times(2, When::ends_with(Method::GET, "/git/ref/heads/lost"), Fault::CloseBeforeActing);
    ask().await.problem(504, "outcome-unknown");
    faults.clear();
    ask().await.problem(409, "changed-meanwhile");
    assert!(daemon.show_ref(WIDGETS, "lost").is_some());

    // A double click.
    faults.once(deletes(), Fault::DelayAnswer { delay_ms: 300 });
    let (first, second) =
        tokio::join!(bob.delete_branch(MAIN, WIDGETS, "lost"), bob.delete_branch(MAIN, WIDGETS, "lost"));
    let existed: Vec<_> = [first, second].map(|one| one.expect(200).body["existed"].as_bool().unwrap()).into();
    assert!(existed.contains(&true) && existed.contains(&false), "{existed:?}");
}
