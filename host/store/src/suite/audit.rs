//! The audit log as its readers see it. What tampering does to it, only a backend's own tests can try.

use super::values::{
    accepted, admin_token, at, at_once, audit, connector, id, integration, link, pat, provider, sealed, site, token,
    user,
};
use crate::{MAX_AUDIT_PAGE, OwnCredentialChange, SharedStore};
use model::{Actor, AuditEntry, AuditEvent, AuditVerdict, IntegrationRecord, NewAuditEntry, Policy, Revision, Site};

fn written(sequence: i64, entry: NewAuditEntry) -> AuditEntry {
    AuditEntry {
        sequence,
        at: entry.at,
        event: entry.event,
        subject: entry.subject.to_owned(),
        actor: entry.actor,
        integration: entry.integration,
        request_id: entry.request_id,
        refers_to: entry.refers_to,
        details: entry.details,
    }
}

async fn sequences(store: &SharedStore, before: Option<i64>, integration: Option<&str>, limit: usize) -> Vec<i64> {
    let integration = integration.map(id);
    let page = store.audit_page(before, integration.as_ref(), limit).await.unwrap();
    page.into_iter().map(|entry| entry.sequence).collect()
}

pub async fn entries_are_numbered_without_gaps_and_read_newest_first(store: SharedStore) {
    let plain = NewAuditEntry {
        at: at(7),
        event: AuditEvent::Denied,
        actor: Actor::Daemon,
        integration: None,
        refers_to: Some(1),
        details: Default::default(),
        ..audit("daemon.start")
    };
    let by_token = NewAuditEntry { actor: Actor::Administrator { token: "laptop".into() }, ..audit("policy.set") };
    let entries = [audit("pat.save"), plain, by_token, NewAuditEntry { actor: Actor::CommandLine, ..audit("x") }];
    for (number, entry) in (1..).zip(entries.clone()) {
        assert_eq!(store.append_audit(entry).await.unwrap(), number);
    }
    let mut expected: Vec<_> = (1..).zip(entries).map(|(number, entry)| written(number, entry)).collect();
    expected.reverse();
    assert_eq!(store.audit_page(None, None, 100).await.unwrap(), expected);
    assert_eq!(sequences(&store, Some(3), None, 100).await, [2, 1]);
    assert_eq!(sequences(&store, Some(3), None, 1).await, [2]);
    assert_eq!(store.verify_audit().await.unwrap(), AuditVerdict { entries: 4, fault: None });
}

pub async fn a_page_can_be_of_one_integration(store: SharedStore) {
    for integration in [Some("a"), Some("b"), None, Some("a")] {
        let entry = NewAuditEntry { integration: integration.map(id), ..audit("x") };
        store.append_audit(entry).await.unwrap();
    }
    assert_eq!(sequences(&store, None, Some("a"), 10).await, [4, 1]);
    assert_eq!(sequences(&store, Some(4), Some("a"), 10).await, [1]);
    assert_eq!(sequences(&store, None, None, 10).await, [4, 3, 2, 1]);
}

pub async fn a_page_is_bounded(store: SharedStore) {
    let count = MAX_AUDIT_PAGE + 5;
    at_once(count, |_| {
        let store = store.clone();
        async move { store.append_audit(audit("x")).await.unwrap() }
    })
    .await;
    assert_eq!(store.audit_page(None, None, usize::MAX).await.unwrap().len(), MAX_AUDIT_PAGE);
}

pub async fn every_change_writes_one_entry_with_it(store: SharedStore) {
    let (acme, ann) = (id("acme"), user("ann"));
    let label = admin_token("label").label;
    let revision = store.add_integration(integration("acme"), None, audit("1")).await.unwrap();
    let changed = IntegrationRecord { revision, ..integration("acme") };
    store.change_integration(changed, OwnCredentialChange::Replace(sealed("x")), audit("2")).await.unwrap();
    let policy = Policy { require_user_pat: true, revision: Revision::FIRST };
    store.set_policy(policy, audit("3")).await.unwrap();
    let revision = store.save_pat(pat("acme", "ann", "x"), audit("4")).await.unwrap();
    store.note_pat(&acme, &ann, revision, accepted("y", 5), audit("5")).await.unwrap();
    store.delete_pat(&acme, &ann, None, audit("6")).await.unwrap();
    store.put_provider(provider(b"x"), b"x".to_vec(), None, audit("7")).await.unwrap();
    let revision = store.add_site(site("cloud"), audit("8")).await.unwrap();
    store.change_site(Site { revision, ..site("cloud") }, audit("9")).await.unwrap();
    store.add_connector(connector("jira"), audit("10")).await.unwrap();
    store.add_setup_link(token("1"), link("acme"), audit("11")).await.unwrap();
    store.add_admin_token(token("2"), admin_token("label"), audit("12")).await.unwrap();
    store.revoke_admin_token(&label, audit("13")).await.unwrap();
    store.remove_connector(&connector("jira").id, None, audit("14")).await.unwrap();
    store.remove_site(&site("cloud").id, None, audit("15")).await.unwrap();
    store.remove_integration(&acme, None, audit("16")).await.unwrap();
    let mut page = store.audit_page(None, None, 100).await.unwrap();
    page.reverse();
    let subjects: Vec<_> = page.into_iter().map(|entry| entry.subject).collect();
    assert_eq!(subjects, (1..=16).map(|number| number.to_string()).collect::<Vec<_>>());
    assert_eq!(store.verify_audit().await.unwrap(), AuditVerdict { entries: 16, fault: None });
}

pub async fn a_refused_change_leaves_no_entry(store: SharedStore) {
    store.add_integration(integration("acme"), None, audit("1")).await.unwrap();
    assert!(store.add_integration(integration("acme"), None, audit("2")).await.is_err());
    assert_eq!(store.append_audit(audit("3")).await.unwrap(), 2);
    assert_eq!(sequences(&store, None, None, 100).await, [2, 1]);
}

pub async fn appending_at_once_from_many_sides_keeps_the_chain(store: SharedStore) {
    let mut numbers = at_once(100, |_| {
        let store = store.clone();
        async move { store.append_audit(audit("x")).await.unwrap() }
    })
    .await;
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=100).collect::<Vec<i64>>());
    assert_eq!(store.verify_audit().await.unwrap(), AuditVerdict { entries: 100, fault: None });
}

pub async fn a_probe_leaves_no_trace(store: SharedStore) {
    store.append_audit(audit("1")).await.unwrap();
    store.probe().await.unwrap();
    assert_eq!(store.stopped(), None);
    assert_eq!(store.append_audit(audit("2")).await.unwrap(), 2);
    assert_eq!(store.verify_audit().await.unwrap(), AuditVerdict { entries: 2, fault: None });
    // Nor an intent that would stand in the way of one.
    assert!(!store.begin_operation(audit("3"), Some([0; 32])).await.unwrap().unsettled);
}
