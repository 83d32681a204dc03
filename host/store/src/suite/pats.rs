//! User PATs.

use super::values::{
    accepted, account, at, at_once, audit, case, id, integration, metadata, open_integration, pat, place, refused,
    sealed, site, user,
};
use crate::{NewPat, PatDeletion, SharedStore, StoreError};
use model::{Expiry, Learnt, NewAuditEntry, PatMetadata, PatRecord, Rejection, Revision};

async fn with_acme(store: &SharedStore) {
    store.add_integration(integration("acme"), None, audit("integration.add")).await.unwrap();
}

async fn save(store: &SharedStore, jira_user: &str, mark: &str) {
    store.save_pat(pat("acme", jira_user, mark), audit("pat.save")).await.unwrap();
}

async fn load(store: &SharedStore, jira_user: &str) -> Option<PatRecord> {
    case(store, "acme", jira_user).await.unwrap().pat
}

async fn note(store: &SharedStore, revision: Revision, learnt: Learnt) -> Option<PatMetadata> {
    store.note_pat(&id("acme"), &user("ann"), revision, learnt, audit("pat.check")).await.unwrap()
}

async fn entries(store: &SharedStore) -> i64 {
    store.verify_audit().await.unwrap().entries
}

pub async fn a_pat_is_read_back_as_it_was_saved(store: SharedStore) {
    with_acme(&store).await;
    let unchecked = PatMetadata {
        account: None,
        account_before: metadata("before").account,
        permissions: vec![],
        expiry: Expiry::Unknown,
        saved_at: at(9),
        last_checked_at: None,
        last_used_at: None,
        rejection: None,
        given_to: place("https://elsewhere.example.com"),
    };
    for metadata in [metadata("ann"), unchecked, PatMetadata { expiry: Expiry::Never, ..metadata("ann") }] {
        let pat = NewPat { metadata: metadata.clone(), ..pat("acme", "ann", "x") };
        store.save_pat(pat, audit("pat.save")).await.unwrap();
        let found = load(&store, "ann").await.unwrap();
        assert_eq!((found.metadata, found.sealed), (metadata, sealed("x")));
    }
}

pub async fn a7_users_whose_ids_differ_in_case_or_form_have_pats_of_their_own(store: SharedStore) {
    with_acme(&store).await;
    let users = ["ann", "Ann", "ann ", "\u{e1}nn", "a\u{301}nn"];
    for (index, name) in users.iter().enumerate() {
        save(&store, name, &index.to_string()).await;
    }
    for (index, name) in users.iter().enumerate() {
        assert_eq!(load(&store, name).await.unwrap().sealed, sealed(&index.to_string()), "{name:?}");
    }
}

pub async fn a18_users_of_one_id_on_two_sites_have_pats_of_their_own(store: SharedStore) {
    store.add_integration(open_integration("acme"), None, audit("integration.add")).await.unwrap();
    store.add_site(site("cloud"), audit("site.add")).await.unwrap();
    for who in ["ann", "cloud/ann"] {
        save(&store, who, who).await;
    }
    assert_eq!(load(&store, "ann").await.unwrap().sealed, sealed("ann"));
    assert_eq!(load(&store, "cloud/ann").await.unwrap().sealed, sealed("cloud/ann"));
    assert_eq!(store.pats_of(&user("cloud/ann")).await.unwrap(), [(id("acme"), metadata("cloud/ann"))]);
    store.delete_pat(&id("acme"), &user("cloud/ann"), None, audit("pat.delete")).await.unwrap();
    assert!(load(&store, "ann").await.is_some() && load(&store, "cloud/ann").await.is_none());
}

pub async fn saving_again_replaces_and_raises_the_revision(store: SharedStore) {
    with_acme(&store).await;
    save(&store, "ann", "old").await;
    let old = load(&store, "ann").await.unwrap();
    save(&store, "ann", "new").await;
    let new = load(&store, "ann").await.unwrap();
    assert_eq!((new.metadata, new.sealed), (metadata("new"), sealed("new")));
    assert!(new.revision > old.revision);
}

pub async fn what_is_learnt_of_an_older_pat_is_not_noted(store: SharedStore) {
    with_acme(&store).await;
    save(&store, "ann", "old").await;
    let old = load(&store, "ann").await.unwrap().revision;
    let noted = note(&store, old, accepted("checked", 5)).await.unwrap();
    let checked = load(&store, "ann").await.unwrap();
    assert_eq!(
        (&noted.account, noted.last_checked_at, noted.rejection.clone()),
        (&Some(account("checked")), Some(at(5)), None)
    );
    assert_eq!((checked.metadata, checked.sealed, checked.revision), (noted, sealed("old"), old));

    save(&store, "ann", "new").await;
    let before = entries(&store).await;
    assert_eq!(note(&store, old, accepted("late", 6)).await, None);
    assert_eq!(load(&store, "ann").await.unwrap().metadata, metadata("new"));
    assert_eq!(entries(&store).await, before);
}

/// Whoever learns something has read the PAT a while ago.
pub async fn what_is_learnt_is_added_to_what_others_learnt_meanwhile(store: SharedStore) {
    with_acme(&store).await;
    let unchecked = PatMetadata { account: None, last_checked_at: None, rejection: None, ..metadata("ann") };
    let pat = NewPat { metadata: unchecked, ..pat("acme", "ann", "x") };
    let revision = store.save_pat(pat, audit("pat.save")).await.unwrap();
    note(&store, revision, accepted("ann", 5)).await.unwrap();
    let refused = note(&store, revision, refused(5, 6)).await.unwrap();
    assert_eq!(
        (&refused.account, refused.rejection),
        (&Some(account("ann")), Some(Rejection { at: at(6), why: "Bad credentials".into() }))
    );

    note(&store, revision, accepted("ann", 9)).await.unwrap();
    let before = entries(&store).await;
    assert_eq!(
        note(&store, revision, self::refused(7, 10)).await,
        None,
        "good by a check that began later or about then"
    );
    let kept = load(&store, "ann").await.unwrap().metadata;
    assert_eq!((kept.rejection, kept.last_checked_at, entries(&store).await), (None, Some(at(9)), before));
}

pub async fn a_revision_is_never_used_again(store: SharedStore) {
    with_acme(&store).await;
    save(&store, "ann", "old").await;
    let old = load(&store, "ann").await.unwrap().revision;
    store.delete_pat(&id("acme"), &user("ann"), None, audit("pat.delete")).await.unwrap();
    save(&store, "ann", "new").await;
    assert_eq!(note(&store, old, accepted("late", 6)).await, None);
    assert_eq!(load(&store, "ann").await.unwrap().metadata, metadata("new"));
}

pub async fn deleting_tells_whether_there_was_one(store: SharedStore) {
    with_acme(&store).await;
    save(&store, "ann", "ann").await;
    save(&store, "bob", "bob").await;
    let (acme, ann) = (id("acme"), user("ann"));
    let delete = || store.delete_pat(&acme, &ann, None, audit("pat.delete"));
    assert_eq!(delete().await, Ok(PatDeletion::Deleted));
    let before = entries(&store).await;
    assert_eq!(delete().await, Ok(PatDeletion::Missing));
    assert_eq!(entries(&store).await, before);
    assert!(load(&store, "ann").await.is_none());
    assert!(load(&store, "bob").await.is_some());
}

pub async fn deleting_one_revision_leaves_a_newer_one_alone(store: SharedStore) {
    with_acme(&store).await;
    save(&store, "ann", "old").await;
    let old = load(&store, "ann").await.unwrap().revision;
    save(&store, "ann", "new").await;
    let before = entries(&store).await;
    let (acme, ann) = (id("acme"), user("ann"));
    let delete = |of| store.delete_pat(&acme, &ann, Some(of), audit("pat.delete"));
    assert_eq!(delete(old).await, Ok(PatDeletion::Another));
    let new = load(&store, "ann").await.unwrap();
    assert_eq!((new.metadata, entries(&store).await), (metadata("new"), before));
    assert_eq!(delete(new.revision).await, Ok(PatDeletion::Deleted));
    assert!(load(&store, "ann").await.is_none());
}

pub async fn a15_a_pat_that_is_gone_or_replaced_is_not_put_back(store: SharedStore) {
    with_acme(&store).await;
    save(&store, "ann", "old").await;
    let old = load(&store, "ann").await.unwrap().revision;
    let replace = |of| store.replace_pat(Some(of), pat("acme", "ann", "confirmed"), audit("pat.confirm"));
    let refused = Err(StoreError::Changed("the PAT for integration acme".into()));

    save(&store, "ann", "new").await;
    let (new, before) = (load(&store, "ann").await.unwrap(), entries(&store).await);
    assert_eq!(replace(old).await, refused);
    let kept = load(&store, "ann").await.unwrap();
    assert_eq!((kept.metadata, kept.sealed), (metadata("new"), sealed("new")));
    assert_eq!(entries(&store).await, before, "what is refused is not written down as done");

    let confirmed = replace(new.revision).await.unwrap();
    let kept = load(&store, "ann").await.unwrap();
    assert_eq!((kept.metadata, kept.sealed, kept.revision), (metadata("confirmed"), sealed("confirmed"), confirmed));

    store.delete_pat(&id("acme"), &user("ann"), None, audit("pat.delete")).await.unwrap();
    assert_eq!(replace(confirmed).await, refused);
    assert!(load(&store, "ann").await.is_none());
}

pub async fn s8_two_writers_for_one_user_leave_one_whole_pat(store: SharedStore) {
    with_acme(&store).await;
    at_once(40, |index| {
        let store = store.clone();
        async move {
            let mark = ["left", "right"][index % 2];
            store.save_pat(pat("acme", "ann", mark), audit("pat.save")).await.unwrap();
            let seen = load(&store, "ann").await.unwrap();
            assert_eq!(seen.sealed, sealed(&seen.metadata.account.unwrap().login));
        }
    })
    .await;
    let left = load(&store, "ann").await.unwrap();
    assert_eq!(left.revision.number(), entries(&store).await, "the last to be saved is the one that stays");
    assert_eq!(left.sealed, sealed(&left.metadata.account.unwrap().login));
}

pub async fn a_pat_without_its_integration_is_refused(store: SharedStore) {
    let refused = store.save_pat(pat("acme", "ann", "x"), audit("pat.save")).await;
    assert_eq!(refused, Err(StoreError::Missing("integration acme".into())));
    assert_eq!(entries(&store).await, 0);
}

pub async fn pats_are_listed_by_user_and_by_integration(store: SharedStore) {
    for name in ["b", "a", "c"] {
        store.add_integration(integration(name), None, audit("integration.add")).await.unwrap();
    }
    for (integration, jira_user) in [("b", "ann"), ("a", "ann"), ("a", "bob"), ("c", "Ann")] {
        let save = NewAuditEntry { integration: Some(id(integration)), ..audit("pat.save") };
        store.save_pat(pat(integration, jira_user, jira_user), save).await.unwrap();
    }
    let of_ann = store.pats_of(&user("ann")).await.unwrap();
    assert_eq!(of_ann, [(id("a"), metadata("ann")), (id("b"), metadata("ann"))]);
    let of_a = store.pats_for(&id("a")).await.unwrap();
    assert_eq!(of_a, [(user("ann"), metadata("ann")), (user("bob"), metadata("bob"))]);
    assert_eq!(store.pats_of(&user("zoe")).await.unwrap(), []);
}

pub async fn a_use_is_remembered_once_in_a_while_and_outlives_what_is_learnt(store: SharedStore) {
    with_acme(&store).await;
    let unused = PatMetadata { last_used_at: None, ..metadata("ann") };
    let pat = NewPat { metadata: unused.clone(), ..pat("acme", "ann", "ann") };
    let revision = store.save_pat(pat, audit("pat.save")).await.unwrap();
    let used = async |ms: i64| {
        store.note_pat_use(&id("acme"), &user("ann"), revision, at(ms), 10).await.unwrap();
        load(&store, "ann").await.unwrap().metadata.last_used_at
    };
    for (ms, known) in [(100, 100), (109, 100), (90, 100), (110, 110)] {
        assert_eq!(used(ms).await, Some(at(known)), "used at {ms}");
    }
    // What was learnt meanwhile knows of no use.
    assert!(note(&store, revision, accepted("ann", 0)).await.is_some());
    assert_eq!(load(&store, "ann").await.unwrap().metadata.last_used_at, Some(at(110)));
    let before = entries(&store).await;
    save(&store, "ann", "new").await;
    assert_eq!(used(500).await, metadata("new").last_used_at, "that was an older PAT");
    store.note_pat_use(&id("acme"), &user("bob"), revision, at(1), 10).await.unwrap();
    assert_eq!(entries(&store).await, before + 1);
}
