//! What the git server says no to, and what becomes of it: whose token it was, what is missing, where to mend it.

use countersign_tests::daemon::{Daemon, Holder, MAIN, Made, Place, Server};
use countersign_tests::standin::StandIn as _;
use countersign_tests::standin::faults::Fault;
use countersign_tests::standin::message::Answer as Message;
use http::StatusCode;

use super::{or_reason, widgets, with};

pub async fn a_credential_that_cannot_write<S: Server>(server: S) {
    let daemon = Daemon::start(server).await;
    let ann = with(&daemon, Holder::AliceReading).await;
    ann.branches(MAIN, widgets(server)).await.expect(200);
    let branch = ann.create_branch(MAIN, widgets(server), "feature/x", "main").await;
    let pull_request = ann.create_pull_request(MAIN, widgets(server), "develop").await;
    for (refused, made) in [(branch, Made::Branch), (pull_request, Made::PullRequest)] {
        let refused = refused.problem(403, "git-permission-missing");
        assert_eq!((refused.text_at("/missing"), refused.text_at("/whose")), (server.needs(made), "user"));
        assert!(refused.text_at("/help_url").starts_with("https://"), "{}", refused.text);
    }
    assert_eq!(daemon.show_ref(server.full_name(Place::Widgets), "feature/x"), None);
    assert!(daemon.stand_in().pull_requests(server.full_name(Place::Widgets)).is_empty());
    assert_eq!(ann.pat(MAIN).await.expect(200).text_at("/state"), "valid", "it is good for reading");
}

pub async fn no_access_to_the_repository<S: Server>(server: S) {
    let daemon = Daemon::start(server).await;
    let ann = with(&daemon, Holder::Mallory).await;
    let (status, code) = server.traits().hidden;
    for refused in [
        ann.create_branch(MAIN, widgets(server), "feature/x", "main").await,
        ann.create_pull_request(MAIN, widgets(server), "develop").await,
        ann.branches(MAIN, widgets(server)).await,
    ] {
        let refused = refused.problem(status, code);
        assert_eq!(refused.text_at("/whose"), "user");
        assert!(!refused.text_at("/missing").is_empty(), "{}", refused.text);
    }
    assert_eq!(ann.pat(MAIN).await.expect(200).text_at("/state"), "valid");
}

/// V4: nobody can tell it from one that is hidden.
pub async fn a_repository_that_is_not_there<S: Server>(server: S) {
    let daemon = Daemon::start(server).await;
    let ann = with(&daemon, Holder::Alice).await;
    let missing = server.repository(Place::Missing).unwrap();
    let refused = ann.create_branch(MAIN, missing, "feature/x", "main").await.problem(404, "not-found-or-no-access");
    assert!(refused.text_at("/detail").contains("missing, or your personal access token has no access"));
    assert_eq!(ann.pat(MAIN).await.expect(200).text_at("/state"), "valid");
}

pub async fn a_renamed_repository<S: Server>(server: S) {
    let renamed = or_reason!(server, server.repository(Place::Renamed));
    let daemon = Daemon::start(server).await;
    let ann = with(&daemon, Holder::Alice).await;
    let name = server.full_name(Place::Widgets);
    ann.create_branch(MAIN, renamed, "feature/x", "main").await.expect(201);
    assert!(daemon.show_ref(name, "feature/x").is_some());
    ann.create_pull_request(MAIN, renamed, "develop").await.expect(201);
    assert_eq!(daemon.stand_in().pull_requests(name).len(), 1);
    ann.delete_branch(MAIN, renamed, "feature/x").await.expect(200);
    assert_eq!(daemon.show_ref(name, "feature/x"), None);
}

pub async fn an_archived_repository<S: Server>(server: S) {
    let archived = or_reason!(server, server.repository(Place::Archived));
    let daemon = Daemon::start(server).await;
    let ann = with(&daemon, Holder::Alice).await;
    let refused = ann.create_branch(MAIN, archived, "feature/x", "main").await.problem(403, "read-only");
    assert_eq!(refused.text_at("/whose"), "user");
    ann.create_pull_request(MAIN, archived, "develop").await.problem(403, "read-only");
    assert_eq!(ann.pat(MAIN).await.expect(200).text_at("/state"), "valid");
}

/// V2: waited for; the credential stays good.
pub async fn a_rate_limit<S: Server>(server: S) {
    let daemon = Daemon::start(server).await;
    let ann = with(&daemon, Holder::Alice).await;
    daemon.stand_in().faults().once(server.creates(Made::Branch), server.limit());
    let limited = ann.create_branch(MAIN, widgets(server), "feature/x", "main").await.problem(429, "rate-limited");
    assert_eq!(limited.text_at("/whose"), "user");
    assert_eq!(limited.body.get("setup_url"), None);
    assert!(daemon.stand_in().faults().all_happened());
    assert_eq!(ann.pat(MAIN).await.expect(200).text_at("/state"), "valid");
    ann.create_branch(MAIN, widgets(server), "feature/x", "main").await.expect(201);
}

/// V9: a proxy's page in place of the server's answer. Whether the change was made is looked up.
pub async fn an_outage<S: Server>(server: S) {
    let daemon = Daemon::start(server).await;
    let ann = with(&daemon, Holder::Alice).await;
    let page = "<html><body><h1>502 Bad Gateway</h1></body></html>";
    let outage = Fault::Instead(Message::html(StatusCode::BAD_GATEWAY, page));
    daemon.stand_in().faults().once(server.creates(Made::Branch), outage);
    ann.create_branch(MAIN, widgets(server), "feature/x", "main").await.problem(504, "outcome-unknown");
    assert_eq!(daemon.show_ref(server.full_name(Place::Widgets), "feature/x"), None);
    assert_eq!(ann.pat(MAIN).await.expect(200).text_at("/state"), "valid");
    ann.create_branch(MAIN, widgets(server), "feature/x", "main").await.expect(201);
}
