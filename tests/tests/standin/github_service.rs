//! The edges of the API: pages, limits, versions, media types, and what Enterprise Server does differently.

use countersign_tests::standin::github::{GitHub, token};
use http::Method;
use serde_json::json;

use crate::client::{call, get, http, request, send, usual};

#[tokio::test]
async fn every_list_has_a_second_page_at_the_numeric_route() {
    let github = GitHub::cloud().usual().page_cap(1).start().await.unwrap();
    let first = get(&github, "/repos/acme/widgets/branches?per_page=100").await;
    assert_eq!((first.each("name"), first.link("prev")), (vec!["develop"], None));
    let next = first.link("next").unwrap();
    assert_eq!(next, format!("{}/repositories/5001/branches?per_page=100&page=2", github.url()));
    assert_eq!(first.link("last").as_deref(), Some(next.as_str()));
    let second = send(request(Method::GET, &next, Some(token::ALICE), None)).await;
    assert_eq!((second.each("name"), second.link("next")), (vec!["main"], None));
    assert!(second.link("prev").is_some() && second.link("first").is_some());

    let mut names = Vec::new();
    let mut url = Some(format!("{}/user/repos", github.url()));
    while let Some(page) = url {
        let reply = send(request(Method::GET, &page, Some(token::ALICE), None)).await;
        names.extend(reply.each("full_name").into_iter().map(str::to_owned));
        url = reply.link("next");
    }
    assert_eq!(names, ["acme/attic", "acme/empty", "acme/widgets", "alice/dotfiles"]);
}

#[tokio::test]
async fn the_callers_repositories_are_filtered_and_sorted() {
    let github = usual().await;
    for (query, names) in [
        ("?affiliation=owner", vec!["alice/dotfiles"]),
        ("?affiliation=organization_member&sort=created", vec!["acme/attic", "acme/empty", "acme/widgets"]),
        ("?visibility=public", vec!["alice/dotfiles"]),
        ("?type=private&sort=full_name&direction=desc", vec!["acme/widgets", "acme/empty", "acme/attic"]),
        ("?per_page=2&page=9", vec![]),
    ] {
        assert_eq!(get(&github, &format!("/user/repos{query}")).await.each("full_name"), names, "{query}");
    }
    assert_eq!(get(&github, "/user/repos?type=all&visibility=all").await.status, 422);
    let unscoped = call(&github, Method::GET, "/user/repos", Some(token::ALICE_NO_SCOPE), None).await;
    assert_eq!(unscoped.each("full_name"), ["alice/dotfiles"]);
}

#[tokio::test]
async fn without_a_user_agent_nothing_is_answered() {
    let github = usual().await;
    let bare = reqwest::Client::builder().no_proxy().build().unwrap();
    let refused = send(bare.get(format!("{}/user", github.url())).bearer_auth(token::ALICE)).await;
    assert_eq!((refused.status, refused.header("content-type")), (403, Some("application/octet-stream")));
    assert!(refused.message().contains("User-Agent"));
}

#[tokio::test]
async fn unknown_versions_media_types_paths_and_trailing_slashes_are_refused() {
    let github = usual().await;
    let url = format!("{}/user", github.url());
    let version = send(http().get(&url).header("x-github-api-version", "2020-01-01")).await;
    assert_eq!((version.status, version.message()), (400, "The API version \"2020-01-01\" is not supported."));
    let media = send(http().get(&url).header("accept", "text/html")).await;
    assert_eq!(media.status, 415);
    assert_eq!(send(http().get(&url).bearer_auth(token::ALICE).header("accept", "")).await.status, 200);
    for path in ["/user/", "/repos/acme/widgets/", "/repos//widgets", "/repos/acme/nope"] {
        assert_eq!(get(&github, path).await.status, 404, "{path}");
    }
    assert_eq!(get(&github, "/user").await.header("x-github-api-version-selected"), Some("2022-11-28"));
}

#[tokio::test]
async fn an_unchanged_answer_is_304_to_who_has_it() {
    let github = usual().await;
    let url = format!("{}/repos/acme/widgets/branches", github.url());
    let etag = get(&github, "/repos/acme/widgets/branches").await.header("etag").unwrap().to_owned();
    let again = || send(request(Method::GET, &url, Some(token::ALICE), None).header("if-none-match", &etag));
    let known = again().await;
    assert_eq!((known.status, known.text.as_str()), (304, ""));
    github.git("acme/widgets").add_commit("news", "n.txt").unwrap();
    assert_eq!(again().await.status, 200);
}

#[tokio::test]
async fn the_hourly_limit_counts_down_ends_in_403_and_asking_is_free() {
    let github = GitHub::cloud().usual().hourly_limit(2).start().await.unwrap();
    assert_eq!(get(&github, "/rate_limit").await.body["resources"]["core"]["remaining"], 2);
    assert_eq!(get(&github, "/user").await.header("x-ratelimit-remaining"), Some("1"));
    assert_eq!(get(&github, "/user").await.header("x-ratelimit-remaining"), Some("0"));
    let limited = get(&github, "/user").await;
    assert_eq!((limited.status, limited.header("x-ratelimit-remaining")), (403, Some("0")));
    assert!(limited.message().starts_with("API rate limit exceeded for"));
    assert!(limited.header("x-ratelimit-reset").unwrap().parse::<i64>().unwrap() > 1_700_000_000);
    let other = call(&github, Method::GET, "/user", Some(token::BOB), None).await;
    assert_eq!(other.status, 200);
}

#[tokio::test]
async fn enterprise_server_is_below_api_v3_and_knows_no_limits() {
    let github = GitHub::enterprise("3.16.2").usual().start().await.unwrap();
    assert!(github.url().ends_with("/api/v3"));
    let meta = get(&github, "/meta").await;
    assert_eq!((meta.status, &meta.body["installed_version"]), (200, &json!("3.16.2")));
    assert_eq!(meta.header("x-github-enterprise-version"), Some("enterprise-server@3.16.2"));
    assert_eq!(meta.header("x-ratelimit-limit"), None);
    assert_eq!(get(&github, "/rate_limit").await.status, 404);
    assert_eq!(get(&github, "").await.body["current_user_url"], format!("{}/user", github.url()));
    assert_eq!(get(&github, "/repos/acme/widgets").await.status, 200);
    let refused = get(&github, "/repos/acme/nope").await;
    let documentation = refused.body["documentation_url"].as_str().unwrap().to_owned();
    assert!(documentation.starts_with("https://docs.github.com/enterprise-server@3.16/rest/"), "{documentation}");
}

#[tokio::test]
async fn enterprise_server_in_private_mode_wants_a_token_for_everything() {
    let github = GitHub::enterprise("3.16.2").usual().private_mode().start().await.unwrap();
    for path in ["", "/meta", "/repos/alice/dotfiles"] {
        assert_eq!(call(&github, Method::GET, path, None, None).await.status, 401, "{path}");
    }
    assert_eq!(get(&github, "/meta").await.status, 200);
}

#[tokio::test]
async fn github_com_names_no_version() {
    let github = usual().await;
    assert_eq!(get(&github, "/meta").await.body.get("installed_version"), None);
    assert_eq!(get(&github, "/").await.body["current_user_url"], format!("{}/user", github.url()));
}
