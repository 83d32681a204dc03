//! Page links, the visits they begin, drafts and favourites.

use std::collections::BTreeMap;

use super::values::{at, at_once, audit, connector, connector_id, id, integration, link, token, user, visit_id};
use crate::{Draft, Favourite, NewVisit, SharedStore, StoreError};
use model::{RepositoryId, Visit};

fn begin(id: &str, secret: &str, handover: &str, now: i64) -> NewVisit {
    NewVisit { id: visit_id(id), secret: token(secret), handover: token(handover), now: at(now) }
}

async fn with_link(store: &SharedStore) {
    store.add_connector(connector("jira"), audit("connector.add")).await.unwrap();
    store.add_integration(integration("acme"), None, audit("integration.add")).await.unwrap();
    store.add_page_link(token("1"), link("acme"), vec![audit("page-link.make")]).await.unwrap();
}

async fn begun(store: &SharedStore) -> Visit {
    with_link(store).await;
    store.begin_visit(token("1"), begin("a", "s", "h", 10), audit("visit.begin")).await.unwrap().unwrap()
}

pub async fn a_link_can_be_looked_at_often_and_begins_one_visit(store: SharedStore) {
    with_link(&store).await;
    for _ in 0..3 {
        assert_eq!(store.peek_page_link(token("1"), at(0)).await.unwrap(), Some(link("acme")));
    }
    let begin_with = async |link, name| {
        store.begin_visit(token(link), begin(name, "s", "h", 0), audit("visit.begin")).await.unwrap()
    };
    assert_eq!(begin_with("2", "b").await, None);
    let visit = begin_with("1", "a").await.unwrap();
    assert_eq!((visit.visitor, visit.context), (link("acme").visitor, link("acme").context));
    assert_eq!(begin_with("1", "c").await, None);
    assert_eq!(store.peek_page_link(token("1"), at(0)).await.unwrap(), None);
    assert!(store.visit(&visit_id("c"), token("s")).await.unwrap().is_none());
}

pub async fn a_link_that_ran_out_is_gone(store: SharedStore) {
    with_link(&store).await;
    assert!(store.peek_page_link(token("1"), at(999)).await.unwrap().is_some());
    assert_eq!(store.peek_page_link(token("1"), at(1000)).await.unwrap(), None);
    let begun = store.begin_visit(token("1"), begin("a", "s", "h", 1000), audit("visit.begin")).await.unwrap();
    assert_eq!(begun, None);
    assert_eq!(store.sweep(at(999)).await.unwrap(), 0);
    assert_eq!(store.sweep(at(1000)).await.unwrap(), 1);
}

pub async fn u2_fifty_who_open_one_link_at_once_begin_one_visit(store: SharedStore) {
    with_link(&store).await;
    let begun = at_once(50, |number| {
        let store = store.clone();
        async move {
            let begin = begin(&number.to_string(), "s", "h", 0);
            store.begin_visit(token("1"), begin, audit("visit.begin")).await.unwrap()
        }
    })
    .await;
    assert_eq!(begun.into_iter().flatten().count(), 1);
    // One entry for each of connector, integration and link, and one for the visit.
    assert_eq!(store.verify_audit().await.unwrap().entries, 4);
}

pub async fn a_link_without_its_integration_or_connector_is_refused(store: SharedStore) {
    let refused = store.add_page_link(token("1"), link("acme"), vec![audit("page-link.make")]).await;
    assert_eq!(refused, Err(StoreError::Missing("integration acme, or connector jira".into())));
    assert_eq!(store.verify_audit().await.unwrap().entries, 0);
}

pub async fn u7_a_visit_is_found_by_its_id_and_its_own_secret(store: SharedStore) {
    let visit = begun(&store).await;
    assert_eq!(store.visit(&visit_id("a"), token("s")).await.unwrap(), Some(visit));
    for (id, secret) in [("a", "x"), ("a", "h"), ("b", "s")] {
        assert_eq!(store.visit(&visit_id(id), token(secret)).await.unwrap(), None, "{id} {secret}");
    }
}

pub async fn a_visit_whose_cookie_never_came_back_is_handed_over_once(store: SharedStore) {
    begun(&store).await;
    let hand_over = async |handover, secret, now| {
        store.hand_visit_over(&visit_id("a"), token(handover), token(secret), at(now)).await.unwrap().is_some()
    };
    assert!(store.unsettled_visit(&visit_id("a"), token("h"), at(10)).await.unwrap().is_some());
    assert!(!hand_over("x", "t", 10).await);
    assert!(!hand_over("h", "t", 10 + 120_000).await);
    assert!(hand_over("h", "t", 10).await);
    assert!(!hand_over("h", "u", 10).await);
    assert!(store.visit(&visit_id("a"), token("t")).await.unwrap().is_some());
    assert!(store.visit(&visit_id("a"), token("s")).await.unwrap().is_none());
}

pub async fn a_visit_whose_cookie_came_back_is_handed_to_nobody(store: SharedStore) {
    begun(&store).await;
    store.settle_visit(&visit_id("a")).await.unwrap();
    assert!(store.unsettled_visit(&visit_id("a"), token("h"), at(10)).await.unwrap().is_none());
    assert!(store.hand_visit_over(&visit_id("a"), token("h"), token("t"), at(10)).await.unwrap().is_none());
    assert!(store.visit(&visit_id("a"), token("s")).await.unwrap().is_some());
}

pub async fn a_visit_remembers_its_last_use_and_is_known_for_a_day_after_its_end(store: SharedStore) {
    let visit = begun(&store).await;
    for (noted, known) in [(500, 500), (400, 500)] {
        store.note_visit_use(&visit.id, at(noted)).await.unwrap();
        assert_eq!(store.visit(&visit.id, token("s")).await.unwrap().unwrap().used_at, at(known));
    }
    let ends = visit.ends_at;
    assert!(visit.has_ended(ends) && !visit.has_ended(at(10)) && visit.has_ended(at(10 + Visit::IDLE_MS)));
    store.sweep(ends.plus_ms(Visit::KNOWN_MS - 1)).await.unwrap();
    assert!(store.visit(&visit.id, token("s")).await.unwrap().is_some());
    store.sweep(ends.plus_ms(Visit::KNOWN_MS)).await.unwrap();
    assert!(store.visit(&visit.id, token("s")).await.unwrap().is_none());
}

pub async fn removing_a_connector_ends_its_visits(store: SharedStore) {
    let visit = begun(&store).await;
    store.remove_connector(&connector_id("jira"), None, audit("connector.remove")).await.unwrap();
    assert!(store.visit(&visit.id, token("s")).await.unwrap().is_none());
}

pub async fn u8_what_was_typed_is_kept_for_its_user_and_form(store: SharedStore) {
    let draft = |who: &str, subject: &str, text: &str, kept_at| Draft {
        user: user(who),
        subject: subject.into(),
        fields: BTreeMap::from([("title".to_owned(), text.to_owned())]),
        kept_at: at(kept_at),
    };
    store.add_site(super::values::site("cloud"), audit("site.add")).await.unwrap();
    for (who, text) in [("ann", "first"), ("ann", "hers"), ("ben", "his"), ("cloud/ann", "another's")] {
        store.keep_draft(draft(who, "create-branch ABC-1", text, 5)).await.unwrap();
    }
    for (who, text) in [("ann", "hers"), ("ben", "his"), ("cloud/ann", "another's")] {
        let kept = store.draft(&user(who), "create-branch ABC-1").await.unwrap();
        assert_eq!(kept, Some(draft(who, "create-branch ABC-1", text, 5)));
    }
    assert_eq!(store.draft(&user("ann"), "create-branch ABC-2").await.unwrap(), None);
    store.drop_draft(&user("ann"), "create-branch ABC-1").await.unwrap();
    assert_eq!(store.draft(&user("ann"), "create-branch ABC-1").await.unwrap(), None);
    assert!(store.draft(&user("ben"), "create-branch ABC-1").await.unwrap().is_some());
    assert_eq!(store.sweep(at(5 + Visit::KNOWN_MS)).await.unwrap(), 2);
}

pub async fn favourites_are_their_users_own(store: SharedStore) {
    store.add_integration(integration("acme"), None, audit("integration.add")).await.unwrap();
    let favourite = |repository: &str, name: &str| Favourite {
        integration: id("acme"),
        repository: RepositoryId::parse(repository).unwrap(),
        name: name.into(),
        added_at: at(1),
    };
    for (repository, name) in [("2", "beta"), ("1", "Alpha"), ("3", "gamma"), ("2", "Beta")] {
        store.set_favourite(&user("ann"), favourite(repository, name), true).await.unwrap();
    }
    store.set_favourite(&user("ann"), favourite("3", "gamma"), false).await.unwrap();
    let kept = store.favourites(&user("ann")).await.unwrap();
    assert_eq!(kept, [favourite("1", "Alpha"), favourite("2", "Beta")]);
    assert_eq!(store.favourites(&user("ben")).await.unwrap(), []);
    let gone = Favourite { integration: id("other"), ..favourite("1", "x") };
    assert!(matches!(store.set_favourite(&user("ann"), gone, true).await, Err(StoreError::Missing(_))));
    for number in 2..200 {
        store.set_favourite(&user("ann"), favourite(&format!("r{number}"), "x"), true).await.unwrap();
    }
    let refused = store.set_favourite(&user("ann"), favourite("one more", "x"), true).await;
    assert!(matches!(refused, Err(StoreError::InUse(_))), "{refused:?}");
}
