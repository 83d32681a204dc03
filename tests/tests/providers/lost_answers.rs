//! V7: the git server acted, and its answer never came. It is looked up, reported as made, and not made twice.

use std::sync::atomic::{AtomicBool, Ordering};

use countersign_tests::daemon::{Daemon, Holder, MAIN, Made, Place, Server};
use countersign_tests::standin::StandIn as _;
use countersign_tests::standin::faults::{Fault, When};
use countersign_tests::standin::message::Answer;
use http::StatusCode;

use super::{widgets, with};

const KEY: &str = "a-key-of-the-connectors";

pub async fn a_branch<S: Server>(server: S) {
    let daemon = Daemon::start(server).await;
    let ann = with(&daemon, Holder::Alice).await;
    daemon.stand_in().faults().once(server.creates(Made::Branch), Fault::ReplyLost);
    let ask = || ann.create_branch(MAIN, widgets(server), "lost", "main").keyed(KEY);
    let made = ask().await.expect(200);
    assert_eq!(made.text_at("/branch/commit"), daemon.show_ref(server.full_name(Place::Widgets), "lost").unwrap());
    assert_eq!(made.text_at("/receipt/account/login"), server.account(Holder::Alice));
    // Whether it was there before, nobody can tell.
    assert_eq!((&made.body["existed"], &made.body["answer_lost"]), (&true.into(), &true.into()));
    assert!(daemon.stand_in().faults().all_happened());
    assert_eq!(ask().await.expect(200).text, made.text, "a replay");
    assert_eq!(creations(&daemon, server, Made::Branch), 1);
}

pub async fn a_pull_request<S: Server>(server: S) {
    let daemon = Daemon::start_before(server, server.usual(Some(1)).await).await;
    let ann = with(&daemon, Holder::Alice).await;
    ann.create_branch(MAIN, widgets(server), "feature/x", "develop").await.expect(201);
    ann.create_pull_request(MAIN, widgets(server), "feature/x").await.expect(201);
    daemon.stand_in().record().clear();
    daemon.stand_in().faults().once(server.creates(Made::PullRequest), Fault::ReplyLost);
    let ask = || ann.create_pull_request(MAIN, widgets(server), "develop").keyed(KEY);
    let made = ask().await.expect(200);
    assert_eq!((made.text_at("/pull_request/source"), &made.body["answer_lost"]), ("develop", &true.into()));
    assert!(made.text_at("/notes/0").contains("reviewers may not have been asked"), "{}", made.text);
    assert_eq!(ask().await.expect(200).text, made.text, "a replay");
    assert_eq!(daemon.stand_in().pull_requests(server.full_name(Place::Widgets)).len(), 2);
    assert_eq!(creations(&daemon, server, Made::PullRequest), 1);
}

pub async fn a_deletion<S: Server>(server: S) {
    let daemon = Daemon::start(server).await;
    let ann = with(&daemon, Holder::Alice).await;
    ann.create_branch(MAIN, widgets(server), "feature/x", "main").await.expect(201);
    daemon.stand_in().faults().once(server.deletes_branch(), Fault::ReplyLost);
    let deleted = ann.delete_branch(MAIN, widgets(server), "feature/x").await.expect(200);
    assert_eq!(deleted.text_at("/receipt/account/login"), server.account(Holder::Alice));
    assert_eq!((&deleted.body["existed"], &deleted.body["answer_lost"]), (&true.into(), &true.into()));
    assert!(daemon.stand_in().faults().all_happened());
    assert_eq!(daemon.show_ref(server.full_name(Place::Widgets), "feature/x"), None);
}

/// Something before the git server holds back what it answers, and says so in its own words: with a status of the client's fault, as
/// if nothing had been done.
pub async fn an_answer_that_was_held_back<S: Server>(server: S) {
    let daemon = Daemon::start(server).await;
    let ann = with(&daemon, Holder::Alice).await;
    let faults = || daemon.stand_in().faults();
    for (number, status) in
        [StatusCode::FORBIDDEN, StatusCode::NOT_ACCEPTABLE, StatusCode::CONFLICT].into_iter().enumerate()
    {
        let page = || Answer::html(status, "<html><title>Response blocked</title></html>");
        faults().once(server.creates(Made::Branch), Fault::HeldBack(page()));
        let name = format!("held-{number}");
        let made = ann.create_branch(MAIN, widgets(server), &name, "main").await.expect(200);
        assert_eq!((&made.body["existed"], &made.body["answer_lost"]), (&true.into(), &true.into()), "{status}");
        faults().once(server.deletes_branch(), Fault::HeldBack(page()));
        ann.delete_branch(MAIN, widgets(server), &name).await.expect(200);
        assert_eq!(daemon.show_ref(server.full_name(Place::Widgets), &name), None, "{status}");
        // What was not done is told as it was said.
        faults().once(server.creates(Made::Branch), Fault::Instead(page()));
        let refused =
            ann.create_branch(MAIN, widgets(server), "refused", "main").await.problem(502, "unexpected-reply");
        assert!(refused.text_at("/detail").contains("Response blocked"), "{}", refused.text);
    }
    assert!(faults().all_happened());
    // Where what is asked behind it is held back, too, nobody can tell.
    let (creates, is_begun) = (server.creates(Made::Branch), AtomicBool::new(false));
    let behind = When::request(move |request| is_begun.fetch_or(creates.holds(request), Ordering::Relaxed));
    let page = || Answer::html(StatusCode::FORBIDDEN, "<html><title>Response blocked</title></html>");
    faults().always(behind, Fault::Instead(page()));
    faults().once(server.creates(Made::Branch), Fault::HeldBack(page()));
    let unknown = ann.create_branch(MAIN, widgets(server), "untold", "main").await.problem(504, "outcome-unknown");
    assert!(!unknown.text.contains("nothing was done"), "{}", unknown.text);
    assert!(daemon.show_ref(server.full_name(Place::Widgets), "untold").is_some());
}

fn creations<S: Server>(daemon: &Daemon<S>, server: S, what: Made) -> usize {
    let creates = server.creates(what);
    daemon.stand_in().record().requests().iter().filter(|recorded| creates.holds(&recorded.request)).count()
}
