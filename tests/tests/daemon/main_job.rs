//! What it is all for: an administrator switches the rule on, a Jira user saves a PAT once, and from then on her branches and
//! pull requests are hers.

use countersign::operate::administration::{Administration, register_provider};
use countersign_tests::daemon::{Daemon, GitHubServer, MAIN, PUBLIC_URL, WIDGETS, provider_component};
use countersign_tests::standin::github::token;
use http::Method;
use model::Actor;
use serde_json::{Value, json};

const BRANCH: &str = "feature/ABC-1-größe";

#[tokio::test]
async fn a_branch_and_a_pull_request_are_made_as_the_user_on_github_com() {
    the_main_job(GitHubServer::Cloud).await;
}

#[tokio::test]
async fn a_branch_and_a_pull_request_are_made_as_the_user_on_enterprise_server() {
    the_main_job(GitHubServer::Enterprise).await;
}

async fn the_main_job(server: GitHubServer) {
    let daemon = Daemon::start(server).await;
    daemon.require_user_pat(MAIN).await;
    let ann = daemon.as_user("ann");
    denied_until_a_pat_is_saved(&daemon).await;

    let saved = ann.save_pat(MAIN, token::ALICE).await.expect(200);
    assert_eq!((saved.text_at("/state"), saved.text_at("/account/login")), ("valid", "alice"));

    let base = daemon.show_ref(WIDGETS, "main").unwrap();
    let created = ann.create_branch(MAIN, WIDGETS, BRANCH, "main").await.expect(201);
    assert_eq!(created.text_at("/branch/name"), BRANCH);
    assert_eq!(daemon.show_ref(WIDGETS, BRANCH), Some(base));
    assert_eq!(credit(&created.body), json!(["user", "alice", "101", "ann", null]));

    let opened = ann.create_pull_request(MAIN, WIDGETS, "develop").await.expect(201);
    assert_eq!(opened.text_at("/pull_request/author/login"), "alice");
    assert_eq!(credit(&opened.body), json!(["user", "alice", "101", "ann", null]));
    assert_eq!(daemon.stand_in.pull_requests(WIDGETS)[0].author, "alice");

    let again = ann.create_branch(MAIN, WIDGETS, BRANCH, "main").await.expect(200);
    assert_eq!(again.body["existed"], true);
    let again = ann.create_pull_request(MAIN, WIDGETS, "develop").await.expect(200);
    assert_eq!((&again.body["existed"], again.text_at("/pull_request/number")), (&json!(true), "1"));
    assert_eq!(daemon.stand_in.pull_requests(WIDGETS).len(), 1);

    let deleted = ann.delete_branch(MAIN, WIDGETS, BRANCH).await.expect(200);
    assert_eq!(deleted.body["existed"], true);
    assert_eq!(daemon.show_ref(WIDGETS, BRANCH), None);

    // Whatever was asked of the git server, read or write, was asked with her token.
    assert_eq!(daemon.stand_in.record.tokens_seen(), [token::ALICE]);
    assert!(daemon.stand_in.record.mutations().len() >= 5);
    assert_eq!(daemon.unseals().await.1, 0, "the integration's credential was never opened");
    the_audit_log_tells_it(&daemon).await;
}

/// And the link in the denial leads to a page that saves one.
async fn denied_until_a_pat_is_saved(daemon: &Daemon) {
    let ann = daemon.as_user("ann");
    let denied = ann.create_branch(MAIN, WIDGETS, BRANCH, "main").await.problem(403, "user-pat-required");
    assert_eq!(denied.text_at("/whose"), "user");
    let link = denied.text_at("/setup_url").to_owned();
    let visit = daemon.visit(&link).await;
    let page = visit.get().await.expect(200);
    assert!(page.text.contains("name=\"token\""), "{}", page.text);
    visit.post_and_see(&format!("token={}", token::ALICE_FINE)).await.expect(200);
    assert_eq!(ann.pat(MAIN).await.expect(200).text_at("/account/login"), "alice");
    daemon.call(Method::GET, link.strip_prefix(PUBLIC_URL).unwrap()).await.expect(410);
    daemon.call(Method::GET, &visit.path).await.expect(403);
    let removed = ann.remove_pat(MAIN).await.expect(204);
    assert_eq!(removed.text, "");
    assert_eq!(ann.pat(MAIN).await.expect(200).text_at("/state"), "missing");
    assert!(daemon.stand_in.record.mutations().is_empty());
    daemon.stand_in.record.clear();
}

fn credit(body: &Value) -> Value {
    let receipt = &body["receipt"];
    let expected = &receipt["expected_account"];
    json!([receipt["acted_as"], receipt["account"]["login"], receipt["account"]["id"], receipt["jira_user"], expected])
}

async fn the_audit_log_tells_it(daemon: &Daemon) {
    let log = daemon.audit().await;
    let of = |event: &str, subject: &str| -> Vec<&Value> {
        log.iter().filter(|entry| entry["event"] == event && entry["subject"] == subject).collect()
    };
    assert_eq!(of("denied", "branch.create")[0]["details"]["reason"], "user-pat-required");
    for subject in ["branch.create", "pull-request.create"] {
        let (intents, outcomes) = (of("intent", subject), of("outcome", subject));
        assert_eq!((intents.len(), outcomes.len()), (2, 2), "{subject}");
        for (intent, outcome) in intents.iter().zip(&outcomes) {
            assert_eq!(outcome["refers_to"], intent["sequence"]);
            assert_eq!(outcome["details"]["result"], "done");
            assert_eq!(outcome["details"]["receipt"]["account"]["login"], "alice");
            assert_eq!(
                intent["actor"],
                json!({ "kind": "user", "site": "default", "connector": "jira", "jira_user": "ann" })
            );
        }
    }
    let verdict = daemon.as_admin(Method::GET, "/audit/verification", None).await.expect(200);
    assert_eq!(verdict.body["intact"], true);
}

#[tokio::test]
async fn the_component_is_registered_by_its_bytes_and_serves_at_once() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let by = Administration { actor: Actor::CommandLine, request_id: String::new() };
    let record = register_provider(&daemon.app, &by, provider_component("github")).await.unwrap();
    assert_eq!(record.description.id.as_str(), "github");
    let ann = daemon.as_user("ann");
    ann.create_branch(MAIN, WIDGETS, "by-the-integration", "main").await.expect(201);
}

#[tokio::test]
async fn with_the_rule_off_the_integration_account_acts_for_those_without_a_pat() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let created = daemon.as_user("ann").create_branch(MAIN, WIDGETS, "feature/x", "main").await.expect(201);
    assert_eq!(credit(&created.body), json!(["integration", "jira-integration", "104", "ann", null]));
    assert_eq!(daemon.stand_in.who_made_branch(WIDGETS, "feature/x").as_deref(), Some("jira-integration"));
    assert_eq!(daemon.unseals().await, (0, 1));
}

#[tokio::test]
async fn the_browser_lists_repositories_and_base_branches_with_the_users_own_eyes() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let ann = daemon.as_user("ann");
    ann.save_pat(MAIN, token::ALICE).await.expect(200);
    let listed = ann.repositories(MAIN).await.expect(200);
    let rows = listed.body["repositories"].as_array().unwrap();
    let row = |id: &str| rows.iter().find(|row| row["id"] == id).unwrap_or_else(|| panic!("no {id}"));
    assert_eq!(row(WIDGETS)["pat_state"], "valid");
    assert_eq!((&row("acme/attic")["is_read_only"], &row(WIDGETS)["is_private"]), (&json!(true), &json!(true)));
    let branches = ann.branches(MAIN, WIDGETS).await.expect(200);
    let names: Vec<&Value> =
        branches.body["branches"].as_array().unwrap().iter().map(|branch| &branch["name"]).collect();
    assert_eq!(names, ["develop", "main"]);
    assert_eq!(daemon.stand_in.record.tokens_seen(), [token::ALICE]);
}
