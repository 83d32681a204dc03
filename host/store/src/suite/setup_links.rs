//! One-time links to the PAT page.

use super::values::{at, at_once, audit, integration, link, token};
use crate::{SharedStore, StoreError};

async fn with_link(store: &SharedStore) {
    store.add_integration(integration("acme"), None, audit("integration.add")).await.unwrap();
    store.add_setup_link(token("1"), link("acme"), audit("setup-link.add")).await.unwrap();
}

pub async fn a_link_can_be_looked_at_often_and_taken_once(store: SharedStore) {
    with_link(&store).await;
    for _ in 0..3 {
        assert_eq!(store.peek_setup_link(token("1"), at(0)).await.unwrap(), Some(link("acme")));
    }
    assert_eq!(store.take_setup_link(token("2"), at(0)).await.unwrap(), None);
    assert_eq!(store.take_setup_link(token("1"), at(0)).await.unwrap(), Some(link("acme")));
    assert_eq!(store.take_setup_link(token("1"), at(0)).await.unwrap(), None);
    assert_eq!(store.peek_setup_link(token("1"), at(0)).await.unwrap(), None);
}

pub async fn a_link_that_ran_out_is_gone(store: SharedStore) {
    with_link(&store).await;
    assert!(store.peek_setup_link(token("1"), at(999)).await.unwrap().is_some());
    assert_eq!(store.peek_setup_link(token("1"), at(1000)).await.unwrap(), None);
    assert_eq!(store.take_setup_link(token("1"), at(1000)).await.unwrap(), None);
    assert_eq!(store.sweep(at(999)).await.unwrap(), 0);
    assert_eq!(store.sweep(at(1000)).await.unwrap(), 1);
}

pub async fn u2_fifty_takers_at_once_give_one_winner(store: SharedStore) {
    with_link(&store).await;
    let taken = at_once(50, |_| {
        let store = store.clone();
        async move { store.take_setup_link(token("1"), at(0)).await.unwrap() }
    })
    .await;
    let winners: Vec<_> = taken.into_iter().flatten().collect();
    assert_eq!(winners, [link("acme")]);
}

pub async fn a_link_without_its_integration_is_refused(store: SharedStore) {
    let refused = store.add_setup_link(token("1"), link("acme"), audit("setup-link.add")).await;
    assert_eq!(refused, Err(StoreError::Missing("integration acme".into())));
    assert_eq!(store.verify_audit().await.unwrap().entries, 0);
}
