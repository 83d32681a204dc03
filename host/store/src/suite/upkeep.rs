//! Credentials that are sealed anew.

use super::values::{audit, case, id, integration, open_integration, pat, place, sealed, site, user};
use crate::{NewPat, Reseal, SharedStore};
use model::{CredentialOwner, PatMetadata, Sealed};

/// As something before it sealed.
fn old(mark: &str) -> Sealed {
    Sealed { algorithm: "older".into(), ..sealed(mark) }
}

fn of_user(who: &str) -> CredentialOwner {
    CredentialOwner::User { integration: id("acme"), user: user(who) }
}

fn own() -> CredentialOwner {
    CredentialOwner::Integration { integration: id("acme") }
}

async fn with_old_credentials(store: &SharedStore) {
    store.add_site(site("cloud"), audit("site.add")).await.unwrap();
    store.add_integration(open_integration("acme"), Some(old("bot")), audit("integration.add")).await.unwrap();
    store.add_integration(integration("new"), Some(sealed("new")), audit("integration.add")).await.unwrap();
    store.add_integration(integration("none"), None, audit("integration.add")).await.unwrap();
    for who in ["ann", "cloud/ann"] {
        let given_to = place(if who == "ann" { "https://git.example.com" } else { "https://elsewhere.example.com" });
        let sealed = old(who);
        let metadata = PatMetadata { given_to, ..pat("acme", who, who).metadata };
        let pat = NewPat { metadata, sealed, ..pat("acme", who, who) };
        store.save_pat(pat, audit("pat.save")).await.unwrap();
    }
    store.save_pat(pat("new", "ann", "ann"), audit("pat.save")).await.unwrap();
}

pub async fn what_is_sealed_otherwise_is_found_and_replaced(store: SharedStore) {
    with_old_credentials(&store).await;
    let found = store.sealed_otherwise(&sealed("x").algorithm).await.unwrap();
    let (here, elsewhere) = (place("https://git.example.com"), place("https://elsewhere.example.com"));
    let expected = [
        (of_user("ann"), old("ann"), here.clone()),
        (of_user("cloud/ann"), old("cloud/ann"), elsewhere),
        (own(), old("bot"), here),
    ];
    assert_eq!(found.len(), expected.len());
    assert!(expected.iter().all(|credential| found.contains(credential)), "{found:?}");

    let anew = |(owner, before, _): (CredentialOwner, Sealed, _)| {
        let after = Sealed { algorithm: sealed("x").algorithm, ..before.clone() };
        Reseal { owner, before, after }
    };
    let entries = store.verify_audit().await.unwrap().entries;
    let resealed = store.reseal(found.into_iter().map(anew).collect(), audit("credentials.reseal")).await.unwrap();
    assert_eq!((resealed, store.verify_audit().await.unwrap().entries), (3, entries + 1));
    assert!(store.sealed_otherwise(&sealed("x").algorithm).await.unwrap().is_empty());
    let ann = case(&store, "acme", "ann").await.unwrap();
    assert_eq!((ann.own_credential, ann.pat.unwrap().sealed), (Some(sealed("bot")), sealed("ann")));
    assert_eq!(case(&store, "acme", "cloud/ann").await.unwrap().pat.unwrap().sealed, sealed("cloud/ann"));
    assert_eq!(case(&store, "new", "ann").await.unwrap().own_credential, Some(sealed("new")));
}

pub async fn what_was_replaced_meanwhile_is_not_resealed(store: SharedStore) {
    with_old_credentials(&store).await;
    store.save_pat(pat("acme", "ann", "newer"), audit("pat.save")).await.unwrap();
    let late = |owner, mark: &str| Reseal { owner, before: old(mark), after: sealed("late") };
    let credentials = vec![late(of_user("ann"), "ann"), late(of_user("bob"), "bob"), late(own(), "ann")];
    let entries = store.verify_audit().await.unwrap().entries;
    assert_eq!(store.reseal(credentials, audit("credentials.reseal")).await.unwrap(), 0);
    let ann = case(&store, "acme", "ann").await.unwrap();
    assert_eq!((ann.own_credential, ann.pat.unwrap().sealed), (Some(old("bot")), sealed("newer")));
    assert_eq!(store.verify_audit().await.unwrap().entries, entries);
}
