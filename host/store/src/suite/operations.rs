//! Cases, intents and outcomes.

use super::values::{audit, id, integration, intent, metadata, outcome, pat, provider, sealed, user};
use crate::{Begun, SharedStore};
use model::Policy;

pub async fn a_case_holds_everything_or_says_what_is_missing(store: SharedStore) {
    assert!(store.load_case(&id("acme"), Some(&user("ann"))).await.unwrap().is_none());
    store.add_integration(integration("acme"), None, audit("integration.add")).await.unwrap();
    let bare = store.load_case(&id("acme"), Some(&user("ann"))).await.unwrap().unwrap();
    assert_eq!(bare.integration, integration("acme"));
    assert_eq!(bare.policy, Policy { require_user_pat: false });
    assert!(bare.integration_credential.is_none() && bare.pat.is_none() && bare.provider.is_none());

    let on = Policy { require_user_pat: true };
    store.change_integration(integration("acme"), Some(sealed("bot")), audit("integration.change")).await.unwrap();
    store.set_policy(on, audit("policy.set")).await.unwrap();
    store.put_provider(provider(b"bytes"), b"bytes".to_vec(), audit("provider.put")).await.unwrap();
    store.save_pat(pat("acme", "ann", "ann"), audit("pat.save")).await.unwrap();
    let full = store.load_case(&id("acme"), Some(&user("ann"))).await.unwrap().unwrap();
    assert_eq!(full.integration_credential, Some(sealed("bot")));
    assert_eq!(full.policy, on);
    assert_eq!(full.provider, Some(provider(b"bytes")));
    let pat = full.pat.unwrap();
    assert_eq!((pat.metadata, pat.sealed), (metadata("ann"), sealed("ann")));
}

pub async fn a_case_never_holds_another_users_pat(store: SharedStore) {
    for name in ["acme", "other"] {
        store.add_integration(integration(name), None, audit("integration.add")).await.unwrap();
    }
    store.save_pat(pat("acme", "ann", "ann"), audit("pat.save")).await.unwrap();
    for (integration, who) in [("acme", Some("bob")), ("acme", Some("Ann")), ("other", Some("ann")), ("acme", None)] {
        let who = who.map(user);
        let case = store.load_case(&id(integration), who.as_ref()).await.unwrap().unwrap();
        assert!(case.pat.is_none(), "{integration} {who:?}");
    }
}

pub async fn an_intent_without_outcome_is_unsettled(store: SharedStore) {
    let first = store.begin_operation(intent(), Some([7; 32])).await.unwrap();
    assert_eq!(first, Begun { intent: 1, unsettled: false });
    let second = store.begin_operation(intent(), Some([7; 32])).await.unwrap();
    assert_eq!(second, Begun { intent: 2, unsettled: true });
}

pub async fn a_settled_outcome_settles_the_earlier_ones_but_no_later_one(store: SharedStore) {
    for _ in 0..2 {
        store.begin_operation(intent(), Some([7; 32])).await.unwrap();
    }
    let third = store.begin_operation(intent(), Some([7; 32])).await.unwrap();
    store.finish_operation(third.intent, outcome(), true).await.unwrap();
    let fourth = store.begin_operation(intent(), Some([7; 32])).await.unwrap();
    assert!(!fourth.unsettled);

    let fifth = store.begin_operation(intent(), Some([7; 32])).await.unwrap();
    store.finish_operation(fourth.intent, outcome(), true).await.unwrap();
    assert!(store.begin_operation(intent(), Some([7; 32])).await.unwrap().unsettled, "{fifth:?} is still open");
}

pub async fn an_unknown_outcome_settles_nothing(store: SharedStore) {
    let first = store.begin_operation(intent(), Some([7; 32])).await.unwrap();
    store.finish_operation(first.intent, outcome(), false).await.unwrap();
    let second = store.begin_operation(intent(), Some([7; 32])).await.unwrap();
    assert!(second.unsettled);
    // Found out later, by the second.
    store.finish_operation(second.intent, outcome(), true).await.unwrap();
    assert!(!store.begin_operation(intent(), Some([7; 32])).await.unwrap().unsettled);
}

pub async fn intents_of_other_effects_do_not_meet(store: SharedStore) {
    let first = store.begin_operation(intent(), Some([7; 32])).await.unwrap();
    let other = store.begin_operation(intent(), Some([8; 32])).await.unwrap();
    let unnamed = store.begin_operation(intent(), None).await.unwrap();
    assert!(!other.unsettled && !unnamed.unsettled);
    assert!(!store.begin_operation(intent(), None).await.unwrap().unsettled);
    store.finish_operation(other.intent, outcome(), true).await.unwrap();
    store.finish_operation(unnamed.intent, outcome(), true).await.unwrap();
    assert!(store.begin_operation(intent(), Some([7; 32])).await.unwrap().unsettled, "{first:?} is still open");
}

pub async fn an_outcome_refers_to_its_intent(store: SharedStore) {
    let begun = store.begin_operation(intent(), None).await.unwrap();
    store.append_audit(audit("daemon.start")).await.unwrap();
    store.finish_operation(begun.intent, outcome(), true).await.unwrap();
    let newest = store.audit_page(None, None, 1).await.unwrap().remove(0);
    assert_eq!((newest.sequence, newest.refers_to), (3, Some(begun.intent)));
}
