//! Listing repositories.

use countersign_provider_github::GitHub;
use countersign_sdk::Provider;
use countersign_sdk::testing::{Answer, Expected, get};
use countersign_sdk::types::{FailureReason, Integration, RepositoryPage};
use serde_json::{Value, json};

use crate::{API, cloud, owners, repository, script};

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
    let found = GitHub.list_repositories(&cloud(), &script, None, None, 100).unwrap();
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
    let found = GitHub.list_repositories(&cloud(), &first, None, None, 100).unwrap();
    let second = script([(page(2), listed(json!([repository("octo/b")]), None))]);
    let found = GitHub.list_repositories(&cloud(), &second, None, found.next.as_deref(), 100).unwrap();
    assert_eq!(found.next, None);
}

#[test]
fn a_page_is_asked_for_in_the_size_that_is_wanted() {
    let url = format!(
        "{API}/user/repos?per_page=2&sort=full_name&affiliation=owner%2Ccollaborator%2Corganization_member&page=1"
    );
    let steps = script([(get(url), listed(json!([repository("octo/a"), repository("octo/b")]), Some(2)))]);
    let found = GitHub.list_repositories(&cloud(), &steps, None, None, 2).unwrap();
    assert_eq!((found.items.len(), found.next.as_deref()), (2, Some("2")));
}

/// The repositories worked on last.
fn latest() -> Expected {
    let fixed = "per_page=100&sort=pushed&affiliation=owner%2Ccollaborator%2Corganization_member";
    get(format!("{API}/user/repos?{fixed}&page=1"))
}

/// GitHub's search among the owners of [`many`], which are escaped already.
fn searches(text: &str, number: u32) -> Expected {
    let owners = "%20user%3Aocto%20user%3Aann";
    get(format!("{API}/search/repositories?q={text}in%3Aname%20fork%3Atrue{owners}&per_page=10&page={number}"))
}

/// A full page of repositories, of two owners, and more behind it.
fn many() -> Answer {
    let all: Vec<_> = (0..100).map(|n| repository(&format!("{}/r{n}", if n == 1 { "ann" } else { "octo" }))).collect();
    listed(json!(all), Some(2))
}

fn hits(items: Value, next: Option<u32>) -> Answer {
    listed(json!({ "total_count": 7, "incomplete_results": false, "items": items }), next)
}

fn names(page: &RepositoryPage) -> Vec<&str> {
    page.items.iter().map(|item| item.id.as_str()).collect()
}

#[test]
fn whoever_has_one_page_of_repositories_is_answered_from_it_by_any_part_of_a_name() {
    let mine = || listed(json!([repository("octo/Hello-World"), repository("ann/shell"), repository("octo/a")]), None);
    let list = |query, cursor, limit| {
        GitHub.list_repositories(&cloud(), &script([(latest(), mine())]), Some(query), cursor, limit).unwrap()
    };
    let all = list("HELL", None, 10);
    assert_eq!(
        (names(&all), all.next.as_deref(), all.partial.as_deref()),
        (vec!["octo/Hello-World", "ann/shell"], None, None)
    );
    let first = list("hell", None, 1);
    assert_eq!(names(&first), ["octo/Hello-World"]);
    assert_eq!(names(&list("hell", first.next.as_deref(), 1)), ["ann/shell"]);
}

#[test]
fn of_many_repositories_githubs_search_finds_some_in_one_request_a_page() {
    let first =
        script([(latest(), many()), (searches("hello%20", 1), hits(json!([repository("octo/hello"), null]), Some(2)))]);
    let found = GitHub.list_repositories(&cloud(), &first, Some("Hello"), None, 10).unwrap();
    assert_eq!(names(&found), ["octo/hello"]);
    let note = found.partial.unwrap();
    assert!(note.contains("octo, ann") && note.contains("words of a name"), "{note}");
    let second =
        script([(searches("hello%20", 2), hits(json!([repository("ann/hello-2"), repository("ann/other")]), None))]);
    let found = GitHub.list_repositories(&cloud(), &second, Some("Hello"), found.next.as_deref(), 10).unwrap();
    assert_eq!(
        (names(&found), found.next.as_deref()),
        (vec!["ann/hello-2"], None),
        "what does not hold the query is no match"
    );
}

#[test]
fn among_owners_that_are_named_a_search_is_one_request_from_the_first_page_on() {
    let at = Integration { settings: vec![owners(" octo  ann OCTO ")], ..cloud() };
    let first = script([(searches("hello%20", 1), hits(json!([repository("octo/hello")]), Some(2)))]);
    let found = GitHub.list_repositories(&at, &first, Some("Hello"), None, 10).unwrap();
    assert_eq!(names(&found), ["octo/hello"]);
    let second = script([(searches("hello%20", 2), hits(json!([repository("ann/hello-2")]), None))]);
    let found = GitHub.list_repositories(&at, &second, Some("Hello"), found.next.as_deref(), 10).unwrap();
    assert_eq!((names(&found), found.next.as_deref()), (vec!["ann/hello-2"], None));
    let elsewhere = GitHub.list_repositories(&at, &script([]), Some("evil/x"), None, 10).unwrap();
    assert_eq!(names(&elsewhere), [""; 0], "of an owner who is not named");
    let all = script([(page(1), listed(json!([repository("evil/x")]), None))]);
    let all = GitHub.list_repositories(&at, &all, None, None, 100).unwrap();
    assert_eq!(names(&all), ["evil/x"], "the list is that of the user");
}

#[test]
fn an_owner_before_the_name_narrows_the_search_and_no_word_of_githubs_can_widen_it() {
    let url = format!("{API}/search/repositories?q=hello%20in%3Aname%20fork%3Atrue%20user%3Aocto&per_page=10&page=1");
    let steps = script([(latest(), many()), (get(url), hits(json!([repository("octo/hello")]), None))]);
    let found = GitHub.list_repositories(&cloud(), &steps, Some("octo/hello"), None, 10).unwrap();
    assert_eq!(names(&found), ["octo/hello"]);
    let elsewhere = script([(latest(), many())]);
    assert_eq!(names(&GitHub.list_repositories(&cloud(), &elsewhere, Some("evil/x"), None, 10).unwrap()), [""; 0]);
    let quoted = script([(latest(), many()), (searches("x%20user%20evil%20", 1), hits(json!([]), None))]);
    assert_eq!(names(&GitHub.list_repositories(&cloud(), &quoted, Some("x user:evil"), None, 10).unwrap()), [""; 0]);
}

#[test]
fn what_single_sign_on_hides_is_said() {
    let answer = listed(json!([]), None).header("X-GitHub-SSO", "partial-results; organizations=21955855,20582480");
    let found = GitHub.list_repositories(&cloud(), &script([(page(1), answer)]), None, None, 100).unwrap();
    assert!(found.partial.unwrap().contains("2 organizations"));
}

#[test]
fn a_cursor_nobody_gave_reaches_nothing() {
    for cursor in ["", "0", "https://evil.example/", "1&per_page=1"] {
        let failure = GitHub.list_repositories(&cloud(), &script([]), None, Some(cursor), 100).unwrap_err();
        assert!(matches!(failure.reason, FailureReason::NotFound(_)), "{cursor:?}");
    }
}
