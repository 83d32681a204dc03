//! Searching repositories: by words of their names, among owners, and only what the caller sees.

use countersign_tests::standin::github::token;
use http::Method;

use crate::client::{Reply, call, usual};

fn names(reply: &Reply) -> Vec<&str> {
    let items = reply.body["items"].as_array().unwrap();
    items.iter().map(|item| item["full_name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_word_is_found_where_a_word_of_a_name_begins() {
    let github = usual().await;
    let search = async |query: &str, token| {
        let path = format!("/search/repositories?q={query}");
        call(&github, Method::GET, &path, Some(token), None).await
    };
    let found = search("WIDG%20in%3Aname", token::ALICE).await;
    assert_eq!((found.status, names(&found)), (200, vec!["acme/widgets"]));
    assert_eq!((&found.body["total_count"], &found.body["incomplete_results"]), (&1.into(), &false.into()));
    assert_eq!(names(&search("idgets%20in%3Aname", token::ALICE).await), [""; 0], "not within a word");
    assert_eq!(names(&search("widgets", token::MALLORY).await), [""; 0], "private");
    assert_eq!(names(&search("widgets", token::ALICE_SSO).await), [""; 0], "single sign-on comes first");
    assert_eq!(names(&search("user%3Aalice", token::MALLORY).await), ["alice/dotfiles"]);
    for wrong in ["x%20user%3Anobody", "", "x%20stars%3A7"] {
        assert_eq!(search(wrong, token::ALICE).await.status, 422, "{wrong}");
    }
    let page =
        call(&github, Method::GET, "/search/repositories?q=user%3Aacme&per_page=1", Some(token::ALICE), None).await;
    assert_eq!((names(&page).len(), page.link("next").is_some()), (1, true));
}
