//! U8: a page left open over the end of its visit. What was typed is kept, and nothing secret is.

use std::time::{Duration, Instant};

use super::{filled_in, pages_of, saved};
use crate::world::{World, acting, create_branch};
use crypto::sha256;
use model::{Clock as _, PageContext, Visit, VisitId};

const AWAY: &str = "You were away for a while";
const KEPT: &str = "What you typed is kept for a day";
const REPOSITORY: &str = "repository=acme+octo-org/hello";
const TYPED: &str = "from=develop&name=feature/ABC-1-mine";

async fn world() -> World {
    let world = World::new().await;
    saved(&world, "ann").await;
    world.provider.holds("octo-org/hello");
    world
}

async fn opened(world: &World, user: &str, issue: &str) -> String {
    let return_to = Some("https://jira.example.com/browse/ABC-1".to_owned());
    world.begun(&world.page_link(user, PageContext { return_to, ..create_branch(issue) }).await).await
}

/// The dialog with a repository chosen, and what is in its form beside what is typed.
async fn chosen(world: &World) -> (String, String) {
    let path = opened(world, "ann", "ABC-1").await;
    world.post(&path, REPOSITORY).await.expect(303, &[]);
    world.get(&path).await.expect(200, &["Base branch", "name=\"name\"", "value=\"main\""]);
    (path, format!("attempt=1&act-as=user&{REPOSITORY}&{TYPED}"))
}

/// A use is written down behind the answer.
async fn used(world: &World, path: &str) {
    world.get(path).await.expect(200, &[]);
    let id = VisitId::parse(path.split('/').nth(2).unwrap()).unwrap();
    let secret = sha256(world.kept_of(path).0.split_once('=').unwrap().1.as_bytes());
    let began = Instant::now();
    while world.store.visit(&id, secret).await.unwrap().unwrap().used_at < world.clock.now() {
        assert!(began.elapsed() < Duration::from_secs(10), "a use is not written down");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test]
async fn u8_a_visit_ends_half_an_hour_after_its_last_use() {
    let world = world().await;
    let path = world.link("ann").await;
    for _ in 0..2 {
        world.clock.advance_ms(Visit::IDLE_MS - 1);
        used(&world, &path).await;
    }
    world.clock.advance_ms(Visit::IDLE_MS);
    for page in pages_of(&path) {
        let ended = world.get(&page).await;
        ended.expect(403, &[AWAY, "nothing was sent"]).lacks(&["<form", "octo", KEPT]);
    }
    world.provider.knows("hexa");
    world.post(&path, "check=yes").await.expect(403, &[AWAY]);
    assert_eq!(world.provider.unused_answers(), 1, "nobody was asked");
    // Looking at its end does not begin it again.
    world.get(&path).await.expect(403, &[AWAY]);
}

#[tokio::test]
async fn u8_a_visit_ends_after_four_hours_however_much_it_is_used() {
    let world = world().await;
    let path = world.link("ann").await;
    let step = 20 * 60 * 1000;
    for _ in 1..Visit::LASTS_MS / step {
        world.clock.advance_ms(step);
        used(&world, &path).await;
    }
    world.clock.advance_ms(step - 1);
    world.get(&path).await.expect(200, &[]);
    world.clock.advance_ms(1);
    world.get(&path).await.expect(403, &[AWAY]);
    world.post(&path, &filled_in()).await.expect(403, &[AWAY]);
}

#[tokio::test]
async fn u8_what_was_typed_is_kept_and_filled_in_the_next_time() {
    let world = world().await;
    let (path, form) = chosen(&world).await;
    world.clock.advance_ms(Visit::IDLE_MS);
    let ended = world.post(&path, &format!("{form}&repository-name=Octo+Hello")).await;
    ended.expect(
        403,
        &[
            AWAY,
            KEPT,
            "nothing was sent",
            // In the order of the form, and by its name.
            "<dl><dt>Repository</dt><dd class=\"typed\"><bdi>Octo Hello</bdi></dd>",
            "<dt>Base branch</dt><dd class=\"typed\"><bdi>develop</bdi></dd>",
            "<dt>Branch name</dt><dd class=\"typed\"><bdi>feature/ABC-1-mine</bdi></dd>",
            "href=\"https://jira.example.com/browse/ABC-1\"",
        ],
    );
    assert_eq!(world.provider.made(), [""; 0], "nothing was done");

    let again = opened(&world, "ann", "ABC-1").await;
    let filled = world.get(&again).await;
    filled.expect(200, &["octo-org/hello", "value=\"feature/ABC-1-mine\"", "value=\"develop\""]);
    for (user, issue) in [("ann", "ABC-2"), ("bob", "ABC-1")] {
        let other = opened(&world, user, issue).await;
        world.get(&other).await.expect(200, &[]).lacks(&["ABC-1-mine", "develop"]);
    }
    world.post(&again, &form).await.expect(303, &[]);
    assert_eq!(world.provider.made(), ["feature/ABC-1-mine from develop"]);
    // It was sent off: the next one begins anew.
    let next = opened(&world, "ann", "ABC-1").await;
    world.get(&next).await.expect(200, &[]).lacks(&["ABC-1-mine", "develop"]);
}

#[tokio::test]
async fn u8_a_repository_chosen_too_late_leaves_what_was_typed_before() {
    let world = world().await;
    let (path, form) = chosen(&world).await;
    world.post(&path, &format!("{form}&change=yes")).await.expect(303, &[]);
    world.clock.advance_ms(Visit::IDLE_MS);
    world.post(&path, REPOSITORY).await.expect(403, &[AWAY, KEPT]);
    let again = opened(&world, "ann", "ABC-1").await;
    world.get(&again).await.expect(200, &["value=\"feature/ABC-1-mine\"", "value=\"develop\""]);
}

#[tokio::test]
async fn u8_what_was_typed_is_kept_while_a_token_is_set_up() {
    let world = world().await;
    // The repository is chosen by the link: nothing is kept of the form yet.
    let repository = Some(model::RepositoryId::parse("octo-org/hello").unwrap());
    let integration = Some(model::IntegrationId::parse("acme").unwrap());
    let context = PageContext { integration, repository, ..create_branch("ABC-1") };
    let path = world.begun(&world.page_link("ann", context).await).await;
    let sent = world.post(&path, &format!("attempt=1&act-as=user&{REPOSITORY}&{TYPED}&set-up=yes")).await;
    sent.expect(303, &[]);
    assert!(sent.location().ends_with("/set-up/acme?from=create-branch"), "{}", sent.location());
    world.provider.knows("hexa");
    let saved = world.post_and_see(sent.location(), &format!("{}&from=create-branch", filled_in())).await;
    saved.expect(200, &["Back to: Create branch", &format!("href=\"/sub{path}\"")]);
    world.get(&path).await.expect(200, &["value=\"feature/ABC-1-mine\"", "value=\"develop\"", "<bdi>hexa</bdi>"]);
}

#[tokio::test]
async fn u8_what_was_typed_is_kept_for_a_day() {
    let world = world().await;
    let (path, form) = chosen(&world).await;
    world.clock.advance_ms(Visit::IDLE_MS);
    world.post(&path, &form).await.expect(403, &[KEPT]);
    world.clock.advance_ms(Visit::KNOWN_MS);
    let late = opened(&world, "ann", "ABC-1").await;
    world.get(&late).await.expect(200, &[]).lacks(&["ABC-1-mine", "develop"]);
}

#[tokio::test]
async fn u8_a_form_that_is_not_of_the_page_keeps_nothing() {
    let world = world().await;
    let (path, form) = chosen(&world).await;
    let (cookie, _) = world.kept_of(&path);
    world.clock.advance_ms(Visit::IDLE_MS);
    let ours = ("origin", "https://pat.example.com");
    for (origin, proof) in [(ours, "AAAA"), (ours, ""), (("origin", "https://evil.example"), &*world.kept_of(&path).1)]
    {
        let forged = form.replace("mine", "forged");
        let answer = world.post_as(&path, &[origin, ("cookie", &cookie)], &format!("{forged}&proof={proof}")).await;
        answer.expect(403, &["Nothing was done."]);
    }
    let next = opened(&world, "ann", "ABC-1").await;
    world.get(&next).await.expect(200, &[]).lacks(&["forged", "develop"]);
}

#[tokio::test]
async fn u6_u8_nothing_secret_is_kept_of_a_page_left_open() {
    let world = world().await;
    let path = world.link("ann").await;
    world.clock.advance_ms(Visit::IDLE_MS);
    world.provider.knows("hexa");
    // `expect` looks for the PAT on every page.
    world.post(&path, &filled_in()).await.expect(403, &[AWAY]).lacks(&[KEPT]);
    assert_eq!(world.provider.unused_answers(), 1, "it was sent nowhere");
    assert_eq!(world.saved_account("ann").await.as_deref(), Some("octo"));
    for subject in ["set-up ABC", "set-up ABC-1"] {
        assert_eq!(world.store.draft(&acting("ann"), subject).await.unwrap(), None);
    }
}

#[tokio::test]
async fn u8_a_form_that_is_refused_stays_with_its_own_repository_whatever_another_window_chose() {
    let world = world().await;
    let (path, _) = chosen(&world).await;
    world.provider.holds("octo-org/other");
    world.post(&path, "repository=acme+octo-org/other").await.expect(303, &[]);
    world.provider.holds("octo-org/hello");
    let form = format!("attempt=1&act-as=user&{REPOSITORY}&from=develop&name=..");
    let refused = world.post(&path, &form).await;
    refused.expect(422, &["value=\"acme octo-org/hello\"", "value=\"develop\""]).lacks(&["octo-org/other"]);
}

#[tokio::test]
async fn what_was_chosen_another_day_and_is_closed_by_now_is_chosen_anew() {
    let world = world().await;
    let (path, form) = chosen(&world).await;
    world.post(&path, &format!("{form}&change=yes")).await.expect(303, &[]);
    world.post(&path, REPOSITORY).await.expect(303, &[]);
    world.change_integration(|integration| integration.projects = model::Projects::Only(Vec::new())).await;
    // In the visit it was chosen in, it leads to choosing another; in the next one, there is nothing but that.
    let led = world.get(&path).await;
    led.expect(303, &[]);
    assert!(led.location().ends_with("/create-branch?change=yes&closed=yes"), "{}", led.location());
    world
        .get(led.location())
        .await
        .expect(200, &["Search by a part of the name", "is not open to this project any more"]);
    let again = opened(&world, "ann", "ABC-1").await;
    world.get(&again).await.expect(200, &["Search by a part of the name"]).lacks(&["any more"]);
}

#[tokio::test]
async fn a_form_whose_repository_was_closed_meanwhile_says_so_and_keeps_what_was_typed() {
    let world = world().await;
    let (path, form) = chosen(&world).await;
    world.change_integration(|integration| integration.projects = model::Projects::Only(Vec::new())).await;
    let led = world.post(&path, &form).await;
    led.expect(303, &[]);
    world.get(led.location()).await.expect(200, &["is not open to this project any more"]);
    world.change_integration(|integration| integration.projects = model::Projects::All).await;
    world.post(&path, REPOSITORY).await.expect(303, &[]);
    world.get(&path).await.expect(200, &["value=\"feature/ABC-1-mine\""]);
}
