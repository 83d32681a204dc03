//! Templates for the descriptions of merge requests are files of the repositories, in the order GitLab gives them.

use countersign_tests::standin::gitlab::{Builder, GitLab, NewRepository, Role, token};
use serde_json::json;

use crate::gitlab_client::{WIDGETS, get, get_as, version};

const TEMPLATES: &str = "/projects/acme%2Fplatform%2Ftools/templates/merge_requests";

/// Bytes that are no text.
const PICTURE: &[u8] = b"\x89PNG\xff\0";

/// With a repository for the templates of each group, and one for those of the instance.
fn scene(builder: Builder) -> Builder {
    let names = ["acme/templates", "acme/platform/templates", "alice/everywhere"];
    names.into_iter().fold(builder.usual(), |scene, name| scene.repository(NewRepository::named(name).private()))
}

fn write(gitlab: &GitLab, full_name: &str, name: &str) {
    let path = format!(".gitlab/merge_request_templates/{name}");
    gitlab.git(full_name).commit_file("main", &path, &format!("{full_name}: {name}\n")).unwrap();
}

/// Of everything there is, one named alike.
async fn inherited(builder: Builder) -> GitLab {
    let gitlab = scene(builder).start().await.unwrap();
    gitlab.change(|world| {
        world.group_mut("acme").templates = Some("acme/templates".to_owned());
        world.group_mut("acme/platform").templates = Some("acme/platform/templates".to_owned());
        world.templates = Some("alice/everywhere".to_owned());
    });
    for name in ["acme/platform/tools", "acme/templates", "acme/platform/templates", "alice/everywhere"] {
        write(&gitlab, name, "Bug.md");
    }
    write(&gitlab, "acme/platform/tools", "default.md");
    write(&gitlab, "acme/templates", "Default.md");
    write(&gitlab, "alice/everywhere", "Security.md");
    gitlab
}

#[tokio::test]
async fn a_projects_own_are_the_files_of_a_directory_on_its_default_branch() {
    let gitlab = GitLab::cloud().usual().start().await.unwrap();
    let templates = format!("{WIDGETS}/templates/merge_requests");
    let none = get(&gitlab, &templates).await;
    assert_eq!((none.status, &none.body), (200, &json!([])));
    for name in ["b c.md", "Default.md", "notes.txt", "below/Default.md", "SHOUTED.MD"] {
        write(&gitlab, "acme/widgets", name);
    }
    let elsewhere = ".gitlab/merge_request_templates/Elsewhere.md";
    gitlab.git("acme/widgets").commit_file("develop", elsewhere, "x").unwrap();
    let listed = get(&gitlab, &templates).await;
    let entry = |name: &str| json!({ "key": name, "name": name });
    assert_eq!(listed.body, json!([entry("Default"), entry("b c")]));
    assert_eq!(listed.header("x-total"), Some("2"));
    let one = get(&gitlab, &format!("{templates}/Default")).await;
    assert_eq!(one.body, json!({ "name": "Default", "content": "acme/widgets: Default.md\n" }));
    for key in ["default", "notes", "Elsewhere", "..%2FDefault"] {
        let missing = get(&gitlab, &format!("{templates}/{key}")).await;
        assert_eq!((missing.status, missing.message()), (404, "404 Template Not Found"), "{key}");
    }
    let empty = get(&gitlab, "/projects/acme%2Fempty/templates/merge_requests").await;
    assert_eq!((empty.status, &empty.body), (200, &json!([])));
}

#[tokio::test]
async fn what_is_inherited_comes_first_and_a_name_leads_to_the_nearest() {
    let gitlab = inherited(GitLab::cloud()).await;
    let listed = get(&gitlab, TEMPLATES).await;
    assert_eq!(listed.each("name"), ["Bug", "Bug", "Default", "Bug", "Security", "Bug", "default"]);
    for (key, from) in [
        ("Bug", "acme/platform/templates: Bug.md\n"),
        ("Default", "acme/templates: Default.md\n"),
        ("default", "acme/platform/tools: default.md\n"),
        ("Security", "alice/everywhere: Security.md\n"),
    ] {
        assert_eq!(get(&gitlab, &format!("{TEMPLATES}/{key}")).await.body["content"], from, "{key}");
    }
    let second = get(&gitlab, &format!("{TEMPLATES}?per_page=3&page=2")).await;
    assert_eq!((second.each("key"), second.header("x-next-page")), (vec!["Bug", "Security", "Bug"], Some("3")));
}

#[tokio::test]
async fn the_free_edition_and_older_versions_inherit_none() {
    for builder in [GitLab::self_managed("17.0.0").free(), GitLab::self_managed("13.3.0")] {
        let gitlab = inherited(builder).await;
        assert_eq!(get(&gitlab, TEMPLATES).await.each("name"), ["Bug", "default"]);
        assert_eq!(get(&gitlab, &format!("{TEMPLATES}/Default")).await.status, 404);
    }
}

#[tokio::test]
async fn versions_before_templates_of_merge_requests_know_no_such_type() {
    for (number, status, error) in
        [("13.2.9", 400, "type does not have a valid value"), ("11.3.0", 404, "404 Not Found")]
    {
        let older = version(number).await;
        for path in [TEMPLATES.to_owned(), format!("{TEMPLATES}/Default")] {
            let refused = get(&older, &path).await;
            assert_eq!((refused.status, &refused.body), (status, &json!({ "error": error })), "{number}");
        }
    }
}

#[tokio::test]
async fn who_may_not_read_the_code_may_not_read_its_templates() {
    let gitlab = inherited(GitLab::cloud()).await;
    gitlab.change(|world| {
        world.repository_mut("acme/platform/tools").collaborators.insert("bob".to_owned(), Role::Guest);
    });
    for path in [TEMPLATES.to_owned(), format!("{TEMPLATES}/Bug")] {
        let refused = get_as(&gitlab, token::BOB, &path).await;
        assert_eq!(refused.status, 403);
        assert!(refused.message().starts_with("403 Forbidden - Your current role"), "{}", refused.text);
        let hidden = get_as(&gitlab, token::MALLORY, &path).await;
        assert_eq!((hidden.status, hidden.message()), (404, "404 Project Not Found"));
        let scope = get_as(&gitlab, token::ALICE_NO_SCOPE, &path).await;
        assert_eq!((scope.status, &scope.body["error"]), (403, &json!("insufficient_scope")));
    }
}

#[tokio::test]
async fn one_that_is_no_text_fails() {
    let gitlab = GitLab::cloud().usual().start().await.unwrap();
    let path = ".gitlab/merge_request_templates/Default.md";
    gitlab.git("acme/widgets").commit_file("main", path, PICTURE).unwrap();
    let templates = format!("{WIDGETS}/templates/merge_requests");
    assert_eq!(get(&gitlab, &templates).await.each("name"), ["Default"]);
    let failed = get(&gitlab, &format!("{templates}/Default")).await;
    assert_eq!((failed.status, failed.message()), (500, "500 Internal Server Error"));
    let file = format!("{WIDGETS}/repository/files/.gitlab%2Fmerge_request_templates%2FDefault.md/raw?ref=main");
    assert_eq!(get(&gitlab, &file).await.header("x-gitlab-size"), Some("6"));
}
