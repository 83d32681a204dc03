//! A PAT goes in and never comes out: not on a page, not in a cache, not in a log.

use http::Method;

use crate::world::{PAT, SENT_PAT, World, logged, set_up};
use model::{FailureReason, Visit};

#[tokio::test]
async fn u6_no_refusal_repeats_the_pat_and_no_page_may_be_cached() {
    let world = World::new().await;
    world.provider.refuses(FailureReason::CredentialRejected, "Bad credentials");
    world.provider.refuses(FailureReason::Unavailable, "");
    // `expect` looks for the PAT, and at the caching, of every page.
    for body in [
        format!("user=ann&token={SENT_PAT}"),
        format!("user=ann&token={SENT_PAT}"),
        format!("user=&token={SENT_PAT}"),
        format!("user=ann&token={SENT_PAT}&expires-at=yesterday"),
        format!("user=ann&token=&expires-at={SENT_PAT}"),
        format!("user=ann&realm={SENT_PAT}&token={SENT_PAT}%0A%00"),
    ] {
        world.post(&world.link("ann").await, &body).await.expect(422, &["Nothing was saved"]);
    }
    for malformed in [
        format!("token={SENT_PAT}&token={SENT_PAT}"),
        format!("user=ann&token={SENT_PAT}&other={SENT_PAT}"),
        format!("user=ann&{SENT_PAT}=x"),
    ] {
        world.post(&world.link("ann").await, &malformed).await.expect(400, &["Nothing was done."]);
    }
    assert_eq!(world.provider.unused_answers(), 0);
    assert_eq!(world.saved_account("ann").await, None);
}

#[tokio::test]
async fn u6_a_pat_in_the_query_string_is_neither_taken_nor_shown() {
    let world = World::new().await;
    let link = format!("{}?user=ann&token={SENT_PAT}", world.link("ann").await);
    world.get(&link).await.expect(200, &["<form method=\"post\""]);
    let answer = world.post(&link, "user=ann&token=").await;
    answer.expect(422, &["Personal access token is missing"]);
    assert!(!answer.action().contains('?'));
}

#[tokio::test]
async fn u6_u7_no_log_and_no_audit_entry_holds_a_pat_a_link_or_what_opens_a_visit() {
    let world = World::new().await;
    let form = format!("user=ann&token={SENT_PAT}");
    let (link, lost) = (world.page_link("ann", set_up()).await, world.page_link("ann", set_up()).await);
    let (log, mut secrets) = logged(async {
        world.get(&link).await.expect(200, &[]);
        let begun = world.post(&link, "").await;
        let path = world.keeps(&begun).await;
        world.send(Method::GET, begun.location(), &[("cookie", begun.cookie())], "").await.expect(303, &[]);
        world.post(&link, "").await.expect(410, &[]);
        world.provider.refuses(FailureReason::Unavailable, "");
        world.post(&path, &form).await.expect(422, &[]);
        world.provider.knows("octo");
        world.post_and_see(&path, &form).await.expect(200, &["octo"]);
        world.send(Method::GET, &path, &[], "").await.expect(403, &[]);

        let first = world.post(&lost, "").await;
        let offered = world.send(Method::GET, first.location(), &[], "").await;
        let taken = world.post(offered.action(), "").await;
        let window = world.keeps(&taken).await;
        world.post(offered.action(), "").await.expect(403, &[]);
        world.clock.advance_ms(Visit::LASTS_MS);
        world.post(&window, &form).await.expect(403, &["You were away"]);

        let mut secrets = vec![world.kept_of(&path).1, world.kept_of(&window).1];
        for begun in [&begun, &first, &taken] {
            secrets.push(begun.cookie().split_once('=').unwrap().1.to_owned());
            secrets.extend(begun.location().split_once("?opened=").map(|(_, handover)| handover.to_owned()));
        }
        secrets
    })
    .await;
    assert_eq!(secrets.len(), 7);
    secrets.extend(
        [PAT, SENT_PAT, link.trim_start_matches("/open/"), lost.trim_start_matches("/open/")].map(str::to_owned),
    );
    for (route, times) in [
        ("route=\"/open/{token}\"", 4),
        ("route=\"/visits/{visit}/window\"", 2),
        ("route=\"/visits/{visit}/set-up/{integration}\"", 9),
    ] {
        assert_eq!(log.matches(route).count(), times, "{route} in {log}");
    }
    let audit = format!("{:?}", world.store.audit_page(&Default::default(), None, 500).await.unwrap());
    for subject in ["page-link.make", "visit.begin", "pat.save"] {
        assert!(audit.contains(subject), "{subject}");
    }
    for secret in secrets {
        assert!(secret.len() > 20, "{secret}");
        assert!(!log.contains(&secret) && !audit.contains(&secret), "{secret}");
    }
}
