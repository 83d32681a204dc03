//! Integrations and the rule over all of them.

use std::collections::BTreeMap;

use super::values::{at, audit, id, integration, link, pat, sealed, token, user};
use crate::{SharedStore, StoreError};
use model::{BranchNaming, IntegrationRecord, Mappings, NetworkRules, Policy, Projects};

async fn add(store: &SharedStore, name: &str) {
    store.add_integration(integration(name), Some(sealed(name)), audit("integration.add")).await.unwrap();
}

pub async fn an_integration_is_read_back_as_it_was_added(store: SharedStore) {
    let sparse = IntegrationRecord {
        settings: BTreeMap::new(),
        network: NetworkRules::default(),
        projects: Projects::All,
        require_user_pat: false,
        naming: BranchNaming::default(),
        mappings: Mappings::default(),
        account: None,
        ..integration("sparse")
    };
    add(&store, "full").await;
    store.add_integration(sparse.clone(), None, audit("integration.add")).await.unwrap();
    assert_eq!(store.integrations().await.unwrap(), [integration("full"), sparse]);
}

pub async fn an_id_can_be_taken_once(store: SharedStore) {
    add(&store, "acme").await;
    let again = IntegrationRecord { name: "Another".into(), ..integration("acme") };
    let refused = store.add_integration(again, None, audit("integration.add")).await;
    assert_eq!(refused, Err(StoreError::Conflict("integration acme".into())));
    assert_eq!(store.integrations().await.unwrap(), [integration("acme")]);
    assert_eq!(store.verify_audit().await.unwrap().entries, 1);
}

pub async fn a_change_keeps_the_credential_unless_one_is_given(store: SharedStore) {
    add(&store, "acme").await;
    let mappings = Mappings::new(integration("acme").mappings.as_slice()[1..].to_vec()).unwrap();
    let naming = BranchNaming { max_length: None, ..integration("acme").naming };
    let changed = IntegrationRecord { name: "New".into(), naming, mappings, updated_at: at(5), ..integration("acme") };
    let change = |credential| store.change_integration(changed.clone(), credential, audit("integration.change"));
    for (given, kept) in [(None, sealed("acme")), (Some(sealed("new")), sealed("new")), (None, sealed("new"))] {
        assert!(change(given).await.unwrap());
        let case = store.load_case(&id("acme"), None).await.unwrap().unwrap();
        assert_eq!((case.integration, case.integration_credential), (changed.clone(), Some(kept)));
    }
}

pub async fn changing_or_removing_what_is_not_there_writes_nothing(store: SharedStore) {
    add(&store, "other").await;
    let credential = Some(sealed("x"));
    assert!(!store.change_integration(integration("acme"), credential, audit("integration.change")).await.unwrap());
    assert!(!store.remove_integration(&id("acme"), audit("integration.remove")).await.unwrap());
    assert_eq!(store.integrations().await.unwrap(), [integration("other")]);
    assert_eq!(store.verify_audit().await.unwrap().entries, 1);
}

pub async fn removing_takes_pats_and_links_along(store: SharedStore) {
    for (name, secret) in [("acme", "1"), ("other", "2")] {
        add(&store, name).await;
        store.save_pat(pat(name, "ann", "ann"), audit("pat.save")).await.unwrap();
        store.add_setup_link(token(secret), link(name), audit("setup-link.add")).await.unwrap();
    }
    assert!(store.remove_integration(&id("acme"), audit("integration.remove")).await.unwrap());
    // An integration that takes the same id finds nothing of the old one's.
    store.add_integration(integration("acme"), None, audit("integration.add")).await.unwrap();
    let case = store.load_case(&id("acme"), Some(&user("ann"))).await.unwrap().unwrap();
    assert!(case.pat.is_none() && case.integration_credential.is_none());
    assert_eq!(store.peek_setup_link(token("1"), at(0)).await.unwrap(), None);
    assert_eq!(store.peek_setup_link(token("2"), at(0)).await.unwrap(), Some(link("other")));
    assert_eq!(store.pats_for(&id("other")).await.unwrap().len(), 1);
}

pub async fn integrations_come_in_order(store: SharedStore) {
    for name in ["b", "c", "a"] {
        add(&store, name).await;
    }
    let ids: Vec<_> = store.integrations().await.unwrap().into_iter().map(|record| record.id).collect();
    assert_eq!(ids, [id("a"), id("b"), id("c")]);
}

pub async fn the_policy_is_off_until_it_is_set(store: SharedStore) {
    assert_eq!(store.policy().await.unwrap(), Policy { require_user_pat: false });
    for require_user_pat in [true, false] {
        store.set_policy(Policy { require_user_pat }, audit("policy.set")).await.unwrap();
        assert_eq!(store.policy().await.unwrap(), Policy { require_user_pat });
    }
}
