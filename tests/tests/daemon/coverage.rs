//! Who is seen, what PATs they have, and whom a rule would keep out: for administrators, and never a secret.

use std::time::Duration;

use countersign_tests::daemon::{Answer, Daemon, GitHubServer, MAIN, WIDGETS};
use countersign_tests::standin::github::token;
use http::Method;
use serde_json::{Value, json};

const DAY_MS: i64 = 86_400_000;

async fn coverage(daemon: &Daemon, path: &str) -> Answer {
    daemon.as_admin(Method::GET, path, None).await
}

/// Waits for what is written in the background.
async fn until<T>(mut look: impl AsyncFnMut() -> Option<T>) -> T {
    for _ in 0..250 {
        if let Some(found) = look().await {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it was not written down");
}

/// The coverage of `main`, once so many people are in it.
async fn of_main(daemon: &Daemon, people: usize) -> Value {
    until(async || {
        let found = coverage(daemon, "/integrations/main/coverage").await.expect(200).body;
        (found["totals"]["people"] == people).then_some(found)
    })
    .await
}

fn row<'a>(coverage: &'a Value, who: &str) -> &'a Value {
    let people = coverage["people"].as_array().unwrap();
    people.iter().find(|person| person["jira_user"] == who).unwrap_or_else(|| panic!("{who} in {coverage}"))
}

/// ann with a PAT that she used, bob with one he never used, carol without, called as her connector says.
async fn three_people() -> Daemon {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    daemon.as_user("ann").save_pat(MAIN, token::ALICE).await.expect(200);
    daemon.as_user("ann").create_branch(MAIN, WIDGETS, "feature/x", "main").await.expect(201);
    daemon.as_user("bob").save_pat(MAIN, token::BOB).await.expect(200);
    let carol = daemon.as_user("carol").called("username", "carol").called("display_name", "=Carol, \"C\"");
    carol.get("/api/v1/integrations?project=ABC").await.expect(200);
    of_main(&daemon, 3).await;
    daemon
}

#[tokio::test]
async fn users_are_counted_by_the_state_of_their_pats_and_told_of_without_their_secrets() {
    let daemon = three_people().await;
    let found = until(async || {
        let found = of_main(&daemon, 3).await;
        row(&found, "ann")["last_used_at"].is_string().then_some(found)
    })
    .await;
    let (ann, bob, carol) = (row(&found, "ann"), row(&found, "bob"), row(&found, "carol"));
    assert_eq!(
        (&ann["pat_state"], &ann["account"], &ann["would_be_blocked"]),
        (&json!("valid"), &json!("alice"), &json!(false))
    );
    assert_eq!(ann["last_used_at"], "2026-11-22T09:00:00.000Z");
    assert_eq!((&bob["pat_state"], &bob["last_used_at"]), (&json!("valid"), &Value::Null));
    assert_eq!((&carol["pat_state"], &carol["would_be_blocked"]), (&json!("missing"), &json!(true)));
    assert_eq!((&carol["username"], &carol["display_name"]), (&json!("carol"), &json!("=Carol, \"C\"")));
    let totals = &found["totals"];
    assert_eq!((&totals["by_state"]["valid"], &totals["by_state"]["missing"]), (&json!(2), &json!(1)));
    assert_eq!((&totals["never_used"], &totals["would_be_blocked"]), (&json!(1), &json!(1)));
    let shown = daemon.as_user("ann").pat(MAIN).await.expect(200);
    assert_eq!(shown.body["last_used_at"], "2026-11-22T09:00:00.000Z");
}

#[tokio::test]
async fn whom_nobody_saw_for_so_long_is_not_counted_and_one_visit_a_day_is_written_down() {
    let daemon = three_people().await;
    daemon.clock.advance_ms(31 * DAY_MS);
    daemon.as_user("carol").get("/api/v1/integrations?project=ABC").await.expect(200);
    let of = async |days: u16| {
        let path = format!("/integrations/main/coverage?seen_within_days={days}");
        coverage(&daemon, &path).await.expect(200).body
    };
    let carol = until(async || {
        let found = of(30).await;
        (found["totals"]["people"] == 1).then(|| row(&found, "carol").clone())
    })
    .await;
    assert_eq!((&carol["last_seen_at"], &carol["username"]), (&json!("2026-12-23T09:00:00.000Z"), &json!("carol")));
    assert_eq!(of(90).await["totals"]["people"], 3);
    for wrong in ["0", "366", "x", "-1"] {
        let refused = coverage(&daemon, &format!("/coverage?seen_within_days={wrong}")).await;
        assert!(matches!(refused.status, 400 | 422), "{wrong}: {}", refused.text);
    }
    coverage(&daemon, "/integrations/none/coverage").await.problem(404, "not-found");
    let other = daemon.as_user("dave").viewing(&["XYZ"]);
    other.get("/api/v1/integrations?project=ABC").await.problem(403, "permission-missing");
    assert_eq!(of(365).await["totals"]["people"], 3, "who is not admitted is not seen");
}

#[tokio::test]
async fn pages_go_on_and_integrations_are_told_apart() {
    let daemon = three_people().await;
    let own = daemon.credential(countersign_tests::daemon::Holder::Integration);
    daemon.add_integration("other", &own).await;
    let close = json!({ "projects": ["OPS"] });
    daemon.as_admin(Method::PATCH, "/integrations/other", Some(close)).await.expect(200);
    daemon.as_user("dave").viewing(&["OPS"]).get("/api/v1/integrations?project=OPS").await.expect(200);
    let all = until(async || {
        let found = coverage(&daemon, "/coverage").await.expect(200).body;
        (found["users"] == 4).then_some(found)
    })
    .await;
    // `main` is open to every project, `other` to one.
    assert_eq!(all["totals"]["people"], 5);
    let by_integration: Vec<_> =
        all["integrations"].as_array().unwrap().iter().map(|one| &one["totals"]["people"]).collect();
    assert_eq!(by_integration, [&json!(4), &json!(1)]);

    let (mut rows, mut path) = (Vec::new(), "/coverage?limit=2".to_owned());
    loop {
        let page = coverage(&daemon, &path).await.expect(200).body;
        rows.extend(page["people"].as_array().unwrap().clone());
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        // It is good for this list alone.
        let elsewhere = format!("/integrations/main/coverage?limit=2&cursor={cursor}");
        coverage(&daemon, &elsewhere).await.problem(404, "not-found");
        path = format!("/coverage?limit=2&cursor={cursor}");
    }
    assert_eq!(json!(rows), all["people"]);
}

#[tokio::test]
async fn a_spreadsheet_has_everybody_and_no_formula() {
    let daemon = three_people().await;
    let accept = daemon.as_admin(Method::GET, "/integrations/main/coverage?limit=1", None).header("accept", "text/csv");
    let by_accept = accept.await.expect(200);
    let by_name = coverage(&daemon, "/integrations/main/coverage.csv").await.expect(200);
    let all = coverage(&daemon, "/coverage.csv").await.expect(200);
    for sheet in [by_accept, by_name, all] {
        assert_eq!(sheet.header("content-type"), Some("text/csv"));
        assert_eq!(sheet.header("content-disposition"), Some("attachment; filename=\"coverage.csv\""));
        let lines: Vec<_> = sheet.text.split("\r\n").collect();
        assert!(
            lines[0].starts_with("integration,site,jira_user,username,display_name,last_seen_at,pat_state,"),
            "{}",
            lines[0]
        );
        assert!(
            lines[3].starts_with("main,default,carol,carol,\"'=Carol, \"\"C\"\"\",2026-11-22T09:00:00.000Z,missing,"),
            "{}",
            lines[3]
        );
        assert_eq!((lines.len(), lines[4]), (5, ""));
    }
    daemon.call(Method::GET, "/api/v1/admin/coverage.csv").await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_dry_run_looks_as_far_back_as_it_is_asked_to() {
    let daemon = three_people().await;
    daemon.clock.advance_ms(40 * 86_400_000);
    let on = || Some(json!({ "require_user_pat": true }));
    for (days, people) in [("30", 0), ("90", 1), ("365", 1)] {
        for (method, path) in [(Method::PATCH, "/integrations/main"), (Method::PUT, "/policy")] {
            let path = format!("{path}?dry_run=true&seen_within_days={days}");
            let tried = daemon.as_admin(method, &path, on()).await.expect(200);
            assert_eq!(tried.body["blocked"]["people"], people, "{path}: {}", tried.text);
            assert_eq!(tried.body["blocked"]["who"].as_array().unwrap().len(), people, "{path}: {}", tried.text);
        }
    }
    for query in ["dry_run=true&seen_within_days=0", "dry_run=true&seen_within_days=366", "seen_within_days=30"] {
        let refused = daemon.as_admin(Method::PUT, &format!("/policy?{query}"), on()).await;
        let refused = refused.problem(422, "invalid");
        assert_eq!(refused.body["errors"][0]["field"], "seen_within_days", "{query}: {}", refused.text);
    }
    assert_eq!(coverage(&daemon, "/policy").await.expect(200).body["require_user_pat"], false);
}

#[tokio::test]
async fn a_dry_run_tells_whom_the_rule_would_keep_out_and_changes_nothing() {
    let daemon = three_people().await;
    let before = daemon.audit().await.len();
    let on = || Some(json!({ "require_user_pat": true }));
    let tried = daemon.as_admin(Method::PATCH, "/integrations/main?dry_run=true", on()).await.expect(200);
    let who =
        json!([{ "site": "default", "jira_user": "carol", "username": "carol", "display_name": "=Carol, \"C\"" }]);
    let blocked = json!({ "people": 1, "seen": 3, "seen_within_days": 90, "who": who });
    assert_eq!(tried.body["blocked"], blocked);
    let tried = daemon.as_admin(Method::PUT, "/policy?dry_run=true", on()).await.expect(200);
    assert_eq!((&tried.body["blocked"], &tried.body["require_user_pat"]), (&blocked, &json!(true)));
    let dated = json!({ "require_user_pat": true, "require_user_pat_from": "2027-06-01" });
    let tried = daemon.as_admin(Method::PUT, "/policy?dry_run=true", Some(dated)).await.expect(200);
    assert_eq!(tried.body["blocked"], blocked, "the date puts it off and nothing else");
    let off = json!({ "name": "Main" });
    let tried = daemon.as_admin(Method::PATCH, "/integrations/main?dry_run=true", Some(off)).await.expect(200);
    assert_eq!(tried.body["blocked"]["people"], 0, "no rule is on");
    assert_eq!(coverage(&daemon, "/policy").await.expect(200).body["require_user_pat"], false);
    assert_eq!(daemon.audit().await.len(), before);
    let done = daemon.as_admin(Method::PUT, "/policy", on()).await.expect(200);
    assert_eq!(done.body.get("blocked"), None);
}
