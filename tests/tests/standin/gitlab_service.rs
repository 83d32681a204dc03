//! The edges of the API: pages, limits, versions, a relative root, and a proxy that decodes paths.

use countersign_tests::standin::faults::{Fault, When};
use countersign_tests::standin::gitlab::{GitLab, faults, token};
use http::{Method, StatusCode};
use serde_json::json;

use crate::client::send;
use crate::gitlab_client::{BRANCHES, MERGE_REQUESTS, WIDGETS, call, get, get_as, post, request, usual, version};

#[tokio::test]
async fn every_list_has_a_second_page_and_says_where() {
    let gitlab = GitLab::cloud().usual().page_cap(1).start().await.unwrap();
    let first = get(&gitlab, &format!("{BRANCHES}?per_page=100")).await;
    assert_eq!((first.each("name"), first.link("prev")), (vec!["develop"], None));
    for (header, value) in [
        ("x-page", "1"),
        ("x-per-page", "1"),
        ("x-next-page", "2"),
        ("x-prev-page", ""),
        ("x-total", "2"),
        ("x-total-pages", "2"),
    ] {
        assert_eq!(first.header(header), Some(value), "{header}");
    }
    let next = first.link("next").unwrap();
    assert_eq!(next, format!("{}{BRANCHES}?id=acme%2Fwidgets&page=2&per_page=1", gitlab.url()));
    assert_eq!(first.link("last").as_deref(), Some(next.as_str()));
    let second = get(&gitlab, &next).await;
    assert_eq!(
        (second.each("name"), second.link("next"), second.header("x-next-page")),
        (vec!["main"], None, Some(""))
    );
    assert!(second.link("prev").is_some() && second.link("first").is_some());
    assert_eq!(get(&gitlab, "/users").await.header("x-total"), Some("5"));
    assert_eq!(get(&gitlab, "/projects").await.header("x-total"), Some("5"));
    post(&gitlab, MERGE_REQUESTS, json!({ "source_branch": "develop", "target_branch": "main", "title": "t" })).await;
    post(&gitlab, MERGE_REQUESTS, json!({ "source_branch": "main", "target_branch": "develop", "title": "t" })).await;
    assert_eq!(get(&gitlab, MERGE_REQUESTS).await.header("x-next-page"), Some("2"));
}

#[tokio::test]
async fn long_lists_do_not_say_how_long_they_are() {
    let gitlab = GitLab::cloud().usual().page_cap(1).without_totals().start().await.unwrap();
    let first = get(&gitlab, BRANCHES).await;
    assert_eq!((first.header("x-total"), first.header("x-total-pages"), first.link("last")), (None, None, None));
    assert_eq!(first.header("x-next-page"), Some("2"));
}

async fn follow(gitlab: &GitLab, path: &str, member: &str) -> (Vec<String>, usize) {
    let (mut found, mut pages, mut next) = (Vec::new(), 0, Some(path.to_owned()));
    while let Some(url) = next {
        let reply = get(gitlab, &url).await;
        assert_eq!((reply.status, reply.header("x-next-page")), (200, None));
        found.extend(reply.each(member).into_iter().map(str::to_owned));
        (pages, next) = (pages + 1, reply.link("next"));
    }
    (found, pages)
}

#[tokio::test]
async fn a_keyset_is_followed_by_its_link_alone_to_an_empty_page() {
    let gitlab = GitLab::cloud().usual().page_cap(2).start().await.unwrap();
    let by_id = "/projects?membership=true&archived=false&pagination=keyset&order_by=id";
    let names = ["acme/widgets", "acme/empty", "acme/platform/tools", "alice/dotfiles"];
    let (ascending, pages) = follow(&gitlab, &format!("{by_id}&sort=asc"), "path_with_namespace").await;
    assert_eq!((ascending, pages), (names.map(str::to_owned).to_vec(), 3));
    let (mut descending, _) = follow(&gitlab, by_id, "path_with_namespace").await;
    descending.reverse();
    assert_eq!(descending, names);
    let refused = get(&gitlab, "/projects?pagination=keyset").await;
    let error = "Keyset pagination is not yet available for this type of request";
    assert_eq!((refused.status, &refused.body), (405, &json!({ "error": error })));

    gitlab.git("acme/widgets").add_commit("third", "x").unwrap();
    let (branches, pages) = follow(&gitlab, &format!("{BRANCHES}?pagination=keyset"), "name").await;
    assert_eq!((branches, pages), (["develop", "main", "third"].map(str::to_owned).to_vec(), 2));
    let lost = get(&gitlab, &format!("{BRANCHES}?pagination=keyset&page_token=gone")).await;
    assert_eq!((lost.status, lost.message()), (422, "Invalid page token: gone"));
}

#[tokio::test]
async fn pages_beyond_what_can_be_numbered_and_empty_ones_are_refused() {
    let gitlab = usual().await;
    let far = get(&gitlab, "/projects?page=502&per_page=100").await;
    assert_eq!(far.status, 405);
    assert!(far.body["error"].as_str().unwrap().starts_with("Offset pagination has a maximum allowed offset of 50000"));
    for (query, error) in [
        ("per_page=0", "per_page has a value not allowed"),
        ("page=two", "page is invalid"),
        ("membership=perhaps", "membership is invalid"),
        ("min_access_level=7", "min_access_level does not have a valid value"),
        ("order_by=size", "order_by does not have a valid value"),
    ] {
        let refused = get(&gitlab, &format!("/projects?{query}")).await;
        assert_eq!((refused.status, &refused.body), (400, &json!({ "error": error })));
    }
    assert_eq!(get(&gitlab, "/projects?page=9").await.body, json!([]));
}

#[tokio::test]
async fn the_callers_repositories_are_filtered_and_sorted() {
    let gitlab = usual().await;
    let everything = ["alice/dotfiles", "acme/platform/tools", "acme/attic", "acme/empty", "acme/widgets"];
    for (token, query, names) in [
        (token::ALICE, "", everything.to_vec()),
        (token::ALICE, "?owned=true", vec!["alice/dotfiles"]),
        (token::ALICE, "?archived=true", vec!["acme/attic"]),
        (token::ALICE, "?min_access_level=40", vec!["alice/dotfiles"]),
        (token::ALICE, "?visibility=private&order_by=id&sort=asc&per_page=1", vec!["acme/widgets"]),
        (token::ALICE, "?search=WIDG", vec!["acme/widgets"]),
        (token::ALICE, "?search=platform", vec![]),
        (token::ALICE, "?search=platform&search_namespaces=true", vec!["acme/platform/tools"]),
        (token::ALICE, "?id_after=5003&order_by=id&sort=asc", vec!["acme/platform/tools", "alice/dotfiles"]),
        (token::BOB, "?membership=true", vec!["acme/widgets"]),
        (token::BOB, "?membership=true&min_access_level=30", vec![]),
        (token::MALLORY, "", vec!["alice/dotfiles"]),
        (token::MALLORY, "?membership=true", vec![]),
    ] {
        let listed = get_as(&gitlab, token, &format!("/projects{query}")).await;
        assert_eq!((listed.status, listed.each("path_with_namespace")), (200, names), "{query}");
    }
    let simple = get(&gitlab, "/projects?simple=true").await;
    assert!(simple.body[0].get("permissions").is_none() && simple.body[0].get("archived").is_none());
    let full = get(&gitlab, "/projects?membership=true&order_by=id&sort=asc").await;
    assert_eq!(full.body[0]["permissions"]["project_access"]["access_level"], 30);
    let anonymous = call(&gitlab, Method::GET, "/projects", None, None).await;
    assert_eq!(anonymous.each("path_with_namespace"), ["alice/dotfiles"]);
}

#[tokio::test]
async fn a_repository_is_found_by_number_and_by_the_whole_encoded_path() {
    let gitlab = usual().await;
    let nested = get(&gitlab, "/projects/acme%2Fplatform%2Ftools").await;
    assert_eq!((nested.status, &nested.body["id"]), (200, &json!(5004)));
    assert_eq!(nested.body["namespace"]["parent_id"], 900);
    assert_eq!(get(&gitlab, "/projects/5004").await.body["path_with_namespace"], "acme/platform/tools");
    for (path, body) in [
        ("/projects/acme/widgets", json!({ "error": "404 Not Found" })),
        ("/projects/widgets", json!({ "message": "404 Project Not Found" })),
        ("/projects/4", json!({ "message": "404 Project Not Found" })),
        ("/projects/acme%2Fwidgets/repository/branches/feature/x", json!({ "error": "404 Not Found" })),
    ] {
        let missing = get(&gitlab, path).await;
        assert_eq!((missing.status, missing.body), (404, body), "{path}");
    }
}

#[tokio::test]
async fn behind_a_proxy_that_decodes_paths_only_numbers_are_found() {
    let gitlab = GitLab::self_managed("16.11.2").usual().behind_a_decoding_proxy().start().await.unwrap();
    assert_eq!(get(&gitlab, WIDGETS).await.status, 404);
    assert_eq!(get(&gitlab, "/projects/5001").await.status, 200);
    assert_eq!(get(&gitlab, "/projects/5001/repository/branches/main").await.status, 200);
}

#[tokio::test]
async fn below_a_relative_root_everything_is_below_it() {
    let gitlab = GitLab::self_managed("16.11.2").relative_root("/gitlab/").usual().page_cap(1).start().await.unwrap();
    assert!(gitlab.url().ends_with("/gitlab/api/v4") && gitlab.web_url().ends_with("/gitlab"));
    let project = get(&gitlab, WIDGETS).await;
    assert_eq!(project.body["web_url"], format!("{}/acme/widgets", gitlab.web_url()));
    assert_eq!(project.body["_links"]["self"], format!("{}/projects/5001", gitlab.url()));
    let next = get(&gitlab, BRANCHES).await.link("next").unwrap();
    assert_eq!(get(&gitlab, &next).await.each("name"), ["main"]);
    let made = post(&gitlab, BRANCHES, json!({ "branch": "x", "ref": "main" })).await;
    assert_eq!(made.body["web_url"], format!("{}/acme/widgets/-/tree/x", gitlab.web_url()));
    assert_eq!(gitlab.who_made_branch("acme/widgets", "x").as_deref(), Some("alice"));
    let moved = get(&gitlab, "/projects/acme%2Fgadgets").await;
    assert_eq!(moved.header("location"), Some(format!("{}/projects/5001", gitlab.url()).as_str()));
    let root = gitlab.url().replace("/gitlab/api/v4", "/api/v4/user");
    assert_eq!(send(request(&gitlab, Method::GET, &root, Some(token::ALICE))).await.status, 404);
}

#[tokio::test]
async fn versions_differ() {
    assert_eq!(get(&version("15.2.0").await, "/metadata").await.body["version"], "15.2.0");
    assert_eq!(get(&version("15.1.0").await, "/metadata").await.status, 404);
    let newest = usual().await;
    assert_eq!(get(&newest, "/version").await.body["enterprise"], true);
    assert_eq!(call(&newest, Method::GET, "/version", None, None).await.status, 401);
    let oldest = version("11.11.0").await;
    let made = post(&oldest, BRANCHES, json!({ "branch": "x", "ref": "main" })).await;
    assert_eq!(made.body["web_url"], format!("{}/acme/widgets/tree/x", oldest.web_url()));
    assert_eq!(oldest.who_made_branch("acme/widgets", "x").as_deref(), Some("alice"));
    assert!(GitLab::self_managed("newest").usual().start().await.is_err());
}

#[tokio::test]
async fn the_limit_of_gitlab_com_is_counted_down_and_then_plain_text() {
    let gitlab = GitLab::cloud().usual().minute_limit(2).start().await.unwrap();
    assert_eq!(get(&gitlab, "/user").await.header("ratelimit-remaining"), Some("1"));
    assert_eq!(get(&gitlab, "/user").await.header("ratelimit-remaining"), Some("0"));
    let limited = get(&gitlab, "/user").await;
    assert_eq!((limited.status, limited.text.as_str()), (429, "Retry later"));
    assert_eq!(limited.header("content-type"), Some("text/plain"));
    assert_eq!((limited.header("ratelimit-observed"), limited.header("retry-after")), (Some("3"), Some("60")));
    assert!(limited.header("ratelimit-resettime").unwrap().ends_with(" GMT"));
    assert_eq!(get_as(&gitlab, token::BOB, "/user").await.status, 200);
    assert_eq!(get(&version("16.0.0").await, "/user").await.header("ratelimit-limit"), None);
}

#[tokio::test]
async fn limits_and_outages_come_in_every_form() {
    let gitlab = usual().await;
    let stumble = |fault: Fault| {
        gitlab.faults.once(When::any(), fault);
        get(&gitlab, BRANCHES)
    };
    let instance = stumble(faults::rate_limit("Slow down, please", 1_900_000_000)).await;
    assert_eq!((instance.status, instance.text.as_str()), (429, "Slow down, please"));
    assert_eq!(instance.header("ratelimit-reset"), Some("1900000000"));
    assert_eq!(instance.header("ratelimit-resettime"), Some("Sun, 17 Mar 2030 17:46:40 GMT"));
    let bare = stumble(faults::bare_rate_limit()).await;
    assert_eq!((bare.status, bare.text.as_str(), bare.header("retry-after")), (429, "Retry later", None));
    let endpoint = stumble(faults::endpoint_rate_limit(Some(7))).await;
    assert_eq!((endpoint.status, endpoint.header("retry-after")), (429, Some("7")));
    assert!(endpoint.body["message"]["error"].as_str().unwrap().starts_with("This endpoint has been requested"));
    let outage = stumble(faults::outage(StatusCode::BAD_GATEWAY)).await;
    assert_eq!((outage.status, outage.header("content-type")), (502, Some("text/html; charset=utf-8")));
}

#[tokio::test]
async fn a_token_that_is_echoed_is_the_one_that_came() {
    let gitlab = usual().await;
    gitlab.faults.once(When::any(), Fault::EchoAuthorization { status: StatusCode::BAD_REQUEST });
    assert!(get(&gitlab, "/user").await.text.contains(token::ALICE));
}

#[tokio::test]
async fn users_are_found_by_their_exact_name() {
    let gitlab = usual().await;
    let found = get(&gitlab, "/users?username=BOB").await;
    assert_eq!((found.each("username"), &found.body[0]["id"]), (vec!["bob"], &json!(102)));
    assert_eq!(get(&gitlab, "/users?username=bo").await.body, json!([]));
    assert_eq!(get(&gitlab, "/users?search=jira").await.each("username"), ["jira-integration"]);
    assert_eq!(get(&gitlab, "/users/101").await.body["username"], "alice");
    assert_eq!(get(&gitlab, "/users/999").await.message(), "404 User Not Found");
    assert_eq!(call(&gitlab, Method::GET, "/users", None, None).await.status, 403);
}
