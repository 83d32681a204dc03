//! A13: where a user's own PAT is required, the integration's credential is neither opened nor used, whatever is asked.

use countersign_tests::daemon::{Answer, Daemon, GitHubServer, MAIN, User, WIDGETS};
use countersign_tests::standin::github::{TokenState, token};
use http::Method;
use serde_json::{Value, json};

/// A branch as asked for by `act_as`.
async fn branch(user: &User, act_as: &str) -> Answer {
    let body = json!({ "name": "feature/x", "from": "main", "project": "ABC", "act_as": act_as });
    user.ask_for_branch(MAIN, WIDGETS, &body).await
}

async fn pull_request(user: &User, act_as: &str) -> Answer {
    let body = json!({ "title": "t", "source": "develop", "target": "main", "project": "ABC", "act_as": act_as });
    let path = countersign_tests::daemon::at(&["integrations", MAIN, "repositories", WIDGETS, "pull-requests"]);
    user.post(&path, &body).await
}

/// Everything the rule covers, with everything that can be asked for; deleting takes no `act_as`.
async fn every_way(user: &User) -> Vec<(String, Answer)> {
    let mut answers = Vec::new();
    for act_as in ["auto", "user", "integration"] {
        answers.push((format!("branch, {act_as}"), branch(user, act_as).await));
        answers.push((format!("pull request, {act_as}"), pull_request(user, act_as).await));
    }
    answers.push(("deletion".to_owned(), user.delete_branch(MAIN, WIDGETS, "develop").await));
    answers
}

#[tokio::test]
async fn a13_without_a_pat_everything_the_rule_covers_is_denied_and_nothing_is_sent_or_unsealed() {
    for global in [false, true] {
        let daemon = Daemon::start(GitHubServer::Cloud).await;
        if global {
            daemon.as_admin(Method::PUT, "/policy", Some(json!({ "require_user_pat": true }))).await.expect(200);
        } else {
            daemon.require_user_pat(MAIN).await;
        }
        for (way, answer) in every_way(&daemon.as_user("ann")).await {
            println!("{way}, global rule {global}");
            let denied = answer.problem(403, "user-pat-required");
            assert_eq!(denied.text_at("/whose"), "user");
            assert!(denied.text_at("/setup_url").starts_with("https://countersign.example.com/open/"));
        }
        assert_eq!(daemon.stand_in.record.requests().len(), 0);
        assert_eq!(daemon.unseals().await, (0, 0));
    }
}

#[tokio::test]
async fn a13_acting_as_the_integration_is_denied_also_to_one_who_has_a_pat() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    daemon.require_user_pat(MAIN).await;
    let ann = daemon.as_user("ann");
    ann.save_pat(MAIN, token::ALICE).await.expect(200);
    daemon.stand_in.record.clear();
    branch(&ann, "integration").await.problem(403, "user-pat-required");
    pull_request(&ann, "integration").await.problem(403, "user-pat-required");
    assert_eq!(daemon.stand_in.record.requests().len(), 0);
    assert_eq!(daemon.unseals().await, (0, 0));
}

#[tokio::test]
async fn a13_a_rejected_pat_is_never_replaced_by_the_integrations_credential() {
    for required in [true, false] {
        let daemon = Daemon::start(GitHubServer::Cloud).await;
        if required {
            daemon.require_user_pat(MAIN).await;
        }
        let ann = daemon.as_user("ann");
        ann.save_pat(MAIN, token::ALICE).await.expect(200);
        daemon.stand_in.change(|world| world.token_mut(token::ALICE).state = TokenState::Revoked);
        branch(&ann, "auto").await.problem(403, "user-pat-rejected");
        daemon.stand_in.record.clear();
        let unseals = daemon.unseals().await;
        assert_eq!(unseals, (1, 0));
        for act_as in ["auto", "user"] {
            let denied = branch(&ann, act_as).await.problem(403, "user-pat-rejected");
            assert!(!denied.text_at("/setup_url").is_empty());
            pull_request(&ann, act_as).await.problem(403, "user-pat-rejected");
        }
        assert_eq!(daemon.stand_in.record.requests().len(), 0);
        assert_eq!(daemon.unseals().await, unseals);
        // Asked for by name, the integration account acts where the rule is off, and only there.
        if required {
            branch(&ann, "integration").await.problem(403, "user-pat-required");
        } else {
            branch(&ann, "integration").await.expect(201);
        }
    }
}

#[tokio::test]
async fn without_view_development_tools_everything_is_denied_and_nothing_is_listed() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let ann = daemon.as_user("ann").viewing(&["XYZ"]);
    for call in [
        ann.get("/api/v1/integrations?project=ABC"),
        ann.repositories(MAIN),
        ann.branches(MAIN, WIDGETS),
        ann.pat(MAIN),
        ann.save_pat(MAIN, token::ALICE),
        ann.create_branch(MAIN, WIDGETS, "feature/x", "main"),
        ann.create_branch("no-such-integration", WIDGETS, "feature/x", "main"),
        ann.create_pull_request(MAIN, WIDGETS, "develop"),
    ] {
        let denied = call.await.problem(403, "permission-missing");
        assert_eq!(denied.text_at("/missing"), "View Development Tools");
        assert_eq!(denied.body.get("setup_url"), None, "no PAT mends that");
    }
    assert_eq!(daemon.stand_in.record.requests().len(), 0);
    let log: Vec<Value> = daemon.audit().await;
    let denials = log.iter().filter(|entry| entry["event"] == "denied");
    assert!(denials.count() >= 5, "denials are written down");
}
