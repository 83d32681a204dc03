//! What administrators set up for the branches of a Jira project: how they are called, and which repository and base branch
//! are suggested first. Suggestions only: nobody is kept to them.

use countersign_tests::daemon::{Daemon, GitHubServer, MAIN, User, WIDGETS, at};
use countersign_tests::standin::faults::{Fault, When};
use countersign_tests::standin::github::token;
use http::Method;
use serde_json::{Value, json};

const DOTFILES: &str = "alice/dotfiles";

async fn set(daemon: &Daemon, change: Value) -> Value {
    daemon.as_admin(Method::PATCH, "/integrations/main", Some(change)).await.expect(200).body
}

/// ann with alice's PAT, on a daemon whose git server gives lists out row by row.
async fn row_by_row() -> (Daemon, User) {
    let scene = GitHubServer::Cloud.builder().usual().page_cap(1);
    let daemon = Daemon::start_before(GitHubServer::Cloud, scene.start().await.unwrap()).await;
    let ann = daemon.as_user("ann");
    ann.save_pat(MAIN, token::ALICE).await.expect(200);
    daemon.stand_in.record.clear();
    (daemon, ann)
}

async fn repositories(ann: &User, more: &str) -> Value {
    ann.get(&format!("/api/v1/repositories?project=ABC&integration=main{more}")).await.expect(200).body
}

/// Ids of the rows, those set up for the project with their base branch.
fn rows(page: &Value) -> Vec<String> {
    let row = |row: &Value| {
        let id = row["id"].as_str().unwrap();
        let base = row["default_base"].as_str();
        assert_eq!(row["is_default"], json!(base.is_some()), "{row}");
        base.map_or_else(|| id.to_owned(), |base| format!("{id} at {base}"))
    };
    page["repositories"].as_array().unwrap().iter().map(row).collect()
}

async fn name(ann: &User, more: &str) -> String {
    let path = format!("/api/v1/branch-name?integration=main&issue=ABC-7&type=Bug&summary=Log%20in%2C%20please{more}");
    ann.get(&path).await.expect(200).text_at("/name").to_owned()
}

#[tokio::test]
async fn a_template_may_name_the_user_as_her_connector_does() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    set(&daemon, json!({ "branch_template": "users/${username}/${displayname}_${issuekey}" })).await;
    let ann = daemon.as_user("5b10a2844c20165700ede21g");
    assert_eq!(name(&ann, "").await, "users/ABC-7", "her id is no name");
    let ann = ann.called("username", " ann.smith ").called("display_name", "Ann Smith");
    assert_eq!(name(&ann, "").await, "users/ann-smith/Ann-Smith_ABC-7");
    let wrong = daemon.as_user("ann").called("username", "a\nb");
    let refused = wrong.pat(MAIN).await.problem(401, "unauthenticated");
    assert!(refused.text_at("/detail").contains("`username`"), "{}", refused.text);
}

#[tokio::test]
async fn the_integrations_template_separator_and_length_make_the_name() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let ann = daemon.as_user("ann");
    assert_eq!(name(&ann, "").await, "bugfix/ABC-7-log-in-please");
    let set_up =
        json!({ "branch_template": "fix/${issuekey}_${summary}", "branch_separator": "_", "branch_max_length": 20 });
    let shown = set(&daemon, set_up.clone()).await;
    for member in ["branch_template", "branch_separator", "branch_max_length"] {
        assert_eq!(shown[member], set_up[member]);
    }
    assert_eq!(name(&ann, "").await, "fix/ABC-7_log_in_ple");
    // What is left out stays; an explicit null goes back.
    let shown = set(&daemon, json!({ "branch_max_length": null, "name": "Main" })).await;
    assert_eq!((&shown["branch_max_length"], &shown["branch_separator"]), (&Value::Null, &json!("_")));
    assert_eq!(name(&ann, "").await, "fix/ABC-7_log_in_please");
    set(&daemon, json!({ "branch_template": null, "branch_separator": null })).await;
    assert_eq!(name(&ann, "").await, "bugfix/ABC-7-log-in-please");
}

#[tokio::test]
async fn the_key_survives_the_smallest_length_and_a_name_of_ones_own_is_not_shortened() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let ann = daemon.as_user("ann").viewing(&["ABC", "A_LONG_PROJECT_KEY"]);
    set(&daemon, json!({ "branch_max_length": 20 })).await;
    assert_eq!(name(&ann, "").await, "bugfix/ABC-7-log-in");
    let path = "/api/v1/branch-name?integration=main&issue=A_LONG_PROJECT_KEY-1234&summary=x";
    assert_eq!(ann.get(path).await.expect(200).text_at("/name"), "A_LONG_PROJECT_KEY-1234");
    let own = "feature/ABC-7-much-longer-than-twenty-bytes";
    ann.create_branch(MAIN, WIDGETS, own, "main").await.expect(201);
    assert!(daemon.show_ref(WIDGETS, own).is_some());
}

#[tokio::test]
async fn the_mapped_repository_comes_first_although_its_page_is_far_and_stands_on_no_other() {
    let (daemon, ann) = row_by_row().await;
    assert_eq!(rows(&repositories(&ann, "").await), ["acme/attic"]);
    set(&daemon, json!({ "mappings": [{ "project": "ABC", "repository": WIDGETS, "base": "develop" }] })).await;
    let mut page = repositories(&ann, "").await;
    let mut seen = vec![rows(&page)];
    while let Some(cursor) = page["next_cursor"].as_str() {
        page = repositories(&ann, &format!("&cursor={cursor}")).await;
        seen.push(rows(&page));
    }
    assert_eq!(seen, [vec!["acme/widgets at develop", "acme/attic"], vec!["acme/empty"], vec![], vec![DOTFILES]]);
    assert_eq!(daemon.stand_in.record.tokens_seen(), [token::ALICE]);
    let log = daemon.audit().await;
    let looked: Vec<_> = log.iter().filter(|entry| entry["subject"] == "repository.get").collect();
    assert_eq!((&looked[0]["event"], &looked[1]["event"]), (&json!("intent"), &json!("outcome")));
    assert_eq!((looked.len(), &looked[0]["details"]["repository"]), (2, &json!(WIDGETS)));
}

#[tokio::test]
async fn a_mapped_repository_on_the_page_is_moved_and_not_asked_for_again() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let ann = daemon.as_user("ann");
    ann.save_pat(MAIN, token::ALICE).await.expect(200);
    set(&daemon, json!({ "mappings": [{ "project": "ABC", "repository": WIDGETS }] })).await;
    daemon.stand_in.record.clear();
    let all = ["acme/widgets at main", "acme/attic", "acme/empty", DOTFILES];
    assert_eq!(rows(&repositories(&ann, "").await), all);
    assert_eq!(daemon.stand_in.record.requests().len(), 1);
    // A search says where it is, and adds nothing.
    assert_eq!(rows(&repositories(&ann, "&q=acme").await), ["acme/attic", "acme/empty", "acme/widgets at main"]);
    assert_eq!(rows(&repositories(&ann, "&q=dot").await), [DOTFILES]);
    // Nor is it anyone's default but the project's.
    let elsewhere = ann.viewing(&["OPS"]).get("/api/v1/repositories?project=OPS").await.expect(200);
    assert_eq!(rows(&elsewhere.body), ["acme/attic", "acme/empty", WIDGETS, DOTFILES]);
}

#[tokio::test]
async fn a_mapping_by_a_former_name_finds_the_repository_once() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let ann = daemon.as_user("ann");
    ann.save_pat(MAIN, token::ALICE).await.expect(200);
    set(&daemon, json!({ "mappings": [{ "project": "ABC", "repository": "acme/gadgets" }] })).await;
    let all = ["acme/widgets at main", "acme/attic", "acme/empty", DOTFILES];
    assert_eq!(rows(&repositories(&ann, "").await), all);
    let found = ann.get(&format!("{}?project=ABC", at(&["integrations", MAIN, "repositories", "acme/gadgets"])));
    let found = found.await.expect(200);
    assert_eq!((found.text_at("/id"), found.text_at("/default_base")), (WIDGETS, "main"));
}

#[tokio::test]
async fn a_component_goes_before_its_project_in_the_administrators_order() {
    let (daemon, ann) = row_by_row().await;
    let mappings = json!([
        { "project": "ABC", "repository": "acme/attic" },
        { "project": "ABC", "component": "API, v2", "repository": WIDGETS, "base": "develop",
          "branch_template": "api/${basebranch}/${issuekey}" },
        { "project": "ABC", "component": "Front end", "repository": DOTFILES, "branch_template": "web/${issuekey}-${summary}" },
        { "project": "OPS", "component": "Docs", "base": "main" },
    ]);
    set(&daemon, json!({ "mappings": mappings, "branch_separator": "." })).await;
    for (components, first, expected) in [
        ("", "acme/attic at main", "bugfix/ABC-7-log.in.please"),
        ("&component=Docs", "acme/attic at main", "bugfix/ABC-7-log.in.please"),
        ("&component=front%20end", "acme/attic at main", "bugfix/ABC-7-log.in.please"),
        ("&component=Front%20end&component=Docs", "alice/dotfiles at main", "web/ABC-7-log.in.please"),
        ("&component=Front%20end&component=API%2C%20v2", "acme/widgets at develop", "api/develop/ABC-7"),
    ] {
        assert_eq!(rows(&repositories(&ann, components).await)[0], first, "{components}");
        assert_eq!(name(&ann, components).await, expected, "{components}");
    }
    // A base of the user's own goes before the one set up.
    assert_eq!(name(&ann, "&component=API%2C%20v2&from=release/1").await, "api/release.1/ABC-7");
    let path = "/api/v1/branch-name?integration=main&issue=ABC-7&component=API%2C%20v2";
    let expected = json!({ "name": "api/develop/ABC-7", "base": "develop", "repository": WIDGETS });
    assert_eq!(ann.get(path).await.expect(200).body, expected);
    let path = path.replace("ABC-7", "OPS-7").replace("API%2C%20v2", "Docs");
    let ops = ann.viewing(&["OPS"]).get(&path).await.expect(200);
    assert_eq!(ops.body, json!({ "name": "task/OPS-7", "base": "main" }));
}

#[tokio::test]
async fn a_cursor_goes_on_with_the_components_it_was_given_out_for() {
    let (daemon, ann) = row_by_row().await;
    set(&daemon, json!({ "mappings": [{ "project": "ABC", "component": "Front end", "repository": WIDGETS }] })).await;
    let page = repositories(&ann, "&component=Front%20end").await;
    let cursor = page["next_cursor"].as_str().unwrap();
    let next = repositories(&ann, &format!("&component=Front%20end&cursor={cursor}")).await;
    assert_eq!(rows(&next), ["acme/empty"]);
    let path = format!("/api/v1/repositories?project=ABC&integration=main&cursor={cursor}");
    ann.get(&path).await.problem(404, "not-found");
    ann.get(&format!("{path}&component=Docs")).await.problem(404, "not-found");
}

#[tokio::test]
async fn a_mapped_repository_that_cannot_be_shown_leaves_the_list_and_a_note() {
    let (daemon, ann) = row_by_row().await;
    for unseen in ["acme/nothing", "no such id"] {
        set(&daemon, json!({ "mappings": [{ "project": "ABC", "repository": unseen }] })).await;
        let page = repositories(&ann, "").await;
        assert_eq!(rows(&page), ["acme/attic"], "{unseen}");
        let [note] = &page["incomplete"].as_array().unwrap()[..] else { panic!("{page}") };
        assert_eq!(note["integration"], MAIN);
        assert!(note["note"].as_str().unwrap().contains("could not be shown"), "{note}");
        assert_eq!(note["problem"]["type"], "urn:countersign:problem:not-found-or-no-access", "{unseen}");
    }
    let mallory = daemon.as_user("mallory");
    mallory.save_pat(MAIN, token::MALLORY).await.expect(200);
    set(&daemon, json!({ "mappings": [{ "project": "ABC", "repository": WIDGETS }] })).await;
    let page = repositories(&mallory, "").await;
    assert_eq!(rows(&page), [] as [&str; 0]);
    let problem = &page["incomplete"][0]["problem"];
    assert_eq!((&problem["whose"], &problem["missing"]), (&json!("user"), &json!("repository acme/widgets")));
    // What could not be fetched for once is not lost to the later pages.
    set(&daemon, json!({ "mappings": [{ "project": "ABC", "repository": "acme/empty" }] })).await;
    daemon.stand_in.faults.once(When::ends_with(Method::GET, "/repos/acme/empty"), Fault::MalformedJson);
    let page = repositories(&ann, "").await;
    assert_eq!((rows(&page).len(), page["incomplete"].as_array().unwrap().len()), (1, 1), "{page}");
    let next = repositories(&ann, &format!("&cursor={}", page["next_cursor"].as_str().unwrap())).await;
    assert_eq!(rows(&next), ["acme/empty at main"]);
    assert!(daemon.stand_in.faults.all_happened());
}

#[tokio::test]
async fn one_repository_is_looked_at_with_the_users_own_eyes() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let (ann, mallory) = (daemon.as_user("ann"), daemon.as_user("mallory"));
    ann.save_pat(MAIN, token::ALICE).await.expect(200);
    mallory.save_pat(MAIN, token::MALLORY).await.expect(200);
    let of = |repository: &str, more: &str| {
        format!("{}?project=ABC{more}", at(&["integrations", MAIN, "repositories", repository]))
    };
    let found = ann.get(&of(WIDGETS, "")).await.expect(200);
    let expected = json!({
        "integration": MAIN, "id": WIDGETS, "path_id": "~YWNtZS93aWRnZXRz", "name": WIDGETS, "default_branch": "main",
        "web_url": found.body["web_url"], "is_private": true, "is_read_only": false, "pat_state": "valid",
        "is_default": false, "default_base": null,
    });
    assert_eq!(found.body, expected);
    set(&daemon, json!({ "mappings": [{ "project": "ABC", "component": "x", "repository": WIDGETS }] })).await;
    assert_eq!(ann.get(&of(WIDGETS, "&component=x")).await.expect(200).body["is_default"], true);
    assert_eq!(ann.get(&of(WIDGETS, "")).await.expect(200).body["is_default"], false);
    assert_eq!(ann.get(&of("acme/attic", "&component=x")).await.expect(200).body["is_default"], false);

    mallory.get(&of(WIDGETS, "")).await.problem(404, "not-found-or-no-access");
    ann.get(&of("acme/nothing", "")).await.problem(404, "not-found-or-no-access");
    ann.get(&of("a\r\nb", "")).await.problem(422, "invalid");
    ann.get(&of(WIDGETS, "&component=a%00b")).await.problem(422, "invalid");
    ann.get(&of(WIDGETS, "&q=x")).await.problem(400, "bad-request");
    let elsewhere = at(&["integrations", "absent", "repositories", WIDGETS]);
    ann.get(&format!("{elsewhere}?project=ABC")).await.problem(404, "not-found");
    daemon.as_user("ann").viewing(&["OPS"]).get(&of(WIDGETS, "")).await.problem(403, "permission-missing");
}

#[tokio::test]
async fn mappings_are_refused_member_by_member_and_then_nothing_is_changed() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let kept =
        json!([{ "project": "ABC", "component": null, "repository": WIDGETS, "base": null, "branch_template": null }]);
    assert_eq!(set(&daemon, json!({ "mappings": kept, "projects": ["ABC"] })).await["mappings"], kept);
    let one = json!({ "project": "ABC" });
    let many: Vec<Value> = (0..501).map(|index| json!({ "project": "ABC", "component": index.to_string() })).collect();
    for (change, field, message) in [
        (json!({ "mappings": [one, { "project": "abc" }] }), "mappings[1].project", "project key"),
        (json!({ "mappings": [{ "project": "ABC", "component": "a\nb" }] }), "mappings[0].component", "255 characters"),
        (json!({ "mappings": [{ "project": "ABC", "repository": "" }] }), "mappings[0].repository", "512 bytes"),
        (json!({ "mappings": [{ "project": "ABC", "base": "a..b" }] }), "mappings[0].base", "`..`"),
        (
            json!({ "mappings": [{ "project": "ABC", "branch_template": "x" }] }),
            "mappings[0].branch_template",
            "${issuekey}",
        ),
        (json!({ "mappings": [one, { "project": "OPS" }] }), "mappings[1].project", "is not open to OPS"),
        (json!({ "mappings": [one, one] }), "mappings[1]", "those of one before it"),
        (json!({ "mappings": many }), "mappings", "at most 500"),
        (json!({ "projects": ["OPS"] }), "mappings[0].project", "is not open to ABC"),
        (json!({ "branch_template": "x" }), "branch_template", "${issuekey}"),
        (json!({ "branch_separator": "/" }), "branch_separator", "`-`, `_` and `.`"),
        (json!({ "branch_max_length": 19 }), "branch_max_length", "20 to 255"),
        (json!({ "branch_max_length": 256 }), "branch_max_length", "20 to 255"),
    ] {
        let refused = daemon.as_admin(Method::PATCH, "/integrations/main", Some(change)).await.problem(422, "invalid");
        assert_eq!(refused.text_at("/errors/0/field"), field, "{}", refused.text);
        assert!(refused.text_at("/errors/0/message").contains(message), "{}", refused.text);
    }
    let unknown = json!({ "mappings": [{ "project": "ABC", "repo": "x" }] });
    daemon.as_admin(Method::PATCH, "/integrations/main", Some(unknown)).await.problem(400, "bad-request");
    let shown = daemon.as_admin(Method::GET, "/integrations/main", None).await.expect(200);
    assert_eq!((&shown.body["mappings"], &shown.body["projects"]), (&kept, &json!(["ABC"])));
    let changes: Vec<Value> =
        daemon.audit().await.into_iter().filter(|entry| entry["subject"] == "integration.change").collect();
    assert_eq!((changes.len(), &changes[0]["details"]["mappings"]["new"]), (1, &kept));
    assert_eq!(set(&daemon, json!({ "mappings": [] })).await["mappings"], json!([]));
}
