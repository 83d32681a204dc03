//! Branches: made, found standing, refused, deleted; each looked at in the repository itself.

use countersign_tests::daemon::{Daemon, Holder, MAIN, Place, Server};
use countersign_tests::standin::StandIn as _;

use super::{widgets, with};

const NAME: &str = "feature/ABC-1-größe";

pub async fn created_and_deleted<S: Server>(server: S) {
    let daemon = Daemon::start(server).await;
    daemon.require_user_pat(MAIN).await;
    let ann = with(&daemon, Holder::Alice).await;
    let (id, name) = (widgets(server), server.full_name(Place::Widgets));
    let created = ann.create_branch(MAIN, id, NAME, "develop").await.expect(201);
    assert_eq!(created.text_at("/branch/name"), NAME);
    assert_eq!(created.text_at("/branch/commit"), daemon.show_ref(name, "develop").unwrap());
    assert_eq!(daemon.show_ref(name, NAME), daemon.show_ref(name, "develop"));
    assert_eq!(created.text_at("/receipt/account/login"), server.account(Holder::Alice));
    assert_eq!(daemon.stand_in().who_made_branch(name, NAME).as_deref(), Some("alice"));

    let deleted = ann.delete_branch(MAIN, id, NAME).await.expect(200);
    assert_eq!((&deleted.body["existed"], deleted.text_at("/receipt/acted_as")), (&true.into(), "user"));
    assert_eq!(daemon.show_ref(name, NAME), None);
    let again = ann.delete_branch(MAIN, id, NAME).await.expect(200);
    assert_eq!(again.body["existed"], false);
    let record = daemon.stand_in().record();
    assert!(record.requests().iter().all(|request| request.account.as_deref() == Some("alice")));
}

pub async fn one_that_stands_already<S: Server>(server: S) {
    let daemon = Daemon::start(server).await;
    let ann = with(&daemon, Holder::Alice).await;
    ann.create_branch(MAIN, widgets(server), NAME, "main").await.expect(201);
    let again = ann.create_branch(MAIN, widgets(server), NAME, "main").await.expect(200);
    assert_eq!(again.body["existed"], true);
    let elsewhere = ann.create_branch(MAIN, widgets(server), NAME, "develop").await.problem(409, "already-exists");
    assert!(elsewhere.text_at("/detail").contains(NAME), "{}", elsewhere.text);
    let main = daemon.show_ref(server.full_name(Place::Widgets), "main");
    assert_eq!(daemon.show_ref(server.full_name(Place::Widgets), NAME), main, "it stands where it stood");
}

pub async fn a_missing_base<S: Server>(server: S) {
    let daemon = Daemon::start(server).await;
    let ann = with(&daemon, Holder::Alice).await;
    let refused = ann.create_branch(MAIN, widgets(server), NAME, "no/such").await.problem(422, "base-missing");
    assert_eq!(refused.text_at("/missing"), "no/such");
    assert_eq!(daemon.show_ref(server.full_name(Place::Widgets), NAME), None);
}

/// A14: by git's rules and the kind's own, before anything is sent.
pub async fn an_invalid_name<S: Server>(server: S) {
    let daemon = Daemon::start(server).await;
    let ann = with(&daemon, Holder::Alice).await;
    for name in ["a..b", "a@{1}", "x.lock", "-x", "a b", "refs/heads/", &"x".repeat(300)] {
        let refused = ann.create_branch(MAIN, widgets(server), name, "main").await;
        assert_eq!(refused.status, 422, "{name}: {}", refused.text);
    }
    assert!(daemon.stand_in().record().requests().is_empty());
}

pub async fn a_protected_name<S: Server>(server: S) {
    let daemon = Daemon::start(server).await;
    let ann = with(&daemon, Holder::Alice).await;
    let refused = ann.create_branch(MAIN, widgets(server), "release/1", "main").await.problem(403, "protected");
    assert_eq!(refused.text_at("/whose"), "user");
    assert_eq!(daemon.show_ref(server.full_name(Place::Widgets), "release/1"), None);
    assert_eq!(ann.pat(MAIN).await.expect(200).text_at("/state"), "valid");
}

pub async fn one_in_the_way_of_another<S: Server>(server: S) {
    let daemon = Daemon::start(server).await;
    let ann = with(&daemon, Holder::Alice).await;
    ann.create_branch(MAIN, widgets(server), "feature/x", "main").await.expect(201);
    let (status, code) = server.traits().clash;
    for name in ["feature", "feature/x/y"] {
        ann.create_branch(MAIN, widgets(server), name, "main").await.problem(status, code);
    }
}

pub async fn in_an_empty_repository<S: Server>(server: S) {
    let daemon = Daemon::start(server).await;
    let ann = with(&daemon, Holder::Alice).await;
    let (empty, name) = (server.repository(Place::Empty).unwrap(), server.full_name(Place::Empty));
    let refused = ann.create_branch(MAIN, empty, NAME, "main").await.problem(422, "base-missing");
    assert_eq!(refused.text_at("/missing"), "main");
    assert_eq!((daemon.show_ref(name, "main"), daemon.show_ref(name, NAME)), (None, None), "still empty");
}
