//! The audit log, asked: by whom, about what, when; page by page, and as a file.

use countersign_tests::daemon::{Answer, Daemon, GitHubServer, MAIN, WIDGETS};
use countersign_tests::standin::github::token;
use http::Method;
use serde_json::{Value, json};

async fn ask(daemon: &Daemon, query: &str) -> Answer {
    daemon.as_admin(Method::GET, &format!("/audit?{query}"), None).await
}

fn numbers(entries: &[Value]) -> Vec<i64> {
    entries.iter().map(|entry| entry["sequence"].as_i64().unwrap()).collect()
}

/// All that is found, page by page, each of two entries.
async fn found(daemon: &Daemon, query: &str) -> Vec<Value> {
    let (mut entries, mut before) = (Vec::new(), String::new());
    loop {
        let page = ask(daemon, &format!("{query}&limit=2{before}")).await.expect(200).body;
        entries.extend(page["entries"].as_array().unwrap().clone());
        match page["next_before"].as_i64() {
            Some(next) => before = format!("&before={next}"),
            None => return entries,
        }
    }
}

type IsMeant = fn(&Value) -> bool;

/// Two users at work, on two days.
async fn two_days() -> Daemon {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let (ann, bob) = (daemon.as_user("ann"), daemon.as_user("bob"));
    ann.save_pat(MAIN, token::ALICE).await.expect(200);
    ann.create_branch(MAIN, WIDGETS, "feature/one", "main").await.expect(201);
    daemon.require_user_pat(MAIN).await;
    bob.create_branch(MAIN, WIDGETS, "feature/two", "main").await.problem(403, "user-pat-required");
    daemon.clock.advance_ms(86_400_000);
    ann.delete_branch(MAIN, WIDGETS, "feature/one").await.expect(200);
    bob.delete_branch(MAIN, WIDGETS, "feature/one").await.problem(403, "user-pat-required");
    daemon
}

#[tokio::test]
async fn entries_are_found_by_user_integration_event_subject_and_time_all_at_once() {
    let daemon = two_days().await;
    let log = daemon.audit().await;
    let cases: [(&str, IsMeant); 7] = [
        ("user=ann", |entry| entry["actor"]["jira_user"] == "ann"),
        ("user=default/bob", |entry| entry["actor"]["jira_user"] == "bob"),
        ("event=denied", |entry| entry["event"] == "denied"),
        ("integration=main&event=changed", |entry| entry["integration"] == "main" && entry["event"] == "changed"),
        ("subject=branch.create", |entry| entry["subject"] == "branch.create"),
        ("from=2026-11-23&user=bob", |entry| {
            entry["at"].as_str().unwrap() > "2026-11-23" && entry["actor"]["jira_user"] == "bob"
        }),
        ("until=2026-11-23&subject=branch.create&event=outcome", |entry| {
            entry["subject"] == "branch.create" && entry["event"] == "outcome"
        }),
    ];
    for (query, is_meant) in cases {
        let mut expected: Vec<Value> = log.iter().filter(|&entry| is_meant(entry)).cloned().collect();
        expected.reverse();
        assert!(!expected.is_empty(), "{query}");
        assert_eq!(numbers(&found(&daemon, query).await), numbers(&expected), "{query}");
    }
    assert_eq!(found(&daemon, "user=cloud/ann").await, Vec::<Value>::new());
    for wrong in ["event=done", "user=", "user=Cloud/ann", "from=yesterday", "until=2026-02-30"] {
        ask(&daemon, wrong).await.problem(422, "invalid");
    }
    ask(&daemon, "integration=None").await.problem(404, "not-found");
}

#[tokio::test]
async fn a_file_holds_all_that_was_asked_for_as_json_lines_or_for_a_spreadsheet() {
    let daemon = two_days().await;
    let file = async |query: &str, form: &str| {
        let call = daemon.as_admin(Method::GET, &format!("/audit?limit=1{query}"), None);
        call.header("accept", form).await.expect(200)
    };
    let log = daemon.audit().await;
    let lines = file("", "application/x-ndjson").await;
    assert_eq!(lines.header("content-type"), Some("application/x-ndjson"));
    assert_eq!(lines.header("content-disposition"), Some("attachment; filename=\"audit.jsonl\""));
    let mut read: Vec<Value> = lines.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    read.reverse();
    assert_eq!(read, log);

    let sheet = file("&user=bob&event=denied", "text/csv").await;
    assert_eq!(sheet.header("content-type"), Some("text/csv"));
    let rows: Vec<_> = sheet.text.split("\r\n").filter(|row| !row.is_empty()).collect();
    assert_eq!(rows.len(), 3, "{}", sheet.text);
    assert!(rows[0].starts_with("sequence,at,event,subject,by,site,jira_user,through,integration,"), "{}", rows[0]);
    assert!(rows[1].contains(",2026-11-23T09:00:00.000Z,denied,branch.delete,user,default,bob,"), "{}", rows[1]);
    assert!(rows[2].contains(",denied,branch.create,user,default,bob,") && rows[2].contains("user-pat-required"));
    let nothing = file("&user=nobody", "application/x-ndjson").await;
    assert_eq!(nothing.text, "");
}

/// An export is longer than a page.
#[tokio::test]
async fn a_file_goes_on_over_many_pages() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    for number in 0..520 {
        let body = json!({ "name": format!("Main {number}") });
        daemon.as_admin(Method::PATCH, "/integrations/main", Some(body)).await.expect(200);
    }
    let call = daemon.as_admin(Method::GET, "/audit?subject=integration.change", None);
    let lines = call.header("accept", "application/x-ndjson").await.expect(200);
    let numbers: Vec<i64> = lines
        .text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["sequence"].as_i64().unwrap())
        .collect();
    assert_eq!(numbers.len(), 520);
    assert!(numbers.windows(2).all(|pair| pair[0] > pair[1]));
}
