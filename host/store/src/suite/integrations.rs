//! Integrations and the rule over all of them.

use std::collections::BTreeMap;

use super::values::{
    at, at_once, audit, case, connector, id, integration, link, name, pat, rules, sealed, token, user,
};
use crate::{OwnCredentialChange, SavedPats, SeenIntegration, SharedStore, StoreError};
use model::{
    BranchNaming, Features, IntegrationRecord, Mappings, NetworkRules, Policy, Projects, Rejection, Revision, Rules,
};

async fn add(store: &SharedStore, name: &str) -> IntegrationRecord {
    let added = store.add_integration(integration(name), Some(sealed(name)), audit("integration.add")).await;
    IntegrationRecord { revision: added.unwrap(), ..integration(name) }
}

async fn change(
    store: &SharedStore,
    record: &IntegrationRecord,
    credential: OwnCredentialChange,
) -> Result<Revision, StoreError> {
    store.change_integration(record.clone(), credential, audit("integration.change")).await
}

/// At that time.
async fn refuse(store: &SharedStore, record: &IntegrationRecord, ms: i64) -> bool {
    let refused =
        store.note_own_rejection(&record.id, record.revision, rejection(ms), audit("own-credential.rejected"));
    refused.await.unwrap()
}

/// After a refusal at that time.
async fn accept(store: &SharedStore, record: &IntegrationRecord, ms: i64) -> bool {
    let accepted = store.forget_own_rejection(&record.id, record.revision, at(ms), audit("own-credential.accepted"));
    accepted.await.unwrap()
}

fn rejection(ms: i64) -> Rejection {
    Rejection { at: at(ms), why: format!("Bad credentials, at {ms}") }
}

async fn entries(store: &SharedStore) -> i64 {
    store.verify_audit().await.unwrap().entries
}

pub async fn an_integration_is_read_back_as_it_was_added(store: SharedStore) {
    let sparse = IntegrationRecord {
        settings: BTreeMap::new(),
        network: NetworkRules::default(),
        projects: Projects::All,
        rules: Rules::default(),
        features: Features::default(),
        naming: BranchNaming::default(),
        mappings: Mappings::default(),
        own_given_to: None,
        account: None,
        ..integration("sparse")
    };
    let full = add(&store, "full").await;
    let revision = store.add_integration(sparse.clone(), None, audit("integration.add")).await.unwrap();
    let sparse = IntegrationRecord { revision, ..sparse };
    assert_eq!(store.integrations().await.unwrap(), [full.clone(), sparse.clone()]);
    assert_eq!(store.integration(&id("full")).await.unwrap(), Some(full));
    assert_eq!(store.integration(&id("sparse")).await.unwrap(), Some(sparse));
    assert_eq!(store.integration(&id("other")).await.unwrap(), None);
}

pub async fn an_id_can_be_taken_once(store: SharedStore) {
    let first = add(&store, "acme").await;
    let again = IntegrationRecord { name: name("Another"), ..integration("acme") };
    let refused = store.add_integration(again, None, audit("integration.add")).await;
    assert_eq!(refused, Err(StoreError::Conflict("integration acme".into())));
    assert_eq!(store.integrations().await.unwrap(), [first]);
    assert_eq!(store.verify_audit().await.unwrap().entries, 1);
}

pub async fn a_change_keeps_replaces_or_removes_the_credential(store: SharedStore) {
    let added = add(&store, "acme").await;
    let mappings = Mappings::new(added.mappings.as_slice()[1..].to_vec()).unwrap();
    let naming = BranchNaming { max_length: None, ..added.naming.clone() };
    let mut record = IntegrationRecord { name: name("New"), naming, mappings, updated_at: at(5), ..added };
    let changes = [
        (OwnCredentialChange::Keep, Some(sealed("acme"))),
        (OwnCredentialChange::Replace(sealed("new")), Some(sealed("new"))),
        (OwnCredentialChange::Keep, Some(sealed("new"))),
        (OwnCredentialChange::Remove, None),
        (OwnCredentialChange::Replace(sealed("newer")), Some(sealed("newer"))),
    ];
    for (credential, kept) in changes {
        let revision = change(&store, &record, credential).await.unwrap();
        assert!(revision > record.revision);
        record.revision = revision;
        let case = case(&store, "acme", "ann").await.unwrap();
        assert_eq!((case.integration, case.own_credential), (record.clone(), kept));
    }
}

pub async fn that_the_own_credential_is_refused_is_remembered_once_and_is_no_change(store: SharedStore) {
    let record = add(&store, "acme").await;
    let other = add(&store, "other").await;
    let at_once = at_once(20, |_| {
        let (store, record) = (store.clone(), record.clone());
        async move { refuse(&store, &record, 5).await }
    });
    assert_eq!(at_once.await.into_iter().filter(|noted| *noted).count(), 1);
    assert!(!refuse(&store, &record, 6).await, "the first one stays");
    let refused = IntegrationRecord { own_rejection: Some(rejection(5)), ..record.clone() };
    assert_eq!(store.integrations().await.unwrap(), [refused.clone(), other], "at the revision it had");
    assert_eq!(case(&store, "acme", "ann").await.unwrap().integration, refused);
    assert_eq!(entries(&store).await, 3);

    assert!(!accept(&store, &record, 4).await, "of another refusal");
    assert!(accept(&store, &record, 5).await);
    assert!(!accept(&store, &record, 5).await);
    assert_eq!(store.integration(&id("acme")).await.unwrap(), Some(record.clone()));
    assert_eq!(entries(&store).await, 4);
    assert!(refuse(&store, &record, 7).await, "anew");
}

pub async fn a_refusal_goes_with_the_credential_that_was_refused_and_stays_with_every_other_change(store: SharedStore) {
    let mut record = add(&store, "acme").await;
    for (credential, is_known) in [
        (OwnCredentialChange::Keep, true),
        (OwnCredentialChange::Replace(sealed("new")), false),
        (OwnCredentialChange::Remove, false),
    ] {
        refuse(&store, &record, 5).await;
        let before = record.clone();
        // Whoever changes it need not have heard of the refusal, nor of the end of it.
        for own_rejection in [None, Some(rejection(9))] {
            record = IntegrationRecord { own_rejection, ..record };
            record.revision = change(&store, &record, credential.clone()).await.unwrap();
            record.own_rejection = is_known.then(|| rejection(5));
            assert_eq!(store.integration(&id("acme")).await.unwrap().as_ref(), Some(&record), "{credential:?}");
        }
        let so_far = entries(&store).await;
        assert!(!refuse(&store, &before, 6).await && !accept(&store, &before, 5).await, "of an older state");
        assert_eq!(
            (store.integration(&id("acme")).await.unwrap(), entries(&store).await),
            (Some(record.clone()), so_far)
        );
    }
    refuse(&store, &record, 5).await;
    assert!(store.remove_integration(&id("acme"), None, audit("integration.remove")).await.unwrap());
    assert!(!refuse(&store, &record, 6).await, "there is none");
    let anew = IntegrationRecord { own_rejection: Some(rejection(5)), ..integration("acme") };
    store.add_integration(anew, None, audit("integration.add")).await.unwrap();
    assert_eq!(store.integration(&id("acme")).await.unwrap().unwrap().own_rejection, None);
}

pub async fn a15_a_change_of_an_older_state_is_refused_and_changes_nothing(store: SharedStore) {
    let seen_by_both = add(&store, "acme").await;
    let one = IntegrationRecord { rules: Rules::default(), ..seen_by_both.clone() };
    let other = IntegrationRecord { name: name("Other"), ..seen_by_both };
    let revision = change(&store, &one, OwnCredentialChange::Keep).await.unwrap();
    let changed = Err(StoreError::Changed("integration acme".into()));
    assert_eq!(change(&store, &other, OwnCredentialChange::Replace(sealed("other"))).await, changed);
    let seen = SeenIntegration { revision: other.revision, pats: store.saved_pats(&id("acme")).await.unwrap() };
    let removal = store.remove_integration(&id("acme"), Some(seen), audit("integration.remove")).await;
    assert_eq!(removal, Err(StoreError::Changed("integration acme".into())));
    let case = case(&store, "acme", "ann").await.unwrap();
    assert_eq!(case.integration, IntegrationRecord { revision, ..one });
    assert_eq!(case.own_credential, Some(sealed("acme")));

    let on = Policy { rules: rules(), revision: Revision::FIRST };
    store.set_policy(on, audit("policy.set")).await.unwrap();
    let late = Policy { rules: Rules::default(), ..on };
    assert_eq!(store.set_policy(late, audit("policy.set")).await, Err(StoreError::Changed("the policy".into())));
    assert_eq!(store.policy().await.unwrap().rules, rules());
    assert_eq!(store.verify_audit().await.unwrap().entries, 3, "what is refused is not written down as done");
}

pub async fn a15_fifty_changes_of_one_state_at_once_leave_one(store: SharedStore) {
    let seen = add(&store, "acme").await;
    let answers = at_once(50, |index| {
        let (store, seen) = (store.clone(), seen.clone());
        async move {
            let record = IntegrationRecord { name: name(&format!("by {index}")), ..seen };
            let done = change(&store, &record, OwnCredentialChange::Keep).await;
            done.map(|revision| IntegrationRecord { revision, ..record })
        }
    })
    .await;
    let (done, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert!(refused.iter().all(|refused| *refused == Err(StoreError::Changed("integration acme".into()))));
    assert_eq!(done, [Ok(store.integration(&id("acme")).await.unwrap().unwrap())]);
}

pub async fn changing_or_removing_what_is_not_there_writes_nothing(store: SharedStore) {
    let other = add(&store, "other").await;
    let changed = change(&store, &integration("acme"), OwnCredentialChange::Replace(sealed("x"))).await;
    assert_eq!(changed, Err(StoreError::Missing("integration acme".into())));
    let pats = store.saved_pats(&id("acme")).await.unwrap();
    for expected in [None, Some(SeenIntegration { revision: other.revision, pats })] {
        assert!(!store.remove_integration(&id("acme"), expected, audit("integration.remove")).await.unwrap());
    }
    assert_eq!(store.integrations().await.unwrap(), [other]);
    assert_eq!(store.verify_audit().await.unwrap().entries, 1);
}

pub async fn removing_takes_pats_and_links_along(store: SharedStore) {
    store.add_connector(connector("jira"), audit("connector.add")).await.unwrap();
    for (name, secret) in [("acme", "1"), ("other", "2")] {
        add(&store, name).await;
        store.save_pat(pat(name, "ann", "ann"), audit("pat.save")).await.unwrap();
        store.add_page_link(token(secret), link(name), vec![audit("page-link.make")]).await.unwrap();
    }
    assert!(store.remove_integration(&id("acme"), None, audit("integration.remove")).await.unwrap());
    // An integration that takes the same id finds nothing of the old one's.
    store.add_integration(integration("acme"), None, audit("integration.add")).await.unwrap();
    let case = case(&store, "acme", "ann").await.unwrap();
    assert!(case.pat.is_none() && case.own_credential.is_none());
    assert_eq!(store.peek_page_link(token("1"), at(0)).await.unwrap(), None);
    assert_eq!(store.peek_page_link(token("2"), at(0)).await.unwrap(), Some(link("other")));
    assert_eq!(store.pats_for(&id("other")).await.unwrap().len(), 1);
}

pub async fn a15_pats_that_nobody_was_told_of_are_not_removed_with_their_integration(store: SharedStore) {
    add(&store, "other").await;
    store.save_pat(pat("other", "zoe", "zoe"), audit("pat.save")).await.unwrap();
    let record = add(&store, "acme").await;
    let none = store.saved_pats(&id("acme")).await.unwrap();
    assert_eq!(none, SavedPats { people: 0, newest: None });
    let mut seen = vec![none];
    let save = |user: &'static str, secret: &'static str| {
        let store = store.clone();
        async move { store.save_pat(pat("acme", user, secret), audit("pat.save")).await.unwrap() }
    };
    let remove = |user_id: &'static str| {
        let store = store.clone();
        async move { store.delete_pat(&id("acme"), &user(user_id), None, audit("pat.delete")).await.unwrap() }
    };
    // One more, two, one replaced, one gone, as many as before and another's, the newest gone and another anew, none.
    for step in 0..9 {
        match step {
            0 => drop(save("ann", "1").await),
            1 => drop(save("bob", "2").await),
            2 => drop(save("ann", "3").await),
            3 => drop(remove("ann").await),
            4 => drop(save("joe", "4").await),
            5 => drop(remove("joe").await),
            6 => drop(save("joe", "4").await),
            7 => drop(remove("joe").await),
            _ => drop(remove("bob").await),
        }
        let now = store.saved_pats(&id("acme")).await.unwrap();
        for old in seen.iter().filter(|old| **old != now) {
            let of = SeenIntegration { revision: record.revision, pats: *old };
            let removal = store.remove_integration(&id("acme"), Some(of), audit("integration.remove")).await;
            assert_eq!(removal, Err(StoreError::Changed("integration acme".into())), "step {step}");
        }
        // What is as it was, by the same people, may be as it was told: bob's alone, and none.
        assert_eq!(seen.contains(&now), [5, 7, 8].contains(&step), "step {step}");
        seen.push(now);
        assert_eq!(store.pats_for(&id("acme")).await.unwrap().len(), now.people);
    }
    let of = SeenIntegration { revision: record.revision, pats: none };
    assert_eq!(store.remove_integration(&id("acme"), Some(of), audit("integration.remove")).await, Ok(true));
}

pub async fn integrations_come_in_order(store: SharedStore) {
    for name in ["b", "c", "a"] {
        add(&store, name).await;
    }
    let ids: Vec<_> = store.integrations().await.unwrap().into_iter().map(|record| record.id).collect();
    assert_eq!(ids, [id("a"), id("b"), id("c")]);
}

pub async fn the_policy_is_off_until_it_is_set(store: SharedStore) {
    let mut policy = Policy { rules: Rules::default(), revision: Revision::FIRST };
    assert_eq!(store.policy().await.unwrap(), policy);
    for rules in [rules(), Rules { require_user_pat: true, ..Rules::default() }, Rules::default()] {
        let revision = store.set_policy(Policy { rules, ..policy }, audit("policy.set")).await.unwrap();
        policy = Policy { rules, revision };
        assert_eq!(store.policy().await.unwrap(), policy);
    }
}
