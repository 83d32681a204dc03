//! A token that its owner saves while another of hers is taken away, and one that she takes away while an administrator looks.

use std::time::Duration;

use url::form_urlencoded;

use super::administration::{Admin, EDIT};
use super::saved;
use crate::operate::{self, PatRemoval};
use crate::world::{Answer, SENT_PAT, World, asker};
use model::{ActAs, AuditEvent, AuditFilter, IntegrationId, OperationKind, Timestamp};

/// Ann's token of octo is saved.
async fn world() -> World {
    let world = World::new().await;
    world.change_integration(|one| one.connection.offers.revocation = true).await;
    saved(&world, "ann").await;
    world.clock.advance_ms(1000);
    world
}

async fn saves_hexa(world: &World) {
    world.provider.knows("hexa");
    let link = world.link("ann").await;
    world.post_and_see(&link, &format!("user=ann&token={SENT_PAT}")).await.expect(200, &["hexa"]);
}

/// Until what is about to be asked of the git server is written down.
pub(super) async fn until_asked(world: &World, operation: OperationKind) {
    let is_asked = async || {
        let newest = world.store.audit_page(&AuditFilter::default(), None, 1).await.unwrap().entries.remove(0);
        newest.event == AuditEvent::Intent && newest.subject == operation.as_str()
    };
    while !is_asked().await {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Has her save another while the git server is about to say whether it forgets the one of which that was asked.
async fn while_it_is_ended<T>(world: &World, ending: impl Future<Output = T>) -> T {
    world.provider.forgetting.forget_permits(usize::MAX);
    let saving = async {
        until_asked(world, OperationKind::RevokeCredential).await;
        saves_hexa(world).await;
        world.provider.forgetting.add_permits(1);
    };
    tokio::join!(ending, saving).0
}

fn value_of<'a>(page: &'a Answer, name: &str) -> &'a str {
    let (_, after) = page.body.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
    after.split_once('"').unwrap().0
}

#[tokio::test]
async fn one_that_is_saved_while_the_other_is_revoked_stays_and_is_told_of() {
    for forgets in [true, false] {
        let world = world().await;
        if forgets {
            world.provider.forgets();
        }
        let path = world.link("ann").await;
        let asks = world.get(&format!("{path}?removal=yes")).await;
        let sure = format!("remove=yes&revoke=yes&saved-at={}", value_of(&asks, "saved-at"));
        let removed = while_it_is_ended(&world, world.post(&path, &sure)).await;
        let became = if forgets { "its git server accepts it no more" } else { "may still accept it" };
        for _ in 0..2 {
            let told = world.get(removed.location()).await;
            told.expect(200, &[became, "Another that you saved meanwhile is still here."]);
        }
        assert_eq!(world.saved_account("ann").await.as_deref(), Some("hexa"));
    }
}

#[tokio::test]
async fn one_that_is_saved_while_everything_is_revoked_is_told_of_beside_the_one_it_replaced() {
    for forgets in [true, false] {
        let world = world().await;
        if forgets {
            world.provider.forgets();
        }
        let path = world.link("ann").await;
        let tokens = format!("{}/tokens", path.rsplit_once("/set-up/").unwrap().0);
        let asks = world.get(&format!("{tokens}?revocation=yes")).await;
        let about = value_of(&asks, "asked-about-acme").replace("&quot;", "\"");
        let form = form_urlencoded::Serializer::new("revoke-all=yes&attempt=1&".to_owned())
            .append_pair("asked-about-acme", &about)
            .finish();
        let revoked = while_it_is_ended(&world, world.post(&tokens, &form)).await;
        let became = if forgets { "its git server accepts it no more" } else { "may still accept it" };
        let told = world.get(revoked.location()).await;
        told.expect(
            200,
            &["What became of your tokens", "octo", became, "hexa", "This token was saved after you were asked"],
        );
        assert_eq!(world.saved_account("ann").await.as_deref(), Some("hexa"));
    }
}

/// However long the git server of another takes while everything is revoked.
#[tokio::test]
async fn one_that_was_saved_since_is_another_and_stays_and_the_one_it_replaced_may_be_good() {
    let world = world().await;
    let ask = asker("ann").of(IntegrationId::parse("acme").unwrap(), ActAs::User);
    for removal in [PatRemoval::Here, PatRemoval::EverywhereKnown] {
        let before = Timestamp::parse("2026-01-01");
        let kept = operate::remove_pat(&world.app, &ask, removal, before).await.unwrap_err();
        assert_eq!(kept.code(), "changed-meanwhile");
        assert_eq!(world.saved_account("ann").await.as_deref(), Some("octo"));
    }
    // The API, which asks nobody, says so too.
    let remove = operate::remove_pat(&world.app, &ask, PatRemoval::EverywhereKnown, None);
    let removed = while_it_is_ended(&world, remove).await;
    assert!(removed.unwrap().has_successor);
    assert_eq!(world.saved_account("ann").await.as_deref(), Some("hexa"));
}

/// As many people as an administrator was told of may be others by then.
#[tokio::test]
async fn an_integration_is_asked_about_anew_where_it_is_another_persons_token_that_goes_with_it() {
    let admin = Admin::at(world().await).await;
    let sure = |page: &Answer| format!("sure={}", value_of(page, "sure").replace(' ', "+"));
    let shown = admin.get(EDIT).await;
    let mut asks = admin.sends_whole(&shown, EDIT, "remove=yes").await;
    let world = &admin.world;
    for step in ["another's", "a new one", "none", "one again"] {
        match step {
            "another's" => {
                world.remove_pat("ann").await;
                saved(world, "bob").await;
            }
            "none" => world.remove_pat("bob").await,
            _ => saved(world, "bob").await,
        }
        let refused = admin.sends_whole(&asks, EDIT, &sure(&asks)).await;
        let people = if step == "none" { "Nobody has saved a token for it" } else { "1 person" };
        refused.expect(412, &["is not as it was when you looked at it", people, "Remove this integration?"]);
        assert_eq!(world.store.integrations().await.unwrap().len(), 1, "{step}");
        asks = refused;
    }
    admin.sends_whole(&asks, EDIT, &sure(&asks)).await.expect(303, &[]);
    let newest = world.store.audit_page(&AuditFilter::default(), None, 1).await.unwrap().entries.remove(0);
    assert_eq!((newest.subject.as_str(), &newest.details["removed_user_pats"]), ("integration.remove", &1.into()));
    // Whoever comes after is told who was there before.
    admin.sends_whole(&asks, EDIT, &sure(&asks)).await.expect(410, &["removed by"]);
}

/// Whoever presses the button in two windows is told of no token that nobody saved.
#[tokio::test]
async fn one_that_was_taken_away_while_everything_is_revoked_is_not_said_to_be_there() {
    let world = world().await;
    let ask = asker("ann").of(IntegrationId::parse("acme").unwrap(), ActAs::User);
    let path = world.link("ann").await;
    let tokens = format!("{}/tokens", path.rsplit_once("/set-up/").unwrap().0);
    let asks = world.get(&format!("{tokens}?revocation=yes")).await;
    let about = value_of(&asks, "asked-about-acme").replace("&quot;", "\"");
    let seen = world.saved_at("ann").await;
    world.remove_pat("ann").await;
    let removed = operate::remove_pat(&world.app, &ask, PatRemoval::EverywhereKnown, seen).await.unwrap();
    assert!(matches!(removed.outcome, Some(operate::RevocationOutcome::NothingStored)) && !removed.has_successor);
    let form = form_urlencoded::Serializer::new("revoke-all=yes&attempt=1&".to_owned())
        .append_pair("asked-about-acme", &about)
        .finish();
    let revoked = world.post(&tokens, &form).await;
    let told = world.get(revoked.location()).await;
    told.expect(200, &["octo", "It was removed or replaced here meanwhile"]).lacks(&["is still there"]);
    // There is nothing left to ask about.
    world.get(&format!("{tokens}?revocation=yes")).await.expect(200, &["My tokens"]).lacks(&["name=\"revoke-all\""]);
}

/// What became of it at its git server is told, although an administrator removed the integration while that was asked.
#[tokio::test]
async fn what_became_of_a_token_is_told_where_its_integration_is_gone() {
    let world = world().await;
    let path = world.link("ann").await;
    let asks = world.get(&format!("{path}?removal=yes")).await;
    let sure = format!("remove=yes&revoke=yes&saved-at={}", value_of(&asks, "saved-at"));
    let removed = world.post(&path, &sure).await;
    world.change_integration(|one| one.projects = model::Projects::Only(Vec::new())).await;
    let told = world.get(removed.location()).await;
    told.expect(200, &["<h1>Removed</h1>", "may still accept it", "Back to: My tokens"]);
    world.get(&path).await.expect(404, &[]);
}

/// One that is saved later than another is checked is the one that is told of as replaced.
#[tokio::test]
async fn a_slow_one_tells_whose_it_replaced_by_then() {
    let world = world().await;
    let link = world.link("ann").await;
    world.provider.gate.forget_permits(usize::MAX);
    world.provider.knows("octo");
    let entered = format!("user=ann&token={SENT_PAT}");
    let slow = world.post(&link, &entered);
    let meanwhile = async {
        until_asked(&world, OperationKind::CheckCredential).await;
        world.saves_unasked("ann", "hexa").await;
        world.provider.gate.add_permits(1);
    };
    let (saved, ()) = tokio::join!(slow, meanwhile);
    world
        .get(saved.location())
        .await
        .expect(200, &["octo", "What was saved before belonged to another account:", "hexa"]);
}

/// Where an integration is closed, or removed, while others are asked, each is told as it is.
#[tokio::test]
async fn an_integration_that_is_closed_while_everything_is_revoked_keeps_its_token_and_says_so() {
    for is_removed in [false, true] {
        let world = world().await;
        let path = world.link("ann").await;
        let tokens = format!("{}/tokens", path.rsplit_once("/set-up/").unwrap().0);
        let asks = world.get(&format!("{tokens}?revocation=yes")).await;
        let about = value_of(&asks, "asked-about-acme").replace("&quot;", "\"");
        let single = world.get(&format!("{path}?removal=yes")).await;
        let sure = format!("remove=yes&revoke=yes&saved-at={}", value_of(&single, "saved-at"));
        if is_removed {
            world.store.remove_integration(&IntegrationId::parse("acme").unwrap(), None, world.entry()).await.unwrap();
        } else {
            world.change_integration(|one| one.projects = model::Projects::Only(Vec::new())).await;
        }
        let became = if is_removed { "It was removed or replaced here meanwhile" } else { "is still kept for it" };
        let form = form_urlencoded::Serializer::new("revoke-all=yes&attempt=1&".to_owned())
            .append_pair("asked-about-acme", &about)
            .finish();
        let revoked = world.post(&tokens, &form).await;
        world
            .get(revoked.location())
            .await
            .expect(200, &["Acme Inc.", became])
            .lacks(&["There is no such integration"]);
        world.post(&path, &sure).await.expect(409, &["<h1>Not removed</h1>", became, "Back to: My tokens"]);
        // Whatever else is asked of it leads on.
        world.get(&path).await.expect(404, &["There is no such integration", "Back to: My tokens"]);
    }
}

/// Whoever agreed to the new address agreed for the token she was shown.
#[tokio::test]
async fn what_is_confirmed_for_a_new_address_is_the_token_that_was_asked_about() {
    let world = world().await;
    world.moves_to("https://git.new.example").await;
    let path = world.link("ann").await;
    let asks = world.get(&path).await;
    asks.expect(200, &["octo", "Use it at the new address"]);
    let agreed = format!(
        "confirm-addresses=https%3A%2F%2Fgit.new.example&saved-at={}",
        value_of(&asks, "saved-at").replace(':', "%3A")
    );
    world.clock.advance_ms(1000);
    world.saves_unasked("ann", "hexa").await;
    let refused = world.post(&path, &agreed).await;
    refused.expect(422, &["Your token was changed meanwhile", "<strong><bdi>hexa</bdi></strong>"]);
    world.post(&path, "confirm-addresses=https%3A%2F%2Fgit.new.example").await.expect(422, &["was changed meanwhile"]);
    assert_eq!(world.saved_account("ann").await.as_deref(), Some("hexa"));
}

/// What was entered for one integration is not kept for another that has its id by then.
#[tokio::test]
async fn a_slow_one_is_not_saved_for_another_integration_of_the_same_id() {
    let world = World::new().await;
    let link = world.link("ann").await;
    world.provider.gate.forget_permits(usize::MAX);
    world.provider.knows("octo");
    let entered = format!("user=ann&token={SENT_PAT}");
    let slow = world.post(&link, &entered);
    let meanwhile = async {
        until_asked(&world, OperationKind::CheckCredential).await;
        let record = world.store.integrations().await.unwrap().remove(0);
        world.store.remove_integration(&record.id, None, world.entry()).await.unwrap();
        let anew = model::IntegrationRecord { created_at: record.created_at.plus_ms(1), ..record };
        world.store.add_integration(anew, None, world.entry()).await.unwrap();
        world.provider.gate.add_permits(1);
    };
    let (saved, ()) = tokio::join!(slow, meanwhile);
    saved.expect(422, &["Nothing was saved", "The git server that this integration leads to was changed meanwhile"]);
    assert_eq!(world.saved_account("ann").await, None);
}

/// The page that tells of one tells of no other.
#[tokio::test]
async fn what_is_told_of_a_saved_one_is_not_told_of_another_that_was_saved_since() {
    let world = world().await;
    let link = world.link("ann").await;
    world.provider.knows("octo");
    let saved = world.post(&link, &format!("user=ann&token={SENT_PAT}")).await;
    world.get(saved.location()).await.expect(200, &["is now created as <strong><bdi>octo</bdi></strong>"]);
    // In the same millisecond, as from two windows.
    world.saves_unasked("ann", "hexa").await;
    let told = world.get(saved.location()).await;
    told.expect(200, &["Another was saved since", "See the one that is saved"]).lacks(&["hexa", "is now created as"]);
}

/// Of two that are saved at one moment, one replaced the other, and the audit log has whose.
#[tokio::test]
async fn of_two_that_are_saved_at_one_moment_the_second_tells_of_the_first() {
    for _ in 0..20 {
        let world = World::new().await;
        let link = world.link("ann").await;
        world.provider.knows("octo");
        world.provider.knows("hexa");
        let entered = format!("user=ann&token={SENT_PAT}");
        tokio::join!(world.post(&link, &entered), world.post(&link, &entered));
        let log = world.store.audit_page(&AuditFilter::default(), None, 100).await.unwrap().entries;
        let saved: Vec<_> = log.iter().filter(|entry| entry.subject == "pat.save").collect();
        let [last, first] = saved[..] else { panic!("{saved:?}") };
        assert_eq!(last.details["previous_account"], first.details["account"]);
        assert!(!first.details.contains_key("previous_account"), "{first:?}");
    }
}
