//! Registered provider components.

use super::values::{audit, provider};
use crate::{SharedStore, StoreError};
use model::{ProviderRecord, Revision};

pub async fn a_component_is_read_back_byte_for_byte(store: SharedStore) {
    let component: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    let record = provider(&component);
    store.put_provider(record.clone(), component.clone(), audit("provider.put")).await.unwrap();
    assert_eq!(store.component(&record.sha256).await.unwrap(), Some(component));
    assert_eq!(store.providers().await.unwrap(), [ProviderRecord { revision: Revision::of_entry(1), ..record }]);
    assert_eq!(store.component(&"0".repeat(64)).await.unwrap(), None);
}

pub async fn registering_again_replaces(store: SharedStore) {
    let (old, mut new) = (provider(b"old"), provider(b"new"));
    new.description.version = "0.2.0".into();
    store.put_provider(old.clone(), b"old".to_vec(), audit("provider.put")).await.unwrap();
    for _ in 0..2 {
        new.revision = store.put_provider(new.clone(), b"new".to_vec(), audit("provider.put")).await.unwrap();
        assert_eq!(store.providers().await.unwrap(), std::slice::from_ref(&new));
        assert_eq!(store.component(&new.sha256).await.unwrap(), Some(b"new".to_vec()));
        assert_eq!(store.component(&old.sha256).await.unwrap(), None);
    }
}

pub async fn bytes_that_are_not_the_ones_named_are_refused(store: SharedStore) {
    let refused = store.put_provider(provider(b"right"), b"wrong".to_vec(), audit("provider.put")).await;
    assert!(matches!(refused, Err(StoreError::Damaged(_))), "{refused:?}");
    assert_eq!(store.providers().await.unwrap(), []);
    assert_eq!(store.verify_audit().await.unwrap().entries, 0);
}
