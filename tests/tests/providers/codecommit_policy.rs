//! The policy that users of CodeCommit copy: everything is done under it, and nothing in it is for nothing.

use std::collections::BTreeSet;

use countersign_tests::daemon::{CodeCommitServer, Daemon, Holder, MAIN, at};
use countersign_tests::standin::codecommit::Statement;
use serde_json::Value;

use super::{widgets, with};

#[tokio::test]
async fn the_policy_to_copy_is_the_least_one() {
    let daemon = Daemon::start(CodeCommitServer).await;
    let ann = with(&daemon, Holder::Alice).await;
    let listed = ann.get("/api/v1/integrations?project=ABC").await.expect(200);
    let policy: Value = serde_json::from_str(listed.text_at("/integrations/0/grant/text")).unwrap();
    let [statement] = &policy["Statement"].as_array().unwrap()[..] else { panic!("{policy}") };
    assert_eq!(statement["Condition"]["StringEquals"]["aws:RequestedRegion"], "us-east-1");
    let granted: Vec<&str> =
        statement["Action"].as_array().unwrap().iter().map(|action| action.as_str().unwrap()).collect();
    let statement = Statement::allow(&granted, statement["Resource"].as_str().unwrap());
    daemon.stand_in.change(|world| world.user_mut("alice").policy = vec![statement]);

    let widgets = widgets(CodeCommitServer);
    ann.get("/api/v1/repositories?project=ABC&integration=main").await.expect(200);
    ann.get(&format!("{}?project=ABC", at(&["integrations", MAIN, "repositories", widgets]))).await.expect(200);
    ann.branches(MAIN, widgets).await.expect(200);
    ann.create_pull_request(MAIN, widgets, "develop").await.expect(201);
    let comparison = at(&["integrations", MAIN, "repositories", widgets, "comparison"]);
    ann.get(&format!("{comparison}?project=ABC&source=develop&target=main")).await.expect(200);
    // Looks for the one that is open, and reads it.
    ann.create_pull_request(MAIN, widgets, "develop").await.expect(200);
    ann.create_branch(MAIN, widgets, "feature/x", "main").await.expect(201);
    ann.delete_branch(MAIN, widgets, "feature/x").await.expect(200);

    let asked: BTreeSet<String> = daemon
        .stand_in
        .record
        .requests()
        .iter()
        .filter_map(|recorded| {
            recorded.request.header("x-amz-target")?.split_once('.').map(|(_, name)| name.to_owned())
        })
        .map(|name| format!("codecommit:{name}"))
        .collect();
    let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
    assert_eq!(asked, granted);
}
