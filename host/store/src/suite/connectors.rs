//! Connectors and administrators.

use super::values::{at, audit, connector, connector_id, integration, link, token};
use crate::{SharedStore, StoreError};
use model::{Connector, PublicKey};

async fn add(store: &SharedStore, name: &str) {
    store.add_connector(connector(name), audit("connector.add")).await.unwrap();
}

pub async fn a_connector_is_read_back_and_removed(store: SharedStore) {
    let p256 = Connector { key: PublicKey::P256(vec![4; 65]), return_origins: vec![], ..connector("script") };
    add(&store, "jira").await;
    store.add_connector(p256.clone(), audit("connector.add")).await.unwrap();
    assert_eq!(store.connector(&connector_id("jira")).await.unwrap(), Some(connector("jira")));
    assert_eq!(store.connectors().await.unwrap(), [connector("jira"), p256.clone()]);
    assert!(store.remove_connector(&connector_id("jira"), audit("connector.remove")).await.unwrap());
    assert!(!store.remove_connector(&connector_id("jira"), audit("connector.remove")).await.unwrap());
    assert_eq!(store.connector(&connector_id("jira")).await.unwrap(), None);
    assert_eq!(store.connectors().await.unwrap(), [p256]);
    assert_eq!(store.verify_audit().await.unwrap().entries, 3);
}

pub async fn a_connector_id_can_be_taken_once(store: SharedStore) {
    add(&store, "jira").await;
    let other_key = Connector { key: PublicKey::Ed25519(vec![9; 32]), ..connector("jira") };
    let refused = store.add_connector(other_key, audit("connector.add")).await;
    assert_eq!(refused, Err(StoreError::Conflict("connector jira".into())));
    assert_eq!(store.connectors().await.unwrap(), [connector("jira")]);
}

pub async fn removing_a_connector_takes_its_links_along(store: SharedStore) {
    add(&store, "jira").await;
    store.add_integration(integration("acme"), None, audit("integration.add")).await.unwrap();
    store.add_setup_link(token("1"), link("acme"), audit("setup-link.add")).await.unwrap();
    store.remove_connector(&connector_id("jira"), audit("connector.remove")).await.unwrap();
    assert_eq!(store.take_setup_link(token("1"), at(0)).await.unwrap(), None);
}

pub async fn an_admin_token_is_known_by_its_hash(store: SharedStore) {
    store.add_admin_token(token("a"), "Ann's laptop", audit("admin.add")).await.unwrap();
    assert_eq!(store.admin_token(token("a")).await.unwrap().as_deref(), Some("Ann's laptop"));
    assert_eq!(store.admin_token(token("b")).await.unwrap(), None);
    let refused = store.add_admin_token(token("a"), "another", audit("admin.add")).await;
    assert_eq!(refused, Err(StoreError::Conflict("this admin token".into())));
}
