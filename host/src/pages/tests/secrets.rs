//! A PAT goes in and never comes out: not on a page, not in a cache, not in a log.

use crate::world::{PAT, SENT_PAT, World, logged};
use model::FailureReason;

#[tokio::test]
async fn u6_no_refusal_repeats_the_pat_and_no_page_may_be_cached() {
    let world = World::new().await;
    world.provider.refuses(FailureReason::CredentialRejected, "Bad credentials");
    world.provider.refuses(FailureReason::Unavailable, "");
    for body in [
        format!("user=ann&token={SENT_PAT}"),
        format!("user=ann&token={SENT_PAT}"),
        format!("user=&token={SENT_PAT}"),
        format!("user=ann&token={SENT_PAT}&expires-at=yesterday"),
        format!("user=ann&token=&expires-at={SENT_PAT}"),
        format!("user=ann&token={SENT_PAT}&other={SENT_PAT}"),
        format!("user=ann&{SENT_PAT}=x"),
        format!("user=ann&realm={SENT_PAT}&token={SENT_PAT}%0A%00"),
    ] {
        // `expect` looks for the PAT, and at the caching, of every page.
        world.post(&world.link("ann").await, &body).await.expect(422, &["Nothing was saved"]);
    }
    let malformed = format!("token={SENT_PAT}&token={SENT_PAT}");
    world.post(&world.link("ann").await, &malformed).await.expect(400, &[]);
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
async fn u6_no_log_holds_a_pat_or_a_link() {
    let world = World::new().await;
    let link = world.link("ann").await;
    let (log, action) = logged(async {
        world.get(&link).await.expect(200, &[]);
        world.provider.refuses(FailureReason::Unavailable, "");
        let refused = world.post(&link, &format!("user=ann&token={SENT_PAT}")).await;
        world.provider.knows("octo");
        world.post(refused.action(), &format!("user=ann&token={SENT_PAT}")).await.expect(200, &["octo"]);
        world.post(&link, &format!("user=ann&token={SENT_PAT}")).await.expect(410, &[]);
        refused.action().to_owned()
    })
    .await;
    assert_eq!(log.matches("route=\"/setup/{token}\"").count(), 4, "{log}");
    let audit = format!("{:?}", world.store.audit_page(&Default::default(), None, 500).await.unwrap());
    assert!(audit.contains("pat.save"));
    for secret in [PAT, SENT_PAT, link.trim_start_matches("/setup/"), action.trim_start_matches("/setup/")] {
        assert!(!log.contains(secret) && !audit.contains(secret), "{secret}");
    }
}
