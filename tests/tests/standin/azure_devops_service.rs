//! The edges of the API: hosts, versions, pages, names and ids, files, limits.

use countersign_tests::standin::azure_devops::{AzureDevOps, faults, token};
use countersign_tests::standin::faults::When;
use http::{Method, StatusCode};
use serde_json::json;

use crate::azure_devops_client::{WIDGETS, call, each, get, key, post, pull, tip, usual};
use crate::client::{http, send};

#[tokio::test]
async fn references_and_projects_have_a_second_page() {
    let azure = AzureDevOps::services("acme").usual().page_cap(1).start().await.unwrap();
    for (path, expected) in [
        (format!("{WIDGETS}/refs?filter=heads/&$top=1000"), vec!["refs/heads/develop", "refs/heads/main"]),
        ("/_apis/projects?$top=100".to_owned(), vec!["Platform", "Public"]),
    ] {
        let (mut names, mut next, mut pages) = (Vec::new(), Some(String::new()), 0);
        while let Some(token) = next {
            let page = get(&azure, &format!("{path}{token}")).await;
            names.extend(each(&page, "name").into_iter().map(str::to_owned));
            next = page.header("x-ms-continuationtoken").map(|token| format!("&continuationToken={token}"));
            pages += 1;
        }
        assert_eq!((names, pages), (expected.into_iter().map(str::to_owned).collect(), 2), "{path}");
    }
    assert_eq!(each(&get(&azure, "/_apis/projects?$skip=1").await, "name"), ["Public"]);
    let repositories = get(&azure, "/_apis/git/repositories").await;
    assert_eq!(each(&repositories, "name"), ["attic", "dotfiles", "empty", "Public", "widgets"]);
}

#[tokio::test]
async fn the_next_page_of_references_stands_still_while_branches_come_and_go() {
    let azure = AzureDevOps::services("acme").usual().page_cap(1).start().await.unwrap();
    let first = get(&azure, &format!("{WIDGETS}/refs?filter=heads/")).await;
    azure.git("Platform/widgets").add_commit("a-new-one", "new.txt").unwrap();
    let token = first.header("x-ms-continuationtoken").unwrap();
    let second = get(&azure, &format!("{WIDGETS}/refs?filter=heads/&continuationToken={token}")).await;
    assert_eq!(each(&second, "name"), ["refs/heads/main"]);
}

#[tokio::test]
async fn a_version_too_new_names_the_newest_and_a_preview_wants_to_be_called_one() {
    for (release, asked, key_, message) in [
        (
            "2019.1",
            "7.1",
            "VssVersionOutOfRangeException",
            "The requested REST API version of 7.1 is out of range for this server. The latest REST API version this server supports is 5.1.",
        ),
        (
            "2018",
            "4.1",
            "VssVersionOutOfRangeException",
            "The requested REST API version of 4.1 is out of range for this server. The latest REST API version this server supports is 4.0.",
        ),
        (
            "2020",
            "7.2",
            "VssVersionOutOfRangeException",
            "The requested REST API version of 7.2 is out of range for this server. The latest REST API version this server supports is 6.1.",
        ),
        (
            "2020",
            "6.1",
            "VssInvalidPreviewVersionException",
            "The requested version \"6.1\" of the resource is under preview. The -preview flag must be supplied in the api-version for such requests. For example: \"6.1-preview\"",
        ),
        (
            "2022",
            "newest",
            "VssInvalidApiResourceVersionException",
            "Invalid api version string: \"newest\". Api version string must be in the format: {Major}.{Minor}[-preview[.{ResourceVersion}]].",
        ),
    ] {
        let azure = AzureDevOps::server(release, "", "DefaultCollection").usual().start().await.unwrap();
        let refused = get(&azure, &format!("{WIDGETS}?api-version={asked}")).await;
        assert_eq!((refused.status, key(&refused), refused.message()), (400, key_, message), "{release} {asked}");
    }
    let azure = usual().await;
    for version in ["7.1", "7.2-preview.1", "5.0", "1.0", "2"] {
        assert_eq!(get(&azure, &format!("{WIDGETS}?api-version={version}")).await.status, 200, "{version}");
    }
    let unreleased = get(&azure, "/_apis/connectionData?api-version=7.1").await;
    assert_eq!(key(&unreleased), "VssInvalidPreviewVersionException");
}

#[tokio::test]
async fn a_version_may_stand_in_what_is_accepted_and_only_reading_does_without() {
    let azure = usual().await;
    let url = format!("{}{WIDGETS}", azure.url());
    let accepting =
        http().get(&url).basic_auth("", Some(token::ALICE)).header("accept", "application/json;api-version=5.0");
    let answered = send(accepting).await;
    assert_eq!(answered.header("content-type"), Some("application/json; charset=utf-8; api-version=5.0"));
    let silent = send(http().get(&url).basic_auth("", Some(token::ALICE))).await;
    assert_eq!(silent.header("content-type"), Some("application/json; charset=utf-8; api-version=7.1"));
    let post = http().post(format!("{url}/refs")).basic_auth("", Some(token::ALICE)).json(&json!([]));
    let refused = send(post).await;
    assert_eq!((refused.status, key(&refused)), (400, "VssVersionNotSpecifiedException"));
}

#[tokio::test]
async fn names_and_ids_lead_to_the_same_repository_and_only_the_id_outlives_a_renaming() {
    let azure = usual().await;
    let (project, id) =
        azure.change(|world| (world.projects[0].id.clone(), world.repository_mut("Platform/widgets").id.clone()));
    for path in [
        WIDGETS.to_owned(),
        "/platform/_APIS/Git/Repositories/Widgets".to_owned(),
        format!("/_apis/git/repositories/{id}"),
        format!("/{project}/_apis/git/repositories/{id}"),
        format!("/{project}/_apis/git/repositories/widgets"),
    ] {
        assert_eq!(get(&azure, &path).await.body["id"], id, "{path}");
    }
    azure.change(|world| world.repository_mut("Platform/widgets").name = "gizmos".to_owned());
    for gone in [WIDGETS, "/Platform/_apis/git/repositories/gadgets"] {
        let missing = get(&azure, gone).await;
        assert_eq!((missing.status, key(&missing)), (404, "GitRepositoryNotFoundException"));
    }
    assert_eq!(get(&azure, &format!("/_apis/git/repositories/{id}")).await.body["name"], "gizmos");
    assert_eq!(get(&azure, "/_apis/git/repositories/gizmos").await.status, 400);
    let elsewhere = get(&azure, &format!("/Public/_apis/git/repositories/{id}")).await;
    assert_eq!(elsewhere.status, 404);
    let by_id = get(&azure, "/_apis/projects/00000000-0000-4000-8000-000000000000").await;
    assert_eq!((by_id.status, key(&by_id)), (404, "ProjectDoesNotExistException"));
}

#[tokio::test]
async fn pages_of_a_repository_are_where_the_product_has_them() {
    let path = "/Public/_apis/git/repositories/Public?api-version=6.0";
    for (builder, web, below) in [
        (AzureDevOps::services("acme"), "/acme/Public/_git/Public", "/acme"),
        (AzureDevOps::visual_studio("acme"), "/_git/Public", ""),
        (
            AzureDevOps::server("2020", "tfs", "DefaultCollection"),
            "/tfs/DefaultCollection/_git/Public",
            "/tfs/DefaultCollection",
        ),
    ] {
        let azure = builder.usual().start().await.unwrap();
        let origin = azure.url().strip_suffix(below).unwrap().to_owned();
        let shown = get(&azure, path).await;
        assert_eq!(shown.body["webUrl"], format!("{origin}{web}"));
        let other = get(&azure, &path.replace("repositories/Public", "repositories/dotfiles")).await;
        assert_eq!(other.body["webUrl"], format!("{origin}{below}/Public/_git/dotfiles"));
    }
    let old = AzureDevOps::server("2018.2", "tfs", "DefaultCollection").usual().start().await.unwrap();
    let shown = get(&old, &path.replace("6.0", "4.1")).await;
    assert_eq!(shown.status, 200);
    for member in ["webUrl", "isDisabled", "size"] {
        assert_eq!(shown.body.get(member), None, "{member}");
    }
    let repositories = get(&old, "/_apis/git/repositories?api-version=4.1").await;
    assert_eq!(each(&repositories, "name"), ["dotfiles", "empty", "Public", "widgets"]);
    assert_eq!(repositories.body["value"][1].get("defaultBranch"), None);
}

#[tokio::test]
async fn under_its_own_names_each_host_answers_its_own_half() {
    for (builder, code, identities, prefix) in [
        (AzureDevOps::services("acme"), "dev.azure.com", "vssps.dev.azure.com", "/acme"),
        (
            AzureDevOps::visual_studio("acme"),
            "acme.visualstudio.com",
            "acme.vssps.visualstudio.com",
            "/DefaultCollection",
        ),
    ] {
        let azure = builder.usual().start().await.unwrap();
        let authority = reqwest::Certificate::from_pem(azure.ca_pem().as_bytes()).unwrap();
        http();
        let client = reqwest::Client::builder().no_proxy().tls_certs_only([authority]);
        let client = client.resolve(code, azure.tls_addr()).resolve(identities, azure.tls_addr()).build().unwrap();
        let port = azure.tls_addr().port();
        let ask = |host: &str, path: &str| {
            let url = format!("https://{host}:{port}{prefix}/_apis/{path}");
            send(client.get(url).basic_auth("", Some(token::ALICE)).header("x-tfs-fedauthredirect", "Suppress"))
        };
        let search = "identities?searchFilter=General&filterValue=bob&api-version=7.1";
        assert_eq!(each(&ask(identities, search).await, "providerDisplayName"), ["bob"]);
        assert_eq!(ask(code, search).await.status, 404);
        assert_eq!(each(&ask(code, "git/repositories").await, "name").len(), 5);
        assert_eq!(ask(identities, "git/repositories").await.status, 404);
        for host in [code, identities] {
            assert_eq!(ask(host, "connectionData").await.status, 200);
            let areas = ask(host, "ResourceAreas").await;
            let urls = each(&areas, "locationUrl");
            let collection = azure_prefix(prefix);
            assert_eq!(urls[0], format!("https://{code}:{port}{collection}/"));
            assert_eq!(urls[2], format!("https://{identities}:{port}{collection}/"));
        }
    }
}

/// How the collection is written by the server.
fn azure_prefix(asked: &str) -> &str {
    if asked == "/DefaultCollection" { "" } else { asked }
}

#[tokio::test]
async fn resources_are_listed_in_the_versions_the_server_has() {
    let azure = AzureDevOps::server("2017", "tfs", "DefaultCollection").usual().start().await.unwrap();
    let listed = call(&azure, Method::OPTIONS, "/_apis?api-version=1.0", Some(token::ALICE), None).await;
    let refs = listed.body["value"].as_array().unwrap().iter().find(|item| item["resourceName"] == "refs").unwrap();
    assert_eq!((&refs["maxVersion"], &refs["releasedVersion"]), (&json!("3.0"), &json!("3.0")));
    let of_git = call(&azure, Method::OPTIONS, "/_apis/Git?api-version=1.0", Some(token::ALICE), None).await;
    assert_eq!(of_git.body["value"][0], listed.body["value"][1]);
    assert!(each(&of_git, "area").iter().all(|area| *area == "git"));
    // They came with 3.2.
    assert!(!each(&listed, "resourceName").contains(&"ResourceAreas"));
    let areas = get(&azure, "/_apis/resourceareas?api-version=3.0-preview").await;
    assert_eq!((areas.status, &areas.body["count"]), (200, &json!(0)));
}

#[tokio::test]
async fn a_file_of_a_branch_is_its_content_or_what_is_known_of_it() {
    let azure = usual().await;
    let template = ".azuredevops/pull_request_template/branches/main.md";
    let commit = azure.git("Platform/widgets").add_commit("main", template).unwrap();
    let content = format!("Write {template}.\n");
    let path = format!("{WIDGETS}/items?path=/{template}&versionDescriptor.version=main");
    let plain = get(&azure, &path).await;
    assert_eq!(
        (plain.status, plain.text.as_str(), plain.header("content-type")),
        (200, content.as_str(), Some("text/plain"))
    );
    let described =
        get(&azure, &format!("{path}&versionDescriptor.versionType=branch&$format=json&includeContent=true")).await;
    assert_eq!((&described.body["content"], &described.body["commitId"]), (&json!(content), &json!(commit)));
    assert_eq!(get(&azure, &format!("{path}&$format=json")).await.body.get("content"), None);

    let folder =
        format!("{WIDGETS}/items?scopePath=/.azuredevops/pull_request_template&recursionLevel=Full&version=main");
    assert_eq!(
        each(&get(&azure, &folder).await, "path"),
        [
            "/.azuredevops/pull_request_template",
            "/.azuredevops/pull_request_template/branches",
            "/.azuredevops/pull_request_template/branches/main.md",
        ]
    );
    let root = get(&azure, &format!("{WIDGETS}/items?recursionLevel=oneLevel")).await;
    assert_eq!(each(&root, "path"), ["/", "/.azuredevops", "/README.md"]);

    let missing = get(&azure, &path.replace("main.md", "nope.md")).await;
    assert_eq!((missing.status, key(&missing)), (404, "GitItemNotFoundException"));
    assert!(missing.message().starts_with("TF401174: The item '/.azuredevops/") && missing.message().contains(&commit));
    let no_branch = get(&azure, &format!("{WIDGETS}/items?path=/README.md&versionDescriptor.version=nope")).await;
    assert_eq!((no_branch.status, key(&no_branch)), (404, "GitUnresolvableToCommitException"));
    let empty = get(&azure, "/Platform/_apis/git/repositories/empty/items?path=/README.md").await;
    assert_eq!(empty.status, 404);
    let odd = get(&azure, &format!("{WIDGETS}/items?path=--help&versionDescriptor.version=main")).await;
    assert_eq!((odd.status, key(&odd)), (404, "GitItemNotFoundException"));
    // Also what is on another branch alone is not on this one.
    assert_eq!(tip(&azure, "develop").len(), 40);
    assert_eq!(get(&azure, &path.replace("version=main", "version=develop")).await.status, 404);
}

#[tokio::test]
async fn people_are_found_by_name_in_every_spelling_and_by_nothing_less() {
    let azure = usual().await;
    for (filter, value, names) in [
        ("General", "bob", vec!["bob"]),
        ("General", "Bob@Example.com", vec!["bob"]),
        ("AccountName", "bob@example.com", vec!["bob"]),
        ("AccountName", "bob", vec![]),
        ("DirectoryAlias", "jira-integration", vec!["jira-integration"]),
        ("MailAddress", "mallory@example.com", vec!["mallory"]),
        ("General", "bo", vec![]),
    ] {
        let found = get(&azure, &format!("/_apis/identities?searchFilter={filter}&filterValue={value}")).await;
        assert_eq!((found.status, each(&found, "providerDisplayName")), (200, names), "{filter} {value}");
    }
    assert_eq!(get(&azure, "/_apis/identities?searchFilter=Nope&filterValue=x").await.status, 400);
    let tfs = AzureDevOps::server("2017", "tfs", "DefaultCollection").usual().start().await.unwrap();
    let found = get(&tfs, "/_apis/identities?searchFilter=AccountName&filterValue=acme%5Cbob&api-version=3.0").await;
    assert_eq!(each(&found, "providerDisplayName"), ["bob"]);
}

#[tokio::test]
async fn throttling_is_a_late_success_or_a_refusal_and_an_outage_is_html() {
    let azure = usual().await;
    azure.faults.once(When::any(), faults::throttled_yet_answered(7, 1_900_000_000));
    let late = post(&azure, &format!("{WIDGETS}/pullrequests"), pull("develop", "main")).await;
    assert_eq!(
        (late.status, late.header("retry-after"), late.header("x-ratelimit-remaining")),
        (201, Some("7"), Some("0"))
    );
    azure.faults.once(When::any(), faults::blocked(5, 1_900_000_000));
    let blocked = get(&azure, WIDGETS).await;
    assert_eq!(
        (blocked.status, key(&blocked), blocked.header("retry-after")),
        (429, "RequestCanceledException", Some("5"))
    );
    azure.faults.once(When::any(), faults::outage(StatusCode::SERVICE_UNAVAILABLE));
    let outage = get(&azure, WIDGETS).await;
    assert_eq!((outage.status, outage.header("content-type")), (503, Some("text/html; charset=utf-8")));
    azure.faults.once(When::any(), faults::sign_in_page());
    assert_eq!(get(&azure, WIDGETS).await.status, 203);
    azure.faults.once(When::any(), faults::sign_in_redirect("https://dev.azure.com/"));
    assert_eq!(get(&azure, WIDGETS).await.status, 302);
    azure.faults.once(When::any(), faults::endless_pages("again"));
    assert_eq!(get(&azure, &format!("{WIDGETS}/refs")).await.header("x-ms-continuationtoken"), Some("again"));
    assert!(azure.faults.all_happened());
}

#[tokio::test]
async fn what_is_no_path_or_no_method_is_refused() {
    let azure = usual().await;
    let method = call(&azure, Method::DELETE, &format!("{WIDGETS}/refs"), Some(token::ALICE), None).await;
    assert_eq!(method.status, 405);
    let stranger = azure.url().replace("/acme", "/other");
    let other = send(http().get(format!("{stranger}/_apis/projects")).basic_auth("", Some(token::ALICE))).await;
    assert_eq!((other.status, other.header("content-type")), (404, Some("text/html; charset=utf-8")));
}
