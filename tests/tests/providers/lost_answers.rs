//! V7: the git server acted, and its answer never came. It is looked up, reported as made, and not made twice.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use countersign_tests::daemon::{Daemon, Holder, MAIN, Made, Place, Server, User, at};
use countersign_tests::standin::StandIn as _;
use countersign_tests::standin::faults::{Fault, When};
use countersign_tests::standin::message::Answer;
use http::header::LOCATION;
use http::{Method, StatusCode};
use serde_json::json;

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
    // Where what is asked behind it is held back, too, nobody says that nothing was done, and what was made anew is not deleted unseen.
    let elsewhere = |status| Answer::text(status, "").with(LOCATION, "https://login.example.com/");
    for (number, answer) in [
        Answer::html(StatusCode::FORBIDDEN, "<html><title>Response blocked</title></html>"),
        Answer::text(StatusCode::FORBIDDEN, "blocked"),
        Answer::text(StatusCode::NOT_FOUND, ""),
        elsewhere(StatusCode::FOUND),
        elsewhere(StatusCode::SEE_OTHER),
    ]
    .into_iter()
    .enumerate()
    {
        let (name, status) = (format!("untold-{number}"), answer.status);
        ann.create_branch(MAIN, widgets(server), &name, "main").await.expect(201);
        let held_back = Fault::HeldBack(answer.clone());
        unheard_of(&daemon, server.deletes_branch(), held_back, Fault::Instead(answer));
        let refused = ann.delete_branch(MAIN, widgets(server), &name).await.problem(502, "unexpected-reply");
        let told = refused.text_at("/detail");
        assert!(told.contains("most likely nothing was done, but that could not be looked up"), "{status}: {told}");
        daemon.stand_in().faults().clear();
        assert!(daemon.show_ref(server.full_name(Place::Widgets), &name).is_none(), "{status}");
        ann.create_branch(MAIN, widgets(server), &name, "main").await.expect(201);
        ann.delete_branch(MAIN, widgets(server), &name).await.problem(409, "changed-meanwhile");
    }
}

/// What its base was when it was made, nobody knows any more: it may be hers, and that is what she is told.
pub async fn a_branch_whose_base_moved_on<S: Server>(server: S) {
    let daemon = Daemon::start(server).await;
    let (ann, bob) = two_users(&daemon).await;
    lose(&daemon, server.creates(Made::Branch));
    ann.create_branch(MAIN, widgets(server), "mine", "main").await.problem(504, "outcome-unknown");
    daemon.stand_in().faults().clear();
    daemon.stand_in().git(server.full_name(Place::Widgets)).add_commit("main", "later.txt").unwrap();
    let told = async |user: &User| {
        let there = user.create_branch(MAIN, widgets(server), "mine", "main").await.problem(409, "already-exists");
        there.text_at("/detail").contains("It may be what came of an earlier attempt of yours, whose answer was lost")
    };
    assert!(!told(&bob).await, "it is none of his");
    assert!(told(&ann).await);
    assert!(told(&ann).await, "that it is there tells her no more the second time");
}

/// Whoever asks while nobody can look is told of no attempt that she did not make, now and later.
pub async fn what_another_lost<S: Server>(server: S) {
    let daemon = Daemon::start(server).await;
    let (ann, bob) = two_users(&daemon).await;
    lose(&daemon, server.creates(Made::Branch));
    bob.create_branch(MAIN, widgets(server), "bobs", "main").await.problem(504, "outcome-unknown");
    daemon.stand_in().faults().clear();
    daemon.stand_in().faults().always(When::any(), Fault::Instead(Answer::text(StatusCode::BAD_GATEWAY, "down")));
    let down = ann.create_branch(MAIN, widgets(server), "bobs", "main").await.problem(502, "git-server-unavailable");
    assert!(!down.text.contains("earlier attempt"), "{}", down.text);
    daemon.stand_in().faults().clear();
    for (user, is_hers) in [(&ann, false), (&bob, true)] {
        let found = user.create_branch(MAIN, widgets(server), "bobs", "main").await.expect(200);
        assert_eq!((&found.body["existed"], &found.body["answer_lost"]), (&true.into(), &is_hers.into()));
    }
}

/// Something before the git server lets nothing pass any more. A change was not made by who says so, whatever it asks for.
pub async fn a_refusal_of_everything<S: Server>(server: S) {
    let daemon = Daemon::start(server).await;
    let ann = with(&daemon, Holder::Alice).await;
    let html = |status| Answer::html(status, "<html><title>Request blocked</title></html>");
    let json = |status| Answer::json(status, &serde_json::json!({ "message": "Request blocked" }));
    for (answer, is_sure) in [
        (html(StatusCode::FORBIDDEN), Some(false)),
        (html(StatusCode::NOT_FOUND), Some(false)),
        (html(StatusCode::UNAVAILABLE_FOR_LEGAL_REASONS), Some(false)),
        (html(StatusCode::BAD_REQUEST), Some(true)),
        (html(StatusCode::PROXY_AUTHENTICATION_REQUIRED), Some(true)),
        (html(StatusCode::PAYLOAD_TOO_LARGE), Some(true)),
        (html(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE), Some(true)),
        // Where it has the form of the git server's own words, it is taken for that.
        (json(StatusCode::PAYMENT_REQUIRED), None),
        (json(StatusCode::LOCKED), None),
        (json(StatusCode::IM_A_TEAPOT), None),
    ] {
        let (status, name) = (answer.status, format!("kept-{}", answer.status.as_u16()));
        ann.create_branch(MAIN, widgets(server), &name, "main").await.expect(201);
        daemon.stand_in().record().clear();
        daemon.stand_in().faults().always(When::any(), Fault::Instead(answer));
        let refused = ann.delete_branch(MAIN, widgets(server), &name).await;
        daemon.stand_in().faults().clear();
        let told = refused.text_at("/detail");
        assert_ne!(refused.code(), "outcome-unknown", "{status}: {told}");
        assert!(told.contains("Request blocked"), "{status}: {told}");
        // Some are asked for the branch first.
        let deletes = server.deletes_branch();
        let is_sent = daemon.stand_in().record().requests().iter().any(|recorded| deletes.holds(&recorded.request));
        if let Some(is_sure) = is_sure {
            assert_eq!(told.contains("most likely nothing was done, but"), is_sent && !is_sure, "{status}: {told}");
        }
        assert!(daemon.show_ref(server.full_name(Place::Widgets), &name).is_some());
    }
}

/// What was to be deleted, and may have been, is looked for when it is asked for again; what is there by then may be another's.
pub async fn a_deletion_asked_again<S: Server>(server: S) {
    let daemon = Daemon::start(server).await;
    let ann = with(&daemon, Holder::Alice).await;
    let unseen = async |name: &str, fault: Fault| {
        ann.create_branch(MAIN, widgets(server), name, "main").await.expect(201);
        unheard_of(&daemon, server.deletes_branch(), fault, Fault::CloseBeforeActing);
        ann.delete_branch(MAIN, widgets(server), name).keyed(name).await.problem(504, "outcome-unknown");
        daemon.stand_in().faults().clear();
        daemon.stand_in().record().clear();
    };
    let deletions = || sent(&daemon, &server.deletes_branch());
    unseen("feature/gone", Fault::ReplyLost).await;
    let gone = ann.delete_branch(MAIN, widgets(server), "feature/gone").keyed("feature/gone").await.expect(200);
    assert_eq!((gone.body["answer_lost"].as_bool(), deletions()), (Some(true), 0));

    unseen("feature/anew", Fault::ReplyLost).await;
    ann.create_branch(MAIN, widgets(server), "feature/anew", "main").await.expect(201);
    daemon.stand_in().record().clear();
    let ask = || ann.delete_branch(MAIN, widgets(server), "feature/anew").keyed("feature/anew");
    let there = ask().await.problem(409, "changed-meanwhile");
    assert!(there.text_at("/detail").contains("ask once more to have it deleted as it is now"), "{}", there.text);
    assert_eq!(deletions(), 0);
    assert!(daemon.show_ref(server.full_name(Place::Widgets), "feature/anew").is_some());
    let deleted = ask().await.expect(200);
    assert_eq!((deleted.body["existed"].as_bool(), deleted.body["answer_lost"].as_bool()), (Some(true), Some(false)));
    assert_eq!(daemon.show_ref(server.full_name(Place::Widgets), "feature/anew"), None);

    // Nobody has looked where that was refused: what came of it is as unknown as before.
    unseen("feature/open", Fault::ReplyLost).await;
    let ask = || ann.delete_branch(MAIN, widgets(server), "feature/open").keyed("feature/open");
    for answer in [
        Answer::html(StatusCode::FORBIDDEN, "<html><title>Request blocked</title></html>"),
        Answer::html(StatusCode::SERVICE_UNAVAILABLE, "<html><title>Down</title></html>"),
        Answer::text(StatusCode::FORBIDDEN, "blocked"),
    ] {
        daemon.stand_in().faults().always(When::any(), Fault::Instead(answer));
        let unknown = ask().await.problem(504, "outcome-unknown");
        assert!(!unknown.text.contains("nothing was done"), "{}", unknown.text);
        daemon.stand_in().faults().clear();
    }
    ann.create_branch(MAIN, widgets(server), "feature/open", "main").await.expect(201);
    ask().await.problem(409, "changed-meanwhile");
    assert!(daemon.show_ref(server.full_name(Place::Widgets), "feature/open").is_some());
}

/// What was lost in a repository is looked for there, however it is spelt the next time: by its path or its number, in capitals.
pub async fn in_a_repository_spelt_otherwise<S: Server>(server: S) {
    let daemon = Daemon::start(server).await;
    let (ann, bob) = two_users(&daemon).await;
    let Some(other) = another_spelling(&ann, server).await else { return };
    let faults = || daemon.stand_in().faults();
    lose(&daemon, server.creates(Made::Branch));
    ann.create_branch(MAIN, widgets(server), "made", "main").keyed(KEY).await.problem(504, "outcome-unknown");
    faults().clear();
    daemon.stand_in().record().clear();
    // Another's look says nothing to her.
    bob.create_branch(MAIN, widgets(server), "made", "main").await.expect(200);
    let found = ann.create_branch(MAIN, &other, "made", "main").await.expect(200);
    assert_eq!((&found.body["existed"], &found.body["answer_lost"]), (&true.into(), &true.into()));
    assert_eq!(creations(&daemon, server, Made::Branch), 0);
    lose(&daemon, server.deletes_branch());
    ann.delete_branch(MAIN, widgets(server), "made").await.problem(504, "outcome-unknown");
    faults().clear();
    bob.create_branch(MAIN, &other, "made", "main").await.expect(201);
    daemon.stand_in().record().clear();
    ann.delete_branch(MAIN, &other, "made").await.problem(409, "changed-meanwhile");
    assert_eq!(sent(&daemon, &server.deletes_branch()), 0);
    assert!(daemon.show_ref(server.full_name(Place::Widgets), "made").is_some());
    // At the same time, too.
    faults().once(server.creates(Made::Branch), Fault::DelayAnswer { delay_ms: 300 });
    let (one, another) = tokio::join!(
        ann.create_branch(MAIN, widgets(server), "twice", "main"),
        ann.create_branch(MAIN, &other, "twice", "main")
    );
    assert_eq!([one.status, another.status].iter().sum::<u16>(), 201 + 200, "{} {}", one.text, another.text);
    assert_eq!(creations(&daemon, server, Made::Branch), 1);
}

/// Two ask at once where nobody knows yet what the repository is called: the second is told what the first found out.
pub async fn two_at_once_in_a_repository_spelt_otherwise<S: Server>(server: S) {
    let daemon = Daemon::start(server).await;
    let (ann, bob) = two_users(&daemon).await;
    let Some(other) = another_spelling(&ann, server).await else { return };
    let faults = || daemon.stand_in().faults();
    let forget = async |number: usize| {
        let renamed = json!({ "name": format!("Named {number}") });
        daemon.as_admin(Method::PATCH, &format!("/integrations/{MAIN}"), Some(renamed)).await.expect(200);
        daemon.stand_in().record().clear();
    };
    for (number, spelling) in [widgets(server), &other].into_iter().enumerate() {
        let name = format!("anew-{number}");
        ann.create_branch(MAIN, widgets(server), &name, "main").await.expect(201);
        lose(&daemon, server.deletes_branch());
        ann.delete_branch(MAIN, widgets(server), &name).await.problem(504, "outcome-unknown");
        faults().clear();
        bob.create_branch(MAIN, widgets(server), &name, "main").await.expect(201);
        forget(2 * number).await;
        let ask = || ann.delete_branch(MAIN, spelling, &name);
        let (one, another) = tokio::join!(ask(), ask());
        one.problem(409, "changed-meanwhile");
        another.problem(409, "changed-meanwhile");
        assert_eq!(sent(&daemon, &server.deletes_branch()), 0);
        ask().await.expect(200);

        // One finds out and is refused, the other has waited, and her answer is lost: asked again, hers is looked for.
        let name = format!("hers-{number}");
        forget(2 * number + 1).await;
        let ask = |user: &User| user.create_branch(MAIN, spelling, &name, "main");
        let (creates, begun) = (server.creates(Made::Branch), AtomicUsize::new(0));
        let is_behind = When::request(move |request| {
            let begins = usize::from(creates.holds(request));
            begun.fetch_add(begins, Ordering::Relaxed) >= 2
        });
        faults().always(is_behind, Fault::CloseBeforeActing);
        faults().once(When::new(Method::GET, |_| true), Fault::DelayBeforeActing { delay_ms: 300 });
        let refusal = Answer::text(StatusCode::TOO_MANY_REQUESTS, "slow down");
        faults().once(server.creates(Made::Branch), Fault::Instead(refusal));
        faults().once(server.creates(Made::Branch), Fault::ReplyLost);
        let later = async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            ask(&ann).await
        };
        let (one, another) = tokio::join!(ask(&bob), later);
        assert_eq!((one.status, another.status), (429, 504), "{} {}", one.text, another.text);
        assert!(faults().all_happened());
        faults().clear();
        daemon.stand_in().record().clear();
        let (one, another) = tokio::join!(ask(&ann), ask(&ann));
        for found in [one, another] {
            assert!(found.expect(200).body["existed"].as_bool().unwrap());
        }
        assert_eq!(creations(&daemon, server, Made::Branch), 0);
    }
    // Nor is she told of an outage alone where nobody can look what it is called.
    lose(&daemon, server.deletes_branch());
    ann.delete_branch(MAIN, widgets(server), "hers-0").await.problem(504, "outcome-unknown");
    faults().clear();
    forget(9).await;
    for answer in [
        Answer::html(StatusCode::FORBIDDEN, "<html><title>Blocked</title></html>"),
        Answer::text(StatusCode::SERVICE_UNAVAILABLE, "down"),
    ] {
        faults().always(When::any(), Fault::Instead(answer));
        for spelling in [widgets(server), &other] {
            let unknown = ann.delete_branch(MAIN, spelling, "hers-0").await.problem(504, "outcome-unknown");
            assert!(unknown.text_at("/detail").contains("earlier attempt"), "{}", unknown.text);
        }
        faults().clear();
    }
    let gone = ann.delete_branch(MAIN, &other, "hers-0").await.expect(200);
    assert_eq!(gone.body["answer_lost"], true);
    for (number, spelling) in [widgets(server), &other].into_iter().enumerate() {
        ann.create_branch(MAIN, widgets(server), "hers-0", "main").await.expect(201);
        forget(10 + number).await;
        let deleted = ann.delete_branch(MAIN, spelling, "hers-0").await.expect(200);
        assert_eq!(deleted.body["existed"], true, "nothing is left of what was lost, by any name");
    }
    // An outage alone is told as that, whatever else of hers is in doubt.
    lose(&daemon, server.creates(Made::Branch));
    ann.create_branch(MAIN, widgets(server), "doubtful", "main").await.problem(504, "outcome-unknown");
    faults().clear();
    forget(20).await;
    faults().always(When::any(), Fault::Instead(Answer::text(StatusCode::SERVICE_UNAVAILABLE, "down")));
    for spelling in [widgets(server), &other] {
        let down = ann.delete_branch(MAIN, spelling, "develop").await.problem(502, "git-server-unavailable");
        assert!(!down.text.contains("earlier attempt"), "{}", down.text);
    }
}

/// Both with Alice's credential.
async fn two_users<S: Server>(daemon: &Daemon<S>) -> (User, User) {
    let ann = with(daemon, Holder::Alice).await;
    let bob = daemon.as_user("bob");
    bob.save_credential(MAIN, &daemon.credential(Holder::Alice)).await.expect(200);
    (ann, bob)
}

/// Of the repository's name; none where it has but one.
async fn another_spelling<S: Server>(ann: &User, server: S) -> Option<String> {
    let read = at(&["integrations", MAIN, "repositories", widgets(server)]);
    let read = ann.get(&format!("{read}?project=ABC")).await.expect(200);
    match read.body["id"].as_str().unwrap() {
        // Names of repositories that differ in capitals are those of two, at CodeCommit.
        id if id == widgets(server) && server.provider() == "codecommit" => None,
        id if id == widgets(server) => Some(id.to_uppercase()),
        id => Some(id.to_owned()),
    }
}

/// One after the other, and who waited looks first.
pub async fn two_deletions_at_once<S: Server>(server: S) {
    let daemon = Daemon::start(server).await;
    let (ann, bob) = two_users(&daemon).await;
    let deletions = || sent(&daemon, &server.deletes_branch());
    for other in [&ann, &bob] {
        ann.create_branch(MAIN, widgets(server), "gone", "main").await.expect(201);
        daemon.stand_in().record().clear();
        daemon.stand_in().faults().once(server.deletes_branch(), Fault::DelayAnswer { delay_ms: 300 });
        let ask = |user: &User| user.delete_branch(MAIN, widgets(server), "gone");
        let (one, another) = tokio::join!(ask(&ann), ask(other));
        let mut existed = [one, another].map(|one| one.expect(200).body["existed"].as_bool().unwrap());
        existed.sort_unstable();
        assert_eq!((existed, deletions()), ([false, true], 1));
    }
    // What may have been deleted, and was made anew: neither of two who ask at once deletes it unseen.
    ann.create_branch(MAIN, widgets(server), "anew", "main").await.expect(201);
    lose(&daemon, server.deletes_branch());
    ann.delete_branch(MAIN, widgets(server), "anew").await.problem(504, "outcome-unknown");
    daemon.stand_in().faults().clear();
    bob.create_branch(MAIN, widgets(server), "anew", "main").await.expect(201);
    daemon.stand_in().record().clear();
    let ask = || ann.delete_branch(MAIN, widgets(server), "anew");
    let (one, another) = tokio::join!(ask(), ask());
    one.problem(409, "changed-meanwhile");
    another.problem(409, "changed-meanwhile");
    assert_eq!(deletions(), 0);
    ask().await.expect(200);
}

fn creations<S: Server>(daemon: &Daemon<S>, server: S, what: Made) -> usize {
    sent(daemon, &server.creates(what))
}

/// How many requests of a sort the git server has on record.
fn sent<S: Server>(daemon: &Daemon<S>, which: &When) -> usize {
    daemon.stand_in().record().requests().iter().filter(|recorded| which.holds(&recorded.request)).count()
}

/// The next change ends in one fault, and everything that is asked behind it in the other.
fn unheard_of<S: Server>(daemon: &Daemon<S>, change: When, ends: Fault, behind: Fault) {
    let (begins, is_begun) = (change.clone(), AtomicBool::new(false));
    let is_behind = When::request(move |request| is_begun.fetch_or(begins.holds(request), Ordering::Relaxed));
    daemon.stand_in().faults().always(is_behind, behind);
    daemon.stand_in().faults().once(change, ends);
}

/// The answer to the next change is lost, and nothing can be looked up behind it.
fn lose<S: Server>(daemon: &Daemon<S>, change: When) {
    unheard_of(daemon, change, Fault::ReplyLost, Fault::CloseBeforeActing);
}
