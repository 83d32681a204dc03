//! A frame whose browser keeps no cookies for it: the visit goes on in a window of its own, once and soon.

use http::Method;

use super::filled_in;
use crate::world::{Answer, World, set_up};

const OFFER: &str = "Open it in a new window";
const NOT_OPEN: &str = "This page is not open in this browser";
/// How long the window is waited for.
const HANDOVER_MS: i64 = 2 * 60 * 1000;

/// A visit that was begun; its cookie is in the answer and nowhere else.
async fn begun(world: &World, user: &str) -> Answer {
    let link = world.page_link(user, set_up()).await;
    let begun = world.post(&link, "").await;
    begun.expect(303, &[]);
    assert!(begun.location().contains("?opened="));
    begun
}

/// As a browser without cookies.
async fn get(world: &World, path: &str) -> Answer {
    world.send(Method::GET, path, &[], "").await
}

#[tokio::test]
async fn a_page_without_its_cookie_offers_a_window_of_its_own_once() {
    let world = World::new().await;
    let first = begun(&world, "ann").await;
    let page = get(&world, first.location()).await;
    page.expect(403, &["Your browser keeps no cookies here", OFFER, "target=\"_blank\""]).lacks(&["octo", "proof"]);
    // Looking takes nothing over.
    get(&world, first.location()).await.expect(403, &[OFFER]);
    let action = page.action();
    for elsewhere in [("origin", "https://evil.example"), ("origin", "https://jira.example.com")] {
        world.post_as(action, &[elsewhere], "").await.expect(403, &["sent from another site"]);
    }

    let taken = world.post(action, "").await;
    taken.expect(303, &[]);
    assert!(!taken.location().contains('?'), "nothing that opens it is in its address: {}", taken.location());
    assert_ne!(taken.cookie(), first.cookie());
    let path = world.keeps(&taken).await;
    world.get(&path).await.expect(200, &["<bdi>ann</bdi>"]);
    world.provider.knows("octo");
    world.post_and_see(&path, &filled_in()).await.expect(200, &["octo"]);

    for again in [world.post_as(action, &[], "").await, get(&world, first.location()).await] {
        again.expect(403, &[NOT_OPEN]).lacks(&[OFFER]);
        assert_eq!(again.header("set-cookie"), "");
    }
    // The frame's own cookie, should it come back after all, is one of no visit.
    let late = world.send(Method::GET, &path, &[("cookie", first.cookie())], "").await;
    late.expect(403, &[NOT_OPEN]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn u2_of_ten_windows_one_takes_the_visit_over() {
    let world = std::sync::Arc::new(World::new().await);
    let first = begun(&world, "ann").await;
    let action = get(&world, first.location()).await.action().to_owned();
    let mut racers = tokio::task::JoinSet::new();
    for _ in 0..10 {
        let (world, action) = (world.clone(), action.clone());
        racers.spawn(async move { world.post(&action, "").await.status.as_u16() });
    }
    let mut statuses = racers.join_all().await;
    statuses.sort_unstable();
    assert_eq!(statuses[0], 303);
    assert_eq!(statuses[1..], [403; 9]);
}

#[tokio::test]
async fn a_window_is_offered_for_two_minutes() {
    let world = World::new().await;
    let first = begun(&world, "ann").await;
    world.clock.advance_ms(HANDOVER_MS - 1);
    let page = get(&world, first.location()).await;
    page.expect(403, &[OFFER]);
    world.clock.advance_ms(1);
    get(&world, first.location()).await.expect(403, &[NOT_OPEN]).lacks(&[OFFER]);
    let late = world.post(page.action(), "").await;
    late.expect(403, &[NOT_OPEN]);
    assert_eq!(late.header("set-cookie"), "");
    // With its cookie it is open as before.
    let cookie = [("cookie", first.cookie())];
    world.send(Method::GET, first.location(), &cookie, "").await.expect(303, &[]);
}

#[tokio::test]
async fn u7_no_window_is_offered_after_the_cookie_came_back() {
    let world = World::new().await;
    let first = begun(&world, "ann").await;
    let action = get(&world, first.location()).await.action().to_owned();
    let settled = world.send(Method::GET, first.location(), &[("cookie", first.cookie())], "").await;
    settled.expect(303, &[]);
    assert_eq!(Some(settled.location()), first.location().split('?').next());
    get(&world, first.location()).await.expect(403, &[NOT_OPEN]).lacks(&[OFFER]);
    let stolen = world.post(&action, "").await;
    stolen.expect(403, &[NOT_OPEN]);
    assert_eq!(stolen.header("set-cookie"), "");
}

#[tokio::test]
async fn u7_what_opens_a_window_is_of_one_visit_and_good_for_nothing_else() {
    let world = World::new().await;
    let (hers, his) = (begun(&world, "ann").await, begun(&world, "bob").await);
    let (hers, of_bob) = (hers.location(), his.location().split_once("?opened=").unwrap().1);
    let (page, of_ann) = hers.split_once("?opened=").unwrap();
    let folder = page.rsplit_once("/set-up/").unwrap().0;
    let long = "x".repeat(129);
    for other in [of_bob, "", "unknown", &long] {
        get(&world, &format!("{page}?opened={other}")).await.expect(403, &[NOT_OPEN]).lacks(&[OFFER]);
        world.post(&format!("{folder}/window?opened={other}"), "").await.expect(403, &[NOT_OPEN]);
    }
    world.post(&format!("{folder}/window"), &format!("opened={of_ann}")).await.expect(403, &[NOT_OPEN]);
    // No form is taken for it.
    world.provider.knows("octo");
    world.post(hers, &filled_in()).await.expect(403, &[OFFER]);
    assert_eq!((world.saved_account("ann").await, world.provider.unused_answers()), (None, 1));
}
