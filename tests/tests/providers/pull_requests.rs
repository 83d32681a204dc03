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

/// The title from the issue, the template in front, the way back to the issue at the end.
pub async fn with_texts_of_its_issue<S: Server>(server: S) {
    let daemon = Daemon::start(server).await;
    let ann = with(&daemon, Holder::Alice).await;
    let name = server.full_name(Place::Widgets);
    let template = server.traits().templates.ok();
    if let Some(path) = template {
        daemon.stand_in().git(name).commit_file("main", path, "## Why\n\n## Tested\n").unwrap();
        // Behind main now, and still with a commit of its own.
        daemon.stand_in().git(name).commit_file("develop", "more.txt", "More.\n").unwrap();
    }
    let body = json!({ "issue": "ABC-1", "summary": "Sign in,\n please", "source": "develop", "target": "main",
        "description": "Because." });
    let opened = ann.ask_for_pull_request(MAIN, widgets(server), &body).await.expect(201);
    assert_eq!(opened.body["notes"], json!([]), "{}", opened.text);
    let made = &daemon.stand_in().pull_requests(name)[0];
    assert_eq!(made.title, "ABC-1 Sign in, please");
    let own = "Because.\n\nJira: [ABC-1](https://jira.example.com/browse/ABC-1)";
    match template {
        Some(_) => assert_eq!(made.description, format!("## Why\n\n## Tested\n\n{own}")),
        None => assert_eq!(made.description, own),
    }
}

/// However long the text, the issue stays in it.
pub async fn with_a_text_longer_than_the_server_takes<S: Server>(server: S) {
    let daemon = Daemon::start(server).await;
    let ann = with(&daemon, Holder::Alice).await;
    let long = "größe 🦀 ".repeat(5000);
    let body = json!({ "issue": "ABC-1", "summary": long, "source": "develop", "target": "main", "description": long });
    let opened = ann.ask_for_pull_request(MAIN, widgets(server), &body).await.expect(201);
    let made = &daemon.stand_in().pull_requests(server.full_name(Place::Widgets))[0];
    assert!(made.title.starts_with("ABC-1 größe") && made.title.chars().count() <= 150, "{}", made.title);
    assert!(made.description.ends_with("\n\nJira: [ABC-1](https://jira.example.com/browse/ABC-1)"));
    // Where it was cut, that is said.
    let is_whole = made.description.contains(long.trim_end());
    assert_eq!(opened.body["notes"].as_array().unwrap().is_empty(), is_whole, "{}", opened.text);

    let body = json!({ "title": "x".repeat(500), "source": "develop", "target": "main", "issue": "ABC-1" });
    let refused = ann.ask_for_pull_request(MAIN, widgets(server), &body).await.problem(422, "invalid");
    assert_eq!(refused.text_at("/errors/0/field"), "title");
}

pub async fn as_a_draft<S: Server>(server: S) {
    let daemon = Daemon::start(server).await;
    let ann = with(&daemon, Holder::Alice).await;
    let body = json!({ "title": "t", "source": "develop", "target": "main", "issue": "ABC-1", "draft": true });
    let opened = ann.ask_for_pull_request(MAIN, widgets(server), &body).await.expect(201);
    let made = &daemon.stand_in().pull_requests(server.full_name(Place::Widgets))[0];
    let is_draft = server.traits().drafts.is_ok();
    assert_eq!((made.draft, &opened.body["pull_request"]["draft"]), (is_draft, &json!(is_draft)));
    // What cannot be is said.
    assert_eq!(opened.body["notes"].as_array().unwrap().len(), usize::from(!is_draft), "{}", opened.text);
}

/// By account name; one that is not there is told, and the pull request stands.
pub async fn with_reviewers<S: Server>(server: S) {
    let daemon = Daemon::start(server).await;
    let ann = with(&daemon, Holder::Alice).await;
    let body = json!({ "title": "t", "source": "develop", "target": "main", "issue": "ABC-1",
        "reviewers": [server.account(Holder::Bob), "nobody-of-that-name"] });
    let opened = ann.ask_for_pull_request(MAIN, widgets(server), &body).await.expect(201);
    let made = &daemon.stand_in().pull_requests(server.full_name(Place::Widgets))[0];
    let notes = opened.body["notes"].as_array().unwrap();
    assert_eq!(notes.len(), 1, "{}", opened.text);
    assert!(notes[0].as_str().unwrap().contains("nobody-of-that-name"), "{}", opened.text);
    match server.traits().reviewers {
        Ok(()) => assert_eq!(made.reviewers, ["bob"]),
        Err(_) => assert_eq!(made.reviewers, Vec::<String>::new()),
    }
}
