//! Branches through the API are references to git, and the other way round.

use countersign_tests::standin::github::token;
use http::Method;
use serde_json::json;

use crate::client::{call, delete, get, main_tip, post, request, send, usual};

const REFS: &str = "/repos/acme/widgets/git/refs";

#[tokio::test]
async fn a_branch_made_through_the_api_is_a_reference_to_git() {
    let github = usual().await;
    let sha = main_tip(&github);
    let made = post(&github, REFS, json!({ "ref": "refs/heads/ABC-1-login", "sha": sha })).await;
    assert_eq!((made.status, made.body["object"]["sha"].as_str()), (201, Some(sha.as_str())));
    assert_eq!(made.header("location"), made.body["url"].as_str());

    let shown = github.git("acme/widgets").git(&["show-ref", "refs/heads/ABC-1-login"]).unwrap();
    assert_eq!(shown, format!("{sha} refs/heads/ABC-1-login\n"));
    assert_eq!(github.who_made_branch("acme/widgets", "ABC-1-login").as_deref(), Some("alice"));
}

#[tokio::test]
async fn a_reference_made_with_git_is_a_branch_in_the_api() {
    let github = usual().await;
    let sha = github.git("acme/widgets").add_commit("pushed/by-git", "new.txt").unwrap();
    for path in ["git/ref/heads/pushed/by-git", "git/ref/heads/pushed%2Fby-git", "git/refs/heads/pushed/by-git"] {
        let reference = get(&github, &format!("/repos/acme/widgets/{path}")).await;
        assert_eq!((reference.status, reference.body["object"]["sha"].as_str()), (200, Some(sha.as_str())), "{path}");
    }
    for path in ["pushed/by-git", "pushed%2Fby-git"] {
        let branch = get(&github, &format!("/repos/acme/widgets/branches/{path}")).await;
        assert_eq!((branch.status, branch.body["commit"]["sha"].as_str()), (200, Some(sha.as_str())), "{path}");
    }
    assert_eq!(get(&github, "/repos/acme/widgets/branches").await.each("name"), ["develop", "main", "pushed/by-git"]);
    assert_eq!(github.who_made_branch("acme/widgets", "pushed/by-git"), None);
}

#[tokio::test]
async fn a_name_of_unusual_characters_is_encoded_in_every_url() {
    let github = usual().await;
    let sha = main_tip(&github);
    let name = "größe/100%#1|\"a\"";
    let made = post(&github, REFS, json!({ "ref": format!("refs/heads/{name}"), "sha": sha })).await;
    let location = made.header("location").unwrap().to_owned();
    assert!(location.ends_with("/refs/heads/gr%C3%B6%C3%9Fe/100%25%231%7C%22a%22"), "{location}");
    assert_eq!(github.git("acme/widgets").git(&["rev-parse", &format!("refs/heads/{name}")]).unwrap().trim(), sha);
    assert_eq!(github.who_made_branch("acme/widgets", name).as_deref(), Some("alice"));
    assert_eq!(github.who_made_branch("acme/attic", name), None);

    let found = send(request(Method::GET, &location, Some(token::ALICE), None)).await;
    assert_eq!((found.status, &found.body["ref"]), (200, &json!(format!("refs/heads/{name}"))));
    let moved = get(&github, "/repos/acme/gadgets/branches/gr%C3%B6%C3%9Fe%2F100%25%231%7C%22a%22").await;
    let moved = send(request(Method::GET, moved.header("location").unwrap(), Some(token::ALICE), None)).await;
    assert_eq!((moved.status, &moved.body["name"]), (200, &json!(name)));
    let line_break = get(&github, "/repos/acme/gadgets/branches/a%0Ab?x=%0A").await;
    assert!(line_break.header("location").unwrap().ends_with("/repositories/5001/branches/a%0Ab?x=%0A"));
    let bare = get(&github, "/repos/acme/gadgets?x=1").await;
    assert!(bare.header("location").unwrap().ends_with("/repositories/5001?x=1"));
}

#[tokio::test]
async fn a_refused_branch_says_why_in_githubs_words() {
    let github = usual().await;
    let sha = main_tip(&github);
    let long = format!("refs/heads/{}", "x".repeat(250));
    let hex = format!("refs/heads/{sha}");
    let cases = [
        ("refs/heads/main", sha.as_str(), "Reference already exists"),
        ("refs/heads/x", "dddddddddddddddddddddddddddddddddddddddd", "Object does not exist"),
        ("refs/heads/a..b", &sha, "Reference contains bad characters"),
        ("refs/heads/a b", &sha, "Reference contains bad characters"),
        ("refs/heads/main/below", &sha, "Reference update failed"),
        ("refs/heads/release/1.0", &sha, "Reference update failed"),
        ("heads/x", &sha, "heads/x is not a valid ref name."),
        ("refs/x", &sha, "refs/x is not a valid ref name."),
        (&long, &sha, &format!("{long} is not a valid ref name.")),
        (&hex, &sha, &format!("{hex} is not a valid ref name.")),
        ("refs/heads/x", "main", "The sha parameter must be exactly 40 characters and contain only [0-9a-f]."),
    ];
    let before = github.git("acme/widgets").git(&["show-ref"]).unwrap();
    for (name, sha, message) in cases {
        let refused = post(&github, REFS, json!({ "ref": name, "sha": sha })).await;
        assert_eq!((refused.status, refused.message()), (422, message), "{name}");
        assert_eq!(refused.body["status"], "422");
    }
    assert_eq!(github.git("acme/widgets").git(&["show-ref"]).unwrap(), before);
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_400_and_one_that_lacks_something_422() {
    let github = usual().await;
    let url = format!("{}{REFS}", github.url());
    for (body, status, message) in [
        ("{", 400, "Problems parsing JSON"),
        ("[]", 400, "Body should be a JSON object"),
        (r#"{"ref":"refs/heads/x"}"#, 422, "Invalid request.\n\n\"sha\" wasn't supplied."),
        (r#"{"ref":1,"sha":"x"}"#, 422, "Invalid request.\n\nFor 'properties/ref', 1 is not a string."),
    ] {
        let request = crate::client::http().post(&url).bearer_auth(token::ALICE).body(body);
        let refused = crate::client::send(request).await;
        assert_eq!((refused.status, refused.message()), (status, message), "{body}");
    }
}

#[tokio::test]
async fn of_six_who_make_the_same_branch_one_makes_it() {
    let github = usual().await;
    let sha = main_tip(&github);
    let make = || post(&github, REFS, json!({ "ref": "refs/heads/race", "sha": sha }));
    let (a, b, c, d, e, f) = tokio::join!(make(), make(), make(), make(), make(), make());
    let mut statuses = [a, b, c, d, e, f].map(|reply| (reply.status, reply.message().to_owned()));
    statuses.sort();
    assert_eq!(statuses[0].0, 201);
    for (status, message) in &statuses[1..] {
        assert_eq!((*status, message.as_str()), (422, "Reference already exists"));
    }
}

#[tokio::test]
async fn matching_refs_is_a_prefix_and_nothing_is_an_empty_list() {
    let github = usual().await;
    let sha = main_tip(&github);
    for name in ["ABC-1", "ABC-10", "ABC-2"] {
        post(&github, REFS, json!({ "ref": format!("refs/heads/{name}"), "sha": sha })).await;
    }
    let matching = get(&github, "/repos/acme/widgets/git/matching-refs/heads/ABC-1").await;
    assert_eq!(matching.each("ref"), ["refs/heads/ABC-1", "refs/heads/ABC-10"]);
    let none = get(&github, "/repos/acme/widgets/git/matching-refs/heads/XYZ").await;
    assert_eq!((none.status, none.body), (200, json!([])));
}

#[tokio::test]
async fn deleting_a_branch_deletes_the_reference_and_a_missing_one_is_422() {
    let github = usual().await;
    let sha = main_tip(&github);
    post(&github, REFS, json!({ "ref": "refs/heads/feature/short-lived", "sha": sha })).await;
    let path = format!("{REFS}/heads/feature%2Fshort-lived");
    let deleted = delete(&github, &path).await;
    assert_eq!((deleted.status, deleted.text.as_str()), (204, ""));
    assert!(github.git("acme/widgets").git(&["show-ref", "refs/heads/feature/short-lived"]).is_err());

    let again = delete(&github, &path).await;
    assert_eq!((again.status, again.message()), (422, "Reference does not exist"));
    let default = delete(&github, &format!("{REFS}/heads/main")).await;
    assert_eq!((default.status, default.message()), (422, "Cannot delete this branch"));
    github.git("acme/widgets").git(&["update-ref", "refs/heads/release/1", &sha]).unwrap();
    let protected = delete(&github, &format!("{REFS}/heads/release/1")).await;
    assert_eq!((protected.status, protected.message()), (422, "Cannot delete this protected branch"));
}

#[tokio::test]
async fn a_missing_branch_is_404_with_the_words_of_its_route() {
    let github = usual().await;
    for (path, message) in [("git/ref/heads/nope", "Not Found"), ("branches/nope", "Branch not found")] {
        let missing = get(&github, &format!("/repos/acme/widgets/{path}")).await;
        assert_eq!((missing.status, missing.message()), (404, message), "{path}");
    }
}

#[tokio::test]
async fn an_empty_repository_conflicts_on_git_and_has_no_branches() {
    let github = usual().await;
    let oid = "d".repeat(40);
    let made = post(&github, "/repos/acme/empty/git/refs", json!({ "ref": "refs/heads/x", "sha": oid })).await;
    assert_eq!((made.status, made.message()), (409, "Git Repository is empty."));
    for path in ["git/ref/heads/main", "git/matching-refs/heads/"] {
        let refused = get(&github, &format!("/repos/acme/empty/{path}")).await;
        assert_eq!(refused.status, if path.ends_with('/') { 404 } else { 409 }, "{path}");
    }
    let branches = get(&github, "/repos/acme/empty/branches").await;
    assert_eq!((branches.status, branches.body), (200, json!([])));
}

#[tokio::test]
async fn a_protected_branch_says_so() {
    let github = usual().await;
    let sha = main_tip(&github);
    github.git("acme/widgets").git(&["update-ref", "refs/heads/release/1", &sha]).unwrap();
    let protected = get(&github, "/repos/acme/widgets/branches?protected=true").await;
    assert_eq!(protected.each("name"), ["release/1"]);
    assert_eq!(get(&github, "/repos/acme/widgets/branches/release/1").await.body["protected"], true);
    assert_eq!(get(&github, "/repos/acme/widgets/branches/main").await.body["protected"], false);
}

#[tokio::test]
async fn a_renamed_repository_redirects_to_its_number_and_works_there() {
    let github = usual().await;
    let sha = main_tip(&github);
    let moved = get(&github, "/repos/acme/gadgets/branches?per_page=1").await;
    let location = moved.header("location").unwrap().to_owned();
    assert_eq!((moved.status, moved.message()), (301, "Moved Permanently"));
    assert_eq!(location, format!("{}/repositories/5001/branches?per_page=1", github.url()));
    assert_eq!(moved.body["url"], location.as_str());
    assert_eq!(get(&github, "/repositories/5001/branches?per_page=1").await.each("name"), ["develop"]);

    let body = json!({ "ref": "refs/heads/moved", "sha": sha });
    let moved = post(&github, "/repos/acme/gadgets/git/refs", body.clone()).await;
    assert_eq!((moved.status, moved.message()), (307, "Moved Permanently"));
    assert_eq!(post(&github, "/repositories/5001/git/refs", body).await.status, 201);
    let hidden = call(&github, Method::GET, "/repos/acme/gadgets", Some(token::MALLORY), None).await;
    assert_eq!(hidden.status, 404);
}

#[tokio::test]
async fn two_branches_are_compared_by_the_commits_that_git_counts() {
    let github = usual().await;
    let compare = async |between: &str| get(&github, &format!("/repos/acme/widgets/compare/{between}")).await;
    let ahead = compare("main...develop").await;
    assert_eq!((ahead.status, &ahead.body["status"], &ahead.body["ahead_by"]), (200, &json!("ahead"), &json!(1)));
    assert_eq!(ahead.body["commits"].as_array().unwrap().len(), 1);
    let second = compare("main...develop?per_page=1&page=2").await;
    assert_eq!((&second.body["ahead_by"], &second.body["commits"]), (&json!(1), &json!([])));
    let behind = compare("develop...main").await;
    assert_eq!(
        (&behind.body["status"], &behind.body["ahead_by"], &behind.body["behind_by"]),
        (&json!("behind"), &json!(0), &json!(1))
    );
    assert_eq!(compare("main...main").await.body["status"], "identical");
    for missing in ["main...nope", "nope...main", "main"] {
        assert_eq!(compare(missing).await.status, 404, "{missing}");
    }
}
