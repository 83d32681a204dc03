//! One-time links: who may use one, how often, until when, and from where.

use std::time::Duration;

use http::Method;
use tokio::task::JoinSet;

use crate::world::{LINK_LIFETIME_MS, SENT_PAT, World};
use model::FailureReason;

fn filled_in() -> String {
    format!("user=ann&realm=&token={SENT_PAT}&expires-at=")
}

#[tokio::test]
async fn u1_a_form_sent_from_another_site_is_refused_and_the_link_still_works() {
    let world = World::new().await;
    let link = world.link("ann").await;
    let content_type = ("content-type", "application/x-www-form-urlencoded");
    for elsewhere in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        let answer = world.send(Method::POST, &link, &[content_type, elsewhere], &filled_in()).await;
        answer.expect(403, &["sent from another site"]);
    }
    assert_eq!(world.saved_account("ann").await, None);
    world.provider.knows("octo");
    world.post(&link, &filled_in()).await.expect(200, &["octo"]);
}

#[tokio::test]
async fn u1_no_other_method_does_anything() {
    let world = World::new().await;
    let link = world.link("ann").await;
    for method in [Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS, Method::TRACE] {
        let answer = world.send(method, &link, &[], &filled_in()).await;
        answer.expect(405, &[]);
        assert_eq!(answer.header("allow"), "GET,HEAD,POST");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    world.send(Method::POST, "/ui/style.css", &[], "").await.expect(405, &[]);
    world.get(&link).await.expect(200, &[]);
}

#[tokio::test]
async fn u2_looking_never_uses_a_link_up_and_saving_does() {
    let world = World::new().await;
    let link = world.link("ann").await;
    for _ in 0..3 {
        world.get(&link).await.expect(200, &["<form"]);
        let head = world.send(Method::HEAD, &link, &[], "").await;
        assert_eq!((head.status.as_u16(), head.body.as_str()), (200, ""));
        assert_eq!(head.header("cache-control"), "no-store");
    }
    world.provider.knows("octo");
    world.post(&link, &filled_in()).await.expect(200, &["<strong><bdi>octo</bdi></strong>"]);
    world.post(&link, &filled_in()).await.expect(410, &["Start again from Jira"]);
    world.get(&link).await.expect(410, &[]);
}

#[tokio::test]
async fn u2_a_used_an_expired_an_unknown_and_a_malformed_link_look_the_same() {
    let world = World::new().await;
    let (used, expired) = (world.link("ann").await, world.link("ann").await);
    world.provider.knows("octo");
    world.post(&used, &filled_in()).await.expect(200, &[]);
    world.clock.advance_ms(LINK_LIFETIME_MS - 1);
    world.get(&expired).await.expect(200, &[]);
    world.clock.advance_ms(1);

    let long = format!("/setup/{}", "a".repeat(129));
    let expected = world.get(&used).await.body;
    let links = [&used, &expired, "/setup/unknown", &long, "/setup/a.b", "/setup/a%00", "/setup/%ff", "/setup/a%2Fb"];
    for link in links {
        for answer in [world.get(link).await, world.post(link, &filled_in()).await] {
            answer.expect(410, &["Start again from Jira"]);
            assert_eq!(answer.body, expected, "{link}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn u2_of_twenty_that_race_one_saves() {
    let world = std::sync::Arc::new(World::new().await);
    let link = world.link("ann").await;
    (0..20).for_each(|_| world.provider.knows("octo"));
    let mut racers = JoinSet::new();
    for _ in 0..20 {
        let (world, link) = (world.clone(), link.clone());
        racers.spawn(async move { world.post(&link, &filled_in()).await.status.as_u16() });
    }
    let mut statuses = racers.join_all().await;
    statuses.sort_unstable();
    assert_eq!(statuses[0], 200);
    assert_eq!(statuses[1..], [410; 19]);
    assert_eq!(world.provider.unused_answers(), 19);
}

#[tokio::test]
async fn u2_a_renewed_link_works_once_and_no_longer_than_the_first_would_have() {
    let world = World::new().await;
    let first = world.link("ann").await;
    world.clock.advance_ms(LINK_LIFETIME_MS - 10);
    world.provider.refuses(FailureReason::CredentialRejected, "Bad credentials");
    let refused = world.post(&first, &filled_in()).await;
    refused.expect(422, &["Git Server refused", "Bad credentials"]);
    assert_ne!(refused.action(), first);
    world.get(&first).await.expect(410, &[]);

    world.provider.refuses(FailureReason::CredentialRejected, "Bad credentials");
    let again = world.post(refused.action(), &filled_in()).await;
    world.get(refused.action()).await.expect(410, &[]);
    world.get(again.action()).await.expect(200, &[]);
    world.clock.advance_ms(10);
    world.get(again.action()).await.expect(410, &[]);
}

#[tokio::test]
async fn u2_a_save_that_was_begun_is_finished_although_the_browser_gives_up() {
    let world = World::new().await;
    let link = world.link("ann").await;
    world.provider.knows("octo");
    world.provider.gate.forget_permits(usize::MAX);
    let body = filled_in();
    let given_up = world.post(&link, &body);
    tokio::time::timeout(Duration::from_millis(200), given_up)
        .await
        .map(|answer| answer.body)
        .expect_err("the git server has not answered");
    world.get(&link).await.expect(410, &[]);

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
        let link = world.link_back_to("ann", stored).await;
        world.provider.knows("octo");
        let asked = format!("{link}?return_to=https://evil.example");
        world.get(&asked).await.expect(200, &[]).lacks(&["evil.example"]);
        let saved = world.post(&asked, &filled_in()).await;
        saved.expect(200, &[]).lacks(&["evil.example", "javascript:", "data:"]);
        assert_eq!(saved.body.contains("href=\"https://jira.example.com/browse/ABC-1\""), is_offered);
        assert_eq!(saved.body.contains("Back to Jira"), is_offered);
    }
}
