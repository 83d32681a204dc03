//! One-time links: who may open one, how often, until when, and from where.

use std::sync::Arc;
use std::time::Duration;

use http::Method;
use tokio::task::JoinSet;

use super::filled_in;
use crate::world::{LINK_LIFETIME_MS, World, create_branch, set_up};
use model::{FailureReason, PageName};

const OURS: (&str, &str) = ("origin", "https://pat.example.com");
const JIRA: (&str, &str) = ("origin", "https://jira.example.com");

#[tokio::test]
async fn u3_a_link_names_the_jira_user_it_is_for_and_asks() {
    let world = World::new().await;
    let link = world.page_link("JIRAUSER10101", set_up()).await;
    let page = world.get(&link).await;
    page.expect(
        200,
        &[
            "<h1><bdi>Set up your personal access token for Acme Inc. (Git Server)</bdi></h1>",
            "This page is for Jira user <strong><bdi>JIRAUSER10101</bdi></strong>. If that is not you, close this page.",
            "<form method=\"post\"",
            "Continue as <bdi>JIRAUSER10101</bdi>",
            "<html lang=\"en\">",
            "width=device-width",
        ],
    );
    assert_eq!(page.action(), format!("{link}?from=https://jira.example.com"));
    page.lacks(&[", saved <time", "set-cookie"]);
    assert_eq!(page.header("set-cookie"), "");
    let branch = world.page_link("ann", create_branch("ABC-1")).await;
    world.get(&branch).await.expect(200, &["<h1><bdi>Create branch</bdi></h1>"]);
}

#[tokio::test]
async fn u2_looking_never_uses_a_link_up_and_opening_it_does() {
    let world = World::new().await;
    let link = world.page_link("ann", set_up()).await;
    for _ in 0..3 {
        world.get(&link).await.expect(200, &["<form method=\"post\""]);
        let head = world.send(Method::HEAD, &link, &[], "").await;
        assert_eq!((head.status.as_u16(), head.body.as_str()), (200, ""));
        assert_eq!(head.header("cache-control"), "no-store");
        assert_eq!(head.header("set-cookie"), "");
    }
    let begun = world.post(&link, "").await;
    begun.expect(303, &[]);
    assert_eq!(begun.header("cache-control"), "no-store");
    let path = world.keeps(&begun).await;
    world.get(&path).await.expect(200, &["Set up your personal access token for Acme Inc."]);
    world.get(&link).await.expect(410, &["Start again from Jira"]);
}

#[tokio::test]
async fn u7_a_stolen_link_opens_nothing_after_the_first() {
    let world = World::new().await;
    let link = world.page_link("ann", set_up()).await;
    let hers = world.begun(&link).await;
    for thief in [world.get(&link).await, world.post(&link, "").await, world.post_as(&link, &[], "").await] {
        thief.expect(410, &["This link does not work any more"]).lacks(&["<bdi>ann"]);
        assert_eq!((thief.header("set-cookie"), thief.header("location")), ("", ""));
    }
    world.get(&hers).await.expect(200, &["<bdi>ann</bdi>"]);
}

#[tokio::test]
async fn u2_a_used_an_expired_an_unknown_and_a_malformed_link_look_the_same() {
    let world = World::new().await;
    let (used, expired) = (world.page_link("ann", set_up()).await, world.page_link("ann", set_up()).await);
    world.begun(&used).await;
    world.clock.advance_ms(LINK_LIFETIME_MS - 1);
    world.get(&expired).await.expect(200, &[]);
    world.clock.advance_ms(1);

    let long = format!("/open/{}", "a".repeat(129));
    let expected = world.get(&used).await.body;
    let links = [&used, &expired, "/open/unknown", &long, "/open/a.b", "/open/a%00", "/open/%ff", "/open/a%2Fb"];
    for link in links {
        let elsewhere = world.post_as(link, &[("origin", "https://evil.example")], "").await;
        for answer in [world.get(link).await, world.post(link, "").await, elsewhere] {
            answer.expect(410, &["Start again from Jira"]);
            assert_eq!(answer.body, expected, "{link}");
            assert_eq!((answer.header("set-cookie"), answer.header("location")), ("", ""));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn u2_of_twenty_that_race_one_begins_a_visit() {
    let world = Arc::new(World::new().await);
    let link = world.page_link("ann", set_up()).await;
    let mut racers = JoinSet::new();
    for _ in 0..20 {
        let (world, link) = (world.clone(), link.clone());
        racers.spawn(async move { world.post(&link, "").await });
    }
    let answers = racers.join_all().await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses[0], 303);
    assert_eq!(statuses[1..], [410; 19]);
    assert_eq!(answers.iter().filter(|answer| !answer.header("set-cookie").is_empty()).count(), 1);
    let audit = format!("{:?}", world.store.audit_page(&Default::default(), None, 500).await.unwrap());
    assert_eq!(audit.matches("visit.begin").count(), 1);
}

#[tokio::test]
async fn u1_only_we_and_the_connector_that_asked_for_it_may_have_a_link_opened() {
    let world = World::new().await;
    world.add_connector("other", "https://other-jira.example.com").await;
    let link = world.page_link("ann", set_up()).await;
    for elsewhere in [
        &[("origin", "https://evil.example")][..],
        &[("origin", "null")],
        &[("origin", "")],
        &[("origin", "http://jira.example.com")],
        &[("origin", "https://jira.example.com.evil.example")],
        &[("origin", "https://jira.example.com:8443")],
        // Another connector's pages are nobody's to this one.
        &[("origin", "https://other-jira.example.com")],
        &[JIRA, ("origin", "https://evil.example")],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
    ] {
        let answer = world.post_as(&link, elsewhere, "").await;
        answer.expect(403, &["sent from another site"]);
        assert_eq!((answer.header("set-cookie"), answer.header("location")), ("", ""), "{elsewhere:?}");
        world.get(&link).await.expect(200, &[]);
    }
    for passes in [&[JIRA, ("sec-fetch-site", "cross-site")][..], &[OURS, ("sec-fetch-site", "same-origin")], &[]] {
        let link = world.page_link("ann", set_up()).await;
        world.post_as(&link, passes, "").await.expect(303, &[]);
    }
}

#[tokio::test]
async fn u1_no_other_method_does_anything() {
    let world = World::new().await;
    let (link, page) = (world.page_link("ann", set_up()).await, world.link("ann").await);
    for path in [&link, &page] {
        for method in [Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS, Method::TRACE] {
            let answer = world.send(method, path, &[], &filled_in()).await;
            answer.expect(405, &[]);
            assert_eq!(answer.header("allow"), "GET,HEAD,POST");
            assert_eq!(answer.header("cache-control"), "no-store");
        }
        world.get(path).await.expect(200, &[]);
    }
    let visit = page.split('/').nth(2).unwrap();
    let window = world.get(&format!("/visits/{visit}/window")).await;
    assert_eq!((window.status.as_u16(), window.header("allow")), (405, "POST"));
    world.send(Method::POST, "/ui/any.css", &[], "").await.expect(405, &[]);
}

#[tokio::test]
async fn a_refused_form_can_be_filled_in_again_in_the_same_visit() {
    let world = World::new().await;
    let path = world.link("ann").await;
    world.provider.refuses(FailureReason::CredentialRejected, "Bad credentials");
    let refused = world.post(&path, &filled_in()).await;
    refused.expect(422, &["Nothing was saved.", "Bad credentials"]);
    assert_eq!(world.saved_account("ann").await, None);
    world.provider.knows("octo");
    world.post_and_see(&path, &filled_in()).await.expect(200, &["octo"]);
    // The page is hers as long as the visit lasts.
    world.get(&path).await.expect(200, &[", saved <time", "<bdi>octo</bdi>"]);
}

#[tokio::test]
async fn u2_a_save_that_was_begun_is_finished_although_the_browser_gives_up() {
    let world = World::new().await;
    let path = world.link("ann").await;
    world.provider.knows("octo");
    world.provider.gate.forget_permits(usize::MAX);
    let body = filled_in();
    let given_up = world.post(&path, &body);
    tokio::time::timeout(Duration::from_millis(200), given_up)
        .await
        .map(|answer| answer.body)
        .expect_err("the git server has not answered");
    world.get(&path).await.expect(200, &[]).lacks(&[", saved <time"]);

    world.provider.gate.add_permits(1);
    let saved = async {
        while world.saved_account("ann").await.is_none() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), saved).await.expect("it is saved in the end");
    assert_eq!(world.saved_account("ann").await.as_deref(), Some("octo"));
}

#[tokio::test]
async fn u5_only_the_stored_way_back_is_offered_and_only_to_a_web_page() {
    let world = World::new().await;
    for (stored, is_offered) in [
        (Some("https://jira.example.com/browse/ABC-1"), true),
        (Some("javascript:alert(1)"), false),
        (Some("//evil.example"), false),
        (Some("data:text/html,x"), false),
        (None, false),
    ] {
        let path = world.link_back_to("ann", stored).await;
        world.provider.knows("octo");
        let asked = format!("{path}?return_to=https://evil.example");
        world.get(&asked).await.expect(200, &[]).lacks(&["evil.example"]);
        let saved = world.post_and_see(&asked, &filled_in()).await;
        saved.expect(200, &[]).lacks(&["evil.example", "javascript:", "data:"]);
        assert_eq!(saved.body.contains("href=\"https://jira.example.com/browse/ABC-1\""), is_offered);
        assert_eq!(saved.body.contains("Back to Jira"), is_offered);
    }
}

#[tokio::test]
async fn u5_where_she_goes_on_is_a_page_of_her_visit_or_none() {
    let world = World::new().await;
    let path = world.link("ann").await;
    let (waiting, _) = path.rsplit_once("/set-up/").unwrap();
    for from in ["//evil.example", "https://evil.example", "set-up", "../../open/x", "nowhere"] {
        let page = world.get(&format!("{path}?from={from}")).await;
        page.expect(200, &["href=\"https://jira.example.com/browse/ABC-1\""]).lacks(&["evil.example", "../"]);
    }
    for from in [PageName::CreateBranch, PageName::Tokens] {
        let page = world.get(&format!("{path}?from={}", from.as_str())).await;
        page.expect(200, &[&format!("href=\"/sub{waiting}/{}\"", from.as_str())]);
    }
}

#[tokio::test]
async fn what_is_no_page_is_said_on_one_to_people_and_in_a_problem_to_programs() {
    let world = World::new().await;
    for path in ["/", "/nothing", "/admin/nothing", "/visits/x/y", "/admin/login/%ff"] {
        let told = world.send(Method::GET, path, &[("accept", "text/html,*/*;q=0.8")], "").await;
        told.expect(404, &["<h1>There is no such page</h1>", "href=\"/sub/admin\""]);
    }
    for (path, accept) in [("/nothing", "*/*"), ("/nothing", "application/json"), ("/api/v1/nothing", "text/html")] {
        let told = world.send(Method::GET, path, &[("accept", accept)], "").await;
        told.expect(404, &["urn:countersign:problem:not-found"]);
    }
    assert_eq!(world.get("/admin/").await.location(), "/admin");
}
