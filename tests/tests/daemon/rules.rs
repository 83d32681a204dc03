//! The rules with their dates, the one for looking, and what is switched off: by the clock, at either level, whatever is asked.

use countersign_tests::daemon::{Answer, Daemon, GitHubServer, MAIN, User, WIDGETS, at};
use countersign_tests::standin::github::token;
use http::Method;
use serde_json::{Value, json};

/// Ten minutes after the harness's clock starts.
const FROM: &str = "2026-11-22T09:10:00.000Z";
const TEN_MINUTES_MS: i64 = 600_000;

/// The two levels: where the rules are changed.
const LEVELS: [(&str, Method); 2] = [("/policy", Method::PUT), ("/integrations/main", Method::PATCH)];

async fn set(daemon: &Daemon, (path, method): (&str, Method), rules: Value) -> Answer {
    daemon.as_admin(method, path, Some(rules)).await
}

/// The integration, as a user's list shows it.
async fn shown(user: &User) -> Value {
    user.get("/api/v1/integrations?project=ABC").await.expect(200).body["integrations"][0].clone()
}

/// Everything that looks.
async fn every_look(user: &User) -> Vec<Answer> {
    let all = user.get("/api/v1/repositories?project=ABC");
    let one = user.get(&format!("{}?project=ABC", at(&["integrations", MAIN, "repositories", WIDGETS])));
    vec![user.repositories(MAIN).await, user.branches(MAIN, WIDGETS).await, one.await, all.await]
}

#[tokio::test]
async fn an_announced_rule_is_told_denies_nothing_before_its_date_and_denies_from_that_instant() {
    for level in LEVELS {
        let daemon = Daemon::start(GitHubServer::Cloud).await;
        let rules = json!({ "require_user_pat": true, "require_user_pat_from": FROM });
        let changed = set(&daemon, level, rules).await.expect(200);
        assert_eq!(changed.text_at("/require_user_pat_from"), FROM);
        let ann = daemon.as_user("ann");
        let told = shown(&ann).await;
        assert_eq!((&told["requires_user_pat"], told["pat_required_from"].as_str()), (&json!(false), Some(FROM)));
        daemon.clock.advance_ms(TEN_MINUTES_MS - 1);
        let created = ann.create_branch(MAIN, WIDGETS, "feature/before", "main").await.expect(201);
        assert_eq!(created.text_at("/receipt/acted_as"), "integration");

        daemon.clock.advance_ms(1);
        ann.create_branch(MAIN, WIDGETS, "feature/after", "main").await.problem(403, "user-pat-required");
        assert_eq!(daemon.show_ref(WIDGETS, "feature/after"), None);
        let told = shown(&ann).await;
        assert_eq!((&told["requires_user_pat"], &told["pat_required_from"]), (&json!(true), &Value::Null));
    }
}

#[tokio::test]
async fn under_enforcement_looking_takes_ones_own_pat_and_the_integrations_credential_stays_sealed() {
    for level in LEVELS {
        let daemon = Daemon::start(GitHubServer::Cloud).await;
        let rules = json!({ "require_user_pat": true, "enforce_git_permissions": true });
        set(&daemon, level, rules).await.expect(200);
        let (ann, bob) = (daemon.as_user("ann"), daemon.as_user("bob"));
        for answer in every_look(&bob).await {
            // The list over all integrations tells of each by itself.
            let problem = answer.body.pointer("/incomplete/0/problem").unwrap_or(&answer.body);
            assert_eq!(problem["type"], "urn:countersign:problem:user-pat-required", "{}", answer.text);
            assert!(problem["setup_url"].as_str().unwrap().contains("/open/"), "{}", answer.text);
        }
        for act_as in ["auto", "user", "integration"] {
            let body = json!({ "name": "x", "from": "main", "project": "ABC", "act_as": act_as });
            bob.ask_for_branch(MAIN, WIDGETS, &body).await.problem(403, "user-pat-required");
            let body =
                json!({ "title": "x", "source": "develop", "target": "main", "project": "ABC", "act_as": act_as });
            bob.ask_for_pull_request(MAIN, WIDGETS, &body).await.problem(403, "user-pat-required");
        }
        bob.delete_branch(MAIN, WIDGETS, "develop").await.problem(403, "user-pat-required");
        bob.check_pat(MAIN).await.problem(403, "user-pat-missing");
        bob.get("/api/v1/branch-name?integration=main&issue=ABC-1").await.expect(200);
        assert_eq!((daemon.stand_in.record.requests().len(), daemon.unseals().await), (0, (0, 0)));

        ann.save_pat(MAIN, token::ALICE).await.expect(200);
        for answer in every_look(&ann).await {
            let incomplete = answer.body["incomplete"].as_array().map_or(0, Vec::len);
            assert_eq!((answer.status, incomplete), (200, 0), "{}", answer.text);
        }
        ann.create_branch(MAIN, WIDGETS, "feature/x", "main").await.expect(201);
        ann.create_pull_request(MAIN, WIDGETS, "develop").await;
        ann.delete_branch(MAIN, WIDGETS, "feature/x").await.expect(200);
        ann.check_pat(MAIN).await.expect(200);
        ann.revoke_pat(MAIN).await.expect(200);
        ann.repositories(MAIN).await.problem(403, "user-pat-required");
        let (of_users, of_the_integration) = daemon.unseals().await;
        assert!(of_users > 0 && of_the_integration == 0);
    }
}

/// Users see no more than their own PAT does, and before the grace date what they saw.
#[tokio::test]
async fn enforcement_waits_for_the_grace_date_and_is_put_away_with_the_rule() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let (ann, level) = (daemon.as_user("ann"), LEVELS[1].clone());
    let rules = json!({ "require_user_pat": true, "require_user_pat_from": FROM, "enforce_git_permissions": true });
    set(&daemon, level.clone(), rules).await.expect(200);
    ann.repositories(MAIN).await.expect(200);
    assert_eq!(shown(&ann).await["outlook"]["look"], "integration");
    daemon.clock.advance_ms(TEN_MINUTES_MS);
    ann.repositories(MAIN).await.problem(403, "user-pat-required");
    assert_eq!(shown(&ann).await["outlook"]["look"], "user-pat-required");
    let off = json!({ "require_user_pat": false, "enforce_git_permissions": false });
    let changed = set(&daemon, level, off).await.expect(200);
    assert_eq!(changed.body["require_user_pat_from"], Value::Null, "the date goes with the rule");
    ann.repositories(MAIN).await.expect(200);
}

#[tokio::test]
async fn enforcement_needs_the_rule_of_its_own_level() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let enforced = json!({ "require_user_pat": true, "enforce_git_permissions": true });
    for (level, other) in [(&LEVELS[0], &LEVELS[1]), (&LEVELS[1], &LEVELS[0])] {
        let alone = json!({ "require_user_pat": false, "enforce_git_permissions": true });
        set(&daemon, other.clone(), json!({ "require_user_pat": true })).await.expect(200);
        let refused = set(&daemon, level.clone(), alone).await.problem(422, "invalid");
        assert_eq!(refused.text_at("/errors/0/field"), "enforce_git_permissions");
        assert!(refused.text_at("/errors/0/message").contains("Require User PAT"), "{}", refused.text);
        let dated = json!({ "require_user_pat": false, "require_user_pat_from": FROM });
        let refused = set(&daemon, level.clone(), dated).await.problem(422, "invalid");
        assert_eq!(refused.text_at("/errors/0/field"), "require_user_pat_from");
        set(&daemon, other.clone(), json!({ "require_user_pat": false })).await.expect(200);
    }
    // A patch that leaves the one on and switches the other off.
    set(&daemon, LEVELS[1].clone(), enforced).await.expect(200);
    let half = json!({ "require_user_pat": false });
    let refused = set(&daemon, LEVELS[1].clone(), half).await.problem(422, "invalid");
    assert_eq!(refused.text_at("/errors/0/field"), "enforce_git_permissions");
    let log = daemon.audit().await;
    let last = log.iter().rfind(|entry| entry["subject"] == "integration.change").unwrap();
    assert_eq!(last["details"]["enforce_git_permissions"], json!({ "before": false, "after": true }));
}

#[tokio::test]
async fn what_is_switched_off_is_done_by_nobody_and_says_who_can_mend_it() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let (ann, level) = (daemon.as_user("ann"), LEVELS[1].clone());
    ann.save_pat(MAIN, token::ALICE).await.expect(200);
    daemon.stand_in.record.clear();
    let off = json!({ "create_branches": false, "delete_branches": false, "create_pull_requests": false });
    let changed = set(&daemon, level.clone(), off).await.expect(200);
    assert_eq!(changed.body["create_branches"], false);
    for user in [&ann, &daemon.as_user("bob")] {
        let told = shown(user).await["outlook"].clone();
        assert_eq!(
            (&told["create_branch"]["auto"], &told["delete_branch"]),
            (&json!("switched-off"), &json!("switched-off"))
        );
        let denied = [
            (user.create_branch(MAIN, WIDGETS, "feature/x", "main").await, "Creating branches is switched off"),
            (user.delete_branch(MAIN, WIDGETS, "develop").await, "Deleting branches is switched off"),
            (user.create_pull_request(MAIN, WIDGETS, "develop").await, "Creating pull requests is switched off"),
        ];
        for (answer, words) in denied {
            let denied = answer.problem(403, "switched-off");
            assert!(denied.text_at("/detail").starts_with(words), "{}", denied.text);
            assert!(denied.text_at("/detail").contains("administrator"), "{}", denied.text);
            assert_eq!(denied.body.get("setup_url"), None, "no PAT mends that");
        }
    }
    assert_eq!((daemon.stand_in.record.requests().len(), daemon.unseals().await), (0, (0, 0)));
    set(&daemon, level, json!({ "create_branches": true })).await.expect(200);
    ann.create_branch(MAIN, WIDGETS, "feature/x", "main").await.expect(201);
    ann.delete_branch(MAIN, WIDGETS, "feature/x").await.problem(403, "switched-off");
}

/// What is told beforehand is what is done.
#[tokio::test]
async fn the_outlook_is_what_comes_of_it() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let (ann, bob) = (daemon.as_user("ann"), daemon.as_user("bob"));
    ann.save_pat(MAIN, token::ALICE).await.expect(200);
    for (round, required) in [false, true].into_iter().enumerate() {
        set(&daemon, LEVELS[0].clone(), json!({ "require_user_pat": required })).await.expect(200);
        for (user, who) in [(&ann, "ann"), (&bob, "bob")] {
            let told = shown(user).await["outlook"]["create_branch"].clone();
            for act_as in ["auto", "user", "integration"] {
                let name = format!("feature/{who}-{act_as}-{round}");
                let body = json!({ "name": name, "from": "main", "project": "ABC", "act_as": act_as });
                let answer = user.ask_for_branch(MAIN, WIDGETS, &body).await;
                let came = if answer.status == 201 { answer.text_at("/receipt/acted_as") } else { answer.code() };
                assert_eq!(told[act_as], came, "{who}, {act_as}, required {required}");
            }
        }
    }
}
