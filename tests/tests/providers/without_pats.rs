//! A git server whose users cannot have tokens of their own (TFS 2015): the integration account acts, the rule cannot be
//! switched on, and both say why.

use countersign_tests::daemon::{AzureServer, Daemon, Holder, MAIN, Place, Server, at};
use countersign_tests::standin::StandIn as _;
use http::Method;
use serde_json::json;

const SERVER: AzureServer = AzureServer::Tfs2015;
const WIDGETS: &str = "Platform/widgets";

#[tokio::test]
async fn the_integration_account_works_with_a_user_name_and_a_password() {
    let daemon = Daemon::start(SERVER).await;
    let ann = daemon.as_user("ann");
    let created = ann.create_branch(MAIN, WIDGETS, "feature/x", "develop").await.expect(201);
    assert_eq!(created.text_at("/receipt/acted_as"), "integration");
    assert_eq!(created.text_at("/receipt/account/login"), SERVER.account(Holder::Integration));
    assert_eq!(daemon.show_ref(WIDGETS, "feature/x"), daemon.show_ref(WIDGETS, "develop"));
    assert_eq!(daemon.stand_in().who_made_branch(WIDGETS, "feature/x").as_deref(), Some("jira-integration"));
    ann.create_pull_request(MAIN, WIDGETS, "develop").await.expect(201);
    assert_eq!(daemon.stand_in().pull_requests(WIDGETS)[0].author, "jira-integration");
    ann.delete_branch(MAIN, WIDGETS, "feature/x").await.expect(200);
    let listed = ann.repositories(MAIN).await.expect(200);
    assert!(listed.text.contains(SERVER.repository(Place::Widgets).unwrap()), "{}", listed.text);
}

#[tokio::test]
async fn the_rule_cannot_be_switched_on_and_the_refusal_says_why() {
    let daemon = Daemon::start(SERVER).await;
    let rule = json!({ "require_user_pat": true });
    let path = format!("/integrations/{MAIN}");
    let refused = daemon.as_admin(Method::PATCH, &path, Some(rule.clone())).await;
    let refused = refused.problem(409, "user-pats-unsupported");
    assert!(refused.text_at("/detail").contains("2017"), "{}", refused.text);
    // By the global rule nobody acts in a name that is not hers, either.
    daemon.as_admin(Method::PUT, "/policy", Some(rule)).await.expect(200);
    daemon.stand_in().record().clear();
    let denied = daemon.as_user("ann").create_branch(MAIN, WIDGETS, "feature/x", "main").await;
    denied.problem(409, "user-pats-unsupported");
    assert!(daemon.stand_in().record().requests().is_empty());
}

#[tokio::test]
async fn no_pat_is_taken_and_nobody_is_asked_for_one() {
    let daemon = Daemon::start(SERVER).await;
    let ann = daemon.as_user("ann");
    let fields = daemon.credential(Holder::Alice);
    ann.save_credential(MAIN, &fields).await.problem(409, "user-pats-unsupported");
    let as_herself = json!({ "name": "feature/x", "from": "main", "project": "ABC", "act_as": "user" });
    let refused = ann.ask_for_branch(MAIN, WIDGETS, &as_herself).await.problem(409, "user-pats-unsupported");
    assert_eq!(refused.body.get("setup_url"), None);
    let integrations = ann.get("/api/v1/integrations?project=ABC").await.expect(200);
    assert_eq!(integrations.body["integrations"][0]["supports_user_pats"], false);
    let link = ann.post(&at(&["setup-links"]), &json!({ "integration": MAIN, "project": "ABC" })).await;
    link.problem(409, "user-pats-unsupported");
    // Each of these refusals is counted and written down.
    let denied = daemon.audit().await.into_iter().filter(|entry| entry["event"] == "denied");
    let denied: Vec<_> = denied.map(|entry| (entry["subject"].clone(), entry["details"]["reason"].clone())).collect();
    let subjects = ["credential.check", "branch.create", "page-link.make"];
    assert_eq!(denied, subjects.map(|subject| (json!(subject), json!("user-pats-unsupported"))));
    assert_eq!(daemon.metric(r#"countersign_denials_total{reason="user-pats-unsupported"}"#).await, 3);
}
