//! Listing repositories, and looking at one.

use countersign_provider_codecommit::CodeCommit;
use countersign_sdk::Provider;
use countersign_sdk::testing::{Answer, Expected, Script};
use countersign_sdk::types::{Failure, FailureReason, RepositoryPage};
use serde_json::{Value, json};

use crate::{CONSOLE, at, denied, error, explicitly_denied, ok, reads, script};

fn lists(token: Option<&str>) -> Expected {
    let mut body = json!({ "sortBy": "repositoryName", "order": "ascending" });
    if let Some(token) = token {
        body["nextToken"] = token.into();
    }
    reads("ListRepositories", body)
}

fn named(names: &[&str], next: Option<&str>) -> Answer {
    let pair = |name: &&str| json!({ "repositoryName": name, "repositoryId": "f7579e13" });
    let mut body = json!({ "repositories": names.iter().map(pair).collect::<Vec<_>>() });
    if let Some(next) = next {
        body["nextToken"] = next.into();
    }
    ok(body)
}

fn asks_about(names: &[&str]) -> Expected {
    reads("BatchGetRepositories", json!({ "repositoryNames": names }))
}

fn full(name: &str) -> Value {
    json!({
        "repositoryName": name, "repositoryId": "f7579e13", "accountId": "111122223333", "defaultBranch": "main",
        "creationDate": 1_429_203_623.625, "Arn": format!("arn:aws:codecommit:us-east-1:111122223333:{name}"),
    })
}

fn asks_for(name: &str) -> Expected {
    reads("GetRepository", json!({ "repositoryName": name }))
}

fn list(script: &Script, query: Option<&str>, cursor: Option<&str>) -> Result<RepositoryPage, Failure> {
    CodeCommit.list_repositories(&at(), script, query, cursor, 100)
}

fn ids(page: &RepositoryPage) -> Vec<&str> {
    page.items.iter().map(|item| item.id.as_str()).collect()
}

#[test]
fn a_row_has_what_the_browser_shows_in_the_order_of_the_list() {
    let mut empty = full("empty");
    empty.as_object_mut().unwrap().remove("defaultBranch");
    let script = script([
        (lists(None), named(&["empty", "hello"], None)),
        (
            asks_about(&["empty", "hello"]),
            ok(json!({ "repositories": [full("hello"), empty], "repositoriesNotFound": [] })),
        ),
    ]);
    let found = list(&script, None, None).unwrap();
    assert_eq!(ids(&found), ["empty", "hello"]);
    let (empty, hello) = (&found.items[0], &found.items[1]);
    assert_eq!((hello.name.as_str(), hello.default_branch.as_deref()), ("hello", Some("main")));
    assert_eq!(hello.web_url, format!("{CONSOLE}/hello/browse?region=us-east-1"));
    assert!(hello.is_private && !hello.is_read_only);
    assert_eq!(empty.default_branch, None);
    assert_eq!((found.next, found.partial), (None, None));
}

#[test]
fn details_are_asked_for_of_what_is_given_and_no_more() {
    let names: Vec<String> = (0..130).map(|n| format!("r{n:03}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let all = |names: &[&str]| ok(json!({ "repositories": names.iter().map(|name| full(name)).collect::<Vec<_>>() }));
    let batch = |some: &[&str]| (asks_about(some), all(some));
    let page =
        |some: &[&str]| script([(lists(None), named(&names, None))].into_iter().chain(some.chunks(25).map(batch)));
    let (first, last) = names.split_at(100);
    let found = list(&page(first), None, None).unwrap();
    assert_eq!((ids(&found), found.next.as_deref()), (first.to_vec(), Some("100~")));
    assert_eq!(ids(&list(&page(last), None, found.next.as_deref()).unwrap()), last);
    let three = CodeCommit.list_repositories(&at(), &page(&names[..3]), None, None, 3).unwrap();
    assert_eq!(ids(&three), &names[..3]);
}

#[test]
fn pages_are_walked_with_the_cursor_and_one_that_loops_ends() {
    let page = |token, names: &[&str], next| {
        let full: Vec<_> = names.iter().map(|name| full(name)).collect();
        script([(lists(token), named(names, next)), (asks_about(names), ok(json!({ "repositories": full })))])
    };
    let first = list(&page(None, &["a"], Some("t/1+=")), None, None).unwrap();
    assert_eq!(first.next.as_deref(), Some("t/1+="));
    let second = list(&page(Some("t/1+="), &["b"], Some("t/1+=")), None, first.next.as_deref()).unwrap();
    assert_eq!(second.next, None, "it would lead to itself");
    let last = list(&page(Some("t"), &["c"], Some("")), None, Some("t")).unwrap();
    assert_eq!(last.next, None, "an empty token is none");
}

#[test]
fn a_query_filters_by_part_of_the_name_and_passes_over_pages_without_a_match() {
    let steps = script([
        (lists(None), named(&["a"], Some("1"))),
        (lists(Some("1")), named(&["b", "Say-Hello"], Some("2"))),
        (asks_about(&["Say-Hello"]), ok(json!({ "repositories": [full("Say-Hello")] }))),
    ]);
    let found = list(&steps, Some("hello"), None).unwrap();
    assert_eq!((ids(&found), found.next.as_deref()), (vec!["Say-Hello"], Some("2")));

    let tokens: Vec<String> = (0..=20).map(|n| n.to_string()).collect();
    let nothing = (0..20).map(|n| (lists((n > 0).then_some(&*tokens[n])), named(&["a"], Some(&tokens[n + 1]))));
    let found = list(&script(nothing), Some("zzz"), None).unwrap();
    assert_eq!((found.items.len(), found.next.as_deref()), (0, Some("20")), "to go on with");
}

#[test]
fn what_a_batch_leaves_out_is_said_unless_it_is_gone() {
    let errors = json!([
        { "repositoryName": "locked", "errorCode": "EncryptionKeyDisabledException", "errorMessage": "x" },
        { "repositoryName": "gone", "errorCode": "RepositoryDoesNotExistException" },
    ]);
    let body = json!({ "repositories": [full("hello")], "repositoriesNotFound": ["gone"], "errors": errors });
    let names = ["gone", "hello", "locked"];
    let found =
        list(&script([(lists(None), named(&names, None)), (asks_about(&names), ok(body))]), None, None).unwrap();
    assert_eq!(ids(&found), ["hello"]);
    assert_eq!(found.partial.unwrap(), "Repositories left out: 1, because AWS cannot decrypt them at the moment.");
}

#[test]
fn a_batch_refused_for_one_repository_does_not_hide_the_others() {
    let names = ["gone", "hello", "secret"];
    for refused in [denied, explicitly_denied] {
        let steps = script([
            (lists(None), named(&names, None)),
            (asks_about(&names), refused("codecommit:BatchGetRepositories")),
            (asks_for("gone"), error("RepositoryDoesNotExistException", "gone does not exist")),
            (asks_for("hello"), ok(json!({ "repositoryMetadata": full("hello") }))),
            (asks_for("secret"), refused("codecommit:GetRepository")),
        ]);
        let found = list(&steps, None, None).unwrap();
        assert_eq!(ids(&found), ["hello"]);
        let why = "because this access key may not read them (codecommit:GetRepository).";
        assert_eq!(found.partial.unwrap(), format!("Repositories left out: 1, {why}"));
    }
}

#[test]
fn repositories_are_asked_for_one_by_one_only_so_often() {
    let names: Vec<String> = (0..70).map(|n| format!("r{n:02}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let singly = |name: &&str| (asks_for(name), ok(json!({ "repositoryMetadata": full(name) })));
    let batches = names.chunks(25).zip(names[..60].chunks(25)).flat_map(|(batch, asked)| {
        let refused = (asks_about(batch), denied("codecommit:BatchGetRepositories"));
        [refused].into_iter().chain(asked.iter().map(singly))
    });
    let found = list(&script([(lists(None), named(&names, None))].into_iter().chain(batches)), None, None).unwrap();
    assert_eq!(found.items.len(), 60);
    assert!(found.partial.unwrap().starts_with("Repositories left out: 10, because there are too many"));
}

#[test]
fn a_cursor_nobody_gave_is_no_page() {
    let refusal = error("InvalidContinuationTokenException", "The specified continuation token is not valid.");
    let failure = list(&script([(lists(Some("x")), refusal)]), None, Some("x")).unwrap_err();
    assert_eq!(failure.reason, FailureReason::NotFound("page of the list".into()));
}

#[test]
fn a_page_that_is_none_is_not_taken_for_an_empty_one() {
    for body in [json!({}), json!({ "repositories": null }), json!({ "repositories": [{ "repositoryId": "x" }] })] {
        let failure = list(&script([(lists(None), ok(body))]), None, None).unwrap_err();
        assert_eq!(failure.reason, FailureReason::UnexpectedReply);
    }
}

#[test]
fn one_repository_is_found_by_its_name_or_not_at_all() {
    let get = |name: &str, answer| CodeCommit.get_repository(&at(), &script([(asks_for(name), answer)]), name);
    let hello = get("hello", ok(json!({ "repositoryMetadata": full("hello") }))).unwrap();
    assert_eq!((hello.id.as_str(), hello.default_branch.as_deref()), ("hello", Some("main")));
    let absent = get("hello", error("RepositoryDoesNotExistException", "hello does not exist")).unwrap_err();
    assert_eq!(absent.reason, FailureReason::NotFound("repository hello".into()));
    let hidden = get("hello", denied("codecommit:GetRepository")).unwrap_err();
    assert_eq!(hidden.reason, FailureReason::PermissionMissing("codecommit:GetRepository".into()));
}

#[test]
fn a14_a_text_that_is_no_repositorys_name_is_never_asked_for() {
    for name in ["", ".", "..", "a/b", "he llo", "hello?", "größe", "a\r\nb", &"x".repeat(101)] {
        let failure = CodeCommit.get_repository(&at(), &script([]), name).unwrap_err();
        assert!(matches!(failure.reason, FailureReason::NotFound(_)), "{name}");
    }
}
