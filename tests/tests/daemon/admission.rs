//! A19: of an integration that is not open to the caller's project, a caller learns as much as of one that is not there,
//! whatever is asked and however badly.

use std::collections::BTreeSet;

use countersign_tests::daemon::{Answer, Daemon, GitHubServer, MAIN, User, WIDGETS, at};
use countersign_tests::standin::github::token;
use http::Method;
use serde_json::{Value, json};

const ABSENT: &str = "gone";

/// Everything a user can ask of an integration, good and bad.
async fn everything(user: &User, integration: &str) -> Vec<(String, Answer)> {
    let long = "x".repeat(150);
    let names = [
        "feature/x",
        "0123456789012345678901234567890123456789",
        &long,
        "",
        "a..b",
        "-x",
        "x.lock",
        "a b",
        "\u{202e}x",
    ];
    let repositories = [WIDGETS, "no such", "..", "acme/widgets\n", &long];
    let mut asked = Vec::new();
    for repository in repositories {
        for name in names {
            let body = json!({ "name": name, "from": "main", "project": "ABC" });
            asked.push((format!("branch {name} in {repository}"), user.ask_for_branch(integration, repository, &body)));
        }
        let pull_request = json!({ "title": "", "source": "x", "target": "x", "project": "ABC" });
        asked.push((
            format!("pull request in {repository}"),
            user.ask_for_pull_request(integration, repository, &pull_request),
        ));
        asked.push((format!("branches of {repository}"), user.branches(integration, repository)));
        asked.push((format!("deletion in {repository}"), user.delete_branch(integration, repository, "develop")));
        let one = format!("{}?project=ABC", at(&["integrations", integration, "repositories", repository]));
        asked.push((format!("repository {repository}"), user.get(&one)));
    }
    for fields in [json!({ "token": token::ALICE }), json!({}), json!({ "x": "y" }), json!({ "token": "\u{200b}" })] {
        asked.push((
            format!("saving {}", fields.as_object().unwrap().len()),
            user.save_credential(integration, &fields),
        ));
    }
    let pat = at(&["integrations", integration, "pat"]);
    let confirm = json!({ "project": "ABC", "addresses": [] });
    asked.extend([
        ("repositories".to_owned(), user.repositories(integration)),
        ("PAT".to_owned(), user.pat(integration)),
        ("check".to_owned(), user.check_pat(integration)),
        ("confirm".to_owned(), user.post(&format!("{pat}/confirm"), &confirm)),
        ("removal".to_owned(), user.call(Method::DELETE, &format!("{pat}?project=ABC"))),
        ("revocation".to_owned(), user.revoke_pat(integration)),
        ("link".to_owned(), user.post("/api/v1/setup-links", &json!({ "integration": integration, "project": "ABC" }))),
    ]);
    let mut answers = Vec::new();
    for (what, call) in asked {
        answers.push((what, call.await));
    }
    answers
}

/// What of an answer could tell something: all but what names the request.
fn told(answer: &Answer, integration: &str) -> (u16, String) {
    let request_id = answer.text_at("/request_id").to_owned();
    (answer.status, answer.text.replace(&request_id, "ID").replace(integration, "INTEGRATION"))
}

async fn denials(daemon: &Daemon, integration: &str) -> Vec<(Value, Value)> {
    let mut found = Vec::new();
    let mut before = None;
    loop {
        let from: String = before.map_or_else(String::new, |sequence: u64| format!("&before={sequence}"));
        let page = daemon.as_admin(Method::GET, &format!("/audit?limit=500{from}"), None).await.expect(200);
        let entries = page.body["entries"].as_array().unwrap().clone();
        let of_it = entries.iter().filter(|entry| entry["integration"] == integration && entry["event"] == "denied");
        found.extend(of_it.map(|entry| (entry["subject"].clone(), entry["details"].clone())));
        before = entries.last().and_then(|entry| entry["sequence"].as_u64());
        if entries.len() < 500 {
            return found;
        }
    }
}

#[tokio::test]
async fn a19_closed_is_answered_and_written_down_as_absent_is() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let ann = daemon.as_user("ann");
    ann.save_pat(MAIN, token::ALICE).await.expect(200);
    let close = json!({ "projects": ["OPS"], "require_user_pat": true });
    daemon.as_admin(Method::PATCH, &format!("/integrations/{MAIN}"), Some(close)).await.expect(200);
    daemon.stand_in.record.clear();
    let unseals = daemon.unseals().await;
    // Of one user, those of integrations that are none for her would be counted together.
    let (closed, absent) = (everything(&ann, MAIN).await, everything(&daemon.as_user("bob"), ABSENT).await);
    assert_eq!(closed.len(), absent.len());
    for ((what, closed), (_, absent)) in closed.iter().zip(&absent) {
        assert_eq!(told(closed, MAIN), told(absent, ABSENT), "{what}");
        // What is refused before anybody looks is a malformed request, the same for any integration.
        assert!(matches!(closed.status, 400 | 404 | 422), "{what}: {}", closed.text);
    }
    let not_found = closed.iter().filter(|(_, answer)| answer.code() == "not-found").count();
    println!("{not_found} of {} are not found", closed.len());
    for name in ["feature/x", "0123456789012345678901234567890123456789", &"x".repeat(150)] {
        let asked = format!("branch {name} in {WIDGETS}");
        let (_, answer) = closed.iter().find(|(what, _)| *what == asked).unwrap();
        assert_eq!(answer.code(), "not-found", "{asked}: {}", answer.text);
    }
    let (of_closed, of_absent) = (denials(&daemon, MAIN).await, denials(&daemon, ABSENT).await);
    assert_eq!(of_closed, of_absent, "audited alike");
    // Each sort of them once: what is like one before is counted.
    let sorts: BTreeSet<String> = of_closed.iter().map(|denial| format!("{denial:?}")).collect();
    assert!(sorts.len() == of_closed.len() && (5..=not_found).contains(&sorts.len()), "{sorts:?}");
    assert_eq!(daemon.stand_in.record.requests().len(), 0);
    assert_eq!(daemon.unseals().await, unseals);
}

/// The first is the time of one that is closed, the second of one that is absent. No more than a rough look: the store's one
/// read is the same for both.
#[tokio::test]
async fn a19_closed_and_absent_take_the_same_time() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let ann = daemon.as_user("ann");
    daemon
        .as_admin(Method::PATCH, &format!("/integrations/{MAIN}"), Some(json!({ "projects": ["OPS"] })))
        .await
        .expect(200);
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..200 {
        for (times, integration) in times.iter_mut().zip([MAIN, ABSENT]) {
            let call = ann.create_branch(integration, WIDGETS, "feature/x", "main");
            let started = std::time::Instant::now();
            call.await.problem(404, "not-found");
            times.push(started.elapsed());
        }
    }
    let [closed, absent] = times.map(|mut times| {
        times.sort_unstable();
        times[times.len() / 2].as_secs_f64()
    });
    println!("closed {:.3} ms, absent {:.3} ms", closed * 1e3, absent * 1e3);
    assert!((closed / absent).max(absent / closed) < 1.5, "{closed} s and {absent} s");
}
