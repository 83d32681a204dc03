//! Merge requests: judged against the real branches.

use countersign_tests::standin::gitlab::{GitLab, NewRepository, PullState, token};
use http::Method;
use serde_json::{Value, json};

use crate::client::Reply;
use crate::gitlab_client::{BRANCHES, MERGE_REQUESTS, WIDGETS, call, delete, get, post, tip, usual, version};

fn asked(source: &str, target: &str) -> Value {
    json!({ "source_branch": source, "target_branch": target, "title": "t" })
}

async fn open(gitlab: &GitLab) -> Reply {
    post(gitlab, MERGE_REQUESTS, asked("develop", "main")).await
}

#[tokio::test]
async fn a_merge_request_is_between_real_branches() {
    let gitlab = usual().await;
    let mut body = asked("develop", "main");
    body["description"] = json!("Because.");
    body["reviewer_ids"] = json!([102, 103, 999]);
    body["labels"] = json!("one,two");
    let made = post(&gitlab, MERGE_REQUESTS, body).await;
    assert_eq!((made.status, &made.body["iid"], &made.body["state"]), (201, &json!(1), &json!("opened")));
    assert_eq!(made.body["sha"], tip(&gitlab, "develop"));
    assert_eq!(made.body["web_url"], format!("{}/acme/widgets/-/merge_requests/1", gitlab.web_url()));
    assert_eq!((&made.body["changes_count"], &made.body["draft"]), (&json!("1"), &json!(false)));
    assert_eq!((&made.body["author"]["username"], &made.body["labels"]), (&json!("alice"), &json!(["one", "two"])));
    assert_eq!(made.body["diff_refs"]["base_sha"], tip(&gitlab, "main"));

    let pull = gitlab.pull_requests("acme/widgets").remove(0);
    assert_eq!((pull.number, pull.title.as_str(), pull.description.as_deref()), (1, "t", Some("Because.")));
    assert_eq!((pull.source.as_str(), pull.target.as_str(), pull.draft), ("develop", "main", false));
    // mallory cannot see it, and 999 is nobody.
    assert_eq!((pull.author.as_str(), pull.reviewers), ("alice", vec!["bob".to_owned()]));
}

#[tokio::test]
async fn a_second_open_one_for_the_same_branches_conflicts() {
    let gitlab = usual().await;
    open(&gitlab).await;
    let again = open(&gitlab).await;
    let message = "Another open merge request already exists for this source branch: !1";
    assert_eq!((again.status, &again.body), (409, &json!({ "message": [message] })));
    gitlab.git("acme/widgets").git(&["branch", "other", "main"]).unwrap();
    assert_eq!(post(&gitlab, MERGE_REQUESTS, asked("develop", "other")).await.body["iid"], 2);
    gitlab.change(|world| world.repository_mut("acme/widgets").pulls.get_mut().unwrap()[0].state = PullState::Closed);
    assert_eq!(open(&gitlab).await.body["iid"], 3);
}

#[tokio::test]
async fn of_four_who_ask_at_once_one_makes_it() {
    let gitlab = usual().await;
    let (a, b, c, d) = tokio::join!(open(&gitlab), open(&gitlab), open(&gitlab), open(&gitlab));
    let mut statuses = [a, b, c, d].map(|reply| reply.status);
    statuses.sort();
    assert_eq!(statuses, [201, 409, 409, 409]);
    assert_eq!(gitlab.pull_requests("acme/widgets").len(), 1);
}

#[tokio::test]
async fn nothing_to_merge_is_accepted_and_said_in_the_answer() {
    let gitlab = usual().await;
    let made = post(&gitlab, MERGE_REQUESTS, asked("main", "develop")).await;
    assert_eq!((made.status, &made.body["changes_count"]), (201, &json!(null)));
    assert_eq!(made.body["detailed_merge_status"], "commits_status");
    gitlab.git("acme/widgets").add_commit("main", "new.txt").unwrap();
    let now = get(&gitlab, &format!("{MERGE_REQUESTS}/1")).await;
    assert_eq!((&now.body["changes_count"], &now.body["sha"]), (&json!("1"), &json!(tip(&gitlab, "main"))));
    assert_eq!(now.body["detailed_merge_status"], "mergeable");
}

#[tokio::test]
async fn a_merge_request_stays_open_when_its_source_is_deleted() {
    let gitlab = usual().await;
    open(&gitlab).await;
    assert_eq!(delete(&gitlab, &format!("{BRANCHES}/develop")).await.status, 204);
    assert_eq!(get(&gitlab, &format!("{MERGE_REQUESTS}/1")).await.body["state"], "opened");
}

#[tokio::test]
async fn a_refused_merge_request_says_why_in_one_of_four_shapes() {
    let gitlab = usual().await;
    let missing = json!(["does not exist"]);
    let mut elsewhere = asked("develop", "main");
    elsewhere["target_project_id"] = json!(5004);
    for (body, status, expected) in [
        (asked("nope", "main"), 400, json!({ "message": { "source_branch": missing } })),
        (asked("nope", "none"), 400, json!({ "message": { "source_branch": missing, "target_branch": missing } })),
        (asked("a..b", "main"), 400, json!({ "message": { "source_branch": ["is invalid"] } })),
        (asked("main", "main"), 422, json!({ "message": ["You can't use same project/branch for source and target"] })),
        (elsewhere, 422, json!({ "message": ["Source project is not a fork of the target project"] })),
        (json!({ "title": "t" }), 400, json!({ "error": "source_branch is missing, target_branch is missing" })),
    ] {
        let refused = post(&gitlab, MERGE_REQUESTS, body).await;
        assert_eq!((refused.status, refused.body), (status, expected));
    }
    let low = call(&gitlab, Method::POST, MERGE_REQUESTS, Some(token::BOB), Some(asked("develop", "main"))).await;
    assert_eq!((low.status, low.message()), (403, "403 Forbidden"));
    assert!(gitlab.pull_requests("acme/widgets").is_empty());
    assert_eq!(get(&gitlab, &format!("{MERGE_REQUESTS}/1")).await.message(), "404 Not found");
}

#[tokio::test]
async fn a_draft_is_one_by_its_title_and_how_depends_on_the_version() {
    for (version_text, title, draft) in [
        ("16.0.0", "Draft: t", true),
        ("16.0.0", "[draft] t", true),
        ("16.0.0", "WIP: t", false),
        ("16.0.0", "Drafted", false),
        ("13.5.0", "WIP: t", true),
        ("13.5.0", "Draft: t", true),
        ("13.1.0", "Draft: t", false),
    ] {
        let gitlab = version(version_text).await;
        let mut body = asked("develop", "main");
        body["title"] = json!(title);
        let made = post(&gitlab, MERGE_REQUESTS, body).await;
        assert_eq!(made.body["work_in_progress"], draft, "{version_text} {title}");
        assert_eq!(made.body.get("draft").is_some(), version_text != "13.1.0");
        assert_eq!(gitlab.pull_requests("acme/widgets")[0].draft, draft);
    }
}

#[tokio::test]
async fn the_list_is_filtered_and_newest_first() {
    let gitlab = usual().await;
    open(&gitlab).await;
    post(&gitlab, MERGE_REQUESTS, asked("main", "develop")).await;
    let mut closed = asked("develop", "main");
    closed["title"] = json!("Draft: again");
    gitlab.change(|world| world.repository_mut("acme/widgets").pulls.get_mut().unwrap()[0].state = PullState::Closed);
    call(&gitlab, Method::POST, MERGE_REQUESTS, Some(token::INTEGRATION), Some(closed)).await;
    for (query, numbers) in [
        ("", json!([3, 2, 1])),
        ("?sort=asc", json!([1, 2, 3])),
        ("?state=opened", json!([3, 2])),
        ("?state=closed", json!([1])),
        ("?state=opened&source_branch=develop", json!([3])),
        ("?state=opened&source_branch=develop&target_branch=develop", json!([])),
        ("?author_username=jira-integration", json!([3])),
        ("?draft=true", json!([3])),
        ("?wip=no", json!([2, 1])),
        ("?search=AGAIN", json!([3])),
        ("?iids[]=1&iids[]=2", json!([2, 1])),
        ("?scope=created_by_me", json!([2, 1])),
    ] {
        let listed = get(&gitlab, &format!("{MERGE_REQUESTS}{query}")).await;
        let found: Vec<&Value> = listed.body.as_array().unwrap().iter().map(|pull| &pull["iid"]).collect();
        assert_eq!((listed.status, json!(found)), (200, numbers), "{query}");
    }
    let wrong = get(&gitlab, &format!("{MERGE_REQUESTS}?state=open")).await;
    assert_eq!((wrong.status, &wrong.body), (400, &json!({ "error": "state does not have a valid value" })));
    assert_eq!(get(&gitlab, "/merge_requests").await.body.as_array().unwrap().len(), 2);
    assert_eq!(get(&gitlab, "/merge_requests?scope=all").await.body.as_array().unwrap().len(), 3);
    let none = call(&gitlab, Method::GET, "/merge_requests?scope=all", Some(token::MALLORY), None).await;
    assert_eq!(none.body, json!([]));
}

#[tokio::test]
async fn the_free_edition_takes_one_reviewer_and_has_no_template_in_settings() {
    let scene = || {
        let repository = NewRepository::named("alice/templated").merge_requests_template("## Why\n");
        GitLab::self_managed("17.0.0").usual().repository(repository)
    };
    for (builder, reviewers, template) in
        [(scene(), vec!["bob", "jira-integration"], json!("## Why\n")), (scene().free(), vec!["bob"], json!(null))]
    {
        let gitlab = builder.start().await.unwrap();
        let mut body = asked("develop", "main");
        body["reviewer_ids"] = json!([102, 104]);
        let made = post(&gitlab, MERGE_REQUESTS, body).await;
        let named: Vec<_> = made.body["reviewers"].as_array().unwrap().iter().map(|user| &user["username"]).collect();
        assert_eq!(named, reviewers);
        let project = get(&gitlab, "/projects/alice%2Ftemplated").await;
        assert_eq!(project.body["merge_requests_template"], template);
        assert_eq!(get(&gitlab, WIDGETS).await.body["merge_requests_template"], json!(null));
    }
}
