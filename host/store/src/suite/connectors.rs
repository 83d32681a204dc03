//! Connectors.

use super::values::{at, audit, connector, connector_id, integration, link, site, site_id, token};
use crate::{SharedStore, StoreError};
use model::{Connector, PublicKey};

async fn add(store: &SharedStore, connector: Connector) -> Connector {
    let revision = store.add_connector(connector.clone(), audit("connector.add")).await.unwrap();
    Connector { revision, ..connector }
}

pub async fn a_connector_is_read_back_and_removed(store: SharedStore) {
    store.add_site(site("cloud"), audit("site.add")).await.unwrap();
    let p256 = Connector { key: PublicKey::P256(vec![4; 65]), return_origins: vec![], ..connector("script") };
    let jira = add(&store, Connector { site: site_id("cloud"), ..connector("jira") }).await;
    let p256 = add(&store, p256).await;
    assert_eq!(store.connector(&connector_id("jira")).await.unwrap(), Some(jira.clone()));
    assert_eq!(store.connectors().await.unwrap(), [jira.clone(), p256.clone()]);
    let remove = |expected| store.remove_connector(&jira.id, expected, audit("connector.remove"));
    assert_eq!(remove(Some(p256.revision)).await, Err(StoreError::Changed("connector jira".into())));
    assert_eq!(remove(Some(jira.revision)).await, Ok(true));
    assert_eq!(remove(None).await, Ok(false));
    assert_eq!(store.connector(&connector_id("jira")).await.unwrap(), None);
    assert_eq!(store.connectors().await.unwrap(), [p256]);
    assert_eq!(store.verify_audit().await.unwrap().entries, 4);
}

pub async fn the_last_use_of_a_connector_is_remembered_and_never_goes_back(store: SharedStore) {
    let (jira, script) = (add(&store, connector("jira")).await, add(&store, connector("script")).await);
    for (used, last) in [(5, 5), (9, 9), (7, 9)] {
        store.note_connector_use(&jira.id, at(used)).await.unwrap();
        let expected = Connector { last_used_at: Some(at(last)), ..jira.clone() };
        assert_eq!(store.connectors().await.unwrap(), [expected, script.clone()]);
    }
    store.note_connector_use(&connector_id("unknown"), at(1)).await.unwrap();
    assert_eq!(store.verify_audit().await.unwrap().entries, 2, "a use changes nothing that anybody has to answer for");
}

pub async fn a_connector_id_can_be_taken_once(store: SharedStore) {
    let first = add(&store, connector("jira")).await;
    let other_key = Connector { key: PublicKey::Ed25519(vec![9; 32]), ..connector("jira") };
    let refused = store.add_connector(other_key, audit("connector.add")).await;
    assert_eq!(refused, Err(StoreError::Conflict("connector jira".into())));
    assert_eq!(store.connectors().await.unwrap(), [first]);
}

pub async fn a_connector_without_its_site_is_refused(store: SharedStore) {
    let refused = store.add_connector(Connector { site: site_id("cloud"), ..connector("jira") }, audit("x")).await;
    assert_eq!(refused, Err(StoreError::Missing("site cloud".into())));
    assert_eq!(store.verify_audit().await.unwrap().entries, 0);
}

pub async fn removing_a_connector_takes_its_links_along(store: SharedStore) {
    add(&store, connector("jira")).await;
    store.add_integration(integration("acme"), None, audit("integration.add")).await.unwrap();
    store.add_page_link(token("1"), link("acme"), vec![audit("page-link.make")]).await.unwrap();
    store.remove_connector(&connector_id("jira"), None, audit("connector.remove")).await.unwrap();
    assert_eq!(store.peek_page_link(token("1"), at(0)).await.unwrap(), None);
}
