//! Admin tokens by their hashes.

use super::values::{admin_token, at, audit, token};
use crate::{SharedStore, StoreError};
use model::AdminToken;

async fn add(store: &SharedStore, secret: &str, label: &str) -> Result<(), StoreError> {
    store.add_admin_token(token(secret), admin_token(label), audit("admin-token.add")).await
}

pub async fn an_admin_token_is_known_by_its_hash(store: SharedStore) {
    let lasting = AdminToken { expires_at: None, ..admin_token("release") };
    add(&store, "a", "Ann's laptop").await.unwrap();
    store.add_admin_token(token("b"), lasting.clone(), audit("admin-token.add")).await.unwrap();
    assert_eq!(store.admin_token(token("a")).await.unwrap(), Some(admin_token("Ann's laptop")));
    assert_eq!(store.admin_token(token("c")).await.unwrap(), None);
    assert_eq!(store.admin_tokens().await.unwrap(), [admin_token("Ann's laptop"), lasting]);
}

pub async fn a_label_names_one_token(store: SharedStore) {
    add(&store, "a", "ops").await.unwrap();
    let taken = StoreError::Conflict("an admin token labelled ops".into());
    assert_eq!(add(&store, "b", "ops").await, Err(taken));
    assert_eq!(store.admin_token(token("b")).await.unwrap(), None);
    add(&store, "c", "Ops").await.unwrap();
    assert_eq!(store.verify_audit().await.unwrap().entries, 2);
}

pub async fn a20_a_revoked_token_is_forgotten(store: SharedStore) {
    add(&store, "a", "ops").await.unwrap();
    add(&store, "b", "other").await.unwrap();
    let (ops, other) = (admin_token("ops"), admin_token("other"));
    assert!(store.revoke_admin_token(&ops.label, audit("admin-token.revoke")).await.unwrap());
    assert!(!store.revoke_admin_token(&ops.label, audit("admin-token.revoke")).await.unwrap());
    assert_eq!(store.admin_token(token("a")).await.unwrap(), None);
    assert_eq!(store.admin_tokens().await.unwrap(), [other]);
    assert_eq!(store.verify_audit().await.unwrap().entries, 3);
    add(&store, "c", "ops").await.unwrap();
    assert_eq!(store.admin_token(token("a")).await.unwrap(), None, "its label is free again, its secret is not");
}

pub async fn the_last_use_is_remembered_and_never_goes_back(store: SharedStore) {
    add(&store, "a", "ops").await.unwrap();
    add(&store, "b", "other").await.unwrap();
    for (used, last) in [(5, 5), (9, 9), (7, 9)] {
        store.note_admin_token_use(token("a"), at(used)).await.unwrap();
        let expected = AdminToken { last_used_at: Some(at(last)), ..admin_token("ops") };
        assert_eq!(store.admin_tokens().await.unwrap(), [expected, admin_token("other")]);
    }
    store.note_admin_token_use(token("unknown"), at(1)).await.unwrap();
    assert_eq!(store.verify_audit().await.unwrap().entries, 2, "a use changes nothing that anybody has to answer for");
}
