//! The audit log as its readers see it. What tampering does to it, only a backend's own tests can try.

use super::values::{
    accepted, admin_token, at, at_once, audit, connector, id, integration, link, pat, provider, sealed, site, token,
    user,
};
use crate::{AuditPage, Doubt, MAX_AUDIT_PAGE, OwnCredentialChange, SharedStore};
use model::{
    ActingUser, Actor, AuditEntry, AuditEvent, AuditFilter, AuditVerdict, IntegrationRecord, NewAuditEntry, Policy,
    Revision, Site,
};

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

async fn all(store: &SharedStore, limit: usize) -> AuditPage {
    store.audit_page(&AuditFilter::default(), None, limit).await.unwrap()
}

async fn sequences(store: &SharedStore, before: Option<i64>, integration: Option<&str>, limit: usize) -> Vec<i64> {
    let filter = AuditFilter { integration: integration.map(id), ..AuditFilter::default() };
    let page = store.audit_page(&filter, before, limit).await.unwrap();
    page.entries.into_iter().map(|entry| entry.sequence).collect()
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
    assert_eq!(all(&store, 100).await, AuditPage { entries: expected, next_before: None });
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

pub async fn filters_are_combined_and_every_page_says_where_the_next_begins(store: SharedStore) {
    let of = |who: &str, connector: &str| {
        let ActingUser { site, id: jira_user } = user(who);
        Actor::User { site, connector: connector.into(), jira_user }
    };
    let entries = [
        (of("ann", "jira"), "main", AuditEvent::Intent, "branch.create", 10),
        (of("ann", "other"), "main", AuditEvent::Outcome, "branch.create", 20),
        (of("cloud/ann", "jira"), "main", AuditEvent::Denied, "branch.create", 30),
        // Somebody else, whose connector is called as ann is.
        (of("bob", "ann"), "side", AuditEvent::Denied, "branch.delete", 40),
        (Actor::Administrator { token: "ann".into() }, "side", AuditEvent::Changed, "integration.change", 50),
        (of("ann", "jira"), "side", AuditEvent::Denied, "branch.delete", 50),
    ];
    for (actor, integration, event, subject, ms) in entries {
        let (integration, at) = (Some(id(integration)), at(ms));
        store.append_audit(NewAuditEntry { actor, integration, event, at, ..audit(subject) }).await.unwrap();
    }
    let found = async |filter: AuditFilter| {
        let mut found = Vec::new();
        let mut before = None;
        loop {
            let page = store.audit_page(&filter, before, 1).await.unwrap();
            assert!(page.entries.len() <= 1);
            found.extend(page.entries.into_iter().map(|entry| entry.sequence));
            before = page.next_before;
            if before.is_none() {
                let whole = store.audit_page(&filter, None, 100).await.unwrap();
                let whole: Vec<_> = whole.entries.into_iter().map(|entry| entry.sequence).collect();
                assert_eq!(whole, found, "in one page and in many: {filter:?}");
                return found;
            }
        }
    };
    let none = AuditFilter::default;
    let ann = || AuditFilter { user: Some(user("ann")), ..none() };
    assert_eq!(found(none()).await, [6, 5, 4, 3, 2, 1]);
    assert_eq!(found(ann()).await, [6, 2, 1]);
    assert_eq!(found(AuditFilter { user: Some(user("cloud/ann")), ..none() }).await, [3]);
    assert_eq!(found(AuditFilter { integration: Some(id("side")), ..none() }).await, [6, 5, 4]);
    assert_eq!(found(AuditFilter { event: Some(AuditEvent::Denied), ..none() }).await, [6, 4, 3]);
    assert_eq!(found(AuditFilter { subject: Some("branch.create".into()), ..none() }).await, [3, 2, 1]);
    assert_eq!(found(AuditFilter { from: Some(at(20)), until: Some(at(50)), ..none() }).await, [4, 3, 2]);
    assert_eq!(
        found(AuditFilter { integration: Some(id("main")), event: Some(AuditEvent::Outcome), ..ann() }).await,
        [2]
    );
    assert_eq!(found(AuditFilter { until: Some(at(20)), ..ann() }).await, [1]);
    assert_eq!(found(AuditFilter { subject: Some("branch".into()), ..none() }).await, Vec::<i64>::new());
}

pub async fn a_page_is_bounded(store: SharedStore) {
    let count = MAX_AUDIT_PAGE + 5;
    at_once(count, |_| {
        let store = store.clone();
        async move { store.append_audit(audit("x")).await.unwrap() }
    })
    .await;
    let page = all(&store, usize::MAX).await;
    assert_eq!((page.entries.len(), page.next_before), (MAX_AUDIT_PAGE, Some(6)));
}

pub async fn every_change_writes_one_entry_with_it(store: SharedStore) {
    let (acme, ann) = (id("acme"), user("ann"));
    let label = admin_token("label").label;
    let revision = store.add_integration(integration("acme"), None, audit("1")).await.unwrap();
    let changed = IntegrationRecord { revision, ..integration("acme") };
    store.change_integration(changed, OwnCredentialChange::Replace(sealed("x")), audit("2")).await.unwrap();
    let policy = Policy { rules: Default::default(), revision: Revision::FIRST };
    store.set_policy(policy, audit("3")).await.unwrap();
    let revision = store.save_pat(pat("acme", "ann", "x"), audit("4")).await.unwrap();
    store.note_pat(&acme, &ann, revision, accepted("y", 5), audit("5")).await.unwrap();
    store.delete_pat(&acme, &ann, None, audit("6")).await.unwrap();
    store.put_provider(provider(b"x"), b"x".to_vec(), None, audit("7")).await.unwrap();
    let revision = store.add_site(site("cloud"), audit("8")).await.unwrap();
    store.change_site(Site { revision, ..site("cloud") }, audit("9")).await.unwrap();
    store.add_connector(connector("jira"), audit("10")).await.unwrap();
    store.add_page_link(token("1"), link("acme"), vec![audit("11")]).await.unwrap();
    store.add_admin_token(token("2"), admin_token("label"), audit("12")).await.unwrap();
    store.revoke_admin_token(&label, audit("13")).await.unwrap();
    store.remove_connector(&connector("jira").id, None, audit("14")).await.unwrap();
    store.remove_site(&site("cloud").id, None, audit("15")).await.unwrap();
    store.remove_integration(&acme, None, audit("16")).await.unwrap();
    let mut page = all(&store, 100).await.entries;
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
    assert_eq!(store.begin_operation(audit("3"), Some([0; 32])).await.unwrap().doubt, Doubt::Nothing);
}
