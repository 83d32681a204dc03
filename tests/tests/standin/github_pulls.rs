//! Pull requests are judged against the real branches.

use countersign_tests::standin::github::{OpenTo, token};
use http::Method;
use serde_json::{Value, json};

use crate::client::{call, delete, get, post, usual};

const PULLS: &str = "/repos/acme/widgets/pulls";

fn develop_to_main() -> Value {
    json!({ "title": "Ship it", "head": "develop", "base": "main", "body": "ABC-1" })
}

#[tokio::test]
async fn a_pull_request_is_made_with_the_real_tips_and_counts() {
    let github = usual().await;
    let made = post(&github, PULLS, develop_to_main()).await;
    let references = github.git("acme/widgets").references().unwrap();
    assert_eq!(made.status, 201);
    assert_eq!(made.header("location"), made.body["url"].as_str());
    assert_eq!(made.body["head"]["sha"], references.branch("develop").unwrap().oid.as_str());
    assert_eq!(made.body["base"]["sha"], references.branch("main").unwrap().oid.as_str());
    assert_eq!((&made.body["commits"], &made.body["changed_files"]), (&json!(1), &json!(1)));
    assert_eq!((&made.body["user"]["login"], &made.body["draft"]), (&json!("alice"), &json!(false)));
    assert_eq!(get(&github, &format!("{PULLS}/1")).await.body["number"], 1);
    assert_eq!(github.pull_requests("acme/widgets")[0].author, "alice");
}

#[tokio::test]
async fn a_refused_pull_request_says_why_in_githubs_words() {
    let github = usual().await;
    let error = |field: &str, code: &str| json!({ "resource": "PullRequest", "field": field, "code": code });
    let custom = |message: &str| json!({ "resource": "PullRequest", "code": "custom", "message": message });
    for (head, base, errors) in [
        ("nope", "main", json!([error("head", "invalid")])),
        ("someone:develop", "main", json!([error("head", "invalid")])),
        ("develop", "nope", json!([error("base", "invalid")])),
        ("nope", "nope", json!([error("head", "invalid"), error("base", "invalid")])),
        ("main", "develop", json!([custom("No commits between develop and main")])),
    ] {
        let refused = post(&github, PULLS, json!({ "title": "t", "head": head, "base": base })).await;
        assert_eq!((refused.status, refused.message()), (422, "Validation Failed"), "{head} {base}");
        assert_eq!(refused.body["errors"], errors);
    }
    let untitled = post(&github, PULLS, json!({ "head": "develop", "base": "main" })).await;
    assert_eq!(untitled.body["errors"], json!([error("title", "missing_field")]));

    assert_eq!(post(&github, PULLS, develop_to_main()).await.status, 201);
    let again = post(&github, PULLS, json!({ "title": "t", "head": "acme:develop", "base": "main" })).await;
    assert_eq!(again.body["errors"], json!([custom("A pull request already exists for acme:develop.")]));
    assert_eq!(github.pull_requests("acme/widgets").len(), 1);
}

#[tokio::test]
async fn of_four_who_make_the_same_pull_request_one_makes_it() {
    let github = usual().await;
    let make = || post(&github, PULLS, develop_to_main());
    let (a, b, c, d) = tokio::join!(make(), make(), make(), make());
    let mut statuses = [a.status, b.status, c.status, d.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 422, 422, 422]);
    assert_eq!(github.pull_requests("acme/widgets").len(), 1);
}

#[tokio::test]
async fn drafts_are_refused_where_the_plan_has_none() {
    let github = usual().await;
    let draft = json!({ "title": "t", "head": "develop", "base": "main", "draft": true });
    github.change(|world| world.repository_mut("acme/widgets").drafts = false);
    let refused = post(&github, PULLS, draft.clone()).await;
    assert_eq!((refused.status, refused.message()), (422, "Draft pull requests are not supported in this repository."));
    github.change(|world| world.repository_mut("acme/widgets").drafts = true);
    assert_eq!(post(&github, PULLS, draft).await.body["draft"], true);
}

#[tokio::test]
async fn where_an_owner_switched_them_off_there_are_none_and_the_repository_says_so() {
    let github = usual().await;
    for (open_to, status, flags) in [
        (OpenTo::Nobody, 410, (false, "all")),
        (OpenTo::Collaborators, 200, (true, "collaborators_only")),
        (OpenTo::All, 200, (true, "all")),
    ] {
        github.change(|world| world.repository_mut("acme/widgets").pull_requests = open_to);
        assert_eq!(get(&github, PULLS).await.status, status);
        let shown = get(&github, "/repos/acme/widgets").await.body;
        assert_eq!(
            (&shown["has_pull_requests"], &shown["pull_request_creation_policy"]),
            (&json!(flags.0), &json!(flags.1))
        );
        if open_to == OpenTo::Nobody {
            let refused = post(&github, PULLS, develop_to_main()).await;
            assert_eq!((refused.status, refused.message()), (410, "Pull requests are disabled for this repo"));
        }
    }
    assert_eq!(post(&github, PULLS, develop_to_main()).await.status, 201);
}

#[tokio::test]
async fn the_list_filters_by_head_with_owner_base_and_state() {
    let github = usual().await;
    github.git("acme/widgets").add_commit("other", "o.txt").unwrap();
    post(&github, PULLS, develop_to_main()).await;
    post(&github, PULLS, json!({ "title": "Other", "head": "other", "base": "main" })).await;
    for (query, titles) in [
        ("", vec!["Other", "Ship it"]),
        ("?direction=asc", vec!["Ship it", "Other"]),
        ("?state=open&head=acme:develop&base=main", vec!["Ship it"]),
        ("?head=acme%3Adevelop", vec!["Ship it"]),
        ("?head=develop", vec!["Other", "Ship it"]),
        ("?head=someone:develop", vec![]),
        ("?base=develop", vec![]),
        ("?state=closed", vec![]),
    ] {
        assert_eq!(get(&github, &format!("{PULLS}{query}")).await.each("title"), titles, "{query}");
    }
}

#[tokio::test]
async fn a_pull_request_follows_its_branch_and_closes_with_it() {
    let github = usual().await;
    post(&github, PULLS, develop_to_main()).await;
    let pushed = github.git("acme/widgets").add_commit("develop", "more.txt").unwrap();
    let followed = get(&github, &format!("{PULLS}/1")).await;
    assert_eq!((&followed.body["head"]["sha"], &followed.body["commits"]), (&json!(pushed), &json!(2)));

    assert_eq!(delete(&github, "/repos/acme/widgets/git/refs/heads/develop").await.status, 204);
    let closed = get(&github, &format!("{PULLS}/1")).await;
    assert_eq!((&closed.body["state"], closed.body["closed_at"].is_string()), (&json!("closed"), true));
    assert_eq!(get(&github, &format!("{PULLS}?state=closed")).await.each("title"), ["Ship it"]);
}

#[tokio::test]
async fn only_collaborators_can_be_asked_for_a_review() {
    let github = usual().await;
    post(&github, PULLS, develop_to_main()).await;
    let ask = |reviewer: &'static str| {
        let body = json!({ "reviewers": [reviewer] });
        let github = &github;
        async move { post(github, &format!("{PULLS}/1/requested_reviewers"), body).await }
    };
    let asked = ask("bob").await;
    assert_eq!((asked.status, &asked.body["requested_reviewers"][0]["login"]), (201, &json!("bob")));
    let stranger = ask("mallory").await;
    assert_eq!(stranger.status, 422);
    assert!(stranger.message().starts_with("Reviews may only be requested from collaborators."));
    let herself = ask("alice").await;
    assert_eq!((herself.status, herself.message()), (422, "Review cannot be requested from pull request author."));
    assert_eq!(github.pull_requests("acme/widgets")[0].requested_reviewers, ["bob"]);
}

#[tokio::test]
async fn an_unknown_pull_request_is_404() {
    let github = usual().await;
    assert_eq!(get(&github, &format!("{PULLS}/7")).await.status, 404);
    assert_eq!(get(&github, &format!("{PULLS}/x")).await.status, 404);
    let read_only = call(&github, Method::POST, PULLS, Some(token::BOB), Some(develop_to_main())).await;
    assert_eq!(read_only.status, 404);
}
