//! An integration that leads elsewhere since a PAT was saved: nothing is used there until its user says so.

use std::time::Duration;

use model::{FailureReason, OperationKind, Origin};

use super::saved_meanwhile::until_asked;
use crate::world::{SENT_PAT, World};

const CONFIRMED: &str = "confirm-addresses=https%3A%2F%2Fgit.new.example";

/// As the page sends it that asks.
async fn confirmed(world: &World) -> String {
    let at = world.saved_at("ann").await.map(|at| at.to_string()).unwrap_or_default();
    format!("{CONFIRMED}&saved-at={at}")
}

async fn moved() -> World {
    let world = World::new().await;
    world.provider.knows("octo");
    world.post_and_see(&world.link("ann").await, &format!("user=ann&token={SENT_PAT}")).await.expect(200, &["octo"]);
    world.moves_to("https://git.new.example").await;
    world
}

#[tokio::test]
async fn s11_the_page_says_where_the_pat_was_given_to_and_asks() {
    let world = moved().await;
    let page = world.get(&world.link("ann").await).await;
    page.expect(
        200,
        &[
            "was given to another address than the integration has now: confirm it below, or save another.",
            "<p>You gave it to:</p><ul><li><bdi>https://git.example.com</bdi></li></ul>",
            "<strong><bdi>https://git.new.example</bdi></strong>",
            "<input type=\"hidden\" name=\"confirm-addresses\" value=\"https://git.new.example\">",
            "Use it at the new address",
        ],
    );
    // Bob is told where his own would be sent, and nothing of hers.
    let of_bob = world.get(&world.link("bob").await).await;
    of_bob.expect(200, &["It is sent only to <bdi>https://git.new.example</bdi>."]);
    of_bob.lacks(&["confirm-addresses", "You gave it to", "<bdi>https://git.example.com</bdi>", "octo"]);
}

#[tokio::test]
async fn s11_a_confirmed_pat_is_checked_at_the_new_address_and_used_there() {
    let world = moved().await;
    let link = world.link("ann").await;
    world.provider.knows("octo");
    world
        .post_and_see(&link, &confirmed(&world).await)
        .await
        .expect(200, &["is now created as <strong><bdi>octo</bdi></strong>"]);
    world.post(&link, &confirmed(&world).await).await.expect(409, &["There is nothing to confirm"]);
    let page = world.get(&world.link("ann").await).await;
    page.expect(200, &[", saved <time"]).lacks(&["confirm-addresses"]);
}

#[tokio::test]
async fn s11_what_was_not_agreed_to_is_not_done() {
    let world = moved().await;
    let at = world.saved_at("ann").await.unwrap();
    for other in ["", "https%3A%2F%2Fgit.example.com", "https%3A%2F%2Fgit.new.example%0D%0Ahttps%3A%2F%2Fevil.example"]
    {
        let answer = world.post(&world.link("ann").await, &format!("confirm-addresses={other}&saved-at={at}")).await;
        answer
            .expect(422, &["Nothing was saved", "The git server that this integration leads to was changed meanwhile"]);
    }
    world.provider.refuses(FailureReason::CredentialRejected, "Bad credentials");
    world
        .post(&world.link("ann").await, &confirmed(&world).await)
        .await
        .expect(422, &["Bad credentials", "Use it at the new address"]);
    // Moved once more while the page was open.
    let link = world.link("ann").await;
    world.moves_to("https://git.newer.example").await;
    world
        .post(&link, &confirmed(&world).await)
        .await
        .expect(422, &["The git server that this integration leads to was changed meanwhile"]);
    assert_eq!(world.provider.unused_answers(), 0);
}

#[tokio::test]
async fn s11_there_is_nothing_to_confirm_where_nothing_was_set_aside() {
    let world = World::new().await;
    world.post(&world.link("ann").await, &confirmed(&world).await).await.expect(409, &["There is nothing to confirm"]);
    let origins = vec![Origin { url: "https://git.example.com".into(), aws: None }];
    world.change_integration(|integration| integration.connection.origins = origins).await;
    world.provider.knows("octo");
    world.post_and_see(&world.link("ann").await, &format!("user=ann&token={SENT_PAT}")).await.expect(200, &["octo"]);
    world.post(&world.link("ann").await, &confirmed(&world).await).await.expect(409, &["There is nothing to confirm"]);
}

#[tokio::test]
async fn s11_a_pat_removed_while_its_confirmation_waits_stays_removed_and_the_page_says_so() {
    let world = moved().await;
    let link = world.link("ann").await;
    world.provider.knows("octo");
    world.provider.gate.forget_permits(usize::MAX);
    let sent = confirmed(&world).await;
    let confirming = world.post(&link, &sent);
    let removing = async {
        until_asked(&world, OperationKind::CheckCredential).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        world.remove_pat("ann").await;
        world.provider.gate.add_permits(1);
    };
    let (answer, ()) = tokio::join!(confirming, removing);
    answer.expect(422, &["was changed meanwhile", "look at it again"]);
    assert_eq!(world.saved_account("ann").await, None);
}

/// Whoever has an admin token can register a connector, and have it vouch for anybody.
#[tokio::test]
async fn s11_a_connector_that_came_after_the_pat_confirms_it_for_nobody() {
    let world = moved().await;
    world.clock.advance_ms(1);
    world.replace_connector().await;
    let refused = world.post(&world.link("ann").await, &confirmed(&world).await).await;
    refused.expect(403, &["save it again instead of confirming it"]);
    assert_eq!(world.provider.unused_answers(), 0);
    // Saved again, it is as good as any.
    world.provider.knows("octo");
    let saved = world.post_and_see(&world.link("ann").await, &format!("user=ann&token={SENT_PAT}")).await;
    saved.expect(200, &["octo"]);
}

#[tokio::test]
async fn s11_a_pat_that_was_given_elsewhere_is_not_said_to_be_good_at_the_server_there_is_now() {
    let world = moved().await;
    world.change_integration(|integration| integration.connection.offers.revocation = true).await;
    let link = world.link("ann").await;
    let asks = world.get(&format!("{link}?removal=yes")).await;
    let elsewhere = "It was given to another address than the integration's";
    asks.expect(200, &[elsewhere]).lacks(&["name=\"revoke\"", "still accepts it"]);
    let (_, after) = asks.body.split_once("name=\"saved-at\" value=\"").unwrap();
    let sure = format!("remove=yes&saved-at={}", after.split_once('"').unwrap().0);
    world.post_and_see(&link, &sure).await.expect(200, &[elsewhere]).lacks(&["still accepts it", "Delete it there"]);
    assert_eq!(world.saved_account("ann").await, None);
}
