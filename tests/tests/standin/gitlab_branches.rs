//! Branches through the API are references to git, and the other way round.

use countersign_tests::standin::gitlab::{GitLab, Role, token};
use http::Method;
use serde_json::json;

use crate::client::send;
use crate::gitlab_client::{BRANCHES, WIDGETS, call, delete, get, post, request, tip, usual, version};

async fn branch(gitlab: &GitLab, name: &str, start: &str) -> crate::client::Reply {
    post(gitlab, BRANCHES, json!({ "branch": name, "ref": start })).await
}

#[tokio::test]
async fn a_branch_made_through_the_api_is_a_reference_to_git() {
    let gitlab = usual().await;
    let made = branch(&gitlab, "feature/ABC-1", "develop").await;
    let sha = tip(&gitlab, "develop");
    assert_eq!((made.status, made.body["commit"]["id"].as_str()), (201, Some(sha.as_str())));
    assert_eq!((&made.body["name"], &made.body["merged"]), (&json!("feature/ABC-1"), &json!(false)));
    assert_eq!(made.body["web_url"], format!("{}/acme/widgets/-/tree/feature/ABC-1", gitlab.web_url()));
    let shown = gitlab.git("acme/widgets").git(&["show-ref", "refs/heads/feature/ABC-1"]).unwrap();
    assert_eq!(shown, format!("{sha} refs/heads/feature/ABC-1\n"));
    assert_eq!(gitlab.who_made_branch("acme/widgets", "feature/ABC-1").as_deref(), Some("alice"));
    assert_eq!(gitlab.who_made_branch("acme/widgets", "ABC-1"), None);
    assert_eq!(gitlab.who_made_branch("acme/attic", "feature/ABC-1"), None);
}

#[tokio::test]
async fn a_branch_starts_at_a_branch_a_tag_or_a_commit() {
    let gitlab = usual().await;
    let (git, sha) = (gitlab.git("acme/widgets"), tip(&gitlab, "develop"));
    git.git(&["tag", "-a", "-m", "v1", "v1", &sha]).unwrap();
    let main = tip(&gitlab, "main");
    for (name, start, expected) in [
        ("from-branch", "main", &main),
        ("from-full-name", "refs/heads/develop", &sha),
        ("from-tag", "v1", &sha),
        ("from-commit", sha.as_str(), &sha),
    ] {
        assert_eq!(branch(&gitlab, name, start).await.body["commit"]["id"], **expected, "{name}");
    }
    let listed = get(&gitlab, BRANCHES).await;
    let merged: Vec<_> = listed.body.as_array().unwrap().iter().filter(|branch| branch["merged"] == true).collect();
    assert_eq!(merged.len(), 1);
    assert_eq!(merged[0]["name"], "from-branch");
}

#[tokio::test]
async fn a_reference_made_with_git_is_a_branch_in_the_api() {
    let gitlab = usual().await;
    let sha = gitlab.git("acme/widgets").add_commit("pushed/größe#1", "new.txt").unwrap();
    let found = get(&gitlab, &format!("{BRANCHES}/pushed%2Fgr%C3%B6%C3%9Fe%231")).await;
    assert_eq!((found.status, found.body["commit"]["id"].as_str()), (200, Some(sha.as_str())));
    assert!(found.body["web_url"].as_str().unwrap().ends_with("/-/tree/pushed/gr%C3%B6%C3%9Fe%231"));
    assert_eq!(get(&gitlab, BRANCHES).await.each("name"), ["develop", "main", "pushed/größe#1"]);
    let unencoded = get(&gitlab, &format!("{BRANCHES}/pushed/x")).await;
    assert_eq!((unencoded.status, &unencoded.body), (404, &json!({ "error": "404 Not Found" })));
    assert_eq!(gitlab.who_made_branch("acme/widgets", "pushed/größe#1"), None);
}

#[tokio::test]
async fn a_refused_branch_says_why_in_gitlabs_words() {
    let gitlab = usual().await;
    let hex = "a".repeat(40);
    let invalid = "Branch name is invalid";
    let cases = [
        ("main", "main", "Branch already exists"),
        ("a..b", "main", invalid),
        ("-x", "main", invalid),
        ("HEAD", "main", invalid),
        ("refs/heads/x", "main", invalid),
        ("x", "nope", "Failed to create branch 'x': invalid reference name 'nope'"),
        ("x", &hex, &format!("Failed to create branch 'x': invalid reference name '{hex}'")),
        ("main/x", "main", "Failed to create branch 'main/x': Branch name conflicts with existing branch hierarchy."),
        ("release/1", "main", "You are not allowed to create protected branches on this project."),
        (&hex, "main", "You cannot create a branch with a SHA-1 or SHA-256 branch name."),
    ];
    let before = gitlab.git("acme/widgets").git(&["show-ref"]).unwrap();
    for (name, start, message) in cases {
        let refused = branch(&gitlab, name, start).await;
        assert_eq!((refused.status, refused.message()), (400, message), "{name}");
    }
    assert_eq!(gitlab.git("acme/widgets").git(&["show-ref"]).unwrap(), before);
    let old = post(&version("12.10.0").await, BRANCHES, json!({ "branch": "x", "ref": "nope" })).await;
    assert_eq!((old.status, old.message()), (400, "Invalid reference name: nope"));
}

#[tokio::test]
async fn a_maintainer_makes_and_deletes_what_is_protected() {
    let gitlab = usual().await;
    let role = |role: Role| {
        gitlab.change(|world| {
            world.repository_mut("acme/widgets").collaborators.insert("alice".to_owned(), role);
        });
    };
    role(Role::Maintainer);
    let made = branch(&gitlab, "release/1", "main").await;
    assert_eq!((made.status, &made.body["protected"]), (201, &json!(true)));
    role(Role::Developer);
    let seen = get(&gitlab, &format!("{BRANCHES}/release%2F1")).await;
    assert_eq!((&seen.body["protected"], &seen.body["can_push"]), (&json!(true), &json!(false)));
    let refused = delete(&gitlab, &format!("{BRANCHES}/release%2F1")).await;
    assert_eq!(refused.status, 400);
    assert!(refused.message().starts_with("You are not allowed to delete protected branches from this project."));
    role(Role::Maintainer);
    assert_eq!(delete(&gitlab, &format!("{BRANCHES}/release%2F1")).await.status, 204);
}

#[tokio::test]
async fn a_parameter_that_is_missing_empty_or_no_text_is_an_error_of_another_shape() {
    let gitlab = usual().await;
    for (body, error) in [
        (json!({ "branch": "x" }), "ref is missing"),
        (json!({}), "branch is missing, ref is missing"),
        (json!({ "branch": " ", "ref": "main" }), "branch is empty"),
        (json!({ "branch": {}, "ref": "main" }), "branch is invalid"),
        (json!([]), "message body does not match declared format"),
    ] {
        let refused = post(&gitlab, BRANCHES, body).await;
        assert_eq!((refused.status, &refused.body), (400, &json!({ "error": error })));
    }
    let query = post(&gitlab, &format!("{BRANCHES}?branch=from-query&ref=main"), json!({})).await;
    assert_eq!(query.status, 201);
    let form = request(&gitlab, Method::POST, BRANCHES, Some(token::ALICE));
    let form = form.header("content-type", "application/x-www-form-urlencoded").body("branch=from-form&ref=main");
    assert_eq!(send(form).await.body["name"], "from-form");
}

#[tokio::test]
async fn of_six_who_make_the_same_branch_one_makes_it() {
    let gitlab = usual().await;
    let make = || branch(&gitlab, "race", "main");
    let (a, b, c, d, e, f) = tokio::join!(make(), make(), make(), make(), make(), make());
    let mut outcomes = [a, b, c, d, e, f].map(|reply| (reply.status, reply.message().to_owned()));
    outcomes.sort();
    assert_eq!(outcomes[0].0, 201);
    for (status, message) in &outcomes[1..] {
        assert_eq!((*status, message.as_str()), (400, "Branch already exists"));
    }
}

#[tokio::test]
async fn the_first_branch_of_an_empty_repository_brings_a_first_commit() {
    let gitlab = usual().await;
    let path = "/projects/acme%2Fempty/repository/branches";
    let nothing = get(&gitlab, path).await;
    assert_eq!((nothing.status, nothing.body), (200, json!([])));
    assert_eq!(get(&gitlab, "/projects/acme%2Fempty").await.body["empty_repo"], true);
    let made = post(&gitlab, path, json!({ "branch": "ABC-1", "ref": "main" })).await;
    assert_eq!(made.status, 201);
    assert_eq!(get(&gitlab, path).await.each("name"), ["ABC-1", "main"]);
    assert_eq!(gitlab.git("acme/empty").git(&["ls-tree", "--name-only", "ABC-1"]).unwrap(), "README.md\n");
}

#[tokio::test]
async fn deleting_a_branch_deletes_the_reference_and_a_missing_one_is_404() {
    let gitlab = usual().await;
    branch(&gitlab, "feature/short-lived", "main").await;
    let path = format!("{BRANCHES}/feature%2Fshort-lived");
    assert_eq!(call(&gitlab, Method::HEAD, &path, Some(token::ALICE), None).await.status, 204);
    let deleted = delete(&gitlab, &path).await;
    assert_eq!((deleted.status, deleted.text.as_str()), (204, ""));
    assert!(gitlab.git("acme/widgets").git(&["show-ref", "refs/heads/feature/short-lived"]).is_err());
    assert_eq!(call(&gitlab, Method::HEAD, &path, Some(token::ALICE), None).await.status, 404);
    for reply in [delete(&gitlab, &path).await, get(&gitlab, &path).await] {
        assert_eq!((reply.status, reply.message()), (404, "404 Branch Not Found"));
    }
    let default = delete(&gitlab, &format!("{BRANCHES}/main")).await;
    assert_eq!((default.status, default.message()), (400, "The default branch of a project cannot be deleted."));
    let invalid = get(&gitlab, &format!("{BRANCHES}/a..b")).await;
    assert_eq!((invalid.status, invalid.message()), (400, "The branch refname is invalid"));
}

#[tokio::test]
async fn a_branch_that_changed_in_between_is_not_deleted() {
    let gitlab = usual().await;
    let conditional = |since: &'static str| {
        let request = request(&gitlab, Method::DELETE, &format!("{BRANCHES}/develop"), Some(token::ALICE));
        send(request.header("if-unmodified-since", since))
    };
    let changed = conditional("Mon, 13 Nov 2023 00:00:00 GMT").await;
    assert_eq!((changed.status, changed.message()), (412, "412 Precondition Failed"));
    assert_eq!(conditional("Thu, 16 Nov 2023 00:00:00 GMT").await.status, 204);
}

#[tokio::test]
async fn a_search_finds_beginnings_ends_and_parts() {
    let gitlab = usual().await;
    for name in ["ABC-1", "ABC-10", "x/ABC-1"] {
        branch(&gitlab, name, "main").await;
    }
    for (search, names) in [
        ("%5EABC-1", vec!["ABC-1", "ABC-10"]),
        ("ABC-1$", vec!["ABC-1", "x/ABC-1"]),
        ("%5EABC-1$", vec!["ABC-1"]),
        ("abc-1", vec!["ABC-1", "ABC-10", "x/ABC-1"]),
        ("x*1", vec!["x/ABC-1"]),
        ("none", vec![]),
    ] {
        let found = get(&gitlab, &format!("{BRANCHES}?search={search}")).await;
        assert_eq!((found.status, found.each("name")), (200, names), "{search}");
    }
    assert_eq!(get(&gitlab, &format!("{BRANCHES}?sort=size")).await.body["error"], "sort does not have a valid value");
}

#[tokio::test]
async fn a_project_that_moved_redirects_reads_in_plain_text_and_refuses_changes() {
    let gitlab = usual().await;
    let old = "/projects/acme%2Fgadgets";
    let moved = get(&gitlab, &format!("{old}/repository/branches?per_page=1")).await;
    let location = format!("{}/projects/5001/repository/branches?per_page=1", gitlab.url());
    assert_eq!((moved.status, moved.header("location")), (301, Some(location.as_str())));
    assert_eq!(moved.header("content-type"), Some("text/plain"));
    assert_eq!(moved.text, format!("This resource has been moved permanently to {location}"));
    assert_eq!(get(&gitlab, &location).await.each("name"), ["develop"]);
    let refused = post(&gitlab, &format!("{old}/repository/branches"), json!({ "branch": "x", "ref": "main" })).await;
    assert_eq!((refused.status, refused.message()), (405, "Non GET methods are not allowed for moved projects"));
    assert_eq!(call(&gitlab, Method::GET, old, Some(token::MALLORY), None).await.status, 404);

    let older = version("16.6.9").await;
    assert_eq!(get(&older, old).await.body["path_with_namespace"], "acme/widgets");
    let made = post(&older, &format!("{old}/repository/branches"), json!({ "branch": "x", "ref": "main" })).await;
    assert_eq!(made.status, 201);
}

#[tokio::test]
async fn a_file_is_read_from_a_branch_with_what_is_known_of_it_or_raw() {
    let gitlab = usual().await;
    let git = gitlab.git("acme/widgets");
    let commit = git.commit_file("main", ".gitlab/merge_request_templates/Default.md", "## Why\n\nBecause.\n").unwrap();
    let path = format!("{WIDGETS}/repository/files/.gitlab%2Fmerge_request_templates%2FDefault.md");
    let file = get(&gitlab, &format!("{path}?ref=main")).await;
    assert_eq!((file.status, &file.body["commit_id"]), (200, &json!(commit)));
    assert_eq!((&file.body["content"], &file.body["size"]), (&json!("IyMgV2h5CgpCZWNhdXNlLgo="), &json!(17)));
    for query in ["", "?ref=main", "?ref=HEAD"] {
        let raw = get(&gitlab, &format!("{path}/raw{query}")).await;
        assert_eq!((raw.status, raw.text.as_str()), (200, "## Why\n\nBecause.\n"));
        assert_eq!(raw.header("content-type"), Some("text/plain"));
    }
    for (path, message) in [
        (format!("{path}/raw?ref=develop"), "404 File Not Found"),
        (format!("{path}?ref=nope"), "404 Commit Not Found"),
        (format!("{WIDGETS}/repository/files/.gitlab?ref=main"), "404 File Not Found"),
    ] {
        let missing = get(&gitlab, &path).await;
        assert_eq!((missing.status, missing.message()), (404, message));
    }
    assert_eq!(get(&gitlab, &path).await.body["error"], "ref is missing");
    let outside = get(&gitlab, &format!("{WIDGETS}/repository/files/..%2Fx?ref=main")).await;
    assert_eq!((outside.status, &outside.body["error"]), (400, &json!("file_path should be a valid file path")));
}

#[tokio::test]
async fn commits_are_listed_of_a_branch_and_of_a_range() {
    let gitlab = usual().await;
    let list =
        async |of: &str| get(&gitlab, &format!("/projects/acme%2Fwidgets/repository/commits?ref_name={of}")).await;
    let tips: Vec<String> = ["main", "develop"]
        .map(|branch| gitlab.git("acme/widgets").git(&["rev-parse", branch]).unwrap().trim().to_owned())
        .into();
    let between = list(&format!("{}..{}", tips[0], tips[1])).await;
    assert_eq!(between.each("id"), [tips[1].as_str()]);
    assert_eq!(list(&format!("{}..{}", tips[1], tips[0])).await.each("id"), [""; 0]);
    assert_eq!(list("develop").await.each("id").first(), Some(&tips[1].as_str()));
    assert_eq!(list("nope").await.status, 404);
}
