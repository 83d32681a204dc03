//! A15: two administrators who change one thing do not undo each other without a word.

use countersign_tests::daemon::{Answer, Call, Daemon, GitHubServer, MAIN, all_at_once};
use countersign_tests::standin::github::token;
use http::Method;
use serde_json::{Value, json};

const INTEGRATION: &str = "/integrations/main";
const ROUNDS: usize = 40;

fn patch(daemon: &Daemon, body: Value) -> Call {
    daemon.as_admin(Method::PATCH, INTEGRATION, Some(body))
}

async fn seen(daemon: &Daemon, path: &str) -> (Answer, String) {
    let answer = daemon.as_admin(Method::GET, path, None).await.expect(200);
    let tag = answer.header("etag").expect("a record has an ETag").to_owned();
    (answer, tag)
}

/// The code of a refusal that changed nothing, or none for a change that was made.
fn collided(answer: &Answer) -> bool {
    match answer.status {
        200 | 204 => false,
        409 | 412 => true,
        _ => panic!("{}", answer.text),
    }
}

#[tokio::test]
async fn a15_what_was_acknowledged_stands_whatever_was_changed_beside_it() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let beside = [
        json!({ "name": "Git" }),
        json!({ "projects": ["ABC"] }),
        json!({ "branch_separator": "_" }),
        json!({ "mappings": [{ "project": "ABC", "repository": "acme/widgets" }] }),
        json!({ "branch_max_length": 100 }),
    ];
    let mut collisions = 0;
    for round in 0..ROUNDS {
        patch(&daemon, json!({ "require_user_pat": false, "projects": null, "branch_separator": "-" }))
            .await
            .expect(200);
        let other = &beside[round % beside.len()];
        let answers = all_at_once([
            patch(&daemon, json!({ "require_user_pat": true })),
            patch(&daemon, json!({ "name": format!("Round {round}") })),
            patch(&daemon, other.clone()),
        ])
        .await;
        let (now, _) = seen(&daemon, INTEGRATION).await;
        let made: Vec<bool> = answers.iter().map(|answer| !collided(answer)).collect();
        assert!(made.contains(&true), "somebody gets on");
        if made[0] {
            assert_eq!(now.body["require_user_pat"], true, "round {round}");
        }
        if made[1] && (!made[2] || other.get("name").is_none()) {
            assert_eq!(now.body["name"], format!("Round {round}"));
        }
        if made[2] && other.get("projects").is_some() {
            assert_eq!(now.body["projects"], json!(["ABC"]));
        }
        collisions += made.iter().filter(|made| !**made).count();
    }
    println!("{collisions} collisions in {ROUNDS} rounds of three");
}

#[tokio::test]
async fn a15_an_old_tag_is_refused_and_changes_nothing() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    daemon.as_admin(Method::POST, "/sites", Some(json!({ "id": "cloud" }))).await.expect(201);
    let table = [
        (INTEGRATION, Method::PATCH, json!({ "name": "One" }), json!({ "require_user_pat": true })),
        ("/policy", Method::PUT, json!({ "require_user_pat": true }), json!({ "require_user_pat": false })),
        ("/sites/cloud", Method::PATCH, json!({ "name": "One" }), json!({ "name": "Two" })),
    ];
    for (path, method, one, two) in table {
        let (_, tag) = seen(&daemon, path).await;
        let first = daemon.as_admin(method.clone(), path, Some(one)).header("if-match", &tag).await.expect(200);
        let (after, new_tag) = seen(&daemon, path).await;
        assert_ne!(new_tag, tag);
        assert_eq!(first.header("etag"), Some(&*new_tag), "{path}");
        let log = daemon.audit().await.len();
        for old in [&tag, "\"0\"", "W/\"1\"", "\"another\"", &format!("W/{new_tag}")] {
            let late = daemon.as_admin(method.clone(), path, Some(two.clone())).header("if-match", old).await;
            late.problem(412, "precondition-failed");
        }
        for nonsense in ["", "1", "\"1"] {
            let call = daemon.as_admin(method.clone(), path, Some(two.clone())).header("if-match", nonsense);
            call.await.problem(400, "bad-request");
        }
        assert_eq!(seen(&daemon, path).await.0.text, after.text, "{path}");
        assert_eq!(daemon.audit().await.len(), log);
        daemon.as_admin(method.clone(), path, Some(two.clone())).header("if-match", &new_tag).await.expect(200);
        daemon.as_admin(method, path, Some(two)).header("if-match", "*").await.expect(200);
    }
    for (path, kept) in [(INTEGRATION, "main"), ("/sites/cloud", "cloud")] {
        let remove = |tag: &str| daemon.as_admin(Method::DELETE, path, None).header("if-match", tag);
        remove("\"0\"").await.problem(412, "precondition-failed");
        let (found, tag) = seen(&daemon, path).await;
        assert_eq!(found.text_at("/id"), kept);
        remove(&tag).await.expect(204);
    }
}

#[tokio::test]
async fn a15_what_is_as_it_was_is_no_change() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    daemon.as_admin(Method::POST, "/sites", Some(json!({ "id": "cloud", "name": "Cloud" }))).await.expect(201);
    let log = daemon.audit().await.len();
    for (path, method, same) in [
        (INTEGRATION, Method::PATCH, json!({ "require_user_pat": false, "projects": null })),
        (INTEGRATION, Method::PATCH, json!({})),
        ("/policy", Method::PUT, json!({ "require_user_pat": false })),
        ("/sites/cloud", Method::PATCH, json!({ "name": "Cloud" })),
    ] {
        let (before, tag) = seen(&daemon, path).await;
        let answer = daemon.as_admin(method, path, Some(same)).header("if-match", &tag).await.expect(200);
        assert_eq!(answer.header("etag"), Some(&*tag), "{path}");
        assert_eq!(seen(&daemon, path).await.0.text, before.text, "{path}");
    }
    assert_eq!(daemon.audit().await.len(), log);
    // A credential that is given again is given: nobody can see whether it is the same.
    let (_, tag) = seen(&daemon, INTEGRATION).await;
    let given = json!({ "credential": { "token": token::INTEGRATION } });
    patch(&daemon, given).await.expect(200);
    assert_ne!(seen(&daemon, INTEGRATION).await.1, tag);
}

#[tokio::test]
async fn a15_of_many_who_saw_the_same_one_changes_it() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    for round in 0..10 {
        let (_, tag) = seen(&daemon, INTEGRATION).await;
        let name = |number: usize| format!("{number} of {round}");
        let calls = (0..8).map(|number| patch(&daemon, json!({ "name": name(number) })).header("if-match", &tag));
        let answers = all_at_once(calls).await;
        let made: Vec<usize> = (0..8).filter(|number| !collided(&answers[*number])).collect();
        let [only] = made[..] else { panic!("{} changes of one state", made.len()) };
        assert_eq!(seen(&daemon, INTEGRATION).await.0.body["name"], name(only));
    }
    let (before, tag) = seen(&daemon, "/policy").await;
    assert_eq!(before.body["require_user_pat"], false);
    let rule = || daemon.as_admin(Method::PUT, "/policy", Some(json!({ "require_user_pat": true })));
    let answers = all_at_once((0..8).map(|_| rule().header("if-match", &tag))).await;
    assert_eq!(answers.iter().filter(|answer| !collided(answer)).count(), 1);
}

/// A record that a slow check began with is not written over.
#[tokio::test]
async fn a15_a_change_that_waits_for_the_git_server_does_not_undo_what_came_meanwhile() {
    use countersign_tests::standin::StandIn as _;
    use countersign_tests::standin::faults::{Fault, When};
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    daemon.stand_in.faults().once(When::ends_with(Method::GET, "/user"), Fault::DelayAnswer { delay_ms: 400 });
    let own = json!({ "credential": daemon.credential(countersign_tests::daemon::Holder::Alice), "name": "Slow" });
    let quick = async {
        tokio::time::sleep(std::time::Duration::from_millis(150)).await;
        patch(&daemon, json!({ "require_user_pat": true })).await.expect(200)
    };
    let (slow, _) = tokio::join!(patch(&daemon, own), quick);
    let refused = slow.problem(409, "changed-meanwhile");
    assert!(refused.text_at("/detail").contains(MAIN), "{}", refused.text);
    let (now, _) = seen(&daemon, INTEGRATION).await;
    assert_eq!((&now.body["require_user_pat"], now.text_at("/account/login")), (&json!(true), "jira-integration"));
    assert_ne!(now.body["name"], "Slow");
}
