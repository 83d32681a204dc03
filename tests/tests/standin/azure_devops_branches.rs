//! Branches through the API are references to git, and the other way round; a refused change is a 200.

use countersign_tests::standin::azure_devops::{AzureDevOps, Permission, TokenState, token};
use countersign_tests::standin::faults::{Fault, When};
use http::Method;
use serde_json::{Value, json};

use crate::azure_devops_client::{WIDGETS, ZEROS, call, each, get, key, post, request, tip, update, update_as, usual};
use crate::client::send;

#[tokio::test]
async fn a_branch_made_through_the_api_is_a_reference_to_git() {
    let azure = usual().await;
    let main = tip(&azure, "main");
    let made = update(&azure, "refs/heads/ABC-1-login", ZEROS, &main).await;
    assert_eq!((&made["success"], &made["updateStatus"]), (&json!(true), &json!("succeeded")));
    let shown = azure.git("Platform/widgets").git(&["show-ref", "refs/heads/ABC-1-login"]).unwrap();
    assert_eq!(shown, format!("{main} refs/heads/ABC-1-login\n"));
    assert_eq!(azure.who_made_branch("Platform/widgets", "ABC-1-login").as_deref(), Some("alice"));
    assert_eq!(azure.who_made_branch("Platform/widgets", "ABC-1").as_deref(), None);

    let listed = get(&azure, &format!("{WIDGETS}/refs?filter=heads/ABC-1-login")).await;
    assert_eq!(listed.body["value"][0]["creator"]["uniqueName"], "alice@example.com");
    let gone = update(&azure, "refs/heads/ABC-1-login", &main, ZEROS).await;
    assert_eq!(gone["updateStatus"], "succeeded");
    assert!(azure.git("Platform/widgets").references().unwrap().branch("ABC-1-login").is_none());
    // A deleted branch was still made by her.
    assert_eq!(azure.who_made_branch("Platform/widgets", "ABC-1-login").as_deref(), Some("alice"));
}

#[tokio::test]
async fn a_lost_reply_leaves_the_branch_made_and_known_to_the_record() {
    let azure = usual().await;
    azure.faults.once(When::ends_with(Method::POST, "/refs"), Fault::ReplyLost);
    let body = json!([{ "name": "refs/heads/new", "oldObjectId": ZEROS, "newObjectId": tip(&azure, "main") }]);
    request(&azure, Method::POST, &format!("{WIDGETS}/refs"), Some(token::INTEGRATION), Some(body))
        .send()
        .await
        .unwrap_err();
    assert_eq!(tip(&azure, "new"), tip(&azure, "main"));
    assert_eq!(azure.who_made_branch("Platform/widgets", "new").as_deref(), Some("jira-integration"));
}

#[tokio::test]
async fn a_filter_is_a_beginning_and_a_branch_that_is_not_there_is_an_empty_list() {
    let azure = usual().await;
    azure.git("Platform/widgets").add_commit("develop-2", "new.txt").unwrap();
    for (filter, names) in [
        ("?filter=heads/", vec!["refs/heads/develop", "refs/heads/develop-2", "refs/heads/main"]),
        ("?filter=heads%2Fdevelop", vec!["refs/heads/develop", "refs/heads/develop-2"]),
        ("?filterContains=ai", vec!["refs/heads/main"]),
        ("?filter=tags/", vec![]),
        ("/heads/main", vec!["refs/heads/main"]),
        ("?filter=heads/unknown", vec![]),
    ] {
        let listed = get(&azure, &format!("{WIDGETS}/refs{filter}")).await;
        assert_eq!((listed.status, each(&listed, "name")), (200, names), "{filter}");
    }
    let empty = get(&azure, "/Platform/_apis/git/repositories/empty/refs?filter=heads/").await;
    assert_eq!((empty.status, each(&empty, "name").len()), (200, 0));
}

#[tokio::test]
async fn a_refused_branch_is_a_200_that_says_why_not() {
    let azure = usual().await;
    let main = tip(&azure, "main");
    let unknown = "d".repeat(40);
    let long = format!("refs/heads/{}", "x".repeat(251));
    let before = azure.git("Platform/widgets").git(&["show-ref"]).unwrap();
    for (name, old, new, status) in [
        ("refs/heads/main", ZEROS, main.as_str(), "staleOldObjectId"),
        ("refs/heads/Main", ZEROS, &main, "refNameConflict"),
        ("refs/heads/main/below", ZEROS, &main, "refNameConflict"),
        ("refs/heads/x", ZEROS, &unknown, "unresolvableToCommit"),
        ("refs/heads/a..b", ZEROS, &main, "invalidRefName"),
        ("refs/heads/a b", ZEROS, &main, "invalidRefName"),
        ("heads/x", ZEROS, &main, "invalidRefName"),
        (&long, ZEROS, &main, "invalidRefName"),
        ("refs/heads/release/1.0", ZEROS, &main, "rejectedByPolicy"),
        ("refs/heads/main", &unknown, ZEROS, "staleOldObjectId"),
        ("refs/heads/main", ZEROS, ZEROS, "staleOldObjectId"),
        ("refs/heads/gone", &main, ZEROS, "staleOldObjectId"),
    ] {
        let refused = update(&azure, name, old, new).await;
        assert_eq!((&refused["success"], &refused["updateStatus"]), (&json!(false), &json!(status)), "{name}");
    }
    let policy = update(&azure, "refs/heads/release/1.0", ZEROS, &main).await;
    assert!(policy["customMessage"].as_str().unwrap().starts_with("TF402455: "), "{policy}");
    let nothing = update(&azure, "refs/heads/gone", ZEROS, ZEROS).await;
    assert_eq!((&nothing["success"], &nothing["updateStatus"]), (&json!(true), &json!("succeededNonExistentRef")));
    assert_eq!(azure.git("Platform/widgets").git(&["show-ref"]).unwrap(), before);
    assert_eq!(azure.who_made_branch("Platform/widgets", "main"), None);
}

#[tokio::test]
async fn a_name_of_exactly_the_longest_length_is_taken() {
    let azure = usual().await;
    // Folders, since no single file name is that long on disk.
    let name = format!("refs/heads/{}/{}", "x".repeat(125), "é".repeat(124));
    assert_eq!(update(&azure, &name, ZEROS, &tip(&azure, "main")).await["updateStatus"], "succeeded");
}

#[tokio::test]
async fn of_several_changes_each_is_answered_on_its_own() {
    let azure = usual().await;
    let main = tip(&azure, "main");
    let change = |name: &str| json!({ "name": name, "oldObjectId": ZEROS, "newObjectId": main });
    let body = json!([change("refs/heads/one"), change("refs/heads/main"), change("refs/heads/two")]);
    let reply = post(&azure, &format!("{WIDGETS}/refs"), body).await;
    assert_eq!(each(&reply, "updateStatus"), ["succeeded", "staleOldObjectId", "succeeded"]);
    assert_eq!((tip(&azure, "one"), tip(&azure, "two")), (main.clone(), main));
    assert_eq!(azure.who_made_branch("Platform/widgets", "two").as_deref(), Some("alice"));
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_400() {
    let azure = usual().await;
    for (body, message) in [
        (json!({ "name": "refs/heads/x" }), "Value cannot be null.\r\nParameter name: refUpdates"),
        (json!([]), "Value cannot be null.\r\nParameter name: refUpdates"),
        (
            json!([{ "name": "refs/heads/x", "oldObjectId": ZEROS }]),
            "Value cannot be null.\r\nParameter name: sha1IdString",
        ),
        (
            json!([{ "name": "refs/heads/x", "oldObjectId": ZEROS, "newObjectId": "main" }]),
            "Invalid argument value.\r\nParameter name: newObjectId",
        ),
    ] {
        let refused = post(&azure, &format!("{WIDGETS}/refs"), body).await;
        assert_eq!((refused.status, refused.message()), (400, message));
    }
}

#[tokio::test]
async fn who_may_only_read_is_told_so_inside_the_200() {
    let azure = usual().await;
    let main = tip(&azure, "main");
    let before = azure.git("Platform/widgets").git(&["show-ref"]).unwrap();
    for (change, status, permission) in [
        (("refs/heads/x", ZEROS, main.as_str()), "createBranchPermissionRequired", "CreateBranch"),
        (("refs/heads/main", &main, ZEROS), "writePermissionRequired", "ForcePush"),
    ] {
        let refused = update_as(&azure, token::BOB, WIDGETS, change).await;
        assert_eq!((&refused["success"], &refused["updateStatus"]), (&json!(false), &json!(status)));
        let message = refused["customMessage"].as_str().unwrap();
        assert!(message.starts_with(&format!("TF401027: You need the Git '{permission}' permission")), "{message}");
    }
    assert_eq!(azure.git("Platform/widgets").git(&["show-ref"]).unwrap(), before);
    azure.change(|world| {
        let bob = world.repository_mut("Platform/widgets").collaborators.get_mut("bob");
        *bob.unwrap() = Permission::Contribute;
    });
    let made = update_as(&azure, token::BOB, WIDGETS, ("refs/heads/x", ZEROS, &main)).await;
    assert_eq!(made["updateStatus"], "succeeded");
}

#[tokio::test]
async fn a_locked_branch_stays_until_it_is_unlocked() {
    let azure = usual().await;
    let (main, develop) = (tip(&azure, "main"), tip(&azure, "develop"));
    let lock = |token: &'static str, locked: bool| {
        let (azure, body) = (&azure, Some(json!({ "isLocked": locked })));
        async move { call(azure, Method::PATCH, &format!("{WIDGETS}/refs?filter=heads/develop"), Some(token), body).await }
    };
    let locked = lock(token::INTEGRATION, true).await;
    assert_eq!((locked.status, &locked.body["isLockedBy"]["displayName"]), (200, &json!("jira-integration")));
    assert_eq!(update(&azure, "refs/heads/develop", &develop, ZEROS).await["updateStatus"], "locked");
    let others = lock(token::ALICE, false).await;
    assert_eq!((others.status, key(&others)), (403, "GitNeedsPermissionException"));
    assert_eq!(lock(token::INTEGRATION, false).await.body["isLocked"], Value::Null);
    assert_eq!(update(&azure, "refs/heads/develop", &develop, ZEROS).await["updateStatus"], "succeeded");
    assert_eq!(tip(&azure, "main"), main);
}

#[tokio::test]
async fn of_six_who_make_the_same_branch_one_makes_it() {
    let azure = usual().await;
    let main = tip(&azure, "main");
    let make = || update(&azure, "refs/heads/race", ZEROS, &main);
    let (a, b, c, d, e, f) = tokio::join!(make(), make(), make(), make(), make(), make());
    let made = |result: &&Value| result["success"] == true;
    let results = [a, b, c, d, e, f];
    assert_eq!(results.iter().filter(made).count(), 1, "{results:?}");
    assert!(results.iter().all(|result| result["success"] == true || result["updateStatus"] == "staleOldObjectId"));
}

#[tokio::test]
async fn stats_count_from_the_default_branch_or_the_one_that_is_named_and_a_branch_that_is_not_there_is_404() {
    let azure = usual().await;
    azure.git("Platform/widgets").add_commit("main", "more.txt").unwrap();
    let stats = get(&azure, &format!("{WIDGETS}/stats/branches?name=develop")).await;
    assert_eq!((&stats.body["aheadCount"], &stats.body["behindCount"]), (&json!(1), &json!(1)));
    assert_eq!(stats.body["commit"]["commitId"], tip(&azure, "develop"));
    let all = get(&azure, &format!("{WIDGETS}/stats/branches")).await;
    assert_eq!(each(&all, "name"), ["develop", "main"]);
    let base = "baseVersionDescriptor.version=develop&baseVersionDescriptor.versionType=branch";
    let itself = get(&azure, &format!("{WIDGETS}/stats/branches?name=develop&{base}")).await;
    assert_eq!((&itself.body["aheadCount"], &itself.body["behindCount"]), (&json!(0), &json!(0)));
    let missing = get(&azure, &format!("{WIDGETS}/stats/branches?name=nope")).await;
    assert_eq!((missing.status, key(&missing)), (404, "GitUnresolvableToCommitException"));
    assert!(missing.message().starts_with("TF401175: "));
}

#[tokio::test]
async fn before_5_0_references_come_in_one_answer_and_everything_else_is_the_same() {
    for release in ["2015", "2017", "2018.2"] {
        let azure = AzureDevOps::server(release, "tfs", "DefaultCollection").usual().page_cap(1).start().await.unwrap();
        let path = format!("{WIDGETS}/refs?filter=heads/&$top=1&api-version=2.0");
        let auth = (token::INTEGRATION_USER, token::INTEGRATION_PASSWORD);
        let listed = send(request(&azure, Method::GET, &path, None, None).basic_auth(auth.0, Some(auth.1))).await;
        assert_eq!(each(&listed, "name"), ["refs/heads/develop", "refs/heads/main"], "{release}");
        assert_eq!(listed.header("x-ms-continuationtoken"), None);
        let body = json!([{ "name": "refs/heads/x", "oldObjectId": ZEROS, "newObjectId": tip(&azure, "main") }]);
        let path = format!("{WIDGETS}/refs?api-version=1.0");
        let made = request(&azure, Method::POST, &path, None, Some(body)).basic_auth(auth.0, Some(auth.1));
        assert_eq!(each(&send(made).await, "updateStatus"), ["succeeded"]);
        assert_eq!(azure.who_made_branch("Platform/widgets", "x").as_deref(), Some("jira-integration"));
    }
}

#[tokio::test]
async fn a_token_revoked_meanwhile_makes_nothing() {
    let azure = usual().await;
    azure.change(|world| world.token_mut(token::ALICE).state = TokenState::Revoked);
    let body = json!([{ "name": "refs/heads/x", "oldObjectId": ZEROS, "newObjectId": tip(&azure, "main") }]);
    assert_eq!(post(&azure, &format!("{WIDGETS}/refs"), body).await.status, 401);
    assert!(azure.git("Platform/widgets").references().unwrap().branch("x").is_none());
    assert_eq!(azure.who_made_branch("Platform/widgets", "x"), None);
}
