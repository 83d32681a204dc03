//! Pull requests: made, found open, refused; each looked at in the stand-in itself.

use countersign_tests::daemon::{Daemon, Holder, MAIN, Place, Server};
use countersign_tests::standin::StandIn as _;
use serde_json::json;

use super::{widgets, with};

pub async fn created<S: Server>(server: S) {
    let daemon = Daemon::start(server).await;
    daemon.require_user_pat(MAIN).await;
    let ann = with(&daemon, Holder::Alice).await;
    let opened = ann.create_pull_request(MAIN, widgets(server), "develop").await.expect(201);
    let made = &daemon.stand_in().pull_requests(server.full_name(Place::Widgets))[0];
    assert_eq!((made.author.as_str(), made.source.as_str(), made.target.as_str()), ("alice", "develop", "main"));
    assert_eq!(made.title, "Merge develop");
    assert_eq!(opened.text_at("/pull_request/number"), made.number);
    assert!(opened.text_at("/pull_request/url").contains(&made.number), "{}", opened.text);
    let alice = server.account(Holder::Alice);
    assert_eq!(opened.text_at("/pull_request/author/login"), alice);
    assert_eq!(opened.text_at("/receipt/account/login"), alice);
    assert_eq!(opened.body["receipt"]["expected_account"], json!(null), "the account that was recorded at saving");
    let record = daemon.stand_in().record();
    assert!(record.requests().iter().all(|request| request.account.as_deref() == Some("alice")));
}

/// Whoever opened it, and on whichever page it is found.
pub async fn one_that_is_open_already<S: Server>(server: S) {
    let daemon = Daemon::start_before(server, server.usual(Some(1)).await).await;
    let ann = with(&daemon, Holder::Alice).await;
    ann.create_branch(MAIN, widgets(server), "feature/x", "develop").await.expect(201);
    let first = ann.create_pull_request(MAIN, widgets(server), "develop").await.expect(201);
    ann.create_pull_request(MAIN, widgets(server), "feature/x").await.expect(201);
    let integration = daemon.as_user("nobody-with-a-pat");
    for user in [&ann, &integration] {
        let again = user.create_pull_request(MAIN, widgets(server), "develop").await.expect(200);
        assert_eq!(again.body["existed"], true);
        assert_eq!(again.text_at("/pull_request/number"), first.text_at("/pull_request/number"));
    }
    assert_eq!(daemon.stand_in().pull_requests(server.full_name(Place::Widgets)).len(), 2);
}

pub async fn a_missing_branch<S: Server>(server: S) {
    let daemon = Daemon::start(server).await;
    let ann = with(&daemon, Holder::Alice).await;
    for (source, target) in [("no/such", "main"), ("develop", "no/such")] {
        let body = json!({ "title": "t", "source": source, "target": target, "project": "ABC" });
        let refused = ann.ask_for_pull_request(MAIN, widgets(server), &body).await.problem(422, "base-missing");
        assert_eq!(refused.text_at("/missing"), "no/such");
    }
    assert!(daemon.stand_in().pull_requests(server.full_name(Place::Widgets)).is_empty());
}

pub async fn nothing_to_merge<S: Server>(server: S) {
    let daemon = Daemon::start(server).await;
    let ann = with(&daemon, Holder::Alice).await;
    ann.create_branch(MAIN, widgets(server), "feature/x", "main").await.expect(201);
    ann.create_pull_request(MAIN, widgets(server), "feature/x").await.problem(422, "nothing-to-merge");
    assert!(daemon.stand_in().pull_requests(server.full_name(Place::Widgets)).is_empty());
}
