//! Pull requests are judged against the real branches.

use countersign_tests::standin::azure_devops::{AzureDevOps, account_guid, token};
use http::Method;
use serde_json::json;

use crate::azure_devops_client::{WIDGETS, ZEROS, call, each, get, key, post, pull, tip, update, usual};

const PULLS: &str = "/Platform/_apis/git/repositories/widgets/pullrequests";

#[tokio::test]
async fn a_pull_request_is_made_with_the_real_tips_and_known_everywhere_by_its_number() {
    let azure = usual().await;
    let mut new = pull("develop", "main");
    new["isDraft"] = json!(true);
    new["reviewers"] = json!([{ "id": account_guid(102) }]);
    let made = post(&azure, PULLS, new).await;
    assert_eq!((made.status, &made.body["pullRequestId"], &made.body["isDraft"]), (201, &json!(1), &json!(true)));
    assert_eq!(made.body["lastMergeSourceCommit"]["commitId"], tip(&azure, "develop"));
    assert_eq!(made.body["lastMergeTargetCommit"]["commitId"], tip(&azure, "main"));
    assert_eq!(made.body["createdBy"]["uniqueName"], "alice@example.com");
    assert_eq!(made.body["repository"]["webUrl"], format!("{}/Platform/_git/widgets", azure.url()));
    let recorded = &azure.pull_requests("Platform/widgets")[0];
    assert_eq!((recorded.author.as_str(), recorded.draft, recorded.number), ("alice", true, 1));
    assert_eq!((recorded.source.as_str(), recorded.target.as_str()), ("develop", "main"));
    assert_eq!(recorded.reviewers, ["bob"]);
    for path in [&format!("{PULLS}/1"), "/_apis/git/pullrequests/1", "/Platform/_apis/git/pullRequests/1"] {
        assert_eq!(get(&azure, path).await.body["title"], "Ship it", "{path}");
    }
    let missing = get(&azure, "/_apis/git/pullrequests/9").await;
    assert_eq!((missing.status, key(&missing)), (404, "GitPullRequestNotFoundException"));
}

#[tokio::test]
async fn a_refused_pull_request_says_why_in_the_servers_words() {
    let azure = usual().await;
    let activated = "TF401398: The pull request cannot be activated because the source and/or the target branch no longer exists, or the requested refs are not branches";
    for (source, target) in [("nope", "main"), ("develop", "nope")] {
        let refused = post(&azure, PULLS, pull(source, target)).await;
        assert_eq!((refused.status, refused.message()), (400, activated), "{source} {target}");
        assert_eq!(key(&refused), "GitPullRequestCannotBeActivated");
    }
    let no_branch = json!({ "title": "t", "sourceRefName": "develop", "targetRefName": "refs/heads/main" });
    assert_eq!(post(&azure, PULLS, no_branch).await.message(), activated);
    let itself = post(&azure, PULLS, pull("main", "main")).await;
    assert_eq!((itself.status, key(&itself)), (400, "InvalidArgumentValueException"));
    assert_eq!(itself.message(), "A source and a target reference cannot be the same");
    let mut untitled = pull("develop", "main");
    untitled["title"] = json!("");
    assert_eq!(post(&azure, PULLS, untitled).await.message(), "Invalid argument value.\r\nParameter name: title");

    let denied = call(&azure, Method::POST, PULLS, Some(token::BOB), Some(pull("develop", "main"))).await;
    assert_eq!((denied.status, key(&denied)), (403, "GitNeedsPermissionException"));
    assert!(denied.message().starts_with("TF401027: You need the Git 'PullRequestContribute' permission"));

    assert_eq!(post(&azure, PULLS, pull("develop", "main")).await.status, 201);
    let again = post(&azure, PULLS, pull("develop", "main")).await;
    assert_eq!((again.status, key(&again)), (409, "GitPullRequestExistsException"));
    assert_eq!(azure.pull_requests("Platform/widgets").len(), 1);
}

#[tokio::test]
async fn nothing_to_merge_is_no_hindrance() {
    let azure = usual().await;
    assert_eq!(
        azure.git("Platform/widgets").compare(&tip(&azure, "develop"), &tip(&azure, "main")).unwrap().commits,
        0
    );
    assert_eq!(post(&azure, PULLS, pull("main", "develop")).await.status, 201);
}

#[tokio::test]
async fn of_four_who_make_the_same_pull_request_one_makes_it() {
    let azure = usual().await;
    let make = || post(&azure, PULLS, pull("develop", "main"));
    let (a, b, c, d) = tokio::join!(make(), make(), make(), make());
    let mut statuses = [a.status, b.status, c.status, d.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409]);
}

#[tokio::test]
async fn lists_filter_and_page_by_skip_alone() {
    let azure = AzureDevOps::services("acme").usual().page_cap(1).start().await.unwrap();
    azure.git("Platform/widgets").add_commit("other", "o.txt").unwrap();
    post(&azure, PULLS, pull("develop", "main")).await;
    let mut other = pull("other", "main");
    other["title"] = json!("Other");
    post(&azure, PULLS, other).await;
    let bob = format!("?searchCriteria.reviewerId={}", account_guid(102));
    let alice = format!("?searchCriteria.creatorId={}", account_guid(101));
    for (query, titles) in [
        ("", vec!["Other"]),
        ("?$skip=1&$top=100", vec!["Ship it"]),
        ("?$skip=2", vec![]),
        ("?searchCriteria.status=active&searchCriteria.sourceRefName=refs/heads/develop", vec!["Ship it"]),
        ("?searchCriteria.sourceRefName=develop", vec![]),
        ("?searchCriteria.targetRefName=refs/heads/develop", vec![]),
        ("?searchCriteria.status=completed", vec![]),
        // A number is the same member of the enum.
        ("?searchCriteria.status=1&searchCriteria.sourceRefName=refs/heads/develop", vec!["Ship it"]),
        ("?searchCriteria.status=3", vec![]),
        ("?searchCriteria.status=4", vec!["Other"]),
        (&bob, vec![]),
        (&alice, vec!["Other"]),
    ] {
        for path in [PULLS, "/_apis/git/pullrequests", "/Platform/_apis/git/pullrequests"] {
            let listed = get(&azure, &format!("{path}{query}")).await;
            assert_eq!(
                (each(&listed, "title"), listed.header("x-ms-continuationtoken")),
                (titles.clone(), None),
                "{query}"
            );
        }
    }
    assert_eq!(each(&get(&azure, "/Public/_apis/git/pullrequests").await, "title").len(), 0);
}

#[tokio::test]
async fn a_pull_request_follows_its_branch_and_outlives_it() {
    let azure = usual().await;
    post(&azure, PULLS, pull("develop", "main")).await;
    let pushed = azure.git("Platform/widgets").add_commit("develop", "more.txt").unwrap();
    assert_eq!(get(&azure, &format!("{PULLS}/1")).await.body["lastMergeSourceCommit"]["commitId"], pushed);
    assert_eq!(update(&azure, "refs/heads/develop", &pushed, ZEROS).await["success"], true);
    let left = get(&azure, &format!("{PULLS}/1")).await;
    assert_eq!(
        (&left.body["status"], &left.body["lastMergeSourceCommit"]["commitId"]),
        (&json!("active"), &json!(pushed))
    );
}

#[tokio::test]
async fn reviewers_are_looked_up_and_added_by_their_id() {
    let azure = usual().await;
    post(&azure, PULLS, pull("develop", "main")).await;
    let found = get(&azure, "/_apis/identities?searchFilter=General&filterValue=bob").await;
    let id = found.body["value"][0]["id"].as_str().unwrap().to_owned();
    let add = |id: String| {
        let azure = &azure;
        let body = Some(json!({ "vote": 0 }));
        async move { call(azure, Method::PUT, &format!("{PULLS}/1/reviewers/{id}"), Some(token::ALICE), body).await }
    };
    let added = add(id.clone()).await;
    assert_eq!((added.status, &added.body["id"], &added.body["vote"]), (200, &json!(id), &json!(0)));
    add(id).await;
    assert_eq!(each(&get(&azure, &format!("{PULLS}/1/reviewers")).await, "displayName"), ["bob"]);
    assert_eq!(azure.pull_requests("Platform/widgets")[0].reviewers, ["bob"]);
    assert_eq!(add(account_guid(999)).await.status, 400);
}

#[tokio::test]
async fn servers_before_5_0_know_no_drafts_and_refuse_missing_branches_otherwise() {
    let azure = AzureDevOps::server("2018.2", "tfs", "DefaultCollection").usual().start().await.unwrap();
    let path = format!("{WIDGETS}/pullrequests?api-version=4.1");
    let mut draft = pull("develop", "main");
    draft["isDraft"] = json!(true);
    let made = post(&azure, &path, draft).await;
    assert_eq!((made.status, made.body.get("isDraft")), (201, None));
    assert!(!azure.pull_requests("Platform/widgets")[0].draft);
    let refused = post(&azure, &path, pull("nope", "main")).await;
    assert_eq!((refused.status, key(&refused)), (409, "GitPullRequestStaleException"));
    assert!(refused.message().starts_with("TF401398: "));
}
