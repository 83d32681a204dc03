//! Which Jira project a request is for, said by its key or by an issue in it; and what is suggested for an issue.

use countersign_tests::daemon::{Daemon, GitHubServer, MAIN};
use serde_json::json;

#[tokio::test]
async fn an_issue_names_its_project_wherever_a_project_is_asked_for() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let ann = daemon.as_user("ann");
    ann.get("/api/v1/integrations?issue=ABC-7").await.expect(200);
    ann.get("/api/v1/repositories?issue=ABC-7").await.expect(200);
    ann.get("/api/v1/integrations/main/pat?issue=ABC-7").await.expect(200);
    ann.post("/api/v1/setup-links", &json!({ "integration": MAIN, "issue": "ABC-7" })).await.expect(201);
    ann.get("/api/v1/integrations?issue=ABC-7&project=OTHER").await.problem(422, "invalid");
    ann.get("/api/v1/integrations?issue=OTHER-7").await.problem(403, "permission-missing");
    ann.get("/api/v1/integrations").await.problem(422, "invalid");
}

#[tokio::test]
async fn a_branch_name_is_suggested_from_the_issue() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let ann = daemon.as_user("ann");
    let path =
        "/api/v1/branch-name?integration=main&issue=ABC-7&type=Story&summary=Log%20in%3A%20with%20a%20%22passkey%22%21";
    assert_eq!(ann.get(path).await.expect(200).text_at("/name"), "feature/ABC-7-log-in-with-a-passkey");
    assert_eq!(
        ann.get("/api/v1/branch-name?integration=main&issue=ABC-7").await.expect(200).text_at("/name"),
        "task/ABC-7"
    );
    ann.get("/api/v1/branch-name?integration=absent&issue=ABC-7").await.problem(404, "not-found");
}
