//! Listing repositories, and finding one by its number or path.

use countersign_provider_gitlab::GitLab;
use countersign_sdk::Provider;
use countersign_sdk::testing::{Answer, Expected, Script, get};
use countersign_sdk::types::{FailureReason, RepositoryPage};
use serde_json::{Value, json};

use crate::{API, cloud, hidden, project, repo, script};

fn page(more: &str) -> Expected {
    let fixed = "membership=true&order_by=id&sort=asc&pagination=keyset&per_page=100";
    get(format!("{API}/projects?{fixed}{more}"))
}

fn listed(items: Value, has_next: bool) -> Answer {
    // As many as it gives at once.
    let count = items.as_array().map_or(0, Vec::len);
    let answer = Answer::json(200, items);
    if has_next {
        let next = format!("{API}/projects?id_after=7&pagination=keyset&per_page={count}");
        answer.header("Link", &format!("<{next}>; rel=\"next\""))
    } else {
        answer
    }
}

fn list(script: &Script, query: Option<&str>, cursor: Option<&str>) -> RepositoryPage {
    GitLab.list_repositories(&cloud(), script, query, cursor, 100).unwrap()
}

#[test]
fn a_row_has_what_the_browser_shows() {
    let mut old = project(8, "acme/platform/old");
    old["archived"] = json!(true);
    old["visibility"] = json!("public");
    let mut empty = project(9, "acme/empty");
    empty["empty_repo"] = json!(true);
    empty["visibility"] = json!("internal");
    let mut leaving = project(10, "acme/leaving");
    leaving["marked_for_deletion_at"] = json!("2031-02-03");
    leaving["default_branch"] = json!(null);
    let answer = listed(json!([project(7, "acme/widgets"), old, empty, leaving]), false);
    let found = list(&script([(page(""), answer)]), None, None);
    let [widgets, old, empty, leaving] = found.items.as_slice() else { panic!("{found:?}") };
    assert_eq!((widgets.id.as_str(), widgets.name.as_str()), ("7", "acme/widgets"));
    assert_eq!(widgets.web_url, "https://gitlab.com/acme/widgets");
    assert_eq!(widgets.default_branch.as_deref(), Some("main"));
    assert!(widgets.is_private && !widgets.is_read_only);
    assert_eq!(old.name, "acme/platform/old");
    assert!(!old.is_private && old.is_read_only);
    assert!(empty.is_private && empty.default_branch.is_none(), "an empty repository has no branch");
    assert!(leaving.is_read_only && leaving.default_branch.is_none());
    assert_eq!((found.next, found.partial), (None, None));
}

#[test]
fn the_last_number_seen_is_the_cursor() {
    let first = list(&script([(page(""), listed(json!([project(7, "acme/a")]), true))]), None, None);
    let second = script([(page("&id_after=7"), listed(json!([project(9, "acme/b")]), false))]);
    assert_eq!(list(&second, None, first.next.as_deref()).next, None);
    // Offset paging of older servers, and a proxy that drops links.
    let by_header = Answer::json(200, json!([project(7, "acme/a")])).header("X-Next-Page", "2");
    assert_eq!(list(&script([(page(""), by_header)]), None, None).next.as_deref(), Some("7"));
    let last = Answer::json(200, json!([project(7, "acme/a")])).header("X-Next-Page", "");
    assert_eq!(list(&script([(page(""), last)]), None, None).next, None);
}

/// GitLab names a next page behind the last one, too.
#[test]
fn the_last_page_is_known_by_what_is_on_it() {
    let link = |count: u32| format!("<{API}/projects?pagination=keyset&per_page={count}&id_after=8>; rel=\"next\"");
    let projects = |count: u64| json!((1..=count).map(|number| project(number, "acme/a")).collect::<Vec<_>>());
    for (found, named, next) in [(1, 3, None), (2, 3, None), (3, 3, Some("2")), (2, 2, Some("2")), (1, 1, Some("1"))] {
        let asked = get(format!("{API}/projects?membership=true&order_by=id&sort=asc&pagination=keyset&per_page=3"));
        let answer = Answer::json(200, projects(found)).header("Link", &link(named));
        let page = GitLab.list_repositories(&cloud(), &script([(asked, answer)]), None, None, 2).unwrap();
        assert_eq!(page.next.as_deref(), next, "{found} of {named}");
        assert_eq!(page.items.len() as u64, found.min(2));
    }
}

#[test]
fn v9_a_list_that_does_not_lead_onward_ends() {
    let again = script([(page("&id_after=7"), listed(json!([project(7, "acme/a")]), true))]);
    assert_eq!(list(&again, None, Some("7")).next, None);
    let nothing = script([(page("&id_after=7"), listed(json!([]), true))]);
    assert_eq!(list(&nothing, None, Some("7")).next, None);
}

#[test]
fn a_plain_query_is_searched_for_by_the_server_and_filtered_by_the_name_again() {
    let by_description = project(8, "acme/other");
    let answer = listed(json!([project(7, "acme/Widgets"), by_description]), false);
    let script = script([(page("&search=widg&search_namespaces=true"), answer)]);
    let found = list(&script, Some("Widg"), None);
    assert_eq!(found.items.iter().map(|item| item.id.as_str()).collect::<Vec<_>>(), ["7"]);
}

#[test]
fn what_the_servers_search_could_miss_is_filtered_here_passing_over_pages_without_a_match() {
    let acme = "&search=acme&search_namespaces=true";
    for (query, search) in [("wi", ""), ("acme/wi", acme), ("w g", "")] {
        let hit = project(9, "acme/wi/w g");
        let steps = script([
            (page(search), listed(json!([project(7, "acme/a")]), true)),
            (page(&format!("{search}&id_after=7")), listed(json!([project(8, "b/c"), hit]), true)),
        ]);
        let found = list(&steps, Some(query), None);
        assert_eq!((found.items.len(), found.next.as_deref()), (1, Some("9")), "{query}");
    }
}

#[test]
fn a_page_is_asked_for_in_the_size_that_is_wanted_where_the_server_does_the_search() {
    for (query, size, more, next) in [
        (None, 2, "", "8"),
        (Some("widg"), 2, "&search=widg&search_namespaces=true", "8"),
        (Some("acme/w"), 100, "&search=acme&search_namespaces=true", "2~"),
    ] {
        // One more than are wanted, to know whether there is one.
        let asked = 100.min(size + 1);
        let fixed = format!("membership=true&order_by=id&sort=asc&pagination=keyset&per_page={asked}");
        let url = format!("{API}/projects?{fixed}{more}");
        let three = json!([project(7, "acme/widgets"), project(8, "acme/widgets-2"), project(9, "acme/widgets-3")]);
        let steps = script([(get(url), listed(three, false))]);
        let found = GitLab.list_repositories(&cloud(), &steps, query, None, 2).unwrap();
        assert_eq!(
            (found.items.len(), found.next.as_deref()),
            (2, Some(next)),
            "{query:?}: the rest of a page that came too full"
        );
    }
}

#[test]
fn a_search_without_matches_ends_after_five_pages_with_a_cursor_to_go_on() {
    let pages = (1..=5).map(|number| {
        let more = if number == 1 { String::new() } else { format!("&id_after={}", number - 1) };
        (page(&more), listed(json!([project(number, "acme/a")]), true))
    });
    let found = list(&script(pages), Some("zz"), None);
    assert_eq!((found.items.len(), found.next.as_deref()), (0, Some("5")));
}

#[test]
fn a_cursor_nobody_gave_reaches_nothing() {
    for cursor in ["", "-1", "https://evil.example/", "1&per_page=1"] {
        let failure = GitLab.list_repositories(&cloud(), &script([]), None, Some(cursor), 100).unwrap_err();
        assert!(matches!(failure.reason, FailureReason::NotFound(_)), "{cursor:?}");
    }
}

#[test]
fn a_repository_is_found_by_its_number_or_path_and_has_its_number_for_an_id() {
    let answer = || Answer::json(200, project(42, "acme/platform/tools"));
    let ways = [("42", repo("")), ("acme/platform/tools", format!("{API}/projects/acme%2Fplatform%2Ftools"))];
    for (id, url) in ways {
        let found = GitLab.get_repository(&cloud(), &script([(get(url), answer())]), id).unwrap();
        assert_eq!((found.id.as_str(), found.name.as_str()), ("42", "acme/platform/tools"));
    }
    let moved = Answer::text(301, "text/plain", "moved").header("Location", &repo(""));
    let steps = script([(get(format!("{API}/projects/acme%2Fgadgets")), moved), (get(repo("")), answer())]);
    assert_eq!(GitLab.get_repository(&cloud(), &steps, "acme/gadgets").unwrap().name, "acme/platform/tools");
}

#[test]
fn v4_a_repository_that_cannot_be_seen_is_named() {
    let failure = GitLab.get_repository(&cloud(), &script([(get(repo("")), hidden())]), "42").unwrap_err();
    assert_eq!(failure.reason, FailureReason::NotFound("repository 42".into()));
}

#[test]
fn a14_what_cannot_be_a_repository_is_not_asked_for() {
    for id in ["acme", "acme/..", "../user", "acme/wid gets", "acme%2Fwidgets", "/", "acme//x", "-1", ""] {
        let failure = GitLab.get_repository(&cloud(), &script([]), id).unwrap_err();
        assert_eq!(failure.reason, FailureReason::NotFound(format!("repository {id}")), "{id}");
    }
}
