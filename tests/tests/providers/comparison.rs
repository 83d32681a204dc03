//! Two branches compared before anybody asks for a pull request.

use countersign_tests::daemon::{Answer, Daemon, Holder, MAIN, Place, Server, User, at};
use serde_json::{Value, json};

use super::{widgets, with};

async fn compare(ann: &User, repository: &str, source: &str, target: &str) -> Answer {
    let path = at(&["integrations", MAIN, "repositories", repository, "comparison"]);
    ann.get(&format!("{path}?project=ABC&source={}&target={}", source.replace('/', "%2F"), target.replace('/', "%2F")))
        .await
}

pub async fn what_a_source_has_that_its_target_has_not<S: Server>(server: S) {
    let daemon = Daemon::start(server).await;
    let ann = with(&daemon, Holder::Alice).await;
    let widgets = widgets(server);
    ann.create_branch(MAIN, widgets, "feature/x", "main").await.expect(201);
    let nothing = json!({ "state": "nothing" });
    // `develop` is one commit ahead of `main`.
    let ahead = compare(&ann, widgets, "develop", "main").await.expect(200);
    assert_eq!(ahead.text_at("/state"), "ahead");
    match server.traits().counts_commits {
        Ok(()) => assert_eq!(ahead.body["commits"], 1),
        Err(_) => assert_eq!(ahead.body.get("commits"), None),
    }
    // From another than the default branch, too.
    let ahead = compare(&ann, widgets, "develop", "feature/x").await.expect(200);
    assert_eq!(ahead.text_at("/state"), "ahead");
    assert_eq!(compare(&ann, widgets, "main", "develop").await.expect(200).body, nothing);
    assert_eq!(compare(&ann, widgets, "feature/x", "main").await.expect(200).body, nothing);
    let log = daemon.audit().await;
    let entry = log.iter().rfind(|entry| entry["subject"] == "branch.compare").unwrap();
    assert_eq!((&entry["details"]["source"], &entry["details"]["target"]), (&json!("feature/x"), &json!("main")));
    assert_eq!(entry["details"]["receipt"]["account"]["login"], json!(server.account(Holder::Alice)));
}

pub async fn of_what_is_not_there<S: Server>(server: S) {
    let daemon = Daemon::start(server).await;
    let ann = with(&daemon, Holder::Alice).await;
    let widgets = widgets(server);
    for (source, target) in [("nope", "main"), ("main", "nope"), ("nope", "nope")] {
        let missing = compare(&ann, widgets, source, target).await.problem(422, "base-missing");
        assert_eq!(missing.text_at("/missing"), "nope", "{source} {target}");
    }
    let absent = compare(&ann, server.repository(Place::Missing).unwrap(), "develop", "main").await;
    assert!(absent.status >= 400, "{}", absent.text);
    let refused = compare(&ann, widgets, "a..b", "main").await.problem(422, "invalid");
    assert_eq!(refused.body["errors"][0]["field"], Value::from("source"));
    let (status, code) = server.traits().hidden;
    ann.save_credential(MAIN, &daemon.credential(Holder::Mallory)).await.expect(200);
    compare(&ann, widgets, "develop", "main").await.problem(status, code);
}
