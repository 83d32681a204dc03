//! Listing repositories, and looking at one.

use countersign_provider_azure_devops::AzureDevOps;
use countersign_sdk::Provider;
use countersign_sdk::testing::{Answer, get};
use countersign_sdk::types::{FailureReason, RepositoryPage};
use serde_json::{Value, json};

use crate::{BASE, PROJECT_ID, REPOSITORY_ID, cloud, list, no_repository, repo, repository, script, versioned};

fn listed(items: Value, query: Option<&str>, cursor: Option<&str>) -> RepositoryPage {
    let url = versioned(&format!("{BASE}/_apis/git/repositories"), "7.1");
    AzureDevOps.list_repositories(&cloud(), &script([(get(url), list(items))]), query, cursor, 100).unwrap()
}

#[test]
fn a_row_has_what_the_browser_shows_and_an_id_that_survives_renames() {
    let mut old = repository("Public", "attic");
    old["isDisabled"] = json!(true);
    old["project"]["visibility"] = json!("public");
    old.as_object_mut().unwrap().remove("defaultBranch");
    let found = listed(json!([repository("Platform", "widgets"), null, old]), None, None);
    assert_eq!(found.items.len(), 2);
    let (widgets, attic) = (&found.items[0], &found.items[1]);
    assert_eq!(widgets.id, format!("{PROJECT_ID}/{REPOSITORY_ID}"));
    assert_eq!(widgets.name, "Platform/widgets");
    assert_eq!(widgets.web_url, format!("{BASE}/Platform/_git/widgets"));
    assert_eq!(widgets.default_branch.as_deref(), Some("main"));
    assert!(widgets.is_private && !widgets.is_read_only);
    assert!(!attic.is_private && attic.is_read_only && attic.default_branch.is_none());
    assert_eq!((found.next, found.partial), (None, None));
}

#[test]
fn an_old_answer_leads_to_the_page_by_its_clone_address_or_its_names() {
    let mut old = repository("Platform", "widgets");
    old.as_object_mut().unwrap().remove("webUrl");
    let mut older = old.clone();
    older.as_object_mut().unwrap().remove("remoteUrl");
    older["name"] = json!("wid gets");
    let mut same = old.clone();
    same["remoteUrl"] = json!("https://acme.visualstudio.com/_git/widgets");
    let mut strange = repository("Platform", "widgets");
    strange["webUrl"] = json!("javascript:alert(1)");
    let found = listed(json!([old, older, same, strange]), None, None);
    let pages: Vec<_> = found.items.iter().map(|item| item.web_url.as_str()).collect();
    let expected = [
        "https://dev.azure.com/acme/Platform/_git/widgets",
        "https://dev.azure.com/acme/Platform/_git/wid%20gets",
        "https://acme.visualstudio.com/_git/widgets",
        "https://dev.azure.com/acme/Platform/_git/widgets",
    ];
    assert_eq!(pages, expected);
}

#[test]
fn the_one_answer_is_shown_in_pages() {
    let all: Vec<_> = (0..250).map(|number| repository("Platform", &format!("r{number}"))).collect();
    let first = listed(json!(all), None, None);
    assert_eq!((first.items.len(), first.next.as_deref()), (100, Some("100~")));
    let last = listed(json!(all), None, Some("200~"));
    assert_eq!((last.items.len(), last.next), (50, None));
    assert_eq!(last.items[0].name, "Platform/r200");
    assert_eq!(listed(json!(all), None, Some("4000000000~")).items, []);
    assert_eq!(listed(json!(all[..200]), None, Some("100~")).next, None);
}

#[test]
fn a_query_filters_by_part_of_project_or_name_in_any_case() {
    let all = json!([repository("Platform", "widgets"), repository("Public", "Dotfiles")]);
    let names = |query| listed(all.clone(), Some(query), None).items.into_iter().map(|item| item.name);
    assert_eq!(names("DOT").collect::<Vec<_>>(), ["Public/Dotfiles"]);
    assert_eq!(names("platform/w").collect::<Vec<_>>(), ["Platform/widgets"]);
    assert_eq!(names("zzz").count(), 0);
}

#[test]
fn a_cursor_nobody_gave_reaches_nothing() {
    for cursor in ["", "0", "https://evil.example/", "1&x=1"] {
        let failure = AzureDevOps.list_repositories(&cloud(), &script([]), None, Some(cursor), 100).unwrap_err();
        assert!(matches!(failure.reason, FailureReason::NotFound(_)), "{cursor:?}");
    }
}

#[test]
fn a_repository_is_found_by_any_id_or_name_the_server_takes() {
    let urls = [
        ("Platform/widgets", repo("")),
        (
            &format!("{PROJECT_ID}/{REPOSITORY_ID}"),
            versioned(&format!("{BASE}/{PROJECT_ID}/_apis/git/repositories/{REPOSITORY_ID}"), "7.1"),
        ),
        (REPOSITORY_ID, versioned(&format!("{BASE}/_apis/git/repositories/{REPOSITORY_ID}"), "7.1")),
        ("My Project/wid gets", versioned(&format!("{BASE}/My%20Project/_apis/git/repositories/wid%20gets"), "7.1")),
    ];
    for (id, url) in urls {
        let steps = script([(get(url), Answer::json(200, repository("Platform", "widgets")))]);
        let found = AzureDevOps.get_repository(&cloud(), &steps, id).unwrap();
        assert_eq!(found.name, "Platform/widgets", "{id}");
    }
}

#[test]
fn a14_a_text_that_is_no_id_is_no_repository_and_never_another_path() {
    for id in ["widgets", "Platform/..", "../widgets", "a/b/c", "/", "", "Platform/", "a/b\\c", "a/b\r\n", "75055255"] {
        let failure = AzureDevOps.get_repository(&cloud(), &script([]), id).unwrap_err();
        assert_eq!(failure.reason, FailureReason::NotFound(format!("repository {id}")), "{id:?}");
    }
    let url = versioned(&format!("{BASE}/a%3Fb%23c%252e/_apis/git/repositories/..x"), "7.1");
    let failure = AzureDevOps.get_repository(&cloud(), &script([(get(url), no_repository())]), "a?b#c%2e/..x");
    assert!(matches!(failure.unwrap_err().reason, FailureReason::NotFound(_)));
}

#[test]
fn v4_a_hidden_repository_is_missing_or_invisible_and_says_what() {
    let failure = AzureDevOps.get_repository(&cloud(), &script([(get(repo("")), no_repository())]), "Platform/widgets");
    let failure = failure.unwrap_err();
    assert_eq!(failure.reason, FailureReason::NotFound("repository Platform/widgets".into()));
    assert!(failure.message.starts_with("TF401019"), "{}", failure.message);
}
