//! Listing repositories.

use countersign_provider_github::GitHub;
use countersign_sdk::Provider;
use countersign_sdk::testing::{Answer, Expected, get};
use countersign_sdk::types::FailureReason;
use serde_json::{Value, json};

use crate::{API, cloud, repository, script};

fn page(number: u32) -> Expected {
    let fixed = "per_page=100&sort=full_name&affiliation=owner%2Ccollaborator%2Corganization_member";
    get(format!("{API}/user/repos?{fixed}&page={number}"))
}

fn listed(items: Value, next: Option<u32>) -> Answer {
    let answer = Answer::json(200, items);
    match next {
        Some(next) => answer.header(
            "Link",
            &format!("<{API}/user/repos?per_page=100&page={next}>; rel=\"next\", <{API}/x?page=99>; rel=\"last\""),
        ),
        None => answer,
    }
}

#[test]
fn a_row_has_what_the_browser_shows_and_null_entries_are_passed_over() {
    let mut archived = repository("octo/old");
    archived["archived"] = json!(true);
    archived["default_branch"] = json!(null);
    archived["private"] = json!(false);
    let script = script([(page(1), listed(json!([repository("octo/hello"), null, archived]), None))]);
    let found = GitHub.list_repositories(&cloud(), &script, None, None).unwrap();
    let (hello, old) = (&found.items[0], &found.items[1]);
    assert_eq!(found.items.len(), 2);
    assert_eq!((hello.id.as_str(), hello.name.as_str()), ("octo/hello", "octo/hello"));
    assert_eq!(hello.web_url, "https://github.com/octo/hello");
    assert_eq!(hello.default_branch.as_deref(), Some("main"));
    assert!(hello.is_private && !hello.is_read_only);
    assert!(!old.is_private && old.is_read_only && old.default_branch.is_none());
    assert_eq!((found.next, found.partial), (None, None));
}

#[test]
fn pages_are_walked_with_the_cursor() {
    let first = script([(page(1), listed(json!([repository("octo/a")]), Some(2)))]);
    let found = GitHub.list_repositories(&cloud(), &first, None, None).unwrap();
    let second = script([(page(2), listed(json!([repository("octo/b")]), None))]);
    let found = GitHub.list_repositories(&cloud(), &second, None, found.next.as_deref()).unwrap();
    assert_eq!(found.next, None);
}

#[test]
fn a_query_filters_by_part_of_the_name_and_passes_over_pages_without_a_match() {
    let script = script([
        (page(1), listed(json!([repository("octo/a")]), Some(2))),
        (page(2), listed(json!([repository("octo/b"), repository("octo/Hello-World")]), Some(3))),
    ]);
    let found = GitHub.list_repositories(&cloud(), &script, Some("hello"), None).unwrap();
    assert_eq!(found.items.iter().map(|item| item.id.as_str()).collect::<Vec<_>>(), ["octo/Hello-World"]);
    assert_eq!(found.next.as_deref(), Some("3"));
}

#[test]
fn a_search_without_matches_ends_after_five_pages_with_a_cursor_to_go_on() {
    let pages = (1..=5).map(|number| (page(number), listed(json!([repository("octo/a")]), Some(number + 1))));
    let found = GitHub.list_repositories(&cloud(), &script(pages), Some("zzz"), None).unwrap();
    assert_eq!((found.items.len(), found.next.as_deref()), (0, Some("6")));
}

#[test]
fn what_single_sign_on_hides_is_said() {
    let answer = listed(json!([]), None).header("X-GitHub-SSO", "partial-results; organizations=21955855,20582480");
    let found = GitHub.list_repositories(&cloud(), &script([(page(1), answer)]), None, None).unwrap();
    assert!(found.partial.unwrap().contains("2 organizations"));
}

#[test]
fn a_cursor_nobody_gave_reaches_nothing() {
    for cursor in ["", "0", "https://evil.example/", "1&per_page=1"] {
        let failure = GitHub.list_repositories(&cloud(), &script([]), None, Some(cursor)).unwrap_err();
        assert!(matches!(failure.reason, FailureReason::NotFound(_)), "{cursor:?}");
    }
}
