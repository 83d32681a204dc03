//! A18: a Jira user is somebody at a site. Two Jiras with an `alice` each, behind two connectors, have two people; two
//! connectors of one Jira speak for the same.

use countersign_tests::daemon::{CONNECTOR, Daemon, GitHubServer, MAIN, SITE, User, WIDGETS, at};
use countersign_tests::standin::github::token;
use http::Method;
use serde_json::{Value, json};

/// A daemon that a second Jira's connector calls too, and a second connector of the first Jira.
async fn two_jiras() -> (Daemon, User, User) {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    daemon.as_admin(Method::POST, "/sites", Some(json!({ "id": "cloud", "name": "ACME Cloud" }))).await.expect(201);
    daemon.add_connector("cloud-jira", "cloud").await;
    daemon.add_connector("jira-again", SITE).await;
    let here = daemon.as_user("alice");
    let there = here.clone().through("cloud-jira");
    (daemon, here, there)
}

/// The ids of the integrations that are open to somebody.
async fn open_to(user: &User, project: &str) -> Vec<String> {
    let listed = user.get(&format!("/api/v1/integrations?project={project}")).await.expect(200);
    let integrations = listed.body["integrations"].as_array().unwrap();
    integrations.iter().map(|integration| integration["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a18_the_pat_of_one_is_not_seen_used_or_removed_by_the_other() {
    let (daemon, here, there) = two_jiras().await;
    daemon.require_user_pat(MAIN).await;
    here.save_pat(MAIN, token::ALICE).await.expect(200);
    assert_eq!(there.pat(MAIN).await.expect(200).text_at("/state"), "missing");
    let listed = there.get("/api/v1/integrations?project=ABC").await.expect(200);
    assert_eq!(listed.text_at("/integrations/0/pat/state"), "missing");
    there.create_branch(MAIN, WIDGETS, "of-there", "main").await.problem(403, "user-pat-required");
    there.check_pat(MAIN).await.problem(403, "user-pat-missing");
    there.remove_pat(MAIN).await.expect(204);
    assert_eq!(here.pat(MAIN).await.expect(200).text_at("/state"), "valid");

    there.save_pat(MAIN, token::BOB).await.expect(200);
    assert_eq!(here.pat(MAIN).await.expect(200).text_at("/account/login"), "alice");
    assert_eq!(there.pat(MAIN).await.expect(200).text_at("/account/login"), "bob");
    let made = here.create_branch(MAIN, WIDGETS, "of-here", "main").await.expect(201);
    assert_eq!((made.text_at("/receipt/site"), made.text_at("/receipt/jira_user")), (SITE, "alice"));
    assert_eq!(daemon.stand_in.who_made_branch(WIDGETS, "of-here").as_deref(), Some("alice"));

    let log = daemon.audit().await;
    let sites = |subject: &str| -> Vec<&Value> {
        log.iter().filter(|entry| entry["subject"] == subject).map(|entry| &entry["actor"]["site"]).collect()
    };
    assert_eq!(sites("pat.save"), [SITE, "cloud"]);
}

#[tokio::test]
async fn a18_connectors_of_one_site_speak_for_the_same_users() {
    let (daemon, here, there) = two_jiras().await;
    here.save_pat(MAIN, token::ALICE).await.expect(200);
    let again = here.clone().through("jira-again");
    assert_eq!(again.pat(MAIN).await.expect(200).text_at("/account/login"), "alice");
    let made = again.create_branch(MAIN, WIDGETS, "by-the-other-connector", "main").keyed("one-key").await.expect(201);
    assert_eq!((made.text_at("/receipt/acted_as"), made.text_at("/receipt/account/login")), ("user", "alice"));
    // A connector makes its own keys, and does not know those of the other.
    here.create_branch(MAIN, WIDGETS, "another", "main").keyed("one-key").await.expect(201);
    assert_eq!(there.pat(MAIN).await.expect(200).text_at("/state"), "missing");
    drop(daemon);
}

#[tokio::test]
async fn a18_a_cursor_of_one_is_none_of_the_others() {
    let scene = GitHubServer::Cloud.builder().usual().page_cap(1).start().await.unwrap();
    let daemon = Daemon::start_before(GitHubServer::Cloud, scene).await;
    daemon.as_admin(Method::POST, "/sites", Some(json!({ "id": "cloud" }))).await.expect(201);
    daemon.add_connector("cloud-jira", "cloud").await;
    let here = daemon.as_user("alice");
    let there = here.clone().through("cloud-jira");
    let lists = [
        "/api/v1/repositories?project=ABC&integration=main".to_owned(),
        "/api/v1/repositories?project=ABC".to_owned(),
        format!("{}?project=ABC", at(&["integrations", MAIN, "repositories", WIDGETS, "branches"])),
    ];
    for list in lists {
        let first = here.get(&list).await.expect(200);
        let next = format!("{list}&cursor={}", first.text_at("/next_cursor"));
        assert!(!first.text_at("/next_cursor").is_empty(), "{list}: {}", first.text);
        there.get(&next).await.problem(404, "not-found");
        here.get(&next).await.expect(200);
    }
}

#[tokio::test]
async fn a18_an_idempotency_key_of_one_says_nothing_to_the_other() {
    let (daemon, here, there) = two_jiras().await;
    let made = here.create_branch(MAIN, WIDGETS, "of-here", "main").keyed("one-key").await.expect(201);
    let other = there.create_branch(MAIN, WIDGETS, "of-there", "main").keyed("one-key").await.expect(201);
    assert_eq!((made.text_at("/receipt/site"), other.text_at("/receipt/site")), (SITE, "cloud"));
    assert!(daemon.show_ref(WIDGETS, "of-there").is_some());
}

#[tokio::test]
async fn a18_a_setup_link_saves_for_the_alice_it_was_made_for() {
    let (daemon, here, there) = two_jiras().await;
    let asked = json!({ "integration": MAIN, "project": "ABC" });
    let link = there.post("/api/v1/setup-links", &asked).await.expect(201);
    let path = link.text_at("/url").strip_prefix("https://countersign.example.com").unwrap();
    let page = daemon.call(Method::GET, path).await.expect(200);
    assert!(page.text.contains("ACME Cloud"), "the page says which Jira: {}", page.text);
    let visit = daemon.visit(link.text_at("/url")).await;
    let page = visit.get().await.expect(200);
    assert!(page.text.contains("ACME Cloud"), "the page says which Jira: {}", page.text);
    visit.post_and_see(&format!("token={}", token::BOB)).await.expect(200);
    assert_eq!(there.pat(MAIN).await.expect(200).text_at("/account/login"), "bob");
    assert_eq!(here.pat(MAIN).await.expect(200).text_at("/state"), "missing");
}

#[tokio::test]
async fn an_integration_is_open_to_projects_of_sites() {
    let (daemon, here, there) = two_jiras().await;
    let (here, there) = (here.viewing(&["ABC", "OPS"]), there.viewing(&["ABC", "OPS"]));
    let path = format!("/integrations/{MAIN}");
    let opened = async |projects: Value| {
        daemon.as_admin(Method::PATCH, &path, Some(json!({ "projects": projects }))).await.expect(200)
    };
    let table = [
        (json!(null), [true, true, true, true]),
        (json!([]), [false, false, false, false]),
        (json!(["default/ABC"]), [true, false, false, false]),
        (json!(["cloud/ABC"]), [false, false, true, false]),
        (json!(["cloud/*"]), [false, false, true, true]),
        (json!(["cloud/*", "default/OPS"]), [false, true, true, true]),
    ];
    for (projects, expected) in table {
        opened(projects.clone()).await;
        let mut found = Vec::new();
        for (user, project) in [(&here, "ABC"), (&here, "OPS"), (&there, "ABC"), (&there, "OPS")] {
            found.push(!open_to(user, project).await.is_empty());
        }
        assert_eq!(found, expected, "{projects}");
    }
    opened(json!(["cloud/ABC"])).await;
    here.create_branch(MAIN, WIDGETS, "x", "main").await.problem(404, "not-found");
    there.create_branch(MAIN, WIDGETS, "x", "main").await.expect(201);
    let unknown = json!({ "projects": ["nowhere/ABC"] });
    let refused = daemon.as_admin(Method::PATCH, &path, Some(unknown)).await.problem(422, "invalid");
    assert!(refused.text.contains("there is no site nowhere"), "{}", refused.text);
    // A key alone is one of the site that every daemon begins with.
    let alone = opened(json!(["default/ABC", "cloud/OPS"])).await;
    assert_eq!(alone.body["projects"], json!(["ABC", "cloud/OPS"]));
}

#[tokio::test]
async fn a_site_is_named_by_what_hangs_on_it_before_it_goes() {
    let (daemon, _, there) = two_jiras().await;
    there.save_pat(MAIN, token::ALICE).await.expect(200);
    daemon.as_admin(Method::POST, "/sites", Some(json!({ "id": "cloud" }))).await.problem(409, "conflict");
    let remove = || daemon.as_admin(Method::DELETE, "/sites/cloud", None);
    let refused = remove().await.problem(409, "conflict");
    assert!(refused.text_at("/detail").contains("cloud-jira"), "{}", refused.text);
    daemon.as_admin(Method::DELETE, "/connectors/cloud-jira", None).await.expect(204);
    remove().await.expect(204);
    remove().await.problem(404, "not-found");
    let body = json!({ "id": "late", "site": "cloud", "public_key": daemon.key.public_pem() });
    daemon.as_admin(Method::POST, "/connectors", Some(body)).await.problem(422, "invalid");
    // Whoever takes the name later does not get what was another's.
    daemon.as_admin(Method::POST, "/sites", Some(json!({ "id": "cloud" }))).await.expect(201);
    daemon.add_connector("cloud-jira", "cloud").await;
    assert_eq!(there.pat(MAIN).await.expect(200).text_at("/state"), "missing");
    assert_eq!(daemon.as_user("alice").through(CONNECTOR).pat(MAIN).await.expect(200).text_at("/state"), "missing");
}
