//! Registered provider components.

use super::values::{at_once, audit, provider};
use crate::{SharedStore, StoreError};
use model::{ProviderId, ProviderRecord, Revision};

pub async fn a_component_is_read_back_byte_for_byte(store: SharedStore) {
    let component: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    let record = provider(&component);
    store.put_provider(record.clone(), component.clone(), None, audit("provider.put")).await.unwrap();
    assert_eq!(store.component(&record.sha256).await.unwrap(), Some(component));
    assert_eq!(store.providers().await.unwrap(), [ProviderRecord { revision: Revision::of_entry(1), ..record }]);
    assert_eq!(store.component(&"0".repeat(64)).await.unwrap(), None);
}

pub async fn registering_again_replaces(store: SharedStore) {
    let (old, mut new) = (provider(b"old"), provider(b"new"));
    new.description.version = "0.2.0".into();
    let mut seen = Some(put(&store, &old, b"old", None).await.unwrap());
    for _ in 0..2 {
        new.revision = put(&store, &new, b"new", seen).await.unwrap();
        seen = Some(new.revision);
        assert_eq!(store.providers().await.unwrap(), std::slice::from_ref(&new));
        assert_eq!(store.component(&new.sha256).await.unwrap(), Some(b"new".to_vec()));
        assert_eq!(store.component(&old.sha256).await.unwrap(), None);
    }
}

pub async fn a15_a_registration_in_the_place_of_an_older_state_is_refused_and_changes_nothing(store: SharedStore) {
    let changed = Err(StoreError::Changed("provider git-server".into()));
    let first = put(&store, &provider(b"one"), b"one", None).await.unwrap();
    assert_eq!(put(&store, &provider(b"other"), b"other", None).await, changed, "there is one by now");
    let second = put(&store, &provider(b"two"), b"two", Some(first)).await.unwrap();
    assert_eq!(put(&store, &provider(b"other"), b"other", Some(first)).await, changed);
    assert_eq!(store.providers().await.unwrap(), [ProviderRecord { revision: second, ..provider(b"two") }]);
    assert_eq!(store.component(&provider(b"other").sha256).await.unwrap(), None);
    assert_eq!(store.verify_audit().await.unwrap().entries, 2);
}

pub async fn a15_fifty_registrations_at_once_in_one_place_leave_one(store: SharedStore) {
    let seen = put(&store, &provider(b"seen"), b"seen", None).await.unwrap();
    let answers = at_once(50, |index| {
        let store = store.clone();
        async move {
            let component = format!("by {index}").into_bytes();
            let record = provider(&component);
            let done = put(&store, &record, &component, Some(seen)).await;
            done.map(|revision| ProviderRecord { revision, ..record })
        }
    })
    .await;
    let (done, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert!(refused.iter().all(|refused| *refused == Err(StoreError::Changed("provider git-server".into()))));
    assert_eq!(done, [Ok(store.providers().await.unwrap().remove(0))]);
}

pub async fn a15_fifty_providers_of_one_kind_at_once_leave_one(store: SharedStore) {
    let answers = at_once(50, |index| {
        let store = store.clone();
        async move {
            let mut record = provider(b"x");
            record.description.id = ProviderId::parse(format!("provider-{index}")).unwrap();
            put(&store, &record, b"x", None).await
        }
    })
    .await;
    let registered = store.providers().await.unwrap();
    let [one] = &registered[..] else { panic!("{} serve one kind", registered.len()) };
    let taken = format!("the kind `git-server-cloud` is served by the provider `{}`", one.description.id);
    let (done, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!(done, [Ok(one.revision)]);
    assert!(refused.iter().all(|refused| *refused == Err(StoreError::InUse(taken.clone()))), "{refused:?}");
}

async fn put(
    store: &SharedStore,
    record: &ProviderRecord,
    component: &[u8],
    seen: Option<Revision>,
) -> Result<Revision, StoreError> {
    store.put_provider(record.clone(), component.to_vec(), seen, audit("provider.put")).await
}

pub async fn bytes_that_are_not_the_ones_named_are_refused(store: SharedStore) {
    let refused = store.put_provider(provider(b"right"), b"wrong".to_vec(), None, audit("provider.put")).await;
    assert!(matches!(refused, Err(StoreError::Damaged(_))), "{refused:?}");
    assert_eq!(store.providers().await.unwrap(), []);
    assert_eq!(store.verify_audit().await.unwrap().entries, 0);
}
